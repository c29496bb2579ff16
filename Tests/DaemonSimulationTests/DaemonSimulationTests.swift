import Base
import CallScripts
import Foundation
import LineProtocol
import TestSupport
import Testing

/// The whole daemon under a simulated disk, clock and network (after FoundationDB's simulation testing:
/// Zhou et al., "FoundationDB: A Distributed Unbundled Transactional Key Value Store", SIGMOD 2021).
///
/// `ROTA_SIMULATION_SEEDS=N` runs so many seeds, `ROTA_SIMULATION_SEED=N` one, `ROTA_SIMULATION_HOURS=H` as
/// many as there is time for.
@Suite struct DaemonSimulationTests {
  private static func number(_ name: String) -> Double? {
    ProcessInfo.processInfo.environment[name].flatMap { Double($0) }
  }

  private static func steps(of seed: UInt64, count: Int = 150) -> [Step] {
    var random = TestRandom(state: seed &* 0x2545_F491_4F6C_DD1D)
    return (0..<count).map { _ in Step.random(&random) }
  }

  /// What goes wrong when `steps` are taken; empty: nothing.
  private static func run(
    _ steps: [Step], seed: UInt64, lies: Bool = false
  ) -> (problems: [String], heard: [String], script: [String]) {
    let machine = SimulatedMachine(seed: seed)
    machine.disk.faults.lies = lies
    machine.start()
    for step in steps {
      machine.take(step)
      if !machine.problems.isEmpty { break }
    }
    if machine.problems.isEmpty { machine.finish() }
    return (machine.problems, machine.transcript, machine.script)
  }

  /// A failing seed, with the fewest steps that still fail.
  private static func report(_ seed: UInt64) -> String {
    let steps = steps(of: seed)
    let short = Shrinker.shrink(steps) { !run($0, seed: seed).problems.isEmpty }
    let end = run(short, seed: seed)
    return """
      seed \(seed): ROTA_SIMULATION_SEED=\(seed) swift test --filter DaemonSimulationTests
        \(end.problems.prefix(3).joined(separator: "\n  "))
      after, as a call script (rotactl play),
        \(end.script.joined(separator: "\n  "))
      """
  }

  @Test("Nothing answered is lost, nothing happens twice, and the state is that of the records")
  func seeds() {
    if let seed = Self.number("ROTA_SIMULATION_SEED") {
      let problems = Self.run(Self.steps(of: UInt64(seed)), seed: UInt64(seed)).problems
      #expect(problems.isEmpty, "\(problems.isEmpty ? "" : Self.report(UInt64(seed)))")
      return
    }
    let end = Self.number("ROTA_SIMULATION_HOURS").map { Date().addingTimeInterval($0 * 3_600) }
    let count = UInt64(Self.number("ROTA_SIMULATION_SEEDS") ?? 500)
    var seed: UInt64 = end == nil ? 1 : .random(in: 1_000...1_000_000_000)
    let last = seed + count
    while end.map({ Date() < $0 }) ?? (seed < last) {
      let problems = Self.run(Self.steps(of: seed), seed: seed).problems
      if !problems.isEmpty {
        Issue.record("\(Self.report(seed))")
        return
      }
      seed += 1
    }
  }

  @Test(
    "Two runs of one seed hear the same, to the last byte", arguments: 1...20 as ClosedRange<UInt64>
  )
  func reproducible(_ seed: UInt64) {
    let steps = Self.steps(of: seed)
    let (first, second) = (Self.run(steps, seed: seed).heard, Self.run(steps, seed: seed).heard)
    #expect(first.count > 10)
    let differing = zip(first, second).first { $0 != $1 }
    #expect(differing == nil && first.count == second.count)
  }

  @Test("A disk that lies about having synced is found out, and shrunk to a call script")
  func control() throws {
    func fails(_ steps: [Step], _ seed: UInt64) -> Bool {
      !Self.run(steps, seed: seed, lies: true).problems.isEmpty
    }
    let seed = try #require((1...60).first { fails(Self.steps(of: $0), $0) })
    let short = Shrinker.shrink(Self.steps(of: seed)) { fails($0, seed) }
    let script = Self.run(short, seed: seed, lies: true).script.joined(separator: "\n") + "\n"
    #expect(short.count < 20 && script.contains("# at"))
    _ = try CallScript(parsing: script)
  }

  @Test(
    "An answer made elsewhere while the journal fails is given once",
    arguments: 1...40 as ClosedRange<UInt64>)
  func answerElsewhere(_ seed: UInt64) {
    func step(_ kind: Step.Kind, _ client: Int, _ a: Int) -> Step {
      Step(kind: kind, client: client, a: a, b: 0)
    }
    // A command and a verification come in together: the verification is made on the journal's thread, before
    // the commit that the full disk will refuse.
    let steps = [
      step(.connect, 0, 0), step(.send, 0, 0), step(.diskFull, 0, 0), step(.fallAsleep, 0, 0),
      step(.send, 0, 0), step(.send, 0, 96), step(.wakeUp, 0, 0), step(.wait, 0, 2),
    ]
    #expect(steps[5].request(number: 1) == "admin.verify")
    #expect(Self.run(steps, seed: seed).problems == [])
  }
}
