import Stochastics
import Testing

@testable import Staffing

@Suite struct StabilityTests {
  @Test(
    "From one agent to a hundred thousand, light and heavy", arguments: [1, 10, 1_000, 100_000])
  func sizes(_ agents: Int) throws {
    for share in [0.01, 0.5, 0.9, 0.99, 0.999_9, 1.0, 1.1, 3] {
      let work = Workload(arrivalsPerHour: Double(agents) * share * 20, handleTime: 180)
      let lost = ErlangB.blocking(agents: agents, load: work.load)
      #expect((0...1).contains(lost))
      let model = AbandonmentQueue(work, agents: agents, patience: .exponential(mean: 120))
      let performance = model.performance(threshold: 20)
      let levels = performance.serviceLevels
      for value in [
        performance.probabilityOfWait, performance.probabilityOfAbandonment,
        performance.occupancy, levels.negativeAbandon, levels.positiveAbandon,
      ] {
        #expect(value >= -1e-12 && value <= 1 + 1e-12, "\(agents) at \(share): \(performance)")
      }
      // What comes in goes out: answered work cannot exceed the agents, and the identity holds.
      #expect(
        agree(performance.meanWait / 120, performance.probabilityOfAbandonment, 1e-9)
          || performance.meanWait < 1e-200)
      // Palm: with patience as long as service, calls in system are Poisson with mean the load.
      let twin = AbandonmentQueue(work, agents: agents, patience: .exponential(mean: 180))
      #expect(
        agree(twin.probabilityOfWait, poissonTail(work.load, agents), 1e-7)
          || twin.probabilityOfWait < 1e-200)
      if share < 1 {
        let patient = try ErlangC(work, agents: agents)
        #expect(patient.probabilityOfWait >= performance.probabilityOfWait * (1 - 1e-9))
      }
    }
  }

  /// P(N >= n) for a Poisson variate.
  private func poissonTail(_ mean: Double, _ n: Int) -> Double {
    Special.incompleteGamma(Double(n), mean).p
  }

  @Test("Overload without patience is refused, with the number of agents it takes")
  func overload() {
    let work = Workload(arrivalsPerHour: 280, handleTime: 180)
    #expect(throws: StaffingError.overload(load: 14, agents: 14)) {
      try ErlangC(work, agents: 14)
    }
    #expect(StaffingError.overload(load: 14, agents: 14).description.contains("at least 15"))
  }

  @Test("Required agents is the least: one fewer misses the target")
  func least() throws {
    for load in [0.2, 3, 40, 700] {
      let work = Workload(arrivalsPerHour: load * 20, handleTime: 180)
      for patience in [Distribution.never, .exponential(mean: 90), .lognormal(mean: 90, cv: 1.5)] {
        var target = StaffingTarget()
        target.serviceLevel = (0.9, 15)
        target.abandonment = 0.02
        target.averageSpeedOfAnswer = 6
        let agents = try RequiredAgents.agents(for: work, patience: patience, target: target)
        func isMet(_ agents: Int) -> Bool {
          if patience == .never {
            guard let model = try? ErlangC(work, agents: agents) else { return false }
            return target.isMet(by: model.performance(threshold: 15))
          }
          return target.isMet(
            by: AbandonmentQueue(work, agents: agents, patience: patience)
              .performance(threshold: 15))
        }
        #expect(isMet(agents))
        #expect(agents == 1 || !isMet(agents - 1))
      }
    }
  }

  @Test("The square-root rule's limit: Garnett, Mandelbaum, Reiman")
  func squareRoot() {
    // n = R + beta sqrt R agents; exact against limit, as in their table 2: close for large teams.
    for (agents, load, exact) in [(310, 300.0, 0.289), (1_800, 1_800, 0.503)] {
      let handle = agents == 310 ? 300.0 : 180.0
      let beta = (Double(agents) - load) / load.squareRoot()
      let limit = RequiredAgents.squareRootProbabilityOfWait(
        beta: beta, handleTime: handle, patience: handle)
      #expect(abs(limit - exact) < 0.01)
    }
  }

  @Test("Quantiles of the wait belong to its distribution")
  func quantiles() throws {
    let work = Workload(arrivalsPerHour: 950, handleTime: 180)
    let impatient = AbandonmentQueue(work, agents: 50, patience: .lognormal(mean: 120, cv: 1))
    let patient = try ErlangC(work, agents: 50)
    for p in [0.5, 0.7, 0.9, 0.99] {
      let (a, c) = (impatient.waitQuantile(p), patient.waitQuantile(p))
      if a > 0 { #expect(agree(impatient.waitExceeds(a), 1 - p, 1e-6)) }
      if c > 0 { #expect(agree(patient.waitExceeds(c), 1 - p)) }
    }
  }
}
