import Client
import Foundation
import LineProtocol
import Testing

/// `keep: words`, on a daemon that is started again three weeks later.
@Suite struct RetentionTests {
  private static let yaml = """
    keep: { words: 7 days }
    agents:
      alice: { name: Alice Adams, user: a.adams }
      bob: {}
    queues:
      support: { members: [alice, bob], minimum-cover: 0 }
    """

  private func contains(_ directory: URL, _ text: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { name in
      let data = try Data(contentsOf: directory.appending(path: name))
      return data.range(of: Data(text.utf8)) != nil
    }
  }

  @Test("A caller of before is forgotten everywhere; counts, the chain and who the reps are stay")
  func forgotten() throws {
    let daemon = try TestDaemon(
      Self.yaml, arguments: ["--clock-start", "2026-01-05T15:00:00Z"]
    ).start()
    defer { daemon.kill() }
    var admin = try daemon.client()
    try admin.ask("agent.login alice")
    try admin.ask("agent.ready alice")
    try admin.ask("call.arrive c1 queue=support from=+13125550111 name=\"Ann Archer\"")
    try admin.ask("call.accept c1 agent=alice")
    try admin.ask("call.note c1 agent=alice client=\"Archer Ltd\" notes=\"private matter\"")
    try admin.ask("call.hang-up c1")
    try admin.ask("call.arrive c2 queue=support from=+13125550112")
    #expect(try admin.ask("admin.verify")["forgotten"] == "0")
    daemon.kill()
    // An hour, after which it is first looked, is a second.
    daemon.arguments = ["--clock-start", "2026-01-26T15:00:00Z", "--clock-rate", "3600"]
    try daemon.start()
    admin = try daemon.client()
    for _ in 0..<400 {
      if try !admin.ask("admin.verify")["forgotten"].map({ $0 == "0" })! { break }
      usleep(50_000)
    }
    let verified = try admin.ask("admin.verify")
    #expect(verified.code == 200 && verified["missing"] == "0", "\(verified)")
    usleep(1_500_000)
    let rows = try admin.ask("report.calls").rows
    let old = try #require(rows.first { $0.contains(Field("call", "c1")) })
    #expect(old.allSatisfy { !["from", "name", "client", "notes"].contains($0.name) }, "\(old)")
    for text in ["+13125550111", "Ann Archer", "Archer Ltd", "private matter"] {
      let files = try contains(daemon.state, text)
      #expect(files == [], "\(text)")
    }
    let late = try admin.ask("call.note c1 agent=alice notes=\"another private matter\"")
    #expect(late.code == 551, "it would be kept for ever: \(late)")
    #expect(try admin.ask("offer.explain o-1 reason=x").code == 551)
    // Who is still there keeps the name; so does whoever came after.
    #expect(try contains(daemon.state, "+13125550112") != [])
    #expect(try contains(daemon.state, "Alice Adams") != [])
    daemon.kill()
    daemon.arguments = ["--clock-start", "2026-06-26T15:00:00Z"]
    try daemon.start()
    let again = try daemon.client().ask("admin.verify")
    #expect(again.code == 200 && again["missing"] == "0" && again["compared"] == "yes", "\(again)")
  }
}
