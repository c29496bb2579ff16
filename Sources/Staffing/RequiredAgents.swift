public import Stochastics

/// What a team must achieve.
public struct StaffingTarget: Equatable, Sendable {
  /// Answered within `seconds` of all offered, at least this share.
  public var serviceLevel: (share: Double, seconds: Double)?
  /// Mean wait of those answered at most, in seconds.
  public var averageSpeedOfAnswer: Double?
  /// Share of callers who give up at most.
  public var abandonment: Double?
  /// Share of their time that reps are busy at most.
  public var occupancy: Double?

  /// No target at all: one agent meets it, if the model has an answer for one.
  public init() {}

  /// Whether `performance`, computed with the threshold of ``serviceLevel``, meets every part.
  public func isMet(by performance: QueuePerformance) -> Bool {
    if let target = serviceLevel, performance.serviceLevels.negativeAbandon < target.share {
      return false
    }
    if let limit = averageSpeedOfAnswer, performance.averageSpeedOfAnswer > limit { return false }
    if let limit = abandonment, performance.probabilityOfAbandonment > limit { return false }
    if let limit = occupancy, performance.occupancy > limit { return false }
    return true
  }

  /// Whether both ask for the same.
  public static func == (a: StaffingTarget, b: StaffingTarget) -> Bool {
    a.serviceLevel?.share == b.serviceLevel?.share
      && a.serviceLevel?.seconds == b.serviceLevel?.seconds
      && a.averageSpeedOfAnswer == b.averageSpeedOfAnswer && a.abandonment == b.abandonment
      && a.occupancy == b.occupancy
  }
}

/// The least number of agents that meets a target.
public enum RequiredAgents {
  /// More agents than this are not tried.
  public static let limit = 1_000_000

  /// Agents that must be at work.
  /// - Parameter patience: ``Distribution/never`` for Erlang C.
  /// - Throws: ``StaffingError/unattainable(limit:)``
  /// - Complexity: O(log n) evaluations of the model around the square-root rule.
  public static func agents(
    for work: Workload, patience: Distribution, target: StaffingTarget
  ) throws(StaffingError) -> Int {
    func isEnough(_ agents: Int) -> Bool {
      guard let performance = try? performance(work, agents, patience, target) else { return false }
      return target.isMet(by: performance)
    }
    // Every measure improves with each further agent: widen a bracket around the seed, then bisect.
    var high = min(limit, squareRootSeed(load: work.load, beta: 0.5))
    var step = max(1, high / 16)
    while !isEnough(high) {
      if high == limit { throw .unattainable(limit: limit) }
      high = min(limit, high + step)
      step *= 2
    }
    var low = 0
    step = 1
    while high - step > 0, isEnough(high - step) {
      high -= step
      step *= 2
    }
    low = max(0, high - step)
    while high - low > 1 {
      let middle = (low + high) / 2
      if isEnough(middle) { high = middle } else { low = middle }
    }
    return high
  }

  private static func performance(
    _ work: Workload, _ agents: Int, _ patience: Distribution, _ target: StaffingTarget
  ) throws(StaffingError) -> QueuePerformance {
    let threshold = target.serviceLevel?.seconds ?? 20
    if patience == .never {
      return try ErlangC(work, agents: agents).performance(threshold: threshold)
    }
    return AbandonmentQueue(work, agents: agents, patience: patience)
      .performance(threshold: threshold)
  }

  /// The square-root rule: load + beta sqrt(load), at least 1.
  ///
  /// Source: Halfin and Whitt (1981); Garnett, Mandelbaum, Reiman, "Designing a call center with
  /// impatient customers", M&SOM 4 (2002). Good to start a search from, not as a result.
  public static func squareRootSeed(load: Double, beta: Double) -> Int {
    max(1, Int((load + beta * load.squareRoot()).rounded(.up)))
  }

  /// The probability of wait that the square-root rule aims at, in the limit of large teams.
  ///
  /// Source: Garnett, Mandelbaum, Reiman (2002), theorem 4.
  /// - Parameter patience: Mean patience, in seconds.
  public static func squareRootProbabilityOfWait(
    beta: Double, handleTime: Double, patience: Double
  ) -> Double {
    func hazard(_ x: Double) -> Double { Special.normalDensity(x) / Special.normalCDF(-x) }
    let ratio = (handleTime / patience).squareRoot()
    return 1 / (1 + ratio * hazard(beta / ratio) / hazard(-beta))
  }

  /// How many must be employed so that `agents` are at work.
  /// - Parameter shrinkage: Share of paid time away from the phones: 0 to below 1.
  public static func scheduled(_ agents: Int, shrinkage: Double) -> Int {
    // 14 / (1 - 0.3) is 20, whatever the last bit of the quotient says.
    Int((Double(agents) / (1 - shrinkage) - 1e-9).rounded(.up))
  }
}
