@testable import Routing

/// Rules of the procedure that speak of a step, not of a state: checked on every random step.
enum Rules {
  static func broken(
    by command: Command, _ outcome: Outcome, from before: RoutingEngine, _ events: [TimedEvent]
  ) -> [String] {
    var found: [String] = []
    if case .refused(let rule, _) = outcome, rule != .noBlindTransfer, rule != .noCover,
      rule != .callerWaiting
    {
      // A refused command changes nothing; what else happened had fallen due before it.
      var clock = before
      var due = EventBuffer()
      clock.advance(to: events.last?.at ?? before.now, into: &due)
      if due.events != events { found.append("a refused command had effects") }
    }
    var state = before
    for entry in events {
      found += broken(by: entry.event, from: state)
      state.apply(entry.event, at: entry.at)
    }
    return found
  }

  private static func broken(by event: Event, from state: RoutingEngine) -> [String] {
    switch event {
    case .callOffered(_, let call, let agent, let queue, _, let round):
      return brokenByOffer(call, agent, queue, round, state)
    case .outboundGranted(_, let agent, _, _):
      return state.queues(servedBy: agent).flatMap { queue -> [String] in
        let others = state.plan.queues[queue.index].members.count {
          $0.agent != agent && state.agent($0.agent).isFree
        }
        let cover = Int(state.plan.queues[queue.index].minimumCover)
        return (others < cover ? ["outbound without cover"] : [])
          + (state.line(of: queue).isEmpty ? [] : ["outbound while a caller waits"])
      }
    case .transferCompleted(let id, _, let holder, _):
      let row = state.transfer(heldBy: holder)
      return row?.id == id && row?.state == .confirmed ? [] : ["released without confirmation"]
    default: return []
    }
  }

  private static func brokenByOffer(
    _ call: CallID, _ agent: AgentID, _ queue: QueueID, _ round: UInt32, _ state: RoutingEngine
  ) -> [String] {
    var found: [String] = []
    let row = state.agent(agent)
    if !row.isFree { found.append("offered to a rep who is not free") }
    guard let callRow = state.call(call) else { return found + ["offered a call that is over"] }
    let needed = callRow.skills.union(state.plan.queues[queue.index].skills)
    if !needed.isSubset(of: state.plan.agents[agent.index].skills) {
      found.append("offered to a rep without the skills")
    }
    if round != callRow.round {
      let untried = state.plan.queues[queue.index].members.contains {
        state.verdict(on: $0.agent, for: call) == .notPreferred
      }
      if untried { found.append("second round while somebody had not been asked") }
    } else if state.verdict(on: agent, for: call) == .refusedThisRound {
      found.append("asked again within a round")
    }
    return found
  }
}

/// Commands as lines of a call script, for failure messages.
enum CommandText {
  static func line(_ command: Command, after pause: Microseconds) -> String {
    "+\(Double(pause) / 1e6) \(text(command))"
  }

  private static func text(_ command: Command) -> String {
    switch command {
    case .arrive(let queue, let priority, let credit, _):
      "feed: call.arrive queue=q\(queue.rawValue) priority=\(priority) credit=\(credit / 1_000_000)"
    case .answer(let call, let agent, _): "a\(agent.rawValue): call.accept \(name(call))"
    case .ignore(let call, let agent, _): "a\(agent.rawValue): call.ignore \(name(call))"
    case .hangUp(let call, let party, let cause):
      "feed: call.hang-up \(name(call)) by=\(party) cause=\(cause)"
    case .logIn(let agent): "a\(agent.rawValue): agent.login"
    case .logOut(let agent): "a\(agent.rawValue): agent.logout"
    case .makeReady(let agent): "a\(agent.rawValue): agent.ready"
    case .makeNotReady(let agent, _, let until):
      "a\(agent.rawValue): agent.dnd on\(until == .never ? "" : " for=20")"
    case .consult(let call, let agent, let target, _):
      "a\(agent.rawValue): transfer.consult \(name(call)) to=\(target)"
    default: "\(command)"
    }
  }

  private static func name(_ call: CallID) -> String { "c\(call.slot)/\(call.generation)" }
}
