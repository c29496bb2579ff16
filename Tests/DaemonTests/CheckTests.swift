import Client
import Foundation
import LineProtocol
import Testing

/// `rotad --check`, and what a reload says.
@Suite struct CheckTests {
  private func check(
    _ daemon: TestDaemon, against: String? = nil
  ) throws -> (code: Int32, output: String, error: String) {
    let journal = against.map { ["--against", $0] } ?? []
    return try TestDaemon.run(
      "rotad", ["--check", "--config", daemon.configuration.path] + journal)
  }

  private static let warned = TestDaemon.team.replacingOccurrences(
    of: "wrap-up: 30", with: "wrap-up: 30\n    when-full: voicemail")

  @Test("A warning is told with its place and does not count; an error does")
  func severity() throws {
    let daemon = try TestDaemon(Self.warned)
    let warned = try check(daemon)
    let path = daemon.configuration.path
    #expect(warned.code == 0)
    #expect(warned.error.hasPrefix("\(path):11:5: warning: when-full has no effect: "))
    #expect(warned.output == "\(path): sound: 3 reps, 1 queues, 1 warning\n")
    try daemon.write(
      Self.warned.replacingOccurrences(of: "[alice, bob, carol]", with: "[]\n    when-empty: stay"))
    let wrong = try check(daemon)
    #expect(wrong.code == 78 && wrong.output.isEmpty)
    let lines = wrong.error.split(separator: "\n")
    let places = lines.map { $0.dropFirst(path.count).prefix(9) }
    #expect(places == [":4:3: war", ":5:3: war", ":6:3: war", ":8:3: que", ":12:5: wa"])
  }

  @Test("A reload tells how many warnings there are, and logs them; a refused one names an error")
  func reload() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    #expect(try admin.ask("admin.reload")["warnings"] == "0")
    try daemon.write(Self.warned)
    let warned = try admin.ask("admin.reload")
    #expect(warned.code == 200 && warned["warnings"] == "1")
    #expect(daemon.log.contains("rota.yaml:11:5: warning: when-full has no effect"))
    try daemon.write(
      Self.warned.replacingOccurrences(of: "wrap-up: 30", with: "weight: x")
        .replacingOccurrences(of: "[billing, other]", with: "[other, other]"))
    let refused = try admin.ask("admin.reload")
    #expect(refused.code == 552 && refused["line"] == "10" && refused.text.contains("weight: "))
    #expect(!refused.text.contains("more"))
  }

  @Test("A start logs its warnings, the first fifty one by one")
  func start() throws {
    let idle = (0..<60).map { "idle\($0): {}" }.joined(separator: ", ")
    let daemon = try TestDaemon(
      "agents: { alice: {}, \(idle) }\nqueues: { support: { members: [alice], minimum-cover: 0 } }")
    try daemon.start()
    let lines = daemon.log.split(separator: "\n").filter { $0.contains("warning") }
    #expect(lines.count == 51)
    #expect(lines.first?.contains("rota.yaml:1:22: warning: rep \"idle0\" is in no queue") == true)
    #expect(lines.last?.contains("and 10 warnings more; rotad --check shows all") == true)
  }

  @Test("Names that are gone are not suggested, and not taken")
  func retired() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try daemon.write(
      """
      not-ready-reasons: [meeting]
      agents: { alice: {} }
      queues: { sales: { members: [alice] } }
      """)
    #expect(try admin.ask("admin.reload").code == 200)
    #expect(try admin.ask("agent.show caro").text == "there is no rep \"caro\"")
    #expect(try admin.ask("agent.show alic").text.contains("did you mean \"alice\"?"))
    #expect(try admin.ask("queue.show suport").text == "there is no queue \"suport\"")
    try admin.ask("agent.login alice")
    let reason = try admin.ask("agent.not-ready alice reason=lunch")
    #expect(reason.code == 501 && reason.text == "reason \"lunch\" is not one of meeting")
  }

  @Test("A renamed queue keeps its callers and its wrap-up; a renamed rep stays at work")
  func rename() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for rep in ["alice", "bob", "carol"] { try admin.ask("agent.login \(rep)") }
    try admin.ask("agent.ready alice")
    try admin.ask("agent.ready bob")
    #expect(try admin.ask("call.arrive c-1 queue=support")["agent"] == "alice")
    try admin.ask("call.accept c-1")
    try admin.ask("call.hang-up c-1")
    try admin.ask("agent.not-ready bob reason=lunch")
    try admin.ask("call.arrive c-2 queue=support")
    let renamed = TestDaemon.team.replacingOccurrences(
      of: "  support:", with: "  help:\n    was: support"
    )
    .replacingOccurrences(of: "alice: { name", with: "alicia: { was: alice, name")
    .replacingOccurrences(of: "[alice,", with: "[alicia,")
    try daemon.write(renamed)
    #expect(try admin.ask("admin.reload")["warnings"] == "0")
    func state(_ verb: String, _ name: String) throws -> String? {
      try admin.ask(verb).rows.first?.first { $0.name == name }?.value
    }
    #expect(try state("call.show c-2", "queue") == "help")
    #expect(try state("call.show c-2", "state") == "waiting")
    #expect(try state("agent.show alicia", "state") == "wrap-up")
    #expect(try admin.ask("agent.show alice").code == 550)
    try admin.ask("agent.wrap-up alicia end")
    #expect(try state("call.show c-2", "agent") == "alicia")
    #expect(try admin.ask("admin.reload")["warnings"] == "0", "again")
    daemon.kill()
    try daemon.start()
    #expect(try daemon.client().ask("admin.verify").code == 200)
  }

  @Test("Against a journal: who would vanish, who is there; what is no journal, missing or in use")
  func against() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("agent.login carol")
    try admin.ask("call.arrive c-1 queue=support")
    let journal = daemon.state.appending(path: "journal.sqlite").path
    let backup = daemon.directory.appending(path: "backup.sqlite").path
    #expect(try admin.ask("admin.backup \(backup)").code == 200)
    let inUse = try check(daemon, against: journal)
    #expect(inUse.code == 69 && inUse.error.contains("in use by another process"))
    try daemon.write("agents: { alice: {}, bob: {} }\nqueues: { help: { members: [alice, bob] } }")
    let vanishing = try check(daemon, against: backup)
    #expect(vanishing.code == 0 && vanishing.output.hasSuffix("1 queues, 2 warnings\n"))
    #expect(
      vanishing.error.contains(
        ":1:1: warning: rep \"carol\" of the journal is not in this file and would vanish, being logged in;"
      ))
    #expect(
      vanishing.error.contains(
        ":2:1: warning: queue \"support\" of the journal is not in this file and would vanish; callers in line there, who would be sent away: 1;"
      ))
    daemon.kill()
    let bytes = try Data(contentsOf: URL(filePath: journal))
    #expect(try check(daemon, against: journal).error == vanishing.error)
    #expect(try Data(contentsOf: URL(filePath: journal)) == bytes, "read only")
    #expect(try check(daemon, against: "/nonexistent").code == 66)
    #expect(try check(daemon, against: daemon.configuration.path).code == 65)
    let alone = try TestDaemon.run("rotad", ["--against", backup])
    #expect(alone.code == 64)
  }
}
