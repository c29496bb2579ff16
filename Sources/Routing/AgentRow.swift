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
  public var ringTimeout: Microseconds
  /// When it will count as not answered.
  public var expiresAt: Instant
  /// Whether the feed has reported that the phone rings.
  public var isRinging = false
  /// The rep the rotation pointer stood on before.
  public var chosenAfter: AgentID?
}

/// The hot state of one rep.
public struct AgentRow: Equatable, Sendable, BitwiseCopyable {
  /// Whether the rep takes queue calls.
  public internal(set) var availability = Availability.loggedOut
  /// Why not, while ``availability`` is `notReady`.
  public internal(set) var reason = NotReadyReason.justLoggedIn
  /// Until when not; ``Instant/never``: until further notice.
  public internal(set) var notReadyUntil = Instant.never
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
  /// Start of the present spell of idleness, for `longest-idle`.
  public internal(set) var idleSince = Instant.distantPast
  /// When availability or activity last changed.
  public internal(set) var stateSince = Instant.distantPast
  /// Refused offers since the last answer.
  public internal(set) var consecutiveRefusals: UInt32 = 0
  /// Queue calls answered today.
  public internal(set) var callsToday: UInt32 = 0
  /// Talk time on queue calls today, hold included.
  public internal(set) var talkToday: Microseconds = 0
  /// The call being written up, while ``activity`` is `wrapUp`.
  public internal(set) var wrapUpCall: CallID?
  /// What its write-up has so far.
  public internal(set) var wrapUpFields: WriteUpFields = []
  /// Whether the call ended in this rep's hands, so that its write-up is this rep's to give.
  public internal(set) var owesWriteUp = false
  /// When the wrap-up ends by itself.
  public internal(set) var wrapUpUntil = Instant.never
  /// The time this wrap-up was extended by.
  public internal(set) var wrapUpExtended: Microseconds = 0

  /// Ready and idle: can be offered a queue call, unless resting.
  @inlinable @inline(__always)
  public var isFree: Bool {
    availability == .ready && activity == .idle && restUntil == .distantPast
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
