public import Base
public import Routing

/// The engines, stepped together: Routing decides, a companion is shown what it has decided and decides with it, until
/// nothing more follows. Numbers only: no names, no text.
///
/// Without a companion this is Routing alone, at its cost.
public struct Engines: Sendable {
  /// The first engine.
  public private(set) var routing: RoutingEngine
  /// The second, if there is one.
  public private(set) var companion: (any CompanionEngine)?

  /// Engines in which nothing has happened.
  public init(_ plan: RoutingPlan, seed: UInt64, companion: (any CompanionEngine)? = nil) {
    self.init(RoutingEngine(plan, seed: seed), companion: companion)
  }

  /// Engines in the states that these have.
  public init(_ routing: RoutingEngine, companion: (any CompanionEngine)? = nil) {
    self.routing = routing
    self.companion = companion
  }

  /// When one of them next needs ``advance(to:into:)``; `nil`: not before the next command.
  public var nextDeadline: Instant? {
    guard let other = companion?.nextDeadline else { return routing.nextDeadline }
    return min(routing.nextDeadline ?? .never, other)
  }

  // MARK: Deciding

  /// Carries out `command`, after everything that fell due before it. See ``RoutingEngine/handle(_:at:into:)``.
  public mutating func handle(
    _ command: Command, at now: Instant, into buffer: inout StepBuffer
  ) -> Outcome {
    if companion != nil { advance(to: now, into: &buffer) }
    let start = buffer.routing.events.count
    let outcome = routing.handle(command, at: now, into: &buffer.routing)
    if companion != nil { settle(from: start, &buffer) }
    return outcome
  }

  /// Carries out several commands as one step.
  public mutating func handle(
    _ commands: [Command], at now: Instant, into buffer: inout StepBuffer
  ) -> [Outcome] {
    if companion != nil { advance(to: now, into: &buffer) }
    let start = buffer.routing.events.count
    let outcomes = routing.handle(commands, at: now, into: &buffer.routing)
    if companion != nil { settle(from: start, &buffer) }
    return outcomes
  }

  /// Lets everything happen that falls due until `now`, in the order of its instants.
  public mutating func advance(to now: Instant, into buffer: inout StepBuffer) {
    while let due = companion?.nextDeadline, due <= now {
      // What is due at the same instant is Routing's first: the companion decides by what has happened.
      advanceRouting(to: due, into: &buffer)
      guard let decisions = companion?.decideWhatIsDue(at: due, routing) else { break }
      let start = buffer.routing.events.count
      carryOut(decisions, at: due, &buffer)
      settle(from: start, &buffer)
      invariant(companion?.nextDeadline != due, "what a companion decides takes its deadline away")
    }
    advanceRouting(to: now, into: &buffer)
  }

  /// A companion is shown what happened at one instant before the next one is looked at.
  private mutating func advanceRouting(to limit: Instant, into buffer: inout StepBuffer) {
    guard companion != nil else { return routing.advance(to: limit, into: &buffer.routing) }
    while let due = routing.nextDeadline, due <= limit {
      let start = buffer.routing.events.count
      routing.advance(to: due, into: &buffer.routing)
      settle(from: start, &buffer)
    }
    routing.advance(to: limit, into: &buffer.routing)
  }

  /// Puts a new plan into force. See ``RoutingEngine/adopt(_:at:into:)``.
  public mutating func adopt(
    _ plan: RoutingPlan, at now: Instant, into buffer: inout StepBuffer
  ) {
    if companion != nil { advance(to: now, into: &buffer) }
    let start = buffer.routing.events.count
    routing.adopt(plan, at: now, into: &buffer.routing)
    if companion != nil { settle(from: start, &buffer) }
  }

  /// Goes on after an outage. See ``RoutingEngine/resume(at:into:)``.
  public mutating func resume(at now: Instant, into buffer: inout StepBuffer) {
    let start = buffer.routing.events.count
    routing.resume(at: now, into: &buffer.routing)
    if companion != nil {
      settle(from: start, &buffer)
      advance(to: now, into: &buffer)
    }
  }

  /// Wishes of one step, after which something is wrong with a companion.
  private static let mostWishes = 100_000

  /// Shows the companion what has happened from position `start` on, and what follows from that, until nothing does.
  private mutating func settle(from start: Int, _ buffer: inout StepBuffer) {
    var shown = start
    while shown < buffer.routing.events.count {
      invariant(shown - start < Self.mostWishes, "a companion comes to an end")
      let entry = buffer.routing.events[shown]
      shown += 1
      guard let decisions = companion?.decide(after: entry.event, at: entry.at, routing) else {
        return
      }
      carryOut(decisions, at: entry.at, &buffer)
    }
  }

  private mutating func carryOut(
    _ decisions: [CompanionDecision], at instant: Instant, _ buffer: inout StepBuffer
  ) {
    for decision in decisions {
      switch decision {
      case .event(let event):
        companion?.apply(event, at: instant)
        buffer.companion.append(
          .init(at: instant, event: event, position: buffer.routing.events.count))
      case .wish(let command): _ = routing.handle(command, at: instant, into: &buffer.routing)
      }
    }
  }

  // MARK: Recovery

  /// Changes state as Routing did when it emitted `event`; nothing is decided.
  public mutating func apply(_ event: Event, at instant: Instant) {
    routing.apply(event, at: instant)
  }

  /// Changes state as the companion did when it emitted `event`; nothing is decided.
  public mutating func apply(_ event: CompanionEvent, at instant: Instant) {
    companion?.apply(event, at: instant)
  }

  /// Puts `plan` into force without deciding anything.
  public mutating func apply(plan: RoutingPlan, at instant: Instant) {
    routing.apply(plan: plan, at: instant)
  }
}
