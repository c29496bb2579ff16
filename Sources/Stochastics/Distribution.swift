/// A distribution of durations, in seconds.
public enum Distribution: Equatable, Sendable {
  /// Never happens: infinite.
  case never
  /// Always this long.
  case constant(Double)
  /// Exponential with this mean.
  case exponential(mean: Double)
  /// The sum of `shape` exponentials, `mean` together.
  case erlang(shape: Int, mean: Double)
  /// Gamma: mean `shape` times `scale`.
  case gamma(shape: Double, scale: Double)
  /// The exponential of a normal variate with mean `mu` and standard deviation `sigma`.
  case lognormal(mu: Double, sigma: Double)
  /// Weibull with survival function exp(-(x / scale)^shape).
  case weibull(shape: Double, scale: Double)
  /// Exponential of mean `mean` with probability `p`, else of mean `otherMean`.
  case hyperexponential(p: Double, mean: Double, otherMean: Double)
  /// Anything from `low` to `high`.
  case uniform(low: Double, high: Double)
  /// From `low` to `high`, most often `mode`.
  case triangular(low: Double, mode: Double, high: Double)
  /// One of the values observed.
  case empirical(Empirical)

  /// A lognormal distribution by its mean and coefficient of variation.
  public static func lognormal(mean: Double, cv: Double) -> Distribution {
    let variance = Elementary.log(1 + cv * cv)
    return .lognormal(mu: Elementary.log(mean) - variance / 2, sigma: variance.squareRoot())
  }

  /// A gamma distribution by its mean and coefficient of variation.
  public static func gamma(mean: Double, cv: Double) -> Distribution {
    .gamma(shape: 1 / (cv * cv), scale: mean * cv * cv)
  }

  /// A hyperexponential distribution by its mean and squared coefficient of variation (at least 1),
  /// with balanced means: both branches contribute half of the mean.
  ///
  /// Source: Whitt, "Approximating a point process by a renewal process", Oper. Res. 30 (1982).
  public static func hyperexponential(mean: Double, squaredCV: Double) -> Distribution {
    let p = (1 + ((squaredCV - 1) / (squaredCV + 1)).squareRoot()) / 2
    return .hyperexponential(p: p, mean: mean / (2 * p), otherMean: mean / (2 * (1 - p)))
  }

  /// Draws a duration. Uses one number of the stream, except gamma (rejection) and erlang (`shape`).
  @inlinable @inline(__always)
  public func sample(_ stream: inout RandomStream) -> Double {
    if case .exponential(let mean) = self { return mean * stream.exponential() }
    return sampleOther(&stream)
  }

  @usableFromInline
  func sampleOther(_ stream: inout RandomStream) -> Double {
    switch self {
    case .never: return .infinity
    case .constant(let value): return value
    case .exponential(let mean): return mean * stream.exponential()
    case .erlang(let shape, let mean):
      var product = 1.0
      for _ in 0..<shape { product *= stream.uniform() }
      return -Elementary.log(product) * mean / Double(shape)
    case .gamma(let shape, let scale): return scale * stream.gamma(shape: shape)
    case .hyperexponential(let p, let mean, let otherMean):
      // One number serves both: which branch, and where in it.
      let u = stream.uniform()
      return u < p
        ? -mean * Elementary.log(u / p) : -otherMean * Elementary.log((1 - u) / (1 - p))
    case .lognormal, .weibull, .uniform, .triangular, .empirical:
      return quantile(stream.uniform())
    }
  }

  /// The duration that a share `p` (0 < `p` < 1) of draws stays below.
  public func quantile(_ p: Double) -> Double {
    switch self {
    case .never: return .infinity
    case .constant(let value): return value
    case .exponential(let mean): return -mean * Elementary.log(1 - p)
    case .lognormal(let mu, let sigma):
      return Elementary.exp(mu + sigma * Special.normalQuantile(p))
    case .weibull(let shape, let scale):
      return scale * Elementary.pow(-Elementary.log(1 - p), 1 / shape)
    case .uniform(let low, let high): return low + p * (high - low)
    case .triangular(let low, let mode, let high):
      let left = (mode - low) / (high - low)
      return p < left
        ? low + (p * (high - low) * (mode - low)).squareRoot()
        : high - ((1 - p) * (high - low) * (high - mode)).squareRoot()
    case .empirical(let values): return values.quantile(p)
    case .erlang, .gamma, .hyperexponential: return bisectedQuantile(p)
    }
  }

  /// Draws a value known to be greater than `least`, by inversion of what remains of the distribution.
  ///
  /// - Returns: infinity where no value is greater.
  public func sample(beyond least: Double, _ stream: inout RandomStream) -> Double {
    if least <= 0 { return sample(&stream) }
    let share = survival(least)
    if share <= 0 { return .infinity }
    if case .exponential(let mean) = self { return least + mean * stream.exponential() }
    return max(least, quantile(1 - share * stream.uniform()))
  }

  private func bisectedQuantile(_ p: Double) -> Double {
    var (low, high) = (0.0, max(mean, 1e-9))
    while survival(high) > 1 - p { (low, high) = (high, high * 2) }
    for _ in 0..<200 where high - low > 1e-13 * high {
      let middle = (low + high) / 2
      if survival(middle) > 1 - p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

extension RandomStream {
  /// A gamma variate of scale 1.
  ///
  /// Source: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26
  /// (2000); shapes below 1 by their remark in section 8.
  mutating func gamma(shape: Double) -> Double {
    if shape < 1 {
      let u = uniform()
      return gamma(shape: shape + 1) * Elementary.pow(u, 1 / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      if root <= 0 { continue }
      let v = root * root * root
      if Elementary.log(uniform()) < 0.5 * x * x + d - d * v + d * Elementary.log(v) {
        return d * v
      }
    }
  }
}
