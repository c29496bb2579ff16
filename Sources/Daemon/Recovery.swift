import Base
import Configuration
import Events
import Foundation
import Frames
import Journal
import Routing

/// Builds a switchboard from a journal: newest snapshot, then every record after it.
struct Recovery {
  /// The state so far.
  private(set) var engine: RoutingEngine?
  private(set) var book = CallBook()
  private(set) var plan: PlanRecord?
  private(set) var isDraining = false
  private(set) var seq: UInt64 = 0
  private(set) var chain: UInt64 = 0
  private(set) var at = Instant.distantPast
  /// Frames read.
  private(set) var frames = 0
  /// What was found of the words in them.
  private(set) var words = WordCounts()
  private let seed: UInt64

  /// Nothing yet.
  init(seed: UInt64) { self.seed = seed }

  /// Takes over a snapshot.
  /// - Returns: whether its parts fit together.
  mutating func restore(_ snapshot: Snapshot, seq: UInt64, chain: UInt64) -> Bool {
    guard let plan = try? PlanRecord(json: snapshot.plan),
      let engine = RoutingEngine(plan: plan.plan, seed: seed, snapshot: snapshot.state),
      let shell = try? JSONDecoder().decode(ShellState.self, from: Data(snapshot.shell))
    else { return false }
    self.plan = plan
    self.engine = engine
    book = shell.book
    isDraining = shell.isDraining
    self.seq = seq
    self.chain = chain
    at = snapshot.at
    return true
  }

  /// What was found of the words that records have.
  struct WordCounts: Equatable, Sendable {
    /// Records with words.
    var all = 0
    /// Those whose words are gone as a record says. (Nothing is forgotten yet.)
    var forgotten = 0
    /// Those whose words are gone, and no record says so.
    var missing = 0
    /// Those whose words are others than what was written.
    var wrong = 0
  }

  /// Takes in one record.
  mutating func apply(_ entry: Entry, _ step: Step) throws {
    count(entry.words)
    try apply(try Record(entry, at: step.at))
  }

  /// Takes in one record.
  mutating func apply(_ record: Record) throws {
    switch record.content {
    case .event(let event, let detail):
      engine?.apply(event, at: record.at)
      book.apply(event, detail, seq: record.seq)
    case .shell(let event, let detail): try apply(event, detail)
    }
    seq = record.seq
    at = record.at
  }

  private mutating func apply(_ event: ShellEvent, _ detail: Detail) throws {
    switch event {
    case .planAdopted(let text):
      let plan = try PlanRecord(PlanRecord.Parts(plan: text, people: detail[.people]))
      if engine == nil {
        engine = RoutingEngine(plan.plan, seed: seed)
      } else {
        engine?.apply(plan: plan.plan)
      }
      self.plan = plan
    case .draining(let isOn): isDraining = isOn
    case .amended, .restored, .note: break
    }
  }

  private mutating func count(_ found: Entry.Words) {
    switch found {
    case .none: return
    case .present: break
    case .absent: words.missing += 1
    case .wrong: words.wrong += 1
    }
    words.all += 1
  }

  /// Reads on, another frame as long as `goesOn`; `true` at the end.
  mutating func advance(
    _ journal: Journal, while goesOn: () -> Bool = { true }
  ) throws -> Bool {
    // A local copy, so that the closure changes it in place.
    var state = self
    let end = try journal.replay(after: seq, chain: chain, while: goesOn) { entry, step in
      try state.apply(entry, step)
    }
    self = state
    seq = end.seq
    chain = end.chain
    frames += end.frames
    return end.isAtEnd
  }
}

/// What the shell knows beside the engine, as a snapshot keeps it.
struct ShellState: Codable {
  var book: CallBook
  var isDraining: Bool
}

extension Switchboard {
  /// The state as a snapshot.
  func snapshot() throws -> Snapshot {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let shell = try encoder.encode(ShellState(book: book, isDraining: isDraining))
    var record = PlanRecord(configuration)
    record.plan = engine.plan
    record.directory = directory
    return Snapshot(
      at: engine.now, plan: record.json, state: engine.snapshot(), shell: Array(shell))
  }

  /// The state that `recovery` has reached, to go on from there under `configuration`.
  init?(_ recovery: Recovery, configuration: Configuration) {
    guard let engine = recovery.engine, let plan = recovery.plan else { return nil }
    self.init(configuration: configuration, seed: 1)
    self.engine = engine
    use(plan.directory)
    book = recovery.book
    isDraining = recovery.isDraining
    rules = plan.rules ?? 1
    seq = recovery.seq
  }
}
