@testable import Routing
@testable import TestSupport

/// One step of a random history. It names its objects by position, not by id, so that it still means
/// something after earlier steps have been taken out by shrinking.
struct Move {
  var kind: Int
  var pick: Int
  var other: Int
  var pause: Microseconds

  static func random(_ random: inout TestRandom) -> Move {
    let pauses: [Microseconds] = [0, 0, 0, .seconds(1), .seconds(7), .seconds(31), .minutes(5)]
    return Move(
      kind: Int.random(in: 0..<37, using: &random), pick: Int.random(in: 0..<1000, using: &random),
      other: Int.random(in: 0..<1000, using: &random),
      pause: pauses.randomElement(using: &random) ?? 0)
  }

  /// What the move means to `engine` in its present state.
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
        skills: SkillSet(rawValue: UInt64(pick % 7 == 0 ? 1 : 0)))
    case 5...8: return .answer(offered, agent: agent, offer: nil)
    case 9: return .ignore(offered, agent: agent, offer: row.offer?.id)
    case 10: return .hangUp(call, by: .caller, cause: other % 4 == 0 ? .dropped : .normal)
    case 11: return .hangUp(held, by: .agent, cause: .normal)
    case 12: return .logIn(agent)
    case 13...15: return .makeReady(agent)
    case 16:
      let until = other % 2 == 0 ? Instant.never : engine.now + .seconds(20)
      return .makeNotReady(agent, reason: .dontAcceptQueueCalls, until: until)
    case 17: return .logOut(agent)
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
    case 22: return .consult(held, agent: agent, target: .outside, briefing: .complete)
    case 23: return .answerConsult(transfer.id, agent: transfer.agent)
    case 24: return .confirmTransfer(transfer.id, agent: transfer.agent)
    case 25: return .completeTransfer(transfer.id, agent: holder)
    case 26:
      return other % 2 == 0
        ? .declineTransfer(transfer.id, agent: transfer.agent)
        : .cancelTransfer(transfer.id, agent: holder)
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
    default:
      return other % 3 == 0
        ? .writeUp(held, agent: agent, fields: [.category, .disposition])
        : other % 3 == 1
          ? .reportUnreachable(offered, agent: agent) : .blindTransfer(held, agent: agent)
    }
  }
}

extension RoutingPlan {
  /// A random team: strategies, tiers, skills, limits and overflows all vary.
  static func random(_ random: inout TestRandom) -> RoutingPlan {
    let agentCount = Int.random(in: 2...6, using: &random)
    let agents = (0..<agentCount).map { index in
      AgentPlan(skills: SkillSet(rawValue: index % 2 == 0 ? 1 : 0))
    }
    let queueCount = Int.random(in: 1...3, using: &random)
    let queues = (0..<queueCount).map { index in
      QueuePlan.random(&random, agentCount: agentCount, overflow: QueueID((index + 1) % queueCount))
    }
    var rules = TeamRules()
    rules.notReadyAfterRefusals = UInt32(Int.random(in: 0...3, using: &random))
    rules.holdReminder = .seconds(30)
    rules.confirmTimeout = .seconds(25)
    return RoutingPlan(agents: agents, queues: queues, rules: rules)
  }
}

extension QueuePlan {
  fileprivate static func random(
    _ random: inout TestRandom, agentCount: Int, overflow: QueueID
  ) -> QueuePlan {
    let order = (0..<agentCount).shuffled(using: &random).prefix(
      Int.random(in: 1...agentCount, using: &random))
    let members = order.enumerated().map { position, agent in
      Member(AgentID(agent), tier: position > 2 ? 1 : 0, weight: UInt16(position + 1))
    }
    var queue = QueuePlan(members: members)
    queue.strategy = Strategy.allCases.randomElement(using: &random) ?? .rotating
    queue.tierAfter = [.seconds(10)]
    queue.weight = Int32.random(in: 0...1, using: &random)
    queue.wrapUp = .seconds(Int64.random(in: 0...1, using: &random) * 15)
    queue.rest.ignored = .seconds(Int64.random(in: 0...1, using: &random) * 4)
    queue.rest.noAnswer = .seconds(Int64.random(in: 0...1, using: &random) * 9)
    queue.skills = SkillSet(rawValue: Int.random(in: 0...4, using: &random) == 0 ? 1 : 0)
    queue.minimumCover = UInt16(Int.random(in: 0...2, using: &random))
    let exits: [Overflow] = [.stay, .voicemail, .offerCallBack, .reject, .queue(overflow)]
    queue.whenExhausted = exits.randomElement(using: &random) ?? .stay
    queue.whenFull = exits.randomElement(using: &random) ?? .stay
    queue.whenEmpty = exits.randomElement(using: &random) ?? .stay
    if Bool.random(using: &random) { queue.maxWait = .seconds(90) }
    if Bool.random(using: &random) { queue.maxOffers = 4 }
    if Bool.random(using: &random) { queue.maxRingTime = .seconds(45) }
    if Bool.random(using: &random) { queue.maxLength = 3 }
    if Bool.random(using: &random) { queue.joinNeeds = .loggedIn }
    if Bool.random(using: &random) { queue.stayNeeds = .ready }
    return queue
  }
}
