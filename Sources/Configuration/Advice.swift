import Base
import Routing
import YAMLTree
import Yams

// What a file says and is probably not meant. Each warning says what is wrong, why it matters and what to do. Queues
// with errors are left out: what a wrong value was replaced by says nothing about the author's mind.

extension ConfigurationParser {
  /// Judges the plan that was made of `root`.
  mutating func advise(_ root: Node, _ configuration: Configuration) {
    let reading = PlanReading(root, configuration, self)
    adviseOnService(reading)
    adviseOnCircles(reading)
    adviseOnTiers(reading)
    adviseOnLimits(reading)
    adviseOnMembers(reading)
    adviseOnReporting(reading)
    adviseOnReps(reading)
    adviseOnSkills(reading)
    adviseOnLists(reading)
    adviseOnTeam(reading)
    adviseOnAccess(reading)
    adviseOnVanishing(reading)
  }

  // MARK: Reps and skills

  private mutating func adviseOnReps(_ reading: PlanReading) {
    let serving = Set(reading.plan.queues.flatMap { $0.members.map(\.agent) })
    var extensions: [String: String] = [:]
    for (key, value) in reading.top["agents"]?.value.mapping.map({ Array($0) }) ?? [] {
      guard let name = key.string, let position = agentNames.positions[name] else { continue }
      if !areMembersDoubtful, !serving.contains(AgentID(position)) {
        warn(
          key,
          "rep \"\(name)\" is in no queue, so no queue call will ever ring there; add the rep to the members of a queue, or take the rep out"
        )
      }
      let keys = WrittenKey.keys(of: value)
      warnOfShortTime(keys["ring-time"], "ring-time")
      warnOfRepetition(keys["skills"]?.value, "skills of \(name)")
      guard let phone = keys["extension"], let number = phone.value.string else { continue }
      if let other = extensions.updateValue(name, forKey: number) {
        warn(
          phone.key,
          "extension: \"\(number)\" is \"\(other)\"'s too, so a ring for one reaches the other; give each rep a phone of their own"
        )
      }
    }
  }

  private mutating func adviseOnSkills(_ reading: PlanReading) {
    if areNamesDoubtful { return }
    let held = reading.plan.agents.reduce(SkillSet()) { $0.union($1.skills) }
    func isHeld(_ item: Node) -> Bool {
      guard let position = item.string.flatMap({ skillNames.positions[$0] }) else { return true }
      return held.contains(SkillSet(rawValue: 1 << UInt64(position)))
    }
    for item in reading.top["skills"]?.value.sequence.map({ Array($0) }) ?? [] where !isHeld(item) {
      warn(
        item,
        "skills: no rep has \"\(item.string ?? "")\", so a caller who asks for it waits for nobody; give it to a rep, or take it out"
      )
    }
    for queue in reading.queues {
      warnOfRepetition(queue.keys["skills"]?.value, "skills")
      for item in queue.keys["skills"]?.value.sequence.map({ Array($0) }) ?? []
      where !isHeld(item) {
        warn(
          item,
          "skills: no rep has \"\(item.string ?? "")\", so nobody can serve queue \"\(queue.name)\"; give it to a rep, or take it out"
        )
      }
    }
  }

  // MARK: Common parts

  /// Warns of each item that stands twice in a list.
  mutating func warnOfRepetition(_ list: Node?, _ what: String) {
    var seen: Set<String> = []
    for item in list?.sequence.map({ Array($0) }) ?? [] {
      guard let name = item.string, !seen.insert(name).inserted else { continue }
      warn(item, "\(what): \"\(name)\" is given twice; once is enough")
    }
  }

  /// Warns of a time that is too short to be used as given.
  mutating func warnOfShortTime(_ written: WrittenKey?, _ what: String) {
    guard let written else { return }
    var reader = self
    let before = problems.count
    let time = reader.span(written.value, what)
    if reader.problems.count == before, time < .seconds(1) {
      warn(
        written.key, "\(what): less than 1 s counts as 1 s; say 1 s, or how long it is to be")
    }
  }
}
