/// What a client has sent and was not carried out yet, as a machine without I/O: bytes in, lines out.
struct LineInput {
  /// Close after this many lines that are none.
  private static let maxFramingErrors = 3

  /// What was read and not carried out.
  private(set) var bytes: [UInt8] = []
  /// Whether these are the rest of a line that was too long.
  private(set) var isSkippingLine = false
  /// Lines so far that were none.
  private(set) var framingErrors = 0
  /// Where the next line begins, while lines are taken.
  private var start = 0

  /// Nothing yet.
  init() {}

  /// What an earlier process of the service has left, and then what has come in since.
  init(_ remains: SuspendedConnection, then newer: LineInput) {
    bytes = remains.input + newer.bytes
    isSkippingLine = remains.isSkippingLine
    framingErrors = remains.framingErrors
  }

  /// Whether there is a whole line.
  var hasLine: Bool { bytes[start...].contains(0x0A) }

  /// Takes in what was read.
  mutating func append(_ newer: some Sequence<UInt8>) { bytes.append(contentsOf: newer) }

  /// The next whole line, without its end; `nil`: there is none. The rest of one that was too long is passed over.
  mutating func next() -> ArraySlice<UInt8>? {
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      defer { start = end + 1 }
      if !isSkippingLine { return bytes[start..<end] }
      isSkippingLine = false
    }
    return nil
  }

  /// Forgets the lines that were taken, and the memory that a burst has needed.
  mutating func forgetTaken() {
    if start == 0 { return }
    if start < bytes.count {
      bytes.removeFirst(start)
    } else if bytes.capacity > 1_024 {
      bytes = []
    } else {
      bytes.removeAll(keepingCapacity: true)
    }
    start = 0
  }

  /// Drops the beginning of a line that is longer than `limit`, and what will come of it.
  /// - Returns: whether that is to be said; of each line it is said once.
  mutating func dropTooLong(_ limit: Int) -> Bool {
    guard bytes.count >= limit, !hasLine else { return false }
    bytes = []
    defer { isSkippingLine = true }
    return !isSkippingLine
  }

  /// A line was none.
  /// - Returns: whether that is enough.
  mutating func countFramingError() -> Bool {
    framingErrors += 1
    return framingErrors >= Self.maxFramingErrors
  }
}
