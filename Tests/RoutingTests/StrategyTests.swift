import Base
import Testing

@testable import Routing

@Suite struct StrategyTests {
  /// Serves `count` calls one after another and tells who got them.
  private func served(_ world: inout TestTeam, _ count: Int, pause: Double = 1) -> [Int] {
    (0..<count).map { _ in
      let (call, agent) = world.connect()
      world.wait(pause)
      world.does(.hangUp(call, by: .caller, cause: .normal))
      world.wait(pause)
      return agent
    }
  }

  private func team(_ strategy: Strategy, _ count: Int = 3) -> TestTeam {
    TestTeam(ready: count) { $0.strategy = strategy }
  }

  @Test func rotatingGoesRound() {
    var world = team(.rotating)
    #expect(served(&world, 5) == [0, 1, 2, 0, 1])
  }

  @Test func fixedOrderAlwaysTheFirst() {
    var world = team(.fixedOrder)
    #expect(served(&world, 3) == [0, 0, 0])
  }

  @Test("next after last answer: refusing does not move the pointer")
  func nextAfterLastAnswer() {
    var world = team(.nextAfterLastAnswer)
    let first = world.arrive()
    world.does(.ignore(first, agent: AgentID(0), offer: nil))
    world.does(.ignore(first, agent: AgentID(1), offer: nil))
    world.does(.hangUp(first, by: .caller, cause: .normal))
    world.wait(5)
    #expect(served(&world, 3) == [0, 1, 2])
  }

  @Test("longest idle: an unanswered offer sends the rep to the back")
  func longestIdle() {
    var world = team(.longestIdle)
    world.wait(1)
    let call = world.arrive()
    world.does(.ignore(call, agent: AgentID(0), offer: nil))
    world.does(.answer(call, agent: AgentID(1), offer: nil))
    world.does(.hangUp(call, by: .caller, cause: .normal))
    world.wait(5)
    #expect(served(&world, 3) == [2, 0, 1])
  }

  @Test func fewestCalls() {
    var world = team(.fewestCalls)
    #expect(served(&world, 3) == [0, 1, 2])
    world.does(.makeNotReady(AgentID(2), reason: .dontAcceptQueueCalls, until: .never))
    #expect(served(&world, 2) == [0, 1])
    world.does(.makeReady(AgentID(2)))
    #expect(served(&world, 1) == [2])
    var two = team(.fewestCalls, 2)
    #expect(served(&two, 1) == [0])
    let refused = two.arrive()
    two.does(.ignore(refused, agent: AgentID(1), offer: nil))
    two.does(.hangUp(refused, by: .caller, cause: .normal))
    two.wait(5)
    #expect(served(&two, 1) == [1], "both idle for as long, 1 with fewer calls")
    world.does(.startDay)
    #expect(world.agent(0).callsToday == 0)
  }

  @Test("least talk time: going away and back does not help")
  func leastTalkTime() {
    var world = team(.leastTalkTime, 2)
    let (call, first) = world.connect()
    world.wait(100)
    world.does(.hangUp(call, by: .agent, cause: .normal))
    #expect(first == 0)
    world.does(.makeNotReady(AgentID(0), reason: .dontAcceptQueueCalls, until: .never))
    world.does(.makeReady(AgentID(0)))
    #expect(served(&world, 3, pause: 10) == [1, 1, 1])
    #expect(world.agent(0).talkToday == .seconds(100))
  }

  @Test(
    "fewest calls, least talk time: a tie goes to the longest idle, then to the first in order",
    arguments: [Strategy.fewestCalls, .leastTalkTime])
  func ties(_ strategy: Strategy) {
    var world = team(strategy)
    #expect(world.connect().agent == 0, "nobody has been idle longer: member order")
    var late = TestTeam(
      RoutingPlan(
        agents: Array(repeating: AgentPlan(), count: 3),
        queues: [QueuePlan(members: (0..<3).map { Member(AgentID($0)) })]))
    late.engine.plan.queues[0].strategy = strategy
    for agent in [2, 0, 1] {
      late.ready(agent)
      late.wait(1)
    }
    #expect(late.connect().agent == 2, "the first to come has been idle longest")
  }

  @Test("simultaneous: all ring, the first wins, the others lose the race and are not refused")
  func simultaneous() {
    var world = team(.simultaneous)
    let call = world.arrive()
    #expect(world.ringing(call) == [0, 1, 2])
    world.does(.answer(call, agent: AgentID(1), offer: nil))
    #expect(world.outcomes(0) == [.lostRace])
    #expect(world.outcomes(2) == [.lostRace])
    let second = world.arrive()
    #expect(world.ringing(second) == [0, 2])
    world.does(.hangUp(call, by: .caller, cause: .normal))
    #expect(world.ringing(second) == [0, 1, 2], "who becomes free joins in")
  }

  @Test("random: each rep about a third; weighted: by weight; the same seed, the same draws")
  func randomDraws() {
    func shares(_ strategy: Strategy, seed: UInt64) -> [Int] {
      var queue = QueuePlan(
        members: [1, 2, 5].enumerated().map { Member(AgentID($0), weight: $1) })
      queue.strategy = strategy
      var world = TestTeam(
        RoutingPlan(agents: Array(repeating: AgentPlan(), count: 3), queues: [queue]), seed: seed)
      for agent in 0..<3 { world.ready(agent) }
      let order = served(&world, 400, pause: 0.001)
      return (0..<3).map { agent in order.count { $0 == agent } }
    }
    let even = shares(.random, seed: 7)
    // 400 draws at p = 1/3: five standard deviations are 47.
    #expect(even.allSatisfy { abs($0 - 133) < 47 })
    #expect(even == shares(.random, seed: 7))
    #expect(even != shares(.random, seed: 8))
    let weighted = shares(.weightedRandom, seed: 7)
    #expect(abs(weighted[0] - 50) < 34 && abs(weighted[2] - 250) < 49)
  }

  @Test("Lower tiers first; a higher tier after its wait; each tier rotates on its own")
  func tiers() {
    var world = TestTeam(
      RoutingPlan(
        agents: Array(repeating: AgentPlan(), count: 4),
        queues: [
          {
            var queue = QueuePlan(
              members: [Member(AgentID(0)), Member(AgentID(1))]
                + [Member(AgentID(2), tier: 1), Member(AgentID(3), tier: 1)])
            queue.tierAfter = [.seconds(30)]
            return queue
          }()
        ]))
    for agent in 0..<4 { world.ready(agent) }
    let (first, a) = world.connect()
    let (_, b) = world.connect()
    #expect([a, b] == [0, 1])
    let third = world.arrive()
    #expect(world.state(third) == .waiting)
    world.wait(29.9)
    #expect(world.state(third) == .waiting)
    world.wait(0.1)
    #expect(world.ringing(third) == [2])
    world.does(.answer(third, agent: AgentID(2), offer: nil))
    world.does(.hangUp(first, by: .caller, cause: .normal))
    let next = world.arrive()
    #expect(world.ringing(next) == [0])
  }

  @Test("Only reps with every skill; a caller nobody can serve does not hold up the others")
  func skills() {
    let polish = SkillSet(rawValue: 1)
    var world = TestTeam(
      RoutingPlan(
        agents: [AgentPlan(), AgentPlan(skills: polish)],
        queues: [QueuePlan(members: [Member(AgentID(0)), Member(AgentID(1))])]))
    world.ready(0)
    let special = world.arrive(skills: polish)
    #expect(world.state(special) == .waiting)
    let plain = world.arrive()
    #expect(world.ringing(plain) == [0])
    world.ready(1)
    #expect(world.ringing(special) == [1])
  }
}
