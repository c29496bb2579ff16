import Base
import Testing

@testable import Routing

/// Outbound only with cover: at least one *other* rep free, and nobody waiting.
@Suite struct OutboundTests {
  @Test("Granted with cover, refused by the name of the queue without")
  func cover() {
    var world = TestTeam(ready: 2)
    guard
      case .granted(_, let call) = world.does(
        .requestOutbound(AgentID(0), purpose: .other, patience: nil))
    else {
      Issue.record("cover was there")
      return
    }
    #expect(world.state(call) == .dialling)
    #expect(
      world.does(.requestOutbound(AgentID(1), purpose: .other, patience: nil))
        == .refused(.noCover, queue: QueueID(0)),
      "two reps never both pass on the strength of each other")
    #expect(
      world.log.last?.event
        == .outbound(.refused(AgentID(1), purpose: .other, rule: .noCover, queue: QueueID(0))))
  }

  @Test("Cover is required in every queue the rep serves")
  func everyQueue() {
    let plan = RoutingPlan(
      agents: Array(repeating: AgentPlan(), count: 3),
      queues: [
        QueuePlan(members: [Member(AgentID(0)), Member(AgentID(1))]),
        QueuePlan(members: [Member(AgentID(0)), Member(AgentID(2))]),
      ])
    var world = TestTeam(plan)
    world.ready(0)
    world.ready(1)
    #expect(
      world.does(.requestOutbound(AgentID(0), purpose: .other, patience: nil))
        == .refused(.noCover, queue: QueueID(1)))
    world.ready(2)
    let outcome = world.does(.requestOutbound(AgentID(0), purpose: .other, patience: nil))
    #expect(outcome == .granted(RequestID(1), call: CallID(slot: 0, generation: 1)))
  }

  @Test("The minimum cover may be raised")
  func minimumCover() {
    var world = TestTeam(ready: 2) { $0.minimumCover = 2 }
    #expect(
      world.does(.requestOutbound(AgentID(0), purpose: .other, patience: nil))
        == .refused(.noCover, queue: QueueID(0)))
  }

  @Test("Inbound calls come first: no outbound while a caller waits")
  func callerWaiting() {
    let special = SkillSet(rawValue: 1)
    var world = TestTeam(ready: 3)
    _ = world.arrive(skills: special)
    #expect(
      world.does(.requestOutbound(AgentID(0), purpose: .other, patience: nil))
        == .refused(.callerWaiting, queue: QueueID(0)))
  }

  @Test("Waiting requests are granted when cover returns: dropped calls, voicemail, the rest")
  func waitingLine() {
    var world = TestTeam(ready: 4)
    for agent in 0..<4 { _ = world.connect() == (CallID(slot: 0, generation: 0), agent) }
    let calls = world.engine.liveCalls
    for (agent, purpose) in [(1, OutboundPurpose.other), (2, .voicemail), (3, .droppedCall)] {
      let outcome = world.does(
        .requestOutbound(AgentID(agent), purpose: purpose, patience: .minutes(10)))
      #expect(outcome == .waiting(RequestID(UInt64(agent))))
    }
    #expect(world.engine.waitingRequests.map(\.agent) == [AgentID(3), AgentID(2), AgentID(1)])
    for call in calls { world.does(.hangUp(call, by: .caller, cause: .normal)) }
    let granted = world.log.compactMap { entry -> AgentID? in
      guard case .outbound(.granted(_, let agent, _, _)) = entry.event else { return nil }
      return agent
    }
    #expect(granted == [AgentID(1), AgentID(2), AgentID(3)].filter { granted.contains($0) })
    #expect(granted.count == 3, "rep 0 covers")
    #expect(world.agent(0).isFree)
  }

  @Test("With cover for one only, the dropped call is called back first")
  func order() {
    var world = TestTeam(ready: 3)
    world.does(.makeNotReady(AgentID(2), reason: .dontAcceptQueueCalls, until: .never))
    let busy = world.connect().call
    world.does(.requestOutbound(AgentID(1), purpose: .other, patience: .minutes(5)))
    world.does(.requestOutbound(AgentID(2), purpose: .droppedCall, patience: .minutes(5)))
    #expect(world.agent(2).activity == .idle, "not ready: keeps the place in line, and no more")
    world.does(.makeReady(AgentID(2)))
    #expect(world.agent(2).activity == .outbound, "rep 1 covers for rep 2")
    #expect(world.agent(1).activity == .idle)
    world.does(.hangUp(busy, by: .caller, cause: .normal))
    #expect(world.agent(1).activity == .outbound, "rep 0 is back and covers")
  }

  @Test("A waiting request lapses, can be withdrawn, and goes when the rep does")
  func endings() {
    var world = TestTeam(ready: 1)
    world.does(.requestOutbound(AgentID(0), purpose: .other, patience: .seconds(30)))
    #expect(
      world.does(.requestOutbound(AgentID(0), purpose: .other, patience: nil))
        == .refused(.alreadyRequested))
    world.wait(30)
    #expect(world.engine.waitingRequests.isEmpty)
    world.does(.requestOutbound(AgentID(0), purpose: .other, patience: .seconds(30)))
    #expect(world.does(.cancelOutbound(RequestID(2))) == .done)
    world.does(.requestOutbound(AgentID(0), purpose: .other, patience: .seconds(30)))
    world.does(.logOut(AgentID(0)))
    let endings = world.log.compactMap { entry -> RequestOutcome? in
      guard case .outbound(.requestEnded(_, _, let outcome)) = entry.event else { return nil }
      return outcome
    }
    #expect(endings == [.expired, .cancelled, .agentLeft])
  }

  @Test("The called party answers, or does not")
  func course() {
    var world = TestTeam(ready: 2) {
      $0.wrapUp = .seconds(10)
    } rules: {
      $0.wrapUpAfter = .answered
    }
    world.does(.requestOutbound(AgentID(0), purpose: .callBack, patience: nil))
    let first = world.agent(0).call ?? CallID(rawValue: 0)
    world.does(.hangUp(first, by: .caller, cause: .busy))
    #expect(world.end(of: first) == .busy)
    #expect(world.agent(0).isFree, "nothing to write up")
    world.does(.requestOutbound(AgentID(0), purpose: .callBack, patience: nil))
    let second = world.agent(0).call ?? CallID(rawValue: 0)
    world.does(.reportOutboundAnswered(second))
    #expect(world.state(second) == .connected)
    world.does(.hangUp(second, by: .agent, cause: .normal))
    #expect(world.agent(0).activity == .wrapUp)
  }

  @Test("A call that the telephony forgets while dialling gives the rep back")
  func dialTimeout() {
    var world = TestTeam(ready: 2) { _ in
    } rules: {
      $0.dialTimeout = .seconds(90)
    }
    world.does(.requestOutbound(AgentID(0), purpose: .callBack, patience: nil))
    let forgotten = world.agent(0).call ?? CallID(rawValue: 0)
    world.wait(89)
    #expect(world.state(forgotten) == .dialling)
    world.wait(1)
    #expect(world.end(of: forgotten) == .lost)
    #expect(world.agent(0).isFree)
    world.does(.requestOutbound(AgentID(0), purpose: .callBack, patience: nil))
    let answered = world.agent(0).call ?? CallID(rawValue: 0)
    world.does(.reportOutboundAnswered(answered))
    world.wait(600)
    #expect(world.state(answered) == .connected, "who has answered is not cut off")
  }

  @Test("From wrap-up, at once: a dropped call is called back by the same rep")
  func fromWrapUp() {
    var world = TestTeam(ready: 2) { $0.wrapUp = .minutes(1) }
    let (call, agent) = world.connect()
    world.does(.hangUp(call, by: .caller, cause: .dropped))
    #expect(world.end(of: call) == .dropped)
    let outcome = world.does(
      .requestOutbound(AgentID(agent), purpose: .droppedCall, patience: nil))
    guard case .granted = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(world.agent(agent).activity == .outbound)
  }
}
