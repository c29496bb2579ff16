import Base
import Events
import Foundation
import Frames
import Switchboard
import TestSupport
import Testing

@testable import Routing

/// The laws of routing under plans with half-days, nights, holidays and clocks that change: random histories through the
/// switchboard, which tells the engine the hours as the daemon does.
@Suite struct CalendarHistoryTests {
  /// A quarter of the histories without a calendar: `make torture` asks for 5,000.
  static let sequences = PropertyTests.sequences / 4

  @Test("Any history keeps every law, through half-days, nights and holidays", arguments: 0..<8)
  func laws(batch: Int) {
    let perBatch = Self.sequences / 8
    var edges = 0
    for seed in batch * perBatch..<(batch + 1) * perBatch {
      var random = TestRandom(state: UInt64(seed) &+ 7_000_000)
      let plan = RoutingPlan.random(&random)
      let moves = Move.randoms(PropertyTests.length, &random)
      var history = CalendarHistory(plan: plan, pick: seed, moves: moves)
      guard let complaint = history.play() else {
        edges += history.edges
        continue
      }
      let shortest = Shrinker.shrink(moves) {
        var shorter = CalendarHistory(plan: plan, pick: seed, moves: $0)
        return shorter.play() != nil
      }
      var shown = CalendarHistory(plan: plan, pick: seed, moves: shortest)
      let last = shown.play() ?? ""
      Issue.record(
        """
        seed \(seed): \(complaint)
        minimal call script: \(last)
        \(shown.lines.joined(separator: "\n"))
        """)
      return
    }
    // Or there was hardly anything to keep.
    #expect(edges > perBatch * 10)
  }
}

/// A plan with a calendar, and moves, played from an evening before a day that is otherwise.
struct CalendarHistory {
  private var board: Switchboard
  private let pick: Int
  private let moves: [Move]
  private var ledger = Ledger()
  private var laws = Laws()
  private var now: Instant
  /// How often queues have opened or closed.
  private(set) var edges = 0
  /// What was done, for people.
  private(set) var lines: [String] = []

  init(plan: RoutingPlan, pick: Int, moves: [Move]) {
    (self.pick, self.moves) = (pick, moves)
    now = WorkingTimes.beginning(pick)
    board = Switchboard(Self.named(plan, pick, picks: pick), seed: 1)
  }

  private static func named(_ plan: RoutingPlan, _ pick: Int, picks: Int) -> NamedPlan {
    NamedPlan(
      plan, Directory(), record: "", people: nil,
      calendar: WorkingTimes.calendar(pick, queues: plan.queues.count, picks: picks))
  }

  /// - Returns: what goes wrong first, if anything does.
  mutating func play() -> String? {
    let instant = now
    if let broken = follow(
      Laws.Cause(isUpheaval: true),
      { board, batch in
        board.beginCalendar(at: instant, after: .distantPast, &batch)
      })
    {
      return "at the start: \(broken)"
    }
    for (index, move) in moves.enumerated() {
      if let broken = play(move) { return "move \(index) at \(now.microseconds): \(broken)" }
    }
    return nil
  }

  private mutating func play(_ move: Move) -> String? {
    let last = now
    now = now + move.pause
    if move.pick % 9 == 0, let broken = goNearEdge(move.other) { return broken }
    lines.append(CommandText.line(move.step(in: board.engine), after: now - last))
    if case .outage(let span) = move.step(in: board.engine) { return awayFor(span, after: last) }
    // A clock that wakes in time, mostly; else all that has fallen due comes with the command.
    while move.other % 5 != 0, let due = board.nextDeadline, due <= now {
      if let broken = follow(Laws.Cause(), { $0.advance(to: due, &$1) }) { return broken }
      if let next = board.nextDeadline, next <= due { return "nothing was done at a deadline" }
    }
    let instant = now
    if let broken = follow(Laws.Cause(), { $0.advance(to: instant, &$1) }) { return broken }
    return take(move.step(in: board.engine), move)
  }

  private mutating func take(_ step: Move.Step, _ move: Move) -> String? {
    let instant = now
    switch step {
    case .command(.setOfficeHours), .outage: return nil  // Hours are the calendar's.
    case .command(let command):
      return follow(step.cause) { _ = $0.step(.init(command: command), at: instant, &$1) }
    case .commands(let commands):
      return follow(step.cause) { _ = $0.step(commands, at: instant, &$1) }
    case .adopt(let plan):
      // Some plans have other hours.
      let named = Self.named(plan, pick, picks: move.other % 4 == 0 ? move.pick : pick)
      return follow(step.cause, plan: plan) { $0.adopt(named, at: instant, &$1) }
    }
  }

  /// Nobody is there for so long: then what a new process does.
  private mutating func awayFor(_ span: TimeSpan, after last: Instant) -> String? {
    now = now + span
    let instant = now
    return follow(Laws.Cause(isUpheaval: true)) {
      $0.resume(at: instant, &$1)
      $0.beginCalendar(at: instant, after: last, &$1)
    }
  }

  /// Shortly before a queue opens or closes, or a day begins. When that is long, callers do not wait until then.
  private mutating func goNearEdge(_ other: Int) -> String? {
    let calendar = board.calendar
    let edges = calendar.queues.indices.compactMap { index -> Instant? in
      guard let span = calendar.span(of: QueueID(index), at: now) else { return nil }
      return span.opens > now ? span.opens : span.closes
    }
    guard let next = (edges + [calendar.midnight(after: now) ?? .never]).min(), next < .never
    else { return nil }
    let (before, last): ([TimeSpan], Instant) = (
      [.zero, .seconds(1), .seconds(20), .seconds(90)], now
    )
    now = max(now, next - before[other % before.count])
    if now - last < .minutes(10) { return nil }
    let ends = board.engine.liveCalls.map { Command.hangUp($0, by: .caller, cause: .normal) }
    return follow(Move.Step.commands(ends).cause) { _ = $0.step(ends, at: last, &$1) }
  }

  // MARK: Laws

  private mutating func follow(
    _ cause: Laws.Cause, plan: RoutingPlan? = nil,
    _ act: (inout Switchboard, inout Batch) -> Void
  ) -> String? {
    var before = board.engine
    var batch = Batch()
    act(&board, &batch)
    let events = board.takeRecords().compactMap { record -> TimedEvent? in
      guard case .event(let event, _) = record.content else { return nil }
      return TimedEvent(at: record.at, event: event)
    }
    for entry in events {
      ledger.enter(entry)
      if case .calendar(let event) = entry.event, event.isEdge { edges += 1 }
    }
    if let plan { before.apply(plan: plan, at: before.now) }
    let engine = board.engine
    return engine.invariantViolations().first?.description ?? ledger.audit(engine).first
      ?? laws.follow(events, from: before, to: engine, cause).first ?? closedAsWritten()
  }

  /// Queues are open when the calendar says so, and nobody waits in one that has sent its callers on.
  private func closedAsWritten() -> String? {
    let engine = board.engine
    for index in board.calendar.queues.indices {
      let queue = QueueID(index)
      let isOpen = board.calendar.queues[index].contains {
        $0.opens <= engine.now && engine.now < $0.closes
      }
      if engine.status(of: queue).isOpen != isOpen { return "q\(index) is open: \(!isOpen)" }
      if !isOpen, engine.plan.queues[index].atClosing == .voicemail, !engine.line(of: queue).isEmpty
      {
        return "somebody waits in q\(index), which has closed"
      }
    }
    return nil
  }
}

extension CalendarEvent {
  /// Whether a queue has opened or closed.
  fileprivate var isEdge: Bool {
    switch self {
    case .queueOpened, .queueClosed: true
    case .officeHoursSet, .dayStarted: false
    }
  }
}
