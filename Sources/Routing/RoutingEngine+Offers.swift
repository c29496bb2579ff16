// Ringing reps: offers and how they end.

extension RoutingEngine {
  /// Rings for a call that has begun to wait, if somebody suitable is free.
  mutating func offerToAgents(_ call: CallID) {
    guard calls.contains(call), calls[call].state == .waiting else { return }
    guard let (agent, round) = chooseAgent(for: call) else { return }
    offer(call, to: agent, round: round)
    joinRinging(call)
  }

  /// Rings a rep who has become free for the next waiting call, if there is one.
  mutating func offerCalls(to agent: AgentID) {
    // The first in line for this rep may be another's by the queue's strategy; then the next.
    while agents[agent.index].isFree, let call = chooseCall(for: agent) { offerToAgents(call) }
    guard seating.hasSimultaneous else { return }
    guard agents[agent.index].isFree, let call = ringingCall(toJoin: agent) else { return }
    offer(call, to: agent, round: calls[call].round)
  }

  private mutating func offer(_ call: CallID, to agent: AgentID, round: UInt32) {
    let queue = calls[call].queue
    let limit = plan.queues[queue.index].maxRingTime
    var ringTimeout =
      plan.agents[agent.index].ringTimeout ?? plan.queues[queue.index].ringTimeout
    // A call that has used up the limit and may stay is rung in full from then on.
    let left = limit - calls[call].ringTimeUsed
    if left > 0 { ringTimeout = min(ringTimeout, left) }
    let id = OfferID(lastOffer.rawValue + 1)
    record(
      .callOffered(
        id, call: call, agent: agent, queue: queue, ringTimeout: ringTimeout, round: round))
  }

  /// Under `simultaneous`, rings every other free rep of the tier that rings already.
  mutating func joinRinging(_ call: CallID) {
    guard calls.contains(call), calls[call].state == .offered else { return }
    let queue = calls[call].queue
    guard plan.queues[queue.index].strategy == .simultaneous else { return }
    guard let ringing = calls[call].agent, let tier = tier(of: ringing, in: queue) else { return }
    for ordinal in seating.range(ofTier: tier, in: queue) {
      let agent = plan.queues[queue.index].members[ordinal].agent
      guard agents[agent.index].isFree, hasSkills(agent, for: call) else { continue }
      if !calls.hasRefused(agent, call) { offer(call, to: agent, round: calls[call].round) }
    }
  }

  /// The oldest call that rings simultaneously and that `agent` may join in on.
  @inline(__always)
  private func ringingCall(toJoin agent: AgentID) -> CallID? {
    for i in seating.indices(of: agent) {
      let seat = seating[i]
      let tier = Int(plan.queues[seat.queue.index].members[Int(seat.ordinal)].tier)
      for call in queues[seat.queue.index].ringing
      where hasSkills(agent, for: call) && !calls.hasRefused(agent, call)
        && calls[call].agent.flatMap({ self.tier(of: $0, in: seat.queue) }) == tier
      {
        return call
      }
    }
    return nil
  }

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
    let limit = plan.rules.notReadyAfterRefusals
    if outcome.isRefused, limit > 0, agents[agent.index].consecutiveRefusals >= limit,
      agents[agent.index].availability == .ready
    {
      goNotReady(agent, .missedCalls, until: .never)
    }
    let call = offer.call
    guard calls.contains(call), calls[call].state == .waiting else { return }
    let queue = plan.queues[calls[call].queue.index]
    if queue.maxOffers > 0, calls[call].offersMade >= queue.maxOffers {
      exhaust(call, .maxOffers)
    } else if queue.maxRingTime > 0, calls[call].ringTimeUsed >= queue.maxRingTime {
      exhaust(call, .maxRingTime)
    }
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
    let rest = plan.queues[offer.queue.index].rest
    let span: Microseconds =
      switch outcome {
      case .noAnswer: rest.noAnswer
      case .ignored: rest.ignored
      case .unreachable: rest.unreachable
      default: 0
      }
    record(
      .offerEnded(
        offer.id, call: offer.call, agent: agent, outcome: outcome,
        restUntil: span > 0 ? now + span : .distantPast))
  }
}
