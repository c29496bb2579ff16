/// Adaptive integration.
enum Quadrature {
  /// The integral of `f` over the intervals between consecutive `points`, to about 1e-13 of its size.
  /// `f` must be smooth within each interval.
  ///
  /// Source: the 7-point Gauss and 15-point Kronrod rules as in QUADPACK's QK15 (Piessens et al. 1983).
  static func integrate(_ points: [Double], _ f: (Double) -> Double) -> Double {
    var open = zip(points, points.dropFirst()).filter { $0 < $1 }.map { part($0, $1, f) }
    let total = open.reduce(0) { $0 + abs($1.value) }
    var sum = 0.0
    var splits = 0
    while let next = open.popLast() {
      let isNarrow = next.high - next.low <= 1e-14 * max(abs(next.low), abs(next.high))
      if next.error <= 1e-14 * total || isNarrow || splits > 20_000 {
        sum += next.value
        continue
      }
      splits += 1
      let middle = (next.low + next.high) / 2
      open.append(part(next.low, middle, f))
      open.append(part(middle, next.high, f))
    }
    return sum
  }

  private struct Part {
    var low: Double
    var high: Double
    var value: Double
    var error: Double
  }

  private static func part(_ low: Double, _ high: Double, _ f: (Double) -> Double) -> Part {
    let centre = (low + high) / 2
    let half = (high - low) / 2
    let middle = f(centre)
    var kronrod = kronrodWeights[7] * middle
    var gauss = gaussWeights[3] * middle
    for i in 0..<7 {
      let offset = half * nodes[i]
      let pair = f(centre - offset) + f(centre + offset)
      kronrod += kronrodWeights[i] * pair
      if !i.isMultiple(of: 2) { gauss += gaussWeights[i / 2] * pair }
    }
    // The difference of the rules is the error of the lower one; that of the higher is far below.
    let difference = abs(kronrod - gauss) * half
    let scale = abs(kronrod) * half
    let ratio = scale > 0 ? min(1, 200 * difference / scale) : 0
    return Part(
      low: low, high: high, value: kronrod * half, error: scale * ratio * ratio.squareRoot())
  }

  private static let nodes = [
    0.991_455_371_120_812_639_206_854_697_526_329, 0.949_107_912_342_758_524_526_189_684_047_851,
    0.864_864_423_359_769_072_789_712_788_640_926, 0.741_531_185_599_394_439_863_864_773_280_788,
    0.586_087_235_467_691_130_294_144_691_693_354, 0.405_845_151_377_397_166_906_606_412_076_961,
    0.207_784_955_007_898_467_600_689_403_773_245,
  ]
  private static let kronrodWeights = [
    0.022_935_322_010_529_224_963_732_008_058_970, 0.063_092_092_629_978_553_290_700_663_189_204,
    0.104_790_010_322_250_183_839_876_322_541_518, 0.140_653_259_715_525_918_745_189_590_510_238,
    0.169_004_726_639_267_902_826_583_426_598_550, 0.190_350_578_064_785_409_913_256_402_421_014,
    0.204_432_940_075_298_892_414_161_999_234_649, 0.209_482_141_084_727_828_012_999_174_891_714,
  ]
  private static let gaussWeights = [
    0.129_484_966_168_869_693_270_611_432_679_082, 0.279_705_391_489_276_667_901_467_771_423_780,
    0.381_830_050_505_118_944_950_369_775_488_975, 0.417_959_183_673_469_387_755_102_040_816_327,
  ]
}
