/// Elementary functions that give the same bits on every machine.
///
/// The C library's differ between machines (with and without fused multiply-add), and a simulation
/// whose every figure hangs on them could not be repeated elsewhere. These are built from IEEE 754
/// operations only, in a fixed order; the error is below one unit in the last place.
public enum Elementary {
  // The algorithms and coefficients of e_log.c and e_exp.c, fdlibm 5.3 (Sun Microsystems, 1993).
  @usableFromInline static let ln2High = 6.931_471_803_691_238_164_90e-01
  @usableFromInline static let ln2Low = 1.908_214_929_270_587_700_02e-10

  /// The natural logarithm of `x`; -infinity at 0, not a number below.
  @inlinable @inline(__always)
  public static func log(_ x: Double) -> Double {
    if x > 0, x < .infinity, x.isNormal { return normalLog(x) }
    return specialLog(x)
  }

  @usableFromInline
  static func specialLog(_ x: Double) -> Double {
    if x == 0 { return -.infinity }
    if x < 0 || x.isNaN { return .nan }
    if x == .infinity { return x }
    return normalLog(x * 0x1p54) - 54 * 0.693_147_180_559_945_309_42
  }

  @inlinable
  static func normalLog(_ x: Double) -> Double {
    // x = 2^k (1 + f) with sqrt(2)/2 < 1 + f < sqrt(2)
    let bits = x.bitPattern
    var exponent = Int64(bits >> 52) - 1_023
    let fraction = bits & 0x000f_ffff_ffff_ffff
    let isUpper = fraction > 0x0006_a09e_667f_3bcd
    if isUpper { exponent += 1 }
    let base: UInt64 = isUpper ? 0x3fe0_0000_0000_0000 : 0x3ff0_0000_0000_0000
    let f = Double(bitPattern: base | fraction) - 1
    let k = Double(exponent)
    let s = f / (2 + f)
    let z = s * s
    let w = z * z
    let even =
      w
      * (3.999_999_999_940_941_908e-01
        + w * (2.222_219_843_214_978_396e-01 + w * 1.531_383_769_920_937_332e-01))
    let odd =
      z
      * (6.666_666_666_666_735_130e-01
        + w
        * (2.857_142_874_366_239_149e-01
          + w * (1.818_357_216_161_805_012e-01 + w * 1.479_819_860_511_658_591e-01)))
    let half = 0.5 * f * f
    return k * ln2High - ((half - (s * (half + (even + odd)) + k * ln2Low)) - f)
  }

  /// The exponential of `x`; 0 below about -745, infinity above about 709.
  public static func exp(_ x: Double) -> Double {
    if x > 709.782_712_893_384 { return .infinity }
    if x < -745.133_219_101_941_1 { return 0 }
    if x.isNaN { return x }
    let k = (x * 1.442_695_040_888_963_387_00).rounded()
    let high = x - k * ln2High
    let low = k * ln2Low
    let r = high - low
    let t = r * r
    let c =
      r - t
      * (1.666_666_666_666_660_190_37e-01
        + t
        * (-2.777_777_777_701_559_338_42e-03
          + t
          * (6.613_756_321_437_934_361_17e-05
            + t * (-1.653_390_220_546_525_153_90e-06 + t * 4.138_136_797_057_238_460_39e-08))))
    let y = 1 - ((low - (r * c) / (2 - c)) - high)
    return Double(sign: .plus, exponent: Int(k), significand: y)
  }

  /// `exp(x) - 1` without cancellation near 0.
  public static func expMinusOne(_ x: Double) -> Double {
    if abs(x) > 0.3 { return exp(x) - 1 }
    // The series converges to full precision within 16 terms for |x| <= 0.3.
    var term = x
    var sum = x
    for n in 2...16 {
      term *= x / Double(n)
      sum += term
    }
    return sum
  }

  /// `x` to the power `y`, for `x` >= 0. The relative error is about |y log x| units in the last place.
  public static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if x == 0 { return y > 0 ? 0 : .infinity }
    return exp(y * log(x))
  }
}
