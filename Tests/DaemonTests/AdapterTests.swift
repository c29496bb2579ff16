import Client
import Foundation
import LineProtocol
import Testing

/// The adapter of the page "Writing an adapter", with the built daemon and a test for its switch.
@Suite struct AdapterTests {
  /// The example, run as somebody would who begins with it.
  private final class Adapter {
    private let process = Process()
    private let input = Pipe()
    private let output: URL

    init(_ daemon: TestDaemon) throws {
      output = daemon.directory.appending(path: "switch")
      _ = FileManager.default.createFile(atPath: output.path, contents: nil)
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = [
        "python3", TestDaemon.root.appending(path: "Simulations/adapter/adapter.py").path,
        daemon.socket,
      ]
      process.standardInput = input
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    deinit { end() }

    func end() {
      try? input.fileHandleForWriting.close()
      if process.isRunning { process.terminate() }
      process.waitUntilExit()
    }

    /// Something happens on the phones.
    func happens(_ line: String) throws {
      try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    /// What the switch was told to do so far.
    var done: [String] {
      let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
      return text.split(separator: "\n").map(String.init)
    }

    /// Waits until the switch was told so much.
    func wait(_ count: Int) -> [String] {
      for _ in 0..<1_000 where done.count < count { usleep(10_000) }
      return done
    }
  }

  private static let team = """
    agents: { alice: {}, bob: {} }
    queues: { support: { members: [alice, bob], wrap-up: 0, rest-after: { ignored: 60 } } }
    """

  private func ready(_ daemon: TestDaemon) throws {
    let admin = try daemon.client()
    for rep in ["alice", "bob"] {
      try admin.ask("agent.login \(rep)")
      try admin.ask("agent.ready \(rep)")
    }
  }

  @Test("Phones ring, fall silent and are joined as the daemon says; what they do is reported")
  func call() throws {
    let daemon = try TestDaemon(Self.team).start()
    try ready(daemon)
    let adapter = try Adapter(daemon)
    try adapter.happens("arrive c-1 +13125550101 support")
    #expect(adapter.wait(1) == ["ring alice c-1"])
    try daemon.client().ask("call.ignore c-1 agent=alice")
    #expect(adapter.wait(3).suffix(2) == ["silence alice c-1", "ring bob c-1"])
    try adapter.happens("answer bob c-1")
    #expect(adapter.wait(4).last == "connect bob c-1")
    #expect(try daemon.client().ask("call.show c-1").rows.first?["from"] == "+13125550101")
    try adapter.happens("hangup c-1")
    #expect(adapter.wait(5).last == "end c-1 caller-hung-up")
    adapter.end()
  }

  @Test(
    "While the daemon is away phones go on; what happened meanwhile is told, once, when it is back")
  func restart() throws {
    let daemon = try TestDaemon(Self.team).start()
    try ready(daemon)
    let adapter = try Adapter(daemon)
    try adapter.happens("arrive c-1 +13125550101 support")
    #expect(adapter.wait(1) == ["ring alice c-1"])
    try adapter.happens("answer alice c-1")
    #expect(adapter.wait(2).last == "connect alice c-1")
    daemon.kill()
    try adapter.happens("hangup c-1")
    try adapter.happens("arrive c-2 +13125550102 support")
    try daemon.start()
    let done = adapter.wait(4).dropFirst(2)
    #expect(Set(done) == ["end c-1 caller-hung-up", "ring bob c-2"], "\(done)")
    for _ in 0..<300 {
      let calls = try daemon.client().ask("call.list").rows.compactMap { $0["call"] }
      if calls == ["c-2"] { break }
      usleep(10_000)
    }
    #expect(try daemon.client().ask("call.list").rows.compactMap { $0["call"] } == ["c-2"])
    adapter.end()
  }
}
