import Base
import Routing

/// What was asked of the engine, told from what happened: the command behind a recorded event.
///
/// A journal keeps events. Each step of the engine begins with the event that its command caused
/// directly; the rest follows from it. Where several commands begin alike, the events after it at the
/// same instant tell them apart.
struct InferredCommand {
  /// The events from the first of the step on, all at the same instant.
  let events: ArraySlice<TimedEvent>
  /// The state before them.
  let state: RoutingEngine

  private var first: Event? { events.first?.event }

  /// The commands of the step; none for an event that no command causes directly, such as a time-out.
  var commands: [Command] {
    guard let command else { return [] }
    if case .hangUp(_, .caller, .lost) = command { return lostTogether }
    return [command]
  }

  /// The calls that the telephony side has lost: they end in one step, and only then do phones ring.
  private var lostTogether: [Command] {
    var commands: [Command] = []
    var withdrawn: Set<CallID> = []
    for entry in events {
      if case .call(.offerEnded(_, let call, _, .withdrawn, _)) = entry.event {
        withdrawn.insert(call)
      } else if case .call(.ended(let call, _, .lost)) = entry.event {
        // Whose phones stop for a lead are not abandoned.
        let party = withdrawn.contains(call) ? Party.lead : .caller
        commands.append(.hangUp(call, by: party, cause: .lost))
      } else if entry.event.isFreshDecision {
        return commands
      }
    }
    return commands
  }

  private var command: Command? {
    switch first {
    case .call(let event): command(behind: event)
    case .agent(let event): command(behind: event)
    case .transfer(let event): command(behind: event)
    case .outbound(let event): command(behind: event)
    case .calendar(let event): command(behind: event)
    // No version that told no commands had any.
    case .feed: nil
    case nil: nil
    }
  }

  // MARK: Calls

  private func command(behind event: CallEvent) -> Command? {
    switch event {
    case .arrived(_, let queue, let priority, let credit, let skills, _):
      .arrive(queue: queue, priority: priority, credit: credit, skills: skills)
    case .answered(let offer, let call, let agent): .answer(call, agent: agent, offer: offer)
    case .ringing(_, let call, let agent): .reportRinging(call, agent: agent)
    case .offerEnded(let offer, let call, let agent, let outcome, _):
      offerEnd(offer, call, agent, outcome)
    case .ended(let call, _, let reason): end(of: call, reason)
    case .diverted(let call, _, let reason, _):
      reason == .callerRequest ? .leaveForVoicemail(call) : nil
    case .held(let call, _): consultation ?? state.call(call)?.agent.map { .hold(call, agent: $0) }
    case .resumed(let call, _): state.call(call)?.agent.map { .resume(call, agent: $0) }
    case .writtenUp(let call, let agent, let fields): .writeUp(call, agent: agent, fields: fields)
    case .leftUndocumented(_, let agent): endOfWrapUp(agent)
    case .offered, .tierEscalated, .holdReminded, .returnedToQueue, .foundStale: nil
    }
  }

  private func offerEnd(
    _ offer: OfferID, _ call: CallID, _ agent: AgentID, _ outcome: OfferOutcome
  ) -> Command? {
    switch outcome {
    case .ignored: .ignore(call, agent: agent, offer: offer)
    case .unreachable: .reportUnreachable(call, agent: agent)
    case .callerAbandoned: leaving(call)
    case .withdrawn: leaving(call) ?? .ignore(call, agent: agent, offer: offer, by: .lead)
    // By the clock, by going not ready, or by a colleague's answer.
    case .answered, .noAnswer, .wentNotReady, .lostRace: nil
    }
  }

  /// How a caller left whose phones had to stop ringing first.
  private func leaving(_ call: CallID) -> Command? {
    for entry in events {
      if case .call(.ended(call, _, let reason)) = entry.event { return end(of: call, reason) }
      if case .call(.diverted(call, _, .callerRequest, _)) = entry.event {
        return .leaveForVoicemail(call)
      }
    }
    return nil
  }

  private func end(of call: CallID, _ reason: EndReason) -> Command? {
    switch reason {
    case .abandoned, .voicemail, .callerHungUp: .hangUp(call, by: .caller, cause: .normal)
    case .agentHungUp: .hangUp(call, by: .agent, cause: .normal)
    case .dropped: .hangUp(call, by: .caller, cause: .dropped)
    case .lost: .hangUp(call, by: .caller, cause: .lost)
    case .noAnswer: .hangUp(call, by: .caller, cause: .noAnswer)
    case .busy: .hangUp(call, by: .caller, cause: .busy)
    case .failed: .hangUp(call, by: .caller, cause: .failed)
    case .callBackAgreed: .acceptCallBack(call)
    case .endedByLead: .hangUp(call, by: .lead, cause: .normal)
    case .rejected, .transferredOut: nil
    }
  }

  // MARK: Reps

  private func command(behind event: AgentEvent) -> Command? {
    switch event {
    case .loggedIn(let agent): .logIn(agent)
    case .loggedOut(let agent): .logOut(agent)
    case .becameReady(let agent), .rested(let agent), .reasonEnded(let agent, _, _),
      .rejoinedQueue(let agent, _, _):
      readiness(of: agent)
    case .becameNotReady(let agent, let reason, let until, let by, _):
      logsOut(agent)
        ? .logOut(agent, by: by) : .makeNotReady(agent, reason: reason, until: until, by: by)
    case .leftQueue(let agent, let queue, let reason, let until, let by):
      .makeNotReady(agent, reason: reason, until: until, queue: queue, by: by)
    case .wrapUpEnded(let agent): endOfWrapUp(agent)
    case .wrapUpExtended(let agent, let until):
      .extendWrapUp(agent, by: until - state.agent(agent).wrapUpUntil)
    // No version that told no commands had phones.
    case .wrapUpStarted, .spared, .phoneUp, .phoneBusy, .phoneDown: nil
    }
  }

  private func command(behind event: CalendarEvent) -> Command? {
    switch event {
    case .officeHoursSet(let queue, let opens, let closes):
      .setOfficeHours(queue, opens: opens, closes: closes)
    case .dayStarted: .startDay
    case .queueOpened, .queueClosed: nil
    }
  }

  private func logsOut(_ agent: AgentID) -> Bool {
    events.contains { $0.event == .agent(.loggedOut(agent)) }
  }

  /// Going ready takes away all reasons, one, or those of one queue, as the rep or as a lead: the way that
  /// takes away what was taken away.
  private func readiness(of agent: AgentID) -> Command {
    var ways: [Command] = []
    for by in [Initiator.agent, .lead] {
      ways.append(.makeReady(agent, by: by))
      for entry in state.reasons(of: agent) {
        ways.append(.makeReady(agent, reason: entry.reason, by: by))
        guard let queue = entry.queue else { continue }
        ways.append(.makeReady(agent, queue: queue, by: by))
        ways.append(.makeReady(agent, queue: queue, reason: entry.reason, by: by))
      }
    }
    let recorded = events.map(\.event).prefix { $0.isOfReadiness(of: agent) }
    let way = ways.first { command in
      var trial = state
      var buffer = EventBuffer()
      _ = trial.handle(command, at: events.first?.at ?? state.now, into: &buffer)
      let tried = buffer.events.lazy.map(\.event).prefix { $0.isOfReadiness(of: agent) }
      return recorded.elementsEqual(tried)
    }
    return way ?? .makeReady(agent)
  }

  /// A wrap-up ends by itself, by going ready or home, or by a call out.
  private func endOfWrapUp(_ agent: AgentID) -> Command {
    for entry in events {
      if entry.event == .agent(.loggedOut(agent)) { return .logOut(agent) }
      if entry.event.endsReason(of: agent) { return readiness(of: agent) }
      if case .outbound(.granted(_, agent, let purpose, _)) = entry.event {
        return .requestOutbound(agent, purpose: purpose, patience: nil)
      }
    }
    return .endWrapUp(agent)
  }

  // MARK: Transfers and calls out

  private var consultation: Command? {
    guard events.count > 1, case .transfer(.consultStarted) = events[events.startIndex + 1].event
    else {
      return nil
    }
    return InferredCommand(events: events.dropFirst(), state: state).command
  }

  private func command(behind event: TransferEvent) -> Command? {
    switch event {
    case .consultStarted(_, let call, let holder, let target):
      .consult(call, agent: holder, target: target, briefing: .complete)
    case .consultAnswered(let id, _, _): .answerConsult(id, agent: state.transfer(id)?.row.agent)
    case .consultConfirmed(let id, _, _): .confirmTransfer(id, agent: state.transfer(id)?.row.agent)
    case .consultRefused(let id, _, let agent, let outcome):
      outcome == .ignored ? .declineTransfer(id, agent: agent) : nil
    case .completed(let id, _, let holder, _): .completeTransfer(id, agent: holder)
    case .ended(let id, let call, let holder, let outcome, _):
      transferEnd(id, call, holder, outcome)
    case .blindPrevented(let call, let agent, let cause):
      cause == .requested
        ? .blindTransfer(call, agent: agent) : .hangUp(call, by: .agent, cause: .normal)
    case .consultOffered: nil
    }
  }

  private func command(behind event: OutboundEvent) -> Command? {
    switch event {
    case .requested(_, let agent, let purpose, let expires):
      .requestOutbound(agent, purpose: purpose, patience: expires - (events.first?.at ?? expires))
    case .granted(_, let agent, let purpose, _), .refused(let agent, let purpose, _, _):
      .requestOutbound(agent, purpose: purpose, patience: nil)
    case .requestEnded(let id, let agent, let outcome):
      switch outcome {
      case .cancelled: .cancelOutbound(id)
      case .agentLeft: .logOut(agent)
      case .expired: nil
      }
    case .connected(let call, _): .reportOutboundAnswered(call)
    }
  }

  private func transferEnd(
    _ id: TransferID, _ call: CallID, _ holder: AgentID, _ outcome: TransferOutcome
  ) -> Command? {
    switch outcome {
    case .declined: .declineTransfer(id, agent: state.transfer(id)?.row.agent)
    case .cancelled: .cancelTransfer(id, agent: holder)
    case .callerLeft: leaving(call)
    case .timedOut, .holderLeft, .unreachable: nil
    }
  }
}

extension Event {
  /// Whether it is a part of the rep's going ready, before anything follows from it.
  fileprivate func isOfReadiness(of agent: AgentID) -> Bool {
    self == .agent(.rested(agent)) || self == .agent(.wrapUpEnded(agent)) || endsReason(of: agent)
      || isUndocumented(by: agent)
  }

  /// Whether a reason of the rep for not being ready is gone.
  fileprivate func endsReason(of agent: AgentID) -> Bool {
    guard case .agent(let event) = self else { return false }
    switch event {
    case .becameReady(let own), .reasonEnded(let own, _, _), .rejoinedQueue(let own, _, _):
      return own == agent
    case .loggedIn, .loggedOut, .becameNotReady, .leftQueue, .spared, .rested, .wrapUpStarted,
      .wrapUpExtended, .wrapUpEnded, .phoneUp, .phoneBusy, .phoneDown:
      return false
    }
  }

  private func isUndocumented(by agent: AgentID) -> Bool {
    guard case .call(.leftUndocumented(_, agent)) = self else { return false }
    return true
  }

  /// Whether the engine has decided something new: an offer, a call out.
  fileprivate var isFreshDecision: Bool {
    switch self {
    case .call(.offered), .outbound(.granted): true
    case .call, .agent, .transfer, .outbound, .calendar, .feed: false
    }
  }
}
