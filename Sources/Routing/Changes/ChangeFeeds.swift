// Applying the events of telephony sides and phones. See Change.swift.

extension RoutingEngine {
  mutating func change(_ event: FeedEvent) {
    switch event {
    case .attached(let feed):
      while feedsThere.count <= feed.index { feedsThere.append(false) }
      feedsThere[feed.index] = true
    case .lost(let feed):
      while feedsThere.count <= feed.index { feedsThere.append(false) }
      feedsThere[feed.index] = false
    }
    refreshFeeds()
  }

  mutating func setPhone(_ phone: PhoneState, _ feed: FeedID, of agent: AgentID) {
    while feedsThere.count <= feed.index { feedsThere.append(false) }
    changePresence(of: agent) { engine in
      engine.agents[agent.index].phone = phone
      engine.agents[agent.index].feed = feed
      engine.agents[agent.index].canRing = phone == .up && engine.isThere(feed)
    }
  }

  /// Which phones can ring, and which callers are stranded, follows from which telephony sides are there. Reps who
  /// have become free take those who wait.
  /// - Complexity: O(*reps* x *queues* + *calls*)
  private mutating func refreshFeeds() {
    deriveFeeds()
    countPresence()
    for agent in agents.indices { refreshFreedom(AgentID(agent)) }
    for queue in queues.indices { unsettled.noteFewerReady(in: QueueID(queue)) }
  }

  /// Derives what follows for the rows; free sets are the caller's affair.
  mutating func deriveFeeds() {
    for agent in agents.indices {
      agents[agent].canRing = agents[agent].phone == .up && isThere(agents[agent].feed)
    }
    for slot in calls.rows.indices {
      guard let call = calls.call(inSlot: slot) else { continue }
      calls[call].isStranded = !isThere(calls[call].feed)
    }
  }
}
