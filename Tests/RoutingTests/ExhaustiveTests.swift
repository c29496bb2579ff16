import Base
import Testing

@testable import Routing

/// Every interleaving of a small world, to a stated depth: three reps, two callers, one outbound call.
@Suite struct ExhaustiveTests {
  /// How many commands deep every branch is followed.
  static let depth = 6

  /// What can happen next. Calls and reps are named by position, so that the list is the same in every
  /// state and only its legality differs.
  private static func moves(in engine: RoutingEngine) -> [Command] {
    var moves: [Command] = []
    let live = engine.liveCalls
    if engine.lastArrival < 2 {
      moves.append(.arrive(queue: QueueID(0), priority: 0, credit: .zero, skills: []))
    }
    for agent in (0..<3).map({ AgentID($0) }) {
      let row = engine.agent(agent)
      if let offer = row.offer {
        moves.append(.answer(offer.call, agent: agent, offer: nil))
        moves.append(.ignore(offer.call, agent: agent, offer: nil))
      }
      moves.append(
        row.availability == .ready
          ? .makeNotReady(agent, reason: .dontAcceptQueueCalls, until: .never)
          : .makeReady(agent))
      if let call = row.call, row.activity == .talking {
        moves.append(
          .consult(call, agent: agent, target: .queue(QueueID(0)), briefing: .complete))
        moves.append(.hangUp(call, by: .agent, cause: .normal))
        moves.append(.reportLineLost(call))
      }
      if let transfer = engine.transfer(heldBy: agent) {
        moves.append(.answerConsult(transfer.id, agent: transfer.agent))
        moves.append(.confirmTransfer(transfer.id, agent: transfer.agent))
        moves.append(.completeTransfer(transfer.id, agent: agent))
        moves.append(.declineTransfer(transfer.id, agent: transfer.agent))
        moves.append(.reportConsultUnreachable(transfer.id, agent: transfer.agent))
        moves.append(.hangUp(transfer.call, by: .agent, cause: .dropped))
      }
      if engine.lastRequest.rawValue == 0 {
        moves.append(.requestOutbound(agent, purpose: .other, patience: .seconds(60)))
      }
    }
    for call in live { moves.append(.hangUp(call, by: .caller, cause: .normal)) }
    return moves
  }

  @Test("No interleaving breaks an invariant, a law of the ledger or a rule")
  func interleavings() {
    var queue = QueuePlan(members: (0..<3).map { Member(AgentID($0)) })
    queue.wrapUp = .seconds(10)
    let plan = RoutingPlan(agents: Array(repeating: AgentPlan(), count: 3), queues: [queue])
    var engine = RoutingEngine(plan, seed: 1)
    var buffer = EventBuffer()
    for agent in 0..<3 {
      _ = engine.handle(.logIn(AgentID(agent)), at: Instant(seconds: 1), into: &buffer)
      _ = engine.handle(.makeReady(AgentID(agent)), at: Instant(seconds: 1), into: &buffer)
    }
    var seen: Set<[UInt8]> = []
    var complaints: [String] = []
    explore(engine, Ledger(), depth: Self.depth, path: [], &seen, &complaints)
    #expect(complaints == [])
    #expect(seen.count > 2_000, "the exploration is wide enough to mean something")
  }

  private func explore(
    _ engine: RoutingEngine, _ ledger: Ledger, depth: Int, path: [Command],
    _ seen: inout Set<[UInt8]>, _ complaints: inout [String]
  ) {
    if depth == 0 || complaints.count > 3 { return }
    for command in Self.moves(in: engine) {
      var next = engine
      var books = ledger
      var events = EventBuffer()
      let outcome = next.handle(command, at: engine.now, into: &events)
      for entry in events.events { books.enter(entry) }
      let broken =
        next.invariantViolations().map(\.description) + books.audit(next)
        + Rules.broken(by: command, outcome, from: engine, events.events)
      if let first = broken.first {
        complaints.append("\(first) after \(path + [command])")
        return
      }
      // A state reached before, by whatever way, leads nowhere new; the depth left may differ, so it is
      // part of what is remembered.
      if seen.insert(next.snapshot() + [UInt8(depth)]).inserted {
        explore(next, books, depth: depth - 1, path: path + [command], &seen, &complaints)
      }
    }
  }
}
