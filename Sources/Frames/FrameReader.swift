import Base

/// Reads the steps and records of one frame.
public struct FrameReader {
  private let body: ArraySlice<UInt8>
  private var position: Int
  private var seq: UInt64
  private let first: UInt64
  private var last = Instant.distantPast
  private var words: WordReader
  private var hasBegun = false

  /// The step of the record read last.
  public private(set) var step = Step(seq: 0, at: .distantPast, cause: .unknown)

  /// Reads the frame whose first record is number `firstSeq`.
  /// - Parameter words: The words of its records, as far as they are not forgotten.
  public init(firstSeq: UInt64, body: [UInt8], words: [UInt8] = []) {
    self.body = body[...]
    position = 0
    seq = firstSeq
    first = firstSeq
    self.words = WordReader(words[...])
  }

  /// The next record; `nil` at the end.
  /// - Throws: ``MalformedRecord`` if the bytes are not steps and records.
  public mutating func next() throws(MalformedRecord) -> Entry? {
    while position < body.endIndex, body[position] == Batch.stepMark {
      position += 1
      try readStep()
    }
    if position == body.endIndex { return nil }
    let first = try byte()
    guard hasBegun, let stream = RecordStream(rawValue: first & ~Batch.hasWords) else {
      throw malformed
    }
    let (kind, payload) = (try byte(), try measured())
    var entry = Entry(seq: seq, stream: stream, kind: kind, payload: payload, words: .none)
    if first & Batch.hasWords != 0 {
      guard let digest = LittleEndian.read(from: body, at: &position) else { throw malformed }
      entry.words = words.words(of: seq - self.first, digest)
    }
    seq += 1
    return entry
  }

  private var malformed: MalformedRecord { MalformedRecord(seq: seq) }

  private mutating func readStep() throws(MalformedRecord) {
    guard let cause = Cause(rawValue: try byte()),
      let delta = VariableInteger.read(from: body, at: &position)
    else { throw malformed }
    let (microseconds, overflows) = last.microseconds.addingReportingOverflow(delta)
    guard !overflows, microseconds >= 0,
      let actor = VariableInteger.readUnsigned(from: body, at: &position),
      actor <= UInt64(UInt32.max) + 1
    else { throw malformed }
    last = Instant(microseconds: microseconds)
    hasBegun = true
    step = Step(
      seq: seq, at: last, cause: cause, actor: actor == 0 ? nil : UInt32(actor - 1),
      command: try measured())
  }

  private mutating func byte() throws(MalformedRecord) -> UInt8 {
    guard position < body.endIndex else { throw malformed }
    defer { position += 1 }
    return body[position]
  }

  private mutating func measured() throws(MalformedRecord) -> ArraySlice<UInt8> {
    guard let length = VariableInteger.readUnsigned(from: body, at: &position),
      position <= body.endIndex, length <= UInt64(body.endIndex - position)
    else { throw malformed }
    defer { position += Int(length) }
    return body[position..<position + Int(length)]
  }
}

/// Finds the words of one record after the other. Records are asked for in their order.
struct WordReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  private struct Row {
    var index: UInt64
    var salt: (UInt64, UInt64)
    var fields: ArraySlice<UInt8>
  }

  /// The words of the record with that index in its frame.
  mutating func words(of index: UInt64, _ digest: UInt64) -> Entry.WordState {
    while position < bytes.endIndex {
      let start = position
      guard let row = next() else {
        // What is left is nothing that was written.
        position = start
        return .wrong
      }
      if row.index > index {
        position = start
        return .absent
      }
      if row.index < index { continue }
      guard SipHash.hash(row.fields, k0: row.salt.0, k1: row.salt.1) == digest,
        let words = Self.words(row.fields)
      else { return .wrong }
      return .present(words)
    }
    return .absent
  }

  /// The next record's words, coded; `nil`: there are no more, or what follows is nothing that was written.
  mutating func nextRow() -> (fields: ArraySlice<UInt8>, bytes: ArraySlice<UInt8>)? {
    let start = position
    guard let row = next() else { return nil }
    return (row.fields, bytes[start..<position])
  }

  private mutating func next() -> Row? {
    guard let index = VariableInteger.readUnsigned(from: bytes, at: &position),
      let first = LittleEndian.read(from: bytes, at: &position),
      let second = LittleEndian.read(from: bytes, at: &position),
      let length = VariableInteger.readUnsigned(from: bytes, at: &position),
      position <= bytes.endIndex, length <= UInt64(bytes.endIndex - position)
    else { return nil }
    defer { position += Int(length) }
    return Row(
      index: index, salt: (first, second), fields: bytes[position..<position + Int(length)])
  }

  private static func words(_ fields: ArraySlice<UInt8>) -> [Word]? {
    var words: [Word] = []
    var position = fields.startIndex
    while position < fields.endIndex {
      let number = fields[position]
      position += 1
      guard let length = VariableInteger.readUnsigned(from: fields, at: &position),
        position <= fields.endIndex, length <= UInt64(fields.endIndex - position)
      else { return nil }
      let end = position + Int(length)
      words.append(
        Word(number: number, text: String(decoding: fields[position..<end], as: UTF8.self)))
      position = end
    }
    return words
  }
}
