import Base

/// What happened to a rep.
public enum AgentEvent: Equatable, Sendable, BitwiseCopyable {
  /// The rep is at work, not yet ready.
  case loggedIn(AgentID)
  /// The rep has left.
  case loggedOut(AgentID)
  /// The rep takes queue calls: no reason not to is left.
  case becameReady(AgentID)
  /// The rep takes no queue calls for this reason, until `until` (or until further notice).
  /// Other reasons stay; the same one is replaced. Of all of them `shown` has the latest
  /// end.
  case becameNotReady(
    AgentID, reason: NotReadyReason, until: Instant, by: Initiator, shown: NotReadyReason)
  /// One reason is gone; others still keep the rep from being ready, of which `shown` has the latest end.
  case reasonEnded(AgentID, reason: NotReadyReason, shown: NotReadyReason)
  /// The rep takes no calls of this one queue, for this reason, until `until`.
  case leftQueue(
    AgentID, queue: QueueID, reason: NotReadyReason, until: Instant, by: Initiator)
  /// That reason is gone.
  case rejoinedQueue(AgentID, queue: QueueID, reason: NotReadyReason)
  /// The rep has refused as many calls as make others not ready, but is the last one ready in `queue`:
  /// somebody has to be there. The lead should know.
  case spared(AgentID, queue: QueueID, refusals: UInt32)
  /// The rest after an unanswered offer is over.
  case rested(AgentID)
  /// After-call work began.
  case wrapUpStarted(AgentID, call: CallID, until: Instant)
  /// After-call work was given more time.
  case wrapUpExtended(AgentID, until: Instant)
  /// After-call work is done.
  case wrapUpEnded(AgentID)
  /// The rep's phone, which is this telephony side's from now on, can ring.
  case phoneUp(AgentID, feed: FeedID)
  /// The rep's phone is in use for something else.
  case phoneBusy(AgentID, feed: FeedID)
  /// The rep's phone, which is this telephony side's from now on, cannot be reached.
  case phoneDown(AgentID, feed: FeedID)
}
