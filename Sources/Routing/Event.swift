import Base

/// Something that has happened. The engine's state is the fold of its events.
///
/// Events are plain values without references, so that a million of them are a flat array. Text
/// that belongs to an event (numbers, names, notes) travels beside it in the journal.
public enum Event: Equatable, Sendable, BitwiseCopyable {
  // MARK: Calls

  /// A caller entered a queue, as if having waited `credit` already.
  case callArrived(
    CallID, queue: QueueID, priority: UInt8, credit: TimeSpan, skills: SkillSet)
  /// A caller met a limit of the queue and went where the plan says, which may be to stay.
  case callDiverted(CallID, queue: QueueID, reason: DivertReason, to: Overflow)
  /// A rep's phone was asked to ring, for a caller whom the rep has refused `round` times in this queue.
  /// The rotation pointer moved with this event.
  case callOffered(
    OfferID, call: CallID, agent: AgentID, queue: QueueID, ringTimeout: TimeSpan,
    round: UInt32)
  /// The phone rings, says the telephony feed.
  case offerRinging(OfferID, call: CallID, agent: AgentID)
  /// An offer ended without an answer; the rep rests a moment, from all queues.
  case offerEnded(
    OfferID, call: CallID, agent: AgentID, outcome: OfferOutcome, restUntil: Instant)
  /// The rep picked up; caller and rep are connected.
  case callAnswered(OfferID, call: CallID, agent: AgentID)
  /// A caller, in line or ringing, may now be offered to reps up to `tier`.
  case tierEscalated(CallID, tier: UInt8)
  /// The caller was put on hold.
  case callHeld(CallID)
  /// The caller was taken off hold.
  case callResumed(CallID)
  /// The caller has been on hold for `count` reminder periods.
  case holdReminded(CallID, agent: AgentID, count: UInt32)
  /// The call is over. `agent` is the rep who held it, if one did.
  case callEnded(CallID, agent: AgentID?, reason: EndReason)
  /// The rep recorded these parts of the write-up.
  case callWrittenUp(CallID, agent: AgentID, fields: WriteUpFields)
  /// Wrap-up ended without the required write-up.
  case callLeftUndocumented(CallID, agent: AgentID)
  /// The holder was lost before a transfer was confirmed; the caller waits at the head of the line.
  case callReturnedToQueue(CallID, queue: QueueID, agent: AgentID)
  /// A connected call has shown no sign of life for as long as `stale-after` says.
  case callFoundStale(CallID, agent: AgentID?)

  // MARK: Agents

  /// The rep is at work, not yet ready.
  case agentLoggedIn(AgentID)
  /// The rep has left.
  case agentLoggedOut(AgentID)
  /// The rep takes queue calls: no reason not to is left.
  case agentBecameReady(AgentID)
  /// The rep takes no queue calls for this reason, until `until` (or until further notice).
  /// Other reasons stay; the same one is replaced. Of all of them `shown` has the latest
  /// end.
  case agentBecameNotReady(
    AgentID, reason: NotReadyReason, until: Instant, by: Initiator, shown: NotReadyReason)
  /// One reason is gone; others still keep the rep from being ready, of which `shown` has the latest end.
  case agentReasonEnded(AgentID, reason: NotReadyReason, shown: NotReadyReason)
  /// The rep takes no calls of this one queue, for this reason, until `until`.
  case agentLeftQueue(
    AgentID, queue: QueueID, reason: NotReadyReason, until: Instant, by: Initiator)
  /// That reason is gone.
  case agentRejoinedQueue(AgentID, queue: QueueID, reason: NotReadyReason)
  /// The rep has refused as many calls as make others not ready, but is the last one ready in `queue`:
  /// somebody has to be there. The lead should know.
  case agentSpared(AgentID, queue: QueueID, refusals: UInt32)
  /// The rest after an unanswered offer is over.
  case agentRested(AgentID)
  /// After-call work began.
  case wrapUpStarted(AgentID, call: CallID, until: Instant)
  /// After-call work was given more time.
  case wrapUpExtended(AgentID, until: Instant)
  /// After-call work is done.
  case wrapUpEnded(AgentID)

  // MARK: Transfers

  /// The holder asked for a consultation.
  case consultStarted(TransferID, call: CallID, holder: AgentID, target: TransferTarget)
  /// A rep's phone rings for the consultation.
  case consultOffered(TransferID, holder: AgentID, agent: AgentID)
  /// That rep did not take it; another rep of the queue may be tried.
  case consultRefused(TransferID, holder: AgentID, agent: AgentID, outcome: OfferOutcome)
  /// The target picked up and is being told who is on the line.
  case consultAnswered(TransferID, holder: AgentID)
  /// The target agreed to take the caller.
  case consultConfirmed(TransferID, holder: AgentID)
  /// The caller now belongs to the target, or to the outside number.
  case transferCompleted(TransferID, call: CallID, holder: AgentID, target: AgentID?)
  /// The transfer did not take place; unless told otherwise, the caller is back with the holder.
  case transferEnded(TransferID, call: CallID, holder: AgentID, outcome: TransferOutcome)
  /// A caller was about to be released to nobody, and was not.
  case blindTransferPrevented(CallID, agent: AgentID, cause: BlindTransferCause)

  // MARK: Outbound

  /// A rep waits for cover to place a call.
  case outboundRequested(RequestID, agent: AgentID, purpose: OutboundPurpose, expires: Instant)
  /// Cover is there: the rep is reserved and the call is being placed.
  case outboundGranted(RequestID, agent: AgentID, purpose: OutboundPurpose, call: CallID)
  /// There was no cover; nothing was placed.
  case outboundRefused(AgentID, purpose: OutboundPurpose, rule: Rule, queue: QueueID)
  /// A waiting request came to nothing.
  case outboundRequestEnded(RequestID, agent: AgentID, outcome: RequestOutcome)
  /// The called party answered.
  case outboundConnected(CallID, agent: AgentID)

  // MARK: Queues

  /// The next span of office hours is known.
  case officeHoursSet(QueueID, opens: Instant, closes: Instant)
  /// Office hours began.
  case queueOpened(QueueID)
  /// Office hours ended.
  case queueClosed(QueueID)
  /// The counters of the day were set to zero.
  case dayStarted
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

/// How a transfer that did not complete ended.
public enum TransferOutcome: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// The target said no, or hung up before confirming.
  case declined
  /// The target did not pick up, or did not confirm, in time.
  case timedOut
  /// The holder thought better of it.
  case cancelled
  /// The caller hung up.
  case callerLeft
  /// The holder was lost before the confirmation.
  case holderLeft
}

/// What would have released a caller unannounced.
public enum BlindTransferCause: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// A blind transfer was asked for.
  case requested
  /// The holder left before the target confirmed.
  case holderLeft
}

/// What a waiting outbound request came to.
public enum RequestOutcome: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// Withdrawn by the rep or the lead.
  case cancelled
  /// Cover did not come in time.
  case expired
  /// The rep logged out.
  case agentLeft
}

/// Why a rep wants to place a call, in the order in which waiting requests are served.
public enum OutboundPurpose: UInt8, CaseIterable, Comparable, Sendable, BitwiseCopyable {
  /// The line to a caller was lost; same rep, at once.
  case droppedCall
  /// A voicemail is returned.
  case voicemail
  /// A promised call-back.
  case callBack
  /// A follow-up or escalation.
  case followUp
  /// Anything else.
  case other

  /// Orders by value.
  public static func < (a: OutboundPurpose, b: OutboundPurpose) -> Bool {
    a.rawValue < b.rawValue
  }
}

/// Whom a caller is to be handed to.
public enum TransferTarget: Equatable, Sendable, BitwiseCopyable {
  /// This rep.
  case agent(AgentID)
  /// Any free rep of this queue, by its strategy.
  case queue(QueueID)
  /// A number outside; the shell knows which.
  case outside
}
