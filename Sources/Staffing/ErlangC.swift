import Stochastics

/// The delay system M/M/n: callers wait as long as it takes.
///
/// Source: Erlang (1917); Cooper, "Introduction to Queueing Theory" (2nd ed. 1981), section 3.4.
public struct ErlangC: Equatable, Sendable {
  /// The calls.
  public let work: Workload
  /// The agents.
  public let agents: Int
  /// Share of callers who wait.
  public let probabilityOfWait: Double

  /// - Throws: ``StaffingError/overload(load:agents:)`` when there is more work than agents.
  /// - Complexity: O(agents)
  public init(_ work: Workload, agents: Int) throws(StaffingError) {
    let load = work.load
    guard load < Double(agents) else { throw .overload(load: load, agents: agents) }
    self.work = work
    self.agents = agents
    // C = n B / (n - a (1 - B)), written with 1/B, which may be infinite for a light load.
    let inverse = ErlangB.inverseBlocking(agents: agents, load: load)
    probabilityOfWait = Double(agents) / ((Double(agents) - load) * inverse + load)
  }

  /// By how much calls can be answered faster than they come, per second.
  private var drain: Double { Double(agents) / work.handleTime - work.arrivalRate }

  /// Mean wait, in seconds.
  public var averageSpeedOfAnswer: Double { probabilityOfWait / drain }

  /// The share of callers who wait longer than `seconds`.
  public func waitExceeds(_ seconds: Double) -> Double {
    probabilityOfWait * Elementary.exp(-drain * seconds)
  }

  /// The wait that a share `p` of callers does not exceed, in seconds.
  public func waitQuantile(_ p: Double) -> Double {
    p <= 1 - probabilityOfWait ? 0 : Elementary.log(probabilityOfWait / (1 - p)) / drain
  }

  /// What callers and agents experience.
  public func performance(threshold: Double) -> QueuePerformance {
    QueuePerformance(
      probabilityOfWait: probabilityOfWait, probabilityOfAbandonment: 0,
      averageSpeedOfAnswer: averageSpeedOfAnswer, meanWait: averageSpeedOfAnswer,
      serviceLevels: ServiceLevels(
        answeredInTime: 1 - waitExceeds(threshold), abandonedInTime: 0, answered: 1),
      occupancy: work.load / Double(agents),
      meanQueueLength: work.arrivalRate * averageSpeedOfAnswer, blocking: 0)
  }
}
