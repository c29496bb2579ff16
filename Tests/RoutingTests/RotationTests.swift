import Base
import Testing

@testable import Routing

/// The rotating queue of the team's procedure: refused moves on, and who is next is never in doubt.
@Suite struct RotationTests {
  @Test("A does not pick up, B answers: B is answered, A is refused")
  func refusedAndAnswered() {
    var world = TestTeam(ready: 2) { $0.ringTimeout = .seconds(12) }
    let call = world.arrive()
    #expect(world.ringing(call) == [0])
    world.wait(12)
    #expect(world.ringing(call) == [1])
    world.does(.answer(call, agent: AgentID(1), offer: nil))
    #expect(world.outcomes(0) == [.noAnswer])
    #expect(world.outcomes(1) == [.answered])
    #expect(world.outcomes(0).allSatisfy { $0.isRefused })
  }

  @Test("Ignoring with the button is refused, and the next phone rings in the same step")
  func ignoring() {
    var world = TestTeam(ready: 2)
    let call = world.arrive()
    let before = world.log.count
    world.does(.ignore(call, agent: AgentID(0), offer: nil))
    #expect(world.ringing(call) == [1])
    #expect(world.outcomes(0) == [.ignored])
    #expect(world.log[before...].allSatisfy { $0.at == world.now })
  }

  @Test("Refused even when nobody answers afterwards; never when the caller gave up")
  func refusedWithoutAnswer() {
    var world = TestTeam(ready: 2)
    let call = world.arrive()
    world.does(.ignore(call, agent: AgentID(0), offer: nil))
    world.does(.hangUp(call, by: .caller, cause: .normal))
    #expect(world.outcomes(0) == [.ignored])
    #expect(world.outcomes(1) == [.callerAbandoned])
    #expect(!OfferOutcome.callerAbandoned.isRefused)
    #expect(world.end(of: call) == .abandoned)
  }

  @Test(
    "What the report calls refused",
    arguments: zip(
      OfferOutcome.allCases, [false, true, true, true, false, false, false, false]))
  func refusedTable(outcome: OfferOutcome, isRefused: Bool) {
    #expect(outcome.isRefused == isRefused)
  }

  @Test("Going not ready while ringing refuses the call; an unreachable phone does not")
  func statusAndReach() {
    var world = TestTeam(ready: 3)
    let call = world.arrive()
    world.does(.makeNotReady(AgentID(0), reason: .dontAcceptQueueCalls, until: .never))
    #expect(world.outcomes(0) == [.wentNotReady])
    world.does(.reportUnreachable(call, agent: AgentID(1)))
    #expect(world.outcomes(1) == [.unreachable])
    #expect(world.ringing(call) == [2])
  }

  @Test("Parallel callers go round: the pointer moves when a rep is chosen, not when the ring ends")
  func parallelCallers() {
    var world = TestTeam(ready: 3)
    let first = world.arrive()
    let second = world.arrive()
    world.does(.answer(second, agent: AgentID(1), offer: nil))
    world.does(.hangUp(second, by: .caller, cause: .normal))
    world.does(.ignore(first, agent: AgentID(0), offer: nil))
    #expect(world.ringing(first) == [2])
    #expect(world.engine.pointer(of: QueueID(0)) == AgentID(2))
    world.does(.answer(first, agent: AgentID(2), offer: nil))
    world.wait(5)
    let next = world.arrive()
    #expect(world.ringing(next) == [0])
  }

  @Test("Nobody is asked twice while another has not been asked; then a fair second round")
  func secondRound() {
    var world = TestTeam(ready: 3)
    let call = world.arrive()
    var order: [Int] = []
    for _ in 0..<7 {
      let agent = world.ringing(call)[0]
      order.append(agent)
      world.does(.ignore(call, agent: AgentID(agent), offer: nil))
      world.wait(5)
    }
    #expect(order == [0, 1, 2, 0, 1, 2, 0])
    #expect(world.engine.call(call)?.round == 2)
  }

  @Test("Don't Accept Queue Calls: never offered, never refused")
  func dontAcceptQueueCalls() {
    var world = TestTeam(ready: 2)
    world.does(.makeNotReady(AgentID(0), reason: .dontAcceptQueueCalls, until: .never))
    let call = world.arrive()
    #expect(world.ringing(call) == [1])
    world.does(.ignore(call, agent: AgentID(1), offer: nil))
    world.wait(5)
    #expect(world.ringing(call) == [1])
    #expect(world.outcomes(0) == [])
  }

  @Test("Not ready by itself after three refusals in a row; an answer starts the count afresh")
  func automaticNotReady() {
    var world = TestTeam(ready: 2, rules: { $0.notReadyAfterRefusals = 3 })
    let talking = world.connect().call
    let call = world.arrive()
    refuse(2, call, 1, &world)
    world.does(.answer(call, agent: AgentID(1), offer: nil))
    world.does(.hangUp(call, by: .caller, cause: .normal))
    let next = world.arrive()
    refuse(2, next, 1, &world)
    #expect(world.agent(1).availability == .ready)
    refuse(1, next, 1, &world)
    #expect(world.agent(1).availability == .notReady)
    #expect(world.agent(1).reason == .missedCalls)
    #expect(world.state(next) == .waiting)
    world.does(.makeReady(AgentID(1)))
    #expect(world.agent(1).availability == .ready, "going ready takes it away")
    #expect(world.state(talking) == .connected)
  }

  /// The rep ignores the call so many times, each time it rings.
  private func refuse(_ times: Int, _ call: CallID, _ agent: Int, _ world: inout TestTeam) {
    for _ in 0..<times {
      #expect(world.ringing(call) == [agent])
      world.does(.ignore(call, agent: AgentID(agent), offer: nil))
      world.wait(5)
    }
  }

  @Test("The last rep who is ready in a queue is spared, and the lead is told each time")
  func lastOneIsSpared() {
    var world = TestTeam(ready: 1, rules: { $0.notReadyAfterRefusals = 3 })
    let call = world.arrive()
    refuse(6, call, 0, &world)
    #expect(world.agent(0).availability == .ready)
    let told = world.log.compactMap { entry -> UInt32? in
      if case .agent(.spared(AgentID(0), QueueID(0), let refusals)) = entry.event {
        refusals
      } else {
        nil
      }
    }
    #expect(told == [3, 6])
  }

  @Test(
    "After each way not to answer the rep rests as long as the plan says, and then gets the caller again",
    arguments: [OfferOutcome.ignored, .noAnswer, .unreachable])
  func rest(after outcome: OfferOutcome) {
    var world = TestTeam(ready: 1) {
      $0.rest.ignored = .seconds(6)
      $0.rest.noAnswer = .seconds(7)
      $0.rest.unreachable = .seconds(8)
    }
    let call = world.arrive()
    var rest = 0.0
    switch outcome {
    case .ignored:
      world.does(.ignore(call, agent: AgentID(0), offer: nil))
      rest = 6
    case .noAnswer:
      world.wait(18)
      rest = 7
    case .unreachable:
      world.does(.reportUnreachable(call, agent: AgentID(0)))
      rest = 8
    case .answered, .wentNotReady, .lostRace, .callerAbandoned, .withdrawn:
      Issue.record("no rest follows \(outcome)")
    }
    #expect(world.outcomes(0) == [outcome] && world.state(call) == .waiting)
    world.wait(rest - 0.1)
    #expect(world.state(call) == .waiting)
    world.wait(0.1)
    #expect(world.ringing(call) == [0])
  }

  @Test("The ring time is the rep's own, if the rep has one; ringing restarts it")
  func ringTimes() {
    var plan = RoutingPlan(
      agents: [AgentPlan(ringTimeout: .seconds(6)), AgentPlan()],
      queues: [QueuePlan(members: [Member(AgentID(0)), Member(AgentID(1))])])
    plan.queues[0].ringTimeout = .seconds(18)
    var world = TestTeam(plan)
    world.ready(0)
    world.ready(1)
    let call = world.arrive()
    world.wait(2)
    world.does(.reportRinging(call, agent: AgentID(0)))
    world.wait(5.9)
    #expect(world.ringing(call) == [0])
    world.wait(0.1)
    #expect(world.ringing(call) == [1])
    world.wait(17.9)
    #expect(world.ringing(call) == [1])
    world.wait(0.1)
    #expect(world.outcomes(1) == [.noAnswer])
  }

  @Test("An offer that has ended can no longer be answered")
  func staleOffer() {
    var world = TestTeam(ready: 2)
    let call = world.arrive()
    world.does(.ignore(call, agent: AgentID(0), offer: nil))
    #expect(world.does(.answer(call, agent: AgentID(0), offer: nil)) == .refused(.staleOffer))
    #expect(
      world.does(.answer(call, agent: AgentID(1), offer: OfferID(1))) == .refused(.staleOffer))
    #expect(world.does(.answer(call, agent: AgentID(1), offer: OfferID(2))) == .done)
  }

  @Test("The pointer survives a new plan that adds, moves and removes reps")
  func pointerAcrossPlans() {
    var world = TestTeam(ready: 4)
    let call = world.arrive()
    world.does(.ignore(call, agent: AgentID(0), offer: nil))
    world.does(.answer(call, agent: AgentID(1), offer: nil))
    var plan = world.engine.plan
    plan.queues[0].members = [3, 1, 0, 2].map { Member(AgentID($0)) }
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    #expect(world.engine.pointer(of: QueueID(0)) == AgentID(1))
    world.wait(5)
    let next = world.arrive()
    #expect(world.ringing(next) == [0])
  }
}
