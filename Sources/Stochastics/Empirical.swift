/// Values observed, each with its share: as many as were seen, or as an estimate of a distribution
/// function says.
public struct Empirical: Equatable, Sendable {
  /// The values, ascending.
  public let values: [Double]
  /// For each value, the share of draws up to and including it; the last is 1.
  public let cumulative: [Double]

  /// Each of `observations` with the same share. They need not be in order; there must be one.
  public init(_ observations: [Double]) {
    values = observations.sorted()
    cumulative = values.indices.map { Double($0 + 1) / Double(observations.count) }
  }

  /// Values in ascending order with their cumulative shares; the last share counts as 1.
  public init(values: [Double], cumulative: [Double]) {
    self.values = values
    self.cumulative = cumulative.dropLast() + [1]
  }

  /// The value that a share `p` of draws does not exceed.
  /// - Complexity: O(log *values*)
  func quantile(_ p: Double) -> Double {
    var (low, high) = (0, values.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] < p { low = middle + 1 } else { high = middle }
    }
    return values[low]
  }

  /// How many values do not exceed `x`.
  private func count(upTo x: Double) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] <= x { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func survival(_ x: Double) -> Double {
    let count = count(upTo: x)
    return count == 0 ? 1 : 1 - cumulative[count - 1]
  }

  func meanUpTo(_ x: Double) -> Double {
    var (sum, from, survival) = (0.0, 0.0, 1.0)
    for (value, share) in zip(values, cumulative) {
      if value >= x { break }
      sum += survival * (value - from)
      (from, survival) = (value, 1 - share)
    }
    return sum + survival * (x - from)
  }

  var mean: Double { weighted { $0 } }

  var variance: Double {
    let mean = mean
    return weighted { ($0 - mean) * ($0 - mean) }
  }

  private func weighted(_ value: (Double) -> Double) -> Double {
    var (sum, before) = (0.0, 0.0)
    for index in values.indices {
      sum += (cumulative[index] - before) * value(values[index])
      before = cumulative[index]
    }
    return sum
  }
}
