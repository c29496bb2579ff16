import Base

@testable import Routing

/// The laws of routing, kept from the events and computed the slow way, without the functions that choose:
///
/// - L1: at each offer of a caller to a rep, nobody whom the rep may serve stands before that caller in the
///   rep's order, in line or ringing only at reps who have refused more often than this one;
/// - L2: no free suitable rep for whom the caller is first has refused the caller fewer times;
/// - L3: after each step no caller is in line beside a rep who is free for that queue and may serve, and
///   nobody is free who should take a ring over;
/// - L4: each ring that is taken over goes in the same step to a rep with strictly fewer refusals;
/// - L5: after a ring that was not answered the same phone does not ring for the same caller within 1 s,
///   unless the rep has acted.
///
/// A rep whose phone cannot ring, or whose telephony side is gone, is not free; a caller whose telephony side is gone is
/// offered to nobody. What phones are is kept here from the events alone.
///
/// And: a caller enters no queue twice in one step; nobody is charged for what was not their act.
struct Laws {
  private struct Pair: Hashable {
    var call: CallID
    var agent: AgentID
  }

  /// What was asked in a step.
  struct Cause {
    /// The rep whose own act it was.
    var actor: AgentID?
    /// A lead's act on this rep.
    var acted: AgentID?
    /// A new plan, or the end of an outage.
    var isUpheaval = false
    /// The calls it was about.
    var calls: Set<CallID> = []
  }

  private var refusals: [Pair: Int] = [:]
  private var missedAt: [Pair: Instant] = [:]
  private var found: [String] = []
  private var phones: [AgentID: (state: PhoneState, feed: FeedID)] = [:]
  private var feedsThere: Set<FeedID> = []
  private var feedOfCall: [CallID: FeedID] = [:]

  /// Follows one step.
  /// - Returns: the laws it breaks.
  mutating func follow(
    _ events: [TimedEvent], from before: RoutingEngine, to after: RoutingEngine, _ cause: Cause
  ) -> [String] {
    found = []
    var state = before
    if let actor = cause.actor {
      for pair in missedAt.keys where pair.agent == actor { missedAt[pair] = nil }
    }
    var entered: [CallID: [QueueID]] = [:]
    var last = Instant.distantPast
    for (index, entry) in events.enumerated() {
      // Letting time pass is many steps: those of one instant are one.
      if entry.at > last { entered = [:] }
      last = entry.at
      if let queue = enteredQueue(entry.event) {
        let call = queue.call
        if entered[call, default: []].contains(queue.queue) {
          found.append("\(name(call)) enters queue \(queue.queue.rawValue) twice in one step")
        }
        entered[call, default: []].append(queue.queue)
      }
      check(entry, events[(index + 1)...], state, cause)
      state.apply(entry.event, at: entry.at)
      count(entry)
    }
    checkEnd(after)
    return found
  }

  private func name(_ call: CallID) -> String { "call \(call.slot)/\(call.generation)" }

  private func enteredQueue(_ event: Event) -> (call: CallID, queue: QueueID)? {
    switch event {
    case .call(.arrived(let call, let queue, _, _, _, _)): (call, queue)
    case .call(.diverted(let call, _, _, .queue(let queue))): (call, queue)
    default: nil
    }
  }

  // MARK: Books

  private mutating func count(_ entry: TimedEvent) {
    switch entry.event {
    case .call(.offerEnded(_, let call, let agent, let outcome, _)):
      let isMissed = outcome == .noAnswer || outcome == .ignored || outcome == .unreachable
      if isMissed || outcome == .wentNotReady {
        refusals[Pair(call: call, agent: agent), default: 0] += 1
      }
      if isMissed { missedAt[Pair(call: call, agent: agent)] = entry.at }
    case .call(.diverted(let call, _, _, .queue)), .call(.arrived(let call, _, _, _, _, _)),
      .call(.returnedToQueue(let call, _, _, _)), .transfer(.consultStarted(_, let call, _, _)),
      .call(.ended(let call, _, _)):
      for pair in refusals.keys where pair.call == call { refusals[pair] = nil }
    default: break
    }
    countPhones(entry.event)
  }

  private mutating func countPhones(_ event: Event) {
    switch event {
    case .feed(.attached(let feed)): feedsThere.insert(feed)
    case .feed(.lost(let feed)): feedsThere.remove(feed)
    case .agent(.phoneUp(let agent, let feed)): phones[agent] = (.up, feed)
    case .agent(.phoneBusy(let agent, let feed)): phones[agent] = (.busy, feed)
    case .agent(.phoneDown(let agent, let feed)): phones[agent] = (.down, feed)
    case .call(.arrived(let call, _, _, _, _, let feed)): feedOfCall[call] = feed
    case .outbound(.granted(_, let agent, _, let call)):
      feedOfCall[call] = phones[agent]?.feed ?? .unnamed
    default: break
    }
  }

  private func isThere(_ feed: FeedID, _ state: RoutingEngine) -> Bool {
    if feed != .unnamed { return feedsThere.contains(feed) }
    return state.plan.rules.unattached == .offer || !feedsThere.isEmpty
  }

  private func canRing(_ agent: AgentID, _ state: RoutingEngine) -> Bool {
    let phone = phones[agent] ?? (.up, .unnamed)
    return phone.state == .up && isThere(phone.feed, state)
  }

  func refusals(_ call: CallID, _ agent: AgentID) -> Int {
    refusals[Pair(call: call, agent: agent)] ?? 0
  }

  // MARK: Events

  private mutating func check(
    _ entry: TimedEvent, _ rest: ArraySlice<TimedEvent>, _ state: RoutingEngine, _ cause: Cause
  ) {
    switch entry.event {
    case .call(.offered(_, let call, let agent, let queue, _, _)):
      checkOffer(call, agent, queue, state, at: entry.at)
    case .call(.offerEnded(let id, let call, let agent, let outcome, _)):
      let isLeaving = rest.contains { later in
        if case .call(.diverted(call, _, _, _)) = later.event { true } else { false }
      }
      if !isLeaving || outcome != .withdrawn {
        checkCharge(id, agent, outcome, state, at: entry.at, cause)
      }
      if outcome == .withdrawn { checkTakeOver(call, agent, rest, state, at: entry.at, cause) }
    default: break
    }
  }

  private mutating func checkOffer(
    _ call: CallID, _ agent: AgentID, _ queue: QueueID, _ state: RoutingEngine, at instant: Instant
  ) {
    let label = "\(name(call)) offered to \(agent.rawValue)"
    guard isFree(agent, for: queue, state), maySuit(call, agent, state) else {
      found.append("\(label), who is not free, present, skilled and in a tier reached")
      return
    }
    for other in candidates(for: agent, state) where other != call {
      if isBefore(other, call, state) { found.append("L1: \(label) before \(name(other))") }
    }
    let count = refusals(call, agent)
    for member in state.plan.queues[queue.index].members where member.agent != agent {
      guard refusals(call, member.agent) < count, isFree(member.agent, for: queue, state),
        maySuit(call, member.agent, state)
      else { continue }
      if first(for: member.agent, state) == call {
        found.append("L2: \(label), refused \(count) times, and \(member.agent.rawValue) fewer")
      }
    }
    if let missed = missedAt[Pair(call: call, agent: agent)], instant - missed < .seconds(1) {
      found.append("L5: \(label) again after \(instant - missed) us")
    }
  }

  private mutating func checkCharge(
    _ id: OfferID, _ agent: AgentID, _ outcome: OfferOutcome, _ state: RoutingEngine,
    at instant: Instant, _ cause: Cause
  ) {
    guard let offer = state.agent(agent).offer, offer.id == id else {
      found.append("an offer ended that was not there")
      return
    }
    switch outcome {
    case .noAnswer where offer.isCutShort:
      found.append("agent \(agent.rawValue) charged for a ring cut short")
    case .withdrawn where !offer.isCutShort && offer.expiresAt <= instant && isByClock(cause):
      found.append("agent \(agent.rawValue) let it ring in full, and that was no refusal")
    case .wentNotReady where cause.actor != agent, .ignored where cause.actor != agent:
      found.append("agent \(agent.rawValue) charged for what somebody else did")
    default: break
    }
    if instant == offer.offeredAt, outcome == .noAnswer { found.append("a ring of 0 s") }
  }

  private func isByClock(_ cause: Cause) -> Bool {
    !cause.isUpheaval && cause.acted == nil && cause.actor == nil && cause.calls.isEmpty
  }

  /// A ring taken back for no other reason was taken over.
  private mutating func checkTakeOver(
    _ call: CallID, _ agent: AgentID, _ rest: ArraySlice<TimedEvent>, _ state: RoutingEngine,
    at instant: Instant, _ cause: Cause
  ) {
    guard let offer = state.agent(agent).offer else { return }
    let isOver = offer.expiresAt <= instant && offer.isCutShort
    if cause.isUpheaval || cause.acted == agent || cause.calls.contains(call) || isOver { return }
    for entry in rest {
      switch entry.event {
      case .call(.offered(_, call, let next, _, _, _)):
        if refusals(call, next) >= refusals(call, agent) {
          found.append("L4: \(name(call)) taken over by \(next.rawValue), who refused as often")
        }
        return
      case .call(.ended(call, _, _)), .call(.diverted(call, _, _, _)): return
      default: continue
      }
    }
    found.append("L4: \(name(call)) withdrawn from \(agent.rawValue) and rung nowhere")
  }

  // MARK: The end of a step

  private mutating func checkEnd(_ state: RoutingEngine) {
    for call in state.liveCalls { checkStay(call, state) }
    for agent in state.plan.agents.indices.map({ AgentID($0) }) {
      if let call = first(for: agent, state) {
        found.append("L3: agent \(agent.rawValue) is free and \(name(call)) is first")
      }
    }
  }

  /// Nobody waits where the plan sends them on: in a closed queue, or one without the reps it needs.
  private mutating func checkStay(_ call: CallID, _ state: RoutingEngine) {
    guard let row = state.call(call), row.state == .waiting, row.direction == .inbound else {
      return
    }
    let plan = state.plan.queues[row.queue.index]
    if plan.members.isEmpty, plan.whenEmpty != .stay, plan.whenEmpty != .offerCallBack {
      found.append("\(name(call)) waits in a queue that nobody serves")
    }
    let isThere = plan.members.contains { member in
      maySuitSkills(call, member.agent, state)
        && (plan.stayNeeds == .nobody
          || plan.stayNeeds == .loggedIn && state.agent(member.agent).isLoggedIn
          || state.agent(member.agent).availability == .ready
            && !state.reasons(of: member.agent).contains { $0.queue == row.queue })
    }
    if plan.stayNeeds != .nobody, !isThere, plan.whenEmpty == .voicemail {
      found.append("\(name(call)) waits though nobody is there for it")
    }
  }

  private func maySuitSkills(_ call: CallID, _ agent: AgentID, _ state: RoutingEngine) -> Bool {
    guard let row = state.call(call) else { return false }
    let needed = row.skills.union(state.plan.queues[row.queue.index].skills)
    return needed.isSubset(of: state.plan.agents[agent.index].skills)
  }

  // MARK: The rule, the slow way

  private func isFree(_ agent: AgentID, for queue: QueueID, _ state: RoutingEngine) -> Bool {
    let row = state.agent(agent)
    return row.availability == .ready && row.activity == .idle && row.restUntil == .distantPast
      && !state.reasons(of: agent).contains { $0.queue == nil || $0.queue == queue }
      && state.plan.queues[queue.index].members.contains { $0.agent == agent }
      && !state.plan.agents[agent.index].isRetired && canRing(agent, state)
  }

  /// Tier reached, and the skills.
  private func maySuit(_ call: CallID, _ agent: AgentID, _ state: RoutingEngine) -> Bool {
    guard let row = state.call(call), isThere(feedOfCall[call] ?? .unnamed, state) else {
      return false
    }
    let queue = state.plan.queues[row.queue.index]
    guard let member = queue.members.first(where: { $0.agent == agent }) else { return false }
    let needed = row.skills.union(queue.skills)
    return member.tier <= row.tier && needed.isSubset(of: state.plan.agents[agent.index].skills)
  }

  /// Those whom a free rep could take now.
  private func candidates(for agent: AgentID, _ state: RoutingEngine) -> [CallID] {
    state.liveCalls.filter { call in
      guard let row = state.call(call), isFree(agent, for: row.queue, state) else { return false }
      guard maySuit(call, agent, state) else { return false }
      if row.state == .waiting { return true }
      guard row.state == .offered else { return false }
      let own = refusals(call, agent)
      return state.plan.agents.indices.allSatisfy { index in
        state.agent(AgentID(index)).offer?.call != call || refusals(call, AgentID(index)) > own
      }
    }
  }

  private func isBefore(_ a: CallID, _ b: CallID, _ state: RoutingEngine) -> Bool {
    guard let x = state.call(a), let y = state.call(b) else { return false }
    let (v, w) = (
      state.plan.queues[x.queue.index].weight, state.plan.queues[y.queue.index].weight
    )
    return v != w ? v > w : x.place < y.place
  }

  private func first(for agent: AgentID, _ state: RoutingEngine) -> CallID? {
    candidates(for: agent, state).min { isBefore($0, $1, state) }
  }
}

extension OfferID {
  static func ~= (pattern: OfferID, value: OfferID) -> Bool { pattern == value }
}
