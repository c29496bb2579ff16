import Base
import Configuration
import Events
import Routing
import Simulation
import YAMLTree
import Yams

// What a log of the past gives a scenario: its calls, and when its reps were there.

extension ScenarioParser {
  private static let traceKeys = ["trace", "day", "kinds"]

  /// The calls of one day of a trace.
  mutating func parseTrace(
    _ node: Node, _ scenario: Scenario, _ firstMinute: Int
  ) -> Arrivals {
    let keys = section(node, "arrivals", keys: Self.traceKeys)
    guard let fileNode = keys["trace"], let dayNode = keys["day"] else {
      complain(node, "arrivals: a trace needs the day: { trace: FILE, day: yyyy-mm-dd }")
      return .trace([])
    }
    guard case .day(let closes, _) = scenario.span else {
      complain(node, "arrivals: an equilibrium has no trace; give day instead of steady")
      return .trace([])
    }
    let day = text(dayNode, "day")
    guard let file = contents(fileNode, "trace") else { return .trace([]) }
    let log = CallLog(trace: file.text, file: file.path)
    if let bad = log.leftOut.first {
      complain(fileNode, "trace: \(bad.first): \(bad.reason)")
    }
    let kinds = keys["kinds"].map { Set(list($0, "kinds").map { text($0, "kind") }) }
    let calls = log.calls.filter { $0.day == day && kinds?.contains($0.kind) ?? true }
    if calls.isEmpty { complain(dayNode, "trace: \(file.path) has no such calls on \(day)") }
    let traced = calls.map { Self.traced($0, firstMinute) }
    if let outside = traced.first(where: { $0.at < .zero || $0.at >= closes }) {
      let minute = firstMinute + Int(outside.at / .minutes(1))
      complain(
        dayNode,
        "trace: there is a call at \(ClockTime(minute: minute).text), outside the simulated day; see day: from, to"
      )
    }
    return .trace(traced)
  }

  private static func traced(_ call: LoggedCall, _ firstMinute: Int) -> TracedCall {
    func length(_ seconds: Double) -> TimeSpan { TimeSpan(seconds: seconds) }
    let at = length(call.at) - .minutes(Int64(firstMinute))
    let wait = length(call.wait)
    return TracedCall(
      at: at, handleTime: call.isAnswered ? length(call.handleTime) : nil,
      wrapUp: call.wrapUp.map(length),
      patience: call.outcome == .abandoned ? .exactly(wait) : .atLeast(wait))
  }

  /// The text of the file that `node` names, and its path.
  private mutating func contents(_ node: Node, _ what: String) -> (text: String, path: String)? {
    let path = resolved(text(node, what))
    do {
      return (try read(path), path)
    } catch {
      complain(node, "\(what): \(path) cannot be read")
      return nil
    }
  }

  // MARK: Attendance

  private static let attendanceKeys = ["file", "day", "more", "without"]

  /// Reps who were not there, and now are: like the first rep of the configuration.
  mutating func addReps(_ node: Node, to configuration: inout Configuration) {
    // What is wrong with it is said when the attendance is read.
    let count = node.mapping?["more"]?.scalar.flatMap { Int($0.string) } ?? 0
    configuration.addAgents(min(1_000, max(0, count)), like: AgentID(0))
  }

  /// Reps are there as they were on one day of the past; those added are there all day.
  mutating func parseAttendance(_ node: Node, _ scenario: inout Scenario, _ firstMinute: Int) {
    let keys = section(node, "attendance", keys: Self.attendanceKeys)
    guard let fileNode = keys["file"], let dayNode = keys["day"] else {
      return complain(node, "attendance: expected file and day")
    }
    guard let file = contents(fileNode, "attendance") else { return }
    let (attendance, wrong) = Attendance.read(file.text)
    if let wrong {
      complain(
        fileNode,
        "attendance: \(file.path):\(wrong.line): expected day, rep, from and to, not \"\(wrong.text)\""
      )
    }
    let names = directory.agents.map(\.name)
    let without = Set(
      (keys["without"].map { list($0, "without") } ?? [])
        .compactMap { reference($0, "rep", among: names).map { names[$0] } })
    var shifts: [[Shift]] = Array(repeating: [], count: scenario.agents.count)
    for spell in attendance.days[text(dayNode, "day")] ?? [] where !without.contains(spell.rep) {
      guard let agent = directory.agent(named: spell.rep) else {
        return complain(node, "attendance: the configuration has no rep \"\(spell.rep)\"")
      }
      func time(_ seconds: Double) -> TimeSpan {
        TimeSpan(seconds: seconds) - .minutes(Int64(firstMinute))
      }
      let (start, end) = (max(.zero, time(spell.start)), time(spell.end))
      if start < end { shifts[agent.index].append(Shift(start: start, end: end)) }
    }
    shifts = shifts.map(Self.merged)
    let more = keys["more"].map { integer($0, "more", in: 0...1_000) } ?? 0
    if let hours = scenario.officeHours.first {
      for index in shifts.indices.suffix(more) {
        shifts[index] = [Shift(start: hours.opens, end: hours.closes)]
      }
    }
    if shifts.allSatisfy(\.isEmpty) { complain(dayNode, "attendance: nobody is there on that day") }
    scenario.staffing = .shifts(shifts)
  }

  /// The same time in spells that neither touch nor overlap.
  private static func merged(_ shifts: [Shift]) -> [Shift] {
    var result: [Shift] = []
    for shift in shifts.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      if let last = result.last, shift.start <= last.end {
        result[result.count - 1].end = max(last.end, shift.end)
      } else {
        result.append(shift)
      }
    }
    return result
  }
}
