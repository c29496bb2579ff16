import Base
import Routing
import Stochastics
import Testing

@testable import Simulation

/// The same numbers for the same names: in every build and process, whoever else is there.
@Suite struct RepeatabilityTests {
  /// A day with everything that draws random numbers.
  private var day: Scenario {
    var scenario = Models.day(
      perHour: [60, 90, 60], agents: 6, talk: .lognormal(mean: 180, cv: 1),
      patience: .exponential(mean: 90))
    scenario.plan.queues[0].ringTimeout = .seconds(18)
    scenario.plan.queues[0].wrapUp = .seconds(60)
    scenario.classes[0].wrapUp = .gamma(mean: 30, cv: 0.7)
    scenario.classes[0].hold.share = 0.1
    scenario.classes[0].drop = 0.03
    scenario.classes[0].transfer.share = 0.05
    scenario.classes[0].redial.share = 0.3
    scenario.outbound.isDone = true
    scenario.outbound.perHour = 10
    scenario.dayFactorCV = 0.1
    for index in scenario.agents.indices {
      scenario.agents[index].answerDelay = .lognormal(mean: 6, cv: 0.5)
      scenario.agents[index].noAnswer = 0.06
      scenario.agents[index].goNotReady.share = 0.02
    }
    return scenario
  }

  private func digest(_ tallies: [Tally]) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ value: Int64) { hash = (hash ^ UInt64(bitPattern: value)) &* 0x100_0000_01b3 }
    for tally in tallies {
      for part in tally.queues.joined() {
        for value in [
          part.offered, part.answered, part.abandoned, part.wait.microseconds,
          part.talk.microseconds, part.refusedRing.microseconds,
          part.transfers, part.dropped,
        ] { add(value) }
      }
      for agent in tally.agents {
        for value in [agent.idle, agent.talking, agent.outbound, agent.wrapUp] {
          add(value.microseconds)
        }
      }
      add(tally.outbound.age.microseconds)
    }
    return hash
  }

  // `make test` runs this in a debug build, `make oracles` in a release build. It changes whenever what is
  // simulated does, and must then be the same in both again.
  @Test("Debug and release, this process and all others: to the last bit")
  func builds() {
    let tallies = (0..<5).flatMap { Replication.run(day, seed: 42, number: UInt32($0)) }
    #expect(digest(tallies) == 13_736_217_190_611_619_583)
  }

  @Test("A queue, a rep and callers more do not change anybody else's day")
  func others() {
    var more = day
    let rep = AgentID(more.plan.agents.count)
    more.plan.agents.append(AgentPlan())
    more.agents.append(AgentBehaviour())
    var queue = more.plan.queues[0]
    queue.members = [Member(rep)]
    more.plan.queues.append(queue)
    more.serviceThresholds.append(.seconds(20))
    var calling = more.classes[0]
    calling.queue = QueueID(1)
    calling.transfer.share = 0
    more.classes.append(calling)
    // Calls out go to whoever is there, so the new rep would take some.
    var alone = day
    (more.outbound.isDone, alone.outbound.isDone) = (false, false)
    for number in UInt32(0)..<5 {
      let before = Replication.run(alone, seed: 7, number: number)[0]
      let after = Replication.run(more, seed: 7, number: number)[0]
      #expect(before.queues[0] == after.queues[0])
      // The day may end later for those who have nothing to do any more.
      for (one, other) in zip(before.agents, after.agents) {
        var other = other
        other.idle = one.idle
        #expect(one == other)
      }
      #expect(after.queues[1].contains { $0.answered > 0 })
    }
  }

  @Test("Messages of the night do not change when other calls out arise")
  func callsOut() {
    var quiet = day
    quiet.classes[0].arrivals = .rate(0)
    var both = quiet
    both.outbound.pile = 10
    let before = Replication.run(quiet, seed: 7, number: 0)[0].outbound.arisen
    let after = Replication.run(both, seed: 7, number: 0)[0].outbound.arisen
    #expect(before > 15 && after == before + 10)
  }

  @Test("Batch means: a steady run's interval covers the exact figure as often as it says")
  func batches() {
    // M/M/4 at three quarters: mean wait 0.509 times the handle time over 4 (1 - 0.75).
    let scenario = Models.queue(
      perHour: 60, agents: 4, talk: .exponential(mean: 180), calls: 4_000)
    var covered = 0
    for seed in 0..<40 {
      let summary = Replication.summary(scenario, seed: UInt64(seed))
      let estimate = summary.total.estimate(.meanWait, confidence: 0.9)
      if abs(estimate.value - 91.698_113_2) <= estimate.halfWidth { covered += 1 }
    }
    // Nine in ten, give or take four standard errors.
    #expect(covered >= 28)
  }
}
