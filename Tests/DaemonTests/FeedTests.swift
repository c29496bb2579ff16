import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// Telephony sides by name, over the real socket: field cases A16 and A19.
@Suite struct FeedTests {
  private static let yaml = """
    agents:
      alice: { extension: "2001" }
      bob: { extension: "2002" }
    queues:
      support: { members: [alice, bob], minimum-cover: 0 }
    """

  /// Both reps are ready; two telephony sides have attached.
  private func start(_ yaml: String = FeedTests.yaml) throws -> (TestDaemon, Client, Client, Client)
  {
    let daemon = try TestDaemon(yaml).start()
    let admin = try daemon.client()
    for name in ["alice", "bob"] {
      try admin.ask("agent.login \(name)")
      try admin.ask("agent.ready \(name)")
    }
    let (pbx, sip) = (try daemon.client(.feed), try daemon.client(.feed))
    #expect(try pbx.ask("feed.attach pbx grace=1")["feed"] == "pbx")
    #expect(try sip.ask("feed.attach sip grace=1")["feed"] == "sip")
    return (daemon, admin, pbx, sip)
  }

  private func waitFor(_ admin: Client, _ agent: String, _ phone: String) throws {
    for _ in 0..<200 {
      if try admin.ask("agent.show \(agent)").rows[0].first(where: { $0.name == "phone" })?.value
        == phone
      {
        return
      }
      usleep(50_000)
    }
    Issue.record("the phone of \(agent) never was \(phone)")
  }

  @Test(
    "A call of a named side is SIDE:ID to everybody, ID on its own connection; two sides may use one id"
  )
  func names() throws {
    let (daemon, admin, pbx, sip) = try start()
    defer { daemon.kill() }
    #expect(try pbx.ask("call.arrive 7 queue=support from=+1")["call"] == "pbx:7")
    #expect(try sip.ask("call.arrive 7 queue=support from=+2")["call"] == "sip:7")
    #expect(try admin.ask("call.arrive 7 queue=support")["call"] == "7")
    let names = try admin.ask("call.list").rows.map { row in
      row.first { $0.name == "call" }?.value
    }
    #expect(names == ["pbx:7", "sip:7", "7"])
    #expect(try pbx.ask("call.accept 7 agent=alice")["call"] == "pbx:7")
    #expect(try pbx.ask("call.hang-up pbx:7").code == 200)
    let other = try pbx.ask("call.show sip:7")
    #expect(other.code == 210, "another's, by its whole name: \(other)")
    #expect(try sip.ask("call.hang-up 7").code == 200)
    #expect(try admin.ask("call.hang-up 7")["call"] == "7")
    #expect(try admin.ask("call.arrive pbx:9 queue=support").code == 501)
    #expect(try admin.ask("call.arrive out-9 queue=support").code == 501)
    #expect(try pbx.ask("call.arrive out-9 queue=support").code == 501)
  }

  @Test("A side synchronises its own calls only, in parts if it has many")
  func synchronising() throws {
    let (daemon, admin, pbx, sip) = try start()
    defer { daemon.kill() }
    for call in ["a", "b", "c"] { try pbx.ask("call.arrive \(call) queue=support") }
    try sip.ask("call.arrive a queue=support")
    try admin.ask("call.arrive a queue=support")
    let part = try pbx.ask("feed.sync calls=a more=yes")
    #expect(part.code == 200 && part["ended"] == nil && part["known"] == "1")
    let last = try pbx.ask("feed.sync calls=pbx:c")
    #expect(last["ended"] == "1" && last["calls"] == "2")
    #expect(try pbx.ask("feed.sync calls=c")["ended"] == "1", "the parts are forgotten")
    #expect(try admin.ask("feed.sync calls=-")["ended"] == "1", "the unnamed side's")
    let names = try admin.ask("call.list").rows.compactMap { row in
      row.first { $0.name == "call" }?.value
    }
    #expect(names == ["pbx:c", "sip:a"])
  }

  @Test(
    "An id never means another side's call; a long one is refused; one key may be used by two sides"
  )
  func ids() throws {
    let (daemon, admin, pbx, sip) = try start()
    defer { daemon.kill() }
    try admin.ask("call.arrive 7 queue=support")
    #expect(try sip.ask("call.hang-up 7").code == 550, "its own call 7 is over")
    #expect(try admin.ask("call.show 7").code == 210)
    #expect(try sip.ask("call.arrive sip:out-5 queue=support").code == 501)
    #expect(
      try sip.ask("call.arrive \(String(repeating: "x", count: 61)) queue=support").code == 501)
    #expect(
      try sip.ask("call.arrive \(String(repeating: "x", count: 60)) queue=support").code == 201)
    #expect(try pbx.ask("call.arrive 8 queue=support key=8")["call"] == "pbx:8")
    let second = try sip.ask("call.arrive 8 queue=support key=8")
    #expect(second["call"] == "sip:8" && second["replayed"] == nil)
    #expect(try sip.ask("call.arrive 8 queue=support key=8")["replayed"] == "yes")
  }

  @Test("Who comes while a synchronisation is told in parts is known; a part has no key")
  func arrivalBetweenParts() throws {
    let (daemon, _, pbx, _) = try start()
    defer { daemon.kill() }
    for call in ["a", "b"] { try pbx.ask("call.arrive \(call) queue=support") }
    #expect(try pbx.ask("feed.sync calls=a more=yes key=k").code == 501)
    try pbx.ask("feed.sync calls=a more=yes")
    try pbx.ask("call.arrive c queue=support")
    #expect(try pbx.ask("feed.sync calls=- if-seq=1").code == 501, "and nothing is forgotten")
    let last = try pbx.ask("feed.sync calls=-")
    #expect(last["ended"] == "1" && last["calls"] == "2", "\(last)")
  }

  @Test(
    "feed: of a rep is heeded at a reload; a side that is back takes nobody's phone from another")
  func reassigned() throws {
    let yaml = Self.yaml.replacingOccurrences(of: "\"2001\"", with: "\"2001\", feed: sip")
    let (daemon, admin, pbx, sip) = try start()
    defer { daemon.kill() }
    try daemon.write(yaml)
    #expect(try admin.ask("admin.reload").code == 200)
    #expect(try admin.ask("agent.show alice").rows[0].contains(Field("phone", "down")))
    try pbx.ask("agent.phone alice up")
    try sip.ask("quit")
    let back = try daemon.client(.feed)
    #expect(try back.ask("feed.attach sip").code == 200)
    #expect(try admin.ask("agent.show alice").rows[0].contains(Field("feed", "pbx")))
  }

  @Test("Who may not report any more speaks for no side; and there is an end to names")
  func rights() throws {
    let (daemon, admin, _, _) = try start()
    defer { daemon.kill() }
    let third = try daemon.client()
    #expect(try third.ask("feed.attach third").code == 200)
    #expect(try third.ask("become monitor").code == 200)
    let other = try daemon.client(.feed)
    for _ in 0..<300 {
      _ = try third.ask("ping")
      if try other.ask("feed.attach third").code == 200 { break }
      usleep(50_000)
    }
    #expect(try other.ask("feed.attach third").code == 200)
    for number in 1...61 {
      let client = try daemon.client(.feed)
      #expect(try client.ask("feed.attach n\(number)").code == 200)
    }
    #expect(try daemon.client(.feed).ask("feed.attach n63").code == 553)
    #expect(try admin.ask("admin.verify").code == 200)
  }

  @Test("One connection a name, one name a connection; the wrong name is told")
  func attaching() throws {
    let (daemon, _, pbx, sip) = try start()
    defer { daemon.kill() }
    let again = try pbx.ask("feed.attach pbx")
    #expect(again.code == 200)
    let other = try sip.ask("feed.attach pbx")
    #expect(other.code == 551 && other["attached"] == "sip")
    let third = try daemon.client(.feed)
    let refused = try third.ask("feed.attach pbx")
    #expect(refused.code == 551 && refused["attached"] == "pbx")
    #expect(try third.ask("feed.attach a:b").code == 501)
    #expect(try daemon.client(.lead).ask("feed.attach x").code == 530)
  }

  @Test(
    "Lost after its grace: nothing is offered, its callers wait, the other side goes on; back, all goes on"
  )
  func loss() throws {
    let (daemon, admin, pbx, sip) = try start()
    defer { daemon.kill() }
    try pbx.ask("agent.phone alice up")
    try sip.ask("agent.phone bob up")
    let watcher = try daemon.client(.monitor)
    try watcher.ask("subscribe s types=phones.*,agent.phone*,call.offered")
    let offered = try pbx.ask("call.arrive 1 queue=support")
    #expect(offered["agent"] == "alice")
    #expect(try watcher.nextEvent()["extension"] == "2001", "where it must ring")
    try pbx.ask("quit")
    let lost = try watcher.nextEvent()
    #expect(lost["feed"] == "pbx")
    try waitFor(admin, "alice", "lost")
    #expect(try admin.ask("call.show pbx:1").rows[0].contains(Field("state", "waiting")))
    let why = try admin.ask("call.why pbx:1").rows
    #expect(why.allSatisfy { $0.contains(Field("verdict", "phones-lost")) })
    #expect(try sip.ask("call.arrive 2 queue=support")["agent"] == "bob")
    let back = try daemon.client(.feed)
    #expect(try back.ask("feed.attach pbx")["calls"] == "1")
    #expect(try admin.ask("call.show pbx:1").rows[0].contains(Field("agent", "alice")))
    let row = try admin.ask("report.performance agent=alice").rows[0]
    #expect(row.contains(Field("refused-offers", "0")))
  }

  @Test(
    "A restart keeps sides and phones, and gives the grace anew; who does not come back is lost then"
  )
  func restart() throws {
    let (daemon, _, pbx, sip) = try start()
    try pbx.ask("agent.phone alice up")
    try sip.ask("agent.phone bob up")
    try sip.ask("agent.phone bob down cause=unregistered")
    daemon.kill()
    try daemon.start()
    defer { daemon.kill() }
    let admin = try daemon.client()
    #expect(try admin.ask("agent.show alice").rows[0].contains(Field("phone", "up")))
    #expect(try admin.ask("agent.show bob").rows[0].contains(Field("phone", "down")))
    #expect(try admin.ask("admin.status").rows[0].contains(Field("feeds", "pbx,sip")))
    let back = try daemon.client(.feed)
    #expect(try back.ask("feed.attach sip").code == 200)
    try waitFor(admin, "alice", "lost")
    #expect(try admin.ask("admin.status").rows[0].contains(Field("feeds", "sip")))
    #expect(daemon.log.contains("a telephony side is lost"))
  }

  @Test(
    "feed: of a rep is whose phone it is from the first attach on, down until that side says up")
  func configured() throws {
    let (daemon, admin, _, sip) = try start(
      Self.yaml.replacingOccurrences(of: "\"2001\"", with: "\"2001\", feed: sip"))
    defer { daemon.kill() }
    #expect(try admin.ask("agent.show alice").rows[0].contains(Field("phone", "down")))
    #expect(try sip.ask("call.arrive 1 queue=support")["agent"] == "bob")
    try sip.ask("agent.phone alice up")
    #expect(try sip.ask("call.arrive 2 queue=support")["agent"] == "alice")
  }

  @Test("Outbound is refused by the phone's name, not the rep's")
  func outbound() throws {
    let (daemon, admin, pbx, _) = try start()
    defer { daemon.kill() }
    try pbx.ask("agent.phone alice up")
    try pbx.ask("agent.phone alice down")
    let refused = try admin.ask("outbound.request agent=alice to=+1")
    #expect(refused.code == 556 && refused["rule"] == "phone-down")
    try pbx.ask("agent.phone alice busy")
    #expect(try admin.ask("outbound.request agent=alice to=+1").code == 551)
    try pbx.ask("agent.phone alice idle")
    let granted = try admin.ask("outbound.request agent=alice to=+1")
    #expect(granted["call"] == "out-1", "\(granted)")
  }

  @Test("rules.unattached: hold offers nothing until a side attaches")
  func hold() throws {
    let daemon = try TestDaemon("rules: { unattached: hold }\n" + Self.yaml).start()
    defer { daemon.kill() }
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    try admin.ask("agent.ready alice")
    #expect(try admin.ask("call.arrive 1 queue=support")["state"] == "waiting")
    #expect(try daemon.client(.feed).ask("feed.attach pbx").code == 200)
    #expect(try admin.ask("call.show 1").rows[0].contains(Field("agent", "alice")))
  }
}
