import LineProtocol

/// The client's side of the protocol without a socket: requests go out as bytes, bytes that come in are lines and
/// answers. Whoever owns a socket drives it: blocking, on an event loop, or in a test.
///
/// Replies come in the order of the requests (Protocol.md); rows belong to the reply that follows them.
public struct Conversation: Sendable {
  /// What came back to a request.
  public struct Answer: Equatable, Sendable {
    /// The reply code.
    public var code: Int
    /// The word after it.
    public var name: String
    /// The fields of the last line.
    public var options: [Field]
    /// The fields of each row.
    public var rows: [[Field]]

    /// Whether the request was done.
    public var isPositive: Bool { code < 300 }
    /// The value of field `name` of the last line.
    public subscript(name: String) -> String? { options[name] }
    /// The words for people, or at least the code.
    public var text: String { self["text"] ?? "\(code) \(name)" }
  }

  /// What the daemon has said.
  public enum Occurrence: Equatable, Sendable {
    /// The whole answer to the request of this number; 0: to none that was sent by ``send(_:)``.
    case answer(Answer, to: UInt64)
    /// An event or a notice.
    case heard(ServerLine)
  }

  private var input: [UInt8] = []
  /// How much of it has been taken out.
  private var taken = 0
  private var rows: [[Field]] = []
  private var answered: UInt64 = 0
  private var asked: UInt64 = 0

  /// Why the daemon will close the connection, once it has said so.
  public private(set) var farewell: String?

  /// Nothing said yet.
  public init() {}

  /// Why the connection to the daemon at `path` is gone: it may have said so.
  public func loss(of path: String) -> CommandFailure {
    if let farewell {
      return CommandFailure(
        exitCode: CommandFailure.notPermitted, description: "\(path): \(farewell)")
    }
    return CommandFailure(
      exitCode: CommandFailure.unavailable, description: "\(path): the daemon closed the connection"
    )
  }

  /// How many requests have no answer yet.
  public var pending: Int { Int(asked - answered) }

  /// A request, as bytes to be sent, and its number.
  public mutating func send(_ request: Request) -> (number: UInt64, bytes: [UInt8]) {
    asked += 1
    return (asked, Array((request.line + "\n").utf8))
  }

  /// Takes in what has come.
  /// - Complexity: O(*bytes*), amortized.
  public mutating func receive(_ bytes: some Sequence<UInt8>) {
    if taken > 0 {
      input.removeFirst(taken)
      taken = 0
    }
    input.append(contentsOf: bytes)
  }

  /// The next line, if all of it has come. Not to be mixed with ``next()`` while an answer has begun.
  /// - Throws: ``LineError``: it is none of the protocol. The line is gone then.
  public mutating func nextLine() throws(LineError) -> ServerLine? {
    guard let end = input[taken...].firstIndex(of: 0x0A) else { return nil }
    let bytes = input[taken..<end]
    taken = end + 1
    let line = try LineParser.serverLine(bytes)
    if case .notice("role", _) = line, line["role"] == "none" { farewell = line["text"] }
    return line
  }

  /// The next answer, event or notice, if all of it has come.
  /// - Throws: ``LineError``: a line is none of the protocol.
  public mutating func next() throws(LineError) -> Occurrence? {
    while let line = try nextLine() {
      switch line {
      case .row(_, let options): rows.append(options)
      case .reply(_, let code, let name, let options):
        let answer = Answer(code: code, name: name, options: options, rows: rows)
        rows.removeAll()
        if pending == 0 { return .answer(answer, to: 0) }
        answered += 1
        return .answer(answer, to: answered)
      case .event, .notice: return .heard(line)
      }
    }
    return nil
  }
}
