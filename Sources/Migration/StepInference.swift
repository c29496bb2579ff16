public import Base
public import Frames
public import Routing

/// Tells the steps of a history, and what was asked, from its events: journals before schema 3 keep nothing else.
///
/// What was decided by the rules of this program is decided again, so that the steps are found exactly. What other
/// rules decided is divided by its instants, and who asked is told as well as can be.
public struct StepInference: Sendable {
  /// A step as it was told.
  public struct InferredStep: Equatable, Sendable {
    /// Why it was taken.
    public var cause: Cause
    /// When.
    public var at: Instant
    /// What was asked of the engine.
    public var commands: [Command]
    /// How many events belong to it.
    public var count: Int
  }

  private(set) var state: RoutingEngine
  private var buffer = EventBuffer()

  /// Begins with `plan`, before anything has happened.
  public init(_ plan: RoutingPlan, seed: UInt64) { state = RoutingEngine(plan, seed: seed) }

  /// Divides `history`, which goes on from where the last one ended, into steps.
  /// - Parameter isOwn: Whether the rules of this program have decided it.
  public mutating func steps(of history: [TimedEvent], isOwn: Bool) -> [InferredStep] {
    var steps: [InferredStep] = []
    var rest = history[...]
    while !rest.isEmpty {
      let step = isOwn ? remadeStep(rest) : groupedStep(rest)
      guard let step else { continue }
      for entry in rest.prefix(step.count) { state.apply(entry.event, at: entry.at) }
      rest = rest.dropFirst(step.count)
      steps.append(step)
    }
    return steps
  }

  /// Puts a plan into force.
  /// - Returns: how many of the events that come next follow from that.
  public mutating func adopt(
    _ plan: RoutingPlan, at instant: Instant, before history: [TimedEvent], isOwn: Bool
  ) -> Int {
    var judge = state
    state.apply(plan: plan, at: instant)
    guard isOwn else { return 0 }
    buffer.removeAll()
    judge.adopt(plan, at: instant, into: &buffer)
    let decided = buffer.events
    guard !decided.isEmpty, history.starts(with: decided) else { return 0 }
    for entry in decided { state.apply(entry.event, at: entry.at) }
    return decided.count
  }

  /// The events with what earlier versions did not write in them: who was consulted, and who held the call.
  /// - Parameter plan: The plan that comes into force before them; `nil`: none.
  public func completed(
    _ history: [TimedEvent], under plan: RoutingPlan? = nil
  ) -> [TimedEvent] {
    guard let first = history.first, history.contains(where: { $0.event.isIncomplete }) else {
      return history
    }
    var scan = state
    // They may be about reps and queues that only this plan has.
    if let plan { scan.apply(plan: plan, at: first.at) }
    return history.map { entry in
      let event = entry.event.completed(in: scan)
      scan.apply(event, at: entry.at)
      return TimedEvent(at: entry.at, event: event)
    }
  }

  // MARK: By deciding again

  /// - Returns: `nil` if only a deadline that had nothing to do any more has passed.
  private mutating func remadeStep(_ rest: ArraySlice<TimedEvent>) -> InferredStep? {
    guard let first = rest.first else { return nil }
    var judge = state
    buffer.removeAll()
    var cause = Cause.time
    var commands: [Command] = []
    if let deadline = judge.nextDeadline, deadline <= first.at {
      judge.advance(to: deadline, into: &buffer)
      if buffer.events.isEmpty {
        state.advance(to: deadline, into: &buffer)
        if buffer.events.isEmpty { return nil }
      }
      if buffer.events.first?.at != first.at, isResumption(at: first.at, rest) { cause = .start }
    } else {
      cause = .inferred
      commands = InferredCommand(events: rest.prefix { $0.at == first.at }, state: state).commands
      if !commands.isEmpty { _ = judge.handle(commands, at: first.at, into: &buffer) }
    }
    return InferredStep(
      cause: cause, at: first.at, commands: commands, count: length(of: rest, buffer.events))
  }

  /// Whether what comes next is what happens when the daemon goes on after an outage.
  private mutating func isResumption(
    at instant: Instant, _ rest: ArraySlice<TimedEvent>
  ) -> Bool {
    var judge = state
    var resumed = EventBuffer()
    judge.resume(at: instant, into: &resumed)
    guard !resumed.events.isEmpty, rest.starts(with: resumed.events) else { return false }
    buffer = resumed
    return true
  }

  /// How many of the recorded events are a step that would be `decided` so. One that would be decided otherwise is
  /// usually as long, and differs in whom it names.
  private func length(of rest: ArraySlice<TimedEvent>, _ decided: [TimedEvent]) -> Int {
    if !decided.isEmpty, rest.starts(with: decided) { return decided.count }
    let atOnce = rest.prefix { $0.at == rest.first?.at }.count
    return decided.isEmpty ? 1 : min(atOnce, decided.count)
  }

  // MARK: By instants

  private func groupedStep(_ rest: ArraySlice<TimedEvent>) -> InferredStep? {
    guard let first = rest.first else { return nil }
    let events = rest.prefix { $0.at == first.at }
    return InferredStep(
      cause: .inferred, at: first.at,
      commands: InferredCommand(events: events, state: state).commands,
      count: events.count)
  }
}

extension Event {
  /// Whether it lacks what earlier versions did not write.
  fileprivate var isIncomplete: Bool {
    switch self {
    case .call(.held(_, nil)), .call(.resumed(_, nil)), .transfer(.consultAnswered(_, _, nil)),
      .transfer(.consultConfirmed(_, _, nil)), .transfer(.ended(_, _, _, _, nil)):
      true
    case .call, .agent, .transfer, .outbound, .calendar, .feed: false
    }
  }

  /// The same with what `state`, in which it happened, knows.
  fileprivate func completed(in state: RoutingEngine) -> Event {
    switch self {
    case .call(.held(let call, nil)): .call(.held(call, agent: state.call(call)?.agent))
    case .call(.resumed(let call, nil)): .call(.resumed(call, agent: state.call(call)?.agent))
    case .transfer(.consultAnswered(let id, let holder, nil)):
      .transfer(.consultAnswered(id, holder: holder, agent: state.transfer(id)?.row.agent))
    case .transfer(.consultConfirmed(let id, let holder, nil)):
      .transfer(.consultConfirmed(id, holder: holder, agent: state.transfer(id)?.row.agent))
    case .transfer(.ended(let id, let call, let holder, let outcome, nil)):
      .transfer(
        .ended(
          id, call: call, holder: holder, outcome: outcome, agent: state.transfer(id)?.row.agent))
    case .call, .agent, .transfer, .outbound, .calendar, .feed: self
    }
  }
}
