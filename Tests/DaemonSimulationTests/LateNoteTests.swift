import NIOCore
import Testing

@testable import Daemon

/// Write-ups of calls that are over, while the read model is being asked about them.
@Suite struct LateNoteTests {
  private let machine = SimulatedMachine(seed: 1)
  private let lead: SimulatedClient
  private let other: SimulatedClient
  private let feed: SimulatedClient

  /// Alice has held c-1, which is over.
  init() throws {
    machine.start()
    let lena = Peer(uid: 2_001, user: "lena", groups: [])
    lead = try #require(machine.call(lena))
    other = try #require(machine.call(lena))
    feed = try #require(machine.call(Peer(uid: 2_002, user: "pbx", groups: [])))
    for request in [
      "agent.login alice", "agent.ready alice", "call.arrive c-1 queue=support",
      "call.accept c-1 agent=alice", "call.hang-up c-1", "agent.wrap-up alice end",
    ] {
      let client = request.hasPrefix("call") ? feed : lead
      let told = try #require(answers([(client, request)]).last)
      #expect(told.hasPrefix("+"), "\(request): \(told)")
    }
  }

  /// What is said to requests that come in together.
  private func answers(_ requests: [(SimulatedClient, String)]) -> [String] {
    for (client, request) in requests { client.send(Array("\(request)\n".utf8)) }
    machine.pass(2_000_000)
    return requests.map { client, _ in
      client.listen()
      return client.transcript.last { "+-".contains($0.first ?? " ") } ?? "nothing"
    }
  }

  /// How many late write-ups the journal has, as a new subscriber hears of them.
  private func amendments() throws -> Int {
    let reader = try #require(machine.call(Peer(uid: 0, user: "root", groups: [])))
    reader.send(Array("subscribe all from=1 types=call.amended\n".utf8))
    machine.pass(1_000_000)
    reader.listen()
    return reader.transcript.count { $0.hasPrefix("! ") }
  }

  @Test("A late write-up with a key runs once, also when it is asked for twice at one time")
  func together() throws {
    let note = "call.note c-1 client=Acme key=n-1"
    let told = answers([(lead, note), (other, note)])
    #expect(told[0].hasPrefix("+ 200 ok call=c-1"))
    #expect(told[1].hasPrefix("- 429 busy key=n-1 retry-after=1"))
    #expect(try amendments() == 1)
    #expect(answers([(other, note)])[0] == told[0] + " replayed=yes")
    #expect(answers([(other, "call.note c-1 client=Other key=n-1")])[0].contains("554 key-reused"))
    #expect(try amendments() == 1)
  }

  @Test("While a key is under way, another command with it is refused")
  func otherCommand() {
    let told = answers([
      (lead, "call.note c-1 client=Acme key=n-1"), (other, "agent.dnd bob on key=n-1"),
    ])
    #expect(told[0].hasPrefix("+ 200") && told[1].contains("554 key-reused"))
  }

  @Test("Of two late write-ups with one if-seq, the second is refused")
  func conditionTogether() throws {
    let seq = try #require(machine.server?.committed)
    let told = answers([
      (lead, "call.note c-1 client=Acme if-seq=\(seq)"),
      (other, "call.note c-1 client=Other if-seq=\(seq)"),
    ])
    #expect(told[0].hasPrefix("+ 200 ok call=c-1"))
    #expect(told[1].hasPrefix("- 555 stale changed=\(seq + 1)"))
    #expect(try amendments() == 1)
  }

  @Test("Each of two late write-ups knows what the other has written")
  func fieldsTogether() {
    let told = answers([
      (lead, "call.note c-1 category=billing"), (other, "call.note c-1 disposition=done"),
    ])
    #expect(told[0].contains(" missing=disposition") && !told[1].contains("missing"))
  }

  @Test("A late write-up does not go to a new call of the same name")
  func reusedName() throws {
    let told = answers([
      (lead, "call.note c-1 client=Acme key=n-1"), (feed, "call.arrive c-1 queue=support"),
    ])
    #expect(told[0].hasPrefix("- 551 wrong-state call=c-1"))
    #expect(told[1].hasPrefix("+ 201"))
    #expect(answers([(lead, "call.note c-1 client=Acme key=n-1")])[0] == told[0] + " replayed=yes")
    #expect(try amendments() == 0)
  }
}
