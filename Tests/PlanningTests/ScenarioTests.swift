import Base
import Configuration
import Foundation
import Planning
import Routing
import Simulation
import Stochastics
import Testing
import YAMLTree

@Suite struct ScenarioTests {
  private static func read(_ path: String) throws -> String {
    try String(
      contentsOf: RotasimProcess.root.appending(path: path), encoding: .utf8)
  }

  private func load(_ path: String, _ settings: [String] = []) throws -> ScenarioFile {
    try ScenarioFile(
      path: path, settings: settings.compactMap { Setting($0) }, read: Self.read)
  }

  private func problems(_ text: String, _ settings: [String] = []) -> [String] {
    do {
      _ = try ScenarioFile(
        path: "Simulations/s.yaml", settings: settings.compactMap { Setting($0) }
      ) { $0 == "Simulations/s.yaml" ? text : try Self.read("systemd/rota.yaml") }
      return []
    } catch let problems as Problems {
      return problems.problems.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  @Test("There are scenarios")
  func found() {
    #expect(RotasimProcess.fastScenarios.count >= 12)
  }

  @Test("Each scenario gives what it is expected to give", arguments: RotasimProcess.fastScenarios)
  func expectations(_ path: String) throws {
    let file = try load(path)
    #expect(!file.expectations.isEmpty)
    let runner = Runner(threads: 2, seed: file.seed, replications: file.replications)
    let summary = runner.run(file.scenario)
    for expected in file.expectations {
      let value = summary.total.estimate(expected.measure).value
      #expect(
        expected.range.contains(value),
        "\(path):\(expected.line): \(expected.measure.name) \(value)")
    }
  }

  @Test("The same result for any number of threads")
  func threads() throws {
    let file = try load("Simulations/fast/normal-day.yaml")
    let summaries = [1, 2, 7].map { threads in
      Runner(threads: threads, seed: 5, replications: 9).run(file.scenario)
    }
    for summary in summaries {
      #expect(summary.total == summaries[0].total)
      #expect(summary.agents == summaries[0].agents)
      #expect(summary.intervals == summaries[0].intervals)
    }
  }

  @Test("Stopped at the precision wanted, and not before")
  func precision() throws {
    let file = try load("Simulations/fast/normal-day.yaml")
    let runner = Runner(threads: 2, seed: 5, replications: 2_000, precision: 0.05)
    let summary = runner.run(file.scenario)
    #expect(summary.count < 2_000 && summary.count.isMultiple(of: 32))
    #expect(summary.total.estimate(.meanWait).relativeHalfWidth <= 0.05)
    #expect(summary.total.estimate(.negativeAbandon).relativeHalfWidth <= 0.05)
  }

  @Test("A rep or a queue more does not change the luck of anybody else")
  func streams() throws {
    let file = try load("Simulations/fast/two-skills.yaml")
    var more = file.scenario
    more.classes.append(more.classes[0])
    more.classes[2].arrivals = .rate(0)
    more.agents[0].pace = 1
    let alone = Replication.run(file.scenario, seed: 4, number: 2)
    let together = Replication.run(more, seed: 4, number: 2)
    #expect(alone[0].queues == together[0].queues)
  }

  @Test("Common random numbers: the difference is known much better than either figure")
  func commonNumbers() throws {
    let base = try load("Simulations/fast/normal-day.yaml")
    let changed = try load("Simulations/fast/normal-day.yaml", ["queue.support.rings=2"])
    let runner = Runner(threads: 2, seed: 1, replications: 40)
    let (a, b) = (runner.run(base.scenario), runner.run(changed.scenario))
    let other = Runner(threads: 2, seed: 2, replications: 40).run(changed.scenario)
    let common = b.difference(.negativeAbandon, from: a).halfWidth
    let independent = other.difference(.negativeAbandon, from: a).halfWidth
    #expect(common < independent / 2)
    #expect(a.difference(.meanWait, from: a).halfWidth == 0)
  }

  @Test("Everything wrong is reported at once, with line and column")
  func wrong() {
    let text = """
      configuration: ../systemd/rota.yaml
      day: { opens: "08:00", closes: "07:00" }
      callers:
        customers:
          queue: suport
          arrivals: { per-hour: 10 }
          talk: 180
        others:
          queue: support
          arrivals: { by-hour: [1, 2] }
          patience: lognormal:5
          talk: 180
          pateince: 3
      reps:
        alise: { no-answer: 5% }
        bob: { no-answer: 60%, ignore: { share: 60% } }
      expect: { servis-level: [0, 1] }
      """
    let found = problems(text)
    let expected = [
      "Simulations/s.yaml:2:6: day: expected from <= opens < closes <= to, and an interval of at least 1m",
      "Simulations/s.yaml:5:12: queue \"suport\" is not defined; did you mean \"support\"?",
      "Simulations/s.yaml:10:26: arrivals: expected 24 numbers, one for each interval of the day, not 2",
      "Simulations/s.yaml:13:5: unknown key \"pateince\" in callers \"others\"; did you mean \"patience\"?",
      "Simulations/s.yaml:15:3: rep \"alise\" is not defined; did you mean \"alice\"?",
      "Simulations/s.yaml:16:8: rep: no-answer, ignore and go-not-ready add up to more than 1",
      "Simulations/s.yaml:17:11: expect: expected one of ",
    ]
    for line in expected { #expect(found.contains { $0.hasPrefix(line) }, "\(line)\n\(found)") }
    #expect(found.contains { $0.hasPrefix("Simulations/s.yaml:11:15: patience: expected a mean") })
    #expect(found.count == expected.count + 1)
  }

  private static let small = """
    configuration: ../systemd/rota.yaml
    day: { opens: "08:00", closes: "09:00", interval: 60m }
    callers:
      customers: { queue: support, arrivals: { per-hour: 30 }, talk: 120, patience: never }
    """

  private func small(_ settings: String...) throws -> Scenario {
    try ScenarioFile(
      path: "Simulations/s.yaml", settings: settings.compactMap { Setting($0) }
    ) { $0 == "Simulations/s.yaml" ? Self.small : try Self.read("systemd/rota.yaml") }.scenario
  }

  @Test("A shift before the day, and a shift in equilibrium, are refused, not crashed on")
  func shiftsOutside() {
    let early = Self.small + "\nshifts: [{ reps: [alice], from: \"07:30\", to: \"09:00\" }]"
    #expect(problems(early).contains { $0.contains("begins before the simulated day") })
    let steady = early.replacingOccurrences(
      of: "day: { opens: \"08:00\", closes: \"09:00\", interval: 60m }",
      with: "steady: { calls: 500 }")
    #expect(problems(steady).contains { $0.contains("are for a day") })
  }

  @Test("A day of one interval is a day: its figures are there, and staffing it takes somebody")
  func oneInterval() throws {
    let scenario = try small()
    let runner = Runner(threads: 2, seed: 1, replications: 5)
    let summary = runner.run(scenario)
    #expect(summary.isDay && summary.intervals[0] == summary.total)
    let result = try StaffingSearch(target: 0.8, runner: runner).run(scenario, limit: 30)
    #expect(result.levels[0] >= 2)
    #expect(result.summary.total.estimate(.negativeAbandon).value >= 0.8)
  }

  @Test("Reps made not ready by refusals come back; a day whose callers nobody serves still ends")
  func endings() throws {
    let refusing = try small(
      "rules.not-ready-after-refusals=3", "reps={everybody: {no-answer: 60%}}",
      "callers.customers.patience=90")
    let summary = Runner(threads: 2, seed: 1, replications: 5).run(refusing)
    #expect(summary.total.estimate(.abandonment).value < 0.5)
    let deserted = try small(
      "shifts=[{reps: [alice], from: '08:00', to: '08:30'}]", "outbound={per-hour: 6, pile: 5}")
    let left = Runner(threads: 2, seed: 1, replications: 2).run(deserted)
    #expect(left.total.estimate(.negativeAbandon).value < 0.8)
  }

  @Test("Messages of the week-end are called back by whoever is there, evenly")
  func pile() throws {
    let scenario = try small(
      "outbound={pile: 24, answered: 100%, talk: 60}", "callers.customers.arrivals.per-hour=0",
      "shifts=[{reps: [alice, bob, carol, dave], from: '08:00', to: '09:00'}]")
    let tally = Replication.run(scenario, seed: 1, number: 0)[0]
    #expect(tally.outbound.done == 24 && tally.outbound.placed == 24)
    let times = tally.agents.prefix(4).map(\.outbound)
    #expect(
      times.allSatisfy { $0 > .zero } && tally.agents[4...].allSatisfy { $0.outbound == .zero })
  }

  @Test("A value that is not there cannot be replaced")
  func settings() throws {
    #expect(Setting("queue.support.rings=2")?.path == ["queues", "support", "rings"])
    #expect(Setting("nothing") == nil && Setting("a..b=1") == nil)
    let found = problems(
      "configuration: ../systemd/rota.yaml\nday: {}\ncallers: {}", ["queue.x.rings=2"])
    #expect(
      found == ["Simulations/../systemd/rota.yaml:1:1: queues.x.rings=2: there is no \"queues.x\""])
    let file = try load(
      "Simulations/fast/normal-day.yaml",
      ["queue.support.rings=2", "callers.customers.drop=50%"])
    #expect(file.scenario.plan.queues[0].ringTimeout == .seconds(12))
    #expect(file.scenario.classes[0].drop == 0.5)
  }

  @Test("Numbers below nothing are wrong, not nothing")
  func negative() {
    for setting in [
      "callers.customers.arrivals={per-hour: -5}", "outbound={per-hour: -1}",
      "callers.customers.arrivals={by-interval: [-3]}",
      "callers.customers.arrivals={per-hour: 5, times: -1}",
    ] {
      let found = problems(Self.small, [setting])
      #expect(found.count == 1 && found[0].contains("expected a number from 0 on"), "\(found)")
    }
  }

  @Test("An equilibrium is one long run unless said otherwise; days are two hundred")
  func usualReplications() throws {
    let steady = Self.small.replacing(
      "day: { opens: \"08:00\", closes: \"09:00\", interval: 60m }", with: "steady: { calls: 500 }")
    for (text, count) in [(steady, 1), (Self.small, 200), (steady + "\nreplications: 3", 3)] {
      let file = try ScenarioFile(path: "Simulations/s.yaml") {
        $0 == "Simulations/s.yaml" ? text : try Self.read("systemd/rota.yaml")
      }
      #expect(file.replications == count)
    }
  }

  @Test("Each queue has its own intervals, which add up to those of all")
  func queueIntervals() throws {
    let file = try load("Simulations/fast/two-skills.yaml")
    let summary = Runner(threads: 2, seed: 1, replications: 3).run(file.scenario)
    for index in summary.intervals.indices {
      let parts = (0..<2).map { summary.intervals(ofQueue: $0)[index].offered.mean }
      #expect(parts[0] > parts[1] && parts[1] > 0)
      #expect(abs(parts[0] + parts[1] - summary.intervals[index].offered.mean) < 1e-9)
    }
  }
}
