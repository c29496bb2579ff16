import Configuration
import Foundation
import Planning
import Routing
import Simulation
import Stochastics
import Testing

/// Days of the past lived again.
@Suite struct ReenactTests {
  private struct Folder {
    let path = RotasimProcess.root.appending(path: ".build/reenact-\(UUID().uuidString)").path

    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ text: String, _ name: String) throws {
      try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Writes `day` as rotasim does, and reads the scenario.
    func scenario(
      _ day: RecordedDay, configuration: String, _ settings: [String] = []
    ) throws -> ScenarioFile {
      try write(day.log.trace, "day.trace")
      try write(day.attendance.text(day: day.day), "day.attendance")
      let text = day.scenario(
        configuration: configuration, trace: "day.trace", attendance: "day.attendance")
      try write(text, "day.yaml")
      return try ScenarioFile(
        path: "\(path)/day.yaml", settings: settings.compactMap { Setting($0) }
      ) { try String(contentsOfFile: $0, encoding: .utf8) }
    }
  }

  private static let rota = RotasimProcess.root.appending(path: "systemd/rota.yaml").path

  private func normalDay(_ settings: [String] = []) throws -> ScenarioFile {
    try ScenarioFile(
      path: RotasimProcess.root.appending(path: "Simulations/fast/normal-day.yaml").path,
      settings: settings.compactMap { Setting($0) }
    ) { try String(contentsOfFile: $0, encoding: .utf8) }
  }

  /// A day of the simulator as a journal would have it. Its clock begins at 08:00 in the team's zone.
  private func recorded(_ file: ScenarioFile, _ number: UInt32) throws -> RecordedDay {
    // 2026-11-23 08:00 in Chicago.
    let start = Instant(seconds: 1_795_442_400)
    let history = Replication.history(file.scenario, seed: 7, number: number, start: start)
    let days = JournalDays(history, file.configuration.directory)
    return try #require(days.day("2026-11-23"))
  }

  @Test(
    "A recorded day lived again is like the day that was recorded",
    arguments: 0..<4 as Range<UInt32>)
  func again(_ number: UInt32) throws {
    let folder = try Folder()
    defer { folder.remove() }
    let file = try normalDay(["outbound.per-hour=0"])
    let tallies = Replication.run(file.scenario, seed: 7, number: number)
    let day = try recorded(file, number)
    let window = LogWindow(weekdays: [1], from: 8 * 60, to: 17 * 60, interval: 30)
    let counts = RecordedFigures(day.log, window, threshold: 20).total
    let tally = tallies[0].queues[0].reduce(into: (Int64(0), Int64(0), Int64(0))) {
      $0.0 += $1.answered
      $0.1 += $1.abandoned
      $0.2 += $1.answeredInTime
    }
    // What is read from the events is what the simulator counted.
    #expect(counts.answered == Double(tally.0) && counts.abandoned == Double(tally.1))
    #expect(counts.answeredInTime == Double(tally.2))
    let again = try folder.scenario(day, configuration: Self.rota)
    let summary = Replication.summary(again.scenario, seed: 1, count: 20)
    #expect(summary.calls == 20 * counts.offered)
    let level = summary.total.estimate(.negativeAbandon).value
    #expect(abs(level - (counts.value(.negativeAbandon) ?? 0)) < 0.05)
    let abandoned = summary.total.estimate(.abandonment).value
    #expect(abs(abandoned - (counts.value(.abandonment) ?? 0)) < 0.025)
    let refused = summary.total.estimate(.refusedOffers).value
    let recordedRefusals = Double(tallies[0].agents.reduce(0) { $0 + $1.refused })
    let offers = Double(tallies[0].agents.reduce(0) { $0 + $1.offers })
    #expect(abs(refused - recordedRefusals / offers) < 0.025)
  }

  @Test("One rep more answers more of the same callers in time, and one less fewer")
  func oneMore() throws {
    let folder = try Folder()
    defer { folder.remove() }
    let day = try recorded(try normalDay(), 1)
    func level(_ settings: [String]) throws -> Double {
      let file = try folder.scenario(day, configuration: Self.rota, settings)
      return Replication.summary(file.scenario, seed: 1, count: 10).total
        .estimate(.negativeAbandon).value
    }
    let asItWas = try level([])
    #expect(try level(["attendance.more=1"]) > asItWas + 0.03)
    #expect(try level(["attendance.without=[alice]"]) < asItWas - 0.03)
  }

  @Test("Of a trace, a rep who lets callers wait is not there or still busy")
  func inference() throws {
    func call(_ at: Double, _ wait: Double, _ handle: Double, _ rep: String) -> LoggedCall {
      LoggedCall(
        day: "2026-11-23", at: at, kind: "a", wait: wait, outcome: .answered, handleTime: handle,
        agent: rep)
    }
    var log = CallLog()
    log.calls = [
      call(1_000, 0, 100, "ann"),  // until 1,100
      call(1_050, 90, 60, "ann"),  // waited until 1,140: busy for 40 s after the first
      call(1_300, 0, 100, "ann"),  // nobody waited before: free since 1,200
      call(5_000, 0, 100, "ann"),  // an hour later: was away
      call(5_050, 1_000, 50, "ann"),  // somebody waited for 950 s after the call: was away
    ]
    let attendance = Attendance(of: &log)
    #expect(log.calls.map(\.wrapUp) == [40, 0, 0, 0, 0])
    let spells = attendance.days["2026-11-23"] ?? []
    #expect(spells.map(\.start) == [1_000, 5_000, 6_050])
    // Half-way through the last call of each spell.
    #expect(spells.map(\.end) == [1_350, 5_050, 6_075])
  }

  @Test("Callers whose patience is known give up when they gave up, and not before")
  func knownPatience() throws {
    let file = try normalDay()
    var scenario = file.scenario
    scenario.staffing = .shifts(scenario.agents.map { _ in [] })
    scenario.plan.queues[0].joinNeeds = .nobody
    scenario.plan.queues[0].stayNeeds = .nobody
    var calling = scenario.classes[0]
    calling.redial.share = 0
    calling.patience = .exponential(mean: 30)
    calling.arrivals = .trace([
      TracedCall(at: .seconds(10), patience: .exactly(.seconds(25))),
      TracedCall(at: .seconds(20), patience: .atLeast(.seconds(60))),
    ])
    scenario.classes = [calling]
    scenario.outbound.isDone = false
    let history = Replication.history(scenario, seed: 1)
    let arrivals = history.compactMap { entry -> Instant? in
      if case .callArrived = entry.event { entry.at } else { nil }
    }
    let ends = history.compactMap { entry -> Instant? in
      if case .callEnded = entry.event { entry.at } else { nil }
    }
    try #require(arrivals.count == 2 && ends.count == 2)
    #expect(arrivals[1] - arrivals[0] == .seconds(10))
    #expect(ends[0] - arrivals[0] == .seconds(25))
    #expect(ends[1] - arrivals[1] > .seconds(60))
  }

  @Test("What is wrong with a trace or an attendance is said with its place")
  func wrong() throws {
    let folder = try Folder()
    defer { folder.remove() }
    let day = try recorded(try normalDay(), 2)
    _ = try folder.scenario(day, configuration: Self.rota)
    func message(_ settings: [String]) -> String {
      do {
        _ = try folder.scenario(day, configuration: Self.rota, settings)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(message(["callers.support.arrivals.day=2026-11-24"]).contains("has no such calls on"))
    #expect(message(["attendance.day=2026-11-24"]).contains("nobody is there on that day"))
    #expect(message(["attendance.file=none"]).contains("none cannot be read"))
    #expect(message(["day.from=09:00", "day.opens=09:00"]).contains("outside the simulated day"))
    #expect(message(["staffing=[1]"]).contains("give only one of"))
  }
}
