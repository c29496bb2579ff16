/// Calls to be handled: how many, and how long each takes.
public struct Workload: Equatable, Sendable {
  /// Calls per second.
  public var arrivalRate: Double
  /// Mean handle time of a call, wrap-up included, in seconds.
  public var handleTime: Double

  /// `arrivalsPerHour` calls of `handleTime` seconds each. Both must be positive and finite.
  public init(arrivalsPerHour: Double, handleTime: Double) {
    self.arrivalRate = arrivalsPerHour / 3_600
    self.handleTime = handleTime
  }

  /// Work offered, in erlangs: the mean number of reps busy if nobody had to wait.
  public var load: Double { arrivalRate * handleTime }
}

/// The four definitions of service level in use, for one threshold T. All are shares of calls.
public struct ServiceLevels: Equatable, Sendable {
  /// Answered within T of all offered: who gives up counts against it.
  public var negativeAbandon: Double
  /// Answered or abandoned within T of all offered: who gives up early counts for it.
  public var positiveAbandon: Double
  /// Answered within T of those offered who did not abandon within T.
  public var withoutAbandon: Double
  /// Answered within T of those answered.
  public var handledOnly: Double

  /// From the shares of offered calls answered in T, abandoned in T, and answered at all.
  public init(answeredInTime: Double, abandonedInTime: Double, answered: Double) {
    negativeAbandon = answeredInTime
    positiveAbandon = answeredInTime + abandonedInTime
    withoutAbandon = abandonedInTime < 1 ? answeredInTime / (1 - abandonedInTime) : .nan
    handledOnly = answered > 0 ? answeredInTime / answered : .nan
  }
}

/// What callers and reps experience in the long run.
public struct QueuePerformance: Equatable, Sendable {
  /// Share of callers who are not answered at once.
  public var probabilityOfWait: Double
  /// Share of callers who give up.
  public var probabilityOfAbandonment: Double
  /// Mean wait of those answered, in seconds.
  public var averageSpeedOfAnswer: Double
  /// Mean wait of all callers let in, in seconds.
  public var meanWait: Double
  /// Service levels for the threshold asked for.
  public var serviceLevels: ServiceLevels
  /// Share of their time that reps are busy.
  public var occupancy: Double
  /// Mean number of callers in line.
  public var meanQueueLength: Double
  /// Share of callers who find no line.
  public var blocking: Double
}

/// Why a model has no answer.
public enum StaffingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// More work than reps, and nobody ever gives up: the line grows without end.
  case overload(load: Double, agents: Int)
  /// No number of reps up to `limit` meets the target.
  case unattainable(limit: Int)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .overload(let load, let agents):
      "\(agents) agents cannot carry \(load) erlang when nobody gives up: the line grows without end; "
        + "at least \(Int(load) + 1) agents are needed, or a model with patience (erlang-a)"
    case .unattainable(let limit):
      "no number of agents up to \(limit) meets the target"
    }
  }
}
