import Base

// Whether reps are at work and take queue calls. Each reason not to is a switch of its own.

extension RoutingEngine {
  mutating func logIn(_ agent: AgentID) -> Outcome {
    guard agent.index < agents.count, !plan.agents[agent.index].isRetired else {
      return .refused(.unknownAgent)
    }
    if agents[agent.index].isLoggedIn { return .unchanged }
    record(.agent(.loggedIn(agent)))
    return .done
  }

  mutating func logOut(_ agent: AgentID, by initiator: Initiator) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    switch agents[agent.index].activity {
    case .talking, .consulting, .outbound: return .refused(.agentBusy)
    case .wrapUp: finishWrapUp(agent)
    case .offered: goNotReady(agent, .justLoggedIn, until: .never, by: initiator)
    case .idle: break
    }
    guard agents[agent.index].isLoggedIn else { return .unchanged }
    signOff(agent)
    return .done
  }

  /// Ends the working day of a rep whose hands are free.
  mutating func signOff(_ agent: AgentID) {
    if let request = requests.first(where: { $0.agent == agent }) {
      record(.outbound(.requestEnded(request.id, agent: agent, outcome: .agentLeft)))
    }
    record(.agent(.loggedOut(agent)))
    clearEmptyQueues(servedBy: agent)
  }

  // MARK: Ready

  mutating func makeReady(
    _ agent: AgentID, _ queue: QueueID?, _ reason: NotReadyReason?, by initiator: Initiator
  ) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    let row = agents[agent.index]
    guard row.isLoggedIn else { return .refused(.notLoggedIn) }
    if let refusal = refusalOfQueue(queue, agent) { return refusal }
    var isChanged = false
    if queue == nil, reason == nil {
      isChanged = row.activity == .wrapUp
      if row.activity == .wrapUp { finishWrapUp(agent) }
      // A rest is the phone's as much as the rep's: only the rep can say that it is over.
      let isResting =
        agents[agent.index].activity == .idle && agents[agent.index].restUntil > .distantPast
      if isResting, initiator == .agent {
        isChanged = true
        record(.agent(.rested(agent)))
      }
    }
    let gone = notReadySwitches[agent.index].filter { entry in
      (queue == nil || entry.queue == queue) && (reason == nil || entry.reason == reason)
        && mayTakeAway(entry, initiator)
    }
    takeAway(gone, from: agent)
    return isChanged || !gone.isEmpty ? .done : .unchanged
  }

  /// Going ready takes away what the rep has set; a lead's going ready for the rep, what a lead has set as
  /// well. What the engine set by a rule stays until the rule lets go, save the two that are made to be
  /// taken away.
  private func mayTakeAway(_ entry: NotReadySwitch, _ initiator: Initiator) -> Bool {
    if entry.reason.isClearedByReady { return true }
    return switch entry.setBy {
    case .agent: true
    case .lead: initiator != .agent
    case .system: initiator == .system
    }
  }

  private mutating func takeAway(_ gone: [NotReadySwitch], from agent: AgentID) {
    for entry in gone {
      if let queue = entry.queue {
        record(.agent(.rejoinedQueue(agent, queue: queue, reason: entry.reason)))
      }
    }
    let whole = gone.filter { $0.queue == nil }
    if whole.isEmpty { return }
    let rest = notReadySwitches[agent.index].filter { !gone.contains($0) }
    guard let shown = NotReadySwitch.shown(of: rest) else {
      return record(.agent(.becameReady(agent)))
    }
    for entry in whole {
      record(.agent(.reasonEnded(agent, reason: entry.reason, shown: shown.reason)))
    }
  }

  /// The time of one or more reasons is up.
  mutating func endOverdueReasons(of agent: AgentID) {
    let overdue = notReadySwitches[agent.index].filter { $0.until <= now }
    if overdue.isEmpty { return deadlines.cancel(.agentNotReady, agent.index) }
    takeAway(overdue, from: agent)
  }

  /// After a new plan: who no longer serves a queue need not be away from it.
  mutating func rejoinUnservedQueues() {
    for agent in agents.indices.map({ AgentID($0) }) where agents[agent.index].isAwayFromQueues {
      let gone = notReadySwitches[agent.index].filter { entry in
        entry.queue.map { seating.seat(of: agent, in: $0) == nil } ?? false
      }
      takeAway(gone, from: agent)
    }
  }

  // MARK: Not ready

  mutating func makeNotReady(
    _ agent: AgentID, _ reason: NotReadyReason, _ until: Instant, _ queue: QueueID?,
    by initiator: Initiator
  ) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    guard agents[agent.index].isLoggedIn else { return .refused(.notLoggedIn) }
    if let refusal = refusalOfQueue(queue, agent) { return refusal }
    var entry = NotReadySwitch(reason: reason, queue: queue, until: until, setBy: initiator)
    let old = notReadySwitches[agent.index].first { $0.isAbout(entry) }
    if let old, old.setBy != .agent, initiator == .agent {
      // What a lead has set is not the rep's because the rep says it too; it may last longer.
      entry.setBy = old.setBy
      entry.until = max(old.until, until)
    }
    if entry == old { return .unchanged }
    if let queue {
      leaveQueue(agent, queue, entry, by: initiator)
    } else {
      goNotReady(agent, entry, by: initiator)
    }
    return .done
  }

  private func refusalOfQueue(_ queue: QueueID?, _ agent: AgentID) -> Outcome? {
    guard let queue else { return nil }
    guard queue.index < queues.count else { return .refused(.unknownQueue) }
    return seating.seat(of: agent, in: queue) == nil ? .refused(.notMember, queue: queue) : nil
  }

  /// Makes a rep not ready by a rule, or on the way home.
  mutating func goNotReady(
    _ agent: AgentID, _ reason: NotReadyReason, until: Instant, by initiator: Initiator
  ) {
    let entry = NotReadySwitch(reason: reason, queue: nil, until: until, setBy: initiator)
    goNotReady(agent, entry, by: initiator)
  }

  /// Makes a rep not ready. A ringing offer is refused by that, if it was the rep's own act.
  private mutating func goNotReady(
    _ agent: AgentID, _ entry: NotReadySwitch, by initiator: Initiator
  ) {
    let others = notReadySwitches[agent.index].filter { !$0.isAbout(entry) }
    let shown = NotReadySwitch.shown(of: others + [entry])?.reason ?? entry.reason
    record(
      .agent(
        .becameNotReady(
          agent, reason: entry.reason, until: entry.until, by: entry.setBy, shown: shown)))
    if let offer = agents[agent.index].offer {
      close(offer, of: agent, as: initiator == .agent ? .wentNotReady : .withdrawn)
    }
    clearEmptyQueues(servedBy: agent)
  }

  private mutating func leaveQueue(
    _ agent: AgentID, _ queue: QueueID, _ entry: NotReadySwitch, by initiator: Initiator
  ) {
    record(
      .agent(
        .leftQueue(
          agent, queue: queue, reason: entry.reason, until: entry.until, by: entry.setBy)))
    if let offer = agents[agent.index].offer, offer.queue == queue {
      close(offer, of: agent, as: initiator == .agent ? .wentNotReady : .withdrawn)
    }
    clearIfEmpty(queue)
  }
}
