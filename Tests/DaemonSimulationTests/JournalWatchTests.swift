import Testing

@testable import Daemon

/// The journal's file, looked at now and then (field case E15).
@Suite struct JournalWatchTests {
  private let machine = SimulatedMachine(seed: 1)

  init() { machine.start() }

  private func journal() throws -> String? {
    let client = try #require(machine.call(Peer(uid: 0, user: "root", groups: [])))
    client.send(Array("admin.status\n".utf8))
    machine.pass(100_000)
    client.listen()
    let row = client.transcript.last { $0.hasPrefix("* ") } ?? ""
    return row.split(separator: " ").first { $0.hasPrefix("journal=") }.map(String.init)
  }

  @Test("A file that is gone or another is noticed within a minute, and so is one that is back")
  func changes() throws {
    machine.pass(61_000_000)
    #expect(try journal() == "journal=present")
    machine.file.journal = nil
    machine.pass(61_000_000)
    #expect(try journal() == "journal=gone")
    machine.file.journal = FileIdentity(number: 2)
    machine.pass(61_000_000)
    #expect(try journal() == "journal=replaced")
    machine.file.journal = FileIdentity(number: 1)
    machine.pass(61_000_000)
    #expect(try journal() == "journal=present")
  }
}
