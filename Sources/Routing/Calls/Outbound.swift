import Base

// Outbound only with cover. The check and the reservation are one step: granting makes the rep busy
// in the same event, so two reps can never both pass on the strength of each other.

extension RoutingEngine {
  mutating func requestOutbound(
    _ agent: AgentID, _ purpose: OutboundPurpose, _ patience: TimeSpan?
  ) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    let row = agents[agent.index]
    guard !plan.agents[agent.index].isRetired else { return .refused(.unknownAgent) }
    guard row.isLoggedIn else { return .refused(.notLoggedIn) }
    guard !requests.contains(where: { $0.agent == agent }) else {
      return .refused(.alreadyRequested)
    }
    let id = RequestID(lastRequest.rawValue + 1)
    let isAtHand = isAtHand(agent)
    let isReady = isReadyForSome(agent)
    let phone = obstacleOfPhone(agent)
    let obstacle = isAtHand ? missingCover(for: agent) : nil
    if isAtHand, isReady, phone == nil, obstacle == nil {
      if row.activity == .wrapUp { finishWrapUp(agent) }
      return .granted(id, call: grant(id, agent, purpose))
    }
    if let patience {
      record(
        .outbound(
          .requested(
            id, agent: agent, purpose: purpose, expires: now + max(patience, .microseconds(1)))))
      return .waiting(id)
    }
    if let phone { return .refused(phone) }
    if !isAtHand { return .refused(.agentBusy) }
    guard let obstacle else { return .refused(.notReady) }
    record(
      .outbound(.refused(agent, purpose: purpose, rule: obstacle.rule, queue: obstacle.queue)))
    return .refused(obstacle.rule, queue: obstacle.queue)
  }

  /// The first queue, in plan order, that forbids `agent` to leave it, and why.
  func missingCover(for agent: AgentID) -> (rule: Rule, queue: QueueID)? {
    for i in seating.indices(of: agent) {
      let queue = seating[i].queue
      let row = queues[queue.index]
      // A caller whom nobody may take now does not wait for this rep.
      if (0..<row.line.count).contains(where: { !calls[row.line[$0]].isStranded }) {
        return (.callerWaiting, queue)
      }
      let others = row.freeCount - (row.isFree(seating[i].ordinal) ? 1 : 0)
      if others < Int(plan.queues[queue.index].minimumCover) { return (.noCover, queue) }
    }
    return nil
  }

  private mutating func grant(
    _ id: RequestID, _ agent: AgentID, _ purpose: OutboundPurpose
  ) -> CallID {
    let call = calls.nextID
    record(.outbound(.granted(id, agent: agent, purpose: purpose, call: call)))
    return call
  }

  /// Grants waiting requests, in order, as far as cover goes.
  mutating func grantRequests() {
    while let request = requests.first(where: { isGrantable($0) }) {
      if agents[request.agent.index].activity == .wrapUp { finishWrapUp(request.agent) }
      _ = grant(request.id, request.agent, request.purpose)
    }
  }

  /// Whether cover is there and the rep at hand. A rep who is not ready keeps the place in line.
  func isGrantable(_ request: RequestRow) -> Bool {
    isReadyForSome(request.agent) && isAtHand(request.agent) && isPhoneThere(request.agent)
      && missingCover(for: request.agent) == nil
  }

  /// Whether the rep has nothing in hand but a write-up, and the phone is not in use.
  private func isAtHand(_ agent: AgentID) -> Bool {
    let row = agents[agent.index]
    return (row.activity == .idle || row.activity == .wrapUp) && row.phone != .busy
  }

  /// Whether the rep takes queue calls, of one queue at least if there are any for the rep.
  private func isReadyForSome(_ agent: AgentID) -> Bool {
    guard agents[agent.index].availability == .ready else { return false }
    let served = seating.indices(of: agent)
    return served.isEmpty || served.contains { isReady(agent, for: seating[$0].queue) }
  }

  mutating func cancelOutbound(_ id: RequestID) -> Outcome {
    guard let request = requests.first(where: { $0.id == id }) else {
      return .refused(.unknownRequest)
    }
    record(.outbound(.requestEnded(id, agent: request.agent, outcome: .cancelled)))
    return .done
  }

  mutating func expireRequest(of agent: AgentID) {
    guard let request = requests.first(where: { $0.agent == agent }) else {
      return deadlines.cancel(.outboundRequest, agent.index)
    }
    record(.outbound(.requestEnded(request.id, agent: agent, outcome: .expired)))
  }
}
