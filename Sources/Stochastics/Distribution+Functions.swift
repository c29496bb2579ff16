// What is known of a distribution without drawing from it.

extension Distribution {
  /// The mean, in seconds.
  public var mean: Double {
    switch self {
    case .never: .infinity
    case .constant(let value): value
    case .exponential(let mean), .erlang(_, let mean): mean
    case .gamma(let shape, let scale): shape * scale
    case .lognormal(let mu, let sigma): Elementary.exp(mu + sigma * sigma / 2)
    case .weibull(let shape, let scale): scale * Elementary.exp(Special.logGamma(1 + 1 / shape))
    case .hyperexponential(let p, let mean, let other): p * mean + (1 - p) * other
    case .uniform(let low, let high): (low + high) / 2
    case .triangular(let low, let mode, let high): (low + mode + high) / 3
    case .empirical(let values): values.mean
    }
  }

  /// The variance, in seconds squared.
  public var variance: Double {
    switch self {
    case .never: return .infinity
    case .constant: return 0
    case .exponential(let mean): return mean * mean
    case .erlang(let shape, let mean): return mean * mean / Double(shape)
    case .gamma(let shape, let scale): return shape * scale * scale
    case .lognormal(_, let sigma): return Elementary.expMinusOne(sigma * sigma) * mean * mean
    case .weibull(let shape, let scale):
      return scale * scale * Elementary.exp(Special.logGamma(1 + 2 / shape)) - mean * mean
    case .hyperexponential(let p, let a, let b):
      return 2 * (p * a * a + (1 - p) * b * b) - mean * mean
    case .uniform(let low, let high): return (high - low) * (high - low) / 12
    case .triangular(let a, let c, let b):
      return (a * a + b * b + c * c - a * b - a * c - b * c) / 18
    case .empirical(let values): return values.variance
    }
  }

  /// The share of draws longer than `x` seconds.
  public func survival(_ x: Double) -> Double {
    if x < 0 { return 1 }
    switch self {
    case .never: return 1
    case .constant(let value): return x < value ? 1 : 0
    case .exponential(let mean): return Elementary.exp(-x / mean)
    case .erlang(let shape, let mean):
      return Special.incompleteGamma(Double(shape), x * Double(shape) / mean).q
    case .gamma(let shape, let scale): return Special.incompleteGamma(shape, x / scale).q
    case .lognormal(let mu, let sigma):
      return x == 0 ? 1 : Special.normalCDF((mu - Elementary.log(x)) / sigma)
    case .weibull(let shape, let scale):
      return Elementary.exp(-Elementary.pow(x / scale, shape))
    case .hyperexponential(let p, let a, let b):
      return p * Elementary.exp(-x / a) + (1 - p) * Elementary.exp(-x / b)
    case .uniform(let low, let high):
      return x <= low ? 1 : max(0, (high - x) / (high - low))
    case .triangular(let low, let mode, let high):
      if x <= low { return 1 }
      if x >= high { return 0 }
      return x < mode
        ? 1 - (x - low) * (x - low) / ((high - low) * (mode - low))
        : (high - x) * (high - x) / ((high - low) * (high - mode))
    case .empirical(let values): return values.survival(x)
    }
  }

  /// The integral of ``survival(_:)`` from 0 to `x`: the mean of min(draw, `x`).
  public func meanUpTo(_ x: Double) -> Double {
    if x <= 0 { return 0 }
    switch self {
    case .never: return x
    case .constant(let value): return min(x, value)
    case .exponential(let mean): return -mean * Elementary.expMinusOne(-x / mean)
    case .erlang(let shape, let mean):
      return gammaMeanUpTo(x, shape: Double(shape), scale: mean / Double(shape))
    case .gamma(let shape, let scale): return gammaMeanUpTo(x, shape: shape, scale: scale)
    case .lognormal(let mu, let sigma):
      let z = (Elementary.log(x) - mu) / sigma
      return mean * Special.normalCDF(z - sigma) + x * Special.normalCDF(-z)
    case .weibull(let shape, let scale):
      let part = Special.incompleteGamma(1 / shape, Elementary.pow(x / scale, shape)).p
      return scale / shape * Elementary.exp(Special.logGamma(1 / shape)) * part
    case .hyperexponential(let p, let a, let b):
      return -p * a * Elementary.expMinusOne(-x / a) - (1 - p) * b * Elementary.expMinusOne(-x / b)
    case .uniform(let low, let high):
      if x <= low { return x }
      if x >= high { return mean }
      return low + (x - low) - (x - low) * (x - low) / (2 * (high - low))
    case .triangular(let low, let mode, let high):
      if x <= low { return x }
      if x >= high { return mean }
      if x < mode {
        return x - (x - low) * (x - low) * (x - low) / (3 * (high - low) * (mode - low))
      }
      return mean - (high - x) * (high - x) * (high - x) / (3 * (high - low) * (high - mode))
    case .empirical(let values): return values.meanUpTo(x)
    }
  }

  private func gammaMeanUpTo(_ x: Double, shape: Double, scale: Double) -> Double {
    shape * scale * Special.incompleteGamma(shape + 1, x / scale).p
      + x * Special.incompleteGamma(shape, x / scale).q
  }

  /// Where ``survival(_:)`` is not smooth, in order: an integration must not step over these.
  public var kinks: [Double] {
    switch self {
    case .constant(let value): [value]
    case .uniform(let low, let high): [low, high]
    case .triangular(let low, let mode, let high): [low, mode, high]
    case .empirical(let values): values.values
    case .never, .exponential, .erlang, .gamma, .lognormal, .weibull, .hyperexponential: []
    }
  }
}
