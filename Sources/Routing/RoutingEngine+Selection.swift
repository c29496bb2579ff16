// Choosing a rep for a call, and a call for a rep. Nothing here changes state.
//
// Inlined by hand: a call of a method that does not mutate copies the engine's 280 bytes.

extension RoutingEngine {
  /// Whether the rep has every skill the call needs.
  @inline(__always)
  func hasSkills(_ agent: AgentID, for call: CallID) -> Bool {
    skillsNeeded(for: call).isSubset(of: plan.agents[agent.index].skills)
  }

  /// What a rep must have for `call`: the caller's wishes and the present queue's.
  @inline(__always)
  func skillsNeeded(for call: CallID) -> SkillSet {
    calls[call].skills.union(plan.queues[calls[call].queue.index].skills)
  }

  /// The ordinals of the queue's members whom a waiting call may be offered to now, tier by tier.
  @inline(__always)
  func activeTiers(of call: CallID) -> ClosedRange<Int> {
    let tiers = seating.tierEnds[calls[call].queue.index].count
    return 0...min(Int(calls[call].tier), tiers - 1)
  }

  /// The member to be rung for `call`, by the queue's strategy.
  ///
  /// Reps who refused the call in the present round are passed over; when every free rep has, the
  /// second round begins and they are tried again.
  /// - Returns: the rep and the round of the offer; `nil` when nobody suitable is free.
  /// - Complexity: O(members / 64) for the rotating strategies, O(free members) for the others.
  @inline(__always)
  func chooseAgent(for call: CallID) -> (agent: AgentID, round: UInt32)? {
    for tier in activeTiers(of: call) {
      if let agent = choose(for: call, tier: tier, inNewRound: false) {
        return (agent, calls[call].round)
      }
    }
    for tier in activeTiers(of: call) {
      if let agent = choose(for: call, tier: tier, inNewRound: true) {
        return (agent, calls[call].round + 1)
      }
    }
    return nil
  }

  @inline(__always)
  private func choose(for call: CallID, tier: Int, inNewRound: Bool) -> AgentID? {
    choose(for: call, from: calls[call].queue, tier: tier, inNewRound: inNewRound)
  }

  /// The free rep of `queue` to be consulted about `call`, by the queue's strategy, lower tiers first.
  func chooseConsultant(
    about call: CallID, from queue: QueueID, evenIfRefused: Bool = false
  ) -> AgentID? {
    seating.tierEnds[queue.index].indices.lazy.compactMap { tier in
      choose(for: call, from: queue, tier: tier, inNewRound: evenIfRefused)
    }.first
  }

  @inline(__always)
  private func choose(
    for call: CallID, from queue: QueueID, tier: Int, inNewRound: Bool
  ) -> AgentID? {
    let range = seating.range(ofTier: tier, in: queue)
    let candidates = Candidates(call: call, queue: queue, inNewRound: inNewRound)
    switch plan.queues[queue.index].strategy {
    case .rotating, .nextAfterLastAnswer:
      let start = max(range.lowerBound, Int(queues[queue.index].pointers[tier]) + 1)
      return next(candidates, in: start..<max(start, range.upperBound))
        ?? next(candidates, in: range.lowerBound..<min(start, range.upperBound))
    case .fixedOrder, .simultaneous:
      return next(candidates, in: range)
    case .longestIdle:
      return least(candidates, in: range) { ($0.idleSince.microseconds, 0) }
    case .fewestCalls:
      return least(candidates, in: range) { (Int64($0.callsToday), $0.idleSince.microseconds) }
    case .leastTalkTime:
      return least(candidates, in: range) { ($0.talkToday, $0.idleSince.microseconds) }
    case .random:
      return draw(candidates, in: range) { _ in 1 }
    case .weightedRandom:
      return draw(candidates, in: range) { UInt64($0.weight) }
    }
  }

  /// Free members of a queue who may be offered a call.
  private struct Candidates {
    var call: CallID
    var queue: QueueID
    var inNewRound: Bool
  }

  /// The first candidate by ordinal in `range`.
  @inline(__always)
  private func next(_ candidates: Candidates, in range: Range<Int>) -> AgentID? {
    guard let ordinal = nextOrdinal(candidates, in: range) else { return nil }
    return plan.queues[candidates.queue.index].members[ordinal].agent
  }

  @inline(__always)
  private func nextOrdinal(_ candidates: Candidates, in range: Range<Int>) -> Int? {
    var from = range.lowerBound
    while let ordinal = queues[candidates.queue.index].nextFree(
      from: from, below: range.upperBound)
    {
      let agent = plan.queues[candidates.queue.index].members[ordinal].agent
      if hasSkills(agent, for: candidates.call),
        candidates.inNewRound || !calls.hasRefused(agent, candidates.call)
      {
        return ordinal
      }
      from = ordinal + 1
    }
    return nil
  }

  /// The candidate with the least key; the first by ordinal among equals.
  private func least(
    _ candidates: Candidates, in range: Range<Int>, key: (AgentRow) -> (Int64, Int64)
  ) -> AgentID? {
    var best: (key: (Int64, Int64), agent: AgentID)?
    var from = range.lowerBound
    while let ordinal = nextOrdinal(candidates, in: from..<max(from, range.upperBound)) {
      let agent = plan.queues[candidates.queue.index].members[ordinal].agent
      let candidate = key(agents[agent.index])
      if best.map({ candidate < $0.key }) ?? true { best = (candidate, agent) }
      from = ordinal + 1
    }
    return best?.agent
  }

  /// A candidate drawn with probability proportional to `weight`. The draw depends on the seed and
  /// the number of the offer only, so that recovery needs no generator state.
  private func draw(
    _ candidates: Candidates, in range: Range<Int>, weight: (Member) -> UInt64
  ) -> AgentID? {
    var chosen: [Member] = []
    var from = range.lowerBound
    while let ordinal = nextOrdinal(candidates, in: from..<max(from, range.upperBound)) {
      chosen.append(plan.queues[candidates.queue.index].members[ordinal])
      from = ordinal + 1
    }
    let total = chosen.reduce(0) { $0 + weight($1) }
    if total == 0 { return chosen.first?.agent }
    let bits = splitMix64(seed &+ (lastOffer.rawValue + 1) &* 0x9E37_79B9_7F4A_7C15)
    var point = bits.multipliedFullWidth(by: total).high
    for member in chosen {
      if point < weight(member) { return member.agent }
      point -= weight(member)
    }
    return chosen.last?.agent
  }

  /// The waiting call that a rep who has become free takes: from the heaviest queue, then by
  /// priority, then the longest (credited) wait.
  /// - Complexity: O(queues served), plus the callers whom the rep lacks the skills for.
  @inline(__always)
  func chooseCall(for agent: AgentID) -> CallID? {
    var best: (call: CallID, weight: Int32, place: WaitingLine.Place)?
    for i in seating.indices(of: agent) {
      let seat = seating[i]
      guard let call = firstSuitable(for: agent, at: seat) else { continue }
      let weight = plan.queues[seat.queue.index].weight
      let place = calls[call].place
      if best.map({ weight > $0.weight || weight == $0.weight && place < $0.place }) ?? true {
        best = (call, weight, place)
      }
    }
    return best?.call
  }

  /// The first in line whom the rep may serve; one whom the rep has refused only if there is no other.
  @inline(__always)
  private func firstSuitable(for agent: AgentID, at seat: Seating.Seat) -> CallID? {
    let line = queues[seat.queue.index].line
    if line.isEmpty { return nil }
    let tier = plan.queues[seat.queue.index].members[Int(seat.ordinal)].tier
    var refused: CallID?
    for position in 0..<line.count {
      let call = line[position]
      guard calls[call].tier >= tier, hasSkills(agent, for: call) else { continue }
      if !calls.hasRefused(agent, call) { return call }
      refused = refused ?? call
    }
    return refused
  }
}

/// The output function of SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014).
func splitMix64(_ state: UInt64) -> UInt64 {
  var z = state
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
