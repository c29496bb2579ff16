import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// No event looks as if the rep had acted when somebody else has.
@Suite(.serialized) struct DeputyTests {
  /// Every event since the beginning: type, rep, who acted.
  private func history(_ daemon: TestDaemon) throws -> [(type: String, agent: String?, by: String?)]
  {
    let reader = try daemon.client(.monitor)
    let last = try #require(try reader.ask("ping")["seq"].flatMap { UInt64($0) })
    #expect(try reader.ask("subscribe s from=1").isPositive)
    var result: [(type: String, agent: String?, by: String?)] = []
    while true {
      let line = try reader.nextLine()
      guard case .event(let seq, let type, _) = line else { continue }
      result.append((type, line["agent"] ?? line["holder"], line["by"]))
      if seq == last { return result }
    }
  }

  private func ask(_ client: Client, _ lines: [String]) throws {
    for line in lines {
      let answer = try client.ask(line)
      #expect(answer.isPositive, "\(line): \(answer.text)")
    }
  }

  @Test("What a lead does for a rep says so; what reps do and what phones report does not")
  func by() throws {
    let daemon = try TestDaemon().start()
    let (lead, feed) = (try daemon.client(.lead), try daemon.client(.feed))
    let (alice, bob) = (try daemon.client(agent: "alice"), try daemon.client(agent: "bob"))
    let user = NSUserName()
    try ask(alice, ["agent.login alice", "agent.ready alice"])
    try ask(bob, ["agent.login bob"])
    try ask(lead, ["agent.ready bob"])
    // Alice's phone rings, the lead sends her to lunch, bob's phone rings.
    try ask(feed, ["call.arrive c-1 queue=support"])
    try ask(lead, ["agent.not-ready alice reason=lunch"])
    try ask(feed, ["call.accept c-1 agent=bob"])
    try ask(lead, ["call.hold c-1", "call.resume c-1", "call.hang-up c-1 by=agent"])
    try ask(bob, ["agent.wrap-up bob end"])
    // A waiting caller, ended by the lead; another who hangs up.
    try ask(bob, ["agent.not-ready bob reason=lunch"])
    try ask(feed, ["call.arrive c-2 queue=support", "call.arrive c-3 queue=support"])
    try ask(lead, ["call.hang-up c-2"])
    try ask(feed, ["call.hang-up c-3"])
    let marked = try history(daemon).filter { $0.by != nil }
    #expect(marked.allSatisfy { $0.by == user })
    #expect(
      marked.map { "\($0.type) \($0.agent ?? "-")" } == [
        "agent.ready bob", "agent.not-ready alice", "offer.ended alice", "call.held bob",
        "call.resumed bob", "call.ended bob", "call.ended -",
      ])
    daemon.kill()
  }
}
