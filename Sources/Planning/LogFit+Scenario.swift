import Base
import Stochastics

extension LogFit {
  /// A scenario over `configuration`, for `queue`.
  /// - Parameter credits: The waiting credit of callers by priority, in seconds; if empty, priorities are strict.
  public func scenario(
    configuration: String, queue: String, credits: [Int: Double] = [:]
  ) -> String {
    var lines = [
      "# Fitted to \(calls) calls on \(days) days. Say how reps answer (reps:) before believing the figures.",
      "description: Fitted to \(calls) calls on \(days) days",
      "configuration: \(configuration)",
      "day: { opens: \"\(ClockTime(minute: window.from).text)\", closes: \"\(ClockTime(minute: window.to).text)\", "
        + "interval: \(window.interval)m }",
      "day-factor-cv: \(CallLog.number(min(1, dayFactorCV)))",
    ]
    if !reps.isEmpty {
      lines.append("staffing: [\(levels.map { "\($0)" }.joined(separator: ", "))]")
    }
    lines.append("callers:")
    for (priority, arrivals) in arrivalsByPriority.sorted(by: { $0.key < $1.key }) {
      let name = arrivalsByPriority.count == 1 ? "callers" : "callers-\(priority)"
      lines += callers(name, queue, arrivals)
      if let credit = credits[priority] {
        lines.append("    credit: \(CallLog.number(credit))")
      } else if credits.isEmpty, priority > 0 {
        lines.append("    priority: \(priority)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func callers(
    _ name: String, _ queue: String, _ arrivals: [Double]
  ) -> [String] {
    let counts = arrivals.map { CallLog.number($0) }.joined(separator: ", ")
    var lines = [
      "  \(name):", "    queue: \(queue)", "    arrivals:", "      by-interval: [\(counts)]",
      "    patience: \((patience.first?.distribution ?? .never).text)",
      "    talk: \((handleTime.first?.distribution ?? .constant(180)).text)",
    ]
    // Without this line a call would keep its rep for all of the queue's wrap-up.
    if !reps.isEmpty { lines.append("    wrap-up: \((wrapUp ?? .constant(0)).text)") }
    return lines
  }

  /// A configuration with as many reps as are ever there.
  public func configuration(queue: String) -> String {
    CallLog.configuration((1...max(1, levels.max() ?? 1)).map { "rep\($0)" }, queue: queue)
  }
}

extension CallLog {
  /// A configuration for a log of another system: one queue, the longest idle rep first, no ring time.
  static func configuration(
    _ reps: [String], _ names: [String: String] = [:], queue: String
  ) -> String {
    """
    # Made of a call log.
    agents:
    \(reps.map { "  \($0): { name: \(quoted(names[$0] ?? $0)) }" }.joined(separator: "\n"))
    queues:
      \(queue):
        strategy: longest-idle
        members: [\(reps.joined(separator: ", "))]
        wrap-up: 10m

    """
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.filter { $0 != "\"" && $0 != "\\" } + "\""
  }

  /// Gives reps names that a configuration allows.
  /// - Returns: what each was called.
  mutating func renameReps() -> [String: String] {
    var byName: [String: String] = [:]
    var names: [String: String] = [:]
    for call in calls where !call.agent.isEmpty && byName[call.agent] == nil {
      let plain = call.agent.map { character in
        character.isASCII && (character.isLetter || character.isNumber || character == "-")
          ? character : "-"
      }
      var name = plain.first?.isLetter ?? false ? String(plain) : "rep-" + String(plain)
      while names[name] != nil { name += "-2" }
      byName[call.agent] = name
      names[name] = call.agent
    }
    for index in calls.indices { calls[index].agent = byName[calls[index].agent] ?? "" }
    return names
  }
}
