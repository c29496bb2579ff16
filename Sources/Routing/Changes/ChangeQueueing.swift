import Base

// Applying the events of calls. See Change.swift.

extension RoutingEngine {
  mutating func change(_ event: CallEvent) {
    switch event {
    case .arrived(let call, let queue, let priority, let credit, let skills, let feed):
      applyArrival(call, queue, priority, credit, skills, feed)
    case .diverted(let call, let queue, let reason, let overflow):
      applyDiversion(call, TurnAway(queue: queue, reason: reason), overflow)
    case .offered(let id, let call, let agent, let queue, let ringTimeout, let round):
      let offer = Offer(
        id: id, call: call, queue: queue, offeredAt: now, ringTimeout: ringTimeout,
        expiresAt: now + ringTimeout)
      applyOffer(offer, to: agent, round: round)
    case .ringing(let id, _, let agent):
      applyRinging(id, agent)
    case .offerEnded(_, let call, let agent, let outcome, let restUntil):
      applyOfferEnd(call, agent, outcome, restUntil)
    case .answered(_, let call, let agent):
      applyAnswer(call, agent)
    case .tierEscalated(let call, let tier):
      calls[call].tier = tier
      setTierDeadline(call)
    case .ended(let call, let agent, let reason):
      applyEnd(call, agent, reason)
    case .returnedToQueue(let call, let queue, let agent, _):
      applyReturn(call, to: queue, from: agent)
    case .held(let call, _): applyHold(call)
    case .resumed(let call, _): applyResumption(call)
    case .holdReminded(let call, _, let count): applyReminder(call, count)
    case .writtenUp(let call, let agent, let fields): applyWriteUp(call, agent, fields)
    case .foundStale(let call, _): setStaleWatch(call)
    // Reports count it.
    case .leftUndocumented: break
    }
  }

  private mutating func applyRinging(_ id: OfferID, _ agent: AgentID) {
    guard let offer = agents[agent.index].offer, offer.id == id else { return }
    agents[agent.index].offer?.isRinging = true
    agents[agent.index].offer?.expiresAt = now + offer.ringTimeout
    deadlines.set(.agentActivity, agent.index, at: now + offer.ringTimeout)
  }

  private mutating func applyArrival(
    _ call: CallID, _ queue: QueueID, _ priority: UInt8, _ credit: TimeSpan, _ skills: SkillSet,
    _ feed: FeedID
  ) {
    calls.open(call)
    calls[call].feed = feed
    calls[call].isStranded = !isThere(feed)
    lastArrival += 1
    calls[call].arrival = lastArrival
    calls[call].priority = priority
    calls[call].skills = skills
    calls[call].arrivedAt = now
    enter(call, queue, rankedAt: now - credit)
  }

  /// Puts a call at its place in the line of `queue`, with nothing tried yet.
  private mutating func enter(_ call: CallID, _ queue: QueueID, rankedAt: Instant) {
    calls[call].queue = queue
    calls[call].enteredAt = now
    calls[call].rankedAt = rankedAt
    calls[call].tier = 0
    calls[call].round = 0
    calls[call].offersMade = 0
    calls[call].ringTimeUsed = .zero
    calls[call].rangUntil = .distantPast
    calls.forgetRefusals(of: call)
    calls[call].isLimitPassed = false
    setWaitDeadline(call)
    setTierDeadline(call)
    beginWaiting(call)
  }

  /// Sets the end of the longest wait, unless the caller has passed it and stayed.
  private mutating func setWaitDeadline(_ call: CallID) {
    let row = calls[call]
    let maxWait = plan.queues[row.queue.index].maxWait
    let isLimited = maxWait > .zero && !row.isLimitPassed
    deadlines.set(.callLimit, call.index, at: isLimited ? row.enteredAt + maxWait : .never)
  }

  /// A new plan may have other limits and tiers for those who are in line already.
  mutating func renewDeadlines() {
    for slot in calls.rows.indices {
      guard let call = calls.call(inSlot: slot) else { continue }
      guard calls[call].state == .waiting || calls[call].state == .offered else { continue }
      setWaitDeadline(call)
      setTierDeadline(call)
    }
  }

  /// Under a new plan phones may ring together that rang alone.
  mutating func listRings() {
    for slot in calls.rows.indices {
      guard let call = calls.call(inSlot: slot), calls[call].state == .offered else { continue }
      let queue = calls[call].queue.index
      if plan.queues[queue].strategy == .simultaneous, !queues[queue].ringing.contains(call) {
        queues[queue].ringing.append(call)
      }
    }
  }

  private mutating func beginWaiting(_ call: CallID) {
    calls[call].state = .waiting
    insertInLine(call)
    unsettled.add(call)
  }

  mutating func insertInLine(_ call: CallID) {
    let queue = calls[call].queue.index
    queues[queue].line.insert(call, at: calls[call].place)
    if !calls[call].skills.isEmpty { queues[queue].skilledWaiting += 1 }
  }

  private mutating func leaveLine(_ call: CallID) {
    let queue = calls[call].queue.index
    queues[queue].line.remove(at: calls[call].place)
    if !calls[call].skills.isEmpty { queues[queue].skilledWaiting -= 1 }
  }

  private mutating func setTierDeadline(_ call: CallID) {
    let row = calls[call]
    let waits = plan.queues[row.queue.index].tierAfter
    let isLast = Int(row.tier) + 1 >= seating.tierCount(of: row.queue)
    let isTimed = !isLast && Int(row.tier) < waits.count
    let next = isTimed ? row.enteredAt + waits[Int(row.tier)] : .never
    deadlines.set(.callStep, call.index, at: next)
  }

  private mutating func applyDiversion(
    _ call: CallID, _ turnAway: TurnAway, _ overflow: Overflow
  ) {
    let reason = turnAway.reason
    switch overflow {
    case .queue(let target):
      leaveLine(call)
      calls.remember(turnAway, of: call)
      calls[call].isAtHead = false
      let plan = plan.queues[turnAway.queue.index]
      let isAnew = plan.waitsAnew.isSuperset(of: OverflowSet(reason))
      enter(call, target, rankedAt: isAnew ? now : calls[call].waitedSince)
    case .voicemail:
      leaveLine(call)
      calls[call].state = .voicemail
      deadlines.cancel(.callStep, call.index)
      setStaleWatch(call)
    case .offerCallBack:
      calls[call].isCallBackOffered = true
      if reason == .maxWait {
        calls[call].isLimitPassed = true
        deadlines.cancel(.callLimit, call.index)
      }
    case .stay:
      calls[call].isLimitPassed = true
      deadlines.cancel(.callLimit, call.index)
    case .reject:
      break
    }
  }

  private mutating func applyOffer(_ offer: Offer, to agent: AgentID, round: UInt32) {
    let call = offer.call
    let queue = offer.queue
    lastOffer = offer.id
    if calls[call].state == .waiting {
      leaveLine(call)
      calls[call].state = .offered
      beginRinging(call)
    }
    calls[call].round = round
    calls[call].liveOffers += 1
    calls[call].agent = agent
    let strategy = plan.queues[queue.index].strategy
    // Others may still take it, or ring along.
    if strategy == .simultaneous || calls.refusals(of: call, by: agent) > 0,
      !queues[queue.index].ringing.contains(call)
    {
      queues[queue.index].ringing.append(call)
    }
    var offer = offer
    let full = plan.agents[agent.index].ringTimeout ?? plan.queues[queue.index].ringTimeout
    offer.isCutShort = offer.ringTimeout < full
    offer.chosenAfter = pointedAgent(queue, beside: agent)
    agents[agent.index].offer = offer
    deadlines.set(.agentActivity, agent.index, at: offer.expiresAt)
    if strategy != .nextAfterLastAnswer { movePointer(queue, to: agent) }
    setActivity(.offered, of: agent)
  }

  /// The first phone of a ring: the ring counts as one however many phones join.
  private mutating func beginRinging(_ call: CallID) {
    calls[call].ringTimeUsed = calls[call].ringTime(at: now)
    calls[call].ringingSince = now
    calls[call].doesRingCount = false
    if calls[call].offersMade < .max { calls[call].offersMade += 1 }
  }

  /// The last phone of a ring has stopped. One that was only taken back is no ring.
  private mutating func endRinging(_ call: CallID) {
    calls[call].ringTimeUsed += now - calls[call].ringingSince
    calls[call].rangUntil = now
    if !calls[call].doesRingCount { calls[call].offersMade -= 1 }
    forgetRinging(call)
    calls[call].agent = nil
  }

  /// The rep on whom the pointer of `agent`'s tier stands.
  @inline(__always)
  private func pointedAgent(_ queue: QueueID, beside agent: AgentID) -> AgentID? {
    guard let tier = tier(of: agent, in: queue) else { return nil }
    let ordinal = Int(queues[queue.index].pointers[tier])
    return ordinal < 0 ? nil : plan.queues[queue.index].members[ordinal].agent
  }

  @inline(__always)
  func tier(of agent: AgentID, in queue: QueueID) -> Int? {
    seating.ordinal(of: agent, in: queue).map { Int(plan.queues[queue.index].members[$0].tier) }
  }

  mutating func movePointer(_ queue: QueueID, to agent: AgentID) {
    guard let ordinal = seating.ordinal(of: agent, in: queue) else { return }
    let tier = Int(plan.queues[queue.index].members[ordinal].tier)
    queues[queue.index].pointers[tier] = Int32(ordinal)
  }

  private mutating func applyOfferEnd(
    _ call: CallID, _ agent: AgentID, _ outcome: OfferOutcome, _ restUntil: Instant
  ) {
    releaseFromOffer(agent)
    agents[agent.index].idleSince = now
    if outcome.isRefused, agents[agent.index].consecutiveRefusals < .max {
      agents[agent.index].consecutiveRefusals += 1
    }
    if outcome.isRefused || outcome == .unreachable { calls.countRefusal(of: call, by: agent) }
    if outcome != .withdrawn { calls[call].doesRingCount = true }
    if restUntil > now { agents[agent.index].restUntil = restUntil }
    calls[call].liveOffers -= 1
    let isLast = calls[call].liveOffers == 0 && calls[call].state == .offered
    if isLast { endRinging(call) }
    setActivity(.idle, of: agent)
    if isLast { beginWaiting(call) }
  }

  private mutating func releaseFromOffer(_ agent: AgentID) {
    agents[agent.index].offer = nil
    deadlines.cancel(.agentActivity, agent.index)
  }

  private mutating func forgetRinging(_ call: CallID) {
    let queue = calls[call].queue.index
    if queues[queue].ringing.isEmpty { return }
    queues[queue].ringing.removeAll { $0 == call }
  }

  private mutating func applyAnswer(_ call: CallID, _ agent: AgentID) {
    let queue = calls[call].queue
    releaseFromOffer(agent)
    forgetRinging(call)
    calls[call].liveOffers -= 1
    calls[call].state = .connected
    calls[call].agent = agent
    calls[call].connectedAt = now
    calls[call].holdUsed = .zero
    calls[call].heldBySince = now
    calls[call].isAtHead = false
    deadlines.cancel(.callStep, call.index)
    setStaleWatch(call)
    agents[agent.index].call = call
    agents[agent.index].restUntil = .distantPast
    agents[agent.index].consecutiveRefusals = 0
    if agents[agent.index].callsToday < .max { agents[agent.index].callsToday += 1 }
    if plan.queues[queue.index].strategy == .nextAfterLastAnswer { movePointer(queue, to: agent) }
    setActivity(.talking, of: agent)
  }

  private mutating func applyEnd(_ call: CallID, _ agent: AgentID?, _ reason: EndReason) {
    let row = calls[call]
    if row.state == .waiting { leaveLine(call) }
    deadlines.cancel(.callLimit, call.index)
    deadlines.cancel(.callStep, call.index)
    if let agent { releaseHolder(agent, of: call) }
    calls.close(call)
  }

  /// A thousand years: sums of what is no longer than this do not overflow.
  private static let longestSpan: TimeSpan = .minutes(525_960_000)

  /// Takes a call out of a rep's hands; talk time and handle time are accounted.
  mutating func releaseHolder(_ agent: AgentID, of call: CallID) {
    let row = calls[call]
    agents[agent.index].call = nil
    agents[agent.index].wrapUpCall = call
    agents[agent.index].wrapUpFields = row.writeUp
    // Of a call out that nobody answered there is nothing that must be written.
    agents[agent.index].owesWriteUp = row.connectedAt > .distantPast
    agents[agent.index].idleSince = now
    if row.direction == .inbound {
      let talk = min(now - row.heldBySince, Self.longestSpan)
      agents[agent.index].talkToday = min(agents[agent.index].talkToday + talk, Self.longestSpan)
      let handled = min(talk + plan.queues[row.queue.index].wrapUp, Self.longestSpan)
      queues[row.queue.index].handleTime += (handled - queues[row.queue.index].handleTime) / 8
    }
    setActivity(.idle, of: agent)
  }

  private mutating func applyReturn(_ call: CallID, to queue: QueueID, from agent: AgentID) {
    releaseHolder(agent, of: call)
    agents[agent.index].owesWriteUp = false
    calls[call].agent = nil
    calls[call].isHeld = false
    calls[call].connectedAt = .distantPast
    calls[call].isAtHead = true
    calls.forgetTurnAways(of: call)
    enter(call, queue, rankedAt: .distantPast)
  }
}
