import Base

/// Why a rep was, or was not, the one for a call: the first test failed, in the order in which the
/// engine applies them.
public enum Verdict: Equatable, Sendable {
  /// The rep's phone rings for this call; the rotation pointer stood on `after`.
  case chosen(OfferID, after: AgentID?)
  /// The rep holds this call.
  case holdsCall
  /// Not a member of the call's queue.
  case notMember
  /// Not at work.
  case loggedOut
  /// Takes no queue calls.
  case notReady(NotReadyReason, until: Instant)
  /// The phone rings for another call.
  case ringingForAnother
  /// On a call, consulting or calling out.
  case busy(Activity)
  /// Still writing up the last call.
  case inWrapUp(until: Instant)
  /// Takes no calls of this one queue.
  case leftQueue(NotReadyReason, until: Instant)
  /// The telephony side that rings the rep's phone, or that carries the call, is gone.
  case phonesLost
  /// The rep's phone cannot be reached.
  case phoneDown
  /// The rep's phone is in use for something else.
  case phoneBusy
  /// Resting after an unanswered offer.
  case resting(until: Instant)
  /// Lacks these skills.
  case lacksSkills(SkillSet)
  /// The call has not waited long enough for the rep's tier.
  case tierNotReached(tier: UInt8, at: Instant)
  /// Has refused this caller so many times; those who have refused fewer times are asked first.
  case refused(times: Int)
  /// Free and suitable, but the strategy prefers another.
  case notPreferred
}

extension RoutingEngine {
  /// For every rep of the plan, why or why not for `call`. Uses the tests that choose, so it cannot
  /// tell another story.
  /// - Returns: `nil` if the call is not live.
  /// - Complexity: O(*reps*)
  public func verdicts(for call: CallID) -> [(agent: AgentID, verdict: Verdict)]? {
    guard calls.contains(call) else { return nil }
    return agents.indices.map { (AgentID($0), verdict(on: AgentID($0), for: call)) }
  }

  /// Why or why not `agent` for `call`, which must be live.
  public func verdict(on agent: AgentID, for call: CallID) -> Verdict {
    let row = agents[agent.index]
    if let offer = row.offer, offer.call == call {
      return .chosen(offer.id, after: offer.chosenAfter)
    }
    if row.call == call { return .holdsCall }
    let queue = calls[call].queue
    guard let ordinal = seating.ordinal(of: agent, in: queue) else { return .notMember }
    if let reason = reasonNotFree(row) { return reason }
    if calls[call].isStranded || !isThere(row.feed) { return .phonesLost }
    switch row.phone {
    case .up: break
    case .busy: return .phoneBusy
    case .down: return .phoneDown
    }
    if let left = notReadySwitches[agent.index].last(where: { $0.queue == queue }) {
      return .leftQueue(left.reason, until: left.until)
    }
    let missing = skillsNeeded(for: call).subtracting(plan.agents[agent.index].skills)
    if !missing.isEmpty { return .lacksSkills(missing) }
    let tier = plan.queues[queue.index].members[ordinal].tier
    if tier > calls[call].tier {
      return .tierNotReached(tier: tier, at: instantOfTier(tier, for: call))
    }
    let times = calls.refusals(of: call, by: agent)
    let fewest =
      calls[call].state == .offered
      ? fewestRefusalsRung(for: call)
      : chooseAgent(for: call).map { calls.refusals(of: call, by: $0) }
    return times > fewest ?? times ? .refused(times: Int(times)) : .notPreferred
  }

  private func reasonNotFree(_ row: AgentRow) -> Verdict? {
    switch row.availability {
    case .loggedOut: return .loggedOut
    case .notReady: return .notReady(row.reason, until: row.notReadyUntil)
    case .ready: break
    }
    switch row.activity {
    case .idle: return row.restUntil > .distantPast ? .resting(until: row.restUntil) : nil
    case .offered: return .ringingForAnother
    case .wrapUp: return .inWrapUp(until: row.wrapUpUntil)
    case .talking, .consulting, .outbound: return .busy(row.activity)
    }
  }

  private func instantOfTier(_ tier: UInt8, for call: CallID) -> Instant {
    let waits = plan.queues[calls[call].queue.index].tierAfter
    guard Int(tier) - 1 < waits.count else { return .never }
    return calls[call].enteredAt + waits[Int(tier) - 1]
  }

  /// For every call waiting in a queue that the rep serves, why the rep is not offered it.
  public func verdicts(on agent: AgentID) -> [(call: CallID, verdict: Verdict)] {
    queues(servedBy: agent).flatMap { line(of: $0) }.map { ($0, verdict(on: agent, for: $0)) }
  }
}
