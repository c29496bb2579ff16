import Glibc
public import LineProtocol
import Vocabulary

/// A blocking connection to the daemon: one line out, lines in.
public final class Client {
  /// The greeting.
  public private(set) var greeting = ServerLine.notice(name: "", options: [])
  /// The socket, for poll(2).
  public let descriptor: Int32
  private let path: String
  private var conversation = Conversation()

  /// Connects to the daemon at `path`, and acts for `agent` only if one is given.
  public init(path: String, as agent: String? = nil, role: Role? = nil) throws {
    self.path = path
    descriptor = try Self.connect(path)
    greeting = try nextLine()
    if case .reply(_, _, _, let options) = greeting {
      let text = options["text"] ?? "refused"
      throw CommandFailure(exitCode: CommandFailure.notPermitted, description: "\(path): \(text)")
    }
    try become(role ?? (agent == nil ? nil : .agent), agent)
  }

  deinit { close(descriptor) }

  private func become(_ role: Role?, _ agent: String?) throws {
    guard let role, greeting["role"] != role.rawValue || greeting["agent"] != agent else { return }
    let answer = try ask(
      Request(.question(.session(.become)), [role.rawValue], ["agent": agent]))
    if !answer.isPositive {
      throw CommandFailure(exitCode: CommandFailure.notPermitted, description: answer.text)
    }
  }

  private static func connect(_ path: String) throws -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < capacity else {
      throw CommandFailure(
        exitCode: CommandFailure.unavailable, description: "\(path): the path is too long")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    // Programs that are started meanwhile do not keep the connection open.
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    if result == 0 { return descriptor }
    let reason = String(cString: strerror(errno))
    close(descriptor)
    throw CommandFailure(
      exitCode: CommandFailure.unavailable,
      description: """
        the daemon does not answer on \(path): \(reason)
        Is it running? Start it with  systemctl start rotad.socket
        or in the foreground with     rotad --config rota.yaml --state DIR --socket \(path)
        and name another socket with  --socket PATH  or  ROTA_SOCKET=PATH
        """)
  }

  /// What came back to a request.
  public typealias Answer = Conversation.Answer

  /// Sends a request.
  public func send(_ request: Request) throws {
    var bytes = conversation.send(request).bytes[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { throw lost() }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Sends a request and waits for its whole reply. Events that come in between go to `onEvent`.
  public func ask(_ request: Request, onEvent: (ServerLine) -> Void = { _ in }) throws -> Answer {
    try send(request)
    return try answer(onEvent: onEvent)
  }

  /// Waits for the whole reply to the first request sent that has none yet.
  public func answer(onEvent: (ServerLine) -> Void = { _ in }) throws -> Answer {
    while true {
      switch try heard({ conversation throws(LineError) in try conversation.next() }) {
      case .answer(let answer, _): return answer
      case .heard(let line): onEvent(line)
      case nil: try readMore()
      }
    }
  }

  /// The next line; waits for it.
  public func nextLine() throws -> ServerLine {
    while true {
      if let line = try bufferedLine() { return line }
      try readMore()
    }
  }

  /// The next line if it has come already.
  public func bufferedLine() throws -> ServerLine? {
    try heard { conversation throws(LineError) in try conversation.nextLine() }
  }

  private func heard<T>(
    _ body: (inout Conversation) throws(LineError) -> T
  ) throws -> T {
    do throws(LineError) {
      return try body(&conversation)
    } catch {
      throw CommandFailure(path, error)
    }
  }

  /// Reads what there is; waits if there is nothing.
  public func readMore() throws {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0, errno == EINTR { return }
    if count <= 0 { throw lost() }
    conversation.receive(chunk[..<count])
  }

  private func lost() -> CommandFailure { conversation.loss(of: path) }
}
