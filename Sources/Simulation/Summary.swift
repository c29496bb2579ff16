import Base
public import Histogram
import Measures
import Routing
public import Stochastics

/// What many replications, or the batches of one long run, say together.
///
/// Adding up happens in the order of the replications, so the result does not depend on who ran them.
public struct Summary: Sendable {
  /// Over all queues and intervals.
  public private(set) var total = CallFigures()
  /// By queue.
  public private(set) var queues: [CallFigures]
  /// By interval, over all queues.
  public private(set) var intervals: [CallFigures]
  private var queueIntervals: [[CallFigures]]
  /// By rep.
  public private(set) var agents: [AgentFigures]
  /// Reps at work and their busy share, by interval.
  public private(set) var staffing: [(agents: Moments, occupancy: RatioEstimator)]
  /// Busy share of ready time over all reps.
  public private(set) var occupancy = RatioEstimator()
  /// Hours that reps together stay on after closing, per replication.
  public private(set) var overtime = Moments()
  /// Mean number of callers in line.
  public private(set) var queueLength = Moments()
  /// Calls out placed, per replication.
  public private(set) var outboundPlaced = Moments()
  /// Hours until a call out is done.
  public private(set) var outboundAge = RatioEstimator()
  /// Waits of those answered, in milliseconds.
  public private(set) var waits = Tally.emptyHistogram
  /// Replications or batches.
  public private(set) var count = 0
  /// Calls simulated.
  public private(set) var calls = 0.0
  /// The total of each replication, for differences between scenarios.
  private(set) var totals: [QueueTally] = []
  /// Whether days were simulated, not an equilibrium.
  public let isDay: Bool
  /// Seconds of an interval.
  private let interval: Double

  /// Nothing yet of `scenario`.
  public init(_ scenario: Scenario) {
    queues = Array(repeating: CallFigures(), count: scenario.plan.queues.count)
    agents = Array(repeating: AgentFigures(), count: scenario.plan.agents.count)
    var intervals = 1
    var interval = Double.infinity
    if case .day(let closes, let length) = scenario.span {
      intervals = max(1, closes.count(of: length))
      interval = length.seconds
    }
    self.interval = interval
    isDay = interval < .infinity
    self.intervals = Array(repeating: CallFigures(), count: intervals)
    // Those of a single queue are those of all.
    let count = scenario.plan.queues.count > 1 ? scenario.plan.queues.count : 0
    queueIntervals = Array(repeating: self.intervals, count: count)
    staffing = Array(repeating: (Moments(), RatioEstimator()), count: intervals)
  }

  /// Takes in the next replication or batch.
  public mutating func add(_ tally: Tally) {
    count += 1
    var all = QueueTally()
    for queue in queues.indices {
      var sum = QueueTally()
      for part in tally.queues[queue] { sum += part }
      queues[queue].add(sum)
      all += sum
    }
    total.add(all)
    totals.append(all)
    calls += Double(all.offered)
    addIntervals(tally)
    for agent in agents.indices { agents[agent].add(tally.agents[agent]) }
    let busy = tally.agents.reduce(0.0) { $0 + $1.times.busy.seconds }
    let free = tally.agents.reduce(0.0) { $0 + $1.times.ready.seconds }
    occupancy.add(busy, over: busy + free)
    overtime.add(tally.overtime.seconds / 3_600)
    if tally.duration > .zero { queueLength.add(all.wait.seconds / tally.duration.seconds) }
    outboundPlaced.add(Double(tally.outbound.placed))
    outboundAge.add(tally.outbound.age.seconds / 3_600, over: Double(tally.outbound.done))
    for bucket in tally.waits.recordedValues() { waits.record(bucket.value, count: bucket.count) }
  }

  private mutating func addIntervals(_ tally: Tally) {
    for index in intervals.indices {
      var sum = QueueTally()
      for queue in tally.queues { sum += queue[index] }
      for queue in queueIntervals.indices {
        queueIntervals[queue][index].add(tally.queues[queue][index])
      }
      intervals[index].add(sum)
      let team = tally.team[index]
      let length = isDay ? interval : max(.microseconds(1), tally.duration).seconds
      staffing[index].agents.add(team.staffed.seconds / length)
      staffing[index].occupancy.add(team.busy.seconds, over: team.staffed.seconds)
    }
  }

  /// By interval, of one queue.
  public func intervals(ofQueue queue: Int) -> [CallFigures] {
    queueIntervals.isEmpty ? intervals : queueIntervals[queue]
  }

  /// The wait that a share `p` of those answered does not exceed, in seconds, to one part in a hundred; not a
  /// number if nobody was answered.
  public func waitQuantile(_ p: Double) -> Double {
    waits.totalCount == 0 ? .nan : Double(waits.valueAtPercentile(p * 100)) / 1_000
  }

  /// The share of those answered whose wait lay in each of `count` steps of `step` seconds; the last takes
  /// all longer ones.
  public func waitShares(step: Double, count: Int) -> [Double] {
    var counts = Array(repeating: 0.0, count: count)
    for bucket in waits.recordedValues() {
      counts[min(count - 1, Int(Double(bucket.value) / 1_000 / step))] += Double(bucket.count)
    }
    let total = counts.reduce(0, +)
    return counts.map { total > 0 ? $0 / total : 0 }
  }

  /// The difference of a measure between this and `other`, replication by replication: what common
  /// random numbers make small. Both must have the same number of replications.
  ///
  /// Source: linearised ratios, Law, "Simulation Modeling and Analysis" (5th ed. 2015), sections
  /// 9.4.3 and 10.2.1 (paired-t).
  public func difference(
    _ measure: CallMeasure, from other: Summary, confidence: Double = 0.95
  ) -> Estimate {
    let mine = linearised(measure)
    let theirs = other.linearised(measure)
    var moments = Moments()
    for (a, b) in zip(mine.deviations, theirs.deviations) { moments.add(a - b) }
    return Estimate(
      mine.ratio - theirs.ratio, standardError: moments.standardError,
      degreesOfFreedom: moments.count - 1, confidence)
  }

  /// The ratio, and how far each replication is from it, as a first-order effect on the ratio.
  private func linearised(_ measure: CallMeasure) -> (ratio: Double, deviations: [Double]) {
    let parts = totals.map { measure.parts($0) }
    let numerator = parts.reduce(0) { $0 + $1.0 }
    let denominator = parts.reduce(0) { $0 + $1.1 }
    let ratio = numerator / denominator
    let mean = denominator / Double(parts.count)
    return (ratio, parts.map { ($0.0 - ratio * $0.1) / mean })
  }
}

extension QueueTally {
  /// Adds what `other` counted.
  static func += (sum: inout QueueTally, other: QueueTally) {
    sum.offered += other.offered
    sum.answered += other.answered
    sum.answeredInTime += other.answeredInTime
    sum.delayed += other.delayed
    sum.shortAbandoned += other.shortAbandoned
    sum.abandoned += other.abandoned
    sum.abandonedInTime += other.abandonedInTime
    sum.blocked += other.blocked
    sum.sentAway += other.sentAway
    sum.outOfHours += other.outOfHours
    sum.voicemail += other.voicemail
    sum.callBacks += other.callBacks
    sum.waitAnswered += other.waitAnswered
    sum.wait += other.wait
    sum.refusedRing += other.refusedRing
    sum.offers += other.offers
    sum.refusedOffers += other.refusedOffers
    sum.refusedCalls += other.refusedCalls
    sum.talk += other.talk
    sum.dropped += other.dropped
    sum.transfers += other.transfers
  }
}
