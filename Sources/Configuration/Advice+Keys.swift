import Base
import Events
import Routing
import YAMLTree
import Yams

// Keys of a queue that have no effect beside its other keys.

extension ConfigurationParser {
  mutating func adviseOnLimits(_ reading: PlanReading) {
    for queue in reading.queues {
      warnOfExhaustion(queue)
      warnOfPresence(queue)
      warnIdle(
        queue, "when-full", queue.plan.maxLength == 0,
        "the line has no limit, so it is never full; give max-length, or leave it out")
      warnIdle(
        queue, "when-closed", queue.hours.isAlwaysOpen,
        "the queue is always open; give office-hours, or leave it out")
      warnIdle(
        queue, "at-closing", queue.hours.isAlwaysOpen,
        "the queue is always open, so it never closes; give office-hours, or leave it out")
      for key in ["time-zone", "holidays"] {
        warnIdle(
          queue, key, queue.hours.isAlwaysOpen,
          "the queue is always open; give office-hours, or leave it out")
      }
      warnOfStayingOutside(queue)
    }
  }

  /// Warns of a key that is given, if it has no effect.
  mutating func warnIdle(
    _ queue: WrittenQueue, _ key: String, _ hasNoEffect: Bool, _ why: String
  ) {
    guard hasNoEffect, let written = queue.keys[key] else { return }
    warn(written.key, "\(key) has no effect: \(why)")
  }

  private mutating func warnOfExhaustion(_ queue: WrittenQueue) {
    let plan = queue.plan
    warnIdle(
      queue, "when-exhausted", !queue.hasLimits,
      "nothing is ever used up; give max-wait, max-offers or max-ring-time, or leave it out")
    guard plan.whenExhausted == .stay else { return }
    let limits: [(String, Bool)] = [
      ("max-wait", plan.maxWait > .zero), ("max-offers", plan.maxOffers > 0),
      ("max-ring-time", plan.maxRingTime > .zero),
    ]
    for (key, isGiven) in limits {
      warnIdle(
        queue, key, isGiven,
        "with when-exhausted: stay the caller stays in line; say where callers go, or leave it out")
    }
  }

  private mutating func warnOfPresence(_ queue: WrittenQueue) {
    let plan = queue.plan
    warnOfOpenDoor(queue)
    warnIdle(
      queue, "when-empty", !queue.needsSomebody && !plan.members.isEmpty,
      "nobody need be there to join or to stay; give join-needs or stay-needs, or leave it out")
    guard plan.whenEmpty == .stay else { return }
    warnIdle(
      queue, "stay-needs", plan.stayNeeds != .nobody,
      "with when-empty: stay the caller stays all the same; say where callers go, or leave it out")
    if plan.joinNeeds != .nobody, let written = queue.keys["join-needs"] {
      warn(
        written.key,
        "join-needs: with when-empty: stay there is no line to stay in, so the caller is turned away; say when-empty: reject if that is meant, else voicemail or queue:NAME"
      )
    }
  }

  /// Warns of callers who are to stay in a line that they are not let into.
  private mutating func warnOfStayingOutside(_ queue: WrittenQueue) {
    let plan = queue.plan
    let doors: [(String, Bool)] = [
      ("when-full", plan.whenFull == .stay && plan.maxLength > 0),
      ("when-closed", plan.whenClosed == .stay && !queue.hours.isAlwaysOpen),
    ]
    for (key, isMeant) in doors where isMeant {
      guard let written = queue.keys[key] else { continue }
      warn(
        written.key,
        "\(key): with stay there is no line to stay in, so the caller is turned away; say reject if that is meant, else voicemail or queue:NAME"
      )
    }
  }

  /// Warns of a door that asks for less than what decides there: who could not stay is not let in.
  private mutating func warnOfOpenDoor(_ queue: WrittenQueue) {
    let plan = queue.plan
    guard plan.stayNeeds.rawValue > plan.joinNeeds.rawValue, plan.whenEmpty != .stay,
      !plan.members.isEmpty, let written = queue.keys["join-needs"]
    else { return }
    let needed = plan.stayNeeds == .ready ? "ready" : "logged-in"
    warn(
      written.key,
      "join-needs has no effect: stay-needs: \(needed) asks for more, and who could not stay is not let in; leave it out, or ask for less to stay"
    )
  }

  // MARK: Members

  mutating func adviseOnMembers(_ reading: PlanReading) {
    var queuesOf: [AgentID: Int] = [:]
    for member in reading.plan.queues.flatMap(\.members) { queuesOf[member.agent, default: 0] += 1 }
    for queue in reading.queues {
      let members = queue.plan.members
      warnOfWeights(queue)
      warnIdle(
        queue, "idle-counts", !queue.plan.strategy.heedsIdleness,
        "idleness counts with longest-idle, fewest-calls and least-talk-time only; choose one of these strategies, or leave it out"
      )
      warnOfLoneRep(queue)
      warnIdle(
        queue, "strategy",
        queue.plan.strategy == .weightedRandom && Set(members.map(\.weight)).count == 1
          && members.count > 1,
        "all weights are alike, so weighted-random is random; give the members weights, or say random"
      )
      warnIdle(
        queue, "weight",
        queue.plan.weight > 0 && !areMembersDoubtful
          && !members.contains { queuesOf[$0.agent, default: 0] > 1 },
        "none of the members serves another queue; leave it out")
      warnIdle(
        queue, "minimum-cover",
        Int(queue.plan.minimumCover) >= max(1, members.count) && !members.isEmpty,
        "with \(members.count) members there are never so many others free, so none may ever place an outbound call; make it smaller"
      )
    }
  }

  private mutating func warnOfWeights(_ queue: WrittenQueue) {
    if queue.plan.strategy == .weightedRandom { return }
    for member in queue.members {
      guard let written = member.keys["weight"] else { continue }
      warn(
        written.key,
        "weight of a member has no effect: only strategy: weighted-random draws by weight; leave it out, or choose that strategy"
      )
    }
  }

  /// Warns of cover that a rep alone cannot give, and that the file does not speak of.
  private mutating func warnOfLoneRep(_ queue: WrittenQueue) {
    let plan = queue.plan
    guard !queue.has("minimum-cover"), plan.minimumCover > 0, plan.members.count == 1,
      let member = plan.members.first
    else { return }
    let name = directory.agents[member.agent.index].name
    warn(
      queue.node,
      "queue \"\(queue.name)\": \"\(name)\" is its only member, and minimum-cover is \(plan.minimumCover) unless given, so no outbound call of that rep is ever granted; say minimum-cover: 0 to let the rep call out"
    )
  }

  // MARK: Ringing and reports

  mutating func adviseOnReporting(_ reading: PlanReading) {
    var numbers: [String: String] = [:]
    for queue in reading.queues {
      let entry = directory.queues[queue.id.index]
      let rings = Int(queue.plan.ringTimeout / max(.microseconds(1), entry.ringCycle))
      warnIdle(
        queue, "target-rings", entry.targetRings > rings,
        "a phone rings \(rings) times, so every answer is in time; make it \(rings) or less, or rings more"
      )
      warnIdle(
        queue, "ring-cycle", entry.ringCycle == RingCadence.us.cycle,
        "it is \(entry.ringCycle.wholeSeconds) s without it; leave it out, or say cadence: us")
      warnOfShortTime(queue.keys["ring-cycle"], "ring-cycle")
      warnOfShortRing(queue, reading)
      let rests = WrittenKey.keys(of: queue.keys["rest-after"]?.value)
      for key in ["ignored", "no-answer", "unreachable"] {
        warnOfShortTime(rests[key], "rest-after: \(key)")
      }
      guard let number = entry.number, let written = queue.keys["number"] else { continue }
      if let other = numbers.updateValue(queue.name, forKey: number) {
        warn(
          written.key,
          "number: \"\(number)\" is the number of \"\(other)\" too, so nobody can tell which queue a call to it is for; give each queue its own"
        )
      }
    }
  }

  /// Warns of a limit that ends before one ring does. Reps with a ring time of their own are not judged.
  private mutating func warnOfShortRing(_ queue: WrittenQueue, _ reading: PlanReading) {
    let plan = queue.plan
    guard plan.maxRingTime > .zero, plan.maxRingTime < plan.ringTimeout,
      plan.whenExhausted != .stay,
      plan.members.contains(where: { reading.plan.agents[$0.agent.index].ringTimeout == nil }),
      let written = queue.keys["max-ring-time"]
    else { return }
    let cycle = directory.queues[queue.id.index].ringCycle
    warn(
      written.key,
      "max-ring-time: less than one ring (\(plan.ringTimeout / cycle) rings, \(plan.ringTimeout.wholeSeconds) s), so no phone rings in full; make it longer, or rings less"
    )
  }
}

extension Strategy {
  /// Whether idleness decides, or breaks ties.
  fileprivate var heedsIdleness: Bool {
    switch self {
    case .longestIdle, .fewestCalls, .leastTalkTime: true
    case .rotating, .nextAfterLastAnswer, .simultaneous, .fixedOrder, .random, .weightedRandom:
      false
    }
  }
}
