import Routing
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
    }
  }

  /// Warns of a key that is given, if it has no effect.
  private mutating func warnIdle(
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
      ("max-wait", plan.maxWait > 0), ("max-offers", plan.maxOffers > 0),
      ("max-ring-time", plan.maxRingTime > 0),
    ]
    for (key, isGiven) in limits {
      warnIdle(
        queue, key, isGiven,
        "with when-exhausted: stay the caller stays in line; say where callers go, or leave it out")
    }
  }

  private mutating func warnOfPresence(_ queue: WrittenQueue) {
    let plan = queue.plan
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

  // MARK: Members

  mutating func adviseOnMembers(_ reading: PlanReading) {
    var queuesOf: [AgentID: Int] = [:]
    for member in reading.plan.queues.flatMap(\.members) { queuesOf[member.agent, default: 0] += 1 }
    for queue in reading.queues {
      let members = queue.plan.members
      if queue.plan.strategy != .weightedRandom {
        for member in queue.members {
          guard let written = member.keys["weight"] else { continue }
          warn(
            written.key,
            "weight of a member has no effect: only strategy: weighted-random draws by weight; leave it out, or choose that strategy"
          )
        }
      }
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

  // MARK: Ringing and reports

  mutating func adviseOnReporting(_ reading: PlanReading) {
    var numbers: [String: String] = [:]
    for queue in reading.queues {
      let entry = directory.queues[queue.id.index]
      let rings = Int(queue.plan.ringTimeout / max(1, entry.ringCycle))
      warnIdle(
        queue, "target-rings", entry.targetRings > rings,
        "a phone rings \(rings) times, so every answer is in time; make it \(rings) or less, or rings more"
      )
      warnIdle(
        queue, "ring-cycle", entry.ringCycle == RingCadence.us.cycle,
        "it is \(entry.ringCycle / 1_000_000) s without it; leave it out, or say cadence: us")
      warnOfShortTime(queue.keys["ring-cycle"], "ring-cycle")
      guard let number = entry.number, let written = queue.keys["number"] else { continue }
      if let other = numbers.updateValue(queue.name, forKey: number) {
        warn(
          written.key,
          "number: \"\(number)\" is the number of \"\(other)\" too, so nobody can tell which queue a call to it is for; give each queue its own"
        )
      }
    }
  }
}
