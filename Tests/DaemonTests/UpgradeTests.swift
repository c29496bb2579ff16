import Client
import Foundation
import LineProtocol
import Testing

/// Journals written by earlier versions. `Journals/schema-N.sqlite` is one of schema N, kept as it was when N was the
/// newest: alice ignored call c-1, bob took it and consults alice, c-2 waits; both arrivals had keys.
@Suite struct UpgradeTests {
  private static let journals = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Journals")

  private static func journal(_ schema: Int) -> URL {
    journals.appending(path: "schema-\(schema).sqlite")
  }

  /// A daemon that finds `journal` in its state directory, half an hour after it was last used.
  private func daemon(_ journal: URL) throws -> TestDaemon {
    let daemon = try TestDaemon(arguments: ["--clock-start", "2026-11-23T15:30:00Z"])
    try FileManager.default.createDirectory(at: daemon.state, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: journal, to: daemon.state.appending(path: "journal.sqlite"))
    return daemon
  }

  private func unpack(_ packed: String, to path: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "gunzip -c \"$0\" >\"$1\"", packed, path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  private func sqlite(
    _ daemon: TestDaemon, _ sql: String, in file: String? = nil
  ) throws -> String {
    let path = file ?? daemon.state.appending(path: "journal.sqlite").path
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
    #expect(try sqlite(daemon, "PRAGMA user_version") == "3\n")
    // Once more, on what is now the newest.
    try daemon.start()
    #expect(try daemon.client().ask("admin.verify").code == 200)
  }

  /// `Journals/schema-2.sqlite.gz`: a morning of the demonstration under the present rules, with a reload that
  /// renames and retires, reasons, a drain, late write-ups, a kill with phones ringing, and a day of calls afterwards.
  @Test(
    "A journal of schema 2 is taken over: compared, every command told, every decision made again")
  func schemaTwo() throws {
    let sample = TestDaemon.root.appending(path: "systemd/rota.yaml")
    let daemon = try TestDaemon(
      try String(contentsOf: sample, encoding: .utf8),
      arguments: ["--clock-start", "2026-12-01T20:00:00Z"])
    try FileManager.default.createDirectory(at: daemon.state, withIntermediateDirectories: true)
    let journal = daemon.state.appending(path: "journal.sqlite").path
    try unpack(Self.journals.appending(path: "schema-2.sqlite.gz").path, to: journal)
    // As it is, by who only reads: a copy is taken over.
    let before = try TestDaemon.run("rotasim", ["replay", journal])
    #expect(before.output.hasPrefix("8810 events"), "\(before.output) \(before.error)")
    #expect(before.output.contains("; 0 decided differently") && before.code == 0)
    #expect(!before.output.contains("folded"))
    #expect(try sqlite(daemon, "PRAGMA user_version") == "2\n")
    try daemon.start()
    let verdict = try daemon.client().ask("admin.verify")
    #expect(verdict.code == 200 && verdict["compared"] == "yes")
    #expect(verdict["missing"] == "0" && verdict["wrong"] == "0" && verdict["words"] != "0")
    #expect(daemon.log.contains("taking over the journal from schema 2"))
    // A snapshot is saved at once: a kill now does not cost the whole way again.
    var snapshots = ""
    for number in 0..<50 where snapshots != "1\n" {
      let copy = daemon.directory.appending(path: "copy-\(number).sqlite").path
      #expect(try daemon.client().ask("admin.backup \(copy)").code == 200)
      snapshots = try sqlite(daemon, "SELECT count(*) FROM snapshot", in: copy)
    }
    #expect(snapshots == "1\n")
    #expect(daemon.stop() == 0)
    #expect(try sqlite(daemon, "PRAGMA user_version; SELECT count(*) FROM snapshot") == "3\n1\n")
    let after = try TestDaemon.run("rotasim", ["replay", journal])
    #expect(after.output.contains("; 0 decided differently"), "\(after.output) \(after.error)")
  }

  /// Configurations under which version 0.1.0 ended by itself, and then at each start: 256 hand-overs of one
  /// caller, and 255 tiers. `Journals/0.1.0-NAME.sqlite.gz` is what it had written by then.
  private static let fatal = [
    "circle": """
    team: { time-zone: America/Chicago }
    rules: { required-write-up: [] }
    agents: { alice: { user: alice } }
    queues:

    """
      + (0..<256).map { number in
        "  q\(number): { members: [alice], max-wait: 60, when-exhausted: \"queue:q\(number == 0 ? 1 : 0)\" }\n"
      }.joined(),
    "tiers": """
    agents: { alice: { user: alice } }
    queues:
      q0:
        members: [alice]

    """,
  ]

  @Test("A journal that 0.1.0 wrote just before it ended by itself is recovered", arguments: fatal)
  func fatalJournals(name: String, yaml: String) throws {
    let daemon = try TestDaemon(yaml, arguments: ["--clock-start", "2026-11-23T20:00:00Z"])
    try FileManager.default.createDirectory(at: daemon.state, withIntermediateDirectories: true)
    let packed = Self.journals.appending(path: "0.1.0-\(name).sqlite.gz").path
    let journal = daemon.state.appending(path: "journal.sqlite").path
    try unpack(packed, to: journal)
    try daemon.start()
    let admin = try daemon.client()
    #expect(try admin.ask("admin.verify").code == 200)
    let call = try #require(try admin.ask("call.list").rows.first)
    // The caller of the circle has been everywhere: to voicemail; the other one waits on.
    let state = call.first { $0.name == "state" }?.value
    #expect(state == (name == "circle" ? "voicemail" : "waiting"))
    #expect(!daemon.log.contains("invariant"))
    #expect(try admin.ask("call.hang-up first by=caller").code == 200)
    #expect(daemon.stop() == 0)
    let replay = try TestDaemon.run("rotasim", ["replay", journal])
    #expect(replay.code == 0, "\(replay.output) \(replay.error)")
    #expect(replay.output.contains("folded, not remade"))
  }

  @Test("A journal of a later schema is left alone, and said to be one")
  func downgrade() throws {
    let daemon = try daemon(Self.journal(1))
    _ = try sqlite(daemon, "PRAGMA user_version=99")
    let path = daemon.state.appending(path: "journal.sqlite").path
    let before = try Data(contentsOf: URL(filePath: path))
    let failure = #expect(throws: CommandFailure.self) { try daemon.start() }
    #expect(failure?.exitCode == 65)
    #expect(failure?.description.contains("schema version 99") == true)
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }
}
