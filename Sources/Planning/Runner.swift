import Dispatch
public import Simulation
import Stochastics
import Synchronization

/// Runs replications on several threads; the result is the same for any number of them.
public struct Runner: Sendable {
  /// Threads at once.
  public var threads: Int
  /// The seed.
  public var seed: UInt64
  /// Replications at most.
  public var replications: Int
  /// Half width over figure that service level and mean wait must reach, to stop earlier.
  public var precision: Double?

  /// Replications between two looks at the precision: the same for any number of threads.
  private static let stride = 32

  /// `replications` on `threads`.
  public init(threads: Int, seed: UInt64, replications: Int, precision: Double? = nil) {
    self.threads = max(1, threads)
    self.seed = seed
    self.replications = replications
    self.precision = precision
  }

  /// Runs `scenario`.
  /// - Parameter progress: Told now and then how many replications are done.
  public func run(
    _ scenario: Scenario, progress: @Sendable (Int) -> Void = { _ in }
  ) -> Summary {
    var summary = Summary(scenario)
    var done = 0
    while done < replications, !isPrecise(summary) {
      let count = min(Self.stride, replications - done)
      for tallies in batch(scenario, from: done, count: count, progress) {
        for tally in tallies { summary.add(tally) }
      }
      done += count
    }
    return summary
  }

  private func batch(
    _ scenario: Scenario, from first: Int, count: Int, _ progress: @Sendable (Int) -> Void
  ) -> [[Tally]] {
    let next = Atomic(0)
    let results = Mutex([[Tally]?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= count { return }
        let tallies = Replication.run(
          scenario, seed: seed, number: UInt32(first + index))
        results.withLock { $0[index] = tallies }
        progress(first + index + 1)
      }
    }
    return results.withLock { $0.compactMap(\.self) }
  }

  private func isPrecise(_ summary: Summary) -> Bool {
    guard let precision, summary.count >= 2 else { return false }
    return [.negativeAbandon, .meanWait].allSatisfy { (measure: CallMeasure) in
      summary.total.estimate(measure).relativeHalfWidth <= precision
    }
  }
}
