/// The distribution of durations of which some are only known to be longer than what was seen: the patience
/// of callers who were answered before they lost it.
///
/// Source: Kaplan and Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958);
/// standard error by Greenwood's formula (1926).
public struct KaplanMeier: Equatable, Sendable {
  /// One duration.
  public struct Observation: Equatable, Sendable, BitwiseCopyable {
    /// How long it was, or at least was.
    public var time: Double
    /// Whether it ended then; else it was cut off (censored).
    public var hasEnded: Bool

    /// A duration of `time`.
    public init(_ time: Double, hasEnded: Bool) {
      self.time = time
      self.hasEnded = hasEnded
    }
  }

  /// The times at which durations ended, ascending.
  public private(set) var times: [Double] = []
  /// The share that lasts longer than each of ``times``.
  public private(set) var survival: [Double] = []
  /// The standard errors of ``survival``.
  public private(set) var standardErrors: [Double] = []

  /// The estimate from `observations`. Of equal times, ends come before cut-offs.
  /// - Complexity: O(n log n)
  public init(_ observations: [Observation]) {
    let sorted = observations.sorted { $0.time < $1.time }
    var (share, variance) = (1.0, 0.0)
    var index = 0
    while index < sorted.count {
      let time = sorted[index].time
      let atRisk = Double(sorted.count - index)
      var ended = 0.0
      while index < sorted.count, sorted[index].time == time {
        if sorted[index].hasEnded { ended += 1 }
        index += 1
      }
      if ended == 0 { continue }
      share *= 1 - ended / atRisk
      variance += atRisk > ended ? ended / (atRisk * (atRisk - ended)) : 0
      times.append(time)
      survival.append(share)
      standardErrors.append(share * variance.squareRoot())
    }
  }

  /// The share that lasts longer than `time`.
  public func survival(at time: Double) -> Double {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? 1 : survival[low - 1]
  }

  /// The time that a share `p` does not outlast; `nil` when too many were cut off before.
  public func quantile(_ p: Double) -> Double? {
    survival.firstIndex { $0 <= 1 - p }.map { times[$0] }
  }
}
