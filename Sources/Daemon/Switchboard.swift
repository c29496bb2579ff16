import Base
import Events
import Configuration
import Frames
import Routing

/// The daemon without its sockets and files: the engine, the text beside it, and what each verb does.
///
/// A value, like the engine. It turns requests into replies and records; what is done with those
/// (write, then send) is the server's affair.
struct Switchboard: Sendable {
  var engine: RoutingEngine
  private(set) var directory: Directory
  /// The reps by name.
  private(set) var agentIDs: [String: AgentID]
  var book = CallBook()
  /// The number of the last record, written or not.
  var seq: UInt64
  /// Office hours and access of the configuration file in force.
  var configuration: Configuration
  /// Whether new calls are turned away.
  var isDraining = false
  /// The edition of the engine's rules that the journal's last plan record names.
  var rules = RoutingEngine.rules

  /// Records made since the server last took them.
  private(set) var records: [Record] = []

  private var events = EventBuffer()
  /// Who acts for others, while a command is carried out.
  var deputy: Deputy?
  /// The number of the user whose command is carried out.
  var actor: UInt32?

  init(configuration: Configuration, seed: UInt64) {
    self.configuration = configuration
    directory = configuration.directory
    agentIDs = Self.index(configuration.directory)
    engine = RoutingEngine(configuration.plan, seed: seed)
    seq = 0
  }

  /// Puts names into force that may be others than the configuration's: those of a journal.
  mutating func use(_ directory: Directory) {
    self.directory = directory
    agentIDs = Self.index(directory)
  }

  /// The reps of `directory` that are employed, by name.
  static func index(_ directory: Directory) -> [String: AgentID] {
    let known = directory.agents.enumerated().filter { !$0.element.isRetired }
    return Dictionary(uniqueKeysWithValues: known.map { ($0.element.name, AgentID($0.offset)) })
  }

  /// A command and the text that goes with it.
  struct Order {
    var command: Command
    var detail = Detail()
  }

  /// Carries out an order; its events become records of `batch`.
  mutating func perform(_ order: Order, at now: Instant, _ batch: inout Batch) throws -> Outcome {
    events.removeAll()
    let outcome = engine.handle(order.command, at: now, into: &events)
    record(Asked(.command, at: now, [order.command], order.detail), &batch)
    if case .refused(let rule, let queue) = outcome {
      throw Refusal(rule, queue: queue.map { directory.name(of: $0) })
    }
    return outcome
  }

  /// Carries out several commands as one step.
  mutating func perform(
    _ commands: [Command], at now: Instant, _ batch: inout Batch
  ) -> [Outcome] {
    events.removeAll()
    let outcomes = engine.handle(commands, at: now, into: &events)
    record(Asked(.command, at: now, commands), &batch)
    return outcomes
  }

  /// Lets everything happen that falls due.
  mutating func advance(to now: Instant, _ batch: inout Batch) {
    events.removeAll()
    engine.advance(to: now, into: &events)
    record(Asked(.time, at: now), &batch)
  }

  /// Goes on after an outage.
  mutating func resume(at now: Instant, _ batch: inout Batch) {
    events.removeAll()
    engine.resume(at: now, into: &events)
    record(Asked(.start, at: now), &batch)
  }

  /// Puts a configuration into force: the plan is journaled first, then what follows from it.
  mutating func adopt(_ configuration: Configuration, at now: Instant, _ batch: inout Batch) {
    adopt(PreparedConfiguration(configuration), at: now, &batch)
  }

  /// Puts a configuration into force of which all is made that takes long.
  /// - Parameter user: The number of the user who has asked for it; `nil`: nobody.
  mutating func adopt(
    _ prepared: PreparedConfiguration, at now: Instant, by user: UInt32? = nil,
    _ batch: inout Batch
  ) {
    let configuration = prepared.configuration
    // What is due falls under the old plan, so it is recorded before the new one.
    advance(to: now, &batch)
    self.configuration = configuration
    directory = configuration.directory
    agentIDs = prepared.agentIDs
    rules = RoutingEngine.rules
    let now = max(now, engine.now)
    let (plan, people) = (prepared.record.plan, prepared.record.people)
    note(.planAdopted(plan), Detail().with(.people, people), at: now, by: user, &batch)
    events.removeAll()
    engine.adopt(configuration.plan, at: now, into: &events)
    // Of the plan's own step.
    for entry in events.events { record(entry, Detail(), nil, &batch) }
    setOfficeHours(at: now, &batch)
  }

  /// Tells the engine the office hours in force or to come.
  mutating func setOfficeHours(at now: Instant, _ batch: inout Batch) {
    for (index, hours) in configuration.officeHours.enumerated() {
      guard let span = hours.span(at: now) else { continue }
      let command = Command.setOfficeHours(
        QueueID(index), opens: span.opens, closes: span.closes)
      _ = try? perform(Order(command: command), at: now, &batch)
    }
  }

  /// Adds a record that does not concern the engine, as a step of its own.
  /// - Parameter user: The number of the user who has asked for it; `nil`: nobody.
  mutating func note(
    _ event: ShellEvent, _ detail: Detail = Detail(), at now: Instant, by user: UInt32?,
    _ batch: inout Batch
  ) {
    seq += 1
    batch.begin(.command, at: now, actor: user)
    batch.add(event, detail)
    records.append(Record(seq: seq, at: now, content: .shell(event, detail)))
  }

  /// Hands over the records made so far.
  mutating func takeRecords() -> [Record] {
    defer { records.removeAll(keepingCapacity: true) }
    return records
  }

  // MARK: Recording

  /// Why the engine's events came about.
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

  /// Records the engine's events as steps. What fell due before `asked` is of its own instant and cause.
  private mutating func record(_ asked: Asked, _ batch: inout Batch) {
    var step: Instant?
    for entry in events.events {
      let isDue = entry.at < asked.at
      if entry.at != step {
        step = entry.at
        if isDue {
          batch.begin(.time, at: entry.at)
        } else {
          batch.begin(asked.cause, at: entry.at, actor: actor, asking: asked.commands)
        }
      }
      record(entry, asked.given, isDue ? nil : asked.commands.first, &batch)
    }
  }

  private mutating func record(
    _ entry: TimedEvent, _ given: Detail, _ command: Command?, _ batch: inout Batch
  ) {
    seq += 1
    var detail = detail(of: entry.event, given)
    if let deputy, let command { detail[.by] = deputy.mark(entry.event, of: command) }
    book.apply(entry.event, detail, seq: seq)
    batch.add(entry.event, detail)
    records.append(Record(seq: seq, at: entry.at, content: .event(entry.event, detail)))
  }
}

/// A configuration with what is made of it before it comes into force. For thousands of reps that takes long.
struct PreparedConfiguration: Sendable {
  let configuration: Configuration
  /// What the journal keeps of it.
  let record: PlanRecord.Parts
  /// The reps by name.
  let agentIDs: [String: AgentID]

  init(_ configuration: Configuration) {
    self.configuration = configuration
    record = PlanRecord(configuration).parts
    agentIDs = Switchboard.index(configuration.directory)
  }
}
