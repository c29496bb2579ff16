import Base
import TestSupport
import Testing

@testable import Routing

/// What the engine decides stays what it is while the house around it is rebuilt: random histories, with
/// reloads, outages and circles of overflow, as numbers that were recorded before. A fault that is mended may
/// change one; then the commit says which and why.
@Suite struct HistoryGuardTests {
  private static let golden: [UInt64] = [
    12556921042428545967, 3188149339483850632, 5007521409758412191,
    4930909358530332350, 6569783175138984505, 11647847595557345697,
    16371702135209088827, 11942389575741471870,
  ]

  /// Histories of 300 commands under plans of their own.
  private static let perNumber = 25

  /// As all plans were when the values were recorded.
  private static func asThen(_ plan: RoutingPlan) -> RoutingPlan {
    var plan = plan
    for queue in plan.queues.indices { plan.queues[queue].waitsAnew = .all }
    return plan
  }

  @Test("Random histories with reloads are decided as they were", arguments: golden.indices)
  func reloads(_ part: Int) {
    var hash = EventHash()
    var reloads = 0
    for seed in part * Self.perNumber..<(part + 1) * Self.perNumber {
      var random = TestRandom(state: UInt64(7_000_000 + seed))
      var engine = RoutingEngine(Self.asThen(.random(&random)), seed: UInt64(seed))
      var now = Instant(seconds: 1_000)
      for move in Move.randoms(300, &random, kinds: Move.kindsOfTheGuard) {
        now = now + move.pause
        var events = EventBuffer()
        var step = move.step(in: engine)
        if case .adopt(let plan) = step { step = .adopt(Self.asThen(plan)) }
        if engine.perform(step, at: now, into: &events) != nil { reloads += 1 }
        for entry in events.events { hash.add(entry) }
      }
    }
    #expect(hash.count > 2_000 && reloads > 50, "\(hash.count) events, \(reloads) reloads")
    #expect(hash.value == Self.golden[part])
  }
}
