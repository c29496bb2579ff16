public import Base
public import Engines
public import Events
public import Frames
public import Routing

/// The engines with what people know: names, text, the calendar. Typed commands go in, records come out.
///
/// A value, like the engines. It has no clock, no files and no wire: what is done with the records (write, then send)
/// and how commands are asked for is others' affair.
public struct Switchboard: Sendable {
  /// The engines.
  public private(set) var engines: Engines
  /// The names in force.
  public private(set) var directory: Directory
  /// The reps by name.
  public private(set) var agentIDs: [String: AgentID]
  /// The text that belongs to calls, transfers and requests.
  public private(set) var book = CallBook()
  /// The number of the last record, written or not.
  public private(set) var seq: UInt64 = 0
  /// When queues are open.
  public private(set) var calendar = OpeningCalendar()
  /// Whether new calls are turned away.
  public private(set) var isDraining = false
  /// The instant before which the texts of all calls are forgotten.
  public private(set) var wordsForgottenBefore = Instant.distantPast
  /// The edition of the engine's rules that the journal's last plan record names.
  public private(set) var rules: Int

  /// Records made since they were last taken.
  public private(set) var records: [Record] = []
  /// When the calendar next has something to say.
  private var calendarDeadline = Instant.never
  private var dayEnd = Instant.never

  private var events = StepBuffer()
  /// Whose command is carried out; `nil`: nobody's.
  public var asker: Asker?

  /// A switchboard in which nothing has happened.
  public init(
    _ named: NamedPlan, seed: UInt64, companion: (any CompanionEngine)? = nil
  ) {
    self.init(
      Engines(named.plan, seed: seed, companion: companion), named.directory,
      rules: RoutingEngine.rules)
    calendar = named.calendar
  }

  init(_ engines: Engines, _ directory: Directory, rules: Int) {
    self.engines = engines
    self.directory = directory
    self.rules = rules
    agentIDs = directory.agentIDs
  }

  /// Routing.
  public var engine: RoutingEngine { _read { yield engines.routing } }

  /// When ``advance(to:_:)`` is next needed; `nil`: not before the next command.
  public var nextDeadline: Instant? {
    let next = min(engines.nextDeadline ?? .never, calendarDeadline)
    return next == .never ? nil : next
  }

  // MARK: Commands

  /// A command and the text that goes with it.
  public struct Order: Sendable {
    /// What is asked.
    public var command: Command
    /// What is recorded with what it opens.
    public var detail: Detail

    /// An order.
    public init(command: Command, detail: Detail = Detail()) {
      self.command = command
      self.detail = detail
    }
  }

  /// Carries out an order; its events become records of `batch`.
  public mutating func step(_ order: Order, at now: Instant, _ batch: inout Batch) -> Outcome {
    catchUp(at: now, &batch)
    return carryOut(order, at: now, &batch)
  }

  private mutating func carryOut(
    _ order: Order, at now: Instant, _ batch: inout Batch
  ) -> Outcome {
    events.removeAll()
    let outcome = engines.handle(order.command, at: now, into: &events)
    record(Asked(.command, at: now, [order.command], order.detail), &batch)
    return outcome
  }

  /// Carries out several commands as one step.
  /// - Parameter detail: What is recorded with what they open.
  public mutating func step(
    _ commands: [Command], detail: Detail = Detail(), at now: Instant, _ batch: inout Batch
  ) -> [Outcome] {
    catchUp(at: now, &batch)
    events.removeAll()
    let outcomes = engines.handle(commands, at: now, into: &events)
    record(Asked(.command, at: now, commands, detail), &batch)
    return outcomes
  }

  /// Lets everything happen that falls due.
  public mutating func advance(to now: Instant, _ batch: inout Batch) {
    events.removeAll()
    engines.advance(to: now, into: &events)
    record(Asked(.time, at: now), &batch)
    if calendarDeadline <= now { keepCalendar(at: now, &batch) }
  }

  /// What the calendar says comes before what is asked now: after a night asleep, nobody meets yesterday's hours. It
  /// is nobody's doing.
  private mutating func catchUp(at now: Instant, _ batch: inout Batch) {
    if calendarDeadline > now { return }
    let asker = asker
    self.asker = nil
    advance(to: now, &batch)
    self.asker = asker
  }

  /// Goes on after an outage.
  public mutating func resume(at now: Instant, _ batch: inout Batch) {
    events.removeAll()
    engines.resume(at: now, into: &events)
    record(Asked(.start, at: now), &batch)
  }

  /// Takes no new calls from now on, or does again.
  /// - Parameter user: The number of the user who has asked for it.
  public mutating func drain(
    _ isOn: Bool, at now: Instant, by user: UInt32?, _ batch: inout Batch
  ) {
    isDraining = isOn
    note(.draining(isOn), at: now, by: user, &batch)
  }

  // MARK: Plans and the calendar

  /// Puts a plan into force: it is journaled first, then what follows from it.
  /// - Parameter user: The number of the user who has asked for it; `nil`: nobody.
  public mutating func adopt(
    _ named: NamedPlan, at now: Instant, by user: UInt32? = nil, _ batch: inout Batch
  ) {
    // What is due falls under the old plan, so it is recorded before the new one.
    advance(to: now, &batch)
    directory = named.directory
    agentIDs = named.agentIDs
    calendar = named.calendar
    rules = RoutingEngine.rules
    let now = max(now, engine.now)
    note(
      .planAdopted(named.record), Detail().with(.people, named.people), at: now, by: user, &batch)
    events.removeAll()
    engines.adopt(named.plan, at: now, into: &events)
    recordOfSameStep(&batch)
    // The days of another time zone end at other instants.
    dayEnd = calendar.midnight(after: now) ?? .never
    setOfficeHours(at: now, &batch)
  }

  /// Puts a calendar into force that goes further than the present one, of the same plan.
  public mutating func use(_ calendar: OpeningCalendar, at now: Instant) {
    // A day that began after the present one had ended begins with this.
    if dayEnd == .never, let last = self.calendar.midnights.last {
      dayEnd = calendar.midnight(after: last) ?? .never
    }
    self.calendar = calendar
    lookAtCalendar(after: now)
  }

  /// Begins to keep the calendar, at the start of a process.
  /// - Parameter last: When the last record was made; on another day a new one begins now.
  public mutating func beginCalendar(
    at instant: Instant, after last: Instant, _ batch: inout Batch
  ) {
    let now = max(instant, engine.now)
    if let midnight = calendar.midnight(before: now), last > .distantPast, last < midnight {
      _ = carryOut(Order(command: .startDay), at: now, &batch)
    }
    dayEnd = calendar.midnight(after: now) ?? .never
    setOfficeHours(at: now, &batch)
  }

  private mutating func keepCalendar(at now: Instant, _ batch: inout Batch) {
    if dayEnd <= now {
      _ = carryOut(Order(command: .startDay), at: now, &batch)
      dayEnd = calendar.midnight(after: now) ?? .never
    }
    setOfficeHours(at: now, &batch)
  }

  /// Tells the engine the office hours in force or to come.
  private mutating func setOfficeHours(at now: Instant, _ batch: inout Batch) {
    for index in calendar.queues.indices {
      guard let span = calendar.span(of: QueueID(index), at: now) else { continue }
      let command = Command.setOfficeHours(
        QueueID(index), opens: span.opens, closes: span.closes)
      _ = carryOut(Order(command: command), at: now, &batch)
    }
    lookAtCalendar(after: now)
  }

  /// - Complexity: O(*queues* log *spans*); not asked at each step, but when the calendar or the hours have changed.
  private mutating func lookAtCalendar(after now: Instant) {
    var next = dayEnd
    for index in calendar.queues.indices {
      let closes = engine.officeHours(of: QueueID(index)).closes
      // Where nothing is known to come, there is nothing to be told at closing time.
      if closes < next, calendar.span(of: QueueID(index), at: max(now, closes)) != nil {
        next = closes
      }
    }
    calendarDeadline = next
  }

  // MARK: Recording

  /// Adds a record that does not concern the engines, as a step of its own.
  /// - Parameter user: The number of the user who has asked for it; `nil`: nobody.
  public mutating func note(
    _ event: ShellEvent, _ detail: Detail = Detail(), at now: Instant, by user: UInt32?,
    _ batch: inout Batch
  ) {
    seq += 1
    if case .textForgotten(_, _, let to) = event { wordsForgottenBefore = to }
    batch.begin(.command, at: now, actor: user)
    batch.add(event, detail)
    records.append(Record(seq: seq, at: now, content: .shell(event, detail)))
  }

  /// Hands over the records made so far.
  public mutating func takeRecords() -> [Record] {
    defer { records.removeAll(keepingCapacity: true) }
    return records
  }

  /// Why the engines' events came about.
  private struct Asked {
    var cause: Cause
    var at: Instant
    var commands: [Command]
    var given: Detail

    init(
      _ cause: Cause, at instant: Instant, _ commands: [Command] = [], _ given: Detail = Detail()
    ) {
      (self.cause, at, self.commands, self.given) = (cause, instant, commands, given)
    }
  }

  /// Records what has happened as steps. What fell due before `asked` is of its own instant and cause.
  private mutating func record(_ asked: Asked, _ batch: inout Batch) {
    var step: Instant?
    let actor = asker?.user
    func begin(_ at: Instant, _ isDue: Bool) {
      if at == step { return }
      step = at
      if isDue {
        batch.begin(.time, at: at)
      } else {
        batch.begin(asked.cause, at: at, actor: actor, asking: asked.commands)
      }
    }
    let happened = events
    happened.forEach { entry in
      let isDue = entry.at < asked.at
      begin(entry.at, isDue)
      record(entry, asked.given, isDue ? nil : asked.commands.first, &batch)
    } companion: { entry in
      begin(entry.at, entry.at < asked.at)
      record(entry, &batch)
    }
  }

  /// Records what has happened as what follows from the step that was begun last.
  private mutating func recordOfSameStep(_ batch: inout Batch) {
    let happened = events
    happened.forEach {
      record($0, Detail(), nil, &batch)
    } companion: {
      record($0, &batch)
    }
  }

  private mutating func record(
    _ entry: TimedEvent, _ given: Detail, _ command: Command?, _ batch: inout Batch
  ) {
    seq += 1
    var detail = detail(of: entry.event, given)
    if let deputy = asker?.deputy, let command {
      detail[.by] = deputy.mark(entry.event, of: command)
    }
    book.apply(entry.event, detail, seq: seq)
    batch.add(entry.event, detail)
    records.append(Record(seq: seq, at: entry.at, content: .event(entry.event, detail)))
  }

  private mutating func record(_ entry: StepBuffer.CompanionEntry, _ batch: inout Batch) {
    seq += 1
    let record = Record(
      seq: seq, at: entry.at,
      content: .companion(kind: entry.event.kind, payload: entry.event.payload))
    batch.add(record)
    records.append(record)
  }

  // MARK: Recovery

  /// Takes in a record as it was written; nothing is decided. A plan is put into force by ``fold(_:_:rules:at:)``.
  public mutating func fold(_ record: Record) {
    switch record.content {
    case .event(let event, let detail):
      engines.apply(event, at: record.at)
      book.apply(event, detail, seq: record.seq)
    case .companion(let kind, let payload):
      engines.apply(CompanionEvent(kind: kind, payload: payload), at: record.at)
    case .shell(.draining(let isOn), _): isDraining = isOn
    case .shell(.planAdopted, _), .shell(.amended, _), .shell(.restored, _), .shell(.note, _),
      .shell(.offerExplained, _), .shell(.historyClosed, _):
      break
    case .shell(.textForgotten(_, _, let to), _): wordsForgottenBefore = to
    }
    seq = record.seq
  }

  /// Puts the plan of a record into force without deciding anything.
  public mutating func fold(
    _ plan: RoutingPlan, _ directory: Directory, rules: Int, at instant: Instant
  ) {
    engines.apply(plan: plan, at: instant)
    self.directory = directory
    agentIDs = directory.agentIDs
    self.rules = rules
  }

  /// Goes to work after recovery, with the calendar of the configuration.
  public mutating func take(_ calendar: OpeningCalendar) { self.calendar = calendar }

  mutating func restore(
    _ book: CallBook, isDraining: Bool, wordsForgottenBefore: Instant, seq: UInt64
  ) {
    (self.book, self.isDraining, self.seq) = (book, isDraining, seq)
    self.wordsForgottenBefore = wordsForgottenBefore
  }
}
