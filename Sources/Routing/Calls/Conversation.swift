import Base

// What a rep does with a call in hand and after it; the calendar.

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
    record(
      .call(isHeld ? .held(call, agent: agent) : .resumed(call, agent: agent)))
    return .done
  }

  mutating func reportOutboundAnswered(_ call: CallID) -> Outcome {
    guard calls.contains(call) else { return .refused(.unknownCall) }
    guard calls[call].state == .dialling, let agent = calls[call].agent else {
      return .refused(.wrongCallState)
    }
    record(.outbound(.connected(call, agent: agent)))
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
    record(.call(.writtenUp(call, agent: agent, fields: fields)))
    return .done
  }

  // MARK: Wrap-up

  mutating func beginWrapUp(_ agent: AgentID, _ call: CallID) {
    let span = wrapUp(of: agent, after: call)
    if span > .zero {
      record(.agent(.wrapUpStarted(agent, call: call, until: now + span)))
    } else {
      finishWrapUp(agent)
    }
  }

  /// How long the rep's wrap-up after `call` is. A row keeps what it says until its next tenant moves in, so
  /// this holds for an ended call too.
  private func wrapUp(of agent: AgentID, after call: CallID) -> TimeSpan {
    let row = calls[call]
    if row.direction == .inbound { return plan.queues[row.queue.index].wrapUp }
    if row.connectedAt > .distantPast, !plan.rules.wrapUpAfter.contains(.answered) { return .zero }
    let served = seating.indices(of: agent)
    if served.count != 1, let own = plan.rules.outboundWrapUp { return own }
    return served.first.map { plan.queues[seating[$0].queue.index].wrapUp } ?? .zero
  }

  mutating func finishWrapUp(_ agent: AgentID) {
    if let call = agents[agent.index].wrapUpCall {
      let isComplete = plan.rules.requiredWriteUp.isSubset(of: agents[agent.index].wrapUpFields)
      if !isComplete, agents[agent.index].owesWriteUp {
        record(.call(.leftUndocumented(call, agent: agent)))
      }
    }
    record(.agent(.wrapUpEnded(agent)))
  }

  mutating func extendWrapUp(_ agent: AgentID, _ span: TimeSpan) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    let row = agents[agent.index]
    guard row.activity == .wrapUp else { return .refused(.notInWrapUp) }
    guard span > .zero, span <= plan.rules.maxWrapUpExtension - row.wrapUpExtended else {
      return .refused(.wrapUpExtensionUsedUp)
    }
    record(.agent(.wrapUpExtended(agent, until: row.wrapUpUntil + span)))
    return .done
  }

  mutating func endWrapUp(_ agent: AgentID) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    guard agents[agent.index].activity == .wrapUp else { return .refused(.notInWrapUp) }
    finishWrapUp(agent)
    return .done
  }

  // MARK: Calendar

  mutating func setOfficeHours(_ queue: QueueID, _ opens: Instant, _ closes: Instant) -> Outcome {
    guard queue.index < queues.count else { return .refused(.unknownQueue) }
    guard opens < closes else { return .refused(.badOfficeHours) }
    let row = queues[queue.index]
    let shouldBeOpen = opens <= now && now < closes
    let isKnown = row.opensAt == opens && row.closesAt == closes
    if !isKnown { record(.calendar(.officeHoursSet(queue, opens: opens, closes: closes))) }
    if row.isOpen != shouldBeOpen {
      turnOfficeHours(queue)
      return .done
    }
    // Hours are told after each new plan: who was kept over closing time may not be any more.
    if !row.isOpen { clearAtClosing(queue) }
    return isKnown ? .unchanged : .done
  }

  mutating func turnOfficeHours(_ queue: QueueID) {
    let wasOpen = queues[queue.index].isOpen
    record(wasOpen ? .calendar(.queueClosed(queue)) : .calendar(.queueOpened(queue)))
    if wasOpen { clearAtClosing(queue) }
  }

  mutating func startDay() -> Outcome {
    record(.calendar(.dayStarted))
    return .done
  }
}
