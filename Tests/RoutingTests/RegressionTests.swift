import Base
import Testing

@testable import Routing

/// Defects found in review, each kept as a short history.
@Suite struct RegressionTests {
  /// Two queues, both served by `count` ready reps.
  private func twoQueues(
    _ count: Int, _ adjust: (inout QueuePlan, inout QueuePlan) -> Void
  ) -> TestTeam {
    let members = (0..<count).map { Member(AgentID($0)) }
    var (a, b) = (QueuePlan(members: members), QueuePlan(members: members))
    adjust(&a, &b)
    let skilled = AgentPlan(skills: SkillSet(rawValue: 1))
    let agents = (0..<count).map { $0 == 0 ? AgentPlan() : skilled }
    var world = TestTeam(RoutingPlan(agents: agents, queues: [a, b]))
    for agent in 0..<count { world.ready(agent) }
    return world
  }

  @Test("A resting rep who is consulted is free afterwards")
  func consultDuringRest() {
    var world = TestTeam(ready: 2)
    let talking = world.connect().call
    let ringing = world.arrive()
    world.does(.reportUnreachable(ringing, agent: AgentID(1)))
    #expect(world.agent(1).restUntil > world.now)
    world.does(
      .consult(talking, agent: AgentID(0), target: .agent(AgentID(1)), briefing: .complete))
    world.wait(5)
    world.does(.declineTransfer(TransferID(1), agent: AgentID(1)))
    #expect(world.ringing(ringing) == [1])
  }

  @Test("A new plan's tiers and limits hold for those who wait already")
  func reloadRenewsDeadlines() {
    var world = TestTeam(ready: 1)
    _ = world.connect()
    let call = world.arrive()
    var plan = world.engine.plan
    plan.queues[0].maxWait = .seconds(30)
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    world.wait(30)
    #expect(world.state(call) == .voicemail)
  }

  @Test("A queue that a new plan leaves without reps sends its callers on")
  func reloadEmptiesQueue() {
    var world = TestTeam(ready: 1)
    _ = world.connect()
    let call = world.arrive()
    var plan = world.engine.plan
    plan.queues[0].members = []
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    #expect(world.state(call) == .voicemail)
  }

  @Test("A second report that the rep's side is gone does not cut the caller off")
  func duplicateHangUp() {
    var world = TestTeam(ready: 2)
    let call = world.connect().call
    world.does(
      .consult(call, agent: AgentID(0), target: .agent(AgentID(1)), briefing: .complete))
    world.does(.hangUp(call, by: .agent, cause: .dropped))
    #expect(world.does(.hangUp(call, by: .agent, cause: .dropped)) == .refused(.wrongCallState))
    #expect(world.end(of: call) == nil)
  }

  @Test("Simultaneous rings every free rep of a higher tier")
  func simultaneousTier() {
    var queue = QueuePlan(
      members: [Member(AgentID(0)), Member(AgentID(1), tier: 1), Member(AgentID(2), tier: 1)])
    queue.strategy = .simultaneous
    queue.tierAfter = [.seconds(30)]
    var world = TestTeam(
      RoutingPlan(agents: Array(repeating: AgentPlan(), count: 3), queues: [queue]))
    world.ready(1)
    world.ready(2)
    let call = world.arrive()
    world.wait(30)
    #expect(world.ringing(call) == [1, 2])
  }

  @Test("Who becomes free is not asked again while another free rep has not been asked")
  func untriedFirst() {
    var world = TestTeam(ready: 2, rules: { $0.notReadyAfterRefusals = 1 })
    let talking = world.connect().call
    world.does(.makeNotReady(AgentID(1), reason: .dontAcceptQueueCalls, until: .never))
    world.does(.makeReady(AgentID(1)))
    let call = world.arrive()
    #expect(world.ringing(call) == [1])
    world.does(.ignore(call, agent: AgentID(1), offer: nil))
    world.does(
      .consult(talking, agent: AgentID(0), target: .agent(AgentID(1)), briefing: .complete))
    world.does(.makeReady(AgentID(1)))
    world.does(.hangUp(talking, by: .caller, cause: .normal))
    #expect(world.ringing(call) == [0])
  }

  @Test("A ring cut short by the call's limit is no refusal")
  func cutShort() {
    var world = TestTeam(ready: 2) {
      $0.maxRingTime = .seconds(20)
      $0.ringTimeout = .seconds(18)
    }
    _ = world.arrive()
    world.wait(20)
    #expect(world.outcomes(0) == [.noAnswer])
    #expect(world.outcomes(1) == [.withdrawn])
  }

  @Test("Saying again that the phone rings does not make it ring longer")
  func ringingTwice() {
    var world = TestTeam(ready: 2)
    let call = world.arrive()
    world.wait(10)
    #expect(world.does(.reportRinging(call, agent: AgentID(0))) == .done)
    world.wait(10)
    #expect(world.does(.reportRinging(call, agent: AgentID(0))) == .unchanged)
    world.wait(8)
    #expect(world.outcomes(0) == [.noAnswer])
  }

  @Test("An outage invents no refusals: what rang is withdrawn, what is overdue happens once, now")
  func outage() {
    var world = TestTeam(ready: 2, rules: { $0.notReadyAfterRefusals = 2 })
    let call = world.arrive()
    world.now = world.now + .minutes(60)
    var events = EventBuffer()
    world.engine.resume(at: world.now, into: &events)
    #expect(events.events.allSatisfy { $0.at == world.now })
    let outcomes = events.events.compactMap { entry -> OfferOutcome? in
      if case .call(.offerEnded(_, _, _, let outcome, _)) = entry.event { outcome } else { nil }
    }
    #expect(outcomes == [.withdrawn])
    #expect(world.ringing(call).count == 1)
    #expect(world.engine.invariantViolations() == [])
  }

  @Test("A call that the telephony no longer knows is not put back in line")
  func lostDuringConsult() {
    var world = TestTeam(ready: 2)
    let call = world.connect().call
    world.does(
      .consult(call, agent: AgentID(0), target: .agent(AgentID(1)), briefing: .complete))
    world.does(.hangUp(call, by: .agent, cause: .lost))
    #expect(world.end(of: call) == .lost)
  }

  @Test("After overflow the new queue's skills count, and the old one's no longer")
  func skillsAfterOverflow() {
    var world = twoQueues(2) {
      $0.maxLength = 1
      $0.whenFull = .queue(QueueID(1))
      $0.skills = []
      $1.skills = SkillSet(rawValue: 1)
    }
    let busy = world.connect().call
    _ = world.connect()
    _ = world.arrive()
    let overflowed = world.arrive()
    #expect(world.engine.call(overflowed)?.queue == QueueID(1))
    world.does(.hangUp(busy, by: .caller, cause: .normal))
    #expect(world.engine.verdict(on: AgentID(0), for: overflowed) != .notPreferred)
    #expect(world.ringing(overflowed) == [])
  }

  @Test("A request made in wrap-up is granted in wrap-up, when cover returns")
  func requestInWrapUp() {
    var world = TestTeam(ready: 2) { $0.wrapUp = .minutes(5) }
    let first = world.connect().call
    world.does(.makeNotReady(AgentID(1), reason: .dontAcceptQueueCalls, until: .never))
    world.does(.hangUp(first, by: .caller, cause: .dropped))
    world.does(.requestOutbound(AgentID(0), purpose: .droppedCall, patience: .minutes(2)))
    #expect(world.agent(0).activity == .wrapUp)
    world.does(.makeReady(AgentID(1)))
    #expect(world.agent(0).activity == .outbound)
  }

  @Test("A free rep who cannot take the call does not let the line grow over its limit")
  func fullWithUnsuitableRep() {
    var world = twoQueues(1) { a, _ in a.maxLength = 1 }
    let special = SkillSet(rawValue: 1)
    let first = world.arrive(skills: special)
    let second = world.arrive(skills: special)
    #expect(world.state(first) == .waiting)
    #expect(world.state(second) == .voicemail)
  }

  @Test("The first holder of a transferred call owes no write-up, whenever the call ends")
  func writeUpOwner() {
    var world = TestTeam(ready: 2) { $0.wrapUp = .seconds(30) }
    let call = world.connect().call
    world.does(
      .consult(call, agent: AgentID(0), target: .agent(AgentID(1)), briefing: .complete))
    world.does(.answerConsult(TransferID(1), agent: AgentID(1)))
    world.does(.confirmTransfer(TransferID(1), agent: AgentID(1)))
    world.does(.completeTransfer(TransferID(1), agent: AgentID(0)))
    world.does(.writeUp(call, agent: AgentID(1), fields: [.category, .disposition]))
    world.does(.hangUp(call, by: .caller, cause: .normal))
    world.wait(60)
    let isUndocumented = world.log.contains { entry in
      if case .call(.leftUndocumented) = entry.event { true } else { false }
    }
    #expect(!isUndocumented)
  }

  @Test("A rep who has left the firm places no calls and is not consulted")
  func retired() {
    var world = TestTeam(ready: 3)
    let call = world.connect().call
    var plan = world.engine.plan
    plan.agents[1].isRetired = true
    plan.queues[0].members.removeAll { $0.agent == AgentID(1) }
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    #expect(
      world.does(.requestOutbound(AgentID(1), purpose: .other, patience: nil))
        == .refused(.unknownAgent))
    #expect(
      world.does(
        .consult(call, agent: AgentID(0), target: .agent(AgentID(1)), briefing: .complete))
        == .refused(.targetNotAvailable))
    world.does(.logOut(AgentID(1)))
    #expect(world.does(.logIn(AgentID(1))) == .refused(.unknownAgent))
  }
}
