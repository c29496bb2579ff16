import Base

/// An event and the instant it happened.
public struct TimedEvent: Equatable, Sendable, BitwiseCopyable {
  /// When.
  public var at: Instant
  /// What.
  public var event: Event

  /// `event`, which happened `at` that instant.
  public init(at: Instant, event: Event) {
    self.at = at
    self.event = event
  }
}

/// The events of one or more engine steps, in order. Made once and reused: emptying it keeps its
/// memory, so that a running engine allocates nothing.
public struct EventBuffer: Sendable {
  /// The events so far.
  public private(set) var events: [TimedEvent] = []

  /// An empty buffer.
  public init() { events.reserveCapacity(64) }

  /// Adds an event at the end.
  public mutating func append(_ event: Event, at instant: Instant) {
    events.append(TimedEvent(at: instant, event: event))
  }

  /// Moves all events of `other` to the end of this buffer.
  mutating func take(from other: inout EventBuffer) {
    if other.events.isEmpty { return }
    if events.isEmpty { return swap(&events, &other.events) }
    events.append(contentsOf: other.events)
    other.removeAll()
  }

  /// Forgets all events, keeping the memory.
  public mutating func removeAll() { events.removeAll(keepingCapacity: true) }
}
