import Base

// How long callers can expect to wait: only the reps who could answer a caller count, and only the callers
// whom those might serve.

extension RoutingEngine {
  /// A waiting call's place among the callers who wait for the same reps, 1 being the next; 0 while a phone
  /// rings for it. Those before it in line whom no rep who is ready for this caller may serve do not count.
  /// - Complexity: O(log *callers*); where callers with skills wait, O(*callers* + *reps* x *kinds of
  ///   callers*).
  public func position(of call: CallID) -> Int {
    guard calls.contains(call), calls[call].state == .waiting else { return 0 }
    let queue = calls[call].queue
    let line = queues[queue.index].line
    let place = line.position(of: calls[call].place)
    if queues[queue.index].skilledWaiting == 0 || place == 1 { return place }
    var census = Census(queue)
    for position in 0..<place - 1 { census.add(calls[line[position]].skills) }
    return position(behind: &census, calls[call].skills)
  }

  /// The places of all who wait in a queue, as ``position(of:)`` tells them.
  /// - Complexity: O(*callers* x *kinds of callers* + *reps* x *kinds of callers* squared)
  public func positions(in queue: QueueID) -> [(call: CallID, position: Int)] {
    let line = queues[queue.index].line
    var census = Census(queue)
    return (0..<line.count).map { index in
      let call = line[index]
      let skills = calls[call].skills
      let position =
        queues[queue.index].skilledWaiting == 0
        ? index + 1 : position(behind: &census, skills)
      census.add(skills)
      return (call, position)
    }
  }

  /// Callers counted by the skills they need, and whether reps for one kind might serve another.
  private struct Census {
    let queue: QueueID
    private(set) var kinds: [SkillSet] = []
    private(set) var counts: [Int] = []
    var total = 0
    /// By kind, whether a rep who is ready for it might serve each of the kinds known by then; empty: there
    /// is no such rep.
    var mayServe: [SkillSet: [Bool]] = [:]

    init(_ queue: QueueID) { self.queue = queue }

    mutating func add(_ skills: SkillSet) {
      total += 1
      if let kind = kinds.firstIndex(of: skills) {
        counts[kind] += 1
      } else {
        kinds.append(skills)
        counts.append(1)
      }
    }
  }

  private func position(behind census: inout Census, _ skills: SkillSet) -> Int {
    var served = census.mayServe[skills]
    if served?.count != census.kinds.count {
      let reps = repsReady(for: skills, in: census.queue)
      // With nobody to share, everybody is before.
      served = census.kinds.map { kind in
        reps.isEmpty || reps.contains { serves($0, kind, in: census.queue) }
      }
      census.mayServe[skills] = served
    }
    return 1 + zip(census.counts, served ?? []).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
  }

  private func serves(_ agent: AgentID, _ skills: SkillSet, in queue: QueueID) -> Bool {
    skills.union(plan.queues[queue.index].skills).isSubset(of: plan.agents[agent.index].skills)
  }

  /// The reps who take calls of the queue and have the skills.
  private func repsReady(for skills: SkillSet, in queue: QueueID) -> [AgentID] {
    plan.queues[queue.index].members.lazy.map(\.agent)
      .filter { canAnswer($0, for: queue) && serves($0, skills, in: queue) }
  }

  /// The wait that a waiting caller can expect: the smoothed handle time shared by the reps who take calls
  /// and have the caller's skills, for each caller before and the caller itself.
  ///
  /// A rule of thumb, good for "about five minutes"; 0 while a phone rings, `nil` when nobody who could
  /// answer is ready.
  public func estimatedWait(of call: CallID) -> TimeSpan? {
    estimatedWait(of: call, at: position(of: call))
  }

  /// The same for a call whose position is known.
  public func estimatedWait(of call: CallID, at position: Int) -> TimeSpan? {
    guard calls.contains(call), calls[call].state == .waiting else { return .zero }
    let queue = calls[call].queue
    let isPlain = skillsNeeded(for: call).isEmpty
    let reps =
      isPlain
      ? queues[queue.index].answering : repsReady(for: calls[call].skills, in: queue).count
    if reps == 0 { return nil }
    return queues[queue.index].handleTime * position / Int64(reps)
  }

  /// The wait that the next caller of `queue` without skills of the caller's own could expect; 0 when a rep
  /// is free, `nil` when nobody is ready. A rep who is free while others wait can serve none of them, so
  /// the next caller is before them.
  public func estimatedWait(in queue: QueueID) -> TimeSpan? {
    let row = queues[queue.index]
    let ready = repsReady(for: [], in: queue)
    if ready.isEmpty { return nil }
    let isAnybodyFree = ready.contains { agent in
      seating.seat(of: agent, in: queue).map { row.isFree($0.ordinal) } ?? false
    }
    if isAnybodyFree { return .zero }
    var census = Census(queue)
    for position in 0..<row.line.count { census.add(calls[row.line[position]].skills) }
    let position = position(behind: &census, [])
    return row.handleTime * position / Int64(ready.count)
  }

  /// The first queue in which callers wait or ring whom nobody else who is at work could serve, were the rep
  /// not there, and how many.
  /// - Complexity: O(*callers* x *members*)
  public func callersLeftAlone(by agent: AgentID) -> (queue: QueueID, count: Int)? {
    guard agents[agent.index].isLoggedIn else { return nil }
    for i in seating.indices(of: agent) {
      let queue = seating[i].queue
      let count = liveCalls.count { call in
        let row = calls[call]
        guard row.queue == queue, row.state == .waiting || row.state == .offered else {
          return false
        }
        return !plan.queues[queue.index].members.contains { member in
          member.agent != agent && agents[member.agent.index].isLoggedIn
            && hasSkills(member.agent, for: call)
        }
      }
      if count > 0 { return (queue, count) }
    }
    return nil
  }
}
