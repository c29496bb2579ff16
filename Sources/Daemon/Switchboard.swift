import Base
import Events
import Configuration
import Foundation
import Journal
import LineProtocol
import Reporting
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
  private var detail = LineWriter()
  /// Who acts for others, while a command is carried out.
  var deputy: Deputy?

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
    var options: [Field] = []
  }

  /// Carries out an order; its events become records of `batch`.
  mutating func perform(_ order: Order, at now: Instant, _ batch: inout Batch) throws -> Outcome {
    events.removeAll()
    let outcome = engine.handle(order.command, at: now, into: &events)
    record(order.options, &batch, of: order.command, at: now)
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
    record([], &batch)
    return outcomes
  }

  /// Lets everything happen that falls due.
  mutating func advance(to now: Instant, _ batch: inout Batch) {
    events.removeAll()
    engine.advance(to: now, into: &events)
    record([], &batch)
  }

  /// Goes on after an outage.
  mutating func resume(at now: Instant, _ batch: inout Batch) {
    events.removeAll()
    engine.resume(at: now, into: &events)
    record([], &batch)
  }

  /// Puts a configuration into force: the plan is journaled first, then what follows from it.
  mutating func adopt(_ configuration: Configuration, at now: Instant, _ batch: inout Batch) {
    adopt(PreparedConfiguration(configuration), at: now, &batch)
  }

  /// Puts a configuration into force of which all is made that takes long.
  mutating func adopt(_ prepared: PreparedConfiguration, at now: Instant, _ batch: inout Batch) {
    let configuration = prepared.configuration
    // What is due falls under the old plan, so it is recorded before the new one.
    advance(to: now, &batch)
    self.configuration = configuration
    directory = configuration.directory
    agentIDs = prepared.agentIDs
    rules = RoutingEngine.rules
    seq += 1
    batch.add(plan: prepared.record, at: now)
    records.append(Record(seq: seq, at: now, content: .plan(prepared.record)))
    events.removeAll()
    engine.adopt(configuration.plan, at: now, into: &events)
    record([], &batch)
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

  /// Adds a record that does not concern the engine.
  mutating func note(
    _ type: String, _ options: [Field], at now: Instant, _ batch: inout Batch
  ) {
    seq += 1
    let text = text(of: options)
    batch.add(note: type, detail: text, at: now)
    records.append(Record(seq: seq, at: now, content: .note(type: type, detail: text)))
  }

  /// Hands over the records made so far.
  mutating func takeRecords() -> [Record] {
    defer { records.removeAll(keepingCapacity: true) }
    return records
  }

  private mutating func text(of options: [Field]) -> String {
    if options.isEmpty { return "" }
    detail.removeAll()
    detail.append(options: options)
    return String(decoding: detail.bytes, as: UTF8.self)
  }

  // MARK: Recording

  /// - Parameter command: What the events follow from, as far as they are of the instant `now`: what fell due
  ///   before is of its own.
  private mutating func record(
    _ given: [Field], _ batch: inout Batch, of command: Command? = nil, at now: Instant = .never
  ) {
    for entry in events.events {
      seq += 1
      var options = options(for: entry.event, given)
      if let deputy, let command, entry.at >= now {
        options += deputy.mark(entry.event, of: command)
      }
      book.apply(entry.event, options: options, seq: seq)
      let text = text(of: options)
      batch.add(entry.event, at: entry.at, detail: text)
      records.append(
        Record(seq: seq, at: entry.at, content: .event(entry.event, detail: text)))
    }
  }

  /// The text recorded with an event: what was given with the command for the events that open
  /// something, and what the book knows for the rest.
  private func options(for event: Event, _ given: [Field]) -> [Field] {
    switch event {
    case .call(let event): options(for: event, given)
    case .agent(let event): options(for: event)
    case .transfer(let event): options(for: event, given)
    case .outbound(let event): options(for: event, given)
    case .calendar: []
    }
  }

  private func options(for event: CallEvent, _ given: [Field]) -> [Field] {
    switch event {
    case .arrived, .writtenUp: given
    case .offered(_, let call, _, _, _, _):
      named(call)
        + (book[call]?.from.map { [Field("from", $0)] } ?? [])
        + (book[call]?.callerName.map { [Field("name", $0)] } ?? [])
    case .ringing(_, let call, _), .answered(_, let call, _), .offerEnded(_, let call, _, _, _),
      .diverted(let call, _, _, _), .tierEscalated(let call, _), .held(let call, _),
      .resumed(let call, _), .holdReminded(let call, _, _), .ended(let call, _, _),
      .leftUndocumented(let call, _), .returnedToQueue(let call, _, _), .foundStale(let call, _):
      named(call)
    }
  }

  private func options(for event: AgentEvent) -> [Field] {
    switch event {
    case .wrapUpStarted(_, let call, _): named(call)
    case .loggedIn, .loggedOut, .becameReady, .becameNotReady, .reasonEnded, .leftQueue,
      .rejoinedQueue, .spared, .rested, .wrapUpExtended, .wrapUpEnded:
      []
    }
  }

  private func options(for event: TransferEvent, _ given: [Field]) -> [Field] {
    switch event {
    case .consultStarted(_, let call, _, _): return named(call) + given
    case .consultOffered(let id, let holder, _):
      // From the book, not the engine: that is at the end of the step already, and this is its middle.
      let briefing = book.briefings[id.rawValue]
      return [Field("from", directory.name(of: holder))]
        + (briefing?.call.map { named(CallID(rawValue: $0)) } ?? [])
        + [Field("who", briefing?.who ?? ""), Field("about", briefing?.about ?? "")]
    case .completed(_, let call, _, _), .ended(_, let call, _, _, _),
      .blindPrevented(let call, _, _):
      return named(call)
    case .consultRefused, .consultAnswered, .consultConfirmed: return []
    }
  }

  private func options(for event: OutboundEvent, _ given: [Field]) -> [Field] {
    switch event {
    case .requested, .refused: return given
    case .granted(let id, _, _, _):
      // A request that waited has its number in the book; the command at hand may be another's.
      let to = book.numbers[id.rawValue] ?? given["to"]
      return [Field("call", "out-\(id.rawValue)")] + (to.map { [Field("to", $0)] } ?? [])
    case .connected(let call, _): return named(call)
    case .requestEnded: return []
    }
  }

  private func named(_ call: CallID) -> [Field] { [Field("call", book.name(of: call))] }
}

/// A configuration with what is made of it before it comes into force. For thousands of reps that takes long.
struct PreparedConfiguration: Sendable {
  let configuration: Configuration
  /// What the journal keeps of it.
  let record: String
  /// The reps by name.
  let agentIDs: [String: AgentID]

  init(_ configuration: Configuration) {
    self.configuration = configuration
    record = PlanRecord(configuration).json
    agentIDs = Switchboard.index(configuration.directory)
  }
}

/// A plan as the journal keeps it.
struct PlanRecord: Codable {
  var plan: RoutingPlan
  var directory: Directory
  /// By which edition of the engine's rules the steps after it were decided; absent in records of the first.
  var rules: Int?

  init(_ configuration: Configuration) {
    rules = RoutingEngine.rules
    plan = configuration.plan
    directory = configuration.directory
  }

  init(json: String) throws {
    self = try JSONDecoder().decode(PlanRecord.self, from: Data(json.utf8))
  }

  /// The same plan always gives the same text.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
