import Base
import Configuration
import Events
import Routing
import Simulation
import Stochastics
import YAMLTree
import Yams

extension ScenarioParser {
  private static let repKeys = ["answer-delay", "no-answer", "ignore", "go-not-ready", "pace"]

  private var agentNames: [String] { directory.agents.filter { !$0.isRetired }.map(\.name) }

  /// `everybody` first, then reps by name.
  mutating func parseReps(_ node: Node, _ scenario: inout Scenario) {
    let entries = entries(node, "reps")
    for (name, _, value) in entries where name == "everybody" {
      for index in scenario.agents.indices { parseRep(value, &scenario.agents[index]) }
    }
    for (name, keyNode, value) in entries where name != "everybody" {
      guard reference(keyNode, "rep", among: agentNames) != nil,
        let agent = directory.agent(named: name)
      else { continue }
      parseRep(value, &scenario.agents[agent.index])
    }
  }

  private mutating func parseRep(_ node: Node, _ behaviour: inout AgentBehaviour) {
    let keys = section(node, "rep", keys: Self.repKeys)
    if let node = keys["answer-delay"] {
      behaviour.answerDelay = distribution(node, "answer-delay")
    }
    if let node = keys["no-answer"] { behaviour.noAnswer = share(node, "no-answer") }
    if let node = keys["ignore"] {
      let parts = section(node, "ignore", keys: ["share", "after"])
      if let node = parts["share"] { behaviour.ignore.share = share(node, "share") }
      if let node = parts["after"] { behaviour.ignore.delay = distribution(node, "after") }
    }
    if let node = keys["go-not-ready"] {
      let parts = section(node, "go-not-ready", keys: ["share", "after", "for"])
      if let node = parts["share"] { behaviour.goNotReady.share = share(node, "share") }
      if let node = parts["after"] { behaviour.goNotReady.delay = distribution(node, "after") }
      if let node = parts["for"] { behaviour.goNotReady.length = distribution(node, "for") }
    }
    if let node = keys["pace"] { behaviour.pace = number(node, "pace") }
    if behaviour.noAnswer + behaviour.ignore.share + behaviour.goNotReady.share > 1 {
      complain(node, "rep: no-answer, ignore and go-not-ready add up to more than 1")
    }
    if behaviour.pace <= 0 { complain(node, "rep: pace must be greater than 0") }
  }

  mutating func parseStaffing(
    _ top: [String: Node], _ scenario: inout Scenario, _ firstMinute: Int
  ) {
    let nodes = ["shifts", "staffing", "attendance"].compactMap { top[$0] }
    if case .steady = scenario.span, let node = nodes.first {
      return complain(
        node, "shifts, staffing and attendance are for a day; in equilibrium everybody is at work")
    }
    if nodes.count > 1 {
      return complain(nodes[1], "give only one of shifts, staffing and attendance")
    }
    if let node = top["shifts"] { parseShifts(node, &scenario, firstMinute) }
    if let node = top["staffing"] { parseLevels(node, &scenario) }
    if let node = top["attendance"] { parseAttendance(node, &scenario, firstMinute) }
  }

  private mutating func parseLevels(_ node: Node, _ scenario: inout Scenario) {
    let levels = list(node, "staffing").map { integer($0, "staffing", in: 0...60_000) }
    guard case .day(let closes, let interval) = scenario.span else {
      return complain(node, "staffing: only for a day")
    }
    let wanted = closes.count(of: interval)
    if levels.count != wanted {
      complain(node, "staffing: expected \(wanted) numbers, one for each interval of the day")
    }
    let most = scenario.servingAgents.count
    if levels.contains(where: { $0 > most }) {
      complain(node, "staffing: the configuration has \(most) reps who serve a queue")
    }
    scenario.staffing = .levels(levels, interval: interval)
  }

  private static let shiftKeys = ["reps", "from", "to", "breaks", "lateness", "absence"]

  private mutating func parseShifts(
    _ node: Node, _ scenario: inout Scenario, _ firstMinute: Int
  ) {
    var shifts: [[Shift]] = Array(repeating: [], count: scenario.agents.count)
    for item in list(node, "shifts") {
      let keys = section(item, "shift", keys: Self.shiftKeys)
      guard let reps = keys["reps"], let from = keys["from"], let to = keys["to"] else {
        complain(item, "shift: expected reps, from and to")
        continue
      }
      func time(_ minute: Int) -> TimeSpan { .minutes(Int64(minute - firstMinute)) }
      var shift = Shift(start: time(minute(from, "from")), end: time(minute(to, "to")))
      if shift.start < .zero {
        complain(item, "shift: it begins before the simulated day; see day: from")
      }
      if shift.start >= shift.end { complain(item, "shift: it ends before it begins") }
      for pause in keys["breaks"].map({ list($0, "breaks") }) ?? [] {
        let parts = section(pause, "break", keys: ["at", "for"])
        guard let at = parts["at"], let length = parts["for"] else {
          complain(pause, "break: expected at and for")
          continue
        }
        shift.breaks.append((time(minute(at, "at")), span(length, "for")))
      }
      if let node = keys["lateness"] { shift.lateness = distribution(node, "lateness") }
      if let node = keys["absence"] { shift.absence = share(node, "absence") }
      give(shift, to: reps, &shifts)
    }
    for ofRep in shifts {
      let sorted = ofRep.sorted { $0.start < $1.start }
      if zip(sorted, sorted.dropFirst()).contains(where: { $0.end > $1.start }) {
        complain(node, "shifts: two shifts of one rep overlap; put them together")
        break
      }
    }
    scenario.staffing = .shifts(shifts)
  }

  private mutating func give(_ shift: Shift, to reps: Node, _ shifts: inout [[Shift]]) {
    if reps.scalar?.string == "everybody" {
      for name in agentNames {
        if let agent = directory.agent(named: name) { shifts[agent.index].append(shift) }
      }
      return
    }
    for node in list(reps, "reps") {
      guard let known = reference(node, "rep", among: agentNames),
        let agent = directory.agent(named: agentNames[known])
      else { continue }
      shifts[agent.index].append(shift)
    }
  }

  private static let outboundKeys = [
    "pile", "per-hour", "dial", "answered", "talk", "patience", "done",
  ]

  mutating func parseOutbound(_ node: Node, _ scenario: inout Scenario) {
    let keys = section(node, "outbound", keys: Self.outboundKeys)
    if let node = keys["pile"] {
      scenario.outbound.pile = integer(node, "pile", in: 0...100_000)
    }
    if let node = keys["per-hour"] {
      scenario.outbound.perHour = amount(node, "per-hour")
    }
    if let node = keys["dial"] { scenario.outbound.dial = distribution(node, "dial") }
    if let node = keys["answered"] { scenario.outbound.answered = share(node, "answered") }
    if let node = keys["talk"] { scenario.outbound.talk = distribution(node, "talk") }
    if let node = keys["patience"] { scenario.outbound.patience = span(node, "patience") }
    if let node = keys["done"] {
      scenario.outbound.isDone =
        choice(node, "done", [("yes", true), ("no", false), ("true", true), ("false", false)])
        ?? true
    }
  }
}
