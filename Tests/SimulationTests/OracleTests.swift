import Foundation
import Routing
import Stochastics
import TestSupport
import Testing

@testable import Simulation

/// The production engine, simulated, against exact results.
@Suite struct OracleTests {
  static let cases = Oracle.computed?.cases ?? []

  /// Calls simulated for each case: few in everyday runs; `make oracles` takes many, in release mode.
  static let calls = Int(ProcessInfo.processInfo.environment["ROTA_ORACLE_CALLS"] ?? "") ?? 15_000

  /// Large teams and widely spread handle times need long runs before batches are independent.
  static let everyday = cases.filter {
    calls >= 1_000_000
      || $0.number("n") <= 60 && !$0.id.contains("-H2-") && !$0.id.hasPrefix("Prio2-500")
        && !$0.id.hasPrefix("ErlangC-2880")
  }

  @Test(
    "Every simulable case: within four standard errors",
    .enabled(if: !cases.isEmpty, "no oracles at hand"), arguments: everyday)
  func agrees(_ item: Oracle.Case) throws {
    guard let (scenario, replications) = OracleScenario.make(item, calls: Self.calls) else {
      return
    }
    let summary = Replication.summary(scenario, seed: 20_261_123, count: replications)
    let figures = OracleScenario.figures(item, summary)
    #expect(!figures.isEmpty)
    for (name, estimate) in figures {
      let exact = try #require(item.result?[name])
      // Four standard errors of a normal variate: 99.994 %. What happens to a dozen calls or fewer may
      // not have happened at all.
      #expect(
        abs(estimate.value - exact) <= max(estimate.halfWidth, 12 / summary.calls),
        "\(item.id) \(name): \(estimate.value) ± \(estimate.halfWidth), exact \(exact)")
    }
  }

  @Test("The reference model, restated: 950 calls an hour, 180 s, 50 agents, patience 120 s")
  func reference() {
    let scenario = Models.queue(
      perHour: 950, agents: 50, talk: .exponential(mean: 180),
      patience: .exponential(mean: 120), calls: Self.calls * 4)
    let total = Replication.summary(scenario, seed: 3).total
    for (measure, exact) in [
      (CallMeasure.probabilityOfWait, 0.343_251_164_0), (.abandonment, 0.040_561_295_3),
      (.meanWait, 4.867_355_440_9), (.negativeAbandon, 0.878_658_665_5),
      (.withoutAbandon, 0.908_486_258_8), (.handledOnly, 0.915_804_898_4),
      (.positiveAbandon, 0.911_490_855_3), (.averageSpeedOfAnswer, 4.567_588_684_8),
    ] {
      let estimate = total.estimate(measure, confidence: OracleScenario.confidence)
      #expect(abs(estimate.value - exact) <= estimate.halfWidth, "\(measure): \(estimate)")
    }
  }
}
