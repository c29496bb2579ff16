public import Base
public import Routing

/// What has happened in one or more steps of the engines, in order. Made once and reused.
public struct StepBuffer: Sendable {
  /// An event of a companion, and when.
  public struct CompanionEntry: Equatable, Sendable {
    /// When.
    public var at: Instant
    /// What.
    public var event: CompanionEvent
    /// How many of Routing's events came before it.
    public var position: Int
  }

  /// Routing's events.
  public internal(set) var routing = EventBuffer()
  /// The companion's, among them.
  public internal(set) var companion: [CompanionEntry] = []

  /// An empty buffer.
  public init() {}

  /// Forgets all, keeping the memory.
  public mutating func removeAll() {
    routing.removeAll()
    companion.removeAll(keepingCapacity: true)
  }

  /// Calls one of both with each event, in the order in which they happened.
  public func forEach(
    routing body: (TimedEvent) throws -> Void, companion other: (CompanionEntry) throws -> Void
  ) rethrows {
    var rest = companion[...]
    for (index, entry) in routing.events.enumerated() {
      while let next = rest.first, next.position <= index { try other(rest.removeFirst()) }
      try body(entry)
    }
    for entry in rest { try other(entry) }
  }
}
