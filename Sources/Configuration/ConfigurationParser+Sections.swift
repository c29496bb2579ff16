import Base
import Events
import Foundation
import Routing
import Vocabulary
import YAMLTree
import Yams

extension ConfigurationParser {
  private static let topLevel = [
    "team", "rules", "not-ready-reasons", "categories", "dispositions", "skills", "queues",
    "agents", "access", "keep",
  ]

  /// The configuration of `yaml`; meaningless if there are problems.
  mutating func parse(_ yaml: String, _ settings: [Setting]) -> Configuration? {
    guard var root = tree(yaml) else { return nil }
    apply(settings, to: &root)
    let top = section(root, "the file", keys: Self.topLevel)
    for key in ["agents", "queues"] where top[key] == nil {
      complain(root, "\"\(key)\" is missing")
    }
    let before = problems.count
    parseLists(top)
    let agents = parseAgents(top["agents"])
    areNamesDoubtful = problems.hasErrors(from: before)
    let hours = parseTeam(top["team"])
    let rules = parseRules(top["rules"])
    let queuesBegin = problems.count
    let (queues, queueHours) = parseQueues(top["queues"], hours)
    areMembersDoubtful =
      areNamesDoubtful || top["queues"] == nil || problems.hasErrors(from: queuesBegin)
    let (access, everyone) = parseAccess(top["access"])
    var configuration = Configuration(
      plan: RoutingPlan(agents: agents, queues: queues, rules: rules), directory: directory,
      teamHours: hours, officeHours: queueHours, access: access, everyone: everyone)
    (configuration.wordsKept, configuration.historyKept) = parseKeep(top["keep"])
    advise(root, configuration)
    return configuration
  }

  private mutating func parseLists(_ top: [String: Node]) {
    if let node = top["categories"] {
      directory.categories = list(node, "categories").map { text($0, "category") }
    }
    if let node = top["dispositions"] {
      directory.dispositions = list(node, "dispositions").map { text($0, "disposition") }
    }
    parseSkillsAndReasons(top["skills"], top["not-ready-reasons"])
  }

  // MARK: Team

  private mutating func parseTeam(_ node: Node?) -> OfficeHours {
    var hours = OfficeHours(timeZone: .gmt, week: [:], specialDays: [:])
    guard let node else { return hours }
    let team = section(node, "team", keys: ["time-zone", "office-hours", "holidays"])
    if let node = team["time-zone"], let zone = parseTimeZone(node) {
      hours.timeZone = zone
      directory.timeZone = node.string ?? zone.identifier
    }
    if let node = team["office-hours"] { hours.week = parseWeek(node) }
    if let node = team["holidays"] { hours.specialDays = parseHolidays(node) }
    return hours
  }

  // MARK: Rules

  private static let ruleKeys = [
    "not-ready-after-refusals", "hold-reminder", "consult-ring-time", "confirm-time",
    "dial-time", "stale-after", "wrap-up-extension", "wrap-up-after", "outbound-wrap-up",
    "required-write-up", "unattached", "line-lost",
  ]
  private static let writeUpFields: [(String, WriteUpFields)] = [
    ("client", .client), ("order", .orderNumber), ("call-back", .callBackNumber),
    ("category", .category), ("disposition", .disposition), ("notes", .notes),
  ]

  private mutating func parseRules(_ node: Node?) -> TeamRules {
    var rules = TeamRules()
    guard let node else { return rules }
    let keys = section(node, "rules", keys: Self.ruleKeys)
    if let node = keys["not-ready-after-refusals"] {
      rules.notReadyAfterRefusals = UInt32(integer(node, "not-ready-after-refusals", in: 0...100))
    }
    if let node = keys["hold-reminder"] { rules.holdReminder = span(node, "hold-reminder") }
    if let node = keys["consult-ring-time"] {
      rules.consultRingTimeout = max(.seconds(1), span(node, "consult-ring-time"))
    }
    if let node = keys["confirm-time"] {
      rules.confirmTimeout = max(.seconds(1), span(node, "confirm-time"))
    }
    if let node = keys["dial-time"] { rules.dialTimeout = span(node, "dial-time") }
    if let node = keys["stale-after"] { rules.staleAfter = span(node, "stale-after") }
    if let node = keys["wrap-up-extension"] {
      rules.maxWrapUpExtension = span(node, "wrap-up-extension")
    }
    if let node = keys["wrap-up-after"] {
      let calls: [(String, WrapUpAfter)] = [("answered", .answered), ("unanswered", .unanswered)]
      rules.wrapUpAfter = []
      for item in list(node, "wrap-up-after") {
        rules.wrapUpAfter.formUnion(choice(item, "wrap-up-after", calls) ?? [])
      }
    }
    if let node = keys["outbound-wrap-up"] {
      rules.outboundWrapUp = span(node, "outbound-wrap-up")
    }
    parsePolicies(keys, &rules)
    return rules
  }

  private mutating func parsePolicies(_ keys: [String: Node], _ rules: inout TeamRules) {
    if let node = keys["unattached"] {
      let policies: [(String, Unattached)] = [("offer", .offer), ("hold", .hold)]
      rules.unattached = choice(node, "unattached", policies) ?? .offer
    }
    if let node = keys["line-lost"] {
      let policies: [(String, LostLine)] = [("return", .returnCaller), ("end", .endCall)]
      rules.lostLine = choice(node, "line-lost", policies) ?? .returnCaller
    }
    if let node = keys["required-write-up"] {
      rules.requiredWriteUp = []
      for item in list(node, "required-write-up") {
        rules.requiredWriteUp.formUnion(
          choice(item, "required-write-up", Self.writeUpFields) ?? [])
      }
    }
  }

  // MARK: Agents

  private static let agentKeys = [
    "name", "user", "extension", "feed", "skills", "ring-time", "was",
  ]

  /// Fills the directory and returns the plan's rows, old ids first.
  private mutating func parseAgents(_ node: Node?) -> [AgentPlan] {
    directory.agents = previous.agents
    for i in directory.agents.indices { directory.agents[i].isRetired = true }
    var plans = Array(repeating: AgentPlan(isRetired: true), count: directory.agents.count)
    guard let node else { return plans }
    var users: [String: String] = [:]
    let entries = entries(node, "agents")
    agentNames = positions(of: entries, .agents)
    for (key, keyNode, value) in entries {
      _ = identifier(keyNode, "agent")
      let (entry, plan) = parseAgent(key, value)
      if let user = entry.user, let other = users.updateValue(key, forKey: user) {
        complain(value, "agent \"\(key)\": user \"\(user)\" is \"\(other)\" already")
      }
      if let index = agentNames.positions[key], index < plans.count {
        directory.agents[index] = entry
        plans[index] = plan
      } else {
        directory.agents.append(entry)
        plans.append(plan)
      }
    }
    return plans
  }

  private mutating func parseAgent(_ name: String, _ node: Node) -> (Directory.Agent, AgentPlan) {
    var entry = Directory.Agent(name: name, fullName: name)
    var plan = AgentPlan()
    if node.scalar?.string.isEmpty ?? false { return (entry, plan) }
    let keys = section(node, "agent \"\(name)\"", keys: Self.agentKeys)
    if let node = keys["name"] { entry.fullName = text(node, "name") }
    if let node = keys["user"] { entry.user = text(node, "user") }
    if let node = keys["extension"] { entry.phoneExtension = text(node, "extension") }
    if let node = keys["feed"] { entry.feed = identifier(node, "feed") }
    if let node = keys["ring-time"] { plan.ringTimeout = max(.seconds(1), span(node, "ring-time")) }
    if let node = keys["skills"] { plan.skills = skills(node) }
    return (entry, plan)
  }

  mutating func skills(_ node: Node) -> SkillSet {
    var set = SkillSet()
    for item in list(node, "skills") {
      if let bit = position(item, "skill", in: skillNames) {
        set.insert(SkillSet(rawValue: 1 << UInt64(bit)))
      }
    }
    return set
  }

  // MARK: Access

  private mutating func parseAccess(
    _ node: Node?
  ) -> ([Role: Configuration.Access], everyone: Role?) {
    guard let node else { return ([:], nil) }
    let roles = Role.byPrecedence.filter(\.isGivenByAccess)
    let keys = section(node, "access", keys: roles.map(\.rawValue) + ["everyone"])
    var access: [Role: Configuration.Access] = [:]
    for role in roles {
      guard let node = keys[role.rawValue] else { continue }
      let lists = section(node, "access of \(role.rawValue)", keys: ["users", "groups"])
      var entry = Configuration.Access()
      if let node = lists["users"] {
        entry.users = Set(list(node, "users").map { text($0, "user") })
      }
      if let node = lists["groups"] {
        entry.groups = Set(list(node, "groups").map { text($0, "group") })
      }
      access[role] = entry
    }
    let choices: [(String, Role?)] = [("nothing", nil), ("monitor", .monitor)]
    let everyone = keys["everyone"].flatMap { choice($0, "everyone", choices) } ?? nil
    return (access, everyone)
  }
}
