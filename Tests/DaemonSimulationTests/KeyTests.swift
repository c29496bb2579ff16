import Base
import Frames
import NIOCore
import Routing
import Testing

@testable import Daemon

/// Keys belong to who has used them, in memory and on disk.
@Suite struct KeyTests {
  private let machine = SimulatedMachine(seed: 1)

  init() { machine.start() }

  private func call(_ user: String, _ uid: UInt32) throws -> SimulatedClient {
    try #require(machine.call(Peer(uid: uid, user: user, groups: [])))
  }

  private func answer(_ client: SimulatedClient, _ request: String) -> String {
    client.send(Array("\(request)\n".utf8))
    machine.pass(100_000)
    client.listen()
    return client.transcript.last ?? "nothing"
  }

  private func restart() {
    machine.take(Step(kind: .kill, client: 0, a: 0, b: 0))
    machine.pass(100_000)
  }

  @Test("Nothing a rep sends can refuse a caller: a key belongs to the user who has used it")
  func owner() throws {
    let (rep, feed) = (try call("alice", 1_000), try call("pbx", 2_002))
    #expect(answer(rep, "agent.login alice").hasPrefix("+"))
    let dnd = "agent.dnd alice on key=pbx:5"
    let arrival = "call.arrive c-5 queue=support key=pbx:5"
    #expect(answer(rep, dnd).hasPrefix("+ 200 ok"))
    #expect(answer(feed, arrival).hasPrefix("+ 201 created"))
    #expect(answer(rep, dnd).contains("replayed=yes"))
    #expect(answer(feed, arrival).contains("replayed=yes"))
    restart()
    let (repAgain, feedAgain) = (try call("alice", 1_000), try call("pbx", 2_002))
    #expect(answer(repAgain, dnd).contains("replayed=yes"))
    #expect(answer(feedAgain, arrival).contains("replayed=yes"))
    #expect(answer(feedAgain, "call.arrive c-6 queue=support key=pbx:5").contains("554 key-reused"))
    #expect(answer(try call("alice", 1_000), "agent.dnd alice off key=pbx:5").contains("554"))
  }

  @Test("One user with another role is the same user: the key is used, and was for another command")
  func roles() throws {
    let root = try call("root", 0)
    #expect(answer(root, "agent.login alice key=k").hasPrefix("+"))
    let rep = try call("root", 0)
    #expect(answer(rep, "become agent agent=alice").hasPrefix("+"))
    #expect(answer(rep, "agent.login alice key=k").contains("554 key-reused"))
  }

  @Test("Whose the keys are, and how many, is known after a restart")
  func counts() throws {
    machine.limit { $0.keysPerPerson = 3 }
    let lead = try call("lena", 2_001)
    for rep in ["alice", "bob", "carol"] {
      #expect(answer(lead, "agent.login \(rep) key=in:\(rep)").hasPrefix("+"))
    }
    restart()
    machine.limit { $0.keysPerPerson = 3 }
    #expect(
      answer(try call("lena", 2_001), "agent.logout bob key=out:bob")
        == "- 429 busy retry-after=60 text=\"too many keys in 24 hours: 3 of user lena, 3 in all\"")
    #expect(answer(try call("alice", 1_000), "agent.logout alice key=out").hasPrefix("+"))
  }

  @Test("All reps and leads together leave half of the keys to feed and admin")
  func share() throws {
    machine.limit {
      $0.keysPerPerson = 3
      $0.keys = 8
    }
    let people = try (0..<3).map { try call("lena", 3_000 + UInt32($0)) }
    var refused = 0
    for (number, person) in people.enumerated() {
      for key in 0..<3 {
        let text = answer(person, "agent.login alice key=k-\(number)-\(key)")
        if text.contains("429 busy") { refused += 1 }
      }
    }
    #expect(refused == 5)
    let feed = try call("pbx", 2_002)
    for number in 1...4 {
      #expect(answer(feed, "call.arrive c-\(number) queue=support key=\(number)").hasPrefix("+"))
    }
    #expect(answer(feed, "call.arrive c-5 queue=support key=5").contains("429 busy"))
  }

  @Test("A key of a journal that did not say whose it is serves its command, and refuses nobody")
  func nobodys() {
    func reply(_ user: UInt32?, _ command: UInt64, _ text: String) -> KeyedReply {
      .init(user: user, key: "k", command: command, reply: text, at: Instant(seconds: 1))
    }
    var replies = KnownReplies([reply(nil, 1, "+ 200 old")])
    func find(_ command: UInt64, of user: UInt32 = 7) -> KnownReplies.Finding {
      replies.find(KeyClaim(user: user, key: "k", command: command))
    }
    #expect(find(1) == .reply(reply(nil, 1, "+ 200 old")))
    #expect(find(2) == .nothing)
    replies.add(reply(7, 2, "+ 200 new"))
    #expect(find(1) == .reply(reply(nil, 1, "+ 200 old")))
    #expect(find(2) == .reply(reply(7, 2, "+ 200 new")))
    #expect(find(3) == .otherCommand)
    #expect(find(3, of: 8) == .nothing)
    #expect(replies.count == 2 && replies.count(of: 7) == 1 && replies.count(upTo: 1) == 1)
    replies.forget(before: Instant(seconds: 2))
    #expect(replies.count == 0 && replies.count(of: 7) == 0)
  }
}
