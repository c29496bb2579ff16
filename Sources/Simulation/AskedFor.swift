import Base
import Routing

/// What was asked of the engine, told from what happened: the command behind a recorded event.
///
/// A journal keeps events. Each step of the engine begins with the event that its command caused
/// directly; the rest follows from it. Where several commands begin alike, the events after it at the
/// same instant tell them apart.
struct AskedFor {
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
      switch entry.event {
      case .offerEnded(_, let call, _, .withdrawn, _): withdrawn.insert(call)
      case .callEnded(let call, _, .lost):
        // Whose phones stop for a lead are not abandoned.
        let party = withdrawn.contains(call) ? Party.lead : .caller
        commands.append(.hangUp(call, by: party, cause: .lost))
      case .callOffered, .outboundGranted: return commands
      default: continue
      }
    }
    return commands
  }

  private var command: Command? {
    switch first {
    case .callArrived(_, let queue, let priority, let credit, let skills):
      .arrive(queue: queue, priority: priority, credit: credit, skills: skills)
    case .callAnswered(let offer, let call, let agent): .answer(call, agent: agent, offer: offer)
    case .offerRinging(_, let call, let agent): .reportRinging(call, agent: agent)
    case .offerEnded(let offer, let call, let agent, let outcome, _):
      offerEnd(offer, call, agent, outcome)
    case .callEnded(let call, _, let reason): end(of: call, reason)
    case .callDiverted(let call, _, .callerRequest, _): .leaveForVoicemail(call)
    case .callHeld(let call): consultation ?? state.call(call)?.agent.map { .hold(call, agent: $0) }
    case .callResumed(let call): state.call(call)?.agent.map { .resume(call, agent: $0) }
    case .callWrittenUp(let call, let agent, let fields):
      .writeUp(call, agent: agent, fields: fields)
    case .outboundConnected(let call, _): .reportOutboundAnswered(call)
    default: teamCommand
    }
  }

  // MARK: Calls

  private func offerEnd(
    _ offer: OfferID, _ call: CallID, _ agent: AgentID, _ outcome: OfferOutcome
  ) -> Command? {
    switch outcome {
    case .ignored: .ignore(call, agent: agent, offer: offer)
    case .unreachable: .reportUnreachable(call, agent: agent)
    case .callerAbandoned: leaving(call)
    case .withdrawn: leaving(call) ?? .ignore(call, agent: agent, offer: offer, by: .lead)
    default: nil
    }
  }

  /// How a caller left whose phones had to stop ringing first.
  private func leaving(_ call: CallID) -> Command? {
    for entry in events {
      switch entry.event {
      case .callEnded(call, _, let reason): return end(of: call, reason)
      case .callDiverted(call, _, .callerRequest, _): return .leaveForVoicemail(call)
      default: continue
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

  private var teamCommand: Command? {
    switch first {
    case .agentLoggedIn(let agent): .logIn(agent)
    case .agentLoggedOut(let agent): .logOut(agent)
    case .agentBecameReady(let agent), .agentRested(let agent),
      .agentReasonEnded(let agent, _, _), .agentRejoinedQueue(let agent, _, _):
      readiness(of: agent)
    case .agentBecameNotReady(let agent, let reason, let until, let by, _):
      logsOut(agent)
        ? .logOut(agent, by: by) : .makeNotReady(agent, reason: reason, until: until, by: by)
    case .agentLeftQueue(let agent, let queue, let reason, let until, let by):
      .makeNotReady(agent, reason: reason, until: until, queue: queue, by: by)
    case .callLeftUndocumented(_, let agent), .wrapUpEnded(let agent): endOfWrapUp(agent)
    case .wrapUpExtended(let agent, let until):
      .extendWrapUp(agent, by: until - state.agent(agent).wrapUpUntil)
    case .officeHoursSet(let queue, let opens, let closes):
      .setOfficeHours(queue, opens: opens, closes: closes)
    case .dayStarted: .startDay
    default: transferCommand
    }
  }

  private func logsOut(_ agent: AgentID) -> Bool {
    events.contains { $0.event == .agentLoggedOut(agent) }
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
      switch entry.event {
      case .agentLoggedOut(agent): return .logOut(agent)
      case .agentBecameReady(agent), .agentReasonEnded(agent, _, _),
        .agentRejoinedQueue(agent, _, _):
        return readiness(of: agent)
      case .outboundGranted(_, agent, let purpose, _):
        return .requestOutbound(agent, purpose: purpose, patience: nil)
      default: continue
      }
    }
    return .endWrapUp(agent)
  }

  // MARK: Transfers and calls out

  private var consultation: Command? {
    guard events.count > 1, case .consultStarted = events[events.startIndex + 1].event else {
      return nil
    }
    return AskedFor(events: events.dropFirst(), state: state).command
  }

  private var transferCommand: Command? {
    switch first {
    case .consultStarted(_, let call, let holder, let target):
      .consult(call, agent: holder, target: target, briefing: .complete)
    case .consultAnswered(let id, _): .answerConsult(id, agent: state.transfer(id)?.row.agent)
    case .consultConfirmed(let id, _): .confirmTransfer(id, agent: state.transfer(id)?.row.agent)
    case .consultRefused(let id, _, let agent, .ignored): .declineTransfer(id, agent: agent)
    case .transferCompleted(let id, _, let holder, _): .completeTransfer(id, agent: holder)
    case .transferEnded(let id, let call, let holder, let outcome):
      transferEnd(id, call, holder, outcome)
    case .blindTransferPrevented(let call, let agent, let cause):
      cause == .requested
        ? .blindTransfer(call, agent: agent) : .hangUp(call, by: .agent, cause: .normal)
    case .outboundRequested(_, let agent, let purpose, let expires):
      .requestOutbound(agent, purpose: purpose, patience: expires - (events.first?.at ?? expires))
    case .outboundGranted(_, let agent, let purpose, _),
      .outboundRefused(let agent, let purpose, _, _):
      .requestOutbound(agent, purpose: purpose, patience: nil)
    case .outboundRequestEnded(let id, let agent, let outcome):
      outcome == .cancelled ? .cancelOutbound(id) : outcome == .agentLeft ? .logOut(agent) : nil
    default: nil
    }
  }

  private func transferEnd(
    _ id: TransferID, _ call: CallID, _ holder: AgentID, _ outcome: TransferOutcome
  ) -> Command? {
    switch outcome {
    case .declined: .declineTransfer(id, agent: state.transfer(id)?.row.agent)
    case .cancelled: .cancelTransfer(id, agent: holder)
    case .callerLeft: leaving(call)
    case .timedOut, .holderLeft: nil
    }
  }
}

extension Event {
  /// Whether it is a part of the rep's going ready, before anything follows from it.
  fileprivate func isOfReadiness(of agent: AgentID) -> Bool {
    switch self {
    case .agentBecameReady(agent), .agentRested(agent), .agentReasonEnded(agent, _, _),
      .agentRejoinedQueue(agent, _, _), .wrapUpEnded(agent), .callLeftUndocumented(_, agent):
      true
    default: false
    }
  }
}
