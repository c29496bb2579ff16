import Foundation
import Routing
import Stochastics
import TestSupport
import Testing

@testable import Simulation

/// The production engine, simulated, against exact results.
@Suite struct OracleTests {
  /// `ROTA_ORACLE_CASE`: only those whose name contains it.
  static let cases = (Oracle.computed?.cases ?? []).filter { item in
    ProcessInfo.processInfo.environment["ROTA_ORACLE_CASE"].map { item.id.contains($0) } ?? true
  }

  private static func setting(_ name: String) -> Double? {
    ProcessInfo.processInfo.environment[name].flatMap { Double($0) }
  }

  /// Calls simulated for each case; under ``precision``, in each of its independent runs.
  static let calls = Int(setting("ROTA_ORACLE_CALLS") ?? 15_000)
  /// The standard error that every figure must reach, over the figure; not in everyday runs.
  static let precision = setting("ROTA_ORACLE_PRECISION")

  /// Large teams and widely spread handle times need long runs before batches are independent.
  static let everyday = cases.filter {
    $0.number("n") <= 60 && !$0.id.contains("-H2-") && !$0.id.hasPrefix("Prio2-500")
      && !$0.id.hasPrefix("ErlangC-2880")
  }

  @Test(
    "Every simulable case: within four standard errors",
    .enabled(if: !cases.isEmpty && precision == nil, "no oracles at hand"), arguments: everyday)
  func agrees(_ item: Oracle.Case) throws {
    guard let (scenario, replications) = OracleScenario.make(item, calls: Self.calls) else {
      return
    }
    var figures = OracleFigures(item)
    for number in 0..<replications {
      let tallies = Replication.run(scenario, seed: 20_261_123, number: UInt32(number))
      for tally in tallies { figures.add(tally) }
    }
    // Four standard errors of a normal variate: 99.994 %.
    let estimates = figures.estimates(confidence: 0.999_94)
    #expect(!estimates.isEmpty)
    for (name, estimate) in estimates {
      let exact = try #require(item.result?[name])
      #expect(
        abs(estimate.value - exact) <= max(estimate.halfWidth, figures.negligible(name)),
        "\(item.id) \(name): \(estimate.value) ± \(estimate.halfWidth), exact \(exact)")
    }
  }

  @Test(
    "Every simulable case: as long as it takes, and then within four standard errors",
    .enabled(if: !cases.isEmpty && precision != nil, "only by make oracles"), arguments: cases)
  func agreesPrecisely(_ item: Oracle.Case) throws {
    let precision = try #require(Self.precision)
    guard let (made, perRound) = OracleScenario.make(item, calls: Self.calls) else { return }
    var scenario = made
    // Runs are independent of each other, as batches of one run are only nearly.
    if case .steady(let warmUp, let calls, _) = made.span {
      scenario.span = .steady(warmUp: warmUp, calls: calls, batches: 1)
    }
    var figures = OracleFigures(item)
    var number: UInt32 = 0
    var left: [String] = []
    repeat {
      for _ in 0..<max(10, perRound / 4) {
        for tally in Replication.run(scenario, seed: 20_261_124, number: number) {
          figures.add(tally)
        }
        number += 1
      }
      left = Self.imprecise(figures, item, precision)
    } while (!left.isEmpty || figures.count < 30) && figures.calls < 4e9
    #expect(left.isEmpty, "\(item.id): not known to \(precision) in \(figures.calls) calls")
    try hold(figures, item)
  }

  /// Standard errors as half widths: the confidence of one of them.
  private static let oneError = 0.682_689_492_137

  /// The figures that are not known to `precision`; what is exactly 0 is known when it is found to be.
  private static func imprecise(
    _ figures: OracleFigures, _ item: Oracle.Case, _ precision: Double
  ) -> [String] {
    figures.estimates(confidence: oneError).filter { name, estimate in
      let exact = item.result?[name] ?? 0
      return exact == 0 ? estimate.value != 0 : !(estimate.halfWidth <= precision * abs(exact))
    }.map(\.key)
  }

  /// Compares with what is exact, and prints a line: the figure known least, and the one furthest off.
  private func hold(_ figures: OracleFigures, _ item: Oracle.Case) throws {
    let estimates = figures.estimates(confidence: Self.oneError)
    #expect(!estimates.isEmpty)
    var (coarsest, furthest) = ((0.0, ""), (0.0, ""))
    for (name, estimate) in estimates {
      let exact = try #require(item.result?[name])
      let off = abs(estimate.value - exact)
      let few = figures.negligible(name)
      #expect(
        off <= max(4 * estimate.halfWidth, few),
        "\(item.id) \(name): \(estimate.value), standard error \(estimate.halfWidth), exact \(exact)"
      )
      if exact == 0 || off <= few { continue }
      let (coarse, far) = (estimate.halfWidth / abs(exact), off / estimate.halfWidth)
      if coarse > coarsest.0 { coarsest = (coarse, name) }
      if far > furthest.0 { furthest = (far, name) }
    }
    print(
      "oracle \(item.id): \(estimates.count) figures, \(Int(figures.calls)) calls, standard error at most",
      "\((coarsest.0 * 1e5).rounded() / 1e3) % (\(coarsest.1)), off at most",
      "\((furthest.0 * 100).rounded() / 100) of them (\(furthest.1))")
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
      let estimate = total.estimate(measure, confidence: 0.999_94)
      #expect(abs(estimate.value - exact) <= estimate.halfWidth, "\(measure): \(estimate)")
    }
  }
}
