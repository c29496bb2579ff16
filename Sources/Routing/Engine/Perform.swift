// Commands to decisions. Each family of commands has a file of its own.

extension RoutingEngine {
  /// Carries out one command at ``now``.
  mutating func perform(_ command: Command) -> Outcome {
    switch command {
    case .arrive(let queue, let priority, let credit, let skills, let feed):
      arrive(queue, priority, credit, skills, feed)
    case .hangUp(let call, let party, let cause): hangUp(call, by: party, cause: cause)
    case .reportLineLost(let call): reportLineLost(call)
    case .leaveForVoicemail(let call): leaveForVoicemail(call)
    case .acceptCallBack(let call): acceptCallBack(call)
    case .reportRinging(let call, let agent): reportRinging(call, agent)
    case .reportUnreachable(let call, let agent): reportUnreachable(call, agent)
    case .reportOutboundAnswered(let call): reportOutboundAnswered(call)
    case .answer(let call, let agent, let offer): answer(call, agent, offer)
    case .ignore(let call, let agent, let offer, let by): ignore(call, agent, offer, by: by)
    case .hold(let call, let agent): setHold(true, call, agent)
    case .resume(let call, let agent): setHold(false, call, agent)
    case .writeUp(let call, let agent, let fields): writeUp(call, agent, fields)
    case .blindTransfer(let call, let agent): refuseBlindTransfer(call, agent)
    case .consult(let call, let agent, let to, let briefing): consult(call, agent, to, briefing)
    case .answerConsult(let transfer, let agent): answerConsult(transfer, agent)
    case .confirmTransfer(let transfer, let agent): confirmTransfer(transfer, agent)
    case .declineTransfer(let transfer, let agent): declineTransfer(transfer, agent)
    case .reportConsultUnreachable(let id, let agent): reportConsultUnreachable(id, agent)
    case .completeTransfer(let transfer, let agent): completeTransfer(transfer, agent)
    case .cancelTransfer(let transfer, let agent): cancelTransfer(transfer, agent)
    case .requestOutbound(let agent, let what, let wait): requestOutbound(agent, what, wait)
    case .cancelOutbound(let request): cancelOutbound(request)
    case .logIn(let agent): logIn(agent)
    case .logOut(let agent, let initiator): logOut(agent, by: initiator)
    case .makeReady(let agent, let queue, let reason, let initiator):
      makeReady(agent, queue, reason, by: initiator)
    case .makeNotReady(let agent, let reason, let until, let queue, let initiator):
      makeNotReady(agent, reason, until, queue, by: initiator)
    case .extendWrapUp(let agent, let span): extendWrapUp(agent, span)
    case .endWrapUp(let agent): endWrapUp(agent)
    case .setOfficeHours(let queue, let opens, let closes): setOfficeHours(queue, opens, closes)
    case .startDay: startDay()
    case .attachFeed(let feed): attach(feed)
    case .loseFeed(let feed): lose(feed)
    case .reportPhone(let agent, let phone, let feed): reportPhone(agent, phone, feed)
    case .assignPhone(let agent, let feed): assignPhone(agent, feed)
    }
  }

  private mutating func reportUnreachable(_ call: CallID, _ agent: AgentID) -> Outcome {
    endOffer(of: agent, for: call, offer: nil, outcome: .unreachable)
  }

  private mutating func ignore(
    _ call: CallID, _ agent: AgentID, _ offer: OfferID?, by initiator: Initiator
  ) -> Outcome {
    endOffer(
      of: agent, for: call, offer: offer, outcome: initiator == .agent ? .ignored : .withdrawn)
  }

  /// Lets happen what fell due: `kind` for the thing at `index`.
  mutating func fire(_ kind: DeadlineKind, _ index: Int) {
    switch kind {
    case .agentActivity: fireActivity(AgentID(index))
    case .agentNotReady: endOverdueReasons(of: AgentID(index))
    case .outboundRequest: expireRequest(of: AgentID(index))
    case .callLimit, .callStep:
      guard let call = calls.call(inSlot: index) else {
        deadlines.cancel(kind, index)
        return
      }
      if kind == .callLimit { fireLimit(call) } else { fireStep(call) }
    case .officeHours: turnOfficeHours(QueueID(index))
    }
  }

  private mutating func fireActivity(_ agent: AgentID) {
    let row = agents[agent.index]
    switch row.activity {
    case .offered:
      guard let offer = row.offer else { return }
      close(offer, of: agent, as: offer.isCutShort ? .withdrawn : .noAnswer)
    case .consulting: timeOutConsult(of: agent)
    case .wrapUp: finishWrapUp(agent)
    case .idle: record(.agent(.rested(agent)))
    case .talking, .outbound: deadlines.cancel(.agentActivity, agent.index)
    }
  }

  private mutating func fireLimit(_ call: CallID) {
    let row = calls[call]
    switch row.state {
    case .waiting, .offered:
      exhaust(call, .maxWait)
    case .dialling:
      // The telephony side has forgotten it: the rep would be busy for ever.
      _ = hangUp(call, by: .caller, cause: .lost)
    case .connected, .voicemail:
      record(.call(.foundStale(call, agent: row.agent)))
    case .unused: deadlines.cancel(.callLimit, call.index)
    }
  }

  private mutating func fireStep(_ call: CallID) {
    let row = calls[call]
    switch row.state {
    case .waiting, .offered: escalate(call)
    case .connected:
      guard row.isHeld, let agent = row.agent else {
        return deadlines.cancel(.callStep, call.index)
      }
      record(.call(.holdReminded(call, agent: agent, count: row.holdReminders + 1)))
    case .unused, .voicemail, .dialling: deadlines.cancel(.callStep, call.index)
    }
  }

  /// The caller has waited long enough for one more tier.
  private mutating func escalate(_ call: CallID) {
    let row = calls[call]
    guard Int(row.tier) + 1 < seating.tierCount(of: row.queue) else {
      return deadlines.cancel(.callStep, call.index)
    }
    record(.call(.tierEscalated(call, tier: row.tier + 1)))
    skipEmptyTiers(for: call)
    if row.state == .offered { reconsiderFreeMembers(of: row.queue) } else { unsettled.add(call) }
  }
}
