public import Stochastics

/// The system M/M/n+G: callers wait until they lose patience. With exponential patience it is
/// Erlang A (Palm's model).
///
/// Source: Baccelli and Hebuterne, "On queues with impatient customers" (1981); Zeltyn and
/// Mandelbaum, "Call centers with impatient customers: many-server asymptotics of the M/M/n+G
/// queue", Queueing Systems 51 (2005), section 4. With H(x) the mean of min(patience, x) and
/// f(x) = exp(arrivalRate H(x) - agents / handleTime x), the offered wait of a caller has density
/// arrivalRate f(x) / D for x > 0, where D = 1/B(agents - 1) + arrivalRate times the integral of f.
/// Everything below is an integral of positive terms against that density, so nothing cancels.
public struct AbandonmentQueue: Sendable {
  /// The calls.
  public let work: Workload
  /// The agents.
  public let agents: Int
  /// How long callers are willing to wait, in seconds.
  public let patience: Distribution

  /// Where f is greatest, and the logarithm of its value there.
  private let peak: Double
  private let logPeak: Double
  /// Where f is negligible.
  private let end: Double
  /// D, divided by the peak of f.
  private var denominator = 0.0

  /// - Parameter patience: Not ``Distribution/never``; that is Erlang C.
  public init(_ work: Workload, agents: Int, patience: Distribution) {
    self.work = work
    self.agents = agents
    self.patience = patience
    let rate = work.arrivalRate
    let service = Double(agents) / work.handleTime
    func logDensity(_ x: Double) -> Double { rate * patience.meanUpTo(x) - service * x }
    peak = Self.peak(patience, share: service / rate)
    logPeak = logDensity(peak)
    var end = max(peak, work.handleTime / Double(agents))
    while logDensity(end) - logPeak > -60 { end *= 1.5 }
    self.end = end
    let inverse = ErlangB.inverseBlocking(agents: agents - 1, load: work.load)
    let whole = rate * integral { _ in 1 }
    denominator = inverse * Elementary.exp(-logPeak) + whole
  }

  /// Where a share `share` of callers has not lost patience yet; 0 if that is all of them.
  private static func peak(_ patience: Distribution, share: Double) -> Double {
    if share >= 1 { return 0 }
    var (low, high) = (0.0, 1.0)
    while patience.survival(high) > share { (low, high) = (high, high * 2) }
    for _ in 0..<200 where high - low > 1e-15 * high {
      let middle = (low + high) / 2
      if patience.survival(middle) > share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The integral of `weight` times f over offered waits above `start`, divided by the peak of f.
  private func integral(
    from start: Double = 0, cut: Double? = nil, _ weight: (Double) -> Double
  ) -> Double {
    if start >= end { return 0 }
    let inner = ([peak] + patience.kinks + (cut.map { [$0] } ?? []))
      .filter { start < $0 && $0 < end }
    // Near zero the density may fall off much faster than it does later.
    let first = start + min(end - start, work.handleTime / Double(agents))
    let points = ([start, end, first] + inner).sorted()
    let (rate, service) = (work.arrivalRate, Double(agents) / work.handleTime)
    return Quadrature.integrate(points) { x in
      weight(x) * Elementary.exp(rate * patience.meanUpTo(x) - service * x - logPeak)
    }
  }

  /// The mean of `weight(offered wait)` over callers who find all agents busy, times their share.
  private func expectation(
    from start: Double = 0, cut: Double? = nil, _ weight: (Double) -> Double
  ) -> Double {
    work.arrivalRate * integral(from: start, cut: cut, weight) / denominator
  }

  /// Share of callers who are not answered at once.
  public var probabilityOfWait: Double { expectation { _ in 1 } }

  /// Share of callers who give up.
  public var probabilityOfAbandonment: Double { expectation { 1 - patience.survival($0) } }

  /// The share of callers who wait longer than `seconds`, answered or not.
  public func waitExceeds(_ seconds: Double) -> Double {
    patience.survival(seconds) * expectation(from: seconds) { _ in 1 }
  }

  /// The wait that a share `p` of callers does not exceed, in seconds.
  public func waitQuantile(_ p: Double) -> Double {
    if p <= 1 - probabilityOfWait { return 0 }
    var (low, high) = (0.0, end)
    for _ in 0..<100 where high - low > 1e-9 * high {
      let middle = (low + high) / 2
      if waitExceeds(middle) > 1 - p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// What callers and agents experience.
  public func performance(threshold: Double) -> QueuePerformance {
    let wait = probabilityOfWait
    let abandoned = probabilityOfAbandonment
    let meanWait = expectation { patience.meanUpTo($0) }
    let waitAnswered = expectation { $0 * patience.survival($0) }
    let answeredLate = expectation(from: threshold) { patience.survival($0) }
    let abandonedInTime = expectation(cut: threshold) {
      1 - patience.survival(min($0, threshold))
    }
    let answered = 1 - abandoned
    return QueuePerformance(
      probabilityOfWait: wait, probabilityOfAbandonment: abandoned,
      averageSpeedOfAnswer: waitAnswered / answered, meanWait: meanWait,
      serviceLevels: ServiceLevels(
        answeredInTime: answered - answeredLate, abandonedInTime: abandonedInTime,
        answered: answered),
      occupancy: work.load * answered / Double(agents),
      meanQueueLength: work.arrivalRate * meanWait, blocking: 0)
  }
}
