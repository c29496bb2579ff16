import Client
import Foundation
import LineProtocol
import Testing

/// Journals written by earlier versions. `Journals/schema-N.sqlite` is one of schema N, kept as it was when N was the
/// newest: alice ignored call c-1, bob took it and consults alice, c-2 waits; both arrivals had keys.
@Suite struct UpgradeTests {
  private static func journal(_ schema: Int) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Journals/schema-\(schema).sqlite")
  }

  /// A daemon that finds `journal` in its state directory, half an hour after it was last used.
  private func daemon(_ journal: URL) throws -> TestDaemon {
    let daemon = try TestDaemon(arguments: ["--clock-start", "2026-11-23T15:30:00Z"])
    try FileManager.default.createDirectory(at: daemon.state, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: journal, to: daemon.state.appending(path: "journal.sqlite"))
    return daemon
  }

  private func sqlite(_ daemon: TestDaemon, _ sql: String) throws -> String {
    let path = daemon.state.appending(path: "journal.sqlite").path
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/sqlite3")
    process.arguments = [path, sql]
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("A journal of an earlier schema is taken over whole: state, keys, chain")
  func upgrade() throws {
    let daemon = try daemon(Self.journal(1))
    #expect(try sqlite(daemon, "PRAGMA user_version") == "1\n")
    try daemon.start()
    let admin = try daemon.client()
    #expect(try admin.ask("admin.verify").code == 200)
    let again = try admin.ask(
      "call.arrive c-1 queue=support from=+13125550123 name=\"Acme Inc\" key=pbx:1")
    #expect(again["replayed"] == "yes" && again["seq"] == "7")
    // Whose that key was is not written in it: it keeps nobody from the word.
    #expect(try admin.ask("agent.login carol key=pbx:1").code == 200)
    #expect(try admin.ask("agent.login carol key=pbx:1")["replayed"] == "yes")
    let calls = try admin.ask("call.list").rows.map { row in
      ["call", "state"].map { name in row.first { $0.name == name }?.value ?? "" }
    }
    // Alice's phone has rung long enough: bob holds the call again, and c-2 still waits.
    #expect(calls == [["c-1", "talking"], ["c-2", "ringing"]])
    #expect(daemon.stop() == 0)
    #expect(try sqlite(daemon, "PRAGMA user_version") == "2\n")
    // Once more, on what is now the newest.
    try daemon.start()
    #expect(try daemon.client().ask("admin.verify").code == 200)
  }

  @Test("A journal of a later schema is left alone, and said to be one")
  func downgrade() throws {
    let daemon = try daemon(Self.journal(1))
    _ = try sqlite(daemon, "PRAGMA user_version=99")
    let path = daemon.state.appending(path: "journal.sqlite").path
    let before = try Data(contentsOf: URL(filePath: path))
    let failure = #expect(throws: Failure.self) { try daemon.start() }
    #expect(failure?.exitCode == 65)
    #expect(failure?.description.contains("schema version 99") == true)
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }
}
