import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

@Suite(.serialized) struct SubscriptionTests {
  private func sequence(_ lines: [ServerLine]) -> [UInt64] {
    lines.compactMap { line in
      if case .event(let seq, _, _) = line { seq } else { nil }
    }
  }

  @Test("From the beginning, without gaps, and on into the present")
  func fromTheBeginning() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for name in ["alice", "bob", "carol"] { try admin.ask("agent.login \(name)") }
    let reader = try daemon.client(.monitor)
    #expect(try reader.ask("subscribe all from=1").code == 200)
    let last = try #require(try admin.ask("agent.ready alice")["seq"].flatMap { UInt64($0) })
    var lines: [ServerLine] = []
    while sequence(lines).last != last { lines.append(try reader.nextLine()) }
    #expect(sequence(lines) == Array(1...last))
  }

  @Test("Filters: by type, rep and queue")
  func filters() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    let reader = try daemon.client(.monitor)
    try reader.ask("subscribe bobs agent=bob types=agent.*")
    for name in ["alice", "bob"] {
      try admin.ask("agent.login \(name)")
      try admin.ask("agent.ready \(name)")
    }
    #expect(try reader.nextEvent()["agent"] == "bob")
    guard case .event(_, "agent.ready", let options) = try reader.nextEvent() else {
      Issue.record("expected agent.ready")
      return
    }
    #expect(options.contains(Field("agent", "bob")))
    #expect(try reader.ask("subscribe bobs").code == 551)
    #expect(try reader.ask("subscribe x agent=nobody").code == 550)
    #expect(try reader.ask("subscribe x from=999999").code == 501)
    #expect(try reader.ask("unsubscribe bobs").code == 200)
  }

  @Test("A rep who is consulted is followed through the whole transfer")
  func consultedRep() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for name in ["alice", "bob"] {
      try admin.ask("agent.login \(name)")
      try admin.ask("agent.ready \(name)")
    }
    try admin.ask("call.arrive c1 queue=support from=+15550001")
    try admin.ask("call.accept c1 agent=alice")
    let reader = try daemon.client(.monitor)
    try reader.ask("subscribe bobs agent=bob types=transfer.*")
    let offered = try admin.ask("transfer.consult c1 agent=alice to=agent:bob who=Ann about=parcel")
    let transfer = try #require(offered["transfer"], "\(offered)")
    try admin.ask("transfer.answer \(transfer) agent=bob")
    try admin.ask("transfer.decline \(transfer) agent=bob")
    var types: [String] = []
    while types.last != "transfer.ended" {
      if case .event(_, let type, _) = try reader.nextEvent() { types.append(type) }
    }
    #expect(
      types == ["transfer.consulting", "transfer.offered", "transfer.answered", "transfer.ended"])
  }

  @Test("A snapshot and the events after it fit together")
  func snapshot() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    let reader = try daemon.client(.monitor)
    let answer = try reader.ask("subscribe board from=snapshot")
    #expect(
      answer.rows.contains {
        $0.contains(Field("agent", "alice")) && $0.contains(Field("state", "not-ready"))
      })
    try admin.ask("agent.ready alice")
    #expect(try reader.nextEvent()["agent"] == "alice")
  }

  @Test("A reader that sleeps slows nobody, and gets every event when it wakes")
  func slowReader() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    let sleeper = try daemon.client(.monitor)
    try sleeper.ask("subscribe slow")
    var last: UInt64 = 0
    for round in 0..<30 {
      var burst = ""
      for i in 0..<400 {
        burst += "agent.\(i % 2 == 0 ? "ready alice" : "not-ready alice reason=lunch")\n"
      }
      admin.sendRaw(Array(burst.utf8))
      for _ in 0..<400 {
        if case .reply(_, _, _, let options) = try admin.nextLine() {
          last = options.first { $0.name == "seq" }.flatMap { UInt64($0.value) } ?? last
        }
      }
      #expect(last > 0, "round \(round)")
    }
    var seen: [UInt64] = []
    while seen.last != last {
      if case .event(let seq, _, _) = try sleeper.nextLine() { seen.append(seq) }
    }
    #expect(seen.count == Int(last - (seen.first ?? 0)) + 1, "no gap")
    #expect(seen == seen.sorted())
  }

  @Test("Who reads slowly is kept, who takes nothing for half a minute is closed")
  func slowAndStuck() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    let pair = "agent.ready alice\nagent.not-ready alice reason=lunch\n"
    for _ in 0..<100 {
      admin.sendRaw(Array(String(repeating: pair, count: 200).utf8))
      for _ in 0..<400 { _ = try admin.answer() }
    }
    let (slow, stuck) = (try daemon.client(.monitor), try daemon.client(.monitor))
    for client in [slow, stuck] { client.sendRaw(Array("subscribe s from=1\n".utf8)) }
    // Eight KiB a second.
    for _ in 0..<42 {
      #expect(take(8_192, of: slow).bytes == 8_192)
      sleep(1)
    }
    let (rest, onItsWay) = (take(.max, of: slow), take(.max, of: stuck))
    #expect(!rest.isClosed && rest.bytes > 1_500_000)
    #expect(onItsWay.isClosed && onItsWay.bytes < 700_000)
  }

  /// Reads up to `limit` bytes, or until none have come for two seconds or none can any more.
  private func take(_ limit: Int, of client: Client) -> (bytes: Int, isClosed: Bool) {
    client.waitAtMost(seconds: 2)
    var chunk = [UInt8](repeating: 0, count: 65_536)
    var bytes = 0
    while bytes < limit {
      let count = read(client.descriptor, &chunk, min(chunk.count, limit - bytes))
      if count <= 0 { return (bytes, count == 0) }
      bytes += count
    }
    return (bytes, false)
  }
}
