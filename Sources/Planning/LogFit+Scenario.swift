import Stochastics

extension LogFit {
  /// A scenario over `configuration`, for `queue`.
  /// - Parameter credits: The waiting credit of callers by priority, in seconds; if empty, all are alike.
  public func scenario(
    configuration: String, queue: String, credits: [Int: Double] = [:]
  ) -> String {
    var lines = [
      "# Fitted to \(calls) calls on \(days) days. Say how reps answer (reps:) before believing the figures.",
      "description: Fitted to \(calls) calls on \(days) days",
      "configuration: \(configuration)",
      "day: { opens: \"\(LogWindow.clock(window.from))\", closes: \"\(LogWindow.clock(window.to))\", "
        + "interval: \(window.interval)m }",
      "day-factor-cv: \(CallLog.number(min(1, dayFactorCV)))",
    ]
    if !reps.isEmpty {
      lines.append("staffing: [\(levels.map { "\($0)" }.joined(separator: ", "))]")
    }
    lines.append("callers:")
    if credits.isEmpty {
      lines += callers("callers", queue, arrivals, credit: 0)
    } else {
      for (priority, arrivals) in arrivalsByPriority.sorted(by: { $0.key < $1.key }) {
        lines += callers("callers-\(priority)", queue, arrivals, credit: credits[priority] ?? 0)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func callers(
    _ name: String, _ queue: String, _ arrivals: [Double], credit: Double
  ) -> [String] {
    let counts = arrivals.map { CallLog.number($0) }.joined(separator: ", ")
    var lines = [
      "  \(name):", "    queue: \(queue)", "    arrivals:", "      by-interval: [\(counts)]",
      "    patience: \((patience.first?.distribution ?? .never).text)",
      "    talk: \((handleTime.first?.distribution ?? .constant(180)).text)",
    ]
    if let wrapUp { lines.append("    wrap-up: \(wrapUp.text)") }
    if credit > 0 { lines.append("    credit: \(CallLog.number(credit))") }
    return lines
  }

  /// A configuration with as many reps as are ever there.
  public func configuration(queue: String) -> String {
    CallLog.configuration((1...max(1, levels.max() ?? 1)).map { "rep\($0)" }, queue: queue)
  }
}

extension CallLog {
  /// A configuration for a log of another system: one queue, the longest idle rep first, no ring time.
  static func configuration(_ reps: [String], queue: String) -> String {
    """
    # Made of a call log.
    agents:
    \(reps.map { "  \($0): { name: \($0) }" }.joined(separator: "\n"))
    queues:
      \(queue):
        strategy: longest-idle
        members: [\(reps.joined(separator: ", "))]
        wrap-up: 10m

    """
  }
}
