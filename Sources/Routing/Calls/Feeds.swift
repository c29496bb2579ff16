// Telephony sides, and what they say of phones. A phone that cannot ring must not look like a rep who does not answer,
// nor like somebody who is there while another calls out.

extension RoutingEngine {
  /// The telephony sides that are there, the unnamed one left out.
  public var attachedFeeds: [FeedID] {
    feedsThere.indices.dropFirst().filter { feedsThere[$0] }.map { FeedID($0) }
  }

  /// Whether a telephony side is there. Under ``Unattached/hold`` those who never attach are not enough.
  public func isThere(_ feed: FeedID) -> Bool {
    if feed == .unnamed {
      return switch plan.rules.unattached {
      case .offer: true
      case .hold: feedsThere.dropFirst().contains(true)
      }
    }
    return feed.index < feedsThere.count && feedsThere[feed.index]
  }

  mutating func attach(_ feed: FeedID) -> Outcome {
    guard feed != .unnamed, feed.index <= feedsThere.count else { return .refused(.unknownFeed) }
    if isThere(feed) { return .unchanged }
    record(.feed(.attached(feed)))
    return .done
  }

  mutating func lose(_ feed: FeedID) -> Outcome {
    guard feed != .unnamed, feed.index < feedsThere.count else { return .refused(.unknownFeed) }
    if !isThere(feed) { return .unchanged }
    record(.feed(.lost(feed)))
    withdrawLost()
    return .done
  }

  /// Takes back the offers of telephony sides that are not there, and the consultations that ring there. Nobody has
  /// refused: nothing rings there, or nobody is heard from there.
  mutating func withdrawLost() {
    for agent in agents.indices {
      if obstacleOfPhone(AgentID(agent)) != nil { giveUpConsult(at: AgentID(agent)) }
      guard let offer = agents[agent].offer else { continue }
      if isThere(agents[agent].feed), !calls[offer.call].isStranded { continue }
      close(offer, of: AgentID(agent), as: .withdrawn)
    }
  }

  mutating func reportPhone(_ agent: AgentID, _ report: PhoneReport, _ feed: FeedID) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    guard feed.index < feedsThere.count else { return .refused(.unknownFeed) }
    let row = agents[agent.index]
    // Of a phone that another side rings only that side knows whether it is busy or cannot be reached.
    let isForeign = row.feed != feed && report != .up
    let phone: PhoneState =
      switch report {
      case .up, .idle: .up
      case .busy: .busy
      case .down: .down
      }
    if isForeign || row.phone == phone && row.feed == feed { return .unchanged }
    switch phone {
    case .up: record(.agent(.phoneUp(agent, feed: feed)))
    case .busy: record(.agent(.phoneBusy(agent, feed: feed)))
    case .down: record(.agent(.phoneDown(agent, feed: feed)))
    }
    if phone == .down, let offer = agents[agent.index].offer {
      close(offer, of: agent, as: .unreachable)
    } else if row.feed != feed, let offer = agents[agent.index].offer {
      // It rings at the phone of before, of which nobody would tell.
      close(offer, of: agent, as: .withdrawn)
    }
    if phone == .down || row.feed != feed { giveUpConsult(at: agent) }
    return .done
  }

  mutating func assignPhone(_ agent: AgentID, _ feed: FeedID) -> Outcome {
    guard agent.index < agents.count else { return .refused(.unknownAgent) }
    guard feed.index < feedsThere.count else { return .refused(.unknownFeed) }
    if agents[agent.index].feed == feed { return .unchanged }
    record(.agent(.phoneDown(agent, feed: feed)))
    if let offer = agents[agent.index].offer { close(offer, of: agent, as: .withdrawn) }
    giveUpConsult(at: agent)
    return .done
  }

  /// What keeps a rep's phone from being used for a call out, if anything does.
  func obstacleOfPhone(_ agent: AgentID) -> Rule? {
    let row = agents[agent.index]
    if !isThere(row.feed) { return .phonesLost }
    return row.phone == .down ? .phoneDown : nil
  }

  /// Whether the rep's phone could ring now or when it is free again.
  func isPhoneThere(_ agent: AgentID) -> Bool { obstacleOfPhone(agent) == nil }
}
