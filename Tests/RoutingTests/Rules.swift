import Base

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
    case .outbound(.granted(_, let agent, _, _)):
      if state.agent(agent).availability != .ready { return ["outbound by a rep who is not ready"] }
      return state.queues(servedBy: agent).flatMap { queue -> [String] in
        let others = state.plan.queues[queue.index].members.count {
          $0.agent != agent && state.agent($0.agent).isFree
            && !state.reasons(of: $0.agent).contains { $0.queue == queue }
        }
        let cover = Int(state.plan.queues[queue.index].minimumCover)
        return (others < cover ? ["outbound without cover"] : [])
          + (state.line(of: queue).allSatisfy { state.call($0)?.isStranded ?? false }
            ? [] : ["outbound while a caller waits"])
      }
    case .transfer(.completed(let id, _, let holder, _)):
      let row = state.transfer(heldBy: holder)
      return row?.id == id && row?.state == .confirmed ? [] : ["released without confirmation"]
    default: return []
    }
  }
}

/// Commands as lines of a call script, for failure messages.
enum CommandText {
  static func line(_ step: Move.Step, after pause: TimeSpan) -> String {
    "+\(pause.seconds) \(text(step))"
  }

  private static func text(_ step: Move.Step) -> String {
    switch step {
    case .command(let command): text(command)
    case .commands(let commands):
      "feed: feed.sync, ends " + commands.map { text($0) }.joined(separator: "; ")
    case .adopt(let plan): "lead: admin.reload \(plan)"
    case .outage(let span): "the daemon is not there for \(span / 1_000_000) s"
    }
  }

  private static func text(_ command: Command) -> String {
    switch command {
    case .arrive(let queue, let priority, let credit, _, let feed):
      "feed \(feed.rawValue): call.arrive queue=q\(queue.rawValue) priority=\(priority) credit=\(credit / 1_000_000)"
    case .answer(let call, let agent, _): "a\(agent.rawValue): call.accept \(name(call))"
    case .ignore(let call, let agent, _, let by):
      "\(by) of a\(agent.rawValue): call.ignore \(name(call))"
    case .hangUp(let call, let party, let cause):
      "feed: call.hang-up \(name(call)) by=\(party) cause=\(cause)"
    case .logIn(let agent): "a\(agent.rawValue): agent.login"
    case .logOut(let agent, let by): "\(by) of a\(agent.rawValue): agent.logout"
    case .makeReady(let agent, let queue, let reason, let by):
      "\(by) of a\(agent.rawValue): agent.ready \(scope(queue, reason))"
    case .makeNotReady(let agent, let reason, let until, let queue, let by):
      "\(by) of a\(agent.rawValue): agent.not-ready \(scope(queue, reason))\(until == .never ? "" : " for=20")"
    case .consult(let call, let agent, let target, _):
      "a\(agent.rawValue): transfer.consult \(name(call)) to=\(target)"
    default: "\(command)"
    }
  }

  private static func scope(_ queue: QueueID?, _ reason: NotReadyReason?) -> String {
    (reason.map { "reason=\($0.rawValue)" } ?? "") + (queue.map { " queue=q\($0.rawValue)" } ?? "")
  }

  private static func name(_ call: CallID) -> String { "c\(call.slot)/\(call.generation)" }
}
