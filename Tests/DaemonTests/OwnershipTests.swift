import Client
import Foundation
import LineProtocol
import Testing

/// One daemon for one socket and one journal, whatever is done to their files (field case E15).
@Suite struct OwnershipTests {
  @Test("A second daemon does not take the socket of one that runs, and ends with 69")
  func secondDaemon() throws {
    let daemon = try TestDaemon().start()
    let client = try daemon.client()
    let other = daemon.directory.appending(path: "other").path
    let second = try TestDaemon.run(
      "rotad",
      ["--config", daemon.configuration.path, "--state", other, "--socket", daemon.socket])
    #expect(second.code == 69)
    #expect(second.error.contains("\(daemon.socket): another daemon listens there"), "\(second)")
    #expect(try client.ask("ping").isPositive)
    #expect(try daemon.client().ask("ping").isPositive)
    // What is left of one that was killed keeps nobody away.
    daemon.kill()
    try daemon.start()
    #expect(try daemon.client().ask("ping").isPositive)
  }

  @Test("A socket whose file has vanished is made anew; who is connected stays so")
  func vanishedSocket() throws {
    let daemon = try TestDaemon().start()
    let client = try daemon.client()
    try FileManager.default.removeItem(atPath: daemon.socket)
    for _ in 0..<200 where !FileManager.default.fileExists(atPath: daemon.socket) {
      usleep(100_000)
    }
    var answer: Client.Answer?
    for _ in 0..<50 where answer == nil {
      answer = try? daemon.client().ask("ping")
      usleep(100_000)
    }
    #expect(answer?.isPositive == true)
    #expect(try client.ask("ping").isPositive)
    #expect(daemon.log.contains("the socket's file has vanished; it is made anew"))
    #expect(daemon.stop() == 0)
  }

  @Test("What is in a journal that was deleted under the daemon is saved by a backup")
  func deletedJournal() throws {
    let daemon = try TestDaemon().start()
    let client = try daemon.client()
    #expect(try client.ask("agent.login alice").isPositive)
    let journal = daemon.state.appending(path: "journal.sqlite").path
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: journal + suffix)
    }
    #expect(try client.ask("agent.ready alice").isPositive)
    let copy = daemon.directory.appending(path: "saved.sqlite").path
    #expect(try client.ask("admin.backup \(copy)").isPositive)
    #expect(daemon.stop() == 0)
    try FileManager.default.moveItem(atPath: copy, toPath: journal)
    try daemon.start()
    let rows = try daemon.client().ask("agent.show alice").rows
    #expect(rows.first?["state"] == "ready")
    #expect(try daemon.client().ask("admin.verify").isPositive)
  }
}
