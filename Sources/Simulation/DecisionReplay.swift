import Base
public import Routing

/// Plays a recorded history again and compares what the engine decides with what it decided.
///
/// Under the plan that was in force, every decision is the same: the engine is deterministic, so a
/// difference is a defect. Under another plan, the differences are the answer to "what would it have done
/// otherwise": each recorded situation is put to the other plan, and then history goes on as recorded.
///
/// What was decided by another edition of the rules (``RoutingEngine/rules``) cannot be decided again: it is
/// folded, see ``fold(_:)``.
public struct DecisionReplay: Sendable {
  /// A step that was decided differently.
  public struct Difference: Equatable, Sendable {
    /// The position of its first event in the history.
    public var index: Int
    /// When.
    public var at: Instant
    /// What was recorded.
    public var recorded: [Event]
    /// What was decided now.
    public var decided: [Event]
  }

  /// Steps compared.
  public private(set) var steps = 0
  /// Steps decided differently.
  public private(set) var differences: [Difference] = []
  /// Events taken in as they were, because other rules decided them.
  public private(set) var folded = 0

  private var state: RoutingEngine
  private let change: (@Sendable (RoutingPlan) -> RoutingPlan)?
  private var index = 0
  private var buffer = EventBuffer()

  /// A replay that begins with `plan`.
  /// - Parameters:
  ///   - seed: The seed of the recorded engine.
  ///   - change: Makes the other plan from the one in force; `nil`: the same.
  public init(
    _ plan: RoutingPlan, seed: UInt64,
    changing change: (@Sendable (RoutingPlan) -> RoutingPlan)? = nil
  ) {
    state = RoutingEngine(plan, seed: seed)
    self.change = change
  }

  /// The engine as it is to decide: in the recorded state, under the plan in question.
  private var judge: RoutingEngine {
    guard let change else { return state }
    var judge = state
    judge.apply(plan: change(state.plan))
    return judge
  }

  /// Plays `history` on from where the last one ended.
  public mutating func play(_ history: [TimedEvent]) {
    var rest = history[...]
    while let first = rest.first {
      var judge = judge
      buffer.removeAll()
      if let deadline = judge.nextDeadline, deadline <= first.at {
        judge.advance(to: deadline, into: &buffer)
        if buffer.events.isEmpty {
          // A deadline that had nothing to do any more.
          state.advance(to: deadline, into: &buffer)
          if buffer.events.isEmpty { continue }
        }
        if buffer.events.first?.at != first.at { considerOutage(until: first.at, rest) }
      } else {
        let step = rest.prefix { $0.at == first.at }
        let commands = AskedFor(events: step, state: state).commands
        if !commands.isEmpty { _ = judge.handle(commands, at: first.at, into: &buffer) }
      }
      take(&rest)
    }
  }

  /// Takes in events that were decided by another edition of the rules, without judging them.
  public mutating func fold(_ history: [TimedEvent]) {
    for entry in history { state.apply(entry.event, at: entry.at) }
    folded += history.count
    index += history.count
  }

  /// Puts a plan into force of which another edition of the rules decided what followed.
  public mutating func fold(_ plan: RoutingPlan) { state.apply(plan: plan) }

  /// Puts the plan recorded next into force; what follows from that is decided at once.
  public mutating func adopt(
    _ plan: RoutingPlan, at instant: Instant, _ history: inout ArraySlice<TimedEvent>
  ) {
    var judge = state
    buffer.removeAll()
    judge.adopt(plan, at: instant, into: &buffer)
    state.apply(plan: plan)
    if !buffer.events.isEmpty { take(&history) }
  }

  /// What was overdue when the daemon came back happened then, and rings had been withdrawn.
  private mutating func considerOutage(until instant: Instant, _ rest: ArraySlice<TimedEvent>) {
    var judge = judge
    var resumed = EventBuffer()
    judge.resume(at: instant, into: &resumed)
    if !resumed.events.isEmpty, rest.starts(with: resumed.events) { buffer = resumed }
  }

  /// Compares what was decided with what comes next, and goes on as recorded.
  private mutating func take(_ rest: inout ArraySlice<TimedEvent>) {
    let decided = buffer.events
    let recorded = rest.prefix(max(1, decided.count))
    steps += 1
    if decided.isEmpty || !recorded.elementsEqual(decided) {
      // Up to where the two agree again: the end of what happened at this instant.
      let same = rest.prefix { $0.at == rest.first?.at }
      let length = max(1, agreement(same, decided))
      differences.append(
        Difference(
          index: index, at: same.first?.at ?? state.now,
          recorded: rest.prefix(length).map(\.event), decided: decided.map(\.event)))
      apply(&rest, length)
    } else {
      apply(&rest, decided.count)
    }
  }

  /// How many recorded events belong to a step that was decided differently.
  private func agreement(_ recorded: ArraySlice<TimedEvent>, _ decided: [TimedEvent]) -> Int {
    // A step decided otherwise is usually as long, and differs in whom it names.
    decided.isEmpty ? 1 : min(recorded.count, decided.count)
  }

  private mutating func apply(_ rest: inout ArraySlice<TimedEvent>, _ count: Int) {
    for entry in rest.prefix(count) { state.apply(entry.event, at: entry.at) }
    index += count
    rest = rest.dropFirst(count)
  }
}
