import Client
import Foundation
import LineProtocol
import Testing

/// The journal is what was written, or says that it is not: words, vocabulary, epoch.
@Suite struct JournalCareTests {
  private func sqlite(_ daemon: TestDaemon, _ sql: String) throws {
    let result = Process()
    result.executableURL = URL(filePath: "/usr/bin/sqlite3")
    result.arguments = [daemon.state.appending(path: "journal.sqlite").path, sql]
    try result.run()
    result.waitUntilExit()
    #expect(result.terminationStatus == 0)
  }

  private func daemonWithCalls() throws -> TestDaemon {
    let daemon = try TestDaemon().start()
    let feed = try daemon.client()
    for number in 1...3 {
      let line = "call.arrive c-\(number) queue=support from=+1312555\(number) name=\"Acme Inc\""
      #expect(try feed.ask(line).code == 201)
    }
    #expect(daemon.stop() == 0)
    return daemon
  }

  @Test("verify counts frames, records and words; with words lost or changed it fails with 65")
  func words() throws {
    let daemon = try daemonWithCalls()
    try daemon.start()
    let verdict = try daemon.client().ask("admin.verify")
    #expect(verdict["compared"] == "yes" && verdict["missing"] == "0" && verdict["wrong"] == "0")
    // The plan's reps, and three callers.
    #expect(verdict["words"] == "4" && verdict["forgotten"] == "0")
    #expect(daemon.stop() == 0)
    for (damage, missing, wrong) in [
      ("UPDATE frame SET words = NULL WHERE seq = 1", "1", "0"),
      (
        "UPDATE frame SET words = CAST(replace(CAST(words AS TEXT), 'Acme', 'Emca') AS BLOB) WHERE seq > 1",
        "1", "3"
      ),
    ] {
      try sqlite(daemon, damage)
      // Phones go on: what cannot be read of words is left out.
      try daemon.start()
      let verdict = try daemon.client().ask("admin.verify")
      #expect(verdict.code == 561 && verdict["missing"] == missing && verdict["wrong"] == wrong)
      let shown = try daemon.rotactl("verify")
      #expect(shown.code == 65, "\(shown.error)")
      #expect(daemon.stop() == 0)
    }
  }

  @Test("A journal with records that only a later version knows is left alone, and said to be one")
  func vocabulary() throws {
    let daemon = try daemonWithCalls()
    try sqlite(daemon, "UPDATE meta SET value = '99' WHERE key = 'vocabulary'")
    let failure = #expect(throws: CommandFailure.self) { try daemon.start() }
    #expect(failure?.exitCode == 65)
    #expect(failure?.description.contains("vocabulary 99") == true)
    #expect(failure?.description.contains("damaged") == false)
  }

  private func epoch(_ client: Client) throws -> String {
    let row = try #require(try client.ask("admin.status").rows.first)
    return try #require(row.first { $0.name == "epoch" }?.value)
  }

  @Test("Who goes on from a copy begins a new epoch, once; numbers of the old one are refused")
  func epoch() throws {
    let daemon = try daemonWithCalls()
    try daemon.start()
    let first = try daemon.client()
    let old = try epoch(first)
    #expect(try first.ask("subscribe s from=1 epoch=\(old)").code == 200)
    let copy = daemon.directory.appending(path: "copy.sqlite").path
    #expect(try first.ask("admin.backup \(copy)").code == 200)
    #expect(try first.ask("call.arrive c-9 queue=support").code == 201)
    #expect(daemon.stop() == 0)
    let journal = daemon.state.appending(path: "journal.sqlite")
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: journal.path + suffix)
    }
    try FileManager.default.copyItem(atPath: copy, toPath: journal.path)
    var epochs: [String] = []
    for _ in 0..<2 {
      try daemon.start()
      let client = try daemon.client()
      epochs.append(try epoch(client))
      let refused = try client.ask("subscribe s from=1 epoch=\(old)")
      #expect(refused.code == 555 && refused["rule"] == "other-history")
      #expect(refused["epoch"] == epochs[0])
      #expect(try client.ask("subscribe s from=1").code == 200)
      #expect(try client.ask("admin.verify").code == 200)
      #expect(daemon.stop() == 0)
    }
    #expect(epochs[0] == epochs[1] && epochs[0] != old)
    #expect(daemon.log.contains("a new epoch begins"))
  }

  @Test("Words that somebody took out are missing, whatever the file says of having forgotten them")
  func wordsTaken() throws {
    let daemon = try daemonWithCalls()
    defer { daemon.kill() }
    try sqlite(
      daemon,
      """
      UPDATE frame SET words = NULL WHERE seq > 1;
      INSERT INTO meta VALUES('forgotten_through', '99'), ('forgotten_before_us', '1'),
        ('forgotten_but', '14');
      """)
    try daemon.start()
    let verified = try daemon.client().ask("admin.verify")
    #expect(verified.code == 561 && verified["missing"] != "0", "\(verified)")
  }
}
