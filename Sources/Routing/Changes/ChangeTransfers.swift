import Base

// Applying the events of transfers and outbound requests. See Change.swift.

extension RoutingEngine {
  mutating func change(_ event: TransferEvent) {
    switch event {
    case .consultStarted(let id, let call, let holder, let target):
      lastTransfer = id
      transfers[holder.index] = TransferRow()
      transfers[holder.index].id = id
      transfers[holder.index].state = .ringing
      transfers[holder.index].call = call
      transfers[holder.index].target = target
      calls.forgetRefusals(of: call)
      setActivity(.consulting, of: holder)
      setConsultDeadline(holder, plan.rules.consultRingTimeout)
    case .consultOffered(_, let holder, let agent):
      transfers[holder.index].agent = agent
      transfers[holder.index].attempts += 1
      agents[agent.index].consultHolder = holder
      deadlines.cancel(.agentActivity, agent.index)
      if case .queue(let queue) = transfers[holder.index].target { movePointer(queue, to: agent) }
      setActivity(.consulting, of: agent)
      setConsultDeadline(holder, plan.rules.consultRingTimeout)
    case .consultRefused(_, let holder, let agent, _):
      calls.countRefusal(of: transfers[holder.index].call, by: agent)
      releaseConsultant(of: holder)
    case .consultAnswered(_, let holder, _):
      transfers[holder.index].state = .briefing
      // Who picks up is there.
      if let agent = transfers[holder.index].agent { agents[agent.index].restUntil = .distantPast }
      setConsultDeadline(holder, plan.rules.confirmTimeout)
    case .consultConfirmed(_, let holder, _):
      transfers[holder.index].state = .confirmed
      deadlines.cancel(.agentActivity, holder.index)
    case .completed(_, let call, let holder, let target):
      applyCompletion(call, from: holder, to: target)
    case .ended(_, _, let holder, _, _):
      releaseConsultant(of: holder)
      closeTransfer(of: holder)
      setActivity(.talking, of: holder)
    // Reports count it.
    case .blindPrevented: break
    }
  }

  private mutating func setConsultDeadline(_ holder: AgentID, _ span: TimeSpan) {
    deadlines.set(.agentActivity, holder.index, at: span > .zero ? now + span : .never)
  }

  private mutating func releaseConsultant(of holder: AgentID) {
    guard let agent = transfers[holder.index].agent else { return }
    transfers[holder.index].agent = nil
    agents[agent.index].consultHolder = nil
    agents[agent.index].idleSince = now
    setActivity(.idle, of: agent)
  }

  private mutating func closeTransfer(of holder: AgentID) {
    transfers[holder.index].state = .none
    deadlines.cancel(.agentActivity, holder.index)
  }

  private mutating func applyCompletion(
    _ call: CallID, from holder: AgentID, to target: AgentID?
  ) {
    closeTransfer(of: holder)
    transfers[holder.index].agent = nil
    guard let target else { return setActivity(.talking, of: holder) }
    releaseHolder(holder, of: call)
    // Whoever ends the call owes its write-up.
    agents[holder.index].owesWriteUp = false
    calls[call].agent = target
    calls[call].heldBySince = now
    setStaleWatch(call)
    agents[target.index].consultHolder = nil
    agents[target.index].call = call
    setActivity(.talking, of: target)
  }

  // MARK: Outbound

  mutating func change(_ event: OutboundEvent) {
    switch event {
    case .requested(let id, let agent, let purpose, let expires):
      lastRequest = id
      let request = RequestRow(id: id, agent: agent, purpose: purpose, expires: expires)
      let place = requests.firstIndex { request.precedes($0) } ?? requests.count
      requests.insert(request, at: place)
      deadlines.set(.outboundRequest, agent.index, at: expires)
    case .granted(let id, let agent, let purpose, let call):
      lastRequest = max(lastRequest, id)
      removeRequest(id, of: agent)
      applyGrant(call, agent, purpose)
    case .requestEnded(let id, let agent, _):
      removeRequest(id, of: agent)
    case .connected(let call, _):
      calls[call].state = .connected
      calls[call].connectedAt = now
      setStaleWatch(call)
    // Reports count it.
    case .refused: break
    }
  }

  private mutating func removeRequest(_ id: RequestID, of agent: AgentID) {
    guard let index = requests.firstIndex(where: { $0.id == id }) else { return }
    requests.remove(at: index)
    deadlines.cancel(.outboundRequest, agent.index)
  }

  private mutating func applyGrant(_ call: CallID, _ agent: AgentID, _ purpose: OutboundPurpose) {
    calls.open(call)
    calls[call].direction = .outbound
    calls[call].state = .dialling
    calls[call].agent = agent
    calls[call].purpose = purpose
    calls[call].feed = agents[agent.index].feed
    let seat = seating.indices(of: agent).first
    calls[call].hasQueue = seat != nil
    if let seat { calls[call].queue = seating[seat].queue }
    calls[call].arrivedAt = now
    calls[call].heldBySince = now
    let limit = plan.rules.dialTimeout
    deadlines.set(.callLimit, call.index, at: limit > .zero ? now + limit : .never)
    agents[agent.index].call = call
    deadlines.cancel(.agentActivity, agent.index)
    setActivity(.outbound, of: agent)
  }
}

private func max(_ a: RequestID, _ b: RequestID) -> RequestID { a.rawValue > b.rawValue ? a : b }
