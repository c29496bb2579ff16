import Base
import Configuration
import Engines
import Events
import Frames
import Journal
import Routing
import Testing

@testable import Switchboard

/// Commands in, records out; what the records say is the state.
@Suite struct SwitchboardTests {
  private static let yaml = """
    team: { time-zone: America/Chicago, office-hours: { mon-fri: 08:00-17:00 } }
    agents: { alice: { user: alice }, bob: , carol: }
    queues: { support: { members: [alice, bob, carol], wrap-up: 30 } }
    """
  /// Monday, 2026-11-23, 08:00 in Chicago.
  private static let start = Instant(seconds: 1_795_442_400)
  private static let support = QueueID(0)

  private static func at(_ seconds: Int64) -> Instant { start + .seconds(seconds) }

  private func arrival(_ name: String) -> Switchboard.Order {
    .init(
      command: .arrive(queue: Self.support, priority: 0, credit: .zero, skills: []),
      detail: Detail(call: name).with(.from, "+1312").with(.name, "Zoë"))
  }

  /// A switchboard whose plan is in force since Monday morning.
  private func atWork(_ yaml: String, _ batch: inout Batch) throws -> Switchboard {
    let named = try Sample.named(yaml)
    var board = Switchboard(named, seed: 1)
    board.adopt(named, at: Self.at(0), &batch)
    board.beginCalendar(at: Self.at(0), after: .distantPast, &batch)
    return board
  }

  /// A switchboard at work, with calls in every state and a bit of everything in its book.
  private func busy(_ batch: inout Batch) throws -> Switchboard {
    var board = try atWork(Self.yaml, &batch)
    for agent in 0..<3 {
      _ = board.step(.init(command: .logIn(AgentID(agent))), at: Self.at(1), &batch)
      _ = board.step(.init(command: .makeReady(AgentID(agent))), at: Self.at(2), &batch)
    }
    for number in 1...5 {
      _ = board.step(arrival("c-\(number)"), at: Self.at(10 + Int64(number)), &batch)
    }
    let first = try #require(board.book.call(named: "c-1"))
    let second = try #require(board.book.call(named: "c-2"))
    let holder = try #require(board.engine.call(first)?.agent)
    let other = try #require(board.engine.call(second)?.agent)
    _ = board.step(
      .init(command: .answer(first, agent: holder, offer: nil)), at: Self.at(20), &batch)
    _ = board.step(
      .init(command: .answer(second, agent: other, offer: nil)), at: Self.at(20), &batch)
    _ = board.step(
      .init(
        command: .writeUp(first, agent: holder, fields: [.client, .notes]),
        detail: Detail(call: "c-1").with(.client, "Acme").with(.notes, "a note")),
      at: Self.at(21), &batch)
    _ = board.step(
      .init(
        command: .consult(
          first, agent: holder, target: .queue(Self.support), briefing: .complete),
        detail: Detail().with(.to, "queue:support").with(.who, "Zoë").with(.about, "it")),
      at: Self.at(22), &batch)
    _ = board.step(
      .init(command: .hangUp(second, by: .caller, cause: .normal)), at: Self.at(23), &batch)
    board.drain(true, at: Self.at(24), by: 7, &batch)
    return board
  }

  @Test("A snapshot gives the same switchboard, bytes of another plan or version give none")
  func snapshot() throws {
    var batch = Batch()
    let board = try busy(&batch)
    let bytes = board.snapshot()
    func restored(_ bytes: [UInt8]) -> Switchboard? {
      Switchboard(
        snapshot: bytes, board.engine.plan, board.directory, seq: board.seq, seed: 1)
    }
    let again = try #require(restored(bytes))
    #expect(again.snapshot() == bytes && again.book == board.book && again.isDraining)
    #expect(again.seq == board.seq && again.book.call(named: "c-1") != nil)
    #expect(again.nextDeadline == board.engine.nextDeadline)
    #expect(restored([]) == nil && restored(Array(bytes.dropLast())) == nil)
    #expect(restored(bytes + [0]) == nil && restored([9] + bytes.dropFirst()) == nil)
  }

  @Test("Folding the records of a batch gives the state that made them")
  func fold() throws {
    var batch = Batch()
    let board = try busy(&batch)
    let records = try Self.records(batch)
    #expect(records == board.records && records.count > 20)
    let named = try Sample.named(Self.yaml)
    var folded = Switchboard(named, seed: 1)
    for record in records {
      if case .shell(.planAdopted, _) = record.content {
        folded.fold(named.plan, named.directory, rules: RoutingEngine.rules, at: record.at)
      }
      folded.fold(record)
    }
    #expect(folded.snapshot(at: board.engine.now) == board.snapshot())
    #expect(folded.book == board.book && folded.seq == board.seq)
  }

  private static func records(_ batch: Batch) throws -> [Record] {
    var reader = FrameReader(firstSeq: 1, body: batch.body, words: batch.words)
    var records: [Record] = []
    while let entry = try reader.next() { records.append(try Record(entry, at: reader.step.at)) }
    return records
  }

  @Test("Steps say who asked and what; what fell due before is a step of its own")
  func steps() throws {
    var batch = Batch()
    var board = try busy(&batch)
    batch.removeAll()
    board.asker = Asker(user: 7)
    // A ring has long ended by the time that somebody logs in.
    _ = board.step(arrival("c-9"), at: Self.at(300), &batch)
    var reader = FrameReader(firstSeq: 1, body: batch.body, words: batch.words)
    var steps: [Step] = []
    while let entry = try reader.next() {
      if reader.step.seq == entry.seq { steps.append(reader.step) }
    }
    let last = try #require(steps.last)
    #expect(last.cause == .command && last.actor == 7 && last.at == Self.at(300))
    #expect(Command.list(from: last.command) == [arrival("").command])
    #expect(steps.count > 2)
    for step in steps.dropLast() {
      #expect(step.cause == .time && step.at < Self.at(300) && step.command.isEmpty)
      #expect(step.actor == nil)
    }
  }

  @Test("What happens because the daemon came back is said to be so")
  func resumption() throws {
    var batch = Batch()
    var board = try busy(&batch)
    batch.removeAll()
    board.resume(at: Self.at(9_000), &batch)
    var reader = FrameReader(firstSeq: 1, body: batch.body, words: batch.words)
    var causes: Set<Cause> = []
    while try reader.next() != nil { causes.insert(reader.step.cause) }
    #expect(causes == [.start] && batch.count > 1)
  }

  // MARK: The calendar

  private func types(_ records: [Record]) -> [String] { records.map(\.type) }

  @Test("Days begin and hours are set when the calendar says so, and the next deadline is that")
  func calendar() throws {
    var batch = Batch()
    var board = try atWork(Self.yaml, &batch)
    #expect(board.engine.officeHours(of: Self.support).closes == Self.at(9 * 3_600))
    #expect(board.nextDeadline == Self.at(9 * 3_600))
    _ = board.takeRecords()
    board.advance(to: Self.at(9 * 3_600), &batch)
    #expect(types(board.takeRecords()) == ["queue.closed", "queue.hours-set"])
    // Tuesday, 8:00 to 17:00; before that, midnight.
    #expect(board.engine.officeHours(of: Self.support).opens == Self.at(24 * 3_600))
    #expect(board.nextDeadline == Self.at(16 * 3_600))
    board.advance(to: Self.at(16 * 3_600), &batch)
    #expect(types(board.takeRecords()) == ["day.started"])
    #expect(board.nextDeadline == Self.at(24 * 3_600))
    board.advance(to: Self.at(24 * 3_600), &batch)
    #expect(types(board.takeRecords()) == ["queue.opened"])
  }

  @Test("Where the calendar ends there is no deadline; a longer one goes on")
  func end() throws {
    var batch = Batch()
    var board = try atWork(Self.yaml, &batch)
    var (deadlines, days) = (0, 0)
    while let deadline = board.nextDeadline {
      board.advance(to: deadline, &batch)
      deadlines += 1
      days += types(board.takeRecords()).count { $0 == "day.started" }
      if deadlines > 1_000 { break }
    }
    #expect(days >= 62 && deadlines < 400)
    let (later, end) = (board.engine.now, board.calendar.end)
    let configuration = try Configuration(yaml: Self.yaml, file: "f")
    board.use(configuration.calendar(from: later), at: later)
    #expect(board.calendar.end > end)
    // The hours that were not known are due at once; after that it goes on as ever.
    board.advance(to: later, &batch)
    #expect(board.engine.officeHours(of: Self.support).closes > later)
    #expect(board.nextDeadline.map { $0 > later } == true)
  }

  @Test(
    "Who asks first after a night asleep meets the hours of the day, and it is not by their hand")
  func asleep() throws {
    var batch = Batch()
    var board = try atWork(Self.yaml, &batch)
    _ = board.takeRecords()
    batch.removeAll()
    board.asker = Asker(user: 7)
    // Tuesday, ten in the morning; nothing has happened since Monday.
    _ = board.step(arrival("c-1"), at: Self.at(26 * 3_600), &batch)
    let types = types(board.takeRecords())
    #expect(types.prefix(4) == ["queue.closed", "day.started", "queue.hours-set", "queue.opened"])
    #expect(types.last == "call.arrived" && board.asker?.user == 7)
    var reader = FrameReader(firstSeq: 1, body: batch.body, words: batch.words)
    while let entry = try reader.next() {
      let isArrival = try Record(entry, at: reader.step.at).type == "call.arrived"
      #expect(reader.step.actor == (isArrival ? 7 : nil))
    }
  }

  @Test("Hours that touch round the clock never close")
  func roundTheClock() throws {
    let yaml = """
      team: { time-zone: America/Chicago, office-hours: { mon-sun: 00:00-24:00 } }
      agents: { alice: }
      queues: { support: { members: [alice] } }
      """
    let configuration = try Configuration(yaml: yaml, file: "f")
    var batch = Batch()
    var board = try atWork(yaml, &batch)
    #expect(board.calendar.queues[0].count == 1)
    for day in 1...90 as ClosedRange<Int64> {
      let now = Self.at(day * 86_400)
      board.advance(to: now, &batch)
      if day % 30 == 0 { board.use(configuration.calendar(from: now), at: now) }
      #expect(!types(board.takeRecords()).contains("queue.closed"), "day \(day)")
    }
  }

  @Test("In another time zone the day ends at another instant")
  func otherZone() throws {
    var batch = Batch()
    var board = try atWork(Self.yaml, &batch)
    let zone = Self.yaml.replacing("America/Chicago", with: "Europe/Paris")
    board.adopt(try Sample.named(zone), at: Self.at(60), &batch)
    // 08:00 in Chicago is 15:00 in Paris: closed at 17:00, and a day that ends at 24:00.
    #expect(board.nextDeadline == Self.at(2 * 3_600))
    board.advance(to: Self.at(2 * 3_600), &batch)
    #expect(board.nextDeadline == Self.at(9 * 3_600))
  }

  @Test("A process that comes back on another day begins it; on the same one it does not")
  func firstOfDay() throws {
    let named = try Sample.named(Self.yaml, from: Self.at(24 * 3_600))
    for (last, begins) in [(Self.at(3_600), true), (Self.at(20 * 3_600), false)] {
      var batch = Batch()
      var board = Switchboard(named, seed: 1)
      board.adopt(named, at: Self.at(24 * 3_600), &batch)
      _ = board.takeRecords()
      board.beginCalendar(at: Self.at(24 * 3_600), after: last, &batch)
      #expect(types(board.takeRecords()).contains("day.started") == begins)
    }
  }
}
