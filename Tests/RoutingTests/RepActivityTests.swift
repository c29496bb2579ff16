import Base
import Events
import TestSupport
import Testing

@testable import Routing

/// What events say of reps, folded, is what the engine holds: so no reader needs to know the rules by which reps
/// change from one activity to another.
@Suite struct RepActivityTests {
  @Test(
    "After every event of random histories, each rep does what the events say", arguments: 0..<4)
  func histories(_ part: Int) {
    var changes = 0
    for seed in part * 25..<(part + 1) * 25 {
      var random = TestRandom(state: UInt64(9_000_000 + seed))
      let plan = RoutingPlan.random(&random)
      var engine = RoutingEngine(plan, seed: UInt64(seed))
      var said: [AgentID: RepActivity] = [:]
      var now = Instant(seconds: 1_000)
      for move in Move.randoms(300, &random) {
        now = now + move.pause
        var events = EventBuffer()
        var state = engine
        let isReload = engine.perform(move.step(in: engine), at: now, into: &events) != nil
        for entry in events.events {
          state.apply(entry.event, at: entry.at)
          entry.event.forEachActivityChange { agent, change in
            said[agent] = change.activity(after: said[agent] ?? .idle)
            changes += 1
          }
          // A new plan comes into force between two events; the engine at the end has it, this one not.
          if isReload { continue }
          if let wrong = Self.difference(said, state) {
            Issue.record("seed \(seed), after \(entry.event): \(wrong)")
            return
          }
        }
        if let wrong = Self.difference(said, engine) {
          Issue.record("seed \(seed), after \(move): \(wrong)")
          return
        }
      }
    }
    #expect(changes > 2_000, "\(changes) changes")
  }

  private static func difference(
    _ said: [AgentID: RepActivity], _ engine: RoutingEngine
  ) -> String? {
    for index in engine.agents.indices {
      let (agent, expected) = (AgentID(index), activity(of: AgentID(index), engine))
      if said[agent] ?? .idle != expected {
        return "rep \(index) is \(expected), said to be \(said[agent] ?? .idle)"
      }
    }
    return nil
  }

  /// What the engine holds, in the words of the board.
  private static func activity(of agent: AgentID, _ engine: RoutingEngine) -> RepActivity {
    let row = engine.agents[agent.index]
    switch row.activity {
    case .idle: return .idle
    case .offered: return .ringing
    case .talking: return row.call.map { engine.calls[$0].isHeld } ?? false ? .holding : .talking
    case .consulting:
      guard let holder = row.consultHolder else { return .consulting }
      return engine.transfers[holder.index].state == .ringing ? .ringing : .consulting
    case .outbound: return .outbound
    case .wrapUp: return .wrapUp
    }
  }
}
