public import Base
public import Routing

/// Plays a recorded history again, step by step, and compares what the engine decides with what it decided.
///
/// Under the plan that was in force, every decision is the same: the engine is deterministic, so a
/// difference is a defect. Under another plan, the differences are the answer to "what would it have done
/// otherwise": each recorded situation is put to the other plan, and then history goes on as recorded.
///
/// What was decided by another edition of the rules (``RoutingEngine/rules``), or by nobody knows what, cannot be
/// decided again: it is folded.
public struct DecisionReplay: Sendable {
  /// Why a step was taken.
  public enum Cause: Equatable, Sendable {
    /// It was asked for.
    case commands([Command])
    /// Its time had come.
    case time
    /// The daemon went on after an outage.
    case resumption
    /// A plan came into force.
    case plan(RoutingPlan)
    /// Nobody has written it.
    case unknown
  }

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
  /// Events taken in as they were, because other rules decided them, or nobody knows what.
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

  /// Plays the next step.
  /// - Parameters:
  ///   - cause: Why it was taken.
  ///   - instant: When.
  ///   - recorded: What happened.
  public mutating func play(_ cause: Cause, at instant: Instant, _ recorded: [TimedEvent]) {
    buffer.removeAll()
    switch cause {
    case .commands(let commands):
      var judge = judge
      _ = judge.handle(commands, at: instant, into: &buffer)
    case .time:
      var judge = judge
      judge.advance(to: instant, into: &buffer)
    case .resumption:
      var judge = judge
      judge.resume(at: instant, into: &buffer)
    case .plan(let plan):
      var judge = state
      judge.adopt(plan, at: instant, into: &buffer)
      state.apply(plan: plan, at: instant)
    case .unknown: return fold(recorded)
    }
    compare(recorded, at: instant)
    apply(recorded)
  }

  /// Takes in events that were decided by another edition of the rules, without judging them.
  public mutating func fold(_ history: [TimedEvent]) {
    folded += history.count
    apply(history)
  }

  /// Puts a plan into force of which another edition of the rules decided what followed.
  public mutating func fold(_ plan: RoutingPlan, at instant: Instant) {
    state.apply(plan: plan, at: instant)
  }

  /// The engine as it is to decide: in the recorded state, under the plan in question.
  private var judge: RoutingEngine {
    guard let change else { return state }
    var judge = state
    judge.apply(plan: change(state.plan), at: state.now)
    return judge
  }

  private mutating func compare(_ recorded: [TimedEvent], at instant: Instant) {
    steps += 1
    if recorded == buffer.events { return }
    differences.append(
      Difference(
        index: index, at: instant, recorded: recorded.map(\.event),
        decided: buffer.events.map(\.event)))
  }

  private mutating func apply(_ history: [TimedEvent]) {
    for entry in history { state.apply(entry.event, at: entry.at) }
    index += history.count
  }
}
