import Base
import Configuration
import Events
import Routing
import Simulation
import Stochastics
import YAMLTree
import Yams

extension ScenarioParser {
  private static let callerKeys = [
    "queue", "arrivals", "patience", "ring-patience", "priority", "credit", "skills", "balking",
    "redial", "accepts-call-back", "voicemail", "talk", "wrap-up", "hold", "drop", "transfer",
  ]

  mutating func parseCallers(_ node: Node, _ scenario: inout Scenario, _ firstMinute: Int) {
    for (name, _, value) in entries(node, "callers") {
      let keys = section(value, "callers \"\(name)\"", keys: Self.callerKeys)
      for required in ["queue", "arrivals", "talk"] where keys[required] == nil {
        complain(value, "callers \"\(name)\": \"\(required)\" is missing")
      }
      guard let queueNode = keys["queue"], let arrivals = keys["arrivals"], let talk = keys["talk"],
        let queue = reference(queueNode, "queue", among: directory.queues.map(\.name))
      else { continue }
      var calling = CallClass(
        name, queue: QueueID(queue), arrivals: parseArrivals(arrivals, scenario, firstMinute),
        talk: distribution(talk, "talk"))
      parseWaiting(keys, &calling)
      parseHandling(keys, &calling)
      scenario.classes.append(calling)
    }
  }

  private mutating func parseArrivals(
    _ node: Node, _ scenario: Scenario, _ firstMinute: Int
  ) -> Arrivals {
    if node.mapping?["trace"] != nil { return parseTrace(node, scenario, firstMinute) }
    let keys = section(node, "arrivals", keys: ["per-hour", "by-interval", "by-hour", "times"])
    var (length, interval) = (TimeSpan.seconds(86_400), TimeSpan.minutes(30))
    if case .day(let closes, let step) = scenario.span { (length, interval) = (closes, step) }
    let times = keys["times"].map { amount($0, "times") } ?? 1
    if case .steady = scenario.span, let node = keys["by-interval"] ?? keys["by-hour"] {
      complain(node, "arrivals: an equilibrium has one rate; give per-hour")
      return .rate(1)
    }
    switch (keys["per-hour"], keys["by-interval"], keys["by-hour"]) {
    case (let node?, nil, nil):
      let rate = amount(node, "per-hour") * times
      if case .steady = scenario.span {
        if rate == 0 { complain(node, "per-hour: an equilibrium needs more than 0") }
        return .rate(max(rate, 1e-6) / 3_600)
      }
      let hours = length.seconds / 3_600
      return .profile(ArrivalProcess(interval: hours * 3_600, counts: [rate * hours]))
    case (nil, let node?, nil): return profile(node, interval, length, times)
    case (nil, nil, let node?): return profile(node, .minutes(60), length, times)
    default:  // foreign: Optional
      complain(node, "arrivals: give one of per-hour, by-interval, by-hour or trace")
      return .rate(1)
    }
  }

  private mutating func profile(
    _ node: Node, _ interval: TimeSpan, _ length: TimeSpan, _ times: Double
  ) -> Arrivals {
    let counts = list(node, "arrivals").map { amount($0, "arrivals") * times }
    let wanted = length.count(of: interval)
    if counts.count != wanted {
      complain(
        node,
        "arrivals: expected \(wanted) numbers, one for each interval of the day, not \(counts.count)"
      )
    }
    return .profile(ArrivalProcess(interval: interval.seconds, counts: counts))
  }

  private mutating func parseWaiting(_ keys: [String: Node], _ calling: inout CallClass) {
    if let node = keys["patience"] { calling.patience = distribution(node, "patience") }
    if let node = keys["ring-patience"] {
      calling.ringPatience = distribution(node, "ring-patience")
    }
    if let node = keys["priority"] {
      calling.priority = UInt8(integer(node, "priority", in: 0...255))
    }
    if let node = keys["credit"] { calling.credit = span(node, "credit") }
    if let node = keys["skills"] {
      let names = list(node, "skills").map { text($0, "skill") }
      if let skills = directory.skills(named: names) {
        calling.skills = skills
      } else {
        complain(node, "skills: expected some of \(directory.skills.joined(separator: ", "))")
      }
    }
    if let node = keys["balking"] { calling.balking = share(node, "balking") }
    if let node = keys["accepts-call-back"] {
      calling.callBackAcceptance = share(node, "accepts-call-back")
    }
    if let node = keys["redial"] {
      let parts = section(node, "redial", keys: ["share", "after", "attempts"])
      if let node = parts["share"] { calling.redial.share = share(node, "share") }
      if let node = parts["after"] { calling.redial.delay = distribution(node, "after") }
      if let node = parts["attempts"] {
        calling.redial.attempts = integer(node, "attempts", in: 1...200)
      }
    }
    if let node = keys["voicemail"] {
      calling.voicemail = sharedLength(node, "voicemail", calling.voicemail)
    }
  }

  private mutating func parseHandling(_ keys: [String: Node], _ calling: inout CallClass) {
    if let node = keys["wrap-up"] { calling.wrapUp = distribution(node, "wrap-up") }
    if let node = keys["hold"] { calling.hold = sharedLength(node, "hold", calling.hold) }
    if let node = keys["drop"] { calling.drop = share(node, "drop") }
    guard let node = keys["transfer"] else { return }
    let parts = section(node, "transfer", keys: ["share", "to", "consult", "decline", "talk"])
    calling.transfer.target = calling.queue
    if let node = parts["share"] { calling.transfer.share = share(node, "share") }
    if let node = parts["to"],
      let queue = reference(node, "queue", among: directory.queues.map(\.name))
    {
      calling.transfer.target = QueueID(queue)
    }
    if let node = parts["consult"] { calling.transfer.consult = distribution(node, "consult") }
    if let node = parts["decline"] { calling.transfer.decline = share(node, "decline") }
    if let node = parts["talk"] { calling.transfer.talk = distribution(node, "talk") }
    if calling.drop + calling.transfer.share + calling.hold.share > 1 {
      complain(node, "drop, transfer and hold: their shares add up to more than 1")
    }
  }

  /// A share and a length.
  private mutating func sharedLength(
    _ node: Node, _ what: String, _ usual: (share: Double, length: Distribution)
  ) -> (share: Double, length: Distribution) {
    let parts = section(node, what, keys: ["share", "length"])
    var result = usual
    if let node = parts["share"] { result.share = share(node, "share") }
    if let node = parts["length"] { result.length = distribution(node, "length") }
    return result
  }
}
