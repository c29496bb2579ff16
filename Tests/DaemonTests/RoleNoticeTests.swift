import Client
import Foundation
import LineProtocol
import Testing

/// What the programs make of being told that their role has changed.
@Suite(.serialized) struct RoleNoticeTests {
  /// The team without carol.
  private static let smaller = TestDaemon.team
    .replacingOccurrences(of: "  carol: { name: Carol Chen }\n", with: "")
    .replacingOccurrences(of: ", carol", with: "")

  @Test("A client that is told of another role goes on: replies and events are where they were")
  func client() throws {
    let daemon = try TestDaemon().start()
    let (admin, carol) = (try daemon.client(), try daemon.client(agent: "carol"))
    #expect(try carol.ask("subscribe s types=agent.logged-in").code == 200)
    try daemon.write(Self.smaller)
    #expect(try admin.ask("admin.reload").code == 200)
    var notices: [ServerLine] = []
    let answer = try carol.ask(Request(verb: "agent.login", arguments: [.word("carol")])) {
      notices.append($0)
    }
    #expect(answer.code == 530 && answer["role"] == "monitor")
    #expect(notices.first?["role"] == "monitor" && notices.first?["agent"] == nil)
    #expect(try admin.ask("agent.login bob").code == 200)
    #expect(try carol.nextEvent()["agent"] == "bob")
  }

  @Test("rotactl watch goes on when its role has changed")
  func watch() throws {
    let daemon = try TestDaemon().start()
    let process = Process()
    process.executableURL = TestDaemon.program("rotactl")
    process.arguments = [
      "watch", "--as", "carol", "--interval", "0.2", "--count", "5", "--socket", daemon.socket,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // The first board is there, others are to come.
    let first = output.fileHandleForReading.availableData
    try daemon.write(Self.smaller)
    #expect(try daemon.client().ask("admin.reload").code == 200)
    let rest = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: first, as: UTF8.self).contains("Carol Chen"))
    let boards = String(decoding: rest, as: UTF8.self).components(separatedBy: "Rota  ")
    #expect(boards.last?.contains("Bob Baker") == true)
    #expect(boards.last?.contains("Carol Chen") == false)
  }

  @Test("A client whose role is gone is told so, not only that the connection was closed")
  func farewell() throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "rt-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "s").path
    let (listener, bound) = ServiceManagerDouble.listener(at: path)
    defer { close(listener) }
    #expect(bound)
    Thread.detachNewThread {
      let connection = accept(listener, nil, nil)
      let lines = """
        % hello proto=1 role=lead user=lena
        % role role=none user=lena text="user lena has no role any more"

        """
      _ = Array(lines.utf8).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
      close(connection)
    }
    let client = try Client(path: path)
    let failure = #expect(throws: CommandFailure.self) { while true { _ = try client.nextLine() } }
    #expect(failure?.exitCode == 77)
    #expect(failure?.description.hasSuffix("user lena has no role any more") == true)
  }
}
