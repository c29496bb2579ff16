import Base

/// What happened on the way to a call out.
public enum OutboundEvent: Equatable, Sendable, BitwiseCopyable {
  /// A rep waits for cover to place a call.
  case requested(RequestID, agent: AgentID, purpose: OutboundPurpose, expires: Instant)
  /// Cover is there: the rep is reserved and the call is being placed.
  case granted(RequestID, agent: AgentID, purpose: OutboundPurpose, call: CallID)
  /// There was no cover; nothing was placed.
  case refused(AgentID, purpose: OutboundPurpose, rule: Rule, queue: QueueID)
  /// A waiting request came to nothing.
  case requestEnded(RequestID, agent: AgentID, outcome: RequestOutcome)
  /// The called party answered.
  case connected(CallID, agent: AgentID)
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
