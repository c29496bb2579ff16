/// The mean and variance of observations, in one pass.
///
/// Source: Welford, "Note on a method for calculating corrected sums of squares and products",
/// Technometrics 4 (1962); merging by Chan, Golub, LeVeque (1979).
public struct Moments: Equatable, Sendable {
  /// How many observations.
  public private(set) var count = 0.0
  /// Their mean; 0 when there are none.
  public private(set) var mean = 0.0
  private var squares = 0.0

  /// No observations.
  public init() {}

  /// Takes in one observation.
  @inline(__always)
  public mutating func add(_ value: Double) {
    count += 1
    let delta = value - mean
    mean += delta / count
    squares += delta * (value - mean)
  }

  /// Takes in all observations of `other`.
  public mutating func merge(_ other: Moments) {
    if other.count == 0 { return }
    let total = count + other.count
    let delta = other.mean - mean
    squares += other.squares + delta * delta * count * other.count / total
    mean += delta * other.count / total
    count = total
  }

  /// The unbiased sample variance; not a number for fewer than two observations.
  public var variance: Double { count < 2 ? .nan : squares / (count - 1) }

  /// The standard error of the mean.
  public var standardError: Double { (variance / count).squareRoot() }

  /// The mean with its confidence interval by Student's t distribution.
  public func estimate(confidence: Double = 0.95) -> Estimate {
    Estimate(mean, standardError: standardError, degreesOfFreedom: count - 1, confidence)
  }
}

/// A figure and how sure it is.
public struct Estimate: Equatable, Sendable {
  /// The figure.
  public var value: Double
  /// Half the width of its confidence interval; not a number where there is no way to tell.
  public var halfWidth: Double

  /// A figure known to `halfWidth`.
  public init(_ value: Double, halfWidth: Double) {
    self.value = value
    self.halfWidth = halfWidth
  }

  /// A figure by its standard error.
  public init(
    _ value: Double, standardError: Double, degreesOfFreedom: Double, _ confidence: Double
  ) {
    let t =
      degreesOfFreedom >= 1
      ? Special.studentQuantile((1 + confidence) / 2, degreesOfFreedom: degreesOfFreedom) : .nan
    self.init(value, halfWidth: t * standardError)
  }

  /// Half width over figure: what sequential stopping compares with the precision wanted.
  public var relativeHalfWidth: Double {
    value == 0 ? (halfWidth == 0 ? 0 : .infinity) : abs(halfWidth / value)
  }
}

/// A ratio of means, such as calls abandoned to calls offered, over replications or batches.
///
/// Source: the classical ratio estimator; Law, "Simulation Modeling and Analysis" (5th ed. 2015),
/// section 9.4.3; variance by the delta method.
public struct RatioEstimator: Equatable, Sendable {
  private var count = 0.0
  private var meanX = 0.0
  private var meanY = 0.0
  private var squaresX = 0.0
  private var squaresY = 0.0
  private var products = 0.0

  /// No observations.
  public init() {}

  /// Takes in the numerator and the denominator of one replication.
  public mutating func add(_ numerator: Double, over denominator: Double) {
    count += 1
    let dx = numerator - meanX
    let dy = denominator - meanY
    meanX += dx / count
    meanY += dy / count
    squaresX += dx * (numerator - meanX)
    squaresY += dy * (denominator - meanY)
    products += dx * (denominator - meanY)
  }

  /// The ratio with its confidence interval; not a number when the denominator is 0.
  public func estimate(confidence: Double = 0.95) -> Estimate {
    if meanY == 0 { return Estimate(.nan, halfWidth: .nan) }
    let ratio = meanX / meanY
    if count < 2 { return Estimate(ratio, halfWidth: .nan) }
    let spread = max(0, squaresX - 2 * ratio * products + ratio * ratio * squaresY)
    let error = (spread / (count - 1) / count).squareRoot() / abs(meanY)
    return Estimate(ratio, standardError: error, degreesOfFreedom: count - 1, confidence)
  }
}
