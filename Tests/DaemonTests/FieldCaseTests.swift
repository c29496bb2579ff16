import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// What users of such systems ran into, over the real socket.
@Suite(.serialized) struct FieldCaseTests {
  /// Reps who are logged in and ready, each with a connection of her own.
  private func team(_ daemon: TestDaemon, _ names: [String]) throws -> [Client] {
    try names.map { name in
      let client = try daemon.client(agent: name)
      try client.ask("agent.login \(name)")
      #expect(try client.ask("agent.ready \(name)").code == 200)
      return client
    }
  }

  private func value(_ client: Client, _ request: String, _ name: String) throws -> String? {
    try client.ask(request).rows.first?.first { $0.name == name }?.value
  }

  @Test("Lunch, then Don't Accept Queue Calls on and off: lunch, until its time")
  func switches() throws {
    let daemon = try TestDaemon().start()
    let alice = try team(daemon, ["alice"])[0]
    let lead = try daemon.client(.lead)
    #expect(try alice.ask("agent.not-ready alice reason=lunch for=1800")["reason"] == "lunch")
    let both = try alice.ask("agent.dnd alice on")
    #expect(both["reason"] == "dont-accept-queue-calls")
    #expect(both["reasons"] == "lunch,dont-accept-queue-calls")
    let off = try alice.ask("agent.dnd alice off")
    #expect(off["state"] == "not-ready" && off["reason"] == "lunch" && off["until"] != nil)
    #expect(try lead.ask("agent.not-ready alice reason=meeting").code == 200)
    let ready = try alice.ask("agent.ready alice")
    #expect(ready.code == 200 && ready["state"] == "not-ready" && ready["reasons"] == "meeting")
    #expect(try lead.ask("agent.ready alice reason=meeting")["state"] == "ready")
    #expect(try alice.ask("agent.ready alice reason=nonsense").code == 501)
    let away = try alice.ask("agent.dnd alice on queue=support")
    #expect(away["state"] == "ready")
    #expect(away["away-from"] == "support:dont-accept-queue-calls")
    #expect(try value(alice, "queue.list", "ready") == "0")
    #expect(try alice.ask("agent.dnd alice off queue=support")["away-from"] == nil)
  }

  @Test("A rep taken out of the configuration is logged out; put back, her chair is not rung")
  func rep() throws {
    let daemon = try TestDaemon().start()
    _ = try team(daemon, ["alice", "carol"])
    let admin = try daemon.client()
    let without = TestDaemon.team.replacingOccurrences(
      of: "  carol: { name: Carol Chen }\n", with: ""
    )
    .replacingOccurrences(of: "bob, carol", with: "bob")
    try daemon.write(without)
    #expect(try admin.ask("admin.reload").code == 200)
    let gone = try admin.ask("agent.logout carol")
    #expect(gone.code == 550)
    #expect(
      try !admin.ask("agent.logout carl").text.contains("carol"), "hints name no one who is gone")
    try daemon.write(TestDaemon.team)
    #expect(try admin.ask("admin.reload").code == 200)
    #expect(try value(admin, "agent.show carol", "state") == "logged-out")
    try admin.ask("agent.not-ready alice reason=lunch")
    #expect(try admin.ask("call.arrive c-1 queue=support")["state"] == "waiting")
  }

  @Test("A renamed queue keeps its callers")
  func rename() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("call.arrive c-1 queue=support")
    let renamed = TestDaemon.team.replacingOccurrences(
      of: "  support:\n", with: "  helpdesk:\n    was: support\n")
    try daemon.write(renamed)
    #expect(try admin.ask("admin.reload").code == 200)
    #expect(try value(admin, "call.show c-1", "queue") == "helpdesk")
    #expect(try admin.ask("queue.show support").code == 550)
    _ = try team(daemon, ["alice"])
    #expect(try value(admin, "call.show c-1", "state") == "ringing")
    try admin.ask("call.accept c-1")
    try admin.ask("call.hang-up c-1")
    let report = try #require(try admin.ask("report.queue").rows.first)
    #expect(report.contains(Field("queue", "helpdesk")) && report.contains(Field("answered", "1")))
  }

  @Test("A renamed rep has one name in all reports, and her calls are still hers")
  func renamedRep() throws {
    let daemon = try TestDaemon().start()
    _ = try team(daemon, ["alice"])
    let admin = try daemon.client()
    try admin.ask("call.arrive c-1 queue=support")
    try admin.ask("call.accept c-1")
    try admin.ask("call.hang-up c-1")
    try admin.ask("agent.wrap-up alice end")
    #expect(try value(admin, "report.performance agent=alice", "answered") == "1")
    try daemon.write(
      TestDaemon.team.replacingOccurrences(
        of: "alice: { name: Alice Adams }", with: "alicia: { name: Alice Adams, was: alice }"
      ).replacingOccurrences(of: "[alice,", with: "[alicia,"))
    #expect(try admin.ask("admin.reload").code == 200)
    func answered() throws -> [String] {
      try admin.ask("report.performance").rows.map { row in
        ["agent", "answered"].map { name in row.first { $0.name == name }?.value ?? "" }
          .joined(separator: "=")
      }
    }
    #expect(try answered() == ["alicia=1"])
    let alicia = try daemon.client(agent: "alicia")
    #expect(try alicia.ask("call.note c-1 notes=mine").code == 200)
    #expect(daemon.stop() == 0)
    let reports = daemon.state.appending(path: "reports.sqlite").path
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: reports + suffix)
    }
    try daemon.start()
    let again = try daemon.client()
    #expect(
      try again.ask("report.performance").rows.first?.contains(Field("agent", "alicia")) == true)
    #expect(try again.ask("report.performance").rows.count == 1)
  }

  @Test("Who logs out last while somebody waits is told")
  func lastOut() throws {
    let daemon = try TestDaemon().start()
    let reps = try team(daemon, ["alice", "bob"])
    let admin = try daemon.client()
    try admin.ask("call.arrive talking queue=support")
    try admin.ask("call.accept talking")
    #expect(try reps[1].ask("agent.logout bob")["warning"] == nil)
    try admin.ask("call.arrive waiting queue=support")
    try reps[0].ask("call.hang-up talking")
    try reps[0].ask("call.ignore waiting")
    let last = try reps[0].ask("agent.logout alice")
    #expect(last.code == 200 && last["warning"] == "last-out")
    #expect(last["queue"] == "support" && last["waiting"] == "1")
  }

  @Test("A lead's act charges nobody; a lead who ends a waiting call is no abandonment")
  func lead() throws {
    let daemon = try TestDaemon().start()
    _ = try team(daemon, ["alice"])
    let (lead, feed) = (try daemon.client(.lead), try daemon.client(.feed))
    try feed.ask("call.arrive c-1 queue=support")
    try lead.ask("agent.not-ready alice reason=meeting")
    #expect(try lead.ask("call.hang-up c-1").code == 200)
    try feed.ask("call.arrive c-2 queue=support")
    usleep(10_000)
    // The telephony side cannot speak for a lead.
    try feed.ask("call.hang-up c-2 by=lead")
    let rep = try #require(try lead.ask("report.performance agent=alice").rows.first)
    #expect(rep.contains(Field("withdrawn", "1")) && rep.contains(Field("refused-offers", "0")))
    let queue = try #require(try lead.ask("report.queue").rows.first)
    #expect(queue.contains(Field("exits", "1")))
    #expect(
      queue.contains(Field("abandoned", "0")) && queue.contains(Field("short-abandoned", "1")))
    #expect(try value(lead, "report.calls", "end-reason") == "abandoned")
  }

  @Test("feed.sync is one step: nobody is rung for a call that is not there")
  func sync() throws {
    let daemon = try TestDaemon().start()
    _ = try team(daemon, ["alice"])
    let feed = try daemon.client(.feed)
    for number in 1...5 { try feed.ask("call.arrive c-\(number) queue=support") }
    let synced = try feed.ask("feed.sync calls=-")
    #expect(synced["ended"] == "5" && synced["calls"] == "0")
    let offered = try daemon.client().ask("report.performance agent=alice")
      .rows.first?.first { $0.name == "offered" }?.value
    #expect(offered == "1", "the one that had rung before")
  }

  @Test("Time in state, talk and hold, and not ready by reason are told apart")
  func clocks() throws {
    let daemon = try TestDaemon(
      arguments: ["--clock-rate", "20", "--clock-start", "2026-11-23T15:00:00Z"]
    ).start()
    let alice = try team(daemon, ["alice"])[0]
    let admin = try daemon.client()
    try admin.ask("call.arrive c-1 queue=support")
    try alice.ask("call.accept c-1")
    usleep(300_000)
    try alice.ask("call.hold c-1")
    usleep(200_000)
    try alice.ask("agent.not-ready alice reason=lunch")
    func seconds(_ request: String, _ name: String) throws -> Double {
      try value(admin, request, name).flatMap { Double($0) } ?? -1
    }
    let inState = try seconds("agent.show alice", "for")
    #expect(inState >= 8, "talking, since the answer")
    #expect(try seconds("agent.show alice", "availability-for") < inState)
    #expect(try seconds("call.list", "talk") >= 4 && seconds("call.show c-1", "hold") >= 2)
    try alice.ask("call.hang-up c-1")
    try alice.ask("agent.wrap-up alice end")
    usleep(100_000)
    try alice.ask("agent.ready alice")
    let report = try #require(try admin.ask("report.performance agent=alice").rows.first)
    func reported(_ name: String) -> String { report.first { $0.name == name }?.value ?? "" }
    let (hold, all) = (Double(reported("hold")) ?? 0, Double(reported("talk-and-hold")) ?? 0)
    #expect(hold >= 2 && all - hold >= 4)
    #expect(reported("not-ready-by-reason").hasPrefix("just-logged-in:"))
    #expect(reported("not-ready-by-reason").contains(",lunch:"))
  }

  @Test("Why speaks the strategy's own words, and says who has refused")
  func why() throws {
    let daemon = try TestDaemon(
      TestDaemon.team.replacingOccurrences(
        of: "wrap-up: 30", with: "wrap-up: 30\n    strategy: longest-idle")
    ).start()
    let reps = try team(daemon, ["alice", "bob"])
    let admin = try daemon.client()
    try admin.ask("call.arrive c-1 queue=support")
    func text(_ rep: String) throws -> String {
      let row = try admin.ask("call.why c-1").rows.first { $0.first?.value == rep }
      return row?.first { $0.name == "text" }?.value ?? ""
    }
    #expect(try text("alice").hasSuffix("idle longest"))
    #expect(try text("bob") == "free, but another has been idle longer")
    try reps[0].ask("call.ignore c-1")
    try reps[0].ask("agent.ready alice")
    #expect(
      try text("alice") == "refused this caller once; those who have refused fewer times come first"
    )
  }

  @Test(
    "A10: who is owed a call-back is on a list, with the number agreed, until a call out was answered"
  )
  func callBacks() throws {
    let daemon = try TestDaemon().start()
    defer { daemon.kill() }
    let admin = try daemon.client()
    try admin.ask("call.arrive c1 queue=support from=+15550001 name=Ann")
    #expect(try admin.ask("call.call-back c1 number=+15550009").code == 200)
    let owed = try admin.ask("call-back.list").rows
    #expect(owed.count == 1 && owed[0].contains(Field("number", "+15550009")))
    #expect(owed[0].contains(Field("call", "c1")) && owed[0].contains(Field("name", "Ann")))
    for agent in ["alice", "bob"] {
      try admin.ask("agent.login \(agent)")
      try admin.ask("agent.ready \(agent)")
    }
    let out =
      try admin.ask("outbound.request agent=alice to=+15550009 purpose=call-back")["call"] ?? ""
    #expect(try admin.ask("call-back.list").rows.count == 1, "dialled is not answered")
    try admin.ask("call.answered \(out)")
    #expect(try admin.ask("call-back.list").rows.isEmpty)
  }

  @Test(
    "A refused offer is explained by its rep; it keeps its count and shows its reason in the report"
  )
  func explanation() throws {
    let daemon = try TestDaemon().start()
    defer { daemon.kill() }
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    try admin.ask("agent.ready alice")
    try admin.ask("call.arrive c1 queue=support")
    let ringing = try admin.ask("offer.explain o-1 reason=x")
    #expect(ringing.code == 551, "it rings: \(ringing)")
    try admin.ask("call.ignore c1 agent=alice")
    let alice = try daemon.client(agent: "alice")
    let bob = try daemon.client(agent: "bob")
    #expect(try bob.ask("offer.explain o-1 reason=x").code == 551)
    #expect(try alice.ask("offer.explain o-99 reason=x").code == 550)
    #expect(try alice.ask("offer.explain 1 reason=x").code == 501)
    let done = try alice.ask("offer.explain o-1 reason=\"at the printer\" key=k")
    #expect(done["outcome"] == "ignored" && done["call"] == "c1")
    #expect(try alice.ask("offer.explain o-1 reason=\"at the printer\" key=k")["replayed"] == "yes")
    let row = try admin.ask("report.performance agent=alice").rows[0]
    #expect(row.contains(Field("refused-offers", "1")) && row.contains(Field("explained", "1")))
    #expect(row.contains(Field("explanations", "o-1:at the printer")))
  }
}
