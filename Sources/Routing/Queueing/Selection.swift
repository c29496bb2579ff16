import Base

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
    calls[call].hasQueue
      ? calls[call].skills.union(plan.queues[calls[call].queue.index].skills) : calls[call].skills
  }

  /// The ordinals of the queue's members whom a waiting call may be offered to now, tier by tier.
  @inline(__always)
  func activeTiers(of call: CallID) -> ClosedRange<Int> {
    let tiers = seating.tierEnds[calls[call].queue.index].count
    return 0...min(Int(calls[call].tier), tiers - 1)
  }

  /// The member to be rung for `call`: of the free ones who may serve the caller, those who have refused
  /// the caller fewest times; among them lower tiers first, then the queue's strategy.
  ///
  /// - Parameter onlyIfFirst: Leaves out reps for whom another caller is first; needed only where several
  ///   callers or reps have to be looked at in one step.
  /// - Returns: `nil` when nobody suitable is free.
  /// - Complexity: O(members / 64) for the rotating strategies, O(free members) for the others and for
  ///   callers whom somebody has refused; with `onlyIfFirst`, a ``chooseCall(for:)`` for each rep looked at.
  @inline(__always)
  func chooseAgent(for call: CallID, onlyIfFirst: Bool = false) -> AgentID? {
    if calls[call].isStranded { return nil }
    var candidates = Candidates(
      call: call, queue: calls[call].queue, refusals: 0, onlyIfFirst: onlyIfFirst)
    if calls[call].isRefused {
      guard let fewest = fewestRefusals(candidates) else { return nil }
      candidates.refusals = fewest
    }
    for tier in activeTiers(of: call) {
      if let agent = choose(candidates, tier: tier) { return agent }
    }
    return nil
  }

  /// The fewest times that one of the candidates has refused the call; `nil` when there is none.
  private func fewestRefusals(_ candidates: Candidates) -> UInt16? {
    var anybody = candidates
    anybody.refusals = .max
    let last = activeTiers(of: candidates.call).upperBound
    let members = 0..<seating.tierEnds[candidates.queue.index][last]
    var fewest: UInt16?
    var from = 0
    while let ordinal = nextOrdinal(anybody, in: from..<max(from, members.upperBound)) {
      let agent = plan.queues[candidates.queue.index].members[ordinal].agent
      let count = calls.refusals(of: candidates.call, by: agent)
      if count == 0 { return 0 }
      fewest = min(fewest ?? count, count)
      from = ordinal + 1
    }
    return fewest
  }

  /// The free rep of `queue` to be consulted about `call`, by the queue's strategy, lower tiers first.
  func chooseConsultant(
    about call: CallID, from queue: QueueID, evenIfRefused: Bool = false
  ) -> AgentID? {
    let candidates = Candidates(
      call: call, queue: queue, refusals: evenIfRefused ? .max : 0, onlyIfFirst: false)
    return seating.tierEnds[queue.index].indices.lazy.compactMap { tier in
      choose(candidates, tier: tier)
    }.first
  }

  @inline(__always)
  private func choose(_ candidates: Candidates, tier: Int) -> AgentID? {
    let queue = candidates.queue
    let range = seating.range(ofTier: tier, in: queue)
    switch plan.queues[queue.index].strategy {
    case .rotating, .nextAfterLastAnswer:
      let start = max(range.lowerBound, Int(queues[queue.index].pointers[tier]) + 1)
      return next(candidates, in: start..<max(start, range.upperBound))
        ?? next(candidates, in: range.lowerBound..<min(start, range.upperBound))
    case .fixedOrder, .simultaneous:
      return next(candidates, in: range)
    case .longestIdle:
      return least(candidates, in: range) { ($1, 0) }
    case .fewestCalls:
      return least(candidates, in: range) { (Int64($0.callsToday), $1) }
    case .leastTalkTime:
      return least(candidates, in: range) { ($0.talkToday.microseconds, $1) }
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
    /// Who has refused the call more often than this is no candidate.
    var refusals: UInt16
    /// Only reps for whom no other caller is before this one.
    var onlyIfFirst: Bool
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
        calls.refusals(of: candidates.call, by: agent) <= candidates.refusals,
        !candidates.onlyIfFirst || chooseCall(for: agent) == candidates.call
      {
        return ordinal
      }
      from = ordinal + 1
    }
    return nil
  }

  /// The candidate with the least key; the first by ordinal among equals. The key is made from the rep and
  /// from when the rep's idleness began.
  private func least(
    _ candidates: Candidates, in range: Range<Int>, key: (AgentRow, Int64) -> (Int64, Int64)
  ) -> AgentID? {
    let counting = plan.queues[candidates.queue.index].idleCounts
    var best: (key: (Int64, Int64), agent: AgentID)?
    var from = range.lowerBound
    while let ordinal = nextOrdinal(candidates, in: from..<max(from, range.upperBound)) {
      let agent = plan.queues[candidates.queue.index].members[ordinal].agent
      let row = agents[agent.index]
      let candidate = key(row, row.idleStart(counting: counting).microseconds)
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
    let bits = SplitMix64.mix(seed &+ (lastOffer.rawValue + 1) &* SplitMix64.gamma)
    var point = bits.multipliedFullWidth(by: total).high
    for member in chosen {
      if point < weight(member) { return member.agent }
      point -= weight(member)
    }
    return chosen.last?.agent
  }

  // MARK: Calls

  /// The caller whom a free rep takes: from the heaviest queue, then by priority, then the longest
  /// (credited) wait. One who rings already is among them if only reps who have refused the caller more
  /// often are rung.
  /// - Complexity: O(queues served), plus the callers whom the rep may not serve and those refused before.
  @inline(__always)
  func chooseCall(for agent: AgentID) -> CallID? {
    var best: (call: CallID, weight: Int32, place: WaitingLine.Place)?
    for i in seating.indices(of: agent) {
      let seat = seating[i]
      guard queues[seat.queue.index].isFree(seat.ordinal) else { continue }
      guard let call = firstSuitable(for: agent, at: seat) else { continue }
      let weight = plan.queues[seat.queue.index].weight
      let place = calls[call].place
      if best.map({ weight > $0.weight || weight == $0.weight && place < $0.place }) ?? true {
        best = (call, weight, place)
      }
    }
    return best?.call
  }

  /// The first of the queue whom the rep may serve.
  @inline(__always)
  private func firstSuitable(for agent: AgentID, at seat: Seating.Seat) -> CallID? {
    let first = firstInLine(for: agent, at: seat)
    if queues[seat.queue.index].ringing.isEmpty { return first }
    var best = first
    for call in queues[seat.queue.index].ringing where mayTakeOver(call, agent, seat) {
      if best.map({ calls[call].place < calls[$0].place }) ?? true { best = call }
    }
    return best
  }

  @inline(__always)
  private func firstInLine(for agent: AgentID, at seat: Seating.Seat) -> CallID? {
    let line = queues[seat.queue.index].line
    if line.isEmpty { return nil }
    for position in 0..<line.count {
      let call = line[position]
      if calls[call].tier >= seat.tier, hasSkills(agent, for: call), !calls[call].isStranded {
        return call
      }
    }
    return nil
  }

  /// Whether the caller rings only at reps who have refused the caller more often than this one has.
  func mayTakeOver(_ call: CallID, _ agent: AgentID, _ seat: Seating.Seat) -> Bool {
    guard calls[call].tier >= seat.tier, hasSkills(agent, for: call) else { return false }
    let own = calls.refusals(of: call, by: agent)
    guard let fewest = fewestRefusalsRung(for: call) else { return false }
    return own < fewest
  }
}
