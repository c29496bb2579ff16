/// A distribution fitted to durations, and how well it fits.
public struct DistributionFit: Equatable, Sendable {
  /// Its name in scenarios.
  public var name: String
  /// Its parameters in scenarios, in order.
  public var parameters: [Double]
  /// The distribution.
  public var distribution: Distribution
  /// Akaike's criterion, 2 parameters - 2 log likelihood: the smallest fits best.
  public var aic: Double
  /// The greatest distance from the observed distribution function: Kolmogorov and Smirnov's, against the
  /// estimate of Kaplan and Meier where some durations were cut off.
  public var distance: Double

  /// Fits exponential, Weibull and, where nothing was cut off, lognormal and gamma; the best first.
  ///
  /// Maximum likelihood throughout, except that gamma's shape is Minka's closed form, whose relative error is
  /// below 1.5 %. Sources: Lawless, "Statistical Models and Methods for Lifetime Data" (2nd ed. 2003),
  /// sections 4.1 and 5.2; Minka, "Estimating a gamma distribution" (2002); Akaike (1974).
  /// Durations of 0 count as `least`. Empty when nothing has ended.
  public static func all(
    _ observations: [KaplanMeier.Observation], least: Double = 0.5
  ) -> [DistributionFit] {
    let observations = observations.map {
      KaplanMeier.Observation(max($0.time, least), hasEnded: $0.hasEnded)
    }
    let ended = observations.filter(\.hasEnded)
    if ended.isEmpty { return [] }
    let estimate = KaplanMeier(observations)
    var fits = [exponential(observations, ended), weibull(observations, ended)]
    if ended.count == observations.count { fits += [lognormal(ended), gamma(ended)] }
    for index in fits.indices {
      fits[index].distance = distance(of: fits[index].distribution, from: estimate)
    }
    return fits.sorted { $0.aic < $1.aic }
  }

  private init(_ name: String, _ parameters: [Double], logLikelihood: Double) {
    self.name = name
    self.parameters = parameters
    distribution = Distribution(name: name, parameters) ?? .constant(0)
    aic = 2 * Double(parameters.count) - 2 * logLikelihood
    distance = 0
  }

  private typealias Observations = [KaplanMeier.Observation]

  private static func exponential(_ all: Observations, _ ended: Observations) -> DistributionFit {
    let count = Double(ended.count)
    let mean = all.reduce(0) { $0 + $1.time } / count
    return DistributionFit(
      "exponential", [mean], logLikelihood: -count * Elementary.log(mean) - count)
  }

  private static func weibull(_ all: Observations, _ ended: Observations) -> DistributionFit {
    let count = Double(ended.count)
    let meanLog = ended.reduce(0) { $0 + Elementary.log($1.time) } / count
    // The likelihood equation of the shape grows with it: bisection.
    func excess(_ shape: Double) -> Double {
      var (sum, weighted) = (0.0, 0.0)
      for observation in all {
        let power = Elementary.pow(observation.time, shape)
        sum += power
        weighted += power * Elementary.log(observation.time)
      }
      return weighted / sum - 1 / shape - meanLog
    }
    var (low, high) = (0.05, 20.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if excess(middle) < 0 { low = middle } else { high = middle }
    }
    let shape = (low + high) / 2
    let sum = all.reduce(0) { $0 + Elementary.pow($1.time, shape) }
    let scale = Elementary.pow(sum / count, 1 / shape)
    let likelihood =
      count * (Elementary.log(shape) - shape * Elementary.log(scale)) + (shape - 1) * count
      * meanLog
      - count
    return DistributionFit("weibull", [shape, scale], logLikelihood: likelihood)
  }

  private static func lognormal(_ ended: Observations) -> DistributionFit {
    var logs = Moments()
    for observation in ended { logs.add(Elementary.log(observation.time)) }
    let variance = max(
      1e-12, logs.count < 2 ? 1e-12 : logs.variance * (logs.count - 1) / logs.count)
    let mean = Elementary.exp(logs.mean + variance / 2)
    let cv = Elementary.expMinusOne(variance).squareRoot()
    let likelihood =
      -logs.count * (logs.mean + 0.5 * Elementary.log(2 * .pi * variance) + 0.5)
    return DistributionFit("lognormal", [mean, cv], logLikelihood: likelihood)
  }

  private static func gamma(_ ended: Observations) -> DistributionFit {
    let count = Double(ended.count)
    let mean = ended.reduce(0) { $0 + $1.time } / count
    let meanLog = ended.reduce(0) { $0 + Elementary.log($1.time) } / count
    let spread = max(1e-12, Elementary.log(mean) - meanLog)
    let root = ((spread - 3) * (spread - 3) + 24 * spread).squareRoot()
    let shape = (3 - spread + root) / (12 * spread)
    let likelihood =
      count
      * ((shape - 1) * meanLog - shape - Special.logGamma(shape)
        - shape * Elementary.log(mean / shape))
    return DistributionFit("gamma", [mean, 1 / shape.squareRoot()], logLikelihood: likelihood)
  }

  private static func distance(of law: Distribution, from estimate: KaplanMeier) -> Double {
    var (greatest, before) = (0.0, 1.0)
    for (time, survival) in zip(estimate.times, estimate.survival) {
      let fitted = law.survival(time)
      greatest = max(greatest, abs(fitted - survival), abs(fitted - before))
      before = survival
    }
    return greatest
  }
}
