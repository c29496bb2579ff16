import Base
import Events
public import Routing

/// One numbered entry of the journal.
public struct Record: Equatable, Sendable {
  /// What was recorded.
  public enum Content: Equatable, Sendable {
    /// A change of the engine's state. `detail` is what the shell knows about it (numbers, names,
    /// notes), as the options of a protocol line; empty if nothing.
    case event(Event, detail: String)
    /// A new plan came into force: engine plan and directory, as JSON.
    case plan(String)
    /// Something that does not concern the engine: a type and options of a protocol line.
    case note(type: String, detail: String)
  }

  /// Its number: 1, 2, 3, ... without gaps over the life of the journal.
  public var seq: UInt64
  /// When it happened.
  public var at: Instant
  /// What was recorded.
  public var content: Content

  /// Record number `seq`.
  public init(seq: UInt64, at: Instant, content: Content) {
    self.seq = seq
    self.at = at
    self.content = content
  }
}

/// What one transaction adds to the journal: records as bytes, and the replies to keyed commands.
///
/// Filled on the event loop, written on the journal thread. Made once and reused.
public struct Batch: Sendable {
  /// A reply that must be given again if its key comes back.
  public struct KeyedReply: Equatable, Sendable {
    /// The number of the user whose key it is; `nil`: nobody's, from a version that did not write it.
    public var user: UInt32?
    /// The idempotency key.
    public var key: String
    /// Hash of the command, to tell a repetition from another command.
    public var command: UInt64
    /// The reply line, without tag.
    public var reply: String
    /// When it was given.
    public var at: Instant

    /// A reply to be kept.
    public init(user: UInt32?, key: String, command: UInt64, reply: String, at: Instant) {
      self.user = user
      self.key = key
      self.command = command
      self.reply = reply
      self.at = at
    }

    /// Whose key it is, and the key, in one column: `USER KEY`. A key has no blank in it; before version 0.1.1 it
    /// stood alone.
    var column: String { user.map { "\($0) \(key)" } ?? key }

    /// Takes apart what ``column`` has put together.
    static func parts(ofColumn text: String) -> (user: UInt32?, key: String) {
      guard let space = text.firstIndex(of: " "), let user = UInt32(text[..<space]) else {
        return (nil, text)
      }
      return (user, String(text[text.index(after: space)...]))
    }
  }

  /// How many records.
  public private(set) var count = 0
  /// Replies to keyed commands.
  public private(set) var replies: [KeyedReply] = []
  /// The records, encoded.
  private(set) var body: [UInt8] = []
  private var last = Instant.distantPast

  /// An empty batch.
  public init() {}

  /// Nothing to write.
  public var isEmpty: Bool { count == 0 && replies.isEmpty }

  /// Adds an event.
  public mutating func add(_ event: Event, at instant: Instant, detail: String = "") {
    begin(detail.isEmpty ? .event : .eventWithDetail, at: instant)
    event.code.write(to: &body)
    if !detail.isEmpty { append(detail) }
  }

  /// Adds a plan.
  public mutating func add(plan: String, at instant: Instant) {
    begin(.plan, at: instant)
    append(plan)
  }

  /// Adds a note.
  public mutating func add(note type: String, detail: String, at instant: Instant) {
    begin(.note, at: instant)
    append(type)
    append(detail)
  }

  /// Adds a reply to be kept.
  public mutating func add(_ reply: KeyedReply) { replies.append(reply) }

  /// Empties the batch, keeping its memory.
  public mutating func removeAll() {
    count = 0
    replies.removeAll(keepingCapacity: true)
    body.removeAll(keepingCapacity: true)
    last = .distantPast
  }

  enum Kind: UInt8 {
    case event = 0
    case eventWithDetail = 1
    case plan = 2
    case note = 3
  }

  private mutating func begin(_ kind: Kind, at instant: Instant) {
    body.append(kind.rawValue)
    VariableInteger.write((instant - last).microseconds, to: &body)
    last = instant
    count += 1
  }

  private mutating func append(_ text: String) {
    VariableInteger.write(Int64(text.utf8.count), to: &body)
    body.append(contentsOf: text.utf8)
  }
}

/// Reads the records of one frame.
struct FrameReader {
  private let body: ArraySlice<UInt8>
  private var position: Int
  private var last = Instant.distantPast
  private var seq: UInt64

  init(firstSeq: UInt64, body: [UInt8]) {
    self.body = body[...]
    position = 0
    seq = firstSeq
  }

  /// The next record; `nil` at the end.
  /// - Throws: ``JournalError`` if the bytes are not records.
  mutating func next() throws(JournalError) -> Record? {
    if position == body.endIndex { return nil }
    guard position < body.endIndex, let kind = Batch.Kind(rawValue: body[position]) else {
      throw .malformed(seq: seq)
    }
    position += 1
    guard let delta = VariableInteger.read(from: body, at: &position) else {
      throw .malformed(seq: seq)
    }
    let (microseconds, overflows) = last.microseconds.addingReportingOverflow(delta)
    guard !overflows, microseconds >= 0 else { throw .malformed(seq: seq) }
    last = Instant(microseconds: microseconds)
    let record = Record(seq: seq, at: last, content: try content(kind))
    seq += 1
    return record
  }

  private mutating func content(_ kind: Batch.Kind) throws(JournalError) -> Record.Content {
    switch kind {
    case .event: return .event(try event(), detail: "")
    case .eventWithDetail: return .event(try event(), detail: try text())
    case .plan: return .plan(try text())
    case .note: return .note(type: try text(), detail: try text())
    }
  }

  private mutating func event() throws(JournalError) -> Event {
    guard let code = EventCode.read(from: body, at: &position), let event = Event(code) else {
      throw .malformed(seq: seq)
    }
    return event
  }

  private mutating func text() throws(JournalError) -> String {
    guard let length = VariableInteger.read(from: body, at: &position), length >= 0,
      length <= Int64(body.endIndex - position)
    else { throw .malformed(seq: seq) }
    let end = position + Int(length)
    defer { position = end }
    return String(decoding: body[position..<end], as: UTF8.self)
  }
}
