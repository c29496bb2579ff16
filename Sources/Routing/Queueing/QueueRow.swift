import Base

/// The hot state of one queue.
struct QueueRow: Sendable {
  /// Callers whom no phone rings for.
  var line = WaitingLine()
  /// Callers whom phones ring for and whom other reps may still take or join: those whom the rep rung has
  /// refused before, and those of `simultaneous`. In the order in which the rings began.
  var ringing: [CallID] = []
  /// Free members, one bit each by ordinal.
  var free: [UInt64] = []
  /// Per tier, the ordinal of the member chosen last (or who answered last); -1: none yet.
  var pointers: [Int32] = []
  /// Members logged in.
  var loggedIn: Int32 = 0
  /// Members who take the queue's calls, free or busy.
  var ready: Int32 = 0
  /// Those of them whose phones are there, by tier.
  var readyByTier: [Int32] = []
  /// Callers in line who need skills of their own.
  var skilledWaiting: Int32 = 0
  /// Smoothed handle time, for estimated waits.
  var handleTime: TimeSpan
  /// Office hours: the span in force or to come.
  var opensAt = Instant.distantPast
  var closesAt = Instant.never
  var isOpen = true

  init(expectedHandleTime: TimeSpan) { handleTime = expectedHandleTime }

  /// Members who take the queue's calls, free or busy, and whose phones are there.
  var answering: Int { Int(readyByTier.reduce(0, +)) }

  /// How many members are free.
  var freeCount: Int { free.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The ordinal of the first free member in `from..<limit`.
  /// - Complexity: O(members / 64)
  @inline(__always)
  func nextFree(from: Int, below limit: Int) -> Int? {
    if from >= limit { return nil }
    var word = from >> 6
    var bits = free[word] & (~0 << UInt64(from & 63))
    while true {
      if bits != 0 {
        let ordinal = word << 6 + bits.trailingZeroBitCount
        return ordinal < limit ? ordinal : nil
      }
      word += 1
      if word << 6 >= limit { return nil }
      bits = free[word]
    }
  }

  /// Whether the member with this ordinal is free.
  @inline(__always)
  func isFree(_ ordinal: Int32) -> Bool {
    free[Int(ordinal) >> 6] >> UInt64(ordinal & 63) & 1 == 1
  }
}

/// Who sits where: for each rep the queues served and the ordinal in each; for each queue where its
/// tiers end. Derived from the plan.
struct Seating: Sendable {
  /// A rep's place in one queue.
  struct Seat: Sendable, BitwiseCopyable {
    var queue: QueueID
    var ordinal: Int32
    var tier: UInt8
  }

  private var seats: [Seat] = []
  private var firstSeat: [Int32] = [0]
  /// Per queue, the ordinal after the last member of each tier.
  var tierEnds: [[Int]] = []
  /// Whether phones of several reps may ring for one call.
  var hasSimultaneous = false

  init() {}

  init(_ plan: RoutingPlan) {
    for agent in plan.agents.indices {
      for (q, queue) in plan.queues.enumerated() {
        if let o = queue.members.firstIndex(where: { $0.agent.index == agent }) {
          let tier = queue.members[o].tier
          seats.append(Seat(queue: QueueID(q), ordinal: Int32(o), tier: tier))
        }
      }
      firstSeat.append(Int32(seats.count))
    }
    hasSimultaneous = plan.queues.contains { $0.strategy == .simultaneous }
    tierEnds = plan.queues.map { queue in
      let last = queue.members.last.map { Int($0.tier) } ?? 0
      return (0...last).map { tier in queue.members.prefix { Int($0.tier) <= tier }.count }
    }
  }

  /// The indices of the rep's seats.
  @inline(__always)
  func indices(of agent: AgentID) -> Range<Int> {
    Int(firstSeat[agent.index])..<Int(firstSeat[agent.index + 1])
  }

  @inline(__always)
  subscript(index: Int) -> Seat { seats[index] }

  /// The ordinal of `agent` in `queue`, if a member.
  func ordinal(of agent: AgentID, in queue: QueueID) -> Int? {
    seat(of: agent, in: queue).map { Int($0.ordinal) }
  }

  /// The place of `agent` in `queue`, if a member.
  @inline(__always)
  func seat(of agent: AgentID, in queue: QueueID) -> Seat? {
    for i in indices(of: agent) where seats[i].queue == queue { return seats[i] }
    return nil
  }

  /// How many tiers the queue has; at least 1.
  func tierCount(of queue: QueueID) -> Int { tierEnds[queue.index].count }

  /// The ordinals of tier `tier` of `queue`.
  @inline(__always)
  func range(ofTier tier: Int, in queue: QueueID) -> Range<Int> {
    let ends = tierEnds[queue.index]
    return (tier == 0 ? 0 : ends[tier - 1])..<ends[tier]
  }
}

extension RoutingEngine {
  /// Derives seating, free sets and presence from the plan; pointers follow their reps.
  mutating func seat(replacing old: RoutingPlan? = nil) {
    let oldPointers = queues.map(\.pointers)
    seating = Seating(plan)
    for q in plan.queues.indices {
      let words = (plan.queues[q].members.count + 63) / 64
      queues[q].free = Array(repeating: 0, count: words)
      queues[q].pointers = seating.tierEnds[q].indices.map { tier in
        pointer(ofTier: tier, in: QueueID(q), from: old, oldPointers[q])
      }
    }
    countPresence()
    for agent in agents.indices { refreshFreedom(AgentID(agent)) }
  }

  /// The rep the old pointer stood on, at the rep's new ordinal; if gone, the one before in order.
  private func pointer(
    ofTier tier: Int, in queue: QueueID, from old: RoutingPlan?, _ pointers: [Int32]
  ) -> Int32 {
    guard let old, tier < pointers.count, queue.index < old.queues.count else { return -1 }
    var ordinal = Int(pointers[tier])
    let range = seating.range(ofTier: tier, in: queue)
    while ordinal >= 0 {
      let agent = old.queues[queue.index].members[ordinal].agent
      if let new = seating.ordinal(of: agent, in: queue), range.contains(new) { return Int32(new) }
      ordinal -= 1
    }
    return -1
  }

  /// Counts members logged in and ready, for all queues.
  mutating func countPresence() {
    for q in queues.indices {
      queues[q].loggedIn = 0
      queues[q].ready = 0
      queues[q].readyByTier = Array(repeating: 0, count: seating.tierEnds[q].count)
    }
    for agent in agents.indices { count(AgentID(agent), 1) }
  }

  /// Adds the rep to the counts of the queues served, or takes the rep out of them.
  private mutating func count(_ agent: AgentID, _ sign: Int32) {
    guard agents[agent.index].isLoggedIn else { return }
    for i in seating.indices(of: agent) {
      let seat = seating[i]
      queues[seat.queue.index].loggedIn += sign
      guard isReady(agent, for: seat.queue) else { continue }
      queues[seat.queue.index].ready += sign
      if !isPhoneThere(agent) { continue }
      queues[seat.queue.index].readyByTier[Int(seat.tier)] += sign
      if sign < 0 { unsettled.noteFewerReady(in: seat.queue) }
    }
  }

  /// Runs `body`, which may change whether the rep is at work or ready, and keeps counts and free sets in
  /// step.
  mutating func changePresence(of agent: AgentID, _ body: (inout Self) -> Void) {
    count(agent, -1)
    body(&self)
    count(agent, 1)
    refreshFreedom(agent)
  }

  /// Whether the rep takes calls of `queue`, free or busy.
  @inline(__always)
  func isReady(_ agent: AgentID, for queue: QueueID) -> Bool {
    let row = agents[agent.index]
    return row.availability == .ready && !(row.isAwayFromQueues && hasLeft(agent, queue))
  }

  /// Whether the rep takes calls of `queue`, now or when the hands are free, with a phone that is there.
  func canAnswer(_ agent: AgentID, for queue: QueueID) -> Bool {
    isReady(agent, for: queue) && isPhoneThere(agent)
  }

  /// Whether the rep has left this one queue.
  func hasLeft(_ agent: AgentID, _ queue: QueueID) -> Bool {
    notReadySwitches[agent.index].contains { $0.queue == queue }
  }

  /// Sets the rep's bit in the free set of each queue served. A rep who has become free is looked at
  /// before the step ends, and so is one who has left the firm.
  mutating func refreshFreedom(_ agent: AgentID) {
    let row = agents[agent.index]
    let isFree = row.isFree
    for i in seating.indices(of: agent) {
      let seat = seating[i]
      let word = Int(seat.ordinal) >> 6
      let bit: UInt64 = 1 << UInt64(seat.ordinal & 63)
      if isFree, !(row.isAwayFromQueues && hasLeft(agent, seat.queue)) {
        queues[seat.queue.index].free[word] |= bit
      } else {
        queues[seat.queue.index].free[word] &= ~bit
      }
    }
    if isFree { unsettled.add(agent) }
    if row.activity == .idle, row.isLoggedIn, plan.agents[agent.index].isRetired {
      unsettled.addLeaver(agent)
    }
  }
}
