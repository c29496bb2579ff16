import Foundation
import Testing

/// Stands where systemd would: takes the notifications of a daemon and the descriptors it stores, and starts the
/// next one with them.
final class ServiceManagerDouble {
  let path: String
  private let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  /// What is stored, by name.
  private(set) var stored: [(name: String, descriptor: Int32)] = []
  /// The unit's own sockets, by name: passed before what is stored.
  private var sockets: [(name: String, descriptor: Int32)] = []

  init(_ directory: URL) {
    path = directory.appending(path: "notify").path
    #expect(Self.bind(descriptor, path) == 0)
  }

  deinit {
    forget(nil)
    for socket in sockets { close(socket.descriptor) }
    close(descriptor)
  }

  /// Listens at `path`, as the unit's socket called `name`.
  func listen(at path: String, name: String) {
    let (listener, isListening) = Self.listener(at: path)
    #expect(isListening)
    sockets.append((name, listener))
  }

  /// A socket that listens at `path`, and whether it does.
  static func listener(at path: String) -> (descriptor: Int32, isListening: Bool) {
    unlink(path)
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    return (listener, bind(listener, path) == 0 && Foundation.listen(listener, 16) == 0)
  }

  private static func bind(_ descriptor: Int32, _ path: String) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.bind(descriptor, $0, size)
      }
    }
  }

  /// Messages until one contains `text`, or five seconds have passed.
  func messages(until text: String) -> [String] {
    var messages: [String] = []
    for _ in 0..<50 where messages.last?.contains(text) != true {
      if let message = listen(milliseconds: 100) { messages.append(message) }
    }
    return messages
  }

  /// The next message, if one comes within `milliseconds`.
  @discardableResult
  func listen(milliseconds: Int32) -> String? {
    var file = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&file, 1, milliseconds) > 0 ? receive() : nil
  }

  /// One message, with the descriptor that may come with it (unix(7), `SCM_RIGHTS`).
  private func receive() -> String {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    // A control header is 16 bytes; the descriptor follows.
    var control = [Int32](repeating: -1, count: 8)
    let count = bytes.withUnsafeMutableBytes { buffer in
      control.withUnsafeMutableBytes { rights in
        var vector = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
        return withUnsafeMutablePointer(to: &vector) { vector in
          var header = msghdr()
          header.msg_iov = vector
          header.msg_iovlen = 1
          header.msg_control = rights.baseAddress
          header.msg_controllen = rights.count
          return recvmsg(descriptor, &header, Int32(MSG_CMSG_CLOEXEC))
        }
      }
    }
    let text = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    take(text, control[4])
    return text
  }

  private func take(_ text: String, _ passed: Int32) {
    let lines = text.split(separator: "\n")
    let name = lines.first { $0.hasPrefix("FDNAME=") }.map { String($0.dropFirst(7)) }
    if lines.contains("FDSTORE=1"), let name {
      stored.append((name, passed))
    } else if lines.contains("FDSTOREREMOVE=1"), let name {
      forget(name)
    } else if passed >= 0 {
      // A barrier: who sent it waits until it is closed.
      close(passed)
    }
  }

  /// Forgets what is stored under `name`, as after a failure.
  func lose(_ name: String) { forget(name) }

  private func forget(_ name: String?) {
    for entry in stored where name == nil || entry.name == name { close(entry.descriptor) }
    stored.removeAll { name == nil || $0.name == name }
  }

  /// Starts `program` with the unit's sockets and what is stored, as systemd does (sd_listen_fds(3)).
  /// - Returns: its process id.
  func start(_ program: URL, _ arguments: [String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Out of the way first: a number to be copied to may be one to be copied from.
    let passed = sockets + stored
    let copies = passed.map { fcntl($0.descriptor, F_DUPFD_CLOEXEC, 200) }
    defer { for copy in copies { close(copy) } }
    for (index, copy) in copies.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, copy, Int32(3 + index))
    }
    let script = "export LISTEN_PID=$$; exec \"$@\""
    let words = ["/bin/sh", "-c", script, "sh", program.path] + arguments
    let environment =
      [
        "NOTIFY_SOCKET=\(path)", "LISTEN_FDS=\(passed.count)",
        "LISTEN_FDNAMES=\(passed.map(\.name).joined(separator: ":"))",
      ] + ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    var argv = words.map { strdup($0) } + [nil]
    var envp = environment.map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, "/bin/sh", &actions, nil, &argv, &envp)
    try #require(result == 0)
    return pid
  }
}
