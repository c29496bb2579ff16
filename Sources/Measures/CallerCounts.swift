public import Base

/// What became of callers, from their point of view: the clock of each starts when the caller arrives, and goes on
/// over all queues until the call is answered or given up. Ring time is waiting, credit is not.
///
/// Short abandons and callers turned away at the door count neither as offered nor as abandoned. Who is still
/// there, sent to voicemail or called back is offered.
public struct CallerCounts: Equatable, Sendable, BitwiseCopyable {
  /// O: offered.
  public var offered: Int64 = 0
  /// A: answered.
  public var answered: Int64 = 0
  /// A_T: answered within the threshold T.
  public var answeredInTime: Int64 = 0
  /// B: abandoned.
  public var abandoned: Int64 = 0
  /// B_T: abandoned within the threshold T.
  public var abandonedInTime: Int64 = 0
  /// Waits of those answered, together.
  public var waitOfAnswered: TimeSpan = .zero

  /// Nobody.
  public init() {}

  /// The service level within T.
  public func serviceLevel(_ variant: ServiceLevel) -> Share {
    switch variant {
    case .negativeAbandon: Share(answeredInTime, of: offered)
    case .positiveAbandon: Share(answeredInTime + abandonedInTime, of: offered)
    case .withoutAbandon: Share(answeredInTime, of: offered - abandonedInTime)
    case .handledOnly: Share(answeredInTime, of: answered)
    }
  }

  /// ASA: the mean wait, ring time included, of those answered.
  public var averageSpeedOfAnswer: MeanSpan { MeanSpan(waitOfAnswered, over: answered) }

  /// The share of those offered who gave up.
  public var abandonment: Share { Share(abandoned, of: offered) }
}

/// The four ways in which the field counts those who give up towards a service level.
///
/// Source: Cisco, "Unified CCX Report Reference" and "Unified ICM Reporting Guide": service level type "ignore
/// abandoned calls", "abandoned calls have negative impact", "... positive impact".
public enum ServiceLevel: CaseIterable, Sendable {
  /// A_T / O: who gives up counts against it.
  case negativeAbandon
  /// (A_T + B_T) / O: who gives up within T counts for it.
  case positiveAbandon
  /// A_T / (O - B_T): who gives up within T does not count.
  case withoutAbandon
  /// A_T / A: only who is answered counts.
  case handledOnly
}

extension CallerCounts {
  /// One more caller was answered, `wait` after arrival, where `threshold` is in time.
  public mutating func addAnswered(after wait: TimeSpan, within threshold: TimeSpan) {
    offered += 1
    answered += 1
    waitOfAnswered += wait
    if wait <= threshold { answeredInTime += 1 }
  }

  /// One more caller gave up, `wait` after arrival, which was no short abandon.
  public mutating func addAbandoned(after wait: TimeSpan, within threshold: TimeSpan) {
    offered += 1
    abandoned += 1
    if wait <= threshold { abandonedInTime += 1 }
  }
}
