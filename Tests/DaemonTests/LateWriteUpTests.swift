import Client
import Foundation
import LineProtocol
import Testing

/// A write-up given when the call is over is a command like others: keys, rights and conditions hold.
@Suite(.serialized) struct LateWriteUpTests {
  /// A daemon where alice has held call c-1, which is over.
  private func daemon() throws -> (TestDaemon, Client) {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for line in [
      "agent.login alice", "agent.ready alice", "agent.login bob", "call.arrive c-1 queue=support",
      "call.accept c-1", "call.hang-up c-1", "agent.wrap-up alice end",
    ] {
      let answer = try admin.ask(line)
      #expect(answer.isPositive, "\(line): \(answer.text)")
    }
    return (daemon, admin)
  }

  @Test("A late write-up with a key: the same reply again, and nothing is recorded twice")
  func key() throws {
    let (daemon, admin) = try daemon()
    let first = try admin.ask("call.note c-1 client=Acme key=n:1")
    let seq = try admin.ask("ping")["seq"]
    let again = try admin.ask("call.note c-1 client=Acme key=n:1")
    #expect(first.code == 200 && again.code == 200 && again["seq"] == first["seq"])
    #expect(first["replayed"] == nil && again["replayed"] == "yes")
    #expect(try admin.ask("call.note c-1 client=Other key=n:1").code == 554)
    #expect(try admin.ask("ping")["seq"] == seq)
    // The reply is on disk with the note, or neither is.
    daemon.kill()
    try daemon.start()
    let later = try daemon.client()
    let before = try later.ask("ping")["seq"]
    #expect(try later.ask("call.note c-1 client=Acme key=n:1")["replayed"] == "yes")
    #expect(try later.ask("ping")["seq"] == before)
  }

  @Test("A write-up given with a key during the call, and repeated after it, is one write-up")
  func repeatedLate() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for line in [
      "agent.login alice", "agent.ready alice", "call.arrive c-1 queue=support", "call.accept c-1",
    ] {
      #expect(try admin.ask(line).isPositive, "\(line)")
    }
    let first = try admin.ask("call.note c-1 client=Acme key=n:1")
    #expect(first.code == 200)
    #expect(try admin.ask("call.hang-up c-1").code == 200)
    #expect(try admin.ask("agent.wrap-up alice end").code == 200)
    let again = try admin.ask("call.note c-1 client=Acme key=n:1")
    #expect(again["replayed"] == "yes" && again["seq"] == first["seq"])
  }

  @Test("A late write-up that is refused for good is refused again, whatever has become of it")
  func refusal() throws {
    let (daemon, admin) = try daemon()
    defer { daemon.kill() }
    #expect(try admin.ask("call.note c-9 client=Acme key=n:9").code == 550)
    #expect(try admin.ask("call.arrive c-9 queue=support").code == 201)
    let again = try admin.ask("call.note c-9 client=Acme key=n:9")
    #expect(again.code == 550 && again["replayed"] == "yes")
  }

  @Test("if-seq holds for a late write-up: the number is that of the last record about the call")
  func condition() throws {
    let (daemon, admin) = try daemon()
    let seq = try #require(try admin.ask("ping")["seq"].flatMap { UInt64($0) })
    #expect(try admin.ask("call.note c-1 client=A if-seq=1").code == 555)
    let first = try admin.ask("call.note c-1 client=B if-seq=\(seq)")
    #expect(first.code == 200)
    let stale = try admin.ask("call.note c-1 client=C if-seq=\(seq)")
    #expect(stale.code == 555 && stale["changed"] == first["seq"])
    // The read model built anew knows the same.
    daemon.kill()
    for suffix in ["", "-wal", "-shm"] {
      let path = daemon.state.appending(path: "reports.sqlite\(suffix)").path
      try? FileManager.default.removeItem(atPath: path)
    }
    try daemon.start()
    let later = try daemon.client()
    let again = try later.ask("call.note c-1 client=C if-seq=\(seq)")
    #expect(again.code == 555 && again["changed"] == first["seq"])
    #expect(try later.ask("call.note c-1 client=C if-seq=\(first["seq"] ?? "")").code == 200)
  }

  @Test("within holds for a late write-up: what waits behind a long answer may come too late")
  func lateness() throws {
    let (daemon, admin) = try daemon()
    defer { daemon.kill() }
    admin.sendRaw(Array("admin.verify\ncall.note c-1 notes=x within=0\n".utf8))
    var codes: [Int] = []
    var text = ""
    while codes.count < 2 {
      let line = try admin.nextLine()
      if case .reply(_, let code, _, _) = line {
        codes.append(code)
        text = line["text"] ?? ""
      }
    }
    #expect(codes == [200, 440] && text == "not begun within 0 s; nothing happened")
    #expect(try admin.ask("call.note c-1 notes=x within=60").code == 200)
  }

  @Test("agent holds for a late write-up: a rep names nobody else, a lead only whose call it was")
  func agent() throws {
    let (daemon, admin) = try daemon()
    let alice = try daemon.client(agent: "alice")
    let bob = try daemon.client(agent: "bob")
    #expect(try alice.ask("call.note c-1 notes=x agent=bob").code == 530)
    #expect(try bob.ask("call.note c-1 notes=x agent=alice").code == 530)
    #expect(try bob.ask("call.note c-1 notes=x agent=bob")["rule"] == "not-your-call")
    #expect(try alice.ask("call.note c-1 notes=x agent=alice").code == 200)
    let wrong = try admin.ask("call.note c-1 notes=x agent=bob")
    #expect(wrong.code == 551 && wrong["rule"] == "not-your-call")
    #expect(try admin.ask("call.note c-1 notes=x agent=nobody").code == 550)
    #expect(try admin.ask("call.note c-1 notes=x agent=alice").code == 200)
    #expect(try admin.ask("call.note c-1 notes=x").code == 200)
  }

  @Test("if-seq is never passed over: a transfer's call, a request's rep, or a refusal")
  func everyCommand() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for line in [
      "agent.login alice", "agent.ready alice", "agent.login bob", "agent.ready bob",
      "call.arrive c-1 queue=support", "call.accept c-1 agent=alice",
      "transfer.consult c-1 agent=alice to=agent:bob who=x about=y",
    ] {
      #expect(try admin.ask(line).isPositive, "\(line)")
    }
    let seq = try admin.ask("ping")["seq"] ?? ""
    #expect(try admin.ask("transfer.answer t-1 if-seq=1").code == 555)
    #expect(try admin.ask("transfer.answer t-1 if-seq=\(seq)").code == 200)
    #expect(try admin.ask("transfer.confirm t-1 if-seq=\(seq)").code == 555)
    #expect(try admin.ask("outbound.wait agent=alice to=1 if-seq=1").code == 555)
    for line in ["feed.sync calls=c-1", "admin.drain on", "admin.reload"] {
      #expect(try admin.ask("\(line) if-seq=99999").code == 501, "\(line)")
    }
    #expect(try admin.ask("admin.status").rows.first?.contains(Field("state", "serving")) == true)
  }
}
