import Stochastics
import TestSupport
import Testing

@testable import Staffing

func agree(_ a: Double, _ b: Double, _ relative: Double = 1e-9) -> Bool {
  a == b || abs(a - b) <= relative * max(abs(a), abs(b))
}

@Suite struct FormulaTests {
  /// What `performance` says under the names of the oracles.
  private func figures(_ performance: QueuePerformance) -> [String: Double] {
    let levels = performance.serviceLevels
    return [
      "pw": performance.probabilityOfWait, "pab": performance.probabilityOfAbandonment,
      "ew": performance.meanWait, "asa": performance.averageSpeedOfAnswer,
      "asa_served": performance.averageSpeedOfAnswer, "lq": performance.meanQueueLength,
      "occ": performance.occupancy, "sl": levels.negativeAbandon,
      "sl_offered": levels.negativeAbandon, "sl_excl_short": levels.withoutAbandon,
      "sl_answered": levels.handledOnly, "sl_w_le": levels.positiveAbandon,
      "blocking": performance.blocking, "p_wait_given_admitted": performance.probabilityOfWait,
      "pab_offered": performance.probabilityOfAbandonment,
      "mean_wait_admitted": performance.meanWait,
    ]
  }

  private func patience(_ item: Oracle.Case) -> Distribution {
    let arguments = item.params["patience_args"]?.list ?? []
    return switch item.params["patience"]?.text {
    case "det": .constant(arguments[0])
    case "hyp": .hyperexponential(p: arguments[0], mean: arguments[1], otherMean: arguments[2])
    case "erl2": .erlang(shape: 2, mean: arguments[0])
    case "logn": .lognormal(mean: arguments[0], cv: arguments[1])
    case "uni": .uniform(low: 0, high: arguments[0])
    default: .exponential(mean: item["patience_mean_s"] ?? .infinity)
    }
  }

  private func performance(_ item: Oracle.Case) throws -> QueuePerformance? {
    guard let agents = item["n"].map({ Int($0) }) else { return nil }
    let handleTime = item["aht_s"] ?? 1
    let work = Workload(
      arrivalsPerHour: item["calls_per_hour"] ?? (item["a_erl"] ?? 0) * 3_600 / handleTime,
      handleTime: handleTime)
    let threshold = item["T_s"] ?? 20
    switch item.model {
    case "M/M/n/n": return ErlangB.performance(work, agents: agents)
    case "M/M/n": return try ErlangC(work, agents: agents).performance(threshold: threshold)
    case "M/M/n+M", "M/M/n+G":
      return AbandonmentQueue(work, agents: agents, patience: patience(item))
        .performance(threshold: threshold)
    case "M/M/n/K+M":
      return FiniteQueue.performance(
        work, agents: agents, places: Int(item["K"] ?? 0),
        patience: item["patience_mean_s"] ?? .infinity)
    default: return nil
    }
  }

  @Test(
    "Every computed result, to nine digits",
    .enabled(if: Oracle.computed != nil, "no oracles at hand"))
  func computed() throws {
    var checked = 0
    for item in Oracle.computed?.cases ?? [] {
      guard let performance = try performance(item) else { continue }
      let figures = figures(performance)
      for (name, expected) in item.result ?? [:] {
        let found = try #require(figures[name], "\(name)")
        #expect(agree(found, expected), "\(item.id) \(name): \(found), expected \(expected)")
        checked += 1
      }
    }
    #expect(checked > 150)
  }

  @Test(
    "Staffing: the least number of agents",
    .enabled(if: Oracle.computed != nil, "no oracles at hand"))
  func leastAgents() throws {
    for item in Oracle.computed?.cases ?? [] where item.id.hasPrefix("MinAgents") {
      let work = Workload(
        arrivalsPerHour: item["calls_per_hour"] ?? 0, handleTime: item["aht_s"] ?? 0)
      var target = StaffingTarget()
      target.serviceLevel = (item["target"] ?? 0, item["T_s"] ?? 0)
      let patient = try RequiredAgents.agents(for: work, patience: .never, target: target)
      let impatient = try RequiredAgents.agents(
        for: work, patience: .exponential(mean: item["patience_s"] ?? 0), target: target)
      #expect(Double(patient) == item.result?["n_erlang_c"])
      #expect(Double(impatient) == item.result?["n_erlang_a"])
    }
  }

  @Test(
    "Published: every printed digit", .enabled(if: Oracle.published != nil, "no oracles at hand"))
  func published() throws {
    for item in Oracle.published?.cases ?? [] {
      guard let performance = try publishedPerformance(item) else { continue }
      var figures = figures(performance)
      // Their "average speed of answer" in minutes is the mean wait over all callers.
      figures["asa_min"] = performance.meanWait / 60
      for (name, value) in item.printed ?? [:] {
        guard let printed = value.number, let found = figures[name] else { continue }
        let text = "\(printed)"
        let decimals = text.split(separator: ".").last.map { $0 == "0" ? 0 : $0.count } ?? 0
        let half = 0.5 * Elementary.pow(10, -Double(decimals)) * (1 + 1e-9)
        // A Double has no more than sixteen digits to print.
        let tolerance = max(half, 4e-16 * abs(printed))
        #expect(
          abs(found - printed) <= tolerance, "\(item.id) \(name): \(found), printed \(printed)")
      }
    }
  }

  private func publishedPerformance(_ item: Oracle.Case) throws -> QueuePerformance? {
    let agents = Int(item["n"] ?? 0)
    if item["horizon_h"] != nil || agents == 0 { return nil }
    if let load = item["a_erl"] {
      return ErlangB.performance(
        Workload(arrivalsPerHour: load, handleTime: 3_600), agents: agents)
    }
    let perHour =
      item["calls_per_min"].map { $0 * 60 } ?? item["lam_per_s"].map { $0 * 3_600 }
      ?? (item["calls"] ?? 0) * 3_600 / (item["interval_s"] ?? 3_600)
    let work = Workload(arrivalsPerHour: perHour, handleTime: item["aht_s"] ?? 0)
    let threshold = item["T_s"] ?? 20
    if let patience = item["patience_s"] {
      return AbandonmentQueue(work, agents: agents, patience: .exponential(mean: patience))
        .performance(threshold: threshold)
    }
    return try ErlangC(work, agents: agents).performance(threshold: threshold)
  }

  @Test("Call Centre Helper's worked example: 100 calls in half an hour, 180 s, 80/20, 30 %")
  func workedExample() throws {
    // https://www.callcentrehelper.com/erlang-c-formula-example-121281.htm; digits as in the tests of
    // pyworkforce.
    let work = Workload(arrivalsPerHour: 200, handleTime: 180)
    let model = try ErlangC(work, agents: 14)
    let performance = model.performance(threshold: 20)
    #expect(agree(performance.serviceLevels.negativeAbandon, 0.888_350_019_179_466_9))
    #expect(agree(model.probabilityOfWait, 0.174_131_933_595_049_8))
    #expect(agree(performance.occupancy, 0.714_285_714_285_714_3))
    #expect(agree(performance.averageSpeedOfAnswer, 7.835_937_011_777_243))
    var target = StaffingTarget()
    target.serviceLevel = (0.8, 20)
    target.occupancy = 0.85
    #expect(try RequiredAgents.agents(for: work, patience: .never, target: target) == 14)
    #expect(RequiredAgents.scheduled(14, shrinkage: 0.3) == 20)
  }

  @Test("Garnett, Mandelbaum, Reiman: 48 calls a minute, 50 agents, with and without patience")
  func garnett() throws {
    // Table 1 of "Designing a call center with impatient customers", M&SOM 4 (2002).
    let work = Workload(arrivalsPerHour: 2_880, handleTime: 60)
    let impatient = AbandonmentQueue(work, agents: 50, patience: .exponential(mean: 120))
      .performance(threshold: 20)
    #expect(abs(impatient.probabilityOfAbandonment - 0.031) < 0.000_5)
    #expect(abs(impatient.meanWait - 3.7) < 0.05)
    #expect(abs(impatient.occupancy - 0.93) < 0.005)
    let patient = try ErlangC(work, agents: 50)
    #expect(abs(patient.averageSpeedOfAnswer - 20.8) < 0.05)
    #expect(abs(patient.waitQuantile(0.9) - 58.1) < 0.05)
  }

  @Test("The reference model: 950 calls an hour, 180 s, 50 agents, patience 120 s")
  func reference() {
    let work = Workload(arrivalsPerHour: 950, handleTime: 180)
    let performance = AbandonmentQueue(work, agents: 50, patience: .exponential(mean: 120))
      .performance(threshold: 20)
    #expect(agree(performance.probabilityOfWait, 0.343_251_164_049_763_86))
    #expect(agree(performance.probabilityOfAbandonment, 0.040_561_295_340_995_79))
    #expect(agree(performance.serviceLevels.negativeAbandon, 0.878_658_665_481_551_8))
    #expect(agree(performance.serviceLevels.withoutAbandon, 0.908_486_258_769_143_8))
    // With exponential patience the share of abandonments is the mean wait over the mean patience.
    #expect(agree(performance.meanWait / 120, performance.probabilityOfAbandonment, 1e-11))
  }

  @Test("What is lost is no work: two agents, two erlangs, of which 40 % are lost")
  func carriedLoad() {
    let work = Workload(arrivalsPerHour: 40, handleTime: 180)
    let performance = ErlangB.performance(work, agents: 2)
    #expect(agree(performance.blocking, 0.4))
    #expect(agree(performance.occupancy, 2 * 0.6 / 2))
  }

  @Test("Each part of a target has to be met, occupancy too")
  func targets() throws {
    let performance = try ErlangC(Workload(arrivalsPerHour: 100, handleTime: 180), agents: 6)
      .performance(threshold: 20)
    var target = StaffingTarget()
    #expect(target.isMet(by: performance))
    target.occupancy = 0.84
    #expect(target.isMet(by: performance))
    target.occupancy = 0.82
    #expect(!target.isMet(by: performance))
  }

  @Test("Nobody waits longer than patience lasts")
  func endOfPatience() {
    let work = Workload(arrivalsPerHour: 1_000, handleTime: 180)
    let queue = AbandonmentQueue(work, agents: 48, patience: .constant(10))
    #expect(queue.waitExceeds(5) > 0.1)
    #expect(queue.waitExceeds(10.5) == 0)
  }
}
