import Base

@testable import Routing
@testable import TestSupport

/// One step of a random history. It names its objects by position, not by id, so that it still means
/// something after earlier steps have been taken out by shrinking.
struct Move {
  var kind: Int
  var pick: Int
  var other: Int
  var pause: TimeSpan

  /// The kinds of moves there were when the guard's values were recorded; those with telephony sides came later.
  static let kindsOfTheGuard = 44
  static let kinds = 51

  /// A history; a team comes to work first, or hardly anything would happen.
  static func randoms(
    _ count: Int, _ random: inout TestRandom, kinds: Int = Move.kinds
  ) -> [Move] {
    let opening = (0..<8).flatMap { agent in
      [12, 13].map { Move(kind: $0, pick: agent, other: 1, pause: .zero) }
    }
    return opening + (0..<count).map { _ in Move.random(&random, kinds) }
  }

  static func random(_ random: inout TestRandom, _ kinds: Int) -> Move {
    let pauses: [TimeSpan] = [
      .zero, .zero, .zero, .seconds(1), .seconds(7), .seconds(31), .minutes(5),
    ]
    return Move(
      kind: Int.random(in: 0..<kinds, using: &random),
      pick: Int.random(in: 0..<1000, using: &random),
      other: Int.random(in: 0..<1000, using: &random),
      pause: pauses.randomElement(using: &random) ?? .zero)
  }

  /// What the move means to `engine` in its present state.
  func step(in engine: RoutingEngine) -> Step {
    switch kind {
    case 41:
      var plan = plan(after: engine.plan)
      if pick % 5 == 0, !engine.attachedFeeds.isEmpty {
        plan.rules.unattached = plan.rules.unattached == .hold ? .offer : .hold
      }
      return .adopt(plan)
    case 42:
      return other % 4 == 0
        ? .outage(.seconds(Int64(pick % 120))) : .command(command(in: engine))
    case 43:
      let ended = engine.liveCalls.enumerated().filter { $0.offset % 3 != other % 3 }
      return .commands(ended.map { .hangUp($0.element, by: .caller, cause: .lost) })
    default: return .command(command(in: engine))
    }
  }

  /// One step of a history.
  enum Step {
    case command(Command)
    case commands([Command])
    case adopt(RoutingPlan)
    /// The program is not there for so long, and then goes on.
    case outage(TimeSpan)
  }

  /// Another plan with the same rows, and perhaps one more.
  private func plan(after old: RoutingPlan) -> RoutingPlan {
    var random = TestRandom(state: UInt64(pick) << 32 | UInt64(other))
    var plan = old
    let agent = Int.random(in: 0..<plan.agents.count, using: &random)
    let queue = Int.random(in: 0..<plan.queues.count, using: &random)
    switch other % 8 {
    case 0:
      plan.agents[agent].isRetired = true
      for q in plan.queues.indices { plan.queues[q].members.removeAll { $0.agent.index == agent } }
    case 1:
      plan.agents[agent].isRetired = false
      if !plan.queues[queue].members.contains(where: { $0.agent.index == agent }) {
        plan.queues[queue].members.append(Member(AgentID(agent), tier: 1))
      }
    case 2:
      plan.queues[queue].members.shuffle(using: &random)
      plan.queues[queue].members.sort { $0.tier < $1.tier }
    case 3: plan.queues[queue].strategy = Strategy.allCases.randomElement(using: &random) ?? .random
    case 4 where other % 3 == 0: plan.queues[queue].members = []
    case 4: plan.queues[queue].weight = Int32.random(in: 0...2, using: &random)
    case 5: plan.agents[agent].skills = .random(&random)
    case 6 where plan.agents.count < 8:
      plan.agents.append(AgentPlan(skills: .random(&random)))
      plan.queues[queue].members.append(Member(AgentID(plan.agents.count - 1), tier: 2))
    default:
      let fresh = QueuePlan.random(
        &random, agentCount: plan.agents.count, queueCount: plan.queues.count)
      let members = plan.queues[queue].members
      plan.queues[queue] = fresh
      plan.queues[queue].members = members
    }
    return plan
  }

  func command(in engine: RoutingEngine) -> Command {
    let agent = AgentID(pick % engine.plan.agents.count)
    let someone = AgentID(other % engine.plan.agents.count)
    let queue = QueueID(other % engine.plan.queues.count)
    let live = engine.liveCalls
    let call = live.isEmpty ? CallID(slot: 0, generation: 0) : live[pick % live.count]
    let row = engine.agent(agent)
    let offered = row.offer?.call ?? call
    let held = row.call ?? call
    switch kind {
    case 0...4:
      return .arrive(
        queue: queue, priority: UInt8(pick % 3), credit: .seconds(Int64(other % 60)),
        skills: pick % 4 == 0 ? .some(of: pick) : [],
        feed: ([.unnamed] + engine.attachedFeeds)[pick % (1 + engine.attachedFeeds.count)])
    case 5...8: return .answer(offered, agent: agent, offer: nil)
    case 9:
      return .ignore(
        offered, agent: agent, offer: row.offer?.id, by: other % 5 == 0 ? .lead : .agent)
    case 10: return .hangUp(call, by: .caller, cause: other % 4 == 0 ? .dropped : .normal)
    case 11: return .hangUp(held, by: .agent, cause: .normal)
    case 12: return .logIn(agent)
    case 13...15: return .makeReady(agent)
    case 16:
      let until = other % 2 == 0 ? Instant.never : engine.now + .seconds(20)
      let reason = NotReadyReason(other % 3 == 0 ? 0 : 16)
      return .makeNotReady(
        agent, reason: reason, until: until, queue: pick % 4 == 0 ? queue : nil,
        by: pick % 5 == 0 ? .lead : .agent)
    case 17: return .logOut(agent, by: other % 2 == 0 ? .agent : .lead)
    case 18: return .hold(held, agent: agent)
    case 19: return .resume(held, agent: agent)
    case 20: return .consult(held, agent: agent, target: .agent(someone), briefing: .complete)
    case 21: return .consult(held, agent: agent, target: .queue(queue), briefing: .complete)
    default: return laterCommand(in: engine, agent, someone, call, held, offered)
    }
  }

  private func laterCommand(
    in engine: RoutingEngine, _ agent: AgentID, _ someone: AgentID, _ call: CallID,
    _ held: CallID, _ offered: CallID
  ) -> Command {
    let transfers = engine.plan.agents.indices.compactMap { index in
      engine.transfer(heldBy: AgentID(index)).map { ($0, AgentID(index)) }
    }
    let (transfer, holder) =
      transfers.isEmpty
      ? (TransferRow(), agent) : transfers[pick % transfers.count]
    switch kind {
    case 37: return .hangUp(call, by: .lead, cause: .normal)
    case 38:
      let queue = QueueID(other % engine.plan.queues.count)
      return .makeReady(agent, queue: queue)
    case 39: return .makeReady(agent, reason: NotReadyReason(other % 3 == 0 ? 0 : 16))
    case 40: return .makeReady(agent, by: .lead)
    case 22: return .consult(held, agent: agent, target: .outside, briefing: .complete)
    case 23: return .answerConsult(transfer.id, agent: transfer.agent)
    case 24: return .confirmTransfer(transfer.id, agent: transfer.agent)
    case 25: return .completeTransfer(transfer.id, agent: holder)
    case 26:
      switch other % 3 {
      case 0: return .declineTransfer(transfer.id, agent: transfer.agent)
      case 1: return .reportConsultUnreachable(transfer.id, agent: transfer.agent)
      default: return .cancelTransfer(transfer.id, agent: holder)
      }
    case 27, 28:
      let purpose = OutboundPurpose.allCases[other % OutboundPurpose.allCases.count]
      return .requestOutbound(agent, purpose: purpose, patience: pick % 2 == 0 ? .seconds(40) : nil)
    case 29: return .reportOutboundAnswered(call)
    case 30: return .leaveForVoicemail(call)
    case 31: return .acceptCallBack(call)
    case 32: return other % 2 == 0 ? .endWrapUp(agent) : .extendWrapUp(agent, by: .seconds(30))
    case 34: return .reportRinging(offered, agent: agent)
    case 35:
      let request = engine.waitingRequests.first?.id ?? RequestID(0)
      return other % 2 == 0 ? .cancelOutbound(request) : .startDay
    case 36:
      let opens = engine.now + .seconds(Int64(other % 60) - 30)
      let queue = QueueID(pick % engine.plan.queues.count)
      return .setOfficeHours(queue, opens: opens, closes: opens + .seconds(600))
    case 49: return .reportLineLost(held)
    case 44...50: return feedCommand(agent)
    default:
      return other % 3 == 0
        ? .writeUp(held, agent: agent, fields: [.category, .disposition])
        : other % 3 == 1
          ? .reportUnreachable(offered, agent: agent) : .blindTransfer(held, agent: agent)
    }
  }
}

extension Move {
  /// Three telephony sides that come, go, and say what phones are, true or not.
  fileprivate func feedCommand(_ agent: AgentID) -> Command {
    let feed = FeedID(1 + other % 3)
    switch kind {
    case 44, 45: return .attachFeed(feed)
    case 46: return .loseFeed(feed)
    case 50: return .assignPhone(agent, feed: feed)
    default:
      let reports: [PhoneReport] = [.up, .up, .up, .idle, .busy, .down]
      return .reportPhone(
        agent, reports[pick % reports.count], feed: other % 4 == 0 ? .unnamed : feed)
    }
  }
}

extension SkillSet {
  /// A rep's skills: of 64, most of them.
  static func random(_ random: inout TestRandom) -> SkillSet {
    SkillSet(rawValue: random.next() | random.next())
  }

  /// A caller's wish: one or two skills.
  static func some(of pick: Int) -> SkillSet {
    SkillSet(rawValue: 1 << UInt64(pick % 64) | 1 << UInt64(pick / 64 % 64))
  }
}

extension RoutingPlan {
  /// A random team: strategies, tiers, skills, limits and overflows all vary.
  static func random(_ random: inout TestRandom) -> RoutingPlan {
    let agentCount = Int.random(in: 2...6, using: &random)
    let agents = (0..<agentCount).map { _ in
      AgentPlan(
        skills: .random(&random),
        ringTimeout: Int.random(in: 0...3, using: &random) == 0 ? .seconds(7) : nil)
    }
    let queueCount = Int.random(in: 1...3, using: &random)
    let queues = (0..<queueCount).map { _ in
      QueuePlan.random(&random, agentCount: agentCount, queueCount: queueCount)
    }
    var rules = TeamRules()
    rules.notReadyAfterRefusals = UInt32(Int.random(in: 0...3, using: &random))
    rules.holdReminder = .seconds(30)
    rules.confirmTimeout = .seconds(25)
    rules.wrapUpAfter = WrapUpAfter(rawValue: UInt8.random(in: 0...3, using: &random))
    rules.outboundWrapUp = Bool.random(using: &random) ? .seconds(20) : nil
    return RoutingPlan(agents: agents, queues: queues, rules: rules)
  }
}

extension QueuePlan {
  static func random(
    _ random: inout TestRandom, agentCount: Int, queueCount: Int
  ) -> QueuePlan {
    let order = (0..<agentCount).shuffled(using: &random).prefix(
      Int.random(in: 1...agentCount, using: &random))
    let members = order.enumerated().map { position, agent in
      Member(AgentID(agent), tier: UInt8(position / 2), weight: UInt16(position + 1))
    }
    var queue = QueuePlan(members: members)
    // Phones that ring together have the most to go wrong with.
    queue.strategy =
      Int.random(in: 0...2, using: &random) == 0
      ? .simultaneous : Strategy.allCases.randomElement(using: &random) ?? .rotating
    queue.tierAfter = [.seconds(10), .seconds(25)]
    queue.tierWaitsForEmpty = Int.random(in: 0...3, using: &random) == 0
    queue.idleCounts = Bool.random(using: &random) ? .ready : .sinceLastCall
    queue.weight = Int32.random(in: 0...1, using: &random)
    queue.wrapUp = .seconds(Int64.random(in: 0...1, using: &random) * 15)
    queue.rest.ignored = .seconds(Int64.random(in: 0...1, using: &random) * 4)
    queue.rest.noAnswer = .seconds(Int64.random(in: 0...1, using: &random) * 9)
    queue.skills = Int.random(in: 0...4, using: &random) == 0 ? SkillSet(rawValue: 1) : []
    queue.minimumCover = UInt16(Int.random(in: 0...2, using: &random))
    queue.chooseExits(&random, queueCount: queueCount)
    if Bool.random(using: &random) { queue.maxWait = .seconds(90) }
    if Bool.random(using: &random) { queue.maxOffers = 4 }
    if Bool.random(using: &random) { queue.maxRingTime = .seconds(45) }
    if Bool.random(using: &random) { queue.maxLength = 3 }
    if Bool.random(using: &random) { queue.joinNeeds = .loggedIn }
    if Bool.random(using: &random) { queue.stayNeeds = .ready }
    // Not drawn: the guard's histories stay what they were.
    queue.waitsAnew = OverflowSet(
      rawValue: UInt8(truncatingIfNeeded: queue.maxOffers + UInt32(queue.minimumCover) * 5) & 15)
    return queue
  }

  /// Where callers go: often to another queue, so that circles are common.
  private mutating func chooseExits(_ random: inout TestRandom, queueCount: Int) {
    func exit() -> Overflow {
      let next = QueueID(Int.random(in: 0..<queueCount, using: &random))
      let exits: [Overflow] = [
        .stay, .voicemail, .offerCallBack, .reject, .queue(next), .queue(next), .queue(next),
      ]
      return exits.randomElement(using: &random) ?? .stay
    }
    whenExhausted = exit()
    whenFull = exit()
    // Where nobody is, nobody calls back: the configuration refuses that.
    repeat { whenEmpty = exit() } while whenEmpty == .offerCallBack
    repeat { whenClosed = exit() } while whenClosed == .offerCallBack
    atClosing = [.stay, .voicemail, .offerCallBack].randomElement(using: &random) ?? .stay
  }
}
