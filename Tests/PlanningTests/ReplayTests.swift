import Configuration
import Foundation
import Planning
import Routing
import Simulation
import Testing

@Suite struct ReplayTests {
  private func load(_ path: String, _ settings: [String] = []) throws -> ScenarioFile {
    try ScenarioFile(path: path, settings: settings.compactMap { Setting($0) }) {
      try String(contentsOf: RotasimProcess.root.appending(path: $0), encoding: .utf8)
    }
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
      var replay = DecisionReplay(
        file.scenario.plan, seed: Replication.engineSeed(3, number: number))
      replay.play(history)
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
    replay.play(history)
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
