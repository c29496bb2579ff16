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
    if !row.has(plan.joinNeeds) { return .empty }
    if plan.maxLength > 0, row.line.count > Int(plan.maxLength), chooseAgent(for: call) == nil {
      return .full
    }
    return nil
  }

  /// Sends a waiting call where the plan says.
  private mutating func divert(
    _ call: CallID, _ reason: DivertReason, from queue: QueueID, isAtDoor: Bool = false
  ) {
    var overflow = overflow(for: reason, of: queue)
    if case .queue = overflow, Int(calls[call].diversions) >= queues.count {
      overflow = .voicemail
    }
    if overflow == .stay { overflow = isAtDoor ? .reject : .stay }
    switch overflow {
    case .stay: return
    case .offerCallBack where calls[call].isCallBackOffered: return
    case .reject:
      record(.callDiverted(call, queue: queue, reason: reason, to: .reject))
      record(.callEnded(call, agent: nil, reason: .rejected))
    case .offerCallBack, .voicemail:
      record(.callDiverted(call, queue: queue, reason: reason, to: overflow))
    case .queue:
      record(.callDiverted(call, queue: queue, reason: reason, to: overflow))
      if !isAtDoor { admit(call) }
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

  /// Diverts the callers of `queue` if it has lost the presence it needs.
  mutating func clearIfEmpty(_ queue: QueueID) {
    let plan = plan.queues[queue.index]
    let isServed = queues[queue.index].has(plan.stayNeeds) && !plan.members.isEmpty
    if isServed || plan.whenEmpty == .stay { return }
    let line = queues[queue.index].line
    for position in 0..<line.count { divert(line[position], .empty, from: queue) }
  }

  /// After a new plan: nobody is left waiting in a queue that nobody serves any more, and who is no
  /// longer employed waits for no cover.
  mutating func leaveAbandonedQueues() {
    for queue in queues.indices { clearIfEmpty(QueueID(queue)) }
    for request in requests where plan.agents[request.agent.index].isRetired {
      record(.outboundRequestEnded(request.id, agent: request.agent, outcome: .agentLeft))
    }
  }

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
      closeOffers(of: call, as: .callerAbandoned)
      record(.callEnded(call, agent: nil, reason: cause == .lost ? .lost : .abandoned))
    case .voicemail:
      record(.callEnded(call, agent: nil, reason: cause == .lost ? .lost : .voicemail))
    case .dialling:
      let agent = calls[call].agent
      record(.callEnded(call, agent: agent, reason: reasonNotConnected(party, cause)))
      if let agent { record(.wrapUpEnded(agent)) }
    case .connected:
      if party == .agent, cause != .lost, returnUnconfirmed(call) { return .done }
      end(call, reason: reasonConnected(party, cause))
    case .unused: return .refused(.unknownCall)
    }
    return .done
  }

  private func reasonNotConnected(_ party: Party, _ cause: HangUpCause) -> EndReason {
    switch cause {
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
    case .normal, .noAnswer, .busy: party == .agent ? .agentHungUp : .callerHungUp
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
