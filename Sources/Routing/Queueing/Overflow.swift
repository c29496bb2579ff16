import Base

// Where callers go whom a queue cannot keep.

extension RoutingEngine {
  /// Sends a waiting call where the plan says.
  mutating func divert(
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
      record(.call(.diverted(call, queue: queue, reason: reason, to: .reject)))
      record(.call(.ended(call, agent: nil, reason: .rejected)))
    case .offerCallBack, .voicemail:
      record(.call(.diverted(call, queue: queue, reason: reason, to: overflow)))
    case .queue(let target):
      // Round and round would help nobody.
      let goesRound = target == queue || wouldTurnAway(call, target)
      let next = goesRound ? Overflow.voicemail : overflow
      record(.call(.diverted(call, queue: queue, reason: reason, to: next)))
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
        plan.members.isEmpty || !has(plan.joinNeeds, queue, for: call)
          || !has(plan.stayNeeds, queue, for: call)
      case .maxWait: plan.maxWait > .zero
      case .maxOffers: plan.maxOffers > 0
      case .maxRingTime: plan.maxRingTime > .zero
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
        record(.call(.diverted(call, queue: queue, reason: reason, to: .stay)))
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
    if plan.stayNeeds == .nobody, !plan.members.isEmpty { return }
    let line = queues[queue.index].line
    for position in 0..<line.count { leaveIfEmpty(line[position]) }
  }

  /// Diverts a waiting caller if the queue has not the presence it needs for the caller.
  mutating func leaveIfEmpty(_ call: CallID) {
    let queue = calls[call].queue
    let plan = plan.queues[queue.index]
    if plan.members.isEmpty || !has(plan.stayNeeds, queue, for: call) {
      divert(call, .empty, from: queue)
    }
  }

  /// Whether the caller is in line in `queue`.
  func isWaiting(_ call: CallID, in queue: QueueID) -> Bool {
    calls.contains(call) && calls[call].state == .waiting && calls[call].queue == queue
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
      record(.outbound(.requestEnded(request.id, agent: request.agent, outcome: .agentLeft)))
    }
  }
}
