import Base
import Configuration
import Foundation
import Journal
import LineProtocol
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

  /// Takes in one record.
  mutating func apply(_ record: Record) throws {
    switch record.content {
    case .plan(let json):
      let plan = try PlanRecord(json: json)
      if engine == nil {
        engine = RoutingEngine(plan.plan, seed: seed)
      } else {
        engine?.apply(plan: plan.plan)
      }
      self.plan = plan
    case .event(let event, let detail):
      engine?.apply(event, at: record.at)
      book.apply(event, options: detail.isEmpty ? [] : LineParser.options(detail), seq: record.seq)
    case .note(let type, let detail):
      if type == "daemon.draining" { isDraining = detail.contains("switch=on") }
    }
    seq = record.seq
    at = record.at
  }

  /// Reads on, another frame as long as `goesOn`; `true` at the end.
  mutating func advance(
    _ journal: Journal, while goesOn: () -> Bool = { true }
  ) throws -> Bool {
    // A local copy, so that the closure changes it in place.
    var state = self
    let end = try journal.replay(after: seq, chain: chain, while: goesOn) { try state.apply($0) }
    self = state
    seq = end.seq
    chain = end.chain
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
