import Base
import Testing

@testable import Routing

/// Reasons not to be ready are switches of their own; a rep answers for the rep's own acts only.
@Suite struct AvailabilityTests {
  private let alice = AgentID(0)
  private let bob = AgentID(1)
  private static let lunch = NotReadyReason(16)
  private static let meeting = NotReadyReason(17)

  private func reasons(_ world: TestTeam, _ agent: AgentID) -> [NotReadyReason] {
    world.engine.reasons(of: agent).map(\.reason)
  }

  @Test("Lunch, Don't Accept Queue Calls on, off: still lunch, until its time")
  func twoSwitches() {
    var world = TestTeam(ready: 2)
    let back = world.now + .minutes(30)
    world.does(.makeNotReady(alice, reason: Self.lunch, until: back))
    world.does(.makeNotReady(alice, reason: .dontAcceptQueueCalls, until: .never))
    #expect(world.agent(0).reason == .dontAcceptQueueCalls, "the one with the latest end is shown")
    world.does(.makeReady(alice, reason: .dontAcceptQueueCalls))
    #expect(world.agent(0).availability == .notReady)
    #expect(world.agent(0).reason == Self.lunch && world.agent(0).notReadyUntil == back)
    world.wait(30 * 60 - 1)
    #expect(world.agent(0).availability == .notReady)
    world.wait(1)
    #expect(world.agent(0).availability == .ready)
  }

  @Test("Each reason goes at its own time; the same one again gets a new end")
  func ends() {
    var world = TestTeam(ready: 1)
    world.does(.makeNotReady(alice, reason: Self.lunch, until: world.now + .seconds(60)))
    world.does(.makeNotReady(alice, reason: Self.meeting, until: world.now + .seconds(20)))
    world.does(.makeNotReady(alice, reason: Self.lunch, until: world.now + .seconds(90)))
    world.wait(20)
    #expect(reasons(world, alice) == [Self.lunch])
    world.wait(69)
    #expect(world.agent(0).availability == .notReady)
    world.wait(1)
    #expect(world.agent(0).availability == .ready)
  }

  @Test("Logging in is a reason of its own, which only going ready takes away")
  func justLoggedIn() {
    var world = TestTeam(ready: 0) { $0.members = [] }
    world = TestTeam(
      RoutingPlan(agents: [AgentPlan()], queues: [QueuePlan(members: [Member(alice)])]))
    world.does(.logIn(alice))
    world.does(.makeNotReady(alice, reason: .dontAcceptQueueCalls, until: .never))
    world.does(.makeReady(alice, reason: .dontAcceptQueueCalls))
    #expect(world.agent(0).availability == .notReady)
    #expect(world.agent(0).reason == .justLoggedIn)
    #expect(world.does(.makeReady(alice)) == .done)
    #expect(world.agent(0).availability == .ready)
    #expect(world.does(.makeReady(alice)) == .unchanged)
  }

  @Test("Going ready takes away all that the rep has set, not what a lead has")
  func whoSetIt() {
    var world = TestTeam(ready: 1)
    world.does(.makeNotReady(alice, reason: Self.lunch, until: .never))
    world.does(.makeNotReady(alice, reason: .dontAcceptQueueCalls, until: .never))
    world.does(.makeNotReady(alice, reason: Self.meeting, until: .never, by: .lead))
    #expect(world.does(.makeReady(alice)) == .done)
    #expect(reasons(world, alice) == [Self.meeting])
    #expect(world.does(.makeReady(alice)) == .unchanged)
    world.does(.makeReady(alice, by: .lead))
    #expect(world.agent(0).availability == .ready)
  }

  @Test(
    "A rep may leave one of several queues: rung for the others, no cover there, and back alone")
  func oneQueue() {
    let members = [Member(alice), Member(bob)]
    let queues = [QueuePlan(members: members), QueuePlan(members: members)]
    var world = TestTeam(
      RoutingPlan(agents: Array(repeating: AgentPlan(), count: 2), queues: queues))
    world.ready(0)
    world.ready(1)
    let until = world.now + .seconds(60)
    world.does(.makeNotReady(alice, reason: Self.meeting, until: until, queue: QueueID(0)))
    #expect(world.agent(0).availability == .ready)
    #expect(world.engine.status(of: QueueID(0)).ready == 1)
    #expect(world.engine.status(of: QueueID(1)).ready == 2)
    let first = world.arrive(0)
    #expect(world.ringing(first) == [1])
    let second = world.arrive(0)
    #expect(world.ringing(second) == [], "alice has left this queue")
    #expect(
      world.engine.verdict(on: alice, for: second) == .leftQueue(Self.meeting, until: until))
    let other = world.arrive(1)
    #expect(world.ringing(other) == [0])
    world.does(.answer(other, agent: alice, offer: nil))
    world.does(.hangUp(other, by: .caller, cause: .normal))
    #expect(
      world.does(.requestOutbound(bob, purpose: .other, patience: nil)) == .refused(.agentBusy))
    world.does(.makeReady(alice, queue: QueueID(0)))
    #expect(world.ringing(second) == [0])
  }

  @Test("Leaving the queue that rings refuses the call; a queue that is not served cannot be left")
  func leaveWhileRinging() {
    var world = TestTeam(ready: 2)
    let call = world.arrive()
    world.does(
      .makeNotReady(alice, reason: Self.lunch, until: .never, queue: QueueID(0)))
    #expect(world.outcomes(0) == [.wentNotReady])
    #expect(world.ringing(call) == [1])
    var plan = world.engine.plan
    plan.queues.append(QueuePlan(members: []))
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    #expect(
      world.does(.makeNotReady(alice, reason: Self.lunch, until: .never, queue: QueueID(1)))
        == .refused(.notMember, queue: QueueID(1)))
  }

  // MARK: Who is charged

  @Test(
    "A lead who makes a rep not ready, or logs the rep out, while the phone rings takes the call back"
  )
  func leadsAct() {
    for act in [
      Command.makeNotReady(alice, reason: Self.lunch, until: .never, by: .lead),
      .makeNotReady(alice, reason: Self.lunch, until: .never, queue: QueueID(0), by: .lead),
      .logOut(alice, by: .lead),
    ] {
      var world = TestTeam(ready: 2)
      let call = world.arrive()
      world.does(act)
      #expect(world.outcomes(0) == [.withdrawn])
      #expect(world.agent(0).consecutiveRefusals == 0)
      #expect(world.ringing(call) == [1])
    }
  }

  @Test("A lead who ends a waiting call is no abandonment, and the phone that rang is not charged")
  func leadEnds() {
    var world = TestTeam(ready: 1)
    let rung = world.arrive()
    let inLine = world.arrive()
    world.does(.hangUp(inLine, by: .lead, cause: .normal))
    world.does(.hangUp(rung, by: .lead, cause: .normal))
    #expect(world.end(of: inLine) == .endedByLead && world.end(of: rung) == .endedByLead)
    #expect(world.outcomes(0) == [.withdrawn])
  }

  // MARK: Leaving the firm

  private func retire(_ agent: AgentID, _ world: inout TestTeam) {
    var plan = world.engine.plan
    plan.agents[agent.index].isRetired = true
    for queue in plan.queues.indices { plan.queues[queue].members.removeAll { $0.agent == agent } }
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    world.log += events.events
    #expect(world.engine.invariantViolations() == [])
  }

  @Test("A rep taken out of the plan is logged out; a phone that rang is not charged")
  func retiredIdleAndRinging() {
    var world = TestTeam(ready: 2)
    let call = world.arrive()
    retire(alice, &world)
    #expect(!world.agent(0).isLoggedIn)
    #expect(world.outcomes(0) == [.withdrawn])
    #expect(world.ringing(call) == [1])
    var plan = world.engine.plan
    plan.agents[0].isRetired = false
    plan.queues[0].members = [Member(alice)]
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    #expect(world.ringing(call) == [1], "put back, she is not at work")
    #expect(!world.agent(0).isLoggedIn)
  }

  @Test("One who talks is logged out when call and wrap-up have ended")
  func retiredTalking() {
    var world = TestTeam(ready: 2) { $0.wrapUp = .seconds(30) }
    let (call, agent) = world.connect()
    retire(AgentID(agent), &world)
    #expect(world.agent(agent).activity == .talking)
    world.does(.hangUp(call, by: .caller, cause: .normal))
    #expect(world.agent(agent).activity == .wrapUp && world.agent(agent).isLoggedIn)
    world.wait(30)
    #expect(!world.agent(agent).isLoggedIn)
  }

  // MARK: Clocks

  @Test("State and availability have clocks of their own")
  func clocks() {
    var world = TestTeam(ready: 1)
    let (call, _) = world.connect()
    let answered = world.now
    world.wait(40)
    world.does(.makeNotReady(alice, reason: Self.lunch, until: .never))
    #expect(world.agent(0).stateSince == answered, "still talking, since then")
    #expect(world.agent(0).availabilitySince == world.now)
    world.wait(5)
    world.does(.makeNotReady(alice, reason: Self.meeting, until: .never))
    #expect(world.now - world.agent(0).availabilitySince == .seconds(5), "not ready all the time")
    world.does(.hangUp(call, by: .caller, cause: .normal))
    #expect(world.agent(0).stateSince == world.now)
  }

  @Test("Talk and hold of a call are told apart")
  func talkAndHold() {
    var world = TestTeam(ready: 1)
    let (call, _) = world.connect()
    world.wait(10)
    world.does(.hold(call, agent: alice))
    world.wait(25)
    world.does(.resume(call, agent: alice))
    world.wait(5)
    world.does(.hold(call, agent: alice))
    world.wait(2)
    let row = world.engine.call(call)
    #expect(row?.talkTime(at: world.now) == .seconds(15))
    #expect(row?.holdTime(at: world.now) == .seconds(27))
  }
}
