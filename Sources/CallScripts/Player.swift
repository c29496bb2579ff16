import Base
import Client
import Glibc
import LineProtocol
import Vocabulary

/// Plays a call script: a schedule of requests by time, and rules that add to it as events come in.
public struct Player {
  private struct Planned {
    var at: TimeSpan
    var order: Int
    var actor: String
    var request: String
    var expectation: CallScript.Expectation?
    var line: Int
    var repetition: Int?
  }

  private let script: CallScript
  private let socket: String
  private let ears: Client
  private var clients: [String: Client] = [:]
  /// What is planned, the next one last.
  private var schedule: [Planned] = []
  private var order = 0
  private var counts: [Int: Int] = [:]
  private var uses: [Int: Int] = [:]
  /// The script's rules that speak of one call, and those that do not.
  private var rulesByCall: [String: [Int]] = [:]
  private var otherRules: [Int] = []
  private var pendingEvents: [CallScript.EventExpectation]
  /// One seed, one play.
  private var random: SplitMix64
  private var rate = 1.0
  private var start = 0.0

  private var sent = 0
  /// Requests refused, by rule or reply.
  public private(set) var refused: [String: Int] = [:]
  /// Events heard, by type.
  public private(set) var seen: [String: Int] = [:]
  /// What was not as expected.
  public private(set) var complaints: [String] = []

  /// A player of `script` for the daemon at `socket`.
  /// - Parameter speed: How many times faster than real time; `nil`: as fast as the daemon's clock.
  public init(_ script: CallScript, socket: String, speed: Double? = nil) throws {
    self.script = script
    self.socket = socket
    random = SplitMix64(state: script.seed)
    pendingEvents = script.eventExpectations
    ears = try Client(path: socket)
    let status = try ears.ask(Request(.question(.session(.status))))
    if let text = status.rows.first?.first(where: { $0.name == "clock-rate" })?.value {
      rate = Double(text) ?? 1
    }
    if let speed { rate = speed }
    let answer = try ears.ask(Request(.question(.session(.subscribe)), ["play"]))
    guard answer.isPositive else {
      throw CommandFailure(exitCode: CommandFailure.notPermitted, description: answer.text)
    }
    for (index, rule) in script.reactions.enumerated() {
      if let call = rule.fields.first(where: { $0.name == "call" })?.value {
        rulesByCall[call, default: []].append(index)
      } else {
        otherRules.append(index)
      }
    }
    for step in script.steps {
      plan(step.at, step.actor, step.request, step.line, expectation: step.expectation)
    }
    for (index, repetition) in script.repetitions.enumerated() {
      planNext(index, repetition, after: .zero)
    }
  }

  // MARK: Planning

  private mutating func plan(
    _ at: TimeSpan, _ actor: String, _ request: String, _ line: Int,
    expectation: CallScript.Expectation? = nil, repetition: Int? = nil
  ) {
    order += 1
    let planned = Planned(
      at: at, order: order, actor: actor, request: request, expectation: expectation, line: line,
      repetition: repetition)
    var (low, high) = (0, schedule.count)
    while low < high {
      let middle = (low + high) / 2
      if (schedule[middle].at, schedule[middle].order) > (at, order) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    schedule.insert(planned, at: low)
  }

  private mutating func planNext(
    _ index: Int, _ repetition: CallScript.Repetition, after now: TimeSpan
  ) {
    let at = now + draw(repetition.every)
    if at > repetition.until { return }
    counts[index, default: 0] += 1
    let request = replace(repetition.request, ["n": String(counts[index] ?? 0)])
    plan(at, repetition.actor, request, repetition.line, repetition: index)
  }

  private mutating func draw(_ delay: CallScript.Delay) -> TimeSpan {
    let width = UInt64((delay.most - delay.least).microseconds) + 1
    return delay.least + .microseconds(Int64(random.next().multipliedFullWidth(by: width).high))
  }

  private func replace(_ text: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      let name = rest.prefix { $0.isLetter || $0 == "-" }
      result += values[String(name)] ?? "$\(name)"
      rest = rest.dropFirst(name.count)
    }
    return result + rest
  }

  // MARK: Playing

  private static func monotonic() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The script's time.
  private var now: TimeSpan { TimeSpan(seconds: (Self.monotonic() - start) * rate) }

  /// Plays to the end.
  public mutating func play(showsProgress: Bool) throws {
    start = Self.monotonic()
    let lastStep = script.steps.map(\.at).max() ?? .zero
    let lastEvent = script.eventExpectations.map(\.until).max() ?? .zero
    let end = script.end ?? max(lastStep, lastEvent)
    var nextBar = 0.0
    while now < end || schedule.last.map({ $0.at <= end }) ?? false {
      let wait = (schedule.last?.at ?? end) - now
      try listen(for: min(max(.zero, wait), max(.zero, end - now)))
      while let due = schedule.last, due.at <= now { try carryOut(nextDue(of: due.actor)) }
      expireEvents()
      if showsProgress, Self.monotonic() > nextBar {
        nextBar = Self.monotonic() + 0.2
        drawProgress(now.seconds / max(.microseconds(1), end).seconds)
      }
    }
    if showsProgress { Self.draw("\r\u{1B}[K") }
    // What the last requests have led to may still be on its way.
    var late: [ServerLine] = []
    _ = try ears.ask(Request(.question(.session(.ping)))) { late.append($0) }
    for line in late { hear(line) }
    for expectation in pendingEvents { complain(expectation) }
  }

  private func drawProgress(_ share: Double) {
    let width = 40
    let full = Int(min(1, share) * Double(width))
    let bar = String(repeating: "█", count: full) + String(repeating: "·", count: width - full)
    let percent = Int(min(1, share) * 100)
    Self.draw("\r\(bar) \(percent) %  \(sent) requests")
  }

  private static func draw(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private mutating func listen(for limit: TimeSpan) throws {
    while let line = try ears.bufferedLine() { hear(line) }
    var waiting = pollfd(fd: ears.descriptor, events: Int16(POLLIN), revents: 0)
    let milliseconds = Int32(min(200, (limit.seconds / rate * 1_000).rounded(.up)))
    if poll(&waiting, 1, milliseconds) > 0 {
      try ears.readMore()
      while let line = try ears.bufferedLine() { hear(line) }
    }
  }

  /// Requests sent before their answers are read, at most: a player that is late catches up.
  private static let maxTogether = 32

  /// Takes what is due of `actor` from the schedule, until somebody else is due.
  private mutating func nextDue(of actor: String) -> [(planned: Planned, request: Request)] {
    var together: [(Planned, Request)] = []
    let instant = now
    while together.count < Self.maxTogether, let due = schedule.last, due.at <= instant,
      due.actor == actor
    {
      schedule.removeLast()
      if let index = due.repetition {
        planNext(index, script.repetitions[index], after: due.at)
      }
      if let request = request(of: due) { together.append((due, request)) }
    }
    return together
  }

  private mutating func request(of planned: Planned) -> Request? {
    if planned.request.isEmpty { return nil }
    do {
      return try LineParser.request(Array(planned.request.utf8)[...])
    } catch {
      complaints.append("line \(planned.line): \(planned.request): \(error.text)")
      return nil
    }
  }

  /// Sends requests of one actor, and reads the answers.
  private mutating func carryOut(_ together: [(planned: Planned, request: Request)]) throws {
    guard let actor = together.first?.planned.actor else { return }
    let client = try client(actor)
    for (_, request) in together { try client.send(request) }
    for (planned, _) in together {
      let answer = try client.answer()
      sent += 1
      if !answer.isPositive { refused[answer["rule"] ?? answer.name, default: 0] += 1 }
      if let expectation = planned.expectation { check(answer, expectation, planned) }
    }
  }

  private mutating func client(_ name: String) throws -> Client {
    if let known = clients[name] { return known }
    let actor =
      script.actors.first { $0.name == name }
      ?? CallScript.Actor(name: name, role: .agent, agent: name)
    let client = try Client(path: socket, as: actor.agent, role: actor.role)
    clients[name] = client
    return client
  }

  private mutating func check(
    _ answer: Client.Answer, _ expectation: CallScript.Expectation, _ planned: Planned
  ) {
    var wrong = answer.code == expectation.code ? [] : ["code \(answer.code)"]
    for field in expectation.fields where answer[field.name] != field.value {
      wrong.append("\(field.name)=\(answer[field.name] ?? "(missing)")")
    }
    if wrong.isEmpty { return }
    complaints.append(
      "line \(expectation.line): \(planned.request): got \(wrong.joined(separator: " ")): \(answer.text)"
    )
  }

  // MARK: Events

  private mutating func hear(_ line: ServerLine) {
    guard case .event(_, let type, let options) = line else { return }
    seen[type, default: 0] += 1
    let instant = now
    pendingEvents = pendingEvents.filter { expectation in
      instant < expectation.from
        || !matches(type, options, expectation.type, expectation.fields)
    }
    let call = options["call"] ?? ""
    for index in merged(rulesByCall[call] ?? [], otherRules) {
      let rule = script.reactions[index]
      guard matches(type, options, rule.type, rule.fields), uses[index, default: 0] < rule.times
      else { continue }
      let luck = Double(random.next() >> 11) / Double(1 << 53)
      if luck >= rule.chance { continue }
      uses[index, default: 0] += 1
      let values = Dictionary(options.map { ($0.name, $0.value) }) { first, _ in first }
      plan(
        instant + draw(rule.after), replace(rule.actor, values), replace(rule.request, values),
        rule.line)
      if !rule.isAdditional { return }
    }
  }

  /// Both lists in the order of the script.
  private func merged(_ a: [Int], _ b: [Int]) -> [Int] {
    a.isEmpty ? b : (a + b).sorted()
  }

  private func matches(
    _ type: String, _ options: [Field], _ wantedType: String, _ wanted: [Field]
  ) -> Bool {
    type == wantedType
      && wanted.allSatisfy { field in
        options.contains { $0.name == field.name && $0.value == field.value }
      }
  }

  private mutating func expireEvents() {
    let instant = now
    for expectation in pendingEvents where instant > expectation.until { complain(expectation) }
    pendingEvents.removeAll { instant > $0.until }
  }

  private mutating func complain(_ expectation: CallScript.EventExpectation) {
    let fields = expectation.fields.map { " \($0.name)=\($0.value)" }.joined()
    complaints.append("line \(expectation.line): \(expectation.type)\(fields) did not come")
  }

  /// What was played, in a few lines.
  public var summary: String {
    let events = seen.sorted { $0.key < $1.key }.map { "  \($0.key) \($0.value)" }
    let refusals = refused.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return """
      \(sent) requests, refused: \(refusals.isEmpty ? "none" : refusals.joined(separator: ", "))
      events:
      \(events.joined(separator: "\n"))
      """
  }
}
