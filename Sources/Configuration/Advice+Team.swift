import Events
import Routing
import Vocabulary
import YAMLTree
import Yams

// Lists, hours and rights that change nothing.

extension ConfigurationParser {
  mutating func adviseOnLists(_ reading: PlanReading) {
    for key in ["categories", "dispositions"] {
      warnOfRepetition(reading.top[key]?.value, key)
    }
    let rules = WrittenKey.keys(of: reading.top["rules"]?.value)
    warnOfRepetition(rules["required-write-up"]?.value, "required-write-up")
    for key in ["consult-ring-time", "confirm-time"] { warnOfShortTime(rules[key], key) }
    warnOfOutboundWrapUp(rules, reading)
    for item in reading.top["not-ready-reasons"]?.value.sequence.map({ Array($0) }) ?? [] {
      guard let name = item.string, Directory.fixedReasons.contains(name) else { continue }
      warn(
        item,
        "not-ready-reasons: \"\(name)\" is there without being named, with a meaning of its own; choose another name, or leave it out"
      )
    }
  }

  private mutating func warnOfOutboundWrapUp(
    _ rules: [String: WrittenKey], _ reading: PlanReading
  ) {
    guard let written = rules["outbound-wrap-up"] else { return }
    if rules["wrap-up-after"]?.value.sequence?.isEmpty == true {
      warn(
        written.key,
        "outbound-wrap-up has no effect: wrap-up-after is empty, so no outbound call is followed by a wrap-up; name some calls there, or leave it out"
      )
      return
    }
    if areMembersDoubtful { return }
    var served = directory.agents.map { _ in 0 }
    for member in reading.plan.queues.flatMap(\.members) { served[member.agent.index] += 1 }
    let counts = zip(directory.agents, served).filter { !$0.0.isRetired }.map(\.1)
    if counts.isEmpty || counts.contains(where: { $0 != 1 }) { return }
    warn(
      written.key,
      "outbound-wrap-up has no effect: every rep serves one queue and has the wrap-up of that; leave it out, or change wrap-up of the queues"
    )
  }

  // MARK: Hours

  mutating func adviseOnTeam(_ reading: PlanReading) {
    let team = WrittenKey.keys(of: reading.top["team"]?.value)
    warnOfRepetition(team["holidays"]?.value, "holidays")
    if areMembersDoubtful || reading.queues.isEmpty { return }
    if let holidays = team["holidays"], holidays.value.sequence?.isEmpty == false,
      reading.queues.allSatisfy({ $0.hours.isAlwaysOpen || $0.has("holidays") })
    {
      warn(
        holidays.key,
        "holidays of the team has no effect: each queue is always open or has its own; give office-hours, or leave it out"
      )
    }
    if let hours = team["office-hours"], reading.queues.allSatisfy({ $0.has("office-hours") }) {
      warn(
        hours.key,
        "office-hours of the team has no effect: every queue has its own; leave it out, or those of the queues"
      )
    }
  }

  // MARK: Rights

  mutating func adviseOnAccess(_ reading: PlanReading) {
    let access = WrittenKey.keys(of: reading.top["access"]?.value)
    let everyone = access["everyone"]?.value.string
    // The first role that a user has, counts; a rep is a rep before a monitor.
    var users: [String: String] = [:]
    for role in Role.byPrecedence {
      if role == .agent {
        for agent in directory.agents where !agent.isRetired {
          if let user = agent.user, users[user] == nil { users[user] = role.rawValue }
        }
        continue
      }
      guard let written = access[role.rawValue] else { continue }
      let lists = WrittenKey.keys(of: written.value)
      warnOfNobody(written, role.rawValue, lists)
      if role == .monitor, everyone == Role.monitor.rawValue {
        warn(
          written.key,
          "monitor has no effect: everyone: monitor lets anybody do what a monitor may; leave out one of the two"
        )
      }
      for key in ["users", "groups"] {
        warnOfRepetition(lists[key]?.value, "\(key) of \(role.rawValue)")
      }
      warnOfShadowed(lists["users"]?.value, role, &users)
    }
  }

  private mutating func warnOfNobody(
    _ written: WrittenKey, _ role: String, _ lists: [String: WrittenKey]
  ) {
    let count = ["users", "groups"].reduce(0) { $0 + (lists[$1]?.value.sequence?.count ?? 0) }
    if count > 0 { return }
    warn(
      written.key,
      "\(role) has no effect: it names no user and no group; name some, or leave it out")
  }

  private mutating func warnOfShadowed(
    _ list: Node?, _ role: Role, _ users: inout [String: String]
  ) {
    var mine: Set<String> = []
    for item in list?.sequence.map({ Array($0) }) ?? [] {
      guard let user = item.string, mine.insert(user).inserted else { continue }
      if let other = users[user] {
        let word = other == Role.agent.rawValue ? "a rep" : other
        warn(
          item,
          "user \"\(user)\" of \(role.rawValue) has no effect: the user is \(word) already, and that counts; name the user once"
        )
      } else {
        users[user] = role.rawValue
      }
    }
  }
}
