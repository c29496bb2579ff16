import Base

/// What happened to a call.
public enum CallEvent: Equatable, Sendable, BitwiseCopyable {
  /// A caller entered a queue, as if having waited `credit` already; `feed` announced it.
  case arrived(
    CallID, queue: QueueID, priority: UInt8, credit: TimeSpan, skills: SkillSet,
    feed: FeedID = .unnamed)
  /// A caller met a limit of the queue and went where the plan says, which may be to stay.
  case diverted(CallID, queue: QueueID, reason: DivertReason, to: Overflow)
  /// A rep's phone was asked to ring, for a caller whom the rep has refused `round` times in this queue.
  /// The rotation pointer moved with this event.
  case offered(
    OfferID, call: CallID, agent: AgentID, queue: QueueID, ringTimeout: TimeSpan,
    round: UInt32)
  /// The phone rings, says the telephony feed.
  case ringing(OfferID, call: CallID, agent: AgentID)
  /// An offer ended without an answer; the rep rests a moment, from all queues.
  case offerEnded(
    OfferID, call: CallID, agent: AgentID, outcome: OfferOutcome, restUntil: Instant)
  /// The rep picked up; caller and rep are connected.
  case answered(OfferID, call: CallID, agent: AgentID)
  /// A caller, in line or ringing, may now be offered to reps up to `tier`.
  case tierEscalated(CallID, tier: UInt8)
  /// The caller was put on hold.
  case held(CallID, agent: AgentID?)
  /// The caller was taken off hold.
  case resumed(CallID, agent: AgentID?)
  /// The caller has been on hold for `count` reminder periods.
  case holdReminded(CallID, agent: AgentID, count: UInt32)
  /// The call is over. `agent` is the rep who held it, if one did.
  case ended(CallID, agent: AgentID?, reason: EndReason)
  /// The rep recorded these parts of the write-up.
  case writtenUp(CallID, agent: AgentID, fields: WriteUpFields)
  /// Wrap-up ended without the required write-up.
  case leftUndocumented(CallID, agent: AgentID)
  /// The rep who held the call was lost; the caller waits at the head of the line.
  case returnedToQueue(CallID, queue: QueueID, agent: AgentID, cause: ReturnCause)
  /// A connected call has shown no sign of life for as long as `stale-after` says.
  case foundStale(CallID, agent: AgentID?)
}

/// Why a caller is at the head of the line again.
public enum ReturnCause: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// The holder left before a transfer was confirmed.
  case holderLeft
  /// The holder's line was lost.
  case lineLost
}

/// How an offer ended. Every offer ends in exactly one of these.
public enum OfferOutcome: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// The rep picked up.
  case answered
  /// The ring time passed. Counts as refused.
  case noAnswer
  /// The rep pressed the button. Counts as refused.
  case ignored
  /// The rep went not ready while ringing. Counts as refused.
  case wentNotReady
  /// The phone could not be reached. Never counts as refused.
  case unreachable
  /// Another rep answered the same call first. Never counts as refused.
  case lostRace
  /// The caller hung up while the phone rang. Never counts as refused.
  case callerAbandoned
  /// The system, or a lead, took the offer back. Never counts as refused.
  case withdrawn

  /// Whether the performance report counts the offer as refused.
  public var isRefused: Bool { self == .noAnswer || self == .ignored || self == .wentNotReady }
}

/// Why a queue did not keep a caller.
public enum DivertReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// The line was full.
  case full
  /// Out of office hours.
  case closed
  /// Nobody was there.
  case empty
  /// The caller waited as long as the queue allows.
  case maxWait
  /// As many offers were made as the queue allows.
  case maxOffers
  /// Phones rang as long as the queue allows.
  case maxRingTime
  /// The caller asked for voicemail.
  case callerRequest
}

/// How a call ended.
public enum EndReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// The caller hung up after talking to a rep.
  case callerHungUp
  /// The rep hung up.
  case agentHungUp
  /// The line was lost.
  case dropped
  /// The caller gave up in the queue.
  case abandoned
  /// The caller left (or declined to leave) a voicemail.
  case voicemail
  /// The caller agreed to be called back.
  case callBackAgreed
  /// The caller was handed to an outside number.
  case transferredOut
  /// The queue could not take the call.
  case rejected
  /// Outbound: nobody answered.
  case noAnswer
  /// Outbound: the line was busy.
  case busy
  /// Outbound: the call could not be placed.
  case failed
  /// The telephony side no longer knows the call.
  case lost
  /// A lead ended it. Nobody gave up, so it is no abandonment.
  case endedByLead
}
