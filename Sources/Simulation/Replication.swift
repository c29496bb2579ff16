import Base
public import Routing
import Stochastics

/// Running a scenario.
public enum Replication {
  /// Replications of one seed at most: their random numbers are different up to here.
  public static let limit = 1_000_000

  /// Runs one replication.
  ///
  /// Its random numbers are those of (`seed`, `number`), whoever runs it, so replications may run
  /// anywhere and in any order.
  /// - Parameter number: Which replication, below ``limit``.
  /// - Returns: the tally of the day, or one for each batch of a long run.
  public static func run(_ scenario: Scenario, seed: UInt64, number: UInt32) -> [Tally] {
    var simulator = Simulator(scenario, seed: seed, replication: number)
    return simulator.run()
  }

  /// Runs one replication and keeps everything that happened, as a journal would.
  /// - Parameter start: When the simulated day begins.
  public static func history(
    _ scenario: Scenario, seed: UInt64, number: UInt32 = 0,
    start: Instant = Instant(seconds: 86_400)
  ) -> [TimedEvent] {
    var simulator = Simulator(scenario, seed: seed, replication: number, start: start)
    simulator.isRecording = true
    _ = simulator.run()
    return simulator.history
  }

  /// The seed of the engine in replication `number`: what a replay of its history needs.
  public static func engineSeed(_ seed: UInt64, number: UInt32 = 0) -> UInt64 {
    Philox.block(UInt64(number), 0, key: seed).0
  }

  /// Runs `count` replications one after another.
  public static func summary(_ scenario: Scenario, seed: UInt64, count: Int = 1) -> Summary {
    var summary = Summary(scenario)
    for number in 0..<count {
      for tally in run(scenario, seed: seed, number: UInt32(number)) { summary.add(tally) }
    }
    return summary
  }
}
