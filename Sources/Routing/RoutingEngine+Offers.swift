// Ringing reps: offers and how they end.

extension RoutingEngine {
  /// Rings for a call that waits, or takes its ring over, if somebody suitable is free.
  mutating func offerToAgents(_ call: CallID) {
    guard let agent = chooseAgent(for: call, onlyIfFirst: unsettled.isCrowded) else { return }
    let ringsTogether = plan.queues[calls[call].queue.index].strategy == .simultaneous
    if calls[call].state == .offered, !ringsTogether { closeOffers(of: call, as: .withdrawn) }
    offer(call, to: agent)
    if ringsTogether { joinRinging(call) }
  }

  /// Rings a rep who has become free for the first caller in the rep's order, if there is one.
  mutating func offerCalls(to agent: AgentID) {
    // The first for this rep may be another's by the queue's strategy; then the next.
    while agents[agent.index].isFree, let call = chooseCall(for: agent) { offerToAgents(call) }
    if seating.hasSimultaneous, agents[agent.index].isFree { unsettled.addJoiner(agent) }
  }

  private mutating func offer(_ call: CallID, to agent: AgentID) {
    let queue = calls[call].queue
    let limit = plan.queues[queue.index].maxRingTime
    var ringTimeout =
      plan.agents[agent.index].ringTimeout ?? plan.queues[queue.index].ringTimeout
    // A call that has used up the limit and may stay is rung in full from then on.
    let left = limit - calls[call].ringTime(at: now)
    if left > 0 { ringTimeout = min(ringTimeout, left) }
    let id = OfferID(lastOffer.rawValue + 1)
    record(
      .callOffered(
        id, call: call, agent: agent, queue: queue, ringTimeout: ringTimeout,
        round: UInt32(calls.refusals(of: call, by: agent))))
  }

  // MARK: Simultaneous

  /// A free rep for whom nobody waits rings along with those whose phones ring already.
  mutating func joinRings(_ agent: AgentID) {
    guard agents[agent.index].isFree, let call = ringingCall(toJoin: agent) else { return }
    joinRinging(call)
  }

  /// Rings every other free rep of the tier that rings already, who has refused the caller no more often
  /// than those who are rung and has nobody else to take.
  private mutating func joinRinging(_ call: CallID) {
    let queue = calls[call].queue
    guard let ringing = calls[call].agent, let tier = tier(of: ringing, in: queue) else { return }
    let most = mostRefusalsRung(for: call)
    let joining = seating.range(ofTier: tier, in: queue).compactMap { ordinal -> Joining? in
      guard queues[queue.index].isFree(Int32(ordinal)) else { return nil }
      let agent = plan.queues[queue.index].members[ordinal].agent
      let refusals = calls.refusals(of: call, by: agent)
      guard refusals <= most, hasSkills(agent, for: call), !hasOther(than: call, agent) else {
        return nil
      }
      return Joining(agent: agent, refusals: refusals, ordinal: ordinal)
    }
    for entry in joining.sorted(by: { $0.order < $1.order }) { offer(call, to: entry.agent) }
  }

  /// A rep who rings along.
  private struct Joining {
    var agent: AgentID
    var refusals: UInt16
    var ordinal: Int
    var order: (UInt16, Int) { (refusals, ordinal) }
  }

  private func hasOther(than call: CallID, _ agent: AgentID) -> Bool {
    unsettled.isCrowded && chooseCall(for: agent).map { $0 != call } ?? false
  }

  private func mostRefusalsRung(for call: CallID) -> UInt16 {
    plan.queues[calls[call].queue.index].members.lazy
      .filter { agents[$0.agent.index].offer?.call == call }
      .map { calls.refusals(of: call, by: $0.agent) }.max() ?? 0
  }

  /// The oldest call that rings simultaneously and that `agent` may join in on.
  private func ringingCall(toJoin agent: AgentID) -> CallID? {
    for i in seating.indices(of: agent) {
      let seat = seating[i]
      guard plan.queues[seat.queue.index].strategy == .simultaneous,
        queues[seat.queue.index].isFree(seat.ordinal)
      else { continue }
      for call in queues[seat.queue.index].ringing
      where hasSkills(agent, for: call)
        && calls[call].agent.flatMap({ tier(of: $0, in: seat.queue) }) == Int(seat.tier)
        && calls.refusals(of: call, by: agent) <= mostRefusalsRung(for: call)
      {
        return call
      }
    }
    return nil
  }

  // MARK: Ends

  mutating func answer(_ call: CallID, _ agent: AgentID, _ id: OfferID?) -> Outcome {
    if let refusal = refusalOfOffer(call, agent, id) { return refusal }
    guard let offer = agents[agent.index].offer else { return .refused(.staleOffer) }
    record(.callAnswered(offer.id, call: call, agent: agent))
    closeOffers(of: call, as: .lostRace)
    return .done
  }

  mutating func reportRinging(_ call: CallID, _ agent: AgentID) -> Outcome {
    if let refusal = refusalOfOffer(call, agent, nil) { return refusal }
    guard let offer = agents[agent.index].offer else { return .refused(.staleOffer) }
    if offer.isRinging { return .unchanged }
    record(.offerRinging(offer.id, call: call, agent: agent))
    return .done
  }

  /// Ends an offer at the wish of the rep or the report of the feed.
  mutating func endOffer(
    of agent: AgentID, for call: CallID, offer id: OfferID?, outcome: OfferOutcome
  ) -> Outcome {
    if let refusal = refusalOfOffer(call, agent, id) { return refusal }
    guard let offer = agents[agent.index].offer else { return .refused(.staleOffer) }
    close(offer, of: agent, as: outcome)
    return .done
  }

  @inline(__always)
  private func refusalOfOffer(_ call: CallID, _ agent: AgentID, _ id: OfferID?) -> Outcome? {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    guard calls.contains(call) else { return .refused(.unknownCall) }
    guard let offer = agents[agent.index].offer, offer.call == call else {
      return .refused(.staleOffer)
    }
    return id == nil || id == offer.id ? nil : .refused(.staleOffer)
  }

  /// Ends one offer. The call rings the next rep within the same step, unless it has used up its
  /// queue's limits; a rep who refused too often is made not ready.
  mutating func close(_ offer: Offer, of agent: AgentID, as outcome: OfferOutcome) {
    recordEnd(offer, of: agent, as: outcome)
    if outcome.isRefused { restrainRefuser(agent) }
    let call = offer.call
    guard calls.contains(call), calls[call].state == .waiting else { return }
    let queue = plan.queues[calls[call].queue.index]
    if queue.maxOffers > 0, calls[call].offersMade >= queue.maxOffers {
      exhaust(call, .maxOffers)
    } else if queue.maxRingTime > 0, calls[call].ringTimeUsed >= queue.maxRingTime {
      exhaust(call, .maxRingTime)
    } else if !queues[calls[call].queue.index].isOpen {
      leaveAtClosing(call)
    }
  }

  /// A rep who refuses as often as the rules allow is made not ready; the last one who is ready in a queue
  /// is spared, so that somebody is there, and the lead is told each time it happens.
  private mutating func restrainRefuser(_ agent: AgentID) {
    let limit = plan.rules.notReadyAfterRefusals
    let refusals = agents[agent.index].consecutiveRefusals
    guard limit > 0, refusals >= limit, agents[agent.index].availability == .ready else { return }
    if let queue = queueWithout(agent) {
      if refusals % limit == 0 { record(.agentSpared(agent, queue: queue, refusals: refusals)) }
      return
    }
    goNotReady(agent, .missedCalls, until: .never, by: .system)
  }

  /// The first queue in which nobody else is ready.
  private func queueWithout(_ agent: AgentID) -> QueueID? {
    seating.indices(of: agent).lazy.map { seating[$0].queue }
      .first { queues[$0.index].ready == 1 && isReady(agent, for: $0) }
  }

  /// Ends every offer of `call` that is still ringing.
  mutating func closeOffers(of call: CallID, as outcome: OfferOutcome) {
    guard calls.contains(call), calls[call].liveOffers > 0 else { return }
    if calls[call].liveOffers == 1, let agent = calls[call].agent,
      let offer = agents[agent.index].offer, offer.call == call
    {
      return recordEnd(offer, of: agent, as: outcome)
    }
    for member in plan.queues[calls[call].queue.index].members {
      guard let offer = agents[member.agent.index].offer, offer.call == call else { continue }
      recordEnd(offer, of: member.agent, as: outcome)
    }
    for agent in agents.indices where calls[call].liveOffers > 0 {
      guard let offer = agents[agent].offer, offer.call == call else { continue }
      recordEnd(offer, of: AgentID(agent), as: outcome)
    }
  }

  private mutating func recordEnd(_ offer: Offer, of agent: AgentID, as outcome: OfferOutcome) {
    let rest = plan.queues[offer.queue.index].rest.span(after: outcome)
    record(
      .offerEnded(
        offer.id, call: offer.call, agent: agent, outcome: outcome,
        restUntil: rest > 0 ? now + rest : .distantPast))
  }
}
