/// The Erlang loss system M/G/n/n: callers who find all agents busy are lost.
public enum ErlangB {
  /// The share of callers lost.
  ///
  /// Source: Erlang (1917); recursion 1/B(k) = 1 + (k/a) / B(k-1), which neither overflows for large
  /// `agents` nor cancels. A blocking below 1e-308 is given as 0.
  /// - Complexity: O(agents)
  public static func blocking(agents: Int, load: Double) -> Double {
    1 / inverseBlocking(agents: agents, load: load)
  }

  /// The inverse of the blocking; infinite when that is below 1e-308.
  static func inverseBlocking(agents: Int, load: Double) -> Double {
    if load == 0 { return agents == 0 ? 1 : .infinity }
    var inverse = 1.0
    for k in 0..<agents {
      inverse = 1 + Double(k + 1) / load * inverse
      if inverse == .infinity { return inverse }
    }
    return inverse
  }

  /// What callers and agents experience; nobody waits.
  public static func performance(_ work: Workload, agents: Int) -> QueuePerformance {
    let lost = blocking(agents: agents, load: work.load)
    return QueuePerformance(
      probabilityOfWait: 0, probabilityOfAbandonment: 0, averageSpeedOfAnswer: 0, meanWait: 0,
      serviceLevels: ServiceLevels(
        answeredInTime: 1 - lost, abandonedInTime: 0, answered: 1 - lost),
      occupancy: work.load * (1 - lost) / Double(agents), meanQueueLength: 0, blocking: lost)
  }
}
