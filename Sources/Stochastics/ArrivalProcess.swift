/// A Poisson process whose rate is constant within intervals: calls by half-hour, say.
public struct ArrivalProcess: Equatable, Sendable {
  /// Seconds after the start at which each interval ends, ascending.
  public let ends: [Double]
  /// Arrivals per second in each interval.
  public let rates: [Double]

  /// - Parameters:
  ///   - interval: The length of each interval, in seconds.
  ///   - counts: The mean number of arrivals in each.
  public init(interval: Double, counts: [Double]) {
    ends = counts.indices.map { Double($0 + 1) * interval }
    rates = counts.map { $0 / interval }
  }

  /// The mean number of arrivals up to `time`, in seconds.
  public func meanCount(upTo time: Double) -> Double {
    var (sum, from) = (0.0, 0.0)
    for (end, rate) in zip(ends, rates) {
      if time <= from { break }
      sum += rate * (min(time, end) - from)
      from = end
    }
    return sum
  }

  /// A walk through the arrivals of one day.
  public struct Walk: Sendable {
    /// The number of the interval that the next arrival is sought in.
    private var interval = 0
    private var time = 0.0

    /// At the start.
    public init() {}

    /// The time of the next arrival, in seconds; `nil`: none before the end.
    ///
    /// Inversion: unit exponentials are the gaps of the process in operational time. Source: Çinlar,
    /// "Introduction to Stochastic Processes" (1975), section 4.7.
    /// - Parameter factor: By how much busier this day is than the mean day.
    public mutating func next(
      of process: ArrivalProcess, factor: Double = 1, _ stream: inout RandomStream
    ) -> Double? {
      var work = stream.exponential()
      while interval < process.rates.count {
        let rate = process.rates[interval] * factor
        let end = process.ends[interval]
        let capacity = rate * (end - time)
        if work < capacity {
          time += work / rate
          return time
        }
        work -= capacity
        time = end
        interval += 1
      }
      return nil
    }
  }
}
