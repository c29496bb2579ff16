/// Work left over within a step: who must be looked at before it ends. Not part of the state.
struct Unsettled: Sendable {
  private var calls = Line<CallID>()
  private var agents = Line<AgentID>()
  private var joiners = Line<AgentID>()
  private var crowdedQueues = Line<QueueID>()
  private var leavers = Line<AgentID>()
  private var thinnedQueues = Line<QueueID>()
  private var count = 0

  /// Whether there was more than one caller or rep to look at: then a caller may be first for some reps and
  /// not for others.
  var isCrowded: Bool { count > 1 }

  /// A call has begun to wait.
  mutating func add(_ call: CallID) { if calls.add(call) { count += 1 } }

  /// A rep has become free.
  mutating func add(_ agent: AgentID) { if agents.add(agent) { count += 1 } }

  /// A free rep has nobody to take, and may ring along where phones ring together.
  mutating func addJoiner(_ agent: AgentID) { _ = joiners.add(agent) }

  /// Several have begun to wait, one of them in this queue: its free members are to be looked at, once.
  mutating func addCrowded(_ queue: QueueID) { _ = crowdedQueues.add(queue) }

  /// A rep who is no longer employed has free hands.
  mutating func addLeaver(_ agent: AgentID) { _ = leavers.add(agent) }

  /// Fewer members of the queue take its calls: callers may wait for a tier that has nobody.
  mutating func noteFewerReady(in queue: QueueID) { _ = thinnedQueues.add(queue) }

  mutating func nextCall() -> CallID? { calls.next() }
  mutating func nextAgent() -> AgentID? { agents.next() }
  mutating func nextJoiner() -> AgentID? { joiners.next() }
  mutating func nextCrowdedQueue() -> QueueID? { crowdedQueues.next() }
  mutating func nextLeaver() -> AgentID? { leavers.next() }
  mutating func nextThinnedQueue() -> QueueID? { thinnedQueues.next() }

  mutating func removeAll() {
    if count > 0 {
      calls.removeAll()
      agents.removeAll()
      count = 0
    }
    joiners.removeAll()
    crowdedQueues.removeAll()
    leavers.removeAll()
    thinnedQueues.removeAll()
  }

  /// First in, first out; the memory is used again.
  private struct Line<Element: BitwiseCopyable & Sendable & Equatable>: Sendable {
    private var elements: [Element] = []
    private var head = 0
    private var tail = 0

    /// - Returns: `false` if the element was added last.
    mutating func add(_ element: Element) -> Bool {
      if tail > head, elements[tail - 1] == element { return false }
      if tail < elements.count { elements[tail] = element } else { elements.append(element) }
      tail += 1
      return true
    }

    mutating func next() -> Element? {
      if head == tail { return nil }
      let element = elements[head]
      head += 1
      if head == tail { removeAll() }
      return element
    }

    mutating func removeAll() {
      head = 0
      tail = 0
    }
  }
}
