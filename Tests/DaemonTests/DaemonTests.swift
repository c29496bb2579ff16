import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// The built daemon over its real socket: what users do.
@Suite(.serialized) struct DaemonTests {
  @Test("A call from arrival to report: refused moves on, answered is counted, all is written")
  func wholeCall() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for name in ["alice", "bob"] {
      try admin.ask("agent.login \(name)")
      try admin.ask("agent.ready \(name)")
    }
    let feed = try daemon.client(.feed)
    let alice = try daemon.client(agent: "alice")
    let bob = try daemon.client(agent: "bob")
    #expect(try feed.ask("call.arrive c-1 queue=support from=\"+1 312\"")["agent"] == "alice")
    #expect(try alice.ask("call.ignore c-1")["agent"] == "bob")
    #expect(try bob.ask("call.accept c-1")["state"] == "talking")
    #expect(try bob.ask("call.note c-1 category=billing").name == "ok")
    #expect(try bob.ask("call.note c-1 category=bilinng").code == 501)
    #expect(try feed.ask("call.hang-up c-1")["state"] == "ended")
    #expect(try bob.ask("call.note c-1 disposition=resolved")["missing"] == nil)
    let rows = try admin.ask("report.performance").rows
    func value(_ agent: String, _ name: String) -> String? {
      rows.first { $0.contains(Field("agent", agent)) }?.first { $0.name == name }?.value
    }
    #expect(value("alice", "refused-offers") == "1" && value("alice", "answered") == "0")
    #expect(value("alice", "refused-rate") == "1.0000" && value("bob", "refused-rate") == "0.0000")
    #expect(value("bob", "answered") == "1" && value("bob", "refused-calls") == "0")
    let queue = try #require(try admin.ask("report.queue").rows.first)
    #expect(queue.contains(Field("answered", "1")) && queue.contains(Field("abandoned", "0")))
    #expect(queue.contains(Field("offers", "2")) && queue.contains(Field("refused-calls", "1")))
    let call = try #require(try admin.ask("report.calls").rows.first)
    #expect(call.contains(Field("category", "billing")) && call.contains(Field("agent", "bob")))
    // Wrap-up is over; the write-up may still be amended, by whoever held the call.
    try bob.ask("agent.wrap-up bob end")
    #expect(try alice.ask("call.note c-1 notes=mine").code == 551)
    #expect(try bob.ask("call.note c-1 notes=later").code == 200)
    #expect(try bob.ask("call.note c-0 notes=later").code == 550)
    let amended = try #require(try admin.ask("report.calls").rows.first)
    #expect(amended.contains(Field("notes", "later")))
  }

  @Test("Stop ends within moments though a client is connected; restart keeps everything")
  func restart() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for name in ["alice", "bob", "carol"] {
      try admin.ask("agent.login \(name)")
      try admin.ask("agent.ready \(name)")
    }
    try admin.ask("call.arrive talking queue=support from=1 name=\"Zoë\"")
    try admin.ask("call.accept talking")
    try admin.ask("call.hold talking")
    try admin.ask("call.arrive ringing queue=support")
    try admin.ask("outbound.wait to=55 agent=alice for=600")
    try admin.ask("agent.not-ready carol reason=lunch for=1800")
    let before = try state(admin)
    #expect(daemon.stop() == 0)
    try daemon.start()
    let after = try daemon.client()
    #expect(try state(after) == before)
    #expect(try after.ask("admin.verify").code == 200)
    #expect(try after.ask("call.show talking").rows.first?.contains(Field("name", "Zoë")) == true)
    #expect(try after.ask("call.accept ringing")["state"] == "talking")
    #expect(try after.ask("queue.list").rows.first?.contains(Field("pointer", "bob")) == true)
  }

  /// Everything that does not change by the clock.
  private func state(_ client: Client) throws -> [[Field]] {
    let moving = [
      "for", "availability-for", "age", "waited", "talk", "hold", "expires-in", "talk-today",
      "longest",
      "estimated-wait",
    ]
    return try ["agent.list", "queue.list", "call.list", "outbound.list"].flatMap { verb in
      try client.ask(verb).rows.map { row in row.filter { !moving.contains($0.name) } }
    }
  }

  @Test("kill -9 again and again: nothing answered is lost, nothing runs twice, the chain is whole")
  func killed() throws {
    let daemon = try TestDaemon().start()
    var acknowledged: Set<String> = []
    var random = SystemRandomNumberGenerator()
    for round in 0..<8 {
      let delay = UInt32.random(in: 20_000...120_000, using: &random)
      let killer = Thread {
        usleep(delay)
        daemon.kill()
      }
      let client = try daemon.client(.feed)
      killer.start()
      var number = 0
      while true {
        number += 1
        let name = "c-\(round)-\(number)"
        guard let answer = try? client.ask("call.arrive \(name) queue=support key=\(name)") else {
          break
        }
        if answer.isPositive { acknowledged.insert(name) }
      }
      try daemon.start()
      // The last one may or may not be there; asked again with its key, it is there once.
      let again = try daemon.client(.feed)
      let last = "c-\(round)-\(number)"
      #expect(try again.ask("call.arrive \(last) queue=support key=\(last)").isPositive)
      acknowledged.insert(last)
    }
    let client = try daemon.client()
    let calls = try client.ask("call.list").rows.compactMap { row in
      row.first { $0.name == "call" }?.value
    }
    #expect(acknowledged.count > 8)
    #expect(calls.count == Set(calls).count)
    #expect(acknowledged.subtracting(calls).isEmpty)
    #expect(try client.ask("admin.verify").code == 200)
  }

  @Test("A key: the same reply again, marked; another command with it is refused")
  func keys() throws {
    let daemon = try TestDaemon().start()
    let feed = try daemon.client(.feed)
    let first = try feed.ask("#a call.arrive c-1 queue=support from=7 key=k:1")
    let again = try feed.ask("#b call.arrive c-1 from=7 queue=support key=k:1")
    #expect(again.code == first.code && again["seq"] == first["seq"])
    #expect(again["replayed"] == "yes")
    #expect(try feed.ask("call.arrive c-2 queue=support key=k:1").code == 554)
    #expect(try feed.ask("call.arrive c-1 queue=support key=k:2").code == 551)
    #expect(try feed.ask("call.arrive c-1 queue=support key=k:2")["replayed"] == "yes")
    daemon.kill()
    try daemon.start()
    let later = try daemon.client(.feed)
    #expect(
      try later.ask("call.arrive c-1 queue=support from=7 key=k:1")["replayed"] == "yes")
    #expect(try later.ask("call.list").rows.count == 1)
  }

  @Test("if-seq refuses what has changed since; within refuses nothing that is begun in time")
  func preconditions() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    let seq = try #require(try admin.ask("agent.login alice")["seq"])
    try admin.ask("agent.ready alice")
    #expect(try admin.ask("agent.dnd alice on if-seq=\(seq)").code == 555)
    #expect(try admin.ask("agent.dnd alice on if-seq=99999 within=5").code == 200)
    // What waits behind a long answer may come too late.
    admin.sendRaw(Array("admin.verify\nagent.ready alice within=0\n".utf8))
    var codes: [Int] = []
    while codes.count < 2 {
      if case .reply(_, let code, _, _) = try admin.nextLine() { codes.append(code) }
    }
    #expect(codes == [200, 440])
    #expect(try admin.ask("agent.show alice").rows[0].contains(Field("state", "not-ready")))
  }

  @Test("Every verb by every role: forbidden exactly where the declaration says so")
  func roles() throws {
    let daemon = try TestDaemon().start()
    for role in Role.allCases {
      let client = try daemon.client(role, agent: role == .agent ? "alice" : nil)
      for verb in Verb.all.map(\.declaration) where verb.name != "quit" && verb.name != "become" {
        let isForbidden = try client.ask(Request(verb: verb.name)).code == 530
        #expect(isForbidden == !verb.roles.contains(role), "\(role) \(verb.name)")
      }
    }
    let alice = try daemon.client(agent: "alice")
    #expect(try alice.ask("agent.login bob").code == 530)
    #expect(try alice.ask("become admin").code == 530)
    #expect(try alice.ask("agent.login alice").code == 200)
  }

  @Test("Hostile lines: each has its answer, and the daemon lives on")
  func hostileLines() throws {
    let daemon = try TestDaemon().start()
    let cases: [([UInt8], Int)] = [
      (Array("foo\n".utf8), 502), (Array("agnet.list\n".utf8), 502),
      (Array("x \u{1}\n".utf8), 508), ([0x78, 0x20, 0xFF, 0x0A], 507),
      (Array(("ping " + String(repeating: "y", count: 20_000) + "\n").utf8), 505),
      (Array("call.hold \"\n".utf8), 500),
      (Array("call.arrive c-1 queue=nosuch\n".utf8), 550),
      (Array("call.arrive c-1 queue=suport\n".utf8), 530),
    ]
    for (bytes, code) in cases {
      let role: Role = code == 530 ? .monitor : .feed
      let client = try daemon.client(role)
      client.sendRaw(bytes)
      guard case .reply(_, let got, _, _) = try client.nextLine() else {
        Issue.record("no reply to \(bytes.prefix(20))")
        continue
      }
      #expect(got == code)
      #expect(try client.ask("ping").code == 200)
    }
    let client = try daemon.client()
    for _ in 0..<3 { client.sendRaw(Array("ÿ=\n".utf8)) }
    #expect(throws: CommandFailure.self) {
      for _ in 0..<10 { _ = try client.nextLine() }
    }
    #expect(try daemon.client().ask("ping").code == 200)
  }

  @Test("Half a line at the end of input is not carried out; whole ones are, and are answered")
  func halfLine() throws {
    let daemon = try TestDaemon().start()
    let client = try daemon.client()
    client.sendRaw(Array("agent.login alice\nagent.login bob".utf8))
    shutdown(client.descriptor, Int32(SHUT_WR))
    guard case .reply(_, 200, _, let options) = try client.nextLine() else {
      Issue.record("not answered")
      return
    }
    #expect(options.contains(Field("agent", "alice")))
    #expect(throws: CommandFailure.self) { try client.nextLine() }
    let rows = try daemon.client().ask("agent.list").rows
    #expect(rows[0].contains(Field("state", "not-ready")))
    #expect(rows[1].contains(Field("state", "logged-out")))
  }

  @Test("Pipelined requests are answered in order, tagged; a burst is one stream")
  func pipelining() throws {
    let daemon = try TestDaemon().start()
    let client = try daemon.client()
    try client.ask("agent.login alice")
    var burst = ""
    for i in 0..<2_000 {
      burst += "#\(i) agent.\(i % 2 == 0 ? "ready alice" : "not-ready alice reason=lunch")\n"
    }
    client.sendRaw(Array(burst.utf8))
    for i in 0..<2_000 {
      guard case .reply(let tag, let code, _, _) = try client.nextLine() else { continue }
      #expect(tag == String(i) && code == 200)
    }
  }

  @Test("A wrong configuration changes nothing and says where; a right one is in force at once")
  func reload() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    try daemon.write(TestDaemon.team.replacingOccurrences(of: "wrap-up", with: "wrapup"))
    let refused = try admin.ask("admin.reload")
    #expect(refused.code == 552 && refused["line"] == "10" && refused["column"] == "5")
    #expect(refused.text.contains("did you mean \"wrap-up\"?"))
    try daemon.write(
      TestDaemon.team.replacingOccurrences(of: "members: [alice", with: "members: [dave, alice")
        .replacingOccurrences(of: "  carol:", with: "  dave: {}\n  carol:"))
    #expect(try admin.ask("admin.reload").code == 200)
    try admin.ask("agent.login dave")
    try admin.ask("agent.ready dave")
    #expect(try admin.ask("call.arrive c-1 queue=support")["agent"] == "dave")
    #expect(try admin.ask("agent.show alice").rows[0].contains(Field("state", "not-ready")))
    daemon.kill()
    try daemon.start()
    let after = try daemon.client()
    #expect(try after.ask("call.show c-1").rows[0].contains(Field("agent", "dave")))
    #expect(try after.ask("admin.verify").code == 200)
  }

  @Test("Draining refuses new calls, and is remembered; what is there goes on")
  func draining() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("call.arrive c-1 queue=support")
    #expect(try admin.ask("admin.drain on")["state"] == "draining")
    #expect(try admin.ask("call.arrive c-2 queue=support").code == 420)
    daemon.kill()
    try daemon.start()
    let after = try daemon.client()
    #expect(try after.ask("call.arrive c-2 queue=support").code == 420)
    #expect(try after.ask("call.hang-up c-1").code == 200)
    #expect(try after.ask("admin.drain off").code == 200)
    #expect(try after.ask("call.arrive c-2 queue=support").code == 201)
  }

  @Test("Timers fire by themselves, and after a restart those that fell due meanwhile")
  func timers() throws {
    let daemon = try TestDaemon(arguments: ["--clock-rate", "100"]).start()
    let admin = try daemon.client()
    for name in ["alice", "bob"] {
      try admin.ask("agent.login \(name)")
      try admin.ask("agent.ready \(name)")
    }
    try admin.ask("subscribe s types=offer.ended")
    try admin.ask("call.arrive c-1 queue=support")
    let event = try admin.nextEvent("offer.ended")
    #expect(event["outcome"] == "no-answer" && event["agent"] == "alice")
    #expect(event["refused"] == "yes")
  }

  @Test("feed.sync ends the calls that the telephony no longer knows")
  func synchronisation() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for name in ["c-1", "c-2", "c-3"] { try admin.ask("call.arrive \(name) queue=support") }
    #expect(try admin.ask("feed.sync calls=c-2")["ended"] == "2")
    #expect(try admin.ask("call.list").rows.count == 1)
  }

  @Test("Another daemon on the same state is turned away; a wrong start says why")
  func starting() throws {
    let daemon = try TestDaemon().start()
    let second = try TestDaemon.run(
      "rotad",
      [
        "--config", daemon.configuration.path, "--state", daemon.state.path, "--socket",
        daemon.socket + "2",
      ])
    #expect(second.code == 69)
    #expect(second.error.contains("in use by another process"))
    try daemon.write("agents: {a: {}}\nqueues: {q: {membrs: [a]}}")
    let check = try TestDaemon.run("rotad", ["--check", "--config", daemon.configuration.path])
    #expect(check.code == 78)
    #expect(check.error.contains("rota.yaml:2:14: unknown key \"membrs\""))
    let missing = try TestDaemon.run("rotad", ["--check", "--config", "/nonexistent"])
    #expect(missing.code == 78)
    let fast = try TestDaemon.run(
      "rotad",
      ["--config", TestDaemon.root.appending(path: "systemd/rota.yaml").path, "--clock-rate", "9"],
      environment: ["NOTIFY_SOCKET": "/nonexistent"])
    #expect(fast.code == 64)
  }

  @Test("The read model can be opened beside the daemon, and is built anew when deleted")
  func readModel() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    try admin.ask("agent.ready alice")
    try admin.ask("call.arrive c-1 queue=support")
    try admin.ask("call.ignore c-1")
    try daemon.client(agent: "alice").ask("agent.ready alice")
    try admin.ask("call.accept c-1")
    _ = try admin.ask("report.calls")
    let path = daemon.state.appending(path: "reports.sqlite").path
    func query(_ sql: String) throws -> String {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/sqlite3")
      process.arguments = ["-readonly", path, sql]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: data, as: UTF8.self)
    }
    let sql = "SELECT agent, offered, answered, refused_offers, ignored FROM agent_performance"
    #expect(try query(sql) == "alice|2|1|1|1\n")
    daemon.kill()
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
    try daemon.start()
    _ = try daemon.client().ask("report.calls")
    #expect(try query(sql) == "alice|2|1|1|1\n")
  }

  @Test("A backup made in use can be started from")
  func backup() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("call.arrive c-1 queue=support")
    let copy = try TestDaemon()
    try FileManager.default.createDirectory(at: copy.state, withIntermediateDirectories: true)
    let file = copy.state.appending(path: "journal.sqlite").path
    #expect(try admin.ask("admin.backup \(file)").code == 200)
    #expect(try admin.ask("admin.backup \(file)").code == 501)
    try admin.ask("call.arrive c-2 queue=support")
    try copy.start()
    #expect(try copy.client().ask("call.list").rows.count == 1)
  }

  @Test("A damaged journal is not started from; the place is named")
  func damaged() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for i in 0..<5 { try admin.ask("call.arrive c-\(i) queue=support") }
    daemon.kill()
    let damage = Process()
    damage.executableURL = URL(filePath: "/usr/bin/sqlite3")
    damage.arguments = [
      daemon.state.appending(path: "journal.sqlite").path,
      "UPDATE frame SET chain = 1 WHERE seq = 4",
    ]
    try damage.run()
    damage.waitUntilExit()
    #expect(throws: CommandFailure.self) { try daemon.start() }
    #expect(daemon.log.contains("damaged at seq 4"))
  }
}
