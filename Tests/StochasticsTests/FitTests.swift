import Testing

@testable import Stochastics

@Suite struct FitTests {
  @Test("Kaplan-Meier: the leukaemia data of Freireich et al., as printed in every textbook")
  func kaplanMeier() {
    // 6-MP group: remission in weeks, + censored: 6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+
    // 34+ 35+. Survival after 6, 7, 10, 13, 16, 22, 23 weeks: .857 .807 .753 .690 .627 .538 .448.
    let ended = [6.0, 6, 6, 7, 10, 13, 16, 22, 23]
    let censored = [6.0, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    let estimate = KaplanMeier(
      ended.map { .init($0, hasEnded: true) } + censored.map { .init($0, hasEnded: false) })
    #expect(estimate.times == [6, 7, 10, 13, 16, 22, 23])
    let printed = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    for (found, value) in zip(estimate.survival, printed) { #expect(abs(found - value) < 0.000_6) }
    // Greenwood's errors, same table: .0764 .0869 .0963 .1068 .1141 .1282 .1346.
    let errors = [0.076_4, 0.086_9, 0.096_3, 0.106_8, 0.114_1, 0.128_2, 0.134_6]
    for (found, value) in zip(estimate.standardErrors, errors) {
      #expect(abs(found - value) < 0.000_1)
    }
    #expect(estimate.quantile(0.5) == 23 && estimate.quantile(0.9) == nil)
    #expect(estimate.survival(at: 5) == 1 && estimate.survival(at: 12) == estimate.survival[2])
  }

  private func draws(_ law: Distribution, _ count: Int) -> [Double] {
    var stream = RandomStream(seed: 21, purpose: .other, entity: 0)
    return (0..<count).map { _ in law.sample(&stream) }
  }

  @Test(
    "What was drawn from a distribution is recognised, with its parameters",
    arguments: [
      ("exponential", [150.0]), ("lognormal", [180, 1.2]), ("gamma", [180, 0.5]),
      ("weibull", [1.8, 90]),
    ])
  func recognised(_ name: String, _ parameters: [Double]) throws {
    let law = try #require(Distribution(name: name, parameters))
    let fits = DistributionFit.all(
      draws(law, 20_000).map { .init($0, hasEnded: true) }, least: 0.001)
    let best = try #require(fits.first { $0.name == name })
    // An exponential is also a Weibull and a gamma: it may lose by a hair.
    #expect(best.aic - fits[0].aic < 4)
    for (found, value) in zip(best.parameters, parameters) { #expect(agree(found, value, 0.05)) }
    #expect(best.distance < 0.015)
  }

  @Test("Patience that was cut off by the answer is not taken for short")
  func censored() throws {
    let law = Distribution.weibull(shape: 1.5, scale: 120)
    var waits = RandomStream(seed: 22, purpose: .other, entity: 0)
    let observations = draws(law, 20_000).map { patience -> KaplanMeier.Observation in
      let wait = 60 * waits.exponential()
      return .init(min(patience, wait), hasEnded: patience < wait)
    }
    #expect(observations.count { $0.hasEnded } < 8_000)
    let fits = DistributionFit.all(observations, least: 0.001)
    let best = try #require(fits.first)
    #expect(best.name == "weibull")
    #expect(agree(best.parameters[0], 1.5, 0.05) && agree(best.parameters[1], 120, 0.05))
    let estimate = KaplanMeier(observations)
    for time in [30.0, 60, 120] {
      #expect(abs(estimate.survival(at: time) - law.survival(time)) < 0.03)
    }
    #expect(DistributionFit.all([.init(5, hasEnded: false)]).isEmpty)
  }
}
