import Base
import Configuration
import Events
import Routing
import Simulation
import Stochastics
import YAMLTree
import Yams

/// Reads the tree of a scenario file.
struct ScenarioParser: TreeReader {
  let file: String
  var problems: [Problem] = []
  var end = SourcePosition.first
  var directory = Directory()

  /// Gives the text of a file.
  let read: (String) throws -> String

  init(file: String, read: @escaping (String) throws -> String) {
    self.file = file
    self.read = read
  }

  private static let topLevel = [
    "description", "configuration", "day", "steady", "day-factor-cv", "callers", "reps", "shifts",
    "staffing", "attendance", "outbound", "expect", "replications", "seed",
  ]
  private static let configurationKeys: Set<String> = [
    "queues", "agents", "rules", "team", "skills",
  ]

  /// The scenario of `yaml`; meaningless if there are problems.
  mutating func parse(
    _ yaml: String, _ settings: [Setting]
  ) throws -> ScenarioFile? {
    guard var root = tree(yaml) else { return nil }
    if root.mapping?["based-on"] != nil { return try parseVariant(root, settings) }
    apply(settings.filter { !Self.isOfConfiguration($0) }, to: &root)
    let top = section(root, "the scenario", keys: Self.topLevel)
    guard let node = top["configuration"] else {
      complain(root, "\"configuration\" is missing: the daemon's configuration file")
      return nil
    }
    let path = resolved(text(node, "configuration"))
    var configuration = try Configuration(
      yaml: read(path), file: path, setting: settings.filter(Self.isOfConfiguration))
    if let node = top["attendance"] { addReps(node, to: &configuration) }
    directory = configuration.directory
    var scenario = Scenario(
      plan: configuration.plan, classes: [],
      span: .day(closes: .seconds(86_400), interval: .minutes(30)))
    var firstMinute = 0
    parseSpan(top, root, &scenario, &firstMinute)
    scenario.serviceThresholds = directory.queues.map(\.serviceLevelThreshold)
    scenario.shortAbandons = directory.queues.map(\.shortAbandon)
    if let node = top["day-factor-cv"], case .steady = scenario.span {
      complain(node, "day-factor-cv: an equilibrium has no days")
    }
    if let node = top["day-factor-cv"] { scenario.dayFactorCV = share(node, "day-factor-cv") }
    if let node = top["callers"] {
      parseCallers(node, &scenario, firstMinute)
    } else {
      complain(root, "\"callers\" is missing: who calls")
    }
    if let node = top["reps"] { parseReps(node, &scenario) }
    parseStaffing(top, &scenario, firstMinute)
    if let node = top["outbound"] { parseOutbound(node, &scenario) }
    checkWrapUp(top["callers"] ?? root, scenario)
    var result = ScenarioFile(configuration: configuration, scenario: scenario)
    result.firstMinute = firstMinute
    parseRest(top, &result)
    return result
  }

  private static let variantKeys = [
    "description", "based-on", "set", "expect", "replications", "seed",
  ]

  /// A scenario that is another one with some values changed.
  private mutating func parseVariant(
    _ root: Node, _ settings: [Setting]
  ) throws -> ScenarioFile? {
    var root = root
    let ownKeys = Set(Self.variantKeys)
    apply(settings.filter { $0.path.count == 1 && ownKeys.contains($0.path[0]) }, to: &root)
    let top = section(root, "the scenario", keys: Self.variantKeys)
    guard let base = top["based-on"] else { return nil }
    var own: [Setting] = []
    for node in top["set"].map({ list($0, "set") }) ?? [] {
      let line = text(node, "set")
      guard let setting = Setting(line) else {
        complain(node, "set: expected path=value such as queue.support.rings=2")
        continue
      }
      own.append(setting)
    }
    var result = try ScenarioFile(
      path: resolved(text(base, "based-on")),
      settings: own + settings.filter { !ownKeys.contains($0.path[0]) }, read: read)
    result.expectations = []
    parseRest(top, &result)
    return result
  }

  private static func isOfConfiguration(_ setting: Setting) -> Bool {
    configurationKeys.contains(setting.path.first ?? "")
  }

  /// A path in the scenario counts from the scenario's folder.
  func resolved(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return (folder + [Substring(path)]).joined(separator: "/")
  }

  private mutating func parseRest(_ top: [String: Node], _ result: inout ScenarioFile) {
    if let node = top["description"] {
      result.description = Visible.text(text(node, "description"))
    }
    if let node = top["replications"] {
      result.replications = integer(node, "replications", in: 1...Replication.limit)
    } else if case .steady = result.scenario.span {
      // One run of as many calls as it says.
      result.replications = 1
    }
    if let node = top["seed"] { result.seed = UInt64(integer(node, "seed", in: 0...Int.max)) }
    guard let node = top["expect"] else { return }
    let measures = CallMeasure.allCases.map { ($0.name, $0) }
    for (_, keyNode, value) in entries(node, "expect") {
      guard let measure = choice(keyNode, "expect", measures) else { continue }
      let ends = list(value, "expect").map { number($0, "expect") }
      guard ends.count == 2, ends[0] <= ends[1] else {
        complain(value, "expect: a range such as [0.80, 0.85]")
        continue
      }
      result.expectations.append(
        ScenarioFile.Expectation(
          measure: measure, range: ends[0]...ends[1], line: keyNode.mark?.line ?? 1))
    }
  }

  // MARK: Values

  mutating func number(_ node: Node, _ what: String) -> Double {
    guard let value = node.scalar.flatMap({ Double($0.string) }), value.isFinite else {
      complain(node, "\(what): expected a number")
      return 0
    }
    return value
  }

  /// A number that is not negative.
  mutating func amount(_ node: Node, _ what: String) -> Double {
    let value = number(node, what)
    if value < 0 { complain(node, "\(what): expected a number from 0 on") }
    return max(0, value)
  }

  mutating func distribution(_ node: Node, _ what: String) -> Distribution {
    let text = node.scalar?.string ?? ""
    if let law = Distribution(text: text) { return law }
    let names = Distribution.parameters.map {
      ([$0.name] + $0.parameters.map { $0.uppercased() }).joined(separator: ":")
    }
    complain(
      node,
      "\(what): expected a mean such as 120 or 2m (exponential), never, or \(names.joined(separator: ", ")); not \"\(text)\""
    )
    return .constant(0)
  }

  /// A time of day, in minutes after midnight.
  mutating func minute(_ node: Node, _ what: String) -> Int {
    guard let time = ClockTime(text: node.scalar?.string ?? "") else {
      complain(node, "\(what): expected a time of day such as \"08:30\"")
      return 0
    }
    return time.minute
  }

  // MARK: Span

  private mutating func parseSpan(
    _ top: [String: Node], _ root: Node, _ scenario: inout Scenario, _ firstMinute: inout Int
  ) {
    switch (top["day"], top["steady"]) {
    case (let node?, nil): parseDay(node, &scenario, &firstMinute)
    case (nil, let node?):
      let keys = section(node, "steady", keys: ["calls", "warm-up", "batches"])
      let calls = keys["calls"].map { integer($0, "calls", in: 100...Int.max) } ?? 100_000
      let batches = keys["batches"].map { integer($0, "batches", in: 2...10_000) } ?? 32
      let warmUp = keys["warm-up"].map { integer($0, "warm-up", in: 0...Int.max) } ?? calls / 10
      scenario.span = .steady(warmUp: warmUp, calls: calls, batches: batches)
    default: complain(root, "give either \"day\" or \"steady\"")  // foreign: Optional
    }
  }

  private mutating func parseDay(
    _ node: Node, _ scenario: inout Scenario, _ firstMinute: inout Int
  ) {
    let keys = section(node, "day", keys: ["opens", "closes", "from", "to", "interval", "hours"])
    let opens = keys["opens"].map { minute($0, "opens") } ?? 8 * 60
    let closes = keys["closes"].map { minute($0, "closes") } ?? 17 * 60
    let from = keys["from"].map { minute($0, "from") } ?? opens
    let to = keys["to"].map { minute($0, "to") } ?? closes
    let interval = keys["interval"].map { span($0, "interval") } ?? .minutes(30)
    guard interval % .minutes(1) == .zero, (to - from) % max(1, Int(interval.wholeMinutes)) == 0
    else {
      return complain(
        node, "day: the interval must be whole minutes, and the day a whole number of intervals")
    }
    guard from <= opens, opens < closes, closes <= to, interval >= .minutes(1) else {
      return complain(
        node, "day: expected from <= opens < closes <= to, and an interval of at least 1m")
    }
    firstMinute = from
    scenario.span = .day(closes: .minutes(Int64(to - from)), interval: interval)
    let hours = OpeningHours(
      opens: .minutes(Int64(opens - from)), closes: .minutes(Int64(closes - from)))
    scenario.officeHours = scenario.plan.queues.map { _ in hours }
    guard let node = keys["hours"] else { return }
    for (_, keyNode, value) in entries(node, "hours") {
      parseHours(keyNode, value, from...to, &scenario)
    }
  }

  /// A queue with opening hours of its own.
  private mutating func parseHours(
    _ name: Node, _ node: Node, _ day: ClosedRange<Int>, _ scenario: inout Scenario
  ) {
    guard let queue = reference(name, "queue", among: directory.queues.map(\.name)) else { return }
    let ends = list(node, "hours").map { minute($0, "hours") }
    guard ends.count == 2, ends[0] < ends[1], day.contains(ends[0]), day.contains(ends[1]) else {
      return complain(
        node, "hours: expected two times within the day such as [\"09:00\", \"16:00\"]")
    }
    scenario.officeHours[queue] = OpeningHours(
      opens: .minutes(Int64(ends[0] - day.lowerBound)),
      closes: .minutes(Int64(ends[1] - day.lowerBound)))
  }

  /// Wrap-up is the engine's: without it in the configuration there is none to simulate.
  private mutating func checkWrapUp(_ node: Node, _ scenario: Scenario) {
    for calling in scenario.classes {
      var isGiven = calling.wrapUp.map { $0 != .constant(0) } ?? false
      if case .trace(let calls) = calling.arrivals {
        isGiven = isGiven || calls.contains { $0.wrapUp ?? .zero > .zero }
      }
      if !isGiven { continue }
      if scenario.plan.queues[calling.queue.index].wrapUp == .zero {
        let name = directory.name(of: calling.queue)
        complain(
          node, "callers \"\(calling.name)\": queue \"\(name)\" has no wrap-up in the configuration"
        )
      }
    }
  }
}
