import Glibc
import Testing

@testable import Stochastics

/// Whether two numbers agree to a relative error.
func agree(_ a: Double, _ b: Double, _ relative: Double = 1e-12) -> Bool {
  a == b || abs(a - b) <= relative * max(abs(a), abs(b))
}

@Suite struct FunctionTests {
  @Test("log and exp: within one unit in the last place of the C library, everywhere")
  func elementary() {
    var stream = RandomStream(seed: 1, purpose: .other, entity: 0)
    var worst = (log: 0.0, exp: 0.0)
    for _ in 0..<200_000 {
      let x = Glibc.exp((stream.uniform() - 0.5) * 1_400)
      let log = Glibc.log(x)
      worst.log = max(worst.log, abs(Elementary.log(x) - log) / log.ulp)
      let y = (stream.uniform() - 0.5) * 1_400
      let exp = Glibc.exp(y)
      worst.exp = max(worst.exp, abs(Elementary.exp(y) - exp) / exp.ulp)
    }
    #expect(worst.log <= 1 && worst.exp <= 1, "\(worst)")
  }

  @Test("log and exp: the ends")
  func ends() {
    #expect(Elementary.log(0) == -.infinity)
    #expect(Elementary.log(-1).isNaN)
    #expect(Elementary.log(1) == 0)
    #expect(agree(Elementary.log(.leastNonzeroMagnitude), Glibc.log(.leastNonzeroMagnitude)))
    #expect(Elementary.exp(0) == 1)
    #expect(Elementary.exp(-800) == 0)
    #expect(Elementary.exp(800) == .infinity)
    #expect(agree(Elementary.expMinusOne(1e-10), Glibc.expm1(1e-10), 1e-15))
    #expect(agree(Elementary.expMinusOne(-0.3), Glibc.expm1(-0.3), 1e-15))
    #expect(agree(Elementary.pow(2, 0.5), 2.0.squareRoot(), 1e-15))
  }

  @Test("The bits of log and exp are those recorded here, on every machine and in every build")
  func bits() {
    var stream = RandomStream(seed: 2, purpose: .other, entity: 0)
    var hash: UInt64 = 0
    for _ in 0..<10_000 {
      let u = stream.uniform()
      hash = (hash ^ Elementary.log(u).bitPattern) &* 0x100_0000_01b3
      hash = (hash ^ Elementary.exp(u * 20 - 10).bitPattern) &* 0x100_0000_01b3
    }
    #expect(hash == 1_336_938_642_671_358_812)
  }

  @Test("Special functions against tables")
  func special() {
    // NIST DLMF, https://dlmf.nist.gov: gamma(5) = 24, gamma(1/2) = sqrt(pi).
    #expect(agree(Special.logGamma(5), Glibc.log(24)))
    #expect(agree(Special.logGamma(0.5), 0.572_364_942_924_700_087))
    #expect(agree(Special.logGamma(100), 359.134_205_369_575_399))
    // P(1, x) = 1 - exp(-x); Q(1/2, x) = erfc(sqrt x).
    #expect(agree(Special.incompleteGamma(1, 0.3).p, -Glibc.expm1(-0.3)))
    #expect(agree(Special.incompleteGamma(0.5, 4).q, Glibc.erfc(2)))
    #expect(agree(Special.normalCDF(1.96), 0.975_002_104_851_780_1))
    #expect(agree(Special.normalCDF(-6), 9.865_876_450_376_98e-10, 1e-10))
    // AS 241's own check values.
    #expect(agree(Special.normalQuantile(0.25), -0.674_489_750_196_081_7, 1e-15))
    #expect(agree(Special.normalQuantile(0.001), -3.090_232_306_167_813_5, 1e-15))
    #expect(agree(Special.normalQuantile(1e-20), -9.262_340_089_798_407_6, 1e-14))
    // I_x(a, b) with a = 2, b = 3: x^2 (6 - 8x + 3x^2).
    #expect(agree(Special.incompleteBeta(2, 3, 0.4), 0.16 * (6 - 3.2 + 0.48)))
  }

  @Test(
    "Student's t: the printed table",
    arguments: [
      (0.975, 1.0, 12.706), (0.975, 2, 4.303), (0.975, 9, 2.262), (0.975, 30, 2.042),
      (0.95, 5, 2.015), (0.995, 10, 3.169), (0.9, 120, 1.289),
    ])
  func student(_ p: Double, _ degreesOfFreedom: Double, _ printed: Double) {
    let t = Special.studentQuantile(p, degreesOfFreedom: degreesOfFreedom)
    #expect(abs(t - printed) < 0.000_5)
    #expect(Special.studentQuantile(1 - p, degreesOfFreedom: degreesOfFreedom) == -t)
  }

  @Test("Philox2x64-10: the known answers of Random123")
  func philox() {
    #expect(Philox.block(0, 0, key: 0) == (0xca00_a045_9843_d731, 0x66c2_4222_c9a8_45b5))
    #expect(
      Philox.block(.max, .max, key: .max) == (0x65b0_21d6_0cd8_310f, 0x4d02_f322_2f86_df20))
    #expect(
      Philox.block(0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, key: 0xa409_3822_299f_31d0)
        == (0x0a5e_742c_2997_341c, 0xb0f8_83d3_8000_de5d))
  }

  @Test("Streams: named, disjoint")
  func streams() {
    func first(_ seed: UInt64, _ replication: UInt32, _ purpose: Purpose, _ entity: UInt64)
      -> UInt64
    {
      var stream = RandomStream(
        seed: seed, replication: replication, purpose: purpose, entity: entity)
      return stream.next()
    }
    let names = [
      first(1, 0, .caller, 0), first(2, 0, .caller, 0), first(1, 1, .caller, 0),
      first(1, 0, .service, 0), first(1, 0, .caller, 1),
    ]
    #expect(Set(names).count == names.count)
    #expect(first(1, 0, .caller, 0) == names[0])
  }
}
