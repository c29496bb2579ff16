import Base
import Events
import Routing
import YAMLTree
import Yams

// Tiers that no caller reaches.

extension ConfigurationParser {
  mutating func adviseOnTiers(_ reading: PlanReading) {
    for queue in reading.queues where !queue.plan.members.isEmpty {
      warnOfGaps(queue)
      warnOfMissingWaits(queue)
      warnOfUselessWaits(queue)
      // Members of a higher tier alone do wait for the empty ones before it.
      warnIdle(
        queue, "tier-waits-for-empty", queue.plan.members.last?.tier == 0,
        "all members are in tier 1, so there is no other to wait for; give members a tier, or leave it out"
      )
      if queue.service == .served { warnOfUnskilledTiers(queue, reading) }
    }
  }

  /// The places of the first member of each tier, by tier.
  private func firstMembers(_ queue: WrittenQueue) -> [Int: Node] {
    let places = queue.members.map { member in
      (Int(member.member.tier), member.keys["tier"]?.key ?? member.node)
    }
    return Dictionary(places, uniquingKeysWith: { first, _ in first })
  }

  private mutating func warnOfGaps(_ queue: WrittenQueue) {
    let first = firstMembers(queue)
    var expected = 0
    for tier in first.keys.sorted() {
      if tier > expected, let node = first[tier] {
        warn(
          node,
          "tier \(tier + 1): nobody is in tier \(expected + 1), so callers wait for a tier that brings nobody; number the tiers without a gap"
        )
      }
      expected = tier + 1
    }
  }

  private mutating func warnOfMissingWaits(_ queue: WrittenQueue) {
    let waits = queue.plan.tierAfter.count
    let first = firstMembers(queue)
    guard let tier = first.keys.filter({ $0 > waits }).min(), let node = first[tier] else { return }
    warn(
      node,
      "tier \(tier + 1): \"tier-after\" has no wait for it, so no caller is offered to it for having waited; give tier-after: [SECONDS]"
    )
  }

  private mutating func warnOfUselessWaits(_ queue: WrittenQueue) {
    guard let written = queue.keys["tier-after"] else { return }
    let plan = queue.plan
    let items = written.value.sequence.map { Array($0) } ?? []
    let last = Int(plan.members.last?.tier ?? 0)
    if last == 0 {
      warn(
        written.key,
        "tier-after: all members are in tier 1, so nobody more is tried; give members a tier, or leave it out"
      )
      return
    }
    if items.count > last {
      warn(
        items[last],
        "tier-after: \(items.count) waits for \(last + 1) tiers: nobody is in the tiers after tier \(last + 1); leave out what is too much"
      )
    }
    guard plan.maxWait > .zero, plan.whenExhausted != .stay, plan.whenExhausted != .offerCallBack
    else {
      return
    }
    for (item, wait) in zip(items, plan.tierAfter).prefix(last) where wait >= plan.maxWait {
      warn(
        item,
        "tier-after: callers leave after max-wait (\(plan.maxWait.wholeSeconds) s), so none of them reaches this tier; make the wait shorter, or max-wait longer"
      )
    }
  }

  private mutating func warnOfUnskilledTiers(_ queue: WrittenQueue, _ reading: PlanReading) {
    let skilled = Set(
      queue.plan.members.filter { reading.canServe($0, queue.plan) }.map { Int($0.tier) })
    let first = firstMembers(queue)
    for tier in first.keys.sorted() where !skilled.contains(tier) {
      guard let node = first[tier] else { continue }
      let skills = directory.names(of: queue.plan.skills).joined(separator: ", ")
      warn(
        node,
        "tier \(tier + 1): none of its members has the skills of queue \"\(queue.name)\" (\(skills)), so it never helps; move a rep who has them there, or leave the tier out"
      )
    }
  }
}
