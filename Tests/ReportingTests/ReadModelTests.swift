import Base
import Configuration
import Events
import Foundation
import Frames
import Journal
import Measures
import Routing
import Simulation
import Stochastics
import Testing

@testable import Reporting

/// The tables: the same however they are built, at a cost of what is asked for, and true to the engine.
@Suite struct ReadModelTests {
  /// A simulated day with refusals, holds, transfers, calls out, lost lines and overflow.
  private static let day: (plan: RoutingPlan, events: [TimedEvent]) = {
    var queue = QueuePlan(members: (0..<3).map { Member(AgentID($0)) })
    queue.wrapUp = .seconds(45)
    queue.maxWait = .seconds(120)
    queue.whenExhausted = .queue(QueueID(1))
    var backup = queue
    backup.whenExhausted = .voicemail
    let plan = RoutingPlan(
      agents: Array(repeating: AgentPlan(), count: 3), queues: [queue, backup])
    var calling = CallClass(
      "callers", queue: QueueID(0),
      arrivals: .profile(ArrivalProcess(interval: 3_600, counts: [40, 50, 30])),
      talk: .exponential(mean: 150))
    calling.patience = .exponential(mean: 100)
    calling.hold = (share: 0.3, length: .constant(30))
    calling.transfer.share = 0.25
    calling.transfer.decline = 0.3
    calling.drop = 0.1
    var scenario = Scenario(
      plan: plan, classes: [calling],
      span: .day(closes: .hours(3), interval: .minutes(30)))
    scenario.outbound.perHour = 10
    for index in scenario.agents.indices {
      scenario.agents[index].answerDelay = .exponential(mean: 6)
      scenario.agents[index].noAnswer = 0.1
      scenario.agents[index].goNotReady.share = 0.1
    }
    return (plan, Replication.history(scenario, seed: 11, start: Book.start))
  }()

  private func records() throws -> [Record] {
    var book = try Book()
    for (index, entry) in Self.day.events.enumerated() {
      book.at((entry.at - Book.start).seconds, entry.event)
      // A rep is taken out while on the phone, and put back later.
      if index == Self.day.events.count / 4 {
        let yaml = Book.yaml.replacingOccurrences(of: ", carol: {}", with: "")
          .replacingOccurrences(of: "bob, carol]", with: "bob]")
        try book.reload((entry.at - Book.start).seconds, yaml)
      }
      if index == Self.day.events.count * 3 / 8 {
        try book.reload((entry.at - Book.start).seconds, Book.yaml)
      }
      // Names change places in the middle.
      if index == Self.day.events.count / 2 {
        let yaml = Book.yaml.replacingOccurrences(of: "carol: {}", with: "carola: { was: carol }")
          .replacingOccurrences(of: "bob, carol]", with: "bob, carola]")
        try book.reload((entry.at - Book.start).seconds, yaml)
      }
    }
    book.at(20_000, .transfer(.blindPrevented(Book.call(1), agent: Book.bob, cause: .requested)))
    return book.records
  }

  @Test("Built record by record, at once, or over many starts: every table is the same")
  func rebuilt() throws {
    let records = try records()
    #expect(records.count > 1_000)
    let whole = try ReportStore(path: ":memory:", journal: "j")
    try whole.project(records)
    let expected = try whole.dump()
    let single = try ReportStore(path: ":memory:", journal: "j")
    for record in records { try single.project([record]) }
    #expect(try single.dump() == expected)
    let path = NSTemporaryDirectory() + "reports-\(UUID().uuidString).sqlite"
    defer {
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
    }
    for start in stride(from: 0, to: records.count, by: 97) {
      let store = try ReportStore(path: path, journal: "j")
      // What it has already is not taken in twice.
      try store.project(Array(records[max(0, start - 5)..<min(records.count, start + 97)]))
    }
    #expect(try ReportStore(path: path, journal: "j").dump() == expected)
    #expect(
      Set(expected.map { $0.prefix { $0 != ":" } }).count == 9, "every table of rows has some")
  }

  /// A read model of the whole history, and the records with which its first two hours go to an archive file: hours are
  /// days here.
  private func closed() throws -> (live: ReportStore, end: Instant, closing: [Record]) {
    let records = try records()
    let live = try ReportStore(path: ":memory:", journal: "j")
    try live.project(records)
    let end = Book.start + .hours(2)
    let days = try live.closedDays(
      until: end, midnight: { $0 + .hours(1) }, floor: { _ in Book.start })
    #expect(days.map(\.to) == [Book.start + .hours(1), end])
    let closing = days.enumerated().map { index, day in
      Record(
        seq: UInt64(records.count + index + 1), at: end,
        content: .shell(.historyClosed(through: 9, day), Detail()))
    }
    return (live, end, closing)
  }

  @Test("Days that have gone to an archive file are reported as before, one by one and together")
  func closedDays() throws {
    let (live, end, closing) = try closed()
    let spans = [
      Book.span(0, 14_400, every: .hours(1)), Book.span(0, 14_400), Book.span(3_600, 14_400),
    ]
    func reports() throws -> (reps: [[RepPerformance]], queues: [[QueuePerformance]]) {
      let reader = try live.reader()
      return (try spans.map { try reader.performance($0) }, try spans.map { try reader.queues($0) })
    }
    let before = try reports()
    try live.project(closing)
    let after = try reports()
    #expect(before.reps[0] == after.reps[0] && before.queues[0] == after.queues[0])
    for index in 1..<spans.count {
      // A call refused on two days is one call, and of each day.
      func without(_ rows: [RepPerformance]) -> [RepPerformance] {
        rows.map { row in
          var row = row
          row.offers.refusedCalls = 0
          return row
        }
      }
      #expect(without(before.reps[index]) == without(after.reps[index]))
      for (old, new) in zip(before.queues[index], after.queues[index]) {
        var new = new
        #expect(new.refusedCalls >= old.refusedCalls)
        new.refusedCalls = old.refusedCalls
        #expect(new == old)
      }
    }
    #expect(try live.reader().calls(Book.span(0, 7_200), limit: 9, onlyUndocumented: false) == [])
    #expect(throws: PartOfClosedDay(from: Book.start + .hours(1), to: end)) {
      _ = try live.reader().queues(Book.span(0, 5_000))
    }
    #expect(throws: PartOfClosedDay(from: Book.start, to: Book.start + .hours(1))) {
      _ = try live.reader().performance(Book.span(0, 7_200, every: .minutes(30)))
    }
    #expect(try live.reader().queues(Book.span(7_200, 9_000)).isEmpty == false)
  }

  @Test("What a read model is built anew from after that gives the same tables")
  func beginning() throws {
    let (live, end, closing) = try closed()
    let records = try records()
    let cut = records.count { $0.at < end }
    let until = try ReportStore(path: ":memory:", journal: "j")
    try until.project(Array(records[..<cut]))
    let beginning = try until.beginning(since: end - .minutes(30))
    #expect(beginning.rows.count < 100_000)
    let anew = try ReportStore(path: ":memory:", journal: "j")
    // What it had is gone.
    try anew.project(Array(records[..<(cut / 2)]))
    try anew.begin(after: UInt64(cut), with: beginning)
    #expect(anew.seq == cut)
    try anew.project(Array(records[cut...]) + closing)
    try live.project(closing)
    #expect(try anew.dump() == (try live.dump()))
    #expect(throws: JournalError.malformed(seq: 5)) {
      let half = Array(beginning.rows.dropLast(beginning.rows.count / 2))
      try anew.begin(after: 5, with: ReportsBeginning(rows: half, days: []))
    }
    #expect(try anew.dump() == (try live.dump()))
    // Closed days come from several files.
    let later = try live.beginning(since: .distantPast)
    let whole = ReportsBeginning(rows: later.rows, days: later.days + later.days)
    try anew.begin(after: live.seq, with: whole)
    #expect(try anew.dump() == (try live.dump()))
  }

  @Test("A day in which something is not over stays")
  func open() throws {
    var book = try Book()
    book.login(0, Book.alice)
    book.arrive(10, 1)
    let store = try book.store()
    let found = try store.unfinished(before: Book.start + .hours(1)) ?? ""
    #expect(found.hasPrefix("call "))
    #expect(try store.unfinished(before: Book.start + .seconds(10)) == nil)
  }

  @Test("A clock that was years off makes one long day of what lies between, not thousands")
  func yearsOff() throws {
    var book = try Book()
    let later = Double(50 * 365 * 86_400)
    book.login(0, Book.alice)
    for (number, begin) in [(1, 10), (2, later)] {
      book.arrive(begin, number)
      book.end(begin + 5, number, nil, .abandoned)
    }
    let store = try book.store()
    let days = try store.closedDays(
      until: Book.time(later) + .days(1), midnight: { $0 + .days(1) }, floor: { $0 })
    #expect(days.count == 3)
    #expect(zip(days, days.dropFirst()).allSatisfy { $0.to == $1.from })
    #expect(days.last?.from == Book.time(later))
    #expect(days.map(\.queues.count) == [1, 0, 1], "each caller on the day of the call")
  }

  @Test("A span is cut at the same time of each day, also where a day has 25 hours")
  func days() {
    let first = Book.start
    let later: @Sendable (Instant, Int) -> Instant = {
      $0 + .days(Int64($1)) + .hours($1 > 1 ? 1 : 0)
    }
    let span = ReportSpan(from: first, to: first + .days(4), interval: .days(1), later: later)
    #expect(
      span.stretches.map { ($0.from - first).seconds / 3_600 } == [0, 24, 49, 73])
    #expect(span.stretches.last?.to == span.to)
    let hours = ReportSpan(from: first, to: first + .days(1), interval: .hours(12), later: later)
    #expect(hours.stretches.map(\.from) == [first, first + .hours(12)])
    let pairs = ReportSpan(from: first, to: first + .days(4), interval: .days(2), later: later)
    #expect(pairs.stretches.map(\.from) == [first, first + .hours(49)])
  }

  @Test("Records that do not follow are not taken in: figures would miss what lies between")
  func gap() throws {
    let records = try records()
    let store = try ReportStore(path: ":memory:", journal: "j")
    try store.project(Array(records[..<10]))
    #expect(throws: ReportStore.Gap(last: 10, next: 12)) {
      try store.project(Array(records[11..<20]))
    }
    try store.project(Array(records[5..<20]))
    #expect(store.seq == 20)
  }

  @Test("What a rep is doing, as reported, is what the engine says, after every event of a day")
  func trueToTheEngine() throws {
    var engine = RoutingEngine(Self.day.plan, seed: 1)
    let store = try ReportStore(path: ":memory:", journal: "j")
    let book = try Book()
    try store.project(book.records)
    var seq: UInt64 = 1
    var seen = Set<String>()
    for (index, entry) in Self.day.events.enumerated() {
      engine.apply(entry.event, at: entry.at)
      seq += 1
      try store.project([Record(seq: seq, at: entry.at, content: .event(entry.event, Detail()))])
      // Events of one instant are one step: in between nothing need agree.
      let isLast = index + 1 == Self.day.events.count || Self.day.events[index + 1].at > entry.at
      if !isLast { continue }
      for agent in 0..<3 {
        let (reported, actual) = (store.activity(of: agent), activity(of: AgentID(agent), engine))
        seen.insert(actual)
        if reported != actual {
          Issue.record(
            "event \(index), \(entry.event): rep \(agent) is \(actual), reported \(reported)")
          return
        }
      }
    }
    #expect(seen.count == 7, "\(seen)")
  }

  private func activity(of agent: AgentID, _ engine: RoutingEngine) -> String {
    let row = engine.agent(agent)
    switch row.activity {
    case .idle: return "idle"
    case .offered: return "ringing"
    case .talking:
      return row.call.flatMap { engine.call($0) }?.isHeld == true ? "holding" : "talking"
    case .outbound: return "outbound"
    case .wrapUp: return "wrap-up"
    case .consulting:
      let own = engine.transfer(heldBy: agent)
      let other = (0..<3).compactMap { engine.transfer(heldBy: AgentID($0)) }.first {
        $0.agent == agent
      }
      return own == nil && other?.state == .ringing ? "ringing" : "consulting"
    }
  }

  @Test("No statement looks through all of history")
  func cost() throws {
    let store = try ReportStore(path: ":memory:", journal: "j")
    try store.project(try records())
    let span = Book.span(0, 5_000, every: .minutes(30))
    _ = try store.reader().performance(span)
    _ = try store.reader().performance(span, agent: "alice")
    _ = try store.reader().queues(span)
    _ = try store.reader().calls(span, limit: 10, onlyUndocumented: true)
    _ = try store.reader().calls(span, limit: 10, onlyUndocumented: false)
    _ = try store.pastCall(named: "c-1")
    let (live, _, closing) = try closed()
    try live.project(closing)
    _ = try live.reader().performance(Book.span(0, 7_200))
    _ = try live.reader().queues(Book.span(0, 7_200))
    let texts = Set(store.database.preparedTexts + live.database.preparedTexts)
    #expect(texts.count > 70)
    for text in texts {
      let plan = try live.database.prepare("EXPLAIN QUERY PLAN " + text)
      while try plan.step() {
        let detail = plan.text(3)
        let isSmall = detail == "SCAN CONSTANT ROW" || detail == "SCAN progress"
        #expect(isSmall || !detail.hasPrefix("SCAN"), "\(text): \(detail)")
      }
    }
  }
}

/// Reports have a connection of their own, and an end.
@Suite struct ReportReaderTests {
  @Test("A report sees one state of the read model, whatever is taken in meanwhile")
  func oneState() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "rota-reader-\(UUID().uuidString).sqlite").path
    defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
    var book = try Book()
    book.login(0, Book.alice)
    book.arrive(0, 1)
    let store = try book.store(path: path)
    let reader = try store.reader()
    book.arrive(10, 2)
    let span = Book.span(0, 100)
    let (before, after) = try reader.read(while: { true }) {
      let before = try reader.queues(span).map(\.callers.offered)
      try store.project(book.records)
      return (before, try reader.queues(span).map(\.callers.offered))
    }
    #expect(before == after)
    let later = try reader.read(while: { true }) { try reader.queues(span).map(\.callers.offered) }
    #expect(later != before)
  }

  @Test("A report that takes too long is given up; the next one is made")
  func interruption() throws {
    let reader = try Book().store().reader()
    var left = 3
    func goesOn() -> Bool {
      left -= 1
      return left > 0
    }
    let endless =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    do {
      _ = try reader.read(while: goesOn) { try reader.database.integer(endless) }
      Issue.record("it came to an end")
    } catch let error as DatabaseError {
      #expect(error.isInterruption && left == 0)
    }
    #expect(throws: DatabaseError.interrupted) { try reader.read(while: { false }) {} }
    #expect(try reader.read(while: { true }) { try reader.database.integer("SELECT 7") } == 7)
  }
}

extension ReportStore {
  /// The activity of rep number `agent`, as of the last record.
  fileprivate func activity(of agent: Int) -> String {
    projector.states[UInt16(agent)]?.activity.rawValue ?? "idle"
  }
}
