import Base
import Routing
import Stochastics
import TestSupport

@testable import Simulation

/// What came out of days or batches, under the names that an oracle's case uses.
struct OracleFigures {
  /// A numerator and a denominator; the figure is the ratio of their means.
  private typealias Parts = (Double, Double)

  private let item: Oracle.Case
  private var ratios: [String: RatioEstimator] = [:]
  /// Calls simulated.
  private(set) var calls = 0.0
  /// Days or batches.
  private(set) var count = 0

  init(_ item: Oracle.Case) { self.item = item }

  mutating func add(_ tally: Tally) {
    var total = QueueTally()
    for queue in tally.queues { for part in queue { total += part } }
    calls += Double(total.offered)
    count += 1
    var all = Self.callers(total).merging(reps(tally, total)) { $1 }
    if tally.queues.count == 2 { all.merge(classes(tally, total)) { $1 } }
    if tally.duration > .zero { all["lq"] = (total.wait.seconds, tally.duration.seconds) }
    // In line only, not while a phone rings.
    if item.id.hasPrefix("RNA") { all["lq"] = nil }
    if item.id.hasPrefix("ErlangB") { all["blocking"] = all["pab"] }
    for (name, parts) in all where item.result?[name] != nil {
      ratios[name, default: RatioEstimator()].add(parts.0, over: parts.1)
    }
  }

  /// Each figure with half the width of its interval of `confidence`.
  func estimates(confidence: Double) -> [String: Estimate] {
    ratios.mapValues { $0.estimate(confidence: confidence) }
  }

  /// The part of figure `name` that cannot be told from nothing: what happens to a dozen calls or fewer may not have
  /// happened at all. Where hardly anybody waits beyond the threshold, those who do come in few long spells, each of
  /// about as many calls as arrive while one is served; so it is a dozen spells.
  func negligible(_ name: String) -> Double {
    let exact = item.result?[name] ?? 0
    let isAlmostAll = name.hasPrefix("sl") && 1 - exact < 1e-4
    let load = item.number("calls_per_hour") * item.number("aht_s") / 3_600
    return (isAlmostAll && load > 1 ? 12 * load : 12) / calls
  }

  // MARK: Parts

  private static func callers(_ total: QueueTally) -> [String: Parts] {
    let offered = Double(total.offered)
    let letIn = offered - Double(total.blocked)
    let wait = CallMeasure.meanWait.parts(total)
    return [
      "pw": CallMeasure.probabilityOfWait.parts(total), "pab": CallMeasure.abandonment.parts(total),
      "pab_offered": CallMeasure.abandonment.parts(total),
      "pab_per_attempt": CallMeasure.abandonment.parts(total),
      "ew": wait, "mean_wait_admitted": wait, "mean_wait_incl_ring": wait, "ew_per_attempt": wait,
      "ew_all": wait, "asa": CallMeasure.averageSpeedOfAnswer.parts(total),
      "asa_served": CallMeasure.averageSpeedOfAnswer.parts(total),
      "sl": CallMeasure.negativeAbandon.parts(total),
      "sl_offered": CallMeasure.negativeAbandon.parts(total),
      "sl_excl_short": CallMeasure.withoutAbandon.parts(total),
      "sl_answered": CallMeasure.handledOnly.parts(total),
      "sl_w_le": CallMeasure.positiveAbandon.parts(total),
      "blocking": CallMeasure.blocking.parts(total),
      "p_wait_given_admitted": (Double(total.delayed), letIn),
      "rna_per_call": (Double(total.refusedOffers), offered),
      "expected_arrivals": (offered, 1), "expected_abandoned": (Double(total.abandoned), 1),
      "expected_total_wait_s": (total.wait.seconds, 1),
      "expected_delayed": (Double(total.delayed), 1),
      "expected_answered_within_T": (Double(total.answeredInTime), 1),
    ]
  }

  private func reps(_ tally: Tally, _ total: QueueTally) -> [String: Parts] {
    func busy(_ agents: ArraySlice<AgentTally>) -> Parts {
      agents.reduce((0, 0)) { sum, agent in
        let busy = agent.talking.seconds
        return (sum.0 + busy, sum.1 + busy + (agent.idle + agent.ringing).seconds)
      }
    }
    func mean(_ time: (AgentTally) -> TimeSpan) -> Parts {
      (tally.agents.reduce(0) { $0 + time($1).seconds }, tally.duration.seconds)
    }
    let first = Int(item.number("nA"))
    return [
      "occ": busy(tally.agents[...]), "occA": busy(tally.agents.prefix(first)),
      "occB": busy(tally.agents.dropFirst(first)), "talking": mean(\.talking),
      "ringing": mean(\.ringing), "unavailable": mean(\.notReady),
      "attempt_rate_per_hour": (Double(total.offered) * 3_600, tally.duration.seconds),
    ]
  }

  private func classes(_ tally: Tally, _ total: QueueTally) -> [String: Parts] {
    var all: [String: Parts] = [:]
    for (queue, names) in [["high", "1"], ["low", "2"]].enumerated() {
      let part = tally.queues[queue].reduce(into: QueueTally()) { $0 += $1 }
      all["ew_\(names[0])"] = CallMeasure.meanWait.parts(part)
      all["pab_\(names[0])"] = CallMeasure.abandonment.parts(part)
      all["ew\(names[1])"] = CallMeasure.meanWait.parts(part)
      all["pab\(names[1])"] = CallMeasure.abandonment.parts(part)
      all["pw\(names[1])"] = CallMeasure.probabilityOfWait.parts(part)
    }
    return all
  }
}
