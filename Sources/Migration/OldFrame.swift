import Base
import Events
import Frames
import Routing

/// A record of schema 1 or 2, as it stood there.
struct OldRecord {
  enum Content {
    /// An event, and options of a protocol line.
    case event(Event, options: String)
    /// Engine plan and directory, as JSON.
    case plan(String)
    /// A type and options of a protocol line.
    case note(type: String, options: String)
  }

  var seq: UInt64
  var at: Instant
  var content: Content
}

/// Reads the records of a frame of schema 1 or 2: `kind, time since the record before`, then the code of an event,
/// or texts after their lengths. Frozen: this is what is on disk.
struct OldFrameReader {
  /// What a record begins with.
  private enum Kind: UInt8 {
    case event = 0
    case eventWithOptions = 1
    case plan = 2
    case note = 3
  }

  private let body: ArraySlice<UInt8>
  private var position: Int
  private var last = Instant.distantPast
  private var seq: UInt64

  init(firstSeq: UInt64, body: [UInt8]) {
    self.body = body[...]
    position = 0
    seq = firstSeq
  }

  /// The records of a frame.
  static func records(_ body: [UInt8], from seq: UInt64) throws(MalformedRecord) -> [OldRecord] {
    var reader = OldFrameReader(firstSeq: seq, body: body)
    var records: [OldRecord] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }

  private var malformed: MalformedRecord { MalformedRecord(seq: seq) }

  mutating func next() throws(MalformedRecord) -> OldRecord? {
    if position == body.endIndex { return nil }
    guard let kind = Kind(rawValue: body[position]) else { throw malformed }
    position += 1
    guard let delta = VariableInteger.read(from: body, at: &position) else { throw malformed }
    let (microseconds, overflows) = last.microseconds.addingReportingOverflow(delta)
    guard !overflows, microseconds >= 0 else { throw malformed }
    last = Instant(microseconds: microseconds)
    let record = OldRecord(seq: seq, at: last, content: try content(kind))
    seq += 1
    return record
  }

  private mutating func content(_ kind: Kind) throws(MalformedRecord) -> OldRecord.Content {
    switch kind {
    case .event: .event(try event(), options: "")
    case .eventWithOptions: .event(try event(), options: try text())
    case .plan: .plan(try text())
    case .note: .note(type: try text(), options: try text())
    }
  }

  private mutating func event() throws(MalformedRecord) -> Event {
    guard let code = EventCode.read(from: body, at: &position), let event = Event(code) else {
      throw malformed
    }
    return event
  }

  private mutating func text() throws(MalformedRecord) -> String {
    guard let length = VariableInteger.read(from: body, at: &position), length >= 0,
      length <= Int64(body.endIndex - position)
    else { throw malformed }
    let end = position + Int(length)
    defer { position = end }
    return String(decoding: body[position..<end], as: UTF8.self)
  }
}
