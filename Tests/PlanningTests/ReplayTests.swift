import Configuration
import Foundation
import Frames
import Migration
import Planning
import Routing
import Simulation
import Testing
import YAMLTree

@Suite struct ReplayTests {
  private func load(_ path: String, _ settings: [String] = []) throws -> ScenarioFile {
    try ScenarioFile(path: path, settings: settings.compactMap { Setting($0) }) {
      try String(contentsOf: RotasimProcess.root.appending(path: $0), encoding: .utf8)
    }
  }

  /// Plays a history whose steps are told from its events.
  private func play(
    _ history: [TimedEvent], _ plan: RoutingPlan, _ seed: UInt64, _ replay: inout DecisionReplay
  ) {
    var inference = StepInference(plan, seed: seed)
    var position = 0
    for step in inference.steps(of: history, isOwn: true) {
      let events = Array(history[position..<position + step.count])
      replay.play(step.cause == .time ? .time : .commands(step.commands), at: step.at, events)
      position += step.count
    }
    #expect(position == history.count)
  }

  @Test(
    "Under its own plan, a history has no step that would be decided differently",
    arguments: [
      [], ["queue.support.strategy=random"], ["queue.support.strategy=simultaneous"],
      ["queue.support.strategy=longest-idle"], ["rules.not-ready-after-refusals=2"],
      ["queue.support.max-offers=3"],
      ["queue.support.max-wait=40", "queue.support.when-exhausted=stay"],
    ])
  func same(_ settings: [String]) throws {
    let file = try load("Simulations/fast/monday-peak.yaml", settings)
    for number in 0..<3 as Range<UInt32> {
      let history = Replication.history(file.scenario, seed: 3, number: number)
      #expect(history.count > 3_000)
      let seed = Replication.engineSeed(3, number: number)
      var replay = DecisionReplay(file.scenario.plan, seed: seed)
      play(history, file.scenario.plan, seed, &replay)
      #expect(replay.steps > 2_000)
      #expect(replay.differences.prefix(3).isEmpty, "\(replay.differences.count)")
    }
  }

  @Test("Under another plan, the steps that would be decided differently are found")
  func different() throws {
    let file = try load("Simulations/fast/monday-peak.yaml")
    let history = Replication.history(file.scenario, seed: 3)
    var replay = DecisionReplay(file.scenario.plan, seed: Replication.engineSeed(3)) { plan in
      var other = plan
      other.queues[0].strategy = .fixedOrder
      return other
    }
    play(history, file.scenario.plan, Replication.engineSeed(3), &replay)
    #expect(replay.differences.count > 50)
    let first = try #require(replay.differences.first)
    // The same caller, another rep.
    guard case .call(.offered(_, let call, let agent, _, _, _))? = first.recorded.last,
      case .call(.offered(_, let other, let decided, _, _, _))? = first.decided.last
    else {
      Issue.record("expected an offer: \(first)")
      return
    }
    #expect(call == other && agent != decided)
  }
}
