import Client
import LineProtocol
import Testing
import Vocabulary

/// The role `phones`, over the real socket: a telephony side by whose phones reps do their work.
@Suite struct PhonesRoleTests {
  private static let yaml = """
    not-ready-reasons: [lunch]
    agents:
      alice: { extension: "2001" }
      bob: { extension: "2002" }
      carol: {}
    queues:
      support: { members: [alice, bob, carol], minimum-cover: 1, wrap-up: 60 }
    """

  /// A side that serves the phones of Alice and Bob, not that of Carol.
  private func start() throws -> (TestDaemon, admin: Client, sip: Client) {
    let daemon = try TestDaemon(Self.yaml).start()
    let (admin, sip) = (try daemon.client(), try daemon.client(.phones))
    #expect(try sip.ask("feed.attach sip").code == 200)
    #expect(try sip.ask("agent.phone alice up").code == 200)
    #expect(try sip.ask("agent.phone bob up").code == 200)
    return (daemon, admin, sip)
  }

  private func mustDo(_ client: Client, _ lines: String...) throws {
    for line in lines {
      let answer = try client.ask(line)
      #expect(answer.isPositive, "\(line): \(answer)")
    }
  }

  @Test("A morning by phone alone: each step in the name of the rep, who has done it")
  func morning() throws {
    let (daemon, admin, sip) = try start()
    defer { daemon.kill() }
    try mustDo(
      sip, "subscribe all from=1", "agent.login alice", "agent.ready alice", "agent.login bob",
      "agent.not-ready bob reason=lunch", "agent.ready bob", "agent.dnd bob on",
      "agent.dnd bob off", "call.arrive 1 queue=support from=+13125550101",
      "call.accept 1 agent=alice", "call.hold 1 agent=alice", "call.resume 1 agent=alice")
    #expect(try sip.ask("transfer.blind 1 agent=alice to=2002")["rule"] == "no-blind-transfer")
    let consultation = try sip.ask("transfer.consult 1 agent=alice to=agent:bob who=x about=voice")
    let transfer = try #require(consultation["transfer"])
    try mustDo(
      sip, "transfer.answer \(transfer) agent=bob", "transfer.confirm \(transfer) agent=bob",
      "transfer.complete \(transfer) agent=alice", "call.hang-up 1 by=agent agent=bob",
      "agent.wrap-up alice end", "agent.wrap-up bob end")
    try mustDo(
      sip, "outbound.request agent=alice to=+13125550102",
      "call.hang-up out-1 by=agent agent=alice", "agent.logout bob")
    let refused = try sip.ask("outbound.request agent=alice to=+13125550102")
    #expect(refused["rule"] == "no-cover", "\(refused)")
    // All that is the reps' doing: an admin's is not.
    try mustDo(admin, "agent.dnd alice on")
    while true {
      guard case .event(_, let type, let options) = try sip.nextEvent() else { continue }
      let by = options.first { $0.name == "by" && $0.value != "agent" }
      if by == nil { continue }
      #expect(type == "agent.dnd-on" || type == "agent.not-ready", "\(type) \(options)")
      return
    }
  }

  @Test("Who is not named is not guessed, and no side speaks for a rep whose phone is another's")
  func bounds() throws {
    let (daemon, admin, sip) = try start()
    defer { daemon.kill() }
    let carol = try sip.ask("agent.login carol")
    #expect(carol.code == 530 && carol["agent"] == "carol" && carol["feed"] == "-", "\(carol)")
    let pbx = try daemon.client(.phones)
    #expect(try pbx.ask("feed.attach pbx").code == 200)
    #expect(try pbx.ask("agent.login alice")["feed"] == "sip")
    // Without a name it serves the phones that nobody has claimed.
    #expect(try daemon.client(.phones).ask("agent.login carol").code == 200)
    try mustDo(
      sip, "agent.login alice", "agent.ready alice", "call.arrive 1 queue=support",
      "call.ringing 1 agent=alice")
    for line in [
      "call.accept 1", "call.hold 1", "outbound.request to=+13125550102",
      "transfer.consult 1 to=agent:bob who=x about=y", "call.ignore 1",
    ] {
      let answer = try sip.ask(line)
      #expect(answer.code == 501 && answer["text"]?.contains("agent") == true, "\(answer)")
    }
    try mustDo(sip, "call.accept 1 agent=alice")
    #expect(try sip.ask("call.hang-up 1 by=agent").code == 501)
    #expect(try sip.ask("call.hang-up 1 by=agent agent=bob")["rule"] == "not-your-call")
    for line in [
      "call.note 1 agent=alice notes=x", "report.performance", "admin.drain on", "become admin",
      "offer.explain o-1 agent=alice reason=x",
    ] { #expect(try sip.ask(line).code == 530, "\(line)") }
    // Another side takes over the phone, and with it the rep.
    try mustDo(pbx, "agent.phone alice up", "agent.dnd alice on")
    #expect(try sip.ask("agent.ready alice").code == 530)
    #expect(try admin.ask("call.list").rows.isEmpty == false)
  }

  @Test(
    "Reports about an offer that is over are stale; why a phone was not reached is told; ref= is shown"
  )
  func reports() throws {
    let (daemon, admin, sip) = try start()
    defer { daemon.kill() }
    for rep in ["alice", "bob"] { try mustDo(sip, "agent.login \(rep)", "agent.ready \(rep)") }
    try mustDo(sip, "subscribe all")
    try mustDo(sip, "call.arrive 1 queue=support ref=a84b4c76e66710@192.0.2.1")
    guard case .event(_, _, let arrived) = try sip.nextEvent("call.arrived") else { return }
    #expect(arrived.contains(Field("ref", "a84b4c76e66710@192.0.2.1")))
    guard case .event(_, _, let offered) = try sip.nextEvent("call.offered") else { return }
    let offer = try #require(offered.first { $0.name == "offer" }?.value)
    let rep = try #require(offered.first { $0.name == "agent" }?.value)
    try mustDo(sip, "call.ringing 1 agent=\(rep) offer=\(offer)")
    for verb in ["call.ringing", "call.unreachable"] {
      let late = try sip.ask("\(verb) 1 agent=\(rep) offer=o-99")
      #expect(late.code == 555 && late["rule"] == "stale-offer", "\(late)")
    }
    try mustDo(sip, "call.unreachable 1 agent=\(rep) offer=\(offer) cause=\"no answer to INVITE\"")
    guard case .event(_, _, let ended) = try sip.nextEvent("offer.ended") else { return }
    #expect(ended.contains(Field("outcome", "unreachable")), "\(ended)")
    #expect(ended.contains(Field("cause", "no answer to INVITE")), "\(ended)")
    let other = rep == "alice" ? "bob" : "alice"
    try mustDo(sip, "call.accept 1 agent=\(other)")
    let transfer = try #require(
      try sip.ask("transfer.consult 1 agent=\(other) to=agent:\(rep) who=x about=y")["transfer"])
    try mustDo(sip, "transfer.unreachable \(transfer) agent=\(rep) cause=486")
    guard case .event(_, _, let over) = try sip.nextEvent("transfer.ended") else { return }
    #expect(over.contains(Field("outcome", "unreachable")), "\(over)")
    #expect(over.contains(Field("cause", "486")), "\(over)")
    let row = try admin.ask("report.performance agent=\(rep)").rows.first ?? []
    #expect(row.contains(Field("unreachable", "1")) && row.contains(Field("refused-offers", "0")))
  }

  @Test(
    "The line of a rep breaks: the caller is offered to the next one, and the report counts no end")
  func lineLost() throws {
    let (daemon, admin, sip) = try start()
    defer { daemon.kill() }
    for rep in ["alice", "bob"] { try mustDo(sip, "agent.login \(rep)", "agent.ready \(rep)") }
    try mustDo(
      sip, "subscribe all", "call.arrive 1 queue=support", "call.accept 1 agent=alice",
      "agent.phone alice down cause=unplugged", "call.hang-up 1 by=agent agent=alice cause=dropped")
    guard case .event(_, _, let returned) = try sip.nextEvent("call.returned") else { return }
    #expect(returned.contains(Field("cause", "line-lost")), "\(returned)")
    #expect(returned.contains(Field("agent", "alice")))
    try mustDo(sip, "call.accept 1 agent=bob", "call.hang-up 1 by=caller")
    let calls = try admin.ask("report.calls").rows
    #expect(calls.count == 1 && calls[0].contains(Field("agent", "bob")), "\(calls)")
  }

  @Test("A snapshot has what rings, who is consulted and who waits to call out")
  func snapshot() throws {
    let (daemon, _, sip) = try start()
    defer { daemon.kill() }
    for rep in ["alice", "bob"] { try mustDo(sip, "agent.login \(rep)", "agent.ready \(rep)") }
    try mustDo(
      sip, "call.arrive 1 queue=support", "call.accept 1 agent=alice",
      "transfer.consult 1 agent=alice to=agent:bob who=x about=y",
      "outbound.wait agent=bob to=+13125550102")
    let rows = try sip.ask("subscribe s from=snapshot").rows
    #expect(
      rows.compactMap(\.first?.name) == [
        "queue", "agent", "agent", "agent", "call", "transfer", "request",
      ])
    #expect(rows[5].contains(Field("agent", "bob")) && rows[5].contains(Field("state", "ringing")))
    #expect(rows[6].contains(Field("to", "+13125550102")))
  }

  @Test("Who goes not ready by phone while it rings has refused, as with any other button")
  func refusesByPhone() throws {
    let (daemon, _, sip) = try start()
    defer { daemon.kill() }
    try mustDo(
      sip, "agent.login alice", "agent.ready alice", "subscribe s",
      "call.arrive 1 queue=support", "call.ringing 1 agent=alice", "agent.dnd alice on")
    guard case .event(_, _, let ended) = try sip.nextEvent("offer.ended") else { return }
    #expect(ended.contains(Field("outcome", "went-not-ready")), "\(ended)")
    #expect(ended.contains(Field("refused", "yes")))
  }

  @Test("A late report about a leg ends no other: the rep who is named has hung up, and no other")
  func lateReports() throws {
    let (daemon, _, sip) = try start()
    defer { daemon.kill() }
    for rep in ["alice", "bob"] { try mustDo(sip, "agent.login \(rep)", "agent.ready \(rep)") }
    try mustDo(
      sip, "call.arrive 1 queue=support", "call.accept 1 agent=alice",
      "call.hang-up 1 agent=alice cause=dropped", "call.accept 1 agent=bob")
    #expect(try sip.ask("call.hang-up 1 agent=alice cause=dropped")["rule"] == "not-your-call")
    #expect(try sip.ask("call.show 1").rows[0].contains(Field("agent", "bob")))
    try mustDo(sip, "agent.wrap-up alice end")
    let transfer = try #require(
      try sip.ask("transfer.consult 1 agent=bob to=queue:support who=x about=y")["transfer"])
    #expect(try sip.ask("transfer.unreachable \(transfer)").code == 501)
  }

  @Test("Only who has the phones says that a line broke: a rep who says so has hung up")
  func whoseLine() throws {
    let (daemon, admin, sip) = try start()
    defer { daemon.kill() }
    try mustDo(
      sip, "agent.login alice", "agent.ready alice", "call.arrive 1 queue=support",
      "call.accept 1 agent=alice")
    let alice = try daemon.client(agent: "alice")
    #expect(try alice.ask("call.hang-up sip:1 cause=dropped").code == 200)
    #expect(try admin.ask("call.list").rows.isEmpty)
    #expect(try admin.ask("report.calls").rows[0].contains(Field("end-reason", "dropped")))
  }

  @Test("A side ends nothing of what another side's reps have in hand")
  func foreignHands() throws {
    let (daemon, _, sip) = try start()
    defer { daemon.kill() }
    let pbx = try daemon.client(.phones)
    try mustDo(pbx, "feed.attach pbx")
    try mustDo(
      sip, "agent.login alice", "agent.ready alice", "call.arrive 1 queue=support",
      "call.accept 1 agent=alice", "call.hold 1 agent=alice")
    #expect(try pbx.ask("call.call-back sip:1").code == 501)
    #expect(try pbx.ask("call.call-back sip:1 agent=alice").code == 530)
    let transfer = try #require(
      try sip.ask("transfer.consult 1 agent=alice to=number:+1 who=x about=y")["transfer"])
    for verb in ["answer", "confirm", "decline"] {
      #expect(try pbx.ask("transfer.\(verb) \(transfer)").code == 530, "\(verb)")
    }
    try mustDo(sip, "transfer.answer \(transfer)", "transfer.confirm \(transfer)")
  }
}
