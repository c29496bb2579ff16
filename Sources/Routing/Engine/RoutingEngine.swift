import Base

/// The routing engine: a pure, synchronous, deterministic state machine.
///
/// A value; copying it is a snapshot. Time, randomness and names are inputs: the same plan, seed and
/// commands give the same events on every machine. The contract with its driver:
///
/// 1. ``handle(_:at:into:)`` a command, or ``advance(to:into:)`` the clock; time never runs backwards.
/// 2. Put the events where they are safe, then act on them.
/// 3. Call again no later than ``nextDeadline``.
///
/// Every change of state is an ``Event``: live commands decide events and pass them through the same
/// `change(_:)` that recovery uses, so state is always the fold of the events. Within a step, a queue call
/// is never left waiting while a rep who could take it is free, and a rep who is free takes the caller who
/// is first for that rep: see ``settle()``.
public struct RoutingEngine: Sendable {
  /// The edition of the rules by which this engine decides. Raised by any change of what is decided: a
  /// journal's steps can be decided again only by the edition that decided them. 2 is that of 0.1.1, under which decisions
  /// change until it is released.
  public static let rules = 2

  /// The plan in force.
  public internal(set) var plan: RoutingPlan
  /// The instant of the last step.
  public internal(set) var now = Instant.distantPast

  var seed: UInt64
  var agents: [AgentRow]
  /// Per rep, the reasons not to be ready, in the order in which they were set.
  var notReadySwitches: [[NotReadySwitch]]
  var transfers: [TransferRow]
  var queues: [QueueRow]
  var calls: CallTable
  /// Outbound requests in the order in which they will be granted.
  var requests: [RequestRow] = []
  @usableFromInline var deadlines = DeadlineHeap()
  var seating = Seating()

  /// By ``FeedID``, which telephony sides are there. The unnamed one always is, but see ``isThere(_:)``.
  var feedsThere = [true]

  var lastOffer = OfferID(0)
  var lastTransfer = TransferID(0)
  var lastRequest = RequestID(0)
  var lastArrival: UInt64 = 0

  /// Events of the step in progress.
  private var outbox = EventBuffer()
  /// Whom the step in progress has still to look at.
  var unsettled = Unsettled()

  /// An engine with every rep logged out, every queue open and no calls.
  /// - Parameter seed: decides the draws of the random strategies; nothing else.
  public init(_ plan: RoutingPlan, seed: UInt64) {
    self.plan = plan.inOrderOfTiers
    self.seed = seed
    agents = Array(repeating: AgentRow(), count: plan.agents.count)
    notReadySwitches = Array(repeating: [], count: plan.agents.count)
    transfers = Array(repeating: TransferRow(), count: plan.agents.count)
    queues = plan.queues.map { QueueRow(expectedHandleTime: $0.expectedHandleTime) }
    calls = CallTable()
    deriveFeeds()
    seat()
  }

  /// When the engine next needs ``advance(to:into:)``; `nil`: not before the next command.
  @inlinable @inline(__always)
  public var nextDeadline: Instant? { deadlines.next }

  /// Carries out `command`, after everything that fell due before it.
  ///
  /// - Parameters:
  ///   - command: What is asked.
  ///   - now: The instant; earlier than the last step counts as the last step.
  ///   - events: Receives what happened, in order, when the command is not refused.
  /// - Returns: what became of the command.
  public mutating func handle(
    _ command: Command, at now: Instant, into events: inout EventBuffer
  ) -> Outcome {
    fireDeadlines(until: now)
    self.now = max(self.now, now)
    let outcome = perform(command)
    settle()
    events.take(from: &outbox)
    return outcome
  }

  /// Carries out several commands as one step: only when all are done are the reps who have become free
  /// offered calls. For what was one thing to whoever asks, such as the end of many calls.
  /// - Returns: what became of each.
  public mutating func handle(
    _ commands: [Command], at now: Instant, into events: inout EventBuffer
  ) -> [Outcome] {
    fireDeadlines(until: now)
    self.now = max(self.now, now)
    let outcomes = commands.map { perform($0) }
    settle()
    events.take(from: &outbox)
    return outcomes
  }

  /// Lets everything happen that falls due until `now`.
  public mutating func advance(to now: Instant, into events: inout EventBuffer) {
    fireDeadlines(until: now)
    self.now = max(self.now, now)
    events.take(from: &outbox)
  }

  /// Puts a new plan into force. Rows keep their meaning: reps and queues may be added at the end
  /// and changed, never removed. Calls in progress go on.
  public mutating func adopt(
    _ plan: RoutingPlan, at now: Instant, into events: inout EventBuffer
  ) {
    fireDeadlines(until: now)
    self.now = max(self.now, now)
    replacePlan(plan)
    withdrawFromRetired()
    withdrawLost()
    rejoinUnservedQueues()
    leaveAbandonedQueues()
    reconsiderEverybody()
    settle()
    events.take(from: &outbox)
  }

  /// Goes on after an outage: what fell due meanwhile happens now, and once. Phones that rang when
  /// the outage began ring no more; nobody is said to have refused what nobody heard.
  public mutating func resume(at now: Instant, into events: inout EventBuffer) {
    self.now = max(self.now, now)
    for agent in agents.indices {
      guard let offer = agents[agent].offer, offer.expiresAt <= self.now else { continue }
      close(offer, of: AgentID(agent), as: .withdrawn)
    }
    // All that is overdue happens first: no phone rings for a caller whose time has long been up.
    while let due = deadlines.due(at: self.now) { fire(due.kind, due.index) }
    withdrawLost()
    reconsiderEverybody()
    settle()
    events.take(from: &outbox)
  }

  /// Recovery: changes state as the live engine did when it emitted `event`.
  public mutating func apply(_ event: Event, at instant: Instant) {
    now = max(now, instant)
    change(event)
    unsettled.removeAll()
  }

  /// Recovery: puts `plan` into force, as it was at `instant`, without deciding anything.
  public mutating func apply(plan: RoutingPlan, at instant: Instant) {
    now = max(now, instant)
    replacePlan(plan)
    unsettled.removeAll()
  }

  /// The one way in which state changes.
  mutating func record(_ event: Event) {
    change(event)
    outbox.append(event, at: now)
  }

  private mutating func replacePlan(_ plan: RoutingPlan) {
    invariant(
      plan.agents.count >= agents.count && plan.queues.count >= queues.count,
      "a plan never loses rows")
    let old = self.plan
    self.plan = plan.inOrderOfTiers
    for _ in agents.count..<plan.agents.count {
      agents.append(AgentRow())
      notReadySwitches.append([])
      transfers.append(TransferRow())
    }
    for queue in plan.queues[queues.count...] {
      queues.append(QueueRow(expectedHandleTime: queue.expectedHandleTime))
    }
    deriveFeeds()
    seat(replacing: old)
    listRings()
    renewDeadlines()
  }

  /// Fires deadlines, each at its own instant. Those of one instant are settled together: a phone that
  /// stops ringing would else be rung again for no time at all.
  private mutating func fireDeadlines(until limit: Instant) {
    while let next = deadlines.due(at: limit) {
      now = max(now, next.at)
      while let due = deadlines.due(at: next.at) { fire(due.kind, due.index) }
      settle()
    }
  }
}
