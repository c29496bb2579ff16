import Base
import Testing

@testable import Routing

/// Limits count what they say; tiers and idleness do too.
@Suite struct RingLimitTests {
  private let alice = AgentID(0)
  private let bob = AgentID(1)

  /// After how many seconds the caller, whom nobody answers, is in voicemail.
  private func secondsToVoicemail(_ world: inout TestTeam) -> Double? {
    let start = world.now
    let call = world.arrive()
    world.wait(1_000)
    return world.log.compactMap { entry -> Double? in
      if case .call(.diverted(call, _, _, .voicemail)) = entry.event {
        (entry.at - start).seconds
      } else {
        nil
      }
    }.first
  }

  @Test("max-ring-time is the caller's clock, whatever the number of phones", arguments: [1, 2, 5])
  func ringTime(phones: Int) {
    for strategy in [Strategy.simultaneous, .rotating] {
      var world = TestTeam(ready: phones) {
        $0.strategy = strategy
        $0.maxRingTime = .seconds(60)
      } rules: {
        $0.notReadyAfterRefusals = 0
      }
      let seconds = secondsToVoicemail(&world)
      #expect(seconds == 60, "\(strategy)")
    }
  }

  @Test("max-offers counts phones that ring together once")
  func rounds() {
    var world = TestTeam(ready: 5) {
      $0.strategy = .simultaneous
      $0.maxOffers = 6
    } rules: {
      $0.notReadyAfterRefusals = 0
    }
    // Six rings of 18 s with a second between them.
    let seconds = secondsToVoicemail(&world)
    #expect(seconds == 113)
    #expect(world.outcomes(0).count == 6)
  }

  @Test("A phone that joins late rings for the caller's time that is left")
  func lateJoiner() {
    var world = TestTeam(ready: 2) {
      $0.strategy = .simultaneous
      $0.maxRingTime = .seconds(20)
    }
    world.does(.makeNotReady(bob, reason: .dontAcceptQueueCalls, until: .never))
    let call = world.arrive()
    world.wait(10)
    world.does(.makeReady(bob))
    #expect(world.ringing(call) == [0, 1])
    world.wait(10)
    #expect(world.state(call) == .voicemail)
    #expect(world.outcomes(1) == [.withdrawn], "cut short, so not charged")
  }

  // MARK: Tiers

  private func tiers(_ adjust: (inout QueuePlan) -> Void = { _ in }) -> TestTeam {
    var queue = QueuePlan(
      members: [Member(alice), Member(bob, tier: 1), Member(AgentID(2), tier: 2)])
    queue.tierAfter = [.seconds(45), .seconds(90)]
    adjust(&queue)
    return TestTeam(
      RoutingPlan(agents: Array(repeating: AgentPlan(), count: 3), queues: [queue]))
  }

  @Test("A tier in which nobody is ready is skipped at once")
  func emptyTier() {
    var world = tiers()
    world.ready(1)
    let first = world.arrive()
    #expect(world.ringing(first) == [1])
    var last = tiers()
    last.ready(2)
    let second = last.arrive()
    #expect(last.ringing(second) == [2], "two tiers with nobody in them")
  }

  @Test("A busy rep is waited for; when she goes to lunch, the next tier is tried at once")
  func leavesForLunch() {
    var world = tiers()
    world.ready(0)
    _ = world.connect()
    world.ready(1)
    let call = world.arrive()
    world.wait(10)
    #expect(world.ringing(call) == [], "alice is at work, and has 45 s")
    world.does(.makeNotReady(alice, reason: NotReadyReason(16), until: .never))
    #expect(world.ringing(call) == [1])
  }

  @Test("With tier-waits-for-empty the time is waited all the same")
  func waitsForEmpty() {
    var world = tiers { $0.tierWaitsForEmpty = true }
    world.ready(1)
    let call = world.arrive()
    #expect(world.ringing(call) == [])
    world.wait(45)
    #expect(world.ringing(call) == [1])
  }

  @Test("Who is ready in a tier and lacks the caller's skills is nobody to wait for")
  func unskilledTier() {
    let special = SkillSet(rawValue: 2)
    var queue = QueuePlan(members: [Member(alice), Member(bob, tier: 1)])
    queue.tierAfter = [.seconds(45)]
    var world = TestTeam(
      RoutingPlan(agents: [AgentPlan(), AgentPlan(skills: special)], queues: [queue]))
    world.ready(0)
    world.ready(1)
    let call = world.arrive(skills: special)
    #expect(world.ringing(call) == [1])
  }

  @Test("More waits than tiers, and more than a tier's number can count, end nothing")
  func manyWaits() {
    var world = tiers { queue in queue.tierAfter = (1...300).map { .seconds($0) } }
    world.ready(0)
    let call = world.arrive()
    world.does(.answer(call, agent: alice, offer: nil))
    let waiting = world.arrive()
    world.wait(400)
    #expect(world.engine.call(waiting)?.tier == 2)
  }

  // MARK: Idleness

  @Test(
    "longest-idle: lunch is no idleness, unless the plan says so", arguments: IdleCounting.allCases)
  func lunchIsNoIdleness(_ counting: IdleCounting) {
    var world = TestTeam(ready: 2) {
      $0.strategy = .longestIdle
      $0.idleCounts = counting
    }
    world.does(.makeNotReady(alice, reason: NotReadyReason(16), until: .never))
    world.wait(10)
    let (call, agent) = world.connect()
    #expect(agent == 1)
    world.does(.hangUp(call, by: .caller, cause: .normal))
    world.wait(1_800)
    world.does(.makeReady(alice))
    world.wait(1)
    let next = world.arrive()
    #expect(world.ringing(next) == [counting == .ready ? 1 : 0])
  }

  // MARK: Calls out

  @Test("A call out that nobody answered has its wrap-up, and nothing that must be written")
  func unansweredWrapUp() {
    var world = TestTeam(ready: 2) { $0.wrapUp = .seconds(30) }
    world.does(.requestOutbound(alice, purpose: .callBack, patience: nil))
    let call = world.agent(0).call ?? CallID(rawValue: 0)
    world.does(.hangUp(call, by: .caller, cause: .noAnswer))
    #expect(world.agent(0).activity == .wrapUp)
    world.wait(30)
    #expect(world.agent(0).isFree)
    let isCharged = world.log.contains { entry in
      if case .call(.leftUndocumented) = entry.event { true } else { false }
    }
    #expect(!isCharged)
  }

  @Test("The call out of a rep in several queues, or none, has a wrap-up of its own")
  func ownWrapUp() {
    var (a, b) = (QueuePlan(members: [Member(alice)]), QueuePlan(members: [Member(alice)]))
    (a.wrapUp, b.wrapUp) = (.seconds(30), .seconds(40))
    (a.minimumCover, b.minimumCover) = (0, 0)
    var plan = RoutingPlan(agents: [AgentPlan(), AgentPlan()], queues: [a, b])
    plan.rules.outboundWrapUp = .seconds(7)
    for agent in 0..<2 {
      var world = TestTeam(plan)
      world.ready(agent)
      world.does(.requestOutbound(AgentID(agent), purpose: .other, patience: nil))
      let call = world.agent(agent).call ?? CallID(rawValue: 0)
      world.does(.reportOutboundAnswered(call))
      world.does(.hangUp(call, by: .agent, cause: .normal))
      #expect(world.agent(agent).wrapUpUntil - world.now == .seconds(7))
    }
    plan.rules.wrapUpAfter = .unanswered
    var world = TestTeam(plan)
    world.ready(0)
    world.does(.requestOutbound(alice, purpose: .other, patience: nil))
    let call = world.agent(0).call ?? CallID(rawValue: 0)
    world.does(.reportOutboundAnswered(call))
    world.does(.hangUp(call, by: .agent, cause: .normal))
    #expect(world.agent(0).isFree, "not after answered ones, says the plan")
  }

  @Test("A rep at lunch is dialled for no more, and keeps the place in line")
  func dialledAtLunch() {
    var world = TestTeam(ready: 3)
    let busy = [world.connect(), world.connect()]
    let rep = AgentID([0, 1, 2].first { n in !busy.contains { $0.agent == n } } ?? 0)
    world.does(.requestOutbound(rep, purpose: .other, patience: .minutes(60)))
    world.does(.makeNotReady(rep, reason: NotReadyReason(16), until: .never))
    for entry in busy { world.does(.hangUp(entry.call, by: .caller, cause: .normal)) }
    #expect(world.agent(rep.index).activity == .idle)
    #expect(world.engine.waitingRequests.map(\.agent) == [rep])
    #expect(
      world.does(.requestOutbound(rep, purpose: .other, patience: nil))
        == .refused(.alreadyRequested))
    world.does(.makeReady(rep))
    #expect(world.agent(rep.index).activity == .outbound)
  }

  @Test("Not ready, a call out at once is refused by that name")
  func notReadyNow() {
    var world = TestTeam(ready: 2)
    world.does(.makeNotReady(alice, reason: .dontAcceptQueueCalls, until: .never))
    #expect(
      world.does(.requestOutbound(alice, purpose: .other, patience: nil)) == .refused(.notReady))
  }

  // MARK: One step

  @Test("Many calls that end at once end in one step: no phone rings for one that is not there")
  func endTogether() {
    var world = TestTeam(ready: 1)
    let calls = (0..<6).map { _ in world.arrive() }
    let since = world.log.count
    var events = EventBuffer()
    let outcomes = world.engine.handle(
      calls.map { .hangUp($0, by: .caller, cause: .lost) }, at: world.now, into: &events)
    world.log += events.events
    #expect(outcomes.allSatisfy { $0 == .done })
    let isRung = world.events(since: since).contains { event in
      if case .call(.offered) = event { true } else { false }
    }
    #expect(!isRung)
    #expect(world.engine.liveCallCount == 0)
  }
}
