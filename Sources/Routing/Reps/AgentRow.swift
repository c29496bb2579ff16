import Base

/// Whether a rep takes queue calls.
public enum Availability: UInt8, Sendable, BitwiseCopyable {
  /// Not at work.
  case loggedOut
  /// Takes queue calls.
  case ready
  /// At work, takes no queue calls.
  case notReady
}

/// What a rep is doing.
public enum Activity: UInt8, Sendable, BitwiseCopyable {
  /// Nothing.
  case idle
  /// The phone rings for a queue call.
  case offered
  /// Holds a connected inbound call.
  case talking
  /// Part of a consultation: as the holder of the call, or as its target.
  case consulting
  /// Places, or talks on, an outbound call.
  case outbound
  /// After-call work.
  case wrapUp
}

/// A ring attempt in progress.
public struct Offer: Equatable, Sendable, BitwiseCopyable {
  /// Its number.
  public var id: OfferID
  /// The call it is for.
  public var call: CallID
  /// The queue it comes from.
  public var queue: QueueID
  /// When the phone was asked to ring.
  public var offeredAt: Instant
  /// How long the phone rings.
  public var ringTimeout: TimeSpan
  /// When it will count as not answered.
  public var expiresAt: Instant
  /// Whether the feed has reported that the phone rings.
  public var isRinging = false
  /// Whether the phone rings shorter than it would by itself, because the caller's ring time ends: then
  /// letting it ring is no refusal.
  public var isCutShort = false
  /// The rep the rotation pointer stood on before.
  public var chosenAfter: AgentID?
}

/// One of the reasons why a rep takes no queue calls: a switch of its own, with an end of its own.
public struct NotReadySwitch: Equatable, Sendable, BitwiseCopyable {
  /// Why.
  public var reason: NotReadyReason
  /// The one queue it is about; `nil`: all of them.
  public var queue: QueueID?
  /// Until when; ``Instant/never``: until further notice.
  public var until: Instant
  /// Who set it: going ready takes away what the rep has set, not what a lead has.
  public var setBy: Initiator

  /// Of several, the one that is shown: for all queues, with the latest end, and of those that end together
  /// the one that was set last.
  static func shown(of switches: some Sequence<NotReadySwitch>) -> NotReadySwitch? {
    var shown: NotReadySwitch?
    for entry in switches where entry.queue == nil {
      if shown.map({ $0.until <= entry.until }) ?? true { shown = entry }
    }
    return shown
  }

  /// Whether `other` is about the same: of the two the later one counts.
  func isAbout(_ other: NotReadySwitch) -> Bool { queue == other.queue && reason == other.reason }
}

/// The hot state of one rep.
public struct AgentRow: Equatable, Sendable, BitwiseCopyable {
  /// Whether the rep takes queue calls.
  public internal(set) var availability = Availability.loggedOut
  /// Why not, while ``availability`` is `notReady`: of several reasons the one with the latest end.
  public internal(set) var reason = NotReadyReason.justLoggedIn
  /// Until when not, for ``reason``; ``Instant/never``: until further notice.
  public internal(set) var notReadyUntil = Instant.never
  /// Whether the rep takes no calls of some queue, or queues, apart from that.
  public internal(set) var isAwayFromQueues = false
  /// What the rep is doing.
  public internal(set) var activity = Activity.idle
  /// The phone rings for this.
  public internal(set) var offer: Offer?
  /// The call the rep holds.
  public internal(set) var call: CallID?
  /// As the target of a consultation: the rep who holds the call.
  public internal(set) var consultHolder: AgentID?
  /// No offers until then, after an unanswered one.
  public internal(set) var restUntil = Instant.distantPast
  /// The last login, end of a wrap-up or end of an offer: see ``IdleCounting``.
  public internal(set) var idleSince = Instant.distantPast
  /// When ``availability`` last changed.
  public internal(set) var availabilitySince = Instant.distantPast
  /// When ``activity`` last changed.
  public internal(set) var activitySince = Instant.distantPast
  /// Refused offers since the last answer.
  public internal(set) var consecutiveRefusals: UInt32 = 0
  /// Queue calls answered today.
  public internal(set) var callsToday: UInt32 = 0
  /// Talk time on queue calls today, hold included.
  public internal(set) var talkToday: TimeSpan = .zero
  /// The call being written up, while ``activity`` is `wrapUp`.
  public internal(set) var wrapUpCall: CallID?
  /// What its write-up has so far.
  public internal(set) var wrapUpFields: WriteUpFields = []
  /// Whether the call ended in this rep's hands, so that its write-up is this rep's to give.
  public internal(set) var owesWriteUp = false
  /// When the wrap-up ends by itself.
  public internal(set) var wrapUpUntil = Instant.never
  /// The time this wrap-up was extended by.
  public internal(set) var wrapUpExtended: TimeSpan = .zero
  /// What the telephony side has said of the rep's phone.
  public internal(set) var phone = PhoneState.up
  /// The telephony side whose phone it is.
  public internal(set) var feed = FeedID.unnamed
  /// Whether the phone can be rung: it is up, and its telephony side is there.
  public internal(set) var canRing = true

  /// When the rep began to be as now: to do what ``activity`` says, or else to be available or not.
  public var stateSince: Instant {
    activity == .idle ? max(activitySince, availabilitySince) : activitySince
  }

  /// The beginning of the present spell of idleness.
  func idleStart(counting: IdleCounting) -> Instant {
    switch counting {
    case .ready: max(idleSince, availabilitySince)
    case .sinceLastCall: idleSince
    }
  }

  /// Ready, idle and rested, with a phone that can ring: can be offered calls of the queues that the rep has not left.
  @inlinable @inline(__always)
  public var isFree: Bool {
    availability == .ready && activity == .idle && restUntil == .distantPast && canRing
  }

  /// At work.
  public var isLoggedIn: Bool { availability != .loggedOut }
}

/// The progress of a consultation. Each rep can hold at most one.
public enum TransferState: UInt8, Sendable, BitwiseCopyable {
  /// None.
  case none
  /// The target's phone rings.
  case ringing
  /// The target has picked up and is being told who and what.
  case briefing
  /// The target has agreed to take the caller.
  case confirmed
}

/// A consultation, kept in the row of the rep who holds the call.
public struct TransferRow: Equatable, Sendable, BitwiseCopyable {
  /// Its number.
  public internal(set) var id = TransferID(0)
  /// How far it is.
  public internal(set) var state = TransferState.none
  /// The call to be handed over.
  public internal(set) var call = CallID(slot: 0, generation: 0)
  /// Whom the holder asked for.
  public internal(set) var target = TransferTarget.outside
  /// The rep who is being rung or has picked up.
  public internal(set) var agent: AgentID?
  /// Reps of the target queue tried so far.
  public internal(set) var attempts: UInt16 = 0
}

/// An outbound request waiting for cover.
public struct RequestRow: Equatable, Sendable, BitwiseCopyable {
  /// Its number.
  public internal(set) var id: RequestID
  /// Who asks.
  public internal(set) var agent: AgentID
  /// Why.
  public internal(set) var purpose: OutboundPurpose
  /// When it lapses.
  public internal(set) var expires: Instant

  /// Line order: purpose first, then first come, first served.
  func precedes(_ other: RequestRow) -> Bool {
    (purpose.rawValue, id.rawValue) < (other.purpose.rawValue, other.id.rawValue)
  }
}
