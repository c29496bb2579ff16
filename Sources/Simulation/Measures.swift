import Base
import Measures
public import Stochastics

/// What is reported of calls. Each is a ratio of two things counted; the ratio of their means is
/// estimated over replications or batches.
public enum CallMeasure: Int, CaseIterable, Sendable {
  /// Answered within the threshold of all offered.
  case negativeAbandon
  /// Answered or abandoned within the threshold of all offered.
  case positiveAbandon
  /// Answered within the threshold of those offered who did not abandon within it.
  case withoutAbandon
  /// Answered within the threshold of those answered.
  case handledOnly
  /// Mean wait of those answered, ring time included; seconds.
  case averageSpeedOfAnswer
  /// Mean wait of all let in; seconds.
  case meanWait
  /// Share not answered at once.
  case probabilityOfWait
  /// Share who gave up.
  case abandonment
  /// Share turned away at the door.
  case blocking
  /// Share refused after having waited, by a limit of the queue.
  case sentAway
  /// Share sent to voicemail in office hours, by a limit of the queue.
  case voicemail
  /// Share who agreed to be called back.
  case callBacks
  /// Share of offers refused.
  case refusedOffers
  /// Share of callers refused at least once.
  case refusedCalls
  /// Time per caller that phones rang without being picked up; seconds.
  case refusedRing
  /// Talk and hold per call answered; seconds.
  case averageTalk
  /// Share of answered calls handed on.
  case transfers
  /// Share of answered calls whose line was lost.
  case dropped

  /// Numerator and denominator in a tally.
  func parts(_ tally: QueueTally) -> (Double, Double) {
    let offered = Double(tally.offered)
    let answered = Double(tally.answered)
    return switch self {
    case .negativeAbandon: tally.callers.serviceLevel(.negativeAbandon).parts
    case .positiveAbandon: tally.callers.serviceLevel(.positiveAbandon).parts
    case .withoutAbandon: tally.callers.serviceLevel(.withoutAbandon).parts
    case .handledOnly: tally.callers.serviceLevel(.handledOnly).parts
    case .averageSpeedOfAnswer: tally.callers.averageSpeedOfAnswer.parts
    case .meanWait: (tally.wait.seconds, offered - Double(tally.blocked))
    case .probabilityOfWait: (Double(tally.delayed), offered)
    case .abandonment: tally.callers.abandonment.parts
    case .blocking: (Double(tally.blocked), offered)
    case .sentAway: (Double(tally.sentAway), offered)
    case .voicemail: (Double(tally.voicemail), offered)
    case .callBacks: (Double(tally.callBacks), offered)
    case .refusedOffers: (Double(tally.refusedOffers), Double(tally.offers))
    case .refusedCalls: (Double(tally.refusedCalls), offered)
    case .refusedRing: (tally.refusedRing.seconds, offered)
    case .averageTalk: (tally.talk.seconds, answered)
    case .transfers: (Double(tally.transfers), answered)
    case .dropped: (Double(tally.dropped), answered)
    }
  }

  /// Whether it is a share; else it is in seconds.
  public var isShare: Bool {
    switch self {
    case .averageSpeedOfAnswer, .meanWait, .refusedRing, .averageTalk: false
    case .negativeAbandon, .positiveAbandon, .withoutAbandon, .handledOnly, .probabilityOfWait,
      .abandonment, .blocking, .sentAway, .voicemail, .callBacks, .refusedOffers, .refusedCalls,
      .transfers, .dropped:
      true
    }
  }
}

/// The measures of some calls: of a queue, of an interval, or of all.
public struct CallFigures: Equatable, Sendable {
  /// Calls offered per replication or batch.
  public private(set) var offered = Moments()
  /// Callers who came out of hours and got no further, per replication or batch.
  public private(set) var outOfHours = Moments()
  private var ratios = Array(repeating: RatioEstimator(), count: CallMeasure.allCases.count)

  /// Nothing yet.
  init() {}

  mutating func add(_ tally: QueueTally) {
    offered.add(Double(tally.offered))
    outOfHours.add(Double(tally.outOfHours))
    for measure in CallMeasure.allCases {
      let (numerator, denominator) = measure.parts(tally)
      ratios[measure.rawValue].add(numerator, over: denominator)
    }
  }

  /// A measure with its confidence interval.
  public func estimate(_ measure: CallMeasure, confidence: Double = 0.95) -> Estimate {
    ratios[measure.rawValue].estimate(confidence: confidence)
  }
}

extension Share {
  /// Numerator and denominator, for estimates of a ratio.
  fileprivate var parts: (Double, Double) { (Double(part), Double(whole)) }
}

extension MeanSpan {
  /// Numerator and denominator, for estimates of a mean in seconds.
  fileprivate var parts: (Double, Double) { (total.seconds, Double(count)) }
}

/// The measures of one rep.
public struct AgentFigures: Equatable, Sendable {
  /// Calls answered per replication or batch.
  public private(set) var answered = Moments()
  private var occupancyRatio = RatioEstimator()
  private var refusedRatio = RatioEstimator()

  /// Nothing yet.
  init() {}

  mutating func add(_ tally: AgentTally) {
    answered.add(Double(tally.answered))
    let (busy, all) = tally.times.occupancy.parts
    occupancyRatio.add(busy, over: all)
    refusedRatio.add(Double(tally.refused), over: Double(tally.offers))
  }

  /// Share of ready time spent busy.
  public func occupancy(confidence: Double = 0.95) -> Estimate {
    occupancyRatio.estimate(confidence: confidence)
  }

  /// Share of offers refused.
  public func refused(confidence: Double = 0.95) -> Estimate {
    refusedRatio.estimate(confidence: confidence)
  }
}
