public import Base
public import Routing

/// An event of a companion, as the journal keeps it: only the companion knows what it says.
public struct CompanionEvent: Equatable, Sendable {
  /// Which event.
  public var kind: UInt8
  /// What it says.
  public var payload: [UInt8]

  /// An event.
  public init(kind: UInt8, payload: [UInt8]) {
    self.kind = kind
    self.payload = payload
  }
}

/// What a companion decides.
public enum CompanionDecision: Equatable, Sendable {
  /// Its own state changes.
  case event(CompanionEvent)
  /// Routing is asked for something, in the same step. What it refuses does not happen.
  case wish(Command)
}

/// A second engine, which is shown what the first decides and decides with it.
///
/// As with Routing: time is an input, state changes only by events, and the same events give the same state.
public protocol CompanionEngine: Sendable {
  /// When it next has something to decide; `nil`: not before Routing has.
  var nextDeadline: Instant? { get }
  /// Decides what follows from an event of Routing; the event has happened already.
  func decide(after event: Event, at instant: Instant, _ routing: RoutingEngine)
    -> [CompanionDecision]
  /// Decides what falls due at `instant`, its ``nextDeadline``. That must be later, or gone, when the decisions have
  /// been carried out.
  func decideWhatIsDue(at instant: Instant, _ routing: RoutingEngine) -> [CompanionDecision]
  /// The one way in which its state changes, live and in recovery.
  mutating func apply(_ event: CompanionEvent, at instant: Instant)
  /// Its state as bytes; the same state gives the same bytes.
  var snapshot: [UInt8] { get }
}
