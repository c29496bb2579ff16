import Base

// What the engine tells about its state. Reading never changes anything.

/// One queue at a glance.
public struct QueueStatus: Equatable, Sendable {
  /// Callers whom no phone rings for.
  public var waiting: Int
  /// When the longest waiting of them entered.
  public var oldestEntry: Instant?
  /// Callers whom a phone rings for.
  public var ringing: Int
  /// Members free to take a call now.
  public var free: Int
  /// Members who take queue calls, free or busy.
  public var ready: Int
  /// Members logged in.
  public var loggedIn: Int
  /// Whether it is within office hours.
  public var isOpen: Bool
  /// The wait a caller who joined now could expect; `nil` when nobody is ready.
  public var estimatedWait: TimeSpan?
}

extension RoutingEngine {
  /// The state of a rep.
  public func agent(_ agent: AgentID) -> AgentRow { agents[agent.index] }

  /// The consultation that the rep holds, if one is in progress.
  public func transfer(heldBy agent: AgentID) -> TransferRow? {
    let row = transfers[agent.index]
    return row.state == .none ? nil : row
  }

  /// The consultation numbered `id`, if it is in progress, and the rep who holds its call.
  public func transfer(_ id: TransferID) -> (row: TransferRow, holder: AgentID)? {
    guard let index = transfers.firstIndex(where: { $0.id == id && $0.state != .none }) else {
      return nil
    }
    return (transfers[index], AgentID(index))
  }

  /// The state of a call, if it is live.
  public func call(_ call: CallID) -> CallRow? { calls.contains(call) ? calls[call] : nil }

  /// Every live call, by row.
  public var liveCalls: [CallID] { calls.rows.indices.compactMap { calls.call(inSlot: $0) } }

  /// How many calls are live.
  public var liveCallCount: Int { calls.count }

  /// Outbound requests in the order in which they will be granted.
  public var waitingRequests: [RequestRow] { requests }

  /// The callers waiting in a queue, the next to be served first.
  public func line(of queue: QueueID) -> [CallID] {
    let line = queues[queue.index].line
    return (0..<line.count).map { line[$0] }
  }

  /// Why the rep takes no queue calls, or none of some queues: in the order in which it was set.
  public func reasons(of agent: AgentID) -> [NotReadySwitch] { notReadySwitches[agent.index] }

  /// One queue at a glance.
  /// - Complexity: O(*members* + *callers*)
  public func status(of queue: QueueID) -> QueueStatus {
    let row = queues[queue.index]
    var ringing = Set<CallID>()
    for member in plan.queues[queue.index].members {
      if let offer = agents[member.agent.index].offer, offer.queue == queue {
        ringing.insert(offer.call)
      }
    }
    let oldest = (0..<row.line.count).map { calls[row.line[$0]].enteredAt }.min()
    return QueueStatus(
      waiting: row.line.count, oldestEntry: oldest, ringing: ringing.count, free: row.freeCount,
      ready: Int(row.ready), loggedIn: Int(row.loggedIn), isOpen: row.isOpen,
      estimatedWait: estimatedWait(in: queue))
  }

  /// The span of office hours in force or to come.
  public func officeHours(of queue: QueueID) -> (opens: Instant, closes: Instant) {
    (queues[queue.index].opensAt, queues[queue.index].closesAt)
  }

  /// The rep chosen last in tier `tier` of a queue.
  public func pointer(of queue: QueueID, tier: Int = 0) -> AgentID? {
    let pointers = queues[queue.index].pointers
    guard tier < pointers.count, pointers[tier] >= 0 else { return nil }
    return plan.queues[queue.index].members[Int(pointers[tier])].agent
  }

  /// The queues a rep serves, in plan order.
  public func queues(servedBy agent: AgentID) -> [QueueID] {
    seating.indices(of: agent).map { seating[$0].queue }
  }
}
