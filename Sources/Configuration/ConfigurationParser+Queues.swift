import Base
import Events
import Foundation
import Routing
import YAMLTree
import Yams

extension ConfigurationParser {
  private static let queueKeys = [
    "strategy", "members", "rings", "cadence", "ring-cycle", "target-rings", "skills", "weight",
    "number", "max-length", "max-wait", "max-offers", "max-ring-time", "tier-after",
    "tier-waits-for-empty", "idle-counts", "join-needs",
    "stay-needs", "when-full", "when-closed", "at-closing", "when-empty", "when-exhausted",
    "rest-after",
    "wrap-up", "minimum-cover", "expected-handle-time", "service-level", "short-abandon",
    "office-hours", "time-zone", "holidays", "was",
  ]
  private static let strategies = Strategy.allCases.map { ($0.word, $0) }

  /// Fills the directory and returns the plan's rows and their office hours, old ids first.
  mutating func parseQueues(
    _ node: Node?, _ hours: OfficeHours
  ) -> ([QueuePlan], [OfficeHours]) {
    directory.queues = previous.queues
    for i in directory.queues.indices { directory.queues[i].isRetired = true }
    guard let node else { return ([], []) }
    let entries = entries(node, "queues")
    queueNames = positions(of: entries, .queues)
    for (key, keyNode, _) in entries {
      _ = identifier(keyNode, "queue")
      let blank = Directory.Queue(
        name: key, ringCycle: RingCadence.us.cycle, targetRings: 3,
        serviceLevelThreshold: .seconds(20), serviceLevelTarget: 0.8, shortAbandon: .seconds(5))
      if let index = queueNames.positions[key], index < directory.queues.count {
        directory.queues[index] = blank
      } else {
        directory.queues.append(blank)
      }
    }
    var plans = Array(repeating: QueuePlan(members: []), count: directory.queues.count)
    var allHours = Array(repeating: hours, count: directory.queues.count)
    for (key, _, value) in entries {
      guard let index = queueNames.positions[key] else { continue }
      let before = problems.count
      plans[index] = parseQueue(key, value, index)
      if problems.count > before { doubtfulQueues.insert(index) }
      allHours[index] = parseOwnHours(value, hours)
    }
    return (plans, allHours)
  }

  private mutating func parseQueue(_ name: String, _ node: Node, _ index: Int) -> QueuePlan {
    let keys = section(node, "queue \"\(name)\"", keys: Self.queueKeys)
    var plan = QueuePlan(members: [])
    if let node = keys["members"] {
      plan.members = parseMembers(node)
    } else {
      complain(node, "queue \"\(name)\": \"members\" is missing")
    }
    if let node = keys["strategy"] {
      plan.strategy = choice(node, "strategy", Self.strategies) ?? .rotating
    }
    plan.ringTimeout = parseRinging(keys, node, index)
    parseLimits(keys, &plan)
    parseOverflows(keys, &plan)
    parseReporting(keys, index)
    if let node = keys["skills"] { plan.skills = skills(node) }
    if let node = keys["weight"] { plan.weight = Int32(integer(node, "weight", in: 0...1_000)) }
    if let node = keys["wrap-up"] { plan.wrapUp = span(node, "wrap-up") }
    if let node = keys["minimum-cover"] {
      plan.minimumCover = UInt16(integer(node, "minimum-cover", in: 0...1_000))
    }
    if let node = keys["expected-handle-time"] {
      plan.expectedHandleTime = span(node, "expected-handle-time")
    }
    if let node = keys["rest-after"] { plan.rest = parseRest(node) }
    if let node = keys["tier-after"] { plan.tierAfter = parseTiers(node, plan.members) }
    if let node = keys["tier-waits-for-empty"] {
      plan.tierWaitsForEmpty =
        choice(node, "tier-waits-for-empty", [("no", false), ("yes", true)]) ?? false
    }
    if let node = keys["idle-counts"] {
      let countings: [(String, IdleCounting)] = [
        ("ready", .ready), ("since-last-call", .sinceLastCall),
      ]
      plan.idleCounts = choice(node, "idle-counts", countings) ?? .ready
    }
    return plan
  }

  private mutating func parseMembers(_ node: Node) -> [Member] {
    var members: [Member] = []
    var seen: Set<Int> = []
    for item in list(node, "members") {
      var tier = 0
      var weight = 1
      var agentNode = item
      if item.mapping != nil {
        let keys = section(item, "member", keys: ["agent", "tier", "weight"])
        guard let node = keys["agent"] else {
          complain(item, "member: \"agent\" is missing")
          continue
        }
        agentNode = node
        if let node = keys["tier"] { tier = integer(node, "tier", in: 1...Limits.tiers) - 1 }
        if let node = keys["weight"] { weight = integer(node, "weight", in: 1...1_000) }
      }
      guard let known = position(agentNode, "agent", in: agentNames) else { continue }
      if !seen.insert(known).inserted {
        complain(agentNode, "members: \"\(directory.agents[known].name)\" is given twice")
      }
      members.append(Member(AgentID(known), tier: UInt8(tier), weight: UInt16(weight)))
    }
    // Stable, so that the order within a tier is the order of the file.
    return (0..<Limits.tiers).flatMap { tier in members.filter { Int($0.tier) == tier } }
  }

  /// Ring time of one offer: rings times the cycle of the cadence.
  private mutating func parseRinging(
    _ keys: [String: Node], _ queue: Node, _ index: Int
  ) -> TimeSpan {
    var cycle = RingCadence.us.cycle
    if let node = keys["cadence"] {
      let cadences = RingCadence.allCases.map { ($0.rawValue, $0) }
      cycle = choice(node, "cadence", cadences)?.cycle ?? cycle
    }
    if let node = keys["ring-cycle"] {
      if keys["cadence"] != nil { complain(node, "give either cadence or ring-cycle, not both") }
      cycle = max(.seconds(1), span(node, "ring-cycle", upTo: .seconds(60)))
    }
    let rings = keys["rings"].map { integer($0, "rings", in: 1...20) } ?? 3
    directory.queues[index].ringCycle = cycle
    directory.queues[index].targetRings =
      keys["target-rings"].map { integer($0, "target-rings", in: 1...20) } ?? rings
    return cycle * Int64(rings)
  }

  private mutating func parseLimits(_ keys: [String: Node], _ plan: inout QueuePlan) {
    if let node = keys["max-length"] {
      plan.maxLength = Int32(integer(node, "max-length", in: 0...1_000_000))
    }
    if let node = keys["max-wait"] { plan.maxWait = span(node, "max-wait") }
    if let node = keys["max-offers"] {
      plan.maxOffers = UInt32(integer(node, "max-offers", in: 0...10_000))
    }
    if let node = keys["max-ring-time"] { plan.maxRingTime = span(node, "max-ring-time") }
    let presences: [(String, Presence)] = [
      ("nobody", .nobody), ("logged-in", .loggedIn), ("ready", .ready),
    ]
    if let node = keys["join-needs"] {
      plan.joinNeeds = choice(node, "join-needs", presences) ?? .nobody
    }
    if let node = keys["stay-needs"] {
      plan.stayNeeds = choice(node, "stay-needs", presences) ?? .nobody
    }
  }

  private mutating func parseOverflows(_ keys: [String: Node], _ plan: inout QueuePlan) {
    let occasions: [(String, WritableKeyPath<QueuePlan, Overflow>, OverflowSet)] = [
      ("when-full", \.whenFull, .full), ("when-closed", \.whenClosed, .closed),
      ("when-empty", \.whenEmpty, .empty), ("when-exhausted", \.whenExhausted, .exhausted),
    ]
    for (key, path, occasion) in occasions {
      guard let node = keys[key] else { continue }
      let (overflow, keepsWait) = overflow(node, key)
      plan[keyPath: path] = overflow
      if !keepsWait { plan.waitsAnew.insert(occasion) }
    }
    if let node = keys["at-closing"] {
      let choices: [(String, Overflow)] = [
        ("stay", .stay), ("voicemail", .voicemail), ("call-back", .offerCallBack),
      ]
      plan.atClosing = choice(node, "at-closing", choices) ?? .stay
    }
    for key in ["when-closed", "when-empty"] {
      guard let node = keys[key] else { continue }
      let isCallBack =
        node.scalar?.string == "call-back" || node["to"]?.scalar?.string == "call-back"
      guard isCallBack else { continue }
      complain(
        node, "\(key): nobody is there to call back; expected voicemail, reject or queue:NAME")
    }
  }

  /// Where callers go, as a word or, with what becomes of the time they have waited, as a section.
  private mutating func overflow(
    _ node: Node, _ what: String
  ) -> (overflow: Overflow, keepsWait: Bool) {
    guard case .mapping = node else { return (destination(node, what), true) }
    let keys = section(node, what, keys: ["to", "keeps-wait"])
    guard let to = keys["to"] else {
      complain(node, "\(what): \"to\" is missing: where do callers go?")
      return (.voicemail, true)
    }
    let overflow = destination(to, what)
    guard let node = keys["keeps-wait"] else { return (overflow, true) }
    guard case .queue = overflow else {
      complain(node, "keeps-wait: only for callers who go to a queue; expected to: \"queue:NAME\"")
      return (overflow, true)
    }
    return (overflow, choice(node, "keeps-wait", [("yes", true), ("no", false)]) ?? true)
  }

  private mutating func destination(_ node: Node, _ what: String) -> Overflow {
    let name = text(node, what)
    if name.hasPrefix("queue:") {
      let target = String(name.dropFirst(6))
      if let position = queueNames.positions[target] { return .queue(QueueID(position)) }
      let hint = Suggestion.hint(for: target, in: queueNames.names)
      complain(node, "\(what): queue \"\(target)\" is not defined\(hint)")
      return .voicemail
    }
    let choices: [(String, Overflow)] = [
      ("stay", .stay), ("voicemail", .voicemail), ("call-back", .offerCallBack),
      ("reject", .reject), ("queue:NAME", .voicemail),
    ]
    return choice(node, what, choices) ?? .voicemail
  }

  private mutating func parseRest(_ node: Node) -> RestAfterOffer {
    var rest = RestAfterOffer()
    let keys = section(node, "rest-after", keys: ["no-answer", "ignored", "unreachable"])
    if let node = keys["no-answer"] { rest.noAnswer = span(node, "no-answer") }
    if let node = keys["ignored"] { rest.ignored = span(node, "ignored") }
    if let node = keys["unreachable"] { rest.unreachable = span(node, "unreachable") }
    return rest
  }

  private mutating func parseTiers(_ node: Node, _ members: [Member]) -> [TimeSpan] {
    let waits = list(node, "tier-after").map { span($0, "tier-after") }
    for (a, b) in zip(waits, waits.dropFirst()) where b <= a {
      complain(node, "tier-after: each wait must be longer than the one before")
    }
    let tiers = Int(members.last?.tier ?? 0)
    if waits.count < tiers {
      complain(
        node, "tier-after: members have \(tiers + 1) tiers, so \(tiers) waits are needed")
    }
    if waits.count >= Limits.tiers {
      complain(
        node, "tier-after: at most \(Limits.tiers - 1) waits, for at most \(Limits.tiers) tiers")
    }
    return waits
  }

  private mutating func parseReporting(_ keys: [String: Node], _ index: Int) {
    if let node = keys["number"] { directory.queues[index].number = text(node, "number") }
    if let node = keys["short-abandon"] {
      directory.queues[index].shortAbandon = span(node, "short-abandon")
    }
    guard let node = keys["service-level"] else { return }
    let level = section(node, "service-level", keys: ["target", "within"])
    if let node = level["target"] {
      directory.queues[index].serviceLevelTarget = share(node, "target")
    }
    if let node = level["within"] {
      directory.queues[index].serviceLevelThreshold = span(node, "within")
    }
  }
}
