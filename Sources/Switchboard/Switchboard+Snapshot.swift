public import Base
public import Engines
public import Events
public import Routing

extension Switchboard {
  /// Raised with each change of what a snapshot says.
  private static let snapshotVersion: UInt64 = 3

  /// The state after the last record, as bytes: engines, text and switches. The plan is kept beside it.
  /// - Parameter now: The instant of that record; `nil`: the engine's.
  public func snapshot(at now: Instant? = nil) -> [UInt8] {
    var writer = StateWriter()
    var version = Self.snapshotVersion
    writer.unsigned(&version)
    var routing = engine.snapshot(at: now ?? engine.now)
    writer.bytes(&routing)
    var companion = engines.companion?.snapshot ?? []
    writer.bytes(&companion)
    var (book, isDraining, rules) = (book, isDraining, rules)
    var forgotten = wordsForgottenBefore
    book.archive(&writer)
    writer.boolean(&isDraining)
    writer.instant(&forgotten)
    writer.integer(&rules)
    return writer.bytes
  }

  /// The switchboard whose ``snapshot(at:)`` gave `bytes`, under the plan it had.
  /// - Parameters:
  ///   - seq: The number of the last record.
  ///   - companion: Makes the companion of its part of the bytes; without one that part must be empty.
  /// - Returns: `nil` if the bytes are damaged, of another version, or do not fit the plan.
  public init?(
    snapshot bytes: [UInt8], _ plan: RoutingPlan, _ directory: Directory, seq: UInt64,
    seed: UInt64, companion: ([UInt8]) -> (any CompanionEngine)? = { _ in nil }
  ) {
    var reader = StateReader(bytes[...])
    var version: UInt64 = 0
    reader.unsigned(&version)
    var (routing, other): ([UInt8], [UInt8]) = ([], [])
    reader.bytes(&routing)
    reader.bytes(&other)
    var (book, isDraining, rules) = (CallBook(), false, 0)
    var forgotten = Instant.distantPast
    book.archive(&reader)
    reader.boolean(&isDraining)
    reader.instant(&forgotten)
    reader.integer(&rules)
    guard version == Self.snapshotVersion, reader.isValid, reader.isAtEnd,
      let engine = RoutingEngine(plan: plan, seed: seed, snapshot: routing)
    else { return nil }
    let second = companion(other)
    guard second != nil || other.isEmpty else { return nil }
    self.init(Engines(engine, companion: second), directory, rules: rules)
    restore(book, isDraining: isDraining, wordsForgottenBefore: forgotten, seq: seq)
  }
}
