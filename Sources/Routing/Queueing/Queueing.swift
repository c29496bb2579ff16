import Base

// A call's way into, through and out of a queue.

extension RoutingEngine {
  mutating func arrive(
    _ queue: QueueID, _ priority: UInt8, _ credit: TimeSpan, _ skills: SkillSet, _ feed: FeedID
  ) -> Outcome {
    guard queue.index < queues.count else { return .refused(.unknownQueue) }
    guard feed.index < feedsThere.count else { return .refused(.unknownFeed) }
    let call = calls.nextID
    record(
      .call(
        .arrived(
          call, queue: queue, priority: priority, credit: credit, skills: skills, feed: feed)))
    admit(call)
    return .entered(call)
  }

  /// Checks a call at the door of its queue, and of each queue it overflows to.
  mutating func admit(_ call: CallID) {
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
    if !has(plan.joinNeeds, queue, for: call) { return .empty }
    // Who could not stay is not let in; a queue that nobody serves has nobody to stay for.
    let couldStay = !plan.members.isEmpty && has(plan.stayNeeds, queue, for: call)
    if !couldStay, plan.whenEmpty != .stay { return .empty }
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
      record(.call(.ended(call, agent: nil, reason: .callBackAgreed)))
    case .connected where calls[call].isHeld:
      end(call, reason: .callBackAgreed)
    case .connected, .voicemail, .dialling, .unused: return .refused(.wrongCallState)
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
      record(.call(.ended(call, agent: nil, reason: reasonUnanswered(party, cause))))
    case .voicemail:
      let reason = party == .lead ? EndReason.endedByLead : .voicemail
      record(.call(.ended(call, agent: nil, reason: cause == .lost ? .lost : reason)))
    case .dialling:
      endDialling(call, reason: reasonNotConnected(party, cause))
    case .connected:
      if party == .agent, cause != .lost, returnUnconfirmed(call) { return .done }
      end(call, reason: reasonConnected(party, cause))
    case .unused: return .refused(.unknownCall)
    }
    return .done
  }

  /// The line of the rep who has the call is lost: the caller is not.
  mutating func reportLineLost(_ call: CallID) -> Outcome {
    guard calls.contains(call) else { return .refused(.unknownCall) }
    return returnLost(call) ? .done : hangUp(call, by: .agent, cause: .dropped)
  }

  /// A call out that nobody answered: a wrap-up follows only if the rules say so.
  private mutating func endDialling(_ call: CallID, reason: EndReason) {
    let agent = calls[call].agent
    record(.call(.ended(call, agent: agent, reason: reason)))
    guard let agent else { return }
    if plan.rules.wrapUpAfter.contains(.unanswered) {
      beginWrapUp(agent, call)
    } else {
      record(.agent(.wrapUpEnded(agent)))
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
    record(.call(.ended(call, agent: agent, reason: reason)))
    beginWrapUp(agent, call)
  }
}
