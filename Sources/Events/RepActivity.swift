public import Routing

/// What a rep is doing, as the board and the reports tell it.
public enum RepActivity: String, CaseIterable, Sendable {
  /// Nothing.
  case idle
  /// The phone rings, for a caller or for a colleague.
  case ringing
  /// With a caller.
  case talking
  /// With a caller who is on hold.
  case holding
  /// With a colleague, about a caller; for the holder also while the colleague's phone rings.
  case consulting
  /// Dialling, or talking to somebody who was called.
  case outbound
  /// After-call work.
  case wrapUp = "wrap-up"
}

/// What an event does to what a rep is doing.
public enum ActivityChange: Equatable, Sendable {
  /// This begins.
  case begins(RepActivity)
  /// The caller is put on hold.
  case holds
  /// The caller is taken off hold.
  case resumes

  /// What somebody who was doing `current` does then. A call out is one also while it is on hold.
  public func activity(after current: RepActivity) -> RepActivity {
    switch self {
    case .begins(let activity): activity
    case .holds: current == .talking ? .holding : current
    case .resumes: current == .holding ? .talking : current
    }
  }
}

extension Event {
  /// Says of every rep whose activity this event changes how, in the order in which they change.
  ///
  /// This is the one place that knows it: folded over a history, it is what the engine holds, after every event
  /// (`RepActivityTests`). Records of version 0.1.0 do not name the rep consulted nor the one who holds a call; of
  /// those nothing is said.
  public func forEachActivityChange(
    _ body: (AgentID, ActivityChange) throws -> Void
  ) rethrows {
    switch self {
    case .call(let event): try event.forEachActivityChange(body)
    case .agent(let event): try event.forEachActivityChange(body)
    case .transfer(let event): try event.forEachActivityChange(body)
    case .outbound(.granted(_, let agent, _, _)): try body(agent, .begins(.outbound))
    case .outbound(.requested), .outbound(.refused), .outbound(.requestEnded),
      .outbound(.connected), .calendar, .feed:
      break
    }
  }
}

extension CallEvent {
  fileprivate func forEachActivityChange(
    _ body: (AgentID, ActivityChange) throws -> Void
  ) rethrows {
    switch self {
    case .offered(_, _, let agent, _, _, _): try body(agent, .begins(.ringing))
    case .offerEnded(_, _, let agent, _, _), .returnedToQueue(_, _, let agent, _):
      try body(agent, .begins(.idle))
    case .answered(_, _, let agent): try body(agent, .begins(.talking))
    case .held(_, let agent): if let agent { try body(agent, .holds) }
    case .resumed(_, let agent): if let agent { try body(agent, .resumes) }
    case .ended(_, let agent, _): if let agent { try body(agent, .begins(.idle)) }
    case .arrived, .diverted, .ringing, .tierEscalated, .holdReminded, .writtenUp,
      .leftUndocumented, .foundStale:
      break
    }
  }
}

extension AgentEvent {
  fileprivate func forEachActivityChange(
    _ body: (AgentID, ActivityChange) throws -> Void
  ) rethrows {
    switch self {
    case .wrapUpStarted(let agent, _, _): try body(agent, .begins(.wrapUp))
    case .wrapUpEnded(let agent): try body(agent, .begins(.idle))
    case .loggedIn, .loggedOut, .becameReady, .becameNotReady, .reasonEnded, .leftQueue,
      .rejoinedQueue, .spared, .rested, .wrapUpExtended, .phoneUp, .phoneBusy, .phoneDown:
      break
    }
  }
}

extension TransferEvent {
  fileprivate func forEachActivityChange(
    _ body: (AgentID, ActivityChange) throws -> Void
  ) rethrows {
    switch self {
    case .consultStarted(_, _, let holder, _): try body(holder, .begins(.consulting))
    case .consultOffered(_, _, let agent): try body(agent, .begins(.ringing))
    case .consultRefused(_, _, let agent, _): try body(agent, .begins(.idle))
    case .consultAnswered(_, _, let agent): if let agent { try body(agent, .begins(.consulting)) }
    // The caller has been on hold, and is until the next event says otherwise.
    case .completed(_, _, let holder, let target):
      if target != nil { try body(holder, .begins(.idle)) }
      try body(target ?? holder, .begins(.holding))
    case .ended(_, _, let holder, _, let agent):
      if let agent { try body(agent, .begins(.idle)) }
      try body(holder, .begins(.holding))
    case .consultConfirmed, .blindPrevented: break
    }
  }
}
