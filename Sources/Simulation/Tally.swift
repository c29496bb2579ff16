import Base
public import Histogram
public import Measures
import Routing

/// What happened to the callers of one queue who came in one interval. Counts and microseconds, so
/// that adding up is exact in any order.
public struct QueueTally: Equatable, Sendable, BitwiseCopyable {
  /// Callers who asked for the queue while it was open, each attempt once.
  public var offered: Int64 = 0
  /// Answered by a rep.
  public var answered: Int64 = 0
  /// Answered within the threshold.
  public var answeredInTime: Int64 = 0
  /// Not answered at once: waited, or were rung for.
  public var delayed: Int64 = 0
  /// Gave up so soon that it counts for nothing; among ``offered`` here, and not in ``callers``.
  public var shortAbandoned: Int64 = 0
  /// Gave up, short abandons left out.
  public var abandoned: Int64 = 0
  /// Gave up within the threshold.
  public var abandonedInTime: Int64 = 0
  /// Turned away at the door.
  public var blocked: Int64 = 0
  /// Refused after having waited: a limit of the queue was reached.
  public var sentAway: Int64 = 0
  /// Sent to voicemail in office hours.
  public var voicemail: Int64 = 0
  /// Callers who came while the queue was closed and got no further; not among those offered.
  public var outOfHours: Int64 = 0
  /// Agreed to be called back.
  public var callBacks: Int64 = 0
  /// Waits of those answered.
  public var waitAnswered: TimeSpan = .zero
  /// Waits of all, whatever became of them.
  public var wait: TimeSpan = .zero
  /// Time that phones rang for callers without being picked up: what refusals cost them.
  public var refusedRing: TimeSpan = .zero
  /// Offers made.
  public var offers: Int64 = 0
  /// Offers refused.
  public var refusedOffers: Int64 = 0
  /// Callers refused at least once.
  public var refusedCalls: Int64 = 0
  /// Handle time of calls: talk and hold.
  public var talk: TimeSpan = .zero
  /// Calls whose line was lost.
  public var dropped: Int64 = 0
  /// Warm transfers completed, and consultations that came to nothing.
  public var transfers: Int64 = 0

  /// Nothing.
  public init() {}

  /// The callers as reports count them.
  public var callers: CallerCounts {
    var counts = CallerCounts()
    counts.offered = offered - blocked - shortAbandoned
    counts.answered = answered
    counts.answeredInTime = answeredInTime
    counts.abandoned = abandoned
    counts.abandonedInTime = abandonedInTime
    counts.waitOfAnswered = waitAnswered
    return counts
  }
}

/// What one rep did.
public struct AgentTally: Equatable, Sendable, BitwiseCopyable {
  /// Offers, by how they ended.
  public var offers: Int64 = 0
  /// Answered.
  public var answered: Int64 = 0
  /// Refused: not answered, ignored, or gone not ready.
  public var refused: Int64 = 0
  /// Time idle and ready.
  public var idle: TimeSpan = .zero
  /// Time the phone rang.
  public var ringing: TimeSpan = .zero
  /// Time on calls and consultations.
  public var talking: TimeSpan = .zero
  /// Time on calls out.
  public var outbound: TimeSpan = .zero
  /// After-call work.
  public var wrapUp: TimeSpan = .zero
  /// At work and not ready.
  public var notReady: TimeSpan = .zero

  /// Nothing.
  public init() {}

  /// The times as reports count them; hold and consulting are in talking here.
  public var times: RepTimes {
    var times = RepTimes()
    times.talking = talking
    times.outbound = outbound
    times.wrapUp = wrapUp
    times.idle = idle
    times.ringing = ringing
    return times
  }
}

/// What reps did together in one interval.
public struct TeamTally: Equatable, Sendable, BitwiseCopyable {
  /// Time ready or busy.
  public var staffed: TimeSpan = .zero
  /// Time on calls, calls out and after-call work.
  public var busy: TimeSpan = .zero

  /// Nothing.
  public init() {}
}

/// What calls out came to.
public struct OutboundTally: Equatable, Sendable, BitwiseCopyable {
  /// Items that arose.
  public var arisen: Int64 = 0
  /// Calls placed.
  public var placed: Int64 = 0
  /// Requests that had to wait for cover.
  public var waited: Int64 = 0
  /// Requests given up for lack of cover.
  public var expired: Int64 = 0
  /// Time between an item's arising and its being done.
  public var age: TimeSpan = .zero
  /// Items done.
  public var done: Int64 = 0

  /// Nothing.
  public init() {}
}

/// The result of one replication, or of one batch of a long run.
public struct Tally: Sendable {
  /// By queue, then by interval.
  public var queues: [[QueueTally]]
  /// By rep.
  public var agents: [AgentTally]
  /// By interval.
  public var team: [TeamTally]
  /// Time ready or busy after the last interval: calls finished after closing.
  public var overtime: TimeSpan = .zero
  /// Calls out.
  public var outbound = OutboundTally()
  /// Waits of those answered, in milliseconds.
  public var waits = Tally.emptyHistogram
  /// How long was simulated.
  public var duration: TimeSpan = .zero

  /// Waits from a millisecond to a day, to one part in a hundred.
  public static let emptyHistogram = Histogram<UInt64>(
    highestTrackableValue: 86_400_000, numberOfSignificantValueDigits: .two)

  /// Nothing has happened yet.
  init(queues: Int, agents: Int, intervals: Int) {
    self.queues = Array(
      repeating: Array(repeating: QueueTally(), count: intervals), count: queues)
    self.agents = Array(repeating: AgentTally(), count: agents)
    team = Array(repeating: TeamTally(), count: intervals)
  }
}
