/// Special functions of probability, on top of ``Elementary``.
public enum Special {
  /// The logarithm of the gamma function, for `x` > 0. Relative error about 1e-15.
  ///
  /// Source: Lanczos, "A precision approximation of the gamma function", SIAM J. Numer. Anal. B 1
  /// (1964); coefficients for g = 7, n = 9 by Godfrey (2001).
  public static func logGamma(_ x: Double) -> Double {
    if x < 0.5 {
      // gamma(x) = gamma(x + 1) / x
      return logGamma(x + 1) - Elementary.log(x)
    }
    let z = x - 1
    var sum = 0.999_999_999_999_809_93
    for (index, coefficient) in lanczos.enumerated() {
      sum += coefficient / (z + Double(index + 1))
    }
    let t = z + 7.5
    return 0.918_938_533_204_672_741_78 + (z + 0.5) * Elementary.log(t) - t + Elementary.log(sum)
  }

  private static let lanczos = [
    676.520_368_121_885_1, -1_259.139_216_722_402_8, 771.323_428_777_653_13,
    -176.615_029_162_140_59, 12.507_343_278_686_905, -0.138_571_095_265_720_12,
    9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
  ]

  /// The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x), for `a` > 0.
  ///
  /// Source: series and continued fraction, Abramowitz and Stegun 6.5.29 and 6.5.31, the latter by
  /// the modified Lentz method (Thompson and Barnett 1986).
  public static func incompleteGamma(_ a: Double, _ x: Double) -> (p: Double, q: Double) {
    if x <= 0 { return (0, 1) }
    if x == .infinity { return (1, 0) }
    let front = Elementary.exp(a * Elementary.log(x) - x - logGamma(a))
    if x < a + 1 {
      var term = 1 / a
      var sum = term
      var n = a
      while abs(term) > abs(sum) * 1e-17 {
        n += 1
        term *= x / n
        sum += term
      }
      let p = min(1, sum * front)
      return (p, 1 - p)
    }
    var fraction = Lentz(x + 1 - a)
    for i in 1..<100_000 {
      let n = Double(i)
      if fraction.step(a: -n * (n - a), b: x + 2 * n + 1 - a) { break }
    }
    let q = min(1, front / fraction.value)
    return (1 - q, q)
  }

  /// The distribution function of the standard normal distribution.
  public static func normalCDF(_ x: Double) -> Double {
    let tail = incompleteGamma(0.5, x * x / 2)
    return x < 0 ? tail.q / 2 : 0.5 + tail.p / 2
  }

  /// The density of the standard normal distribution.
  public static func normalDensity(_ x: Double) -> Double {
    0.398_942_280_401_432_677_94 * Elementary.exp(-x * x / 2)
  }

  /// The regularised incomplete beta function I_x(a, b).
  ///
  /// Source: continued fraction, Abramowitz and Stegun 26.5.8, by the modified Lentz method.
  public static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, 1 - x) }
    let front = Elementary.exp(
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * Elementary.log(x)
        + b * Elementary.log(1 - x))
    var fraction = Lentz(1)
    for i in 1..<10_000 {
      let m = Double(i / 2)
      let numerator =
        i.isMultiple(of: 2)
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      if fraction.step(a: numerator, b: 1) { break }
    }
    return front / (a * fraction.value)
  }

  /// The quantile of Student's t distribution: t with P(T <= t) = `p`, for 0 < `p` < 1.
  public static func studentQuantile(_ p: Double, degreesOfFreedom: Double) -> Double {
    if p == 0.5 { return 0 }
    if p < 0.5 { return -studentQuantile(1 - p, degreesOfFreedom: degreesOfFreedom) }
    if degreesOfFreedom == .infinity { return normalQuantile(p) }
    func tail(_ t: Double) -> Double {
      let x = degreesOfFreedom / (degreesOfFreedom + t * t)
      return 0.5 * incompleteBeta(degreesOfFreedom / 2, 0.5, x)
    }
    var (low, high) = (0.0, 1.0)
    while tail(high) > 1 - p { (low, high) = (high, high * 2) }
    // Bisection: called once per table, not per call.
    for _ in 0..<200 where high - low > 1e-14 * high {
      let middle = (low + high) / 2
      if tail(middle) > 1 - p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// A continued fraction b0 + a1/(b1 + a2/(b2 + ...)) evaluated forwards.
private struct Lentz {
  var value: Double
  private var c: Double
  private var d = 0.0

  init(_ b0: Double) {
    value = b0 == 0 ? 1e-300 : b0
    c = value
  }

  /// Takes in one more term.
  /// - Returns: whether the value has settled.
  mutating func step(a: Double, b: Double) -> Bool {
    d = b + a * d
    if d == 0 { d = 1e-300 }
    c = b + a / c
    if c == 0 { c = 1e-300 }
    d = 1 / d
    let change = c * d
    value *= change
    return abs(change - 1) < 1e-16
  }
}
