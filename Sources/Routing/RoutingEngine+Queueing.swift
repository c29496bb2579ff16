// A call's way into, through and out of a queue.

extension RoutingEngine {
  mutating func arrive(
    _ queue: QueueID, _ priority: UInt8, _ credit: Microseconds, _ skills: SkillSet
  ) -> Outcome {
    guard queue.index < queues.count else { return .refused(.unknownQueue) }
    let call = calls.nextID
    record(
      .callArrived(call, queue: queue, priority: priority, credit: credit, skills: skills))
    admit(call)
    return .entered(call)
  }

  /// Checks a call at the door of its queue, and of each queue it overflows to.
  private mutating func admit(_ call: CallID) {
    while calls.contains(call), calls[call].state == .waiting {
      let queue = calls[call].queue
      guard let reason = reasonNotToAdmit(call, queue) else { return }
      divert(call, reason, from: queue, isAtDoor: true)
      if calls.contains(call), calls[call].queue == queue { return }
    }
  }

  @inline(__always)
  private func reasonNotToAdmit(_ call: CallID, _ queue: QueueID) -> DivertReason? {
    let row = queues[queue.index]
    let plan = plan.queues[queue.index]
    if !row.isOpen { return .closed }
    // A queue that nobody serves has nobody to wait for, whatever it needs.
    if plan.members.isEmpty, plan.whenEmpty != .stay { return .empty }
    if !has(plan.joinNeeds, queue, for: call) { return .empty }
    if plan.maxLength > 0, row.line.count > Int(plan.maxLength), chooseAgent(for: call) == nil {
      return .full
    }
    return nil
  }

  /// Whether enough reps are there who have the skills that the caller needs in `queue`.
  func has(_ presence: Presence, _ queue: QueueID, for call: CallID) -> Bool {
    let row = queues[queue.index]
    switch presence {
    case .nobody: return true
    case .loggedIn: if row.loggedIn == 0 { return false }
    case .ready: if row.ready == 0 { return false }
    }
    let skills = calls[call].skills.union(plan.queues[queue.index].skills)
    if skills.isEmpty { return true }
    return plan.queues[queue.index].members.contains { member in
      skills.isSubset(of: plan.agents[member.agent.index].skills)
        && (presence == .ready
          ? isReady(member.agent, for: queue) : agents[member.agent.index].isLoggedIn)
    }
  }

  // MARK: Overflow

  /// Sends a waiting call where the plan says.
  private mutating func divert(
    _ call: CallID, _ reason: DivertReason, from queue: QueueID, isAtDoor: Bool = false
  ) {
    var overflow = overflow(for: reason, of: queue)
    if overflow == .stay, isAtDoor { overflow = .reject }
    divert(call, reason, to: overflow, from: queue, isAtDoor: isAtDoor)
  }

  private mutating func divert(
    _ call: CallID, _ reason: DivertReason, to overflow: Overflow, from queue: QueueID,
    isAtDoor: Bool = false
  ) {
    switch overflow {
    case .stay: return
    case .offerCallBack where calls[call].isCallBackOffered: return
    case .reject:
      record(.callDiverted(call, queue: queue, reason: reason, to: .reject))
      record(.callEnded(call, agent: nil, reason: .rejected))
    case .offerCallBack, .voicemail:
      record(.callDiverted(call, queue: queue, reason: reason, to: overflow))
    case .queue(let target):
      // Round and round would help nobody.
      let goesRound = target == queue || wouldTurnAway(call, target)
      let next = goesRound ? Overflow.voicemail : overflow
      record(.callDiverted(call, queue: queue, reason: reason, to: next))
      if !isAtDoor, !goesRound { admit(call) }
    }
  }

  /// Whether `queue` has passed the caller on already, and would do it again for the same reason.
  ///
  /// A line that was full, a queue that was closed or without reps may have changed; the longest wait and
  /// the most rings that a queue has for a caller are used up for good.
  private func wouldTurnAway(_ call: CallID, _ queue: QueueID) -> Bool {
    let plan = plan.queues[queue.index]
    return calls.turnAways[call.index].contains { turnAway in
      guard turnAway.queue == queue else { return false }
      return switch turnAway.reason {
      case .closed: !queues[queue.index].isOpen
      case .full:
        plan.maxLength > 0 && queues[queue.index].line.count >= Int(plan.maxLength)
      case .empty:
        !has(plan.joinNeeds, queue, for: call) || !has(plan.stayNeeds, queue, for: call)
      case .maxWait: plan.maxWait > 0
      case .maxOffers: plan.maxOffers > 0
      case .maxRingTime: plan.maxRingTime > 0
      case .callerRequest: true
      }
    }
  }

  private func overflow(for reason: DivertReason, of queue: QueueID) -> Overflow {
    let plan = plan.queues[queue.index]
    return switch reason {
    case .full: plan.whenFull
    case .closed: plan.whenClosed
    case .empty: plan.whenEmpty
    case .maxWait, .maxOffers, .maxRingTime: plan.whenExhausted
    case .callerRequest: .voicemail
    }
  }

  /// A call has used up a limit of its queue: offers in progress are taken back, and it goes on.
  mutating func exhaust(_ call: CallID, _ reason: DivertReason) {
    let queue = calls[call].queue
    let leaves = overflow(for: reason, of: queue)
    if leaves == .stay || leaves == .offerCallBack && calls[call].isCallBackOffered {
      if reason == .maxWait {
        record(.callDiverted(call, queue: queue, reason: reason, to: .stay))
      }
      return
    }
    if leaves != .offerCallBack { closeOffers(of: call, as: .withdrawn) }
    guard calls.contains(call), calls[call].queue == queue else { return }
    divert(call, reason, from: queue)
  }

  /// Diverts the callers of queues that have lost the presence they need.
  mutating func clearEmptyQueues(servedBy agent: AgentID) {
    for i in seating.indices(of: agent) { clearIfEmpty(seating[i].queue) }
  }

  /// Diverts the callers of `queue` for whom it has lost the presence it needs.
  mutating func clearIfEmpty(_ queue: QueueID) {
    let plan = plan.queues[queue.index]
    if plan.whenEmpty == .stay { return }
    let line = queues[queue.index].line
    for position in 0..<line.count
    where plan.members.isEmpty || !has(plan.stayNeeds, queue, for: line[position]) {
      divert(line[position], .empty, from: queue)
    }
  }

  // MARK: Closing

  /// Office hours of `queue` have ended: those in line go where the plan says.
  mutating func clearAtClosing(_ queue: QueueID) {
    let line = queues[queue.index].line
    for position in 0..<line.count { leaveAtClosing(line[position]) }
  }

  /// Sends a caller who waits in a queue that has closed where the plan says.
  mutating func leaveAtClosing(_ call: CallID) {
    let queue = calls[call].queue
    if plan.queues[queue.index].atClosing == .stay { return }
    divert(call, .closed, to: plan.queues[queue.index].atClosing, from: queue)
  }

  /// After a new plan: nobody is left waiting in a queue that nobody serves any more, and who is no
  /// longer employed waits for no cover.
  mutating func leaveAbandonedQueues() {
    for queue in queues.indices { clearIfEmpty(QueueID(queue)) }
    for request in requests where plan.agents[request.agent.index].isRetired {
      record(.outboundRequestEnded(request.id, agent: request.agent, outcome: .agentLeft))
    }
  }

  // MARK: Callers

  mutating func leaveForVoicemail(_ call: CallID) -> Outcome {
    guard calls.contains(call) else { return .refused(.unknownCall) }
    guard calls[call].state == .waiting || calls[call].state == .offered else {
      return .refused(.wrongCallState)
    }
    closeOffers(of: call, as: .withdrawn)
    divert(call, .callerRequest, from: calls[call].queue)
    return .done
  }

  mutating func acceptCallBack(_ call: CallID) -> Outcome {
    guard calls.contains(call) else { return .refused(.unknownCall) }
    switch calls[call].state {
    case .waiting, .offered:
      closeOffers(of: call, as: .withdrawn)
      record(.callEnded(call, agent: nil, reason: .callBackAgreed))
    case .connected where calls[call].isHeld:
      end(call, reason: .callBackAgreed)
    default: return .refused(.wrongCallState)
    }
    return .done
  }

  mutating func hangUp(_ call: CallID, by party: Party, cause: HangUpCause) -> Outcome {
    guard calls.contains(call) else { return .refused(.unknownCall) }
    switch calls[call].state {
    case .waiting where party == .agent, .offered where party == .agent,
      .voicemail where party == .agent:
      // The rep's side of the call is gone already; the caller is still there.
      return .refused(.wrongCallState)
    case .waiting, .offered:
      closeOffers(of: call, as: party == .lead ? .withdrawn : .callerAbandoned)
      record(.callEnded(call, agent: nil, reason: reasonUnanswered(party, cause)))
    case .voicemail:
      let reason = party == .lead ? EndReason.endedByLead : .voicemail
      record(.callEnded(call, agent: nil, reason: cause == .lost ? .lost : reason))
    case .dialling:
      endDialling(call, reason: reasonNotConnected(party, cause))
    case .connected:
      if party == .agent, cause != .lost, returnUnconfirmed(call) { return .done }
      end(call, reason: reasonConnected(party, cause))
    case .unused: return .refused(.unknownCall)
    }
    return .done
  }

  /// A call out that nobody answered: a wrap-up follows only if the rules say so.
  private mutating func endDialling(_ call: CallID, reason: EndReason) {
    let agent = calls[call].agent
    record(.callEnded(call, agent: agent, reason: reason))
    guard let agent else { return }
    if plan.rules.wrapUpAfter.contains(.unanswered) {
      beginWrapUp(agent, call)
    } else {
      record(.wrapUpEnded(agent))
    }
  }

  private func reasonUnanswered(_ party: Party, _ cause: HangUpCause) -> EndReason {
    cause == .lost ? .lost : party == .lead ? .endedByLead : .abandoned
  }

  private func reasonNotConnected(_ party: Party, _ cause: HangUpCause) -> EndReason {
    switch cause {
    case .normal where party == .lead: .endedByLead
    case .normal: party == .agent ? .agentHungUp : .noAnswer
    case .dropped: .dropped
    case .noAnswer: .noAnswer
    case .busy: .busy
    case .failed: .failed
    case .lost: .lost
    }
  }

  private func reasonConnected(_ party: Party, _ cause: HangUpCause) -> EndReason {
    switch cause {
    case .dropped, .failed: .dropped
    case .lost: .lost
    case .normal, .noAnswer, .busy:
      switch party {
      case .caller: .callerHungUp
      case .agent: .agentHungUp
      case .lead: .endedByLead
      }
    }
  }

  /// Ends a connected call: a consultation with it, and its holder goes into wrap-up.
  private mutating func end(_ call: CallID, reason: EndReason) {
    guard let agent = calls[call].agent else { return }
    if transfers[agent.index].state != .none {
      abortTransfer(of: agent, outcome: .callerLeft)
    }
    record(.callEnded(call, agent: agent, reason: reason))
    beginWrapUp(agent, call)
  }
}
