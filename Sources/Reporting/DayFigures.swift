import Base
import Measures

/// The figures of a rep that are kept of a day in an archive file; raw values are columns. New ones are added at the
/// end: records have them in this order.
enum RepFigure: String, CaseIterable {
  case offered
  case answered
  case refused
  case refusedCalls = "refused_calls"
  case noAnswer = "no_answer"
  case ignored
  case wentNotReady = "went_not_ready"
  case unreachable
  case lostRace = "lost_race"
  case callerAbandoned = "caller_abandoned"
  case withdrawn
  case ringing
  case answeredWithinRings = "answered_within_rings"
  case explained
  case handled
  case taken
  case handledOver = "handled_over"
  case handleTime = "handle_us"
  case outboundOver = "outbound_over"
  case outboundHandleTime = "outbound_handle_us"
  case talkTime = "talk_us"
  case holdTime = "hold_us"
  case consultTime = "consult_us"
  case outboundTime = "outbound_us"
  case wrapUpTime = "wrap_up_us"
  case idleTime = "idle_us"
  case ringTime = "ring_us"
  case transfers
  case preventedBlindTransfers = "prevented_blind_transfers"
  case outboundGranted = "outbound_granted"
  case outboundRefused = "outbound_refused"
  case undocumented

  /// Where it stands in a report.
  var place: WritableKeyPath<RepPerformance, Int64> {
    switch self {
    case .offered: \.offers.offered
    case .answered: \.offers.answered
    case .refused: \.offers.refused
    case .refusedCalls: \.offers.refusedCalls
    case .noAnswer: \.offers.noAnswer
    case .ignored: \.offers.ignored
    case .wentNotReady: \.offers.wentNotReady
    case .unreachable: \.offers.unreachable
    case .lostRace: \.offers.lostRace
    case .callerAbandoned: \.offers.callerAbandoned
    case .withdrawn: \.offers.withdrawn
    case .ringing: \.offers.ringing
    case .answeredWithinRings: \.offers.answeredWithinRings
    case .explained: \.offers.explained
    case .handled: \.handled
    case .taken: \.taken
    case .handledOver: \.handling.calls
    case .handleTime: \.handling.time.microseconds
    case .outboundOver: \.outboundHandling.calls
    case .outboundHandleTime: \.outboundHandling.time.microseconds
    case .talkTime: \.times.talking.microseconds
    case .holdTime: \.times.holding.microseconds
    case .consultTime: \.times.consulting.microseconds
    case .outboundTime: \.times.outbound.microseconds
    case .wrapUpTime: \.times.wrapUp.microseconds
    case .idleTime: \.times.idle.microseconds
    case .ringTime: \.times.ringing.microseconds
    case .transfers: \.transfers
    case .preventedBlindTransfers: \.preventedBlindTransfers
    case .outboundGranted: \.outboundGranted
    case .outboundRefused: \.outboundRefused
    case .undocumented: \.undocumented
    }
  }
}

/// The figures of a queue that are kept of a day in an archive file; raw values are columns. New ones are added at the
/// end: records have them in this order.
enum QueueFigure: String, CaseIterable {
  case entered
  case offered
  case answered
  case answeredInTime = "answered_in_time"
  case abandoned
  case abandonedInTime = "abandoned_in_time"
  case waitOfAnswered = "wait_of_answered_us"
  case shortAbandoned = "short_abandoned"
  case turnedAway = "turned_away"
  case exits
  case stillThere = "still_there"
  case threshold = "threshold_us"
  case longestAnsweredWait = "longest_answered_wait_us"
  case visitsOffered = "visits_offered"
  case visitsAnswered = "visits_answered"
  case visitsAnsweredInTime = "visits_answered_in_time"
  case visitsAbandoned = "visits_abandoned"
  case visitsAbandonedInTime = "visits_abandoned_in_time"
  case stayOfAnswered = "stay_of_answered_us"
  case offers
  case refusedOffers = "refused_offers"
  case refusedCalls = "refused_calls"

  /// Whether days together have the greatest of theirs, and not the sum.
  var isGreatest: Bool { self == .threshold || self == .longestAnsweredWait }

  /// Where it stands in a report.
  var place: WritableKeyPath<QueuePerformance, Int64> {
    switch self {
    case .entered: \.entered
    case .offered: \.callers.offered
    case .answered: \.callers.answered
    case .answeredInTime: \.callers.answeredInTime
    case .abandoned: \.callers.abandoned
    case .abandonedInTime: \.callers.abandonedInTime
    case .waitOfAnswered: \.callers.waitOfAnswered.microseconds
    case .shortAbandoned: \.shortAbandoned
    case .turnedAway: \.turnedAway
    case .exits: \.exits
    case .stillThere: \.stillThere
    case .threshold: \.threshold.microseconds
    case .longestAnsweredWait: \.longestAnsweredMicroseconds
    case .visitsOffered: \.visits.offered
    case .visitsAnswered: \.visits.answered
    case .visitsAnsweredInTime: \.visits.answeredInTime
    case .visitsAbandoned: \.visits.abandoned
    case .visitsAbandonedInTime: \.visits.abandonedInTime
    case .stayOfAnswered: \.visits.waitOfAnswered.microseconds
    case .offers: \.offers
    case .refusedOffers: \.refusedOffers
    case .refusedCalls: \.refusedCalls
    }
  }

  /// The figure of several days, of two of them.
  func combine(_ a: Int64, _ b: Int64) -> Int64 { isGreatest ? max(a, b) : a + b }
}

extension QueuePerformance {
  /// The longest wait of those answered; -1: nobody was.
  fileprivate var longestAnsweredMicroseconds: Int64 {
    get { longestAnsweredWait?.microseconds ?? -1 }
    set { longestAnsweredWait = newValue < 0 ? nil : .microseconds(newValue) }
  }
}

extension RepPerformance {
  /// Adds time not ready for `reason`.
  mutating func addNotReady(_ reason: String, _ time: TimeSpan) {
    if let place = notReady.firstIndex(where: { $0.reason == reason }) {
      notReady[place].time += time
    } else {
      notReady.append(.init(reason: reason, time: time))
      notReady.sort { $0.reason < $1.reason }
    }
  }
}
