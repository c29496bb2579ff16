import Testing

@testable import Stochastics

@Suite struct DistributionTests {
  static let all: [Distribution] = [
    .constant(7), .exponential(mean: 120), .erlang(shape: 3, mean: 90),
    .gamma(mean: 180, cv: 0.7), .gamma(mean: 180, cv: 1.6), .lognormal(mean: 200, cv: 1.3),
    .weibull(shape: 1.4, scale: 60), .hyperexponential(mean: 180, squaredCV: 4),
    .uniform(low: 5, high: 25), .triangular(low: 2, mode: 3, high: 10),
    .empirical(Empirical([3, 1, 4, 1, 5, 9, 2, 6])),
  ]

  @Test("Draws have the mean and variance that the formulas say", arguments: all)
  func moments(_ law: Distribution) {
    var moments = Moments()
    var fourth = Moments()
    var stream = RandomStream(seed: 11, purpose: .other, entity: 3)
    for _ in 0..<200_000 {
      let x = law.sample(&stream)
      moments.add(x)
      let deviation = x - law.mean
      fourth.add(deviation * deviation)
    }
    if law.variance == 0 { #expect(moments.mean == law.mean) }
    #expect(abs(moments.mean - law.mean) <= 4 * moments.standardError)
    #expect(abs(fourth.mean - law.variance) <= 4.5 * fourth.standardError)
  }

  @Test(
    "Quantile and survival are inverse; the mean up to x is the integral of survival",
    arguments: all)
  func functions(_ law: Distribution) {
    for p in [0.01, 0.2, 0.5, 0.9, 0.999] {
      let x = law.quantile(p)
      if law.kinks.isEmpty || law.variance > 60 {
        #expect(agree(law.survival(x), 1 - p, 1e-9))
      }
      #expect(law.survival(x * (1 - 1e-9)) >= 1 - p - 1e-9)
    }
    var sum = 0.0
    let step = law.mean / 20_000
    for i in 0..<40_000 { sum += law.survival((Double(i) + 0.5) * step) * step }
    #expect(agree(law.meanUpTo(2 * law.mean), sum, 1e-4))
    #expect(agree(law.meanUpTo(1e9), law.mean, 1e-9))
  }

  @Test("Draws follow their distribution function (Kolmogorov-Smirnov)", arguments: all)
  func shape(_ law: Distribution) {
    guard law.kinks.count < 4, law.variance > 0 else { return }
    var stream = RandomStream(seed: 5, purpose: .other, entity: 1)
    let count = 20_000
    let draws = (0..<count).map { _ in law.sample(&stream) }.sorted()
    let distance =
      draws.enumerated().map { index, x in
        let below = 1 - law.survival(x)
        return max(below - Double(index) / Double(count), Double(index + 1) / Double(count) - below)
      }.max() ?? 1
    // The 0.1 % point of the limiting distribution is 1.95 / sqrt n.
    #expect(distance < 1.95 / Double(count).squareRoot())
  }

  @Test("Never is longer than anything")
  func never() {
    var stream = RandomStream(seed: 5, purpose: .other, entity: 1)
    #expect(Distribution.never.sample(&stream) == .infinity)
    #expect(Distribution.never.survival(1e18) == 1)
  }

  @Test("By name: known ones with sound parameters only")
  func names() {
    #expect(Distribution(name: "lognormal", [180, 1.3]) == .lognormal(mean: 180, cv: 1.3))
    for entry in Distribution.parameters {
      #expect(
        Distribution(name: entry.name, [Double](repeating: .nan, count: entry.parameters.count))
          == nil)
      #expect(Distribution(name: entry.name, []) == nil)
    }
    #expect(Distribution(name: "erlang", [2, 90]) == .erlang(shape: 2, mean: 90))
    #expect(Distribution(name: "pareto", [1]) == nil)
    #expect(Distribution(name: "triangular", [5, 1, 9]) == nil)
  }
}

@Suite struct ArrivalTests {
  @Test("Arrivals by interval have the mean and variance of a Poisson process")
  func counts() {
    let process = ArrivalProcess(interval: 1_800, counts: [10, 0, 40, 25])
    var counts = Array(repeating: Moments(), count: 4)
    var isOrdered = true
    for day in 0..<4_000 {
      var stream = RandomStream(
        seed: 3, replication: UInt32(day), purpose: .arrival, entity: 0)
      var walk = ArrivalProcess.Walk()
      var today = [0.0, 0, 0, 0]
      var last = 0.0
      while let time = walk.next(of: process, &stream) {
        isOrdered = isOrdered && time > last
        last = time
        today[Int(time / 1_800)] += 1
      }
      for i in 0..<4 { counts[i].add(today[i]) }
    }
    #expect(isOrdered)
    #expect(counts[1].mean == 0)
    for (i, mean) in [(0, 10.0), (2, 40), (3, 25)] {
      #expect(abs(counts[i].mean - mean) < 4 * counts[i].standardError)
      #expect(abs(counts[i].variance / mean - 1) < 0.1)
    }
    #expect(process.meanCount(upTo: 2_700) == 10)
    #expect(process.meanCount(upTo: 4_500) == 30)
  }

  @Test("A busier day has more arrivals, and the same ones earlier")
  func factor() {
    let process = ArrivalProcess(interval: 3_600, counts: [100])
    func times(_ factor: Double) -> [Double] {
      var stream = RandomStream(seed: 3, purpose: .arrival, entity: 0)
      var walk = ArrivalProcess.Walk()
      var times: [Double] = []
      while let time = walk.next(of: process, factor: factor, &stream) { times.append(time) }
      return times
    }
    let (plain, busy) = (times(1), times(2))
    #expect(busy.count > plain.count)
    for (a, b) in zip(plain, busy) { #expect(agree(a, 2 * b, 1e-9)) }
  }
}

@Suite struct EstimateTests {
  @Test("Moments: two passes over the same numbers, and merged in parts")
  func moments() {
    let values = (0..<1_000).map { 1e9 + Double(($0 * 7_919) % 1_000) }
    let mean = values.reduce(0, +) / 1_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 999
    var all = Moments()
    for value in values { all.add(value) }
    #expect(agree(all.mean, mean) && agree(all.variance, variance, 1e-9))
    var parts = Moments()
    for part in [values[..<10], values[10..<10], values[10...]] {
      var some = Moments()
      for value in part { some.add(value) }
      parts.merge(some)
    }
    #expect(parts.count == 1_000)
    #expect(agree(parts.mean, mean) && agree(parts.variance, variance, 1e-9))
    #expect(Moments().variance.isNaN)
  }

  @Test("Confidence intervals hold what they promise: mean and ratio")
  func coverage() {
    var (covered, ratioCovered) = (0, 0)
    for experiment in 0..<2_000 {
      var stream = RandomStream(
        seed: 8, replication: UInt32(experiment), purpose: .other, entity: 0)
      var moments = Moments()
      var ratio = RatioEstimator()
      for _ in 0..<20 {
        let x = stream.normal()
        moments.add(x + 5)
        let y = 50 + 5 * stream.normal()
        ratio.add(0.3 * y + stream.normal(), over: y)
      }
      let mean = moments.estimate(confidence: 0.9)
      if abs(mean.value - 5) <= mean.halfWidth { covered += 1 }
      let quotient = ratio.estimate(confidence: 0.9)
      if abs(quotient.value - 0.3) <= quotient.halfWidth { ratioCovered += 1 }
    }
    // 90 % of 2,000, give or take four standard errors of 0.67 %.
    #expect(abs(Double(covered) / 2_000 - 0.9) < 0.027)
    #expect(abs(Double(ratioCovered) / 2_000 - 0.9) < 0.027)
    #expect(RatioEstimator().estimate().value.isNaN)
  }
}
