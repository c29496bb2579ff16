import NIOCore
import Testing

@testable import Daemon

/// What is held back for the telephony side and the operators, whatever others take.
@Suite struct ClientLimitsTests {
  private let machine = SimulatedMachine(seed: 1)

  init() { machine.start() }

  private func call(_ user: String, _ uid: UInt32) throws -> SimulatedClient {
    let client = try #require(machine.call(Peer(uid: uid, user: user, groups: [])))
    client.listen()
    return client
  }

  /// What `client` is told last, after `request` or at the beginning.
  private func answer(_ client: SimulatedClient, _ request: String? = nil) -> String {
    if let request { client.send(Array("\(request)\n".utf8)) }
    machine.pass(100_000)
    client.listen()
    return client.transcript.last ?? "nothing"
  }

  @Test("The last connections are for feed and admin")
  func connections() throws {
    machine.limit { $0.connections = 16 }
    let reps = try (1...14).map { try call("alice", 1_000 + UInt32($0)) }
    for rep in reps { #expect(answer(rep).hasPrefix("% hello")) }
    #expect(answer(try call("bob", 2_000)).contains("431 too-many-connections"))
    #expect(answer(try call("lena", 2_001)).contains("431 too-many-connections"))
    #expect(answer(try call("pbx", 2_002)).hasPrefix("% hello"))
    let admin = try call("root", 0)
    #expect(answer(admin).hasPrefix("% hello"))
    #expect(answer(try call("pbx", 2_002)).contains("431 too-many-connections"))
    admin.channel.close(promise: nil)
    #expect(answer(try call("pbx", 2_002)).hasPrefix("% hello"))
  }

  @Test("A lead's program that asks in a circle is told to wait; feed and admin are not")
  func rate() throws {
    machine.limit {
      $0.requestsPerSecond = 10
      $0.requestsAtOnce = 20
    }
    let (lead, other) = (try call("lena", 2_001), try call("alice", 1_000))
    let feed = try call("pbx", 2_002)
    func replies(_ client: SimulatedClient, to count: Int) -> [String] {
      let before = client.transcript.count
      client.send(Array(String(repeating: "ping\n", count: count).utf8))
      machine.pass(10_000)
      client.listen()
      return Array(client.transcript.dropFirst(before))
    }
    let all = replies(lead, to: 50)
    #expect(all.count == 50 && all.prefix(20).allSatisfy { $0.hasPrefix("+ 200") })
    #expect(
      all.dropFirst(21).allSatisfy {
        $0 == "- 429 busy retry-after=1 text=\"more than 10 requests a second of user lena\""
      })
    #expect(replies(other, to: 5).allSatisfy { $0.hasPrefix("+ 200") })
    #expect(replies(feed, to: 200).allSatisfy { $0.hasPrefix("+ 200") })
    machine.pass(1_000_000)
    #expect(replies(lead, to: 5).allSatisfy { $0.hasPrefix("+ 200") })
  }

  @Test("Who has gone before the user database has answered keeps no place")
  func gone() throws {
    machine.holdUsers(true)
    let quick = try call("alice", 1_000)
    let patient = try call("bob", 1_001)
    quick.channel.close(promise: nil)
    machine.pass(1_000)
    machine.holdUsers(false)
    #expect(answer(patient).hasPrefix("% hello"))
    #expect(machine.server?.connections.count == 1)
    #expect(machine.server?.connections.count(of: 1_000) == 0)
  }

  @Test("Reps and leads have a share of the keys, which is theirs again after a day")
  func keys() throws {
    machine.limit {
      $0.keysPerPerson = 3
      $0.keys = 8
    }
    let (lead, feed) = (try call("lena", 2_001), try call("pbx", 2_002))
    for rep in ["alice", "bob"] { #expect(answer(lead, "agent.login \(rep)").hasPrefix("+")) }
    for number in 1...3 {
      #expect(answer(lead, "agent.dnd alice on key=l-\(number)").hasPrefix("+"))
    }
    #expect(
      answer(lead, "agent.dnd alice on key=l-4")
        == "- 429 busy retry-after=60 text=\"too many keys in 24 hours: 3 of user lena, 3 in all\"")
    #expect(answer(lead, "agent.dnd alice on key=l-3").contains("replayed=yes"))
    #expect(answer(lead, "agent.dnd alice off").hasPrefix("+"))
    for number in 1...5 {
      #expect(answer(feed, "call.arrive c-\(number) queue=support key=f-\(number)").hasPrefix("+"))
    }
    #expect(answer(feed, "call.arrive c-6 queue=support key=f-6").contains("429 busy"))
    machine.pass(26 * 3_600_000_000)
    let again = try call("lena", 2_001)
    for number in 1...3 {
      #expect(answer(again, "agent.dnd bob on key=m-\(number)").hasPrefix("+"))
    }
    #expect(answer(again, "agent.dnd bob on key=m-4").contains("429 busy"))
  }
}
