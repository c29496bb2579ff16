import Events
public import Routing

/// A user whose command is carried out.
public struct Asker: Sendable {
  /// The number of the Unix user.
  public var user: UInt32
  /// The user as somebody who acts for others; `nil`: only for itself.
  public var deputy: Deputy?

  /// The user with that number.
  public init(user: UInt32, deputy: Deputy? = nil) {
    self.user = user
    self.deputy = deputy
  }
}

/// Somebody who acts for reps: what happens by their hand says so, with `by=USER`.
public struct Deputy: Sendable {
  /// The Unix user.
  private let user: String
  /// The rep that the user is, whose own acts need no such word.
  private let own: AgentID?

  /// - Parameters:
  ///   - user: The Unix user who acts.
  ///   - own: The rep that the user is.
  public init(user: String, own: AgentID?) {
    self.user = user
    self.own = own
  }

  /// Whom `event` is to name as who acted, when it follows from `command`.
  func mark(_ event: Event, of command: Command) -> String? {
    if case .call(.ended(_, let agent, let reason)) = event {
      let isTheirs = reason == .endedByLead || reason == .agentHungUp && agent != own
      return isTheirs ? user : nil
    }
    guard let agent = command.actingAgent, agent != own, event.isAct(of: agent) else { return nil }
    return user
  }
}

extension Command {
  /// The rep who does what is asked, or for whom it is done.
  fileprivate var actingAgent: AgentID? {
    switch self {
    case .answer(_, let agent, _), .ignore(_, let agent, _, _), .hold(_, let agent),
      .resume(_, let agent), .writeUp(_, let agent, _), .blindTransfer(_, let agent),
      .consult(_, let agent, _, _), .completeTransfer(_, let agent), .cancelTransfer(_, let agent),
      .requestOutbound(let agent, _, _), .logIn(let agent), .logOut(let agent, _),
      .makeReady(let agent, _, _, _), .makeNotReady(let agent, _, _, _, _),
      .extendWrapUp(let agent, _), .endWrapUp(let agent):
      agent
    case .answerConsult(_, let agent), .confirmTransfer(_, let agent),
      .declineTransfer(_, let agent):
      agent
    case .arrive, .hangUp, .leaveForVoicemail, .acceptCallBack, .reportRinging,
      .reportUnreachable, .reportOutboundAnswered, .cancelOutbound, .setOfficeHours, .startDay,
      .attachFeed, .loseFeed, .reportPhone, .assignPhone, .reportConsultUnreachable,
      .reportLineLost:
      nil
    }
  }
}

extension Event {
  /// Whether it says what `agent` has done, by whosever hand; not what follows from it for others.
  fileprivate func isAct(of agent: AgentID) -> Bool {
    switch self {
    case .call(let event): event.isAct(of: agent)
    case .agent(let event): event.isAct(of: agent)
    case .transfer(let event): event.isAct(of: agent)
    case .outbound(.requested(_, let own, _, _)), .outbound(.granted(_, let own, _, _)),
      .outbound(.refused(let own, _, _, _)):
      own == agent
    case .outbound(.requestEnded), .outbound(.connected), .calendar, .feed: false
    }
  }
}

extension CallEvent {
  fileprivate func isAct(of agent: AgentID) -> Bool {
    switch self {
    case .answered(_, _, let own), .writtenUp(_, let own, _): own == agent
    case .offerEnded(_, _, let own, let outcome, _):
      own == agent && (outcome == .ignored || outcome == .withdrawn)
    case .held(_, let own), .resumed(_, let own): own == agent
    case .arrived, .diverted, .offered, .ringing, .tierEscalated, .holdReminded, .ended,
      .leftUndocumented, .returnedToQueue, .foundStale:
      false
    }
  }
}

extension AgentEvent {
  fileprivate func isAct(of agent: AgentID) -> Bool {
    switch self {
    case .loggedIn(let own), .loggedOut(let own), .becameReady(let own),
      .becameNotReady(let own, _, _, _, _), .reasonEnded(let own, _, _),
      .leftQueue(let own, _, _, _, _), .rejoinedQueue(let own, _, _),
      .wrapUpExtended(let own, _), .wrapUpEnded(let own):
      own == agent
    case .spared, .rested, .wrapUpStarted, .phoneUp, .phoneBusy, .phoneDown: false
    }
  }
}

extension TransferEvent {
  fileprivate func isAct(of agent: AgentID) -> Bool {
    switch self {
    case .consultStarted(_, _, let own, _), .completed(_, _, let own, _),
      .blindPrevented(_, let own, _):
      own == agent
    case .consultRefused(_, _, let own, let outcome): own == agent && outcome == .ignored
    // The rep consulted answers, confirms, declines; the holder cancels. An outside number has no rep who does.
    case .consultAnswered(_, let holder, let own), .consultConfirmed(_, let holder, let own),
      .ended(_, _, let holder, _, let own):
      holder == agent || own == agent
    case .consultOffered: false
    }
  }
}
