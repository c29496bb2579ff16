import Base
import Configuration
import Events
import Foundation
import Frames
import Journal
import Measures
import Planning
import Routing
import Simulation
import Stochastics
import Testing
import YAMLTree

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
    let window = LogWindow(weekdays: [.monday], from: 8 * 60, to: 17 * 60, interval: 30)
    let counts = RecordedFigures(day.log, window) { file.limits(ofCallers: $0) }.total
    let tally = tallies[0].queues[0].reduce(into: (Int64(0), Int64(0), Int64(0))) {
      $0.0 += $1.answered
      $0.1 += $1.abandoned
      $0.2 += $1.answeredInTime
    }
    // What is read from the events is what the simulator counted.
    #expect(counts.callers.answered == tally.0 && counts.callers.abandoned == tally.1)
    #expect(counts.callers.answeredInTime == tally.2)
    let again = try folder.scenario(day, configuration: Self.rota)
    let summary = Replication.summary(again.scenario, seed: 1, count: 20)
    #expect(summary.calls == Double(20 * counts.called))
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

  @Test("What a log knows of wrap-up is kept, and a rep away after it is away")
  func knownWrapUp() {
    var log = CallLog()
    for (at, wait) in [(1_000.0, 0.0), (1_200, 0), (1_310, 290)] {
      var call = LoggedCall(
        day: "2026-11-23", at: at, kind: "a", wait: wait, outcome: .answered, handleTime: 100,
        agent: "ann")
      call.wrapUp = 25
      log.calls.append(call)
    }
    let attendance = Attendance(of: &log)
    #expect(log.calls.map(\.wrapUp) == [25, 25, 25])
    // Somebody waited until 1,600 although Ann had written up at 1,325.
    #expect((attendance.days["2026-11-23"] ?? []).map(\.start) == [1_000, 1_600])
  }

  @Test("Through midnight, two queues with other hours, a break at noon: nothing is lost")
  func wholeDay() throws {
    let file = try normalDay()
    let directory = file.configuration.directory
    func at(_ hour: Double) -> Instant {
      // 2026-11-23 00:00 in Chicago.
      Instant(seconds: 1_795_413_600) + TimeSpan(seconds: hour * 3_600)
    }
    let (alice, support) = (AgentID(0), QueueID(0))
    let call = CallID(slot: 0, generation: 1)
    let offer = OfferID(1)
    let events: [(Double, Event)] = [
      (8, .calendar(.officeHoursSet(support, opens: at(8), closes: at(12)))),
      (12, .calendar(.officeHoursSet(support, opens: at(13), closes: at(17)))),
      (20, .agent(.loggedIn(alice))), (20, .agent(.becameReady(alice))),
      (21, .call(.arrived(call, queue: support, priority: .zero, credit: .zero, skills: []))),
      (
        21,
        .call(
          .offered(
            offer, call: call, agent: alice, queue: support, ringTimeout: .microseconds(9), round: 0
          ))
      ),
      (21.01, .call(.answered(offer, call: call, agent: alice))),
      (21.1, .call(.ended(call, agent: alice, reason: .callerHungUp))),
      (30, .agent(.loggedOut(alice))),
    ]
    let days = JournalDays(events.map { TimedEvent(at: at($0.0), event: $0.1) }, directory)
    let day = try #require(days.day("2026-11-23"))
    #expect(day.attendance.days["2026-11-23"]?.map(\.end) == [86_400])
    #expect(day.hours.opens == 8 * 60 && day.hours.closes == 21 * 60 + 1)
    let hours = try #require(day.hoursByQueue["support"])
    #expect(hours.opens == 8 * 60 && hours.closes == 17 * 60)
    #expect(days.names == ["2026-11-23"])
  }

  @Test("A journal is only read: not a byte of it changes, and another database is refused")
  func readOnly() throws {
    let folder = try Folder()
    defer { folder.remove() }
    let path = "\(folder.path)/journal.sqlite"
    do {
      let journal = try Journal(.init(path: path, vocabulary: Record.vocabulary)) { "one" }
      var batch = Batch()
      batch.begin(.command, at: Instant(seconds: 1), asking: [.logIn(AgentID(0))])
      batch.add(.agent(.loggedIn(AgentID(0))))
      try journal.append(batch)
    }
    let before = try Data(contentsOf: URL(filePath: path))
    #expect(try JournalHistory(path: path).days.names.isEmpty)
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    let other = try Database(path: "\(folder.path)/other.sqlite")
    try other.execute("CREATE TABLE t(a); PRAGMA user_version=3")
    #expect(throws: JournalError.notAJournal(path: "\(folder.path)/other.sqlite")) {
      try JournalHistory(path: "\(folder.path)/other.sqlite")
    }
  }

  @Test("Overlapping shifts are refused; overlapping spells are one")
  func overlaps() throws {
    let folder = try Folder()
    defer { folder.remove() }
    var day = try recorded(try normalDay(), 3)
    day.attendance.days["2026-11-23"] = [
      Attendance.Spell(rep: "alice", start: 40_000, end: 60_000),
      Attendance.Spell(rep: "alice", start: 28_800, end: 40_000),
      Attendance.Spell(rep: "alice", start: 30_000, end: 35_000),
    ]
    let file = try folder.scenario(day, configuration: Self.rota)
    guard case .shifts(let shifts) = file.scenario.staffing else {
      Issue.record("no shifts")
      return
    }
    #expect(shifts[0] == [Shift(start: .zero, end: .seconds(31_200))])
    #expect(throws: Problems.self) {
      _ = try normalDay([
        "shifts=[{reps: [alice], from: 08:00, to: 12:00}, {reps: [alice], from: 10:00, to: 17:00}]"
      ])
    }
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
      if case .call(.arrived) = entry.event { entry.at } else { nil }
    }
    let ends = history.compactMap { entry -> Instant? in
      if case .call(.ended) = entry.event { entry.at } else { nil }
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
