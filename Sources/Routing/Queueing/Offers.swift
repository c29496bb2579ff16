import Base

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
    var ringTimeout =
      plan.agents[agent.index].ringTimeout ?? plan.queues[queue.index].ringTimeout
    if let left = ringTimeLeft(for: call), left > .zero { ringTimeout = min(ringTimeout, left) }
    let id = OfferID(lastOffer.rawValue + 1)
    record(
      .call(
        .offered(
          id, call: call, agent: agent, queue: queue, ringTimeout: ringTimeout,
          round: UInt32(calls.refusals(of: call, by: agent)))))
  }

  /// How long phones may still ring for the caller; `nil`: as long as they like, because there is no limit,
  /// or the caller stays when it is reached.
  private func ringTimeLeft(for call: CallID) -> TimeSpan? {
    let plan = plan.queues[calls[call].queue.index]
    let stays =
      plan.whenExhausted == .stay
      || plan.whenExhausted == .offerCallBack && calls[call].isCallBackOffered
    return plan.maxRingTime == .zero || stays
      ? nil : plan.maxRingTime - calls[call].ringTime(at: now)
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

  /// The call that rings simultaneously and that `agent` may join in on; of several the first in the rep's
  /// order.
  private func ringingCall(toJoin agent: AgentID) -> CallID? {
    var best: (call: CallID, weight: Int32)?
    for i in seating.indices(of: agent) {
      let seat = seating[i]
      let queue = plan.queues[seat.queue.index]
      guard queue.strategy == .simultaneous, queues[seat.queue.index].isFree(seat.ordinal) else {
        continue
      }
      for call in queues[seat.queue.index].ringing where mayJoin(call, agent, seat) {
        let isFirst = best.map {
          queue.weight > $0.weight
            || queue.weight == $0.weight && calls[call].place < calls[$0.call].place
        }
        if isFirst ?? true { best = (call, queue.weight) }
      }
    }
    return best?.call
  }

  private func mayJoin(_ call: CallID, _ agent: AgentID, _ seat: Seating.Seat) -> Bool {
    hasSkills(agent, for: call)
      && calls[call].agent.flatMap { tier(of: $0, in: seat.queue) } == Int(seat.tier)
      && calls.refusals(of: call, by: agent) <= mostRefusalsRung(for: call)
  }

  // MARK: Who is rung

  /// The reps whose phones ring for the call.
  /// - Complexity: O(1), O(members) where several phones ring.
  func repsRung(for call: CallID) -> [AgentID] {
    let count = Int(calls[call].liveOffers)
    if count == 1, let agent = calls[call].agent, isRung(agent, for: call) { return [agent] }
    let members = plan.queues[calls[call].queue.index].members.map(\.agent)
      .filter { isRung($0, for: call) }
    // Who is no member any more may still be ringing.
    return members.count == count
      ? members : agents.indices.map { AgentID($0) }.filter { isRung($0, for: call) }
  }

  private func isRung(_ agent: AgentID, for call: CallID) -> Bool {
    agents[agent.index].offer?.call == call
  }

  private func mostRefusalsRung(for call: CallID) -> UInt16 {
    repsRung(for: call).map { calls.refusals(of: call, by: $0) }.max() ?? 0
  }

  /// The fewest times that one of the reps whose phones ring for the call has refused it.
  func fewestRefusalsRung(for call: CallID) -> UInt16? {
    repsRung(for: call).map { calls.refusals(of: call, by: $0) }.min()
  }

  // MARK: Ends

  mutating func answer(_ call: CallID, _ agent: AgentID, _ id: OfferID?) -> Outcome {
    if let refusal = refusalOfOffer(call, agent, id) { return refusal }
    guard let offer = agents[agent.index].offer else { return .refused(.staleOffer) }
    record(.call(.answered(offer.id, call: call, agent: agent)))
    closeOffers(of: call, as: .lostRace)
    return .done
  }

  mutating func reportRinging(_ call: CallID, _ agent: AgentID) -> Outcome {
    if let refusal = refusalOfOffer(call, agent, nil) { return refusal }
    guard let offer = agents[agent.index].offer else { return .refused(.staleOffer) }
    if offer.isRinging { return .unchanged }
    record(.call(.ringing(offer.id, call: call, agent: agent)))
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

  /// Ends one offer. The call rings the next rep within the same step, unless its queue keeps it no
  /// longer; a rep who refused too often is made not ready.
  mutating func close(_ offer: Offer, of agent: AgentID, as outcome: OfferOutcome) {
    recordEnd(offer, of: agent, as: outcome)
    if outcome.isRefused { restrainRefuser(agent, of: offer.call) }
    let call = offer.call
    guard calls.contains(call) else { return }
    switch calls[call].state {
    case .offered: reconsiderRing(of: call)
    case .waiting: reconsiderStay(of: call)
    case .unused, .connected, .voicemail, .dialling: break
    }
  }

  /// One of several phones has stopped: the caller's ring time may be over, and others may take over a ring
  /// that goes on only at reps who have refused more often.
  private mutating func reconsiderRing(of call: CallID) {
    let queue = calls[call].queue
    if let left = ringTimeLeft(for: call), left <= .zero { exhaust(call, .maxRingTime) }
    if calls.contains(call), calls[call].state == .offered { reconsiderFreeMembers(of: queue) }
  }

  /// The last phone has stopped: the queue may have closed or lost its reps meanwhile, or have done for the
  /// caller what it does at most.
  private mutating func reconsiderStay(of call: CallID) {
    let queue = calls[call].queue
    if !queues[queue.index].isOpen { leaveAtClosing(call) }
    if isWaiting(call, in: queue) { leaveIfEmpty(call) }
    guard isWaiting(call, in: queue) else { return }
    let plan = plan.queues[queue.index]
    if plan.maxOffers > 0, calls[call].offersMade >= plan.maxOffers {
      exhaust(call, .maxOffers)
    } else if let left = ringTimeLeft(for: call), left <= RestAfterOffer.least {
      // What is left would pass while the phone is left in peace.
      exhaust(call, .maxRingTime)
    }
  }

  /// A rep who refuses as often as the rules allow is made not ready; the last one who is ready in a queue,
  /// or for this caller, is spared, so that somebody is there, and the lead is told each time it happens.
  private mutating func restrainRefuser(_ agent: AgentID, of call: CallID) {
    let limit = plan.rules.notReadyAfterRefusals
    let refusals = agents[agent.index].consecutiveRefusals
    guard limit > 0, refusals >= limit, agents[agent.index].availability == .ready else { return }
    if let queue = queueWithout(agent, for: call) {
      if refusals % limit == 0 { record(.agent(.spared(agent, queue: queue, refusals: refusals))) }
      return
    }
    goNotReady(agent, .missedCalls, until: .never, by: .system)
  }

  /// The first queue in which nobody else is ready; else the caller's, if nobody else is ready who has the
  /// skills the caller needs.
  private func queueWithout(_ agent: AgentID, for call: CallID) -> QueueID? {
    let served = seating.indices(of: agent).lazy.map { seating[$0].queue }
    let alone = served.first { queues[$0.index].answering == 1 && canAnswer(agent, for: $0) }
    if let alone { return alone }
    guard calls.contains(call), served.contains(calls[call].queue) else { return nil }
    let queue = calls[call].queue
    let isAnotherThere = plan.queues[queue.index].members.contains { member in
      member.agent != agent && canAnswer(member.agent, for: queue)
        && hasSkills(member.agent, for: call)
    }
    return isAnotherThere ? nil : queue
  }

  /// Ends every offer of `call` that is still ringing.
  mutating func closeOffers(of call: CallID, as outcome: OfferOutcome) {
    guard calls.contains(call), calls[call].liveOffers > 0 else { return }
    for agent in repsRung(for: call) {
      if let offer = agents[agent.index].offer { recordEnd(offer, of: agent, as: outcome) }
    }
  }

  private mutating func recordEnd(_ offer: Offer, of agent: AgentID, as outcome: OfferOutcome) {
    let rest = plan.queues[offer.queue.index].rest.span(after: outcome)
    record(
      .call(
        .offerEnded(
          offer.id, call: offer.call, agent: agent, outcome: outcome,
          restUntil: rest > .zero ? now + rest : .distantPast)))
  }
}
