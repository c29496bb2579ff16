import Base

/// What one transaction adds to the journal: steps and their records as bytes, words apart from them, and the
/// replies to keyed commands.
///
/// Filled on the event loop, written on the journal thread. Made once and reused.
///
/// The body is a sequence of steps: `7F, cause, time since the step before, actor, length, command`, and of the
/// records that follow from each: `stream (+80: has words), kind, length, payload [, digest of the words]`. The
/// words: `index, salt, length, (field, length, UTF-8)...` for each record that has any. Numbers are LEB128.
public struct Batch: Sendable {
  static let stepMark: UInt8 = 0x7F
  static let hasWords: UInt8 = 0x80

  /// How many records.
  public private(set) var count = 0
  /// Replies to keyed commands.
  public private(set) var replies: [KeyedReply] = []
  /// A new epoch, which begins with the records of this batch.
  public var epoch: String?
  /// Words that are to be forgotten with the records of this batch.
  public var forgetting: Forgetting?
  /// History that is in an archive file, and leaves the journal with the records of this batch.
  public var closing: Closing?
  /// Steps and records, encoded.
  public private(set) var body: [UInt8] = []
  /// Their words, encoded; empty if there are none.
  public private(set) var words: [UInt8] = []
  private var salts: Salts
  private var last = Instant.distantPast
  private var scratch: [UInt8] = []

  /// An empty batch.
  public init(salts: Salts = Salts()) { self.salts = salts }

  /// Nothing to write.
  public var isEmpty: Bool {
    count == 0 && replies.isEmpty && epoch == nil && forgetting == nil && closing == nil
  }

  /// Begins a step; its records are to follow.
  /// - Parameters:
  ///   - cause: Why it is taken.
  ///   - instant: When.
  ///   - actor: The number of the user who has asked for it; `nil`: nobody.
  ///   - command: Appends what was asked.
  public mutating func begin(
    _ cause: Cause, at instant: Instant, actor: UInt32? = nil,
    command: (inout [UInt8]) -> Void = { _ in }
  ) {
    body.append(Self.stepMark)
    body.append(cause.rawValue)
    VariableInteger.write((instant - last).microseconds, to: &body)
    last = instant
    VariableInteger.writeUnsigned(actor.map { UInt64($0) + 1 } ?? 0, to: &body)
    appendMeasured(command)
  }

  /// Adds a record to the step.
  /// - Parameters:
  ///   - stream: The part of Rota whose record it is.
  ///   - kind: The kind of record.
  ///   - words: What may have to be forgotten one day.
  ///   - payload: Appends what else it says.
  public mutating func add(
    _ stream: RecordStream, _ kind: UInt8, words: [Word] = [], payload: (inout [UInt8]) -> Void
  ) {
    body.append(stream.rawValue | (words.isEmpty ? 0 : Self.hasWords))
    body.append(kind)
    appendMeasured(payload)
    if !words.isEmpty { append(words) }
    count += 1
  }

  /// Adds a reply to be kept.
  public mutating func add(_ reply: KeyedReply) { replies.append(reply) }

  /// Empties the batch, keeping its memory.
  public mutating func removeAll() {
    count = 0
    epoch = nil
    forgetting = nil
    closing = nil
    replies.removeAll(keepingCapacity: true)
    body.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    last = .distantPast
  }

  /// Appends what `write` writes, and its length before it.
  private mutating func appendMeasured(_ write: (inout [UInt8]) -> Void) {
    scratch.removeAll(keepingCapacity: true)
    write(&scratch)
    VariableInteger.writeUnsigned(UInt64(scratch.count), to: &body)
    body += scratch
  }

  private mutating func append(_ words: [Word]) {
    scratch.removeAll(keepingCapacity: true)
    for word in words {
      scratch.append(word.number)
      VariableInteger.writeUnsigned(UInt64(word.text.utf8.count), to: &scratch)
      scratch += word.text.utf8
    }
    let salt = salts.next()
    VariableInteger.writeUnsigned(UInt64(count), to: &self.words)
    LittleEndian.write(salt.0, to: &self.words)
    LittleEndian.write(salt.1, to: &self.words)
    VariableInteger.writeUnsigned(UInt64(scratch.count), to: &self.words)
    self.words += scratch
    LittleEndian.write(SipHash.hash(scratch[...], k0: salt.0, k1: salt.1), to: &body)
  }
}

/// 64 bits in eight bytes, the least significant first.
enum LittleEndian {
  static func write(_ value: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// Reads eight bytes at `position`, which moves behind them; `nil`: there are not so many.
  static func read(from bytes: ArraySlice<UInt8>, at position: inout Int) -> UInt64? {
    guard bytes.endIndex - position >= 8 else { return nil }
    var value: UInt64 = 0
    for offset in 0..<8 { value |= UInt64(bytes[position + offset]) << UInt64(8 * offset) }
    position += 8
    return value
  }
}
