/// What happened in the handing over of a call. `agent` is the rep consulted, if it is a rep;
/// records of version 0.1.0 do not name one.
public enum TransferEvent: Equatable, Sendable, BitwiseCopyable {
  /// The holder asked for a consultation.
  case consultStarted(TransferID, call: CallID, holder: AgentID, target: TransferTarget)
  /// A rep's phone rings for the consultation.
  case consultOffered(TransferID, holder: AgentID, agent: AgentID)
  /// That rep did not take it; another rep of the queue may be tried.
  case consultRefused(TransferID, holder: AgentID, agent: AgentID, outcome: OfferOutcome)
  /// The target picked up and is being told who is on the line.
  case consultAnswered(TransferID, holder: AgentID, agent: AgentID?)
  /// The target agreed to take the caller.
  case consultConfirmed(TransferID, holder: AgentID, agent: AgentID?)
  /// The caller now belongs to the target, or to the outside number.
  case completed(TransferID, call: CallID, holder: AgentID, target: AgentID?)
  /// The transfer did not take place; unless told otherwise, the caller is back with the holder.
  case ended(
    TransferID, call: CallID, holder: AgentID, outcome: TransferOutcome, agent: AgentID?)
  /// A caller was about to be released to nobody, and was not.
  case blindPrevented(CallID, agent: AgentID, cause: BlindTransferCause)
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
  /// The target's phone could not be reached: nobody said no.
  case unreachable
}

/// What would have released a caller unannounced.
public enum BlindTransferCause: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// A blind transfer was asked for.
  case requested
  /// The holder left before the target confirmed.
  case holderLeft
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
