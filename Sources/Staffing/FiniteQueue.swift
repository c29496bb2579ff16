/// The system M/M/n/K+M: as Erlang A, with room for `places` callers, in service and in line.
///
/// Source: the birth-death equations; Whitt, "Engineering solution of a basic call-center model",
/// Management Science 51 (2005).
public enum FiniteQueue {
  /// What callers and agents experience. Waits are those of callers let in; the service levels are
  /// not computed and not a number.
  /// - Parameter patience: Mean patience, in seconds; infinite: nobody gives up.
  /// - Complexity: O(places)
  public static func performance(
    _ work: Workload, agents: Int, places: Int, patience: Double
  ) -> QueuePerformance {
    // Probabilities relative to "all busy, nobody in line".
    let inverse = ErlangB.inverseBlocking(agents: agents, load: work.load)
    let service = Double(agents) / work.handleTime
    var (term, total, inLine) = (1.0, inverse, 0.0)
    var busy = places > agents ? 1.0 : 0
    for waiting in 1...max(1, places - agents) where waiting <= places - agents {
      term *= work.arrivalRate / (service + Double(waiting) / patience)
      total += term
      inLine += Double(waiting) * term
      if waiting < places - agents { busy += term }
    }
    let blocking = term / total
    let letIn = 1 - blocking
    let queue = inLine / total
    let abandoned = queue / patience / work.arrivalRate
    return QueuePerformance(
      probabilityOfWait: busy / total / letIn, probabilityOfAbandonment: abandoned,
      averageSpeedOfAnswer: .nan, meanWait: queue / work.arrivalRate / letIn,
      serviceLevels: ServiceLevels(answeredInTime: .nan, abandonedInTime: .nan, answered: .nan),
      occupancy: work.load * (letIn - abandoned) / Double(agents), meanQueueLength: queue,
      blocking: blocking)
  }
}
