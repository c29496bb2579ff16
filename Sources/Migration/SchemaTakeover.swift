import Base
import Configuration
import Events
public import Frames
public import Journal
import Routing

/// Takes journals of schema 1 and 2 over: frames of events with options of the wire become frames of steps, whose
/// commands are told from what happened, with the words apart.
public final class SchemaTakeover: Takeover {
  private var inference: StepInference?
  /// The edition of the engine's rules under which the present plan's steps were decided.
  private var rules = 1
  private let report: (_ progress: Progress) -> Void
  private let free: ((_ path: String) -> Int64?)?
  /// Records with options that nobody could place; they are kept as they stood.
  public private(set) var unplaced = 0

  /// How far it is.
  public enum Progress: Equatable, Sendable {
    /// It begins with a journal of this schema and size.
    case began(schema: Int64, bytes: Int64)
    /// That record of so many has been taken over.
    case reached(UInt64, of: UInt64)
    /// Everything has been; it is being written to disk.
    case finishing
  }

  /// - Parameters:
  ///   - free: How many bytes are free for a file; `nil`: what the file system says.
  ///   - report: Is told how far it is, frame by frame.
  public init(
    free: ((_ path: String) -> Int64?)? = nil,
    _ report: @escaping (_ progress: Progress) -> Void = { _ in }
  ) {
    self.free = free
    self.report = report
  }

  /// See ``Takeover``.
  public func begin(schema: Int64, bytes: Int64) { report(.began(schema: schema, bytes: bytes)) }

  /// See ``Takeover``.
  public func proceeded(to seq: UInt64, of last: UInt64) { report(.reached(seq, of: last)) }

  /// See ``Takeover``.
  public func finishing() { report(.finishing) }

  /// See ``Takeover``.
  public func freeBytes(at path: String) -> Int64? {
    free.map { $0(path) } ?? DiskSpace.free(at: path)
  }

  /// The column was `USER KEY` since version 0.1.1; before, the key stood alone. A key has no blank in it.
  public func key(ofColumn text: String) -> (user: UInt32?, key: String) {
    guard let space = text.firstIndex(of: " "), let user = UInt32(text[..<space]) else {
      return (nil, text)
    }
    return (user, String(text[text.index(after: space)...]))
  }

  /// See ``Takeover``.
  public func take(_ body: [UInt8], seq: UInt64, into batch: inout Batch) throws {
    let records = try OldFrameReader.records(body, from: seq)
    var rest = records[...]
    while let record = rest.popFirst() {
      switch record.content {
      case .plan(let json):
        try takePlan(json, record.at, run(&rest), &batch)
      case .note(let type, let options): takeNote(type, options, record.at, &batch)
      case .event:
        rest = records[(rest.startIndex - 1)...]
        takeEvents(run(&rest), &batch)
      }
    }
  }

  /// The events up to the next record that is none.
  private func run(_ rest: inout ArraySlice<OldRecord>) -> [(TimedEvent, String)] {
    var events: [(TimedEvent, String)] = []
    while case .event(let event, let options)? = rest.first?.content, let record = rest.popFirst() {
      events.append((TimedEvent(at: record.at, event: event), options))
    }
    return events
  }

  // MARK: Plans and notes

  private func takePlan(
    _ json: String, _ at: Instant, _ events: [(TimedEvent, String)], _ batch: inout Batch
  ) throws {
    let record = try PlanRecord(json: json)
    let parts = record.parts
    rules = record.rules ?? 1
    batch.begin(.inferred, at: at)
    batch.add(ShellEvent.planAdopted(parts.plan), Detail().with(.people, parts.people))
    guard inference != nil else {
      inference = StepInference(record.plan, seed: Record.engineSeed)
      return takeEvents(events, &batch)
    }
    let history = completed(events, under: record.plan)
    let count =
      inference?.adopt(record.plan, at: at, before: history, isOwn: isOwn) ?? 0
    add(history.prefix(count), events.prefix(count), &batch)
    takeEvents(Array(events.dropFirst(count)), &batch)
  }

  private var isOwn: Bool { rules == RoutingEngine.rules }

  private func takeNote(_ type: String, _ text: String, _ at: Instant, _ batch: inout Batch) {
    batch.begin(.inferred, at: at)
    switch type {
    case "daemon.draining":
      batch.add(ShellEvent.draining(OldDetail.value(of: "switch", in: text) == "on"))
    case "call.amended":
      let isDocumented = OldDetail.value(of: "documented", in: text) == "yes"
      batch.add(
        ShellEvent.amended(isDocumented: isDocumented), OldDetail.ofAmendment(text, &unplaced))
    default:  // foreign: String
      batch.add(ShellEvent.note(type), OldDetail.ofNote(text, &unplaced))
    }
  }

  // MARK: Events

  private func completed(
    _ events: [(TimedEvent, String)], under plan: RoutingPlan? = nil
  ) -> [TimedEvent] {
    inference?.completed(events.map(\.0), under: plan) ?? events.map(\.0)
  }

  private func takeEvents(_ events: [(TimedEvent, String)], _ batch: inout Batch) {
    let history = completed(events)
    var position = 0
    // Before the first plan nothing can have happened; what is there is kept all the same.
    let steps =
      inference?.steps(of: history, isOwn: isOwn)
      ?? history.map { .init(cause: .unknown, at: $0.at, commands: [], count: 1) }
    for step in steps {
      let range = position..<position + step.count
      batch.begin(step.cause, at: step.at, asking: step.commands)
      add(history[range], events[range], &batch)
      position += step.count
    }
  }

  private func add(
    _ history: ArraySlice<TimedEvent>, _ old: ArraySlice<(TimedEvent, String)>,
    _ batch: inout Batch
  ) {
    for (entry, (_, options)) in zip(history, old) {
      batch.add(entry.event, OldDetail.of(entry.event, options, &unplaced))
    }
  }
}
