// What a rep does with a call in hand, and with the rep's own state.

extension RoutingEngine {
  /// The refusal, if `agent` is not the one who holds `call`.
  @inline(__always)
  func refusalOfHolder(_ call: CallID, _ agent: AgentID) -> Outcome? {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    guard calls.contains(call) else { return .refused(.unknownCall) }
    guard calls[call].state == .connected else { return .refused(.wrongCallState) }
    return calls[call].agent == agent ? nil : .refused(.notYourCall)
  }

  mutating func setHold(_ isHeld: Bool, _ call: CallID, _ agent: AgentID) -> Outcome {
    if let refusal = refusalOfHolder(call, agent) { return refusal }
    guard transfers[agent.index].state == .none else { return .refused(.agentBusy) }
    guard calls[call].isHeld != isHeld else { return .refused(.wrongHoldState) }
    record(isHeld ? .callHeld(call) : .callResumed(call))
    return .done
  }

  mutating func reportOutboundAnswered(_ call: CallID) -> Outcome {
    guard calls.contains(call) else { return .refused(.unknownCall) }
    guard calls[call].state == .dialling, let agent = calls[call].agent else {
      return .refused(.wrongCallState)
    }
    record(.outboundConnected(call, agent: agent))
    return .done
  }

  mutating func writeUp(_ call: CallID, _ agent: AgentID, _ fields: WriteUpFields) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    let isInWrapUp = agents[agent.index].wrapUpCall == call
    let isHolding = agents[agent.index].call == call
    guard isInWrapUp || isHolding else {
      return .refused(calls.contains(call) ? .notYourCall : .unknownCall)
    }
    if isHolding, calls[call].state != .connected { return .refused(.wrongCallState) }
    record(.callWrittenUp(call, agent: agent, fields: fields))
    return .done
  }

  // MARK: Wrap-up

  mutating func beginWrapUp(_ agent: AgentID, _ call: CallID) {
    // A row keeps its queue until its next tenant moves in, so this holds for an ended call too.
    let span = plan.queues.isEmpty ? 0 : plan.queues[calls[call].queue.index].wrapUp
    if span > 0 {
      record(.wrapUpStarted(agent, call: call, until: now + span))
    } else {
      finishWrapUp(agent)
    }
  }

  mutating func finishWrapUp(_ agent: AgentID) {
    if let call = agents[agent.index].wrapUpCall {
      let isComplete = plan.rules.requiredWriteUp.isSubset(of: agents[agent.index].wrapUpFields)
      if !isComplete, agents[agent.index].owesWriteUp {
        record(.callLeftUndocumented(call, agent: agent))
      }
    }
    record(.wrapUpEnded(agent))
  }

  mutating func extendWrapUp(_ agent: AgentID, _ span: Microseconds) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    let row = agents[agent.index]
    guard row.activity == .wrapUp else { return .refused(.notInWrapUp) }
    guard span > 0, row.wrapUpExtended + span <= plan.rules.maxWrapUpExtension else {
      return .refused(.wrapUpExtensionUsedUp)
    }
    record(.wrapUpExtended(agent, until: row.wrapUpUntil + span))
    return .done
  }

  mutating func endWrapUp(_ agent: AgentID) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    guard agents[agent.index].activity == .wrapUp else { return .refused(.notInWrapUp) }
    finishWrapUp(agent)
    return .done
  }

  // MARK: Availability

  mutating func logIn(_ agent: AgentID) -> Outcome {
    guard agent.index < agents.count, !plan.agents[agent.index].isRetired else {
      return .refused(.unknownAgent)
    }
    if agents[agent.index].isLoggedIn { return .unchanged }
    record(.agentLoggedIn(agent))
    return .done
  }

  mutating func logOut(_ agent: AgentID) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    switch agents[agent.index].activity {
    case .talking, .consulting, .outbound: return .refused(.agentBusy)
    case .wrapUp: finishWrapUp(agent)
    case .offered: goNotReady(agent, .justLoggedIn, until: .never)
    case .idle: break
    }
    guard agents[agent.index].isLoggedIn else { return .unchanged }
    if let request = requests.first(where: { $0.agent == agent }) {
      record(.outboundRequestEnded(request.id, agent: agent, outcome: .agentLeft))
    }
    record(.agentLoggedOut(agent))
    clearEmptyQueues(servedBy: agent)
    return .done
  }

  mutating func makeReady(_ agent: AgentID) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    let row = agents[agent.index]
    guard row.isLoggedIn else { return .refused(.notLoggedIn) }
    if row.activity == .wrapUp { finishWrapUp(agent) }
    if row.restUntil > .distantPast, row.activity == .idle { record(.agentRested(agent)) }
    if row.availability == .ready {
      return row.activity == .wrapUp || row.restUntil > .distantPast ? .done : .unchanged
    }
    record(.agentBecameReady(agent))
    return .done
  }

  mutating func makeNotReady(
    _ agent: AgentID, _ reason: NotReadyReason, _ until: Instant
  ) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    let row = agents[agent.index]
    guard row.isLoggedIn else { return .refused(.notLoggedIn) }
    if row.availability == .notReady, row.reason == reason, row.notReadyUntil == until {
      return .unchanged
    }
    goNotReady(agent, reason, until: until)
    return .done
  }

  /// Makes a rep not ready; a ringing offer is refused by that.
  mutating func goNotReady(_ agent: AgentID, _ reason: NotReadyReason, until: Instant) {
    record(.agentBecameNotReady(agent, reason: reason, until: until))
    if let offer = agents[agent.index].offer { close(offer, of: agent, as: .wentNotReady) }
    clearEmptyQueues(servedBy: agent)
  }

  // MARK: Calendar

  mutating func setOfficeHours(_ queue: QueueID, _ opens: Instant, _ closes: Instant) -> Outcome {
    guard queue.index < queues.count else { return .refused(.unknownQueue) }
    guard opens < closes else { return .refused(.badOfficeHours) }
    let row = queues[queue.index]
    let shouldBeOpen = opens <= now && now < closes
    if row.opensAt == opens, row.closesAt == closes, row.isOpen == shouldBeOpen {
      return .unchanged
    }
    record(.officeHoursSet(queue, opens: opens, closes: closes))
    if row.isOpen != shouldBeOpen {
      record(shouldBeOpen ? .queueOpened(queue) : .queueClosed(queue))
    }
    return .done
  }

  mutating func turnOfficeHours(_ queue: QueueID) {
    record(queues[queue.index].isOpen ? .queueClosed(queue) : .queueOpened(queue))
  }

  mutating func startDay() -> Outcome {
    record(.dayStarted)
    return .done
  }
}
