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
  public var estimatedWait: Microseconds?
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

  /// A waiting call's place among the callers who wait for the same reps, 1 being the next; 0 while a phone
  /// rings for it. Those before it in line whom no rep who is ready for this caller may serve do not count.
  /// - Complexity: O(log *callers*); O(*callers* x *reps*) where callers with skills wait.
  public func position(of call: CallID) -> Int {
    guard calls.contains(call), calls[call].state == .waiting else { return 0 }
    let queue = calls[call].queue
    let place = queues[queue.index].line.position(of: calls[call].place)
    if queues[queue.index].skilledWaiting == 0 || place == 1 { return place }
    let reps = repsReady(for: call)
    if reps.isEmpty { return place }
    let line = queues[queue.index].line
    return 1
      + (0..<place - 1).count { position in
        reps.contains { hasSkills($0, for: line[position]) }
      }
  }

  /// The reps who take calls of the call's queue and have the skills it needs.
  private func repsReady(for call: CallID) -> [AgentID] {
    let queue = calls[call].queue
    return plan.queues[queue.index].members.lazy.map(\.agent)
      .filter { isReady($0, for: queue) && hasSkills($0, for: call) }
  }

  /// The wait that a waiting caller can expect: the smoothed handle time shared by the reps who take calls
  /// and have the caller's skills, for each caller before and the caller itself.
  ///
  /// A rule of thumb, good for "about five minutes"; 0 while a phone rings, `nil` when nobody who could
  /// answer is ready.
  public func estimatedWait(of call: CallID) -> Microseconds? {
    guard calls.contains(call), calls[call].state == .waiting else { return 0 }
    let queue = calls[call].queue
    let isPlain = skillsNeeded(for: call).isEmpty
    let reps = isPlain ? Int(queues[queue.index].ready) : repsReady(for: call).count
    if reps == 0 { return nil }
    return queues[queue.index].handleTime.times(position(of: call)) / Int64(reps)
  }

  /// The wait that the next caller of `queue` without skills of the caller's own could expect; 0 when a rep
  /// is free, `nil` when nobody is ready. A rep who is free while others wait can serve none of them, so
  /// the next caller is before them.
  public func estimatedWait(in queue: QueueID) -> Microseconds? {
    let row = queues[queue.index]
    let needed = plan.queues[queue.index].skills
    let members = plan.queues[queue.index].members
    let isServed = { (member: Member) in needed.isSubset(of: plan.agents[member.agent.index].skills)
    }
    let ready = members.count { isReady($0.agent, for: queue) && isServed($0) }
    if ready == 0 { return nil }
    let isAnybodyFree = members.indices.contains { index in
      row.isFree(Int32(index)) && isServed(members[index])
    }
    return isAnybodyFree ? 0 : row.handleTime.times(row.line.count + 1) / Int64(ready)
  }

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
