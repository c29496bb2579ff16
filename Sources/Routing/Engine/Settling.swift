// What follows from a step before it ends: who is free takes who is first.

extension RoutingEngine {
  /// Offers calls to free reps, and grants outbound requests, until nothing is left to do.
  ///
  /// The rule: a rep who is free takes the first in the rep's order (queue weight, priority, credited wait)
  /// among those in line and those who ring only at reps who have refused them more often. Of the free reps
  /// for whom a caller is first, those who have refused the caller fewest times are asked first, and among
  /// them the queue's strategy chooses. It ends, because each ring that is taken over goes to a rep who has
  /// refused the caller fewer times than the one before.
  mutating func settle() {
    while true {
      if let agent = unsettled.nextLeaver() {
        signOffIfRetired(agent)
      } else if let queue = unsettled.nextThinnedQueue() {
        skipEmptyTiers(of: queue)
      } else if let agent = unsettled.nextAgent() {
        // Reps before calls: who has become free takes the first in line, not whoever began to wait last.
        offerCalls(to: agent)
      } else if let call = unsettled.nextCall() {
        place(call)
      } else if let queue = unsettled.nextCrowdedQueue() {
        reconsiderFreeMembers(of: queue)
      } else if let agent = unsettled.nextJoiner() {
        joinRings(agent)
      } else {
        break
      }
    }
    if !requests.isEmpty { grantRequests() }
    unsettled.removeAll()
  }

  /// Everybody is looked at before the step ends: after a new plan, and after an outage, which another
  /// version of the program may have begun.
  mutating func reconsiderEverybody() {
    for agent in agents.indices { refreshFreedom(AgentID(agent)) }
    for queue in queues.indices { unsettled.noteFewerReady(in: QueueID(queue)) }
  }

  /// Finds a rep for a call that has begun to wait.
  private mutating func place(_ call: CallID) {
    guard calls.contains(call), calls[call].state == .waiting else { return }
    skipEmptyTiers(for: call)
    if !unsettled.isCrowded { return offerToAgents(call) }
    // Others have begun to wait as well, and may be first for a rep who could take this call.
    unsettled.addCrowded(calls[call].queue)
  }

  /// The free members of a queue may have somebody to take now.
  mutating func reconsiderFreeMembers(of queue: QueueID) {
    var from = 0
    let count = plan.queues[queue.index].members.count
    while let ordinal = queues[queue.index].nextFree(from: from, below: count) {
      unsettled.add(plan.queues[queue.index].members[ordinal].agent)
      from = ordinal + 1
    }
  }

  // MARK: Tiers

  private mutating func skipEmptyTiers(of queue: QueueID) {
    guard seating.tierCount(of: queue) > 1, !plan.queues[queue.index].tierWaitsForEmpty,
      mayHaveEmptyTier(queue)
    else { return }
    let line = queues[queue.index].line
    for position in 0..<line.count where waitsForEmptyTier(line[position]) {
      skipEmptyTiers(for: line[position])
      unsettled.add(line[position])
    }
    for call in queues[queue.index].ringing where waitsForEmptyTier(call) {
      skipEmptyTiers(for: call)
      reconsiderFreeMembers(of: queue)
    }
  }

  /// Whether there can be a caller for whom nobody is ready in some tier but the last.
  private func mayHaveEmptyTier(_ queue: QueueID) -> Bool {
    let row = queues[queue.index]
    return row.skilledWaiting > 0 || !plan.queues[queue.index].skills.isEmpty
      || !row.ringing.isEmpty || row.readyByTier.dropLast().contains(0)
  }

  /// A tier from which nobody can answer, because nobody in it is ready, is not waited for.
  mutating func skipEmptyTiers(for call: CallID) {
    while waitsForEmptyTier(call) {
      record(.call(.tierEscalated(call, tier: calls[call].tier + 1)))
    }
  }

  /// Whether the next tier is kept from the caller although nobody is ready in the last one reached.
  func waitsForEmptyTier(_ call: CallID) -> Bool {
    let queue = calls[call].queue
    let tier = Int(calls[call].tier)
    guard tier + 1 < seating.tierCount(of: queue), !plan.queues[queue.index].tierWaitsForEmpty
    else { return false }
    return !isAnybodyReady(for: call, in: tier)
  }

  private func isAnybodyReady(for call: CallID, in tier: Int) -> Bool {
    let queue = calls[call].queue
    if queues[queue.index].readyByTier[tier] == 0 { return false }
    if skillsNeeded(for: call).isEmpty { return true }
    return seating.range(ofTier: tier, in: queue).contains { ordinal in
      let agent = plan.queues[queue.index].members[ordinal].agent
      return canAnswer(agent, for: queue) && hasSkills(agent, for: call)
    }
  }

  // MARK: Leavers

  /// After a new plan: phones of reps who are no longer employed stop ringing. They have refused nothing.
  mutating func withdrawFromRetired() {
    for agent in agents.indices where plan.agents[agent].isRetired {
      if let offer = agents[agent].offer { close(offer, of: AgentID(agent), as: .withdrawn) }
    }
  }

  /// A rep who is no longer employed, and whose hands are free, is logged out.
  private mutating func signOffIfRetired(_ agent: AgentID) {
    let row = agents[agent.index]
    guard plan.agents[agent.index].isRetired, row.isLoggedIn, row.activity == .idle else { return }
    signOff(agent)
  }
}
