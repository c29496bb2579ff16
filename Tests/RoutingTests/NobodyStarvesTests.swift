import Base
import Testing

@testable import Routing

/// A rep who is free takes the first in the rep's order among those in line and those who ring only at reps
/// who have refused them more often.
@Suite struct NobodyStarvesTests {
  private let a = AgentID(0)
  private let b = AgentID(1)
  private let c = AgentID(2)

  /// Reps 1 and later are busy; rep 0 is the one who does not hear the phone.
  private func absentAndBusy(_ count: Int = 2, _ adjust: (inout QueuePlan) -> Void = { _ in })
    -> (world: TestTeam, busy: [CallID])
  {
    var world = TestTeam(ready: count) {
      $0.strategy = .fixedOrder
      adjust(&$0)
    } rules: {
      $0.notReadyAfterRefusals = 0
    }
    world.does(.makeNotReady(a, reason: .dontAcceptQueueCalls, until: .never))
    let busy = (1..<count).map { _ in world.connect().call }
    world.does(.makeReady(a))
    return (world, busy)
  }

  @Test("One missed ring starves nobody: the caller rings again before all who came later")
  func oneMissedRing() {
    var world = TestTeam(ready: 1)
    let first = world.arrive()
    world.wait(1)
    var later: [CallID] = []
    for _ in 0..<30 {
      later.append(world.arrive())
      world.wait(1)
    }
    #expect(world.ringing(first) == [0])
    world.does(.answer(first, agent: a, offer: nil))
    #expect(later.allSatisfy { world.state($0) == .waiting })
    #expect(world.engine.position(of: later[0]) == 1)
  }

  @Test(
    "A ring at an absent rep is taken over by who becomes free; the next in line rings her at once")
  func takeOver() {
    var (world, busy) = absentAndBusy()
    let x = world.arrive()
    let next = world.arrive()
    world.wait(18)
    #expect(world.outcomes(0) == [.noAnswer])
    #expect(world.ringing(x) == [])
    world.wait(1)
    #expect(world.ringing(x) == [0], "not sooner than a second after, and before the next in line")
    world.wait(2)
    let since = world.log.count
    world.does(.hangUp(busy[0], by: .caller, cause: .normal))
    #expect(world.ringing(x) == [1])
    #expect(world.ringing(next) == [0])
    let offers = world.events(since: since).filter { event in
      switch event {
      case .call(.offerEnded), .call(.offered): true
      default: false
      }
    }
    #expect(
      offers == [
        .call(
          .offerEnded(OfferID(3), call: x, agent: a, outcome: .withdrawn, restUntil: .distantPast)),
        .call(
          .offered(
            OfferID(4), call: x, agent: b, queue: QueueID(0), ringTimeout: .seconds(18), round: 0)),
        .call(
          .offered(
            OfferID(5), call: next, agent: a, queue: QueueID(0), ringTimeout: .seconds(18), round: 0
          )),
      ])
    #expect(world.agent(0).consecutiveRefusals == 1, "a withdrawn ring is no refusal")
  }

  @Test("A caller of higher priority comes first, and the second ring goes on")
  func priorityFirst() {
    var (world, busy) = absentAndBusy()
    let x = world.arrive()
    world.wait(20)
    let urgent = world.arrive(priority: 1)
    #expect(world.ringing(x) == [0])
    world.does(.hangUp(busy[0], by: .caller, cause: .normal))
    #expect(world.ringing(urgent) == [1])
    #expect(world.ringing(x) == [0])
  }

  @Test("A lone rep is rung for the same caller at 0, 19 and 38; later callers stay behind")
  func loneRep() {
    var world = TestTeam(ready: 1)
    let start = world.now
    let x = world.arrive()
    let later = world.arrive()
    world.wait(50)
    let rings = world.log.compactMap { entry -> Double? in
      if case .call(.offered(_, x, _, _, _, _)) = entry.event {
        (entry.at - start).seconds
      } else {
        nil
      }
    }
    #expect(rings == [0, 19, 38])
    #expect(world.state(later) == .waiting)
  }

  @Test("A tier that is reached during a second ring takes the caller")
  func tierDuringSecondRing() {
    var queue = QueuePlan(members: [Member(a), Member(b, tier: 1)])
    queue.tierAfter = [.seconds(30)]
    var world = TestTeam(
      RoutingPlan(agents: Array(repeating: AgentPlan(), count: 2), queues: [queue]))
    world.ready(0)
    world.ready(1)
    let x = world.arrive()
    world.wait(29.9)
    #expect(world.ringing(x) == [0])
    world.wait(0.1)
    #expect(world.ringing(x) == [1])
    #expect(world.outcomes(0) == [.noAnswer, .withdrawn])
  }

  @Test("A first ring is never interrupted")
  func firstRing() {
    var (world, busy) = absentAndBusy()
    let x = world.arrive()
    world.wait(5)
    world.does(.hangUp(busy[0], by: .caller, cause: .normal))
    #expect(world.ringing(x) == [0])
    #expect(world.agent(1).isFree)
  }

  @Test("Of the free reps, those who have refused the caller fewest times are asked first")
  func fewestRefusals() {
    var world = TestTeam(ready: 3) { $0.strategy = .fixedOrder }
    let x = world.arrive()
    var order: [Int] = []
    for _ in 0..<6 {
      order += world.ringing(x)
      if let agent = world.ringing(x).first {
        world.does(.ignore(x, agent: AgentID(agent), offer: nil))
        world.wait(5)
      }
    }
    #expect(order == [0, 1, 2, 0, 1, 2], "fixed order, but nobody twice before everybody once")
  }

  @Test("A ring that was taken over counts neither as a round nor as a refusal")
  func withdrawnDoesNotCount() {
    var (world, busy) = absentAndBusy(3) { $0.maxOffers = 4 }
    let x = world.arrive()
    world.wait(20)
    #expect(world.engine.call(x)?.offersMade == 2)
    world.does(.hangUp(busy[0], by: .caller, cause: .normal))
    #expect(world.ringing(x) == [1])
    #expect(world.engine.call(x)?.offersMade == 2, "the first ring at A, and this one")
  }

  @Test("Under simultaneous, who becomes free joins, and nothing is withdrawn")
  func simultaneousJoins() {
    var world = TestTeam(ready: 3) { $0.strategy = .simultaneous }
    world.does(.makeNotReady(c, reason: .dontAcceptQueueCalls, until: .never))
    let x = world.arrive()
    world.wait(20)
    #expect(world.ringing(x) == [0, 1])
    world.does(.makeReady(c))
    #expect(world.ringing(x) == [0, 1, 2])
    #expect(world.outcomes(0) == [.noAnswer])
  }

  @Test("Whose rings end in one instant are settled together: nobody rings for no time at all")
  func oneInstant() {
    var world = TestTeam(ready: 2) { $0.strategy = .fixedOrder }
    _ = world.arrive()
    _ = world.arrive()
    world.wait(40)
    for (offered, ended) in rings(world.log) { #expect(ended - offered >= .seconds(1)) }
  }

  /// Beginning and end of each ring.
  private func rings(_ log: [TimedEvent]) -> [(Instant, Instant)] {
    var began: [OfferID: Instant] = [:]
    return log.compactMap { entry in
      switch entry.event {
      case .call(.offered(let id, _, _, _, _, _)):
        began[id] = entry.at
        return nil
      case .call(.offerEnded(let id, _, _, _, _)): return began[id].map { ($0, entry.at) }
      default: return nil
      }
    }
  }

  @Test("A phone that rejects by itself is rung once a second at most, whatever is configured")
  func rejectingPhone() {
    for outcome in [OfferOutcome.ignored, .unreachable] {
      var world = TestTeam(ready: 1) {
        $0.rest.ignored = .zero
        $0.rest.unreachable = .zero
      }
      let call = world.arrive()
      for _ in 0..<20 {
        if world.ringing(call) == [0] {
          world.does(
            outcome == .ignored
              ? .ignore(call, agent: a, offer: nil) : .reportUnreachable(call, agent: a))
        }
        world.wait(0.1)
      }
      #expect(world.outcomes(0).count == 2, "at 0 and 1 s")
    }
    #expect(RestAfterOffer().ignored == .seconds(5))
  }

  @Test(
    "Who presses ready is asked again at once; a lead who presses it for her does not hurry the phone"
  )
  func actedHerself() {
    var world = TestTeam(ready: 1)
    let call = world.arrive()
    world.does(.ignore(call, agent: a, offer: nil))
    world.does(.makeReady(a, by: .lead))
    #expect(world.ringing(call) == [])
    world.does(.makeReady(a))
    #expect(world.ringing(call) == [0])
  }

  @Test("A consultation during a rest does not make the rest shorter")
  func consultedDuringRest() {
    var world = TestTeam(ready: 2)
    let talking = world.connect().call
    let call = world.arrive()
    world.does(.ignore(call, agent: b, offer: nil))
    world.does(.consult(talking, agent: a, target: .agent(b), briefing: .complete))
    world.wait(0.5)
    world.does(.cancelTransfer(TransferID(1), agent: a))
    #expect(world.ringing(call) == [])
    world.wait(4.5)
    #expect(world.ringing(call) == [1])
  }
}
