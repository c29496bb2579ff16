import Client
import Foundation
import Testing

/// What systemd sees of the daemon, without a systemd: the notification socket and socket activation.
@Suite(.serialized) struct SystemdTests {
  /// Listens where systemd would.
  private final class Manager {
    let path: String
    private let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)

    init(_ directory: URL) {
      path = directory.appending(path: "notify").path
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let size = socklen_t(MemoryLayout<sockaddr_un>.size)
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
      }
      #expect(result == 0)
    }

    deinit { close(descriptor) }

    /// Messages until one contains `text`, or five seconds have passed.
    func messages(until text: String) -> [String] {
      var messages: [String] = []
      var buffer = [UInt8](repeating: 0, count: 4_096)
      for _ in 0..<50 {
        var file = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&file, 1, 100) > 0 else { continue }
        let count = recv(descriptor, &buffer, buffer.count, 0)
        messages.append(String(decoding: buffer[..<max(0, count)], as: UTF8.self))
        if messages[messages.count - 1].contains(text) { break }
      }
      return messages
    }
  }

  @Test("Readiness after recovery, status, watchdog while healthy, and stopping")
  func notifications() throws {
    let daemon = try TestDaemon()
    let manager = Manager(daemon.directory)
    daemon.environment = ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"]
    try daemon.start()
    #expect(manager.messages(until: "READY=1").last?.contains("STATUS=Serving") == true)
    #expect(manager.messages(until: "WATCHDOG=1").last == "WATCHDOG=1")
    let admin = try daemon.client()
    #expect(try admin.ask("admin.reload").code == 200)
    let reload = manager.messages(until: "READY=1")
    #expect(reload.contains { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
    #expect(daemon.stop() == 0)
    #expect(manager.messages(until: "STOPPING=1").last?.contains("STOPPING=1") == true)
  }

  @Test("The socket may come from systemd, by name")
  func activation() throws {
    let activator = "/usr/bin/systemd-socket-activate"
    try #require(FileManager.default.isExecutableFile(atPath: activator))
    let daemon = try TestDaemon()
    let process = Process()
    process.executableURL = URL(filePath: activator)
    process.arguments = [
      "-l", daemon.socket, "--fdname=control", TestDaemon.program("rotad").path, "--config",
      daemon.configuration.path, "--state", daemon.state.path, "--socket", "/nonexistent/unused",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    for _ in 0..<500 where !FileManager.default.fileExists(atPath: daemon.socket) { usleep(10_000) }
    #expect(try daemon.client().ask("ping").code == 200)
  }
}
