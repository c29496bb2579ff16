/// A column of a report: what stands in the rows of its replies, in this order. Where there is no data the option is
/// left out.
public protocol ReportColumn: RawRepresentable, CaseIterable, Sendable where RawValue == String {
  /// What it says, with its unit.
  var meaning: String { get }
}

/// The columns of `report.performance`: a row for each rep, and for each interval if asked for.
public enum PerformanceColumn: String, ReportColumn {
  case start, agent, offered, answered
  case refusedOffers = "refused-offers"
  case refusedRate = "refused-rate"
  case explained, explanations
  case refusedCalls = "refused-calls"
  case noAnswer = "no-answer"
  case ignored
  case wentNotReady = "went-not-ready"
  case unreachable
  case lostRace = "lost-race"
  case callerAbandoned = "caller-abandoned"
  case withdrawn, ringing
  case answeredWithinRings = "answered-within-rings"
  case handled, taken
  case talkAndHold = "talk-and-hold"
  case hold, consulting, outbound
  case wrapUp = "wrap-up"
  case readyIdle = "ready-idle"
  case readyRinging = "ready-ringing"
  case notReady = "not-ready"
  case notReadyByReason = "not-ready-by-reason"
  case occupancy
  case averageHandleTime = "average-handle-time"
  case outboundHandleTime = "outbound-average-handle-time"
  case transfers
  case preventedBlindTransfers = "prevented-blind-transfers"
  case outboundGranted = "outbound-granted"
  case outboundRefused = "outbound-refused"
  case undocumented

  /// What it says, with its unit.
  public var meaning: String {
    switch self {
    case .start: "when the interval begins; without interval= left out"
    case .agent: "the rep"
    case .offered: "offers made to the rep: the sum of the outcomes below, and of ringing"
    case .answered: "offers answered"
    case .refusedOffers: "no answer, ignored and went not ready together"
    case .refusedRate: "refused-offers of offered"
    case .explained: "of these, explained by the rep (offer.explain)"
    case .explanations:
      "offer:reason of these, separated by semicolons, the first thousand characters"
    case .refusedCalls: "distinct calls refused at least once"
    case .noAnswer: "the ring time passed"
    case .ignored: "the button was pressed"
    case .wentNotReady: "the rep went not ready while the phone rang"
    case .unreachable: "the phone could not be reached; not refused"
    case .lostRace: "somebody else answered first; not refused"
    case .callerAbandoned: "the caller gave up; not refused"
    case .withdrawn: "taken back by the system or a lead; not refused"
    case .ringing: "ringing still"
    case .answeredWithinRings: "answered within the queue's target-rings"
    case .handled: "inbound calls that the rep began to talk to, and calls taken over"
    case .taken: "of these, taken over from a colleague"
    case .talkAndHold: "seconds with callers, hold included"
    case .hold: "seconds of it with the caller on hold"
    case .consulting: "seconds talking to a colleague about a caller"
    case .outbound: "seconds on calls out, from dialling on"
    case .wrapUp: "seconds of after-call work"
    case .readyIdle: "seconds ready and free, resting included"
    case .readyRinging: "seconds ready while the phone rang"
    case .notReady: "seconds not ready and idle"
    case .notReadyByReason: "reason:seconds, separated by commas, of not-ready"
    case .occupancy:
      "busy of busy and ready: talk, hold, consulting, outbound and wrap-up of these and ready-idle and ready-ringing"
    case .averageHandleTime:
      "seconds of talk, hold and wrap-up a call handled, of those that are over"
    case .outboundHandleTime: "the same of calls out, from dialling on"
    case .transfers: "callers handed to a colleague or outside"
    case .preventedBlindTransfers: "callers not released unannounced"
    case .outboundGranted: "calls out granted"
    case .outboundRefused: "calls out refused"
    case .undocumented: "calls the rep left without the write-up that is required"
    }
  }
}

/// The columns of `report.queue`: a row for each queue that callers entered, and for each interval if asked for.
public enum QueueColumn: String, ReportColumn {
  case start, queue, entered, offered, answered, abandoned
  case shortAbandoned = "short-abandoned"
  case turnedAway = "turned-away"
  case exits
  case stillThere = "still-there"
  case threshold
  case negativeAbandon = "service-level-negative-abandon"
  case positiveAbandon = "service-level-positive-abandon"
  case withoutAbandon = "service-level-without-abandon"
  case handledOnly = "service-level-handled-only"
  case averageSpeedOfAnswer = "average-speed-of-answer"
  case longestAnsweredWait = "longest-answered-wait"
  case abandonmentRate = "abandonment-rate"
  case visitServiceLevel = "visit-service-level-negative-abandon"
  case visitAverageSpeedOfAnswer = "visit-average-speed-of-answer"
  case offers
  case refusedOffers = "refused-offers"
  case refusedCalls = "refused-calls"

  /// What it says, with its unit.
  public var meaning: String {
    switch self {
    case .start: "when the interval begins; without interval= left out"
    case .queue: "the queue"
    case .entered: "stays begun: offered, short-abandoned and turned-away together"
    case .offered: "O: callers who were let in and did not give up at once"
    case .answered: "A: answered in this queue"
    case .abandoned: "B: gave up in this queue"
    case .shortAbandoned: "gave up within short-abandon of their arrival; counted as nothing else"
    case .turnedAway: "turned away at the door: closed, full, nobody there"
    case .exits:
      "went elsewhere after having waited: overflow, voicemail, call-back, ended by a lead"
    case .stillThere: "in line or ringing"
    case .threshold: "T of the service levels, in seconds"
    case .negativeAbandon: "A_T/O, from arrival over all queues"
    case .positiveAbandon: "(A_T+B_T)/O, from arrival over all queues"
    case .withoutAbandon: "A_T/(O-B_T), from arrival over all queues"
    case .handledOnly: "A_T/A, from arrival over all queues"
    case .averageSpeedOfAnswer: "seconds from arrival to answer, ring time included"
    case .longestAnsweredWait: "the longest of these"
    case .abandonmentRate: "B/O"
    case .visitServiceLevel: "A_T/O by the clock of the stay in this queue"
    case .visitAverageSpeedOfAnswer: "seconds from entering this queue to answer"
    case .offers: "offers made to reps"
    case .refusedOffers: "of these, refused"
    case .refusedCalls: "distinct calls refused at least once"
    }
  }
}

/// The columns of `report.calls`: a row for each call, newest first.
public enum CallColumn: String, ReportColumn {
  case call, direction, queue, from, to, name, agent, purpose, arrived, answered, ended
  case endReason = "end-reason"
  case offers
  case refusedOffers = "refused-offers"
  case holds, hold, transfers, undocumented, client, order
  case callBack = "call-back"
  case category, disposition, notes

  /// What it says, with its unit.
  public var meaning: String {
    switch self {
    case .call: "the call"
    case .direction: "inbound or outbound"
    case .queue: "the queue it asked for"
    case .from: "the caller's number"
    case .to: "the number dialled"
    case .name: "the caller's name"
    case .agent: "the rep who held it last"
    case .purpose: "why it was placed"
    case .arrived: "when it came, or was placed"
    case .answered: "when somebody answered"
    case .ended: "when it ended"
    case .endReason: "how it ended"
    case .offers: "offers made to reps"
    case .refusedOffers: "of these, refused"
    case .holds: "how often it was on hold"
    case .hold: "seconds on hold"
    case .transfers: "how often it was handed on"
    case .undocumented: "yes: the write-up that is required is missing; else no"
    case .client, .order, .callBack, .category, .disposition, .notes: "of the write-up"
    }
  }
}

/// The columns of `call-back.list`: a row for each caller who is owed a call-back, longest owed first.
public enum CallBackColumn: String, ReportColumn {
  case call, queue, number, name, client, promised

  /// What it says, with its unit.
  public var meaning: String {
    switch self {
    case .call: "the call in which it was promised"
    case .queue: "the queue it asked for"
    case .number: "the number to call: as agreed, else the caller's"
    case .name: "the caller's name"
    case .client: "of the write-up"
    case .promised: "when it was promised"
    }
  }
}
