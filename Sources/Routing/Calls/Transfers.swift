// Warm transfers: consult, confirm, complete. A caller is never released before the confirmation.

extension RoutingEngine {
  mutating func refuseBlindTransfer(_ call: CallID, _ agent: AgentID) -> Outcome {
    if let refusal = refusalOfHolder(call, agent) { return refusal }
    record(.transfer(.blindPrevented(call, agent: agent, cause: .requested)))
    return .refused(.noBlindTransfer)
  }

  mutating func consult(
    _ call: CallID, _ holder: AgentID, _ target: TransferTarget, _ briefing: Briefing
  ) -> Outcome {
    if let refusal = refusalOfHolder(call, holder) { return refusal }
    guard briefing == .complete else { return .refused(.briefingRequired) }
    guard transfers[holder.index].state == .none else { return .refused(.wrongTransferState) }
    var first: AgentID?
    switch target {
    case .agent(let agent):
      guard agent.index < agents.count else { return .refused(.unknownAgent) }
      guard agent != holder, canConsult(agent) else { return .refused(.targetNotAvailable) }
      first = agent
    case .queue(let queue):
      guard queue.index < queues.count else { return .refused(.unknownQueue) }
      let anybody = chooseConsultant(about: call, from: queue, evenIfRefused: true)
      if anybody == nil { return .refused(.noFreeAgent, queue: queue) }
    case .outside: break
    }
    if !calls[call].isHeld { record(.call(.held(call, agent: holder))) }
    let id = TransferID(lastTransfer.rawValue + 1)
    record(.transfer(.consultStarted(id, call: call, holder: holder, target: target)))
    // The refusal memory now belongs to the consultation, and is empty.
    if case .queue(let queue) = target { first = chooseConsultant(about: call, from: queue) }
    if let first { record(.transfer(.consultOffered(id, holder: holder, agent: first))) }
    return .consulting(id)
  }

  private func canConsult(_ agent: AgentID) -> Bool {
    agents[agent.index].isLoggedIn && agents[agent.index].activity == .idle
      && agents[agent.index].canRing && !plan.agents[agent.index].isRetired
  }

  /// The rep who holds the call of a transfer in progress.
  private func holder(of transfer: TransferID) -> AgentID? {
    let index = transfers.firstIndex { $0.id == transfer && $0.state != .none }
    return index.map { AgentID($0) }
  }

  mutating func answerConsult(_ id: TransferID, _ agent: AgentID?) -> Outcome {
    guard let holder = holder(of: id) else { return .refused(.unknownTransfer) }
    guard transfers[holder.index].state == .ringing else { return .refused(.wrongTransferState) }
    guard transfers[holder.index].agent == agent else { return .refused(.notYourCall) }
    record(.transfer(.consultAnswered(id, holder: holder, agent: agent)))
    return .done
  }

  mutating func confirmTransfer(_ id: TransferID, _ agent: AgentID?) -> Outcome {
    guard let holder = holder(of: id) else { return .refused(.unknownTransfer) }
    let row = transfers[holder.index]
    let mayConfirm = row.target == .outside ? agent == nil || agent == holder : agent == row.agent
    guard mayConfirm else { return .refused(.notYourCall) }
    guard row.state == .briefing else { return .refused(.wrongTransferState) }
    record(.transfer(.consultConfirmed(id, holder: holder, agent: row.agent)))
    return .done
  }

  mutating func declineTransfer(_ id: TransferID, _ agent: AgentID?) -> Outcome {
    guard let holder = holder(of: id) else { return .refused(.unknownTransfer) }
    guard transfers[holder.index].agent == agent else { return .refused(.notYourCall) }
    giveUpOnTarget(of: holder, .declined)
    return .done
  }

  mutating func reportConsultUnreachable(_ id: TransferID, _ agent: AgentID?) -> Outcome {
    guard let holder = holder(of: id) else { return .refused(.unknownTransfer) }
    guard transfers[holder.index].agent == agent else { return .refused(.notYourCall) }
    guard transfers[holder.index].state == .ringing else { return .refused(.wrongTransferState) }
    giveUpOnTarget(of: holder, .unreachable)
    return .done
  }

  /// The phone at which a consultation rings is gone: it would ring there until its time is over.
  mutating func giveUpConsult(at agent: AgentID) {
    guard agents[agent.index].activity == .consulting else { return }
    let holder = transfers.indices.first {
      transfers[$0].agent == agent && transfers[$0].state == .ringing
    }
    if let holder { giveUpOnTarget(of: AgentID(holder), .unreachable) }
  }

  mutating func completeTransfer(_ id: TransferID, _ agent: AgentID) -> Outcome {
    guard let holder = holder(of: id) else { return .refused(.unknownTransfer) }
    guard holder == agent else { return .refused(.notYourCall) }
    guard transfers[holder.index].state == .confirmed else {
      return .refused(.confirmationRequired)
    }
    complete(holder)
    return .done
  }

  private mutating func complete(_ holder: AgentID) {
    let row = transfers[holder.index]
    let call = row.call
    record(.transfer(.completed(row.id, call: call, holder: holder, target: row.agent)))
    if row.agent != nil {
      record(.call(.resumed(call, agent: row.agent)))
    } else {
      record(.call(.ended(call, agent: holder, reason: .transferredOut)))
    }
    beginWrapUp(holder, call)
  }

  mutating func cancelTransfer(_ id: TransferID, _ agent: AgentID) -> Outcome {
    guard let holder = holder(of: id) else { return .refused(.unknownTransfer) }
    guard holder == agent else { return .refused(.notYourCall) }
    abortTransfer(of: holder, outcome: .cancelled)
    return .done
  }

  mutating func timeOutConsult(of holder: AgentID) {
    guard transfers[holder.index].state != .none else {
      return deadlines.cancel(.agentActivity, holder.index)
    }
    giveUpOnTarget(of: holder, .timedOut)
  }

  /// The target was lost. Another free rep of a target queue is rung; else the caller is back.
  private mutating func giveUpOnTarget(of holder: AgentID, _ outcome: TransferOutcome) {
    let row = transfers[holder.index]
    if let agent = row.agent, case .queue(let queue) = row.target, row.state == .ringing {
      let refused: OfferOutcome =
        switch outcome {
        case .declined: .ignored
        case .unreachable: .unreachable
        case .timedOut, .cancelled, .callerLeft, .holderLeft: .noAnswer
        }
      record(.transfer(.consultRefused(row.id, holder: holder, agent: agent, outcome: refused)))
      if let next = chooseConsultant(about: row.call, from: queue) {
        return record(.transfer(.consultOffered(row.id, holder: holder, agent: next)))
      }
    }
    abortTransfer(of: holder, outcome: outcome)
  }

  /// Ends a consultation without a transfer; the caller is taken off hold.
  mutating func abortTransfer(of holder: AgentID, outcome: TransferOutcome) {
    let row = transfers[holder.index]
    record(
      .transfer(
        .ended(row.id, call: row.call, holder: holder, outcome: outcome, agent: row.agent)))
    if calls[row.call].isHeld { record(.call(.resumed(row.call, agent: holder))) }
  }

  /// The holder has gone. A confirmed transfer is completed; an unconfirmed one would leave the
  /// caller with nobody, so the caller goes to the head of the queue.
  /// - Returns: whether that settled the matter; `false`: there was no transfer.
  mutating func returnUnconfirmed(_ call: CallID) -> Bool {
    guard let holder = calls[call].agent, transfers[holder.index].state != .none else {
      return false
    }
    if transfers[holder.index].state == .confirmed {
      complete(holder)
      return true
    }
    record(.transfer(.blindPrevented(call, agent: holder, cause: .holderLeft)))
    abortTransfer(of: holder, outcome: .holderLeft)
    guard calls[call].hasQueue else {
      // Somebody called by a rep of no queue: there is no line to wait in.
      record(.call(.ended(call, agent: holder, reason: .dropped)))
      beginWrapUp(holder, call)
      return true
    }
    putBack(call, from: holder, because: .holderLeft)
    return true
  }

  /// The holder's line was lost: nobody else has the caller, who goes to the head of the line.
  /// - Returns: whether that was done; `false`: the rules are others, there is no line to wait in, or a colleague is being
  ///   consulted, which the holder's leaving settles.
  mutating func returnLost(_ call: CallID) -> Bool {
    guard plan.rules.lostLine == .returnCaller, calls[call].state == .connected,
      calls[call].direction == .inbound, calls[call].hasQueue, let holder = calls[call].agent,
      transfers[holder.index].state == .none
    else { return false }
    if calls[call].isHeld { record(.call(.resumed(call, agent: holder))) }
    putBack(call, from: holder, because: .lineLost)
    return true
  }

  private mutating func putBack(
    _ call: CallID, from holder: AgentID, because cause: ReturnCause
  ) {
    let queue = calls[call].queue
    record(.call(.returnedToQueue(call, queue: queue, agent: holder, cause: cause)))
    beginWrapUp(holder, call)
    leaveIfEmpty(call)
    if isWaiting(call, in: queue), !queues[queue.index].isOpen, chooseAgent(for: call) == nil {
      leaveAtClosing(call)
    }
  }
}
