public import Stochastics

/// What a call log says of callers: when they come, how long they wait, how long calls take.
public struct LogFit: Equatable, Sendable {
  /// The window.
  public var window: LogWindow
  /// Days with calls in it.
  public var days: Int
  /// Calls in it.
  public var calls: Int
  /// Mean calls by interval.
  public var arrivals: [Double]
  /// The coefficient of variation of the busyness of whole days, beyond what chance explains.
  public var dayFactorCV: Double
  /// Fits of handle times, the best first.
  public var handleTime: [DistributionFit]
  /// Fits of patience, the best first.
  public var patience: [DistributionFit]
  /// Patience without assuming a form.
  public var survival: KaplanMeier

  /// Fits `log`; `nil` when no call lies in the window or none was answered.
  public init?(_ log: CallLog, _ window: LogWindow) {
    let calls = log.calls.filter { window.includes($0) }
    let handle = calls.filter(\.isAnswered).map {
      KaplanMeier.Observation($0.handleTime, hasEnded: true)
    }
    let patience = calls.map {
      KaplanMeier.Observation($0.wait, hasEnded: $0.outcome == .abandoned)
    }
    handleTime = DistributionFit.all(handle)
    guard !calls.isEmpty, !handleTime.isEmpty else { return nil }
    self.window = window
    self.calls = calls.count
    self.patience = DistributionFit.all(patience)
    survival = KaplanMeier(patience)
    var byDay: [String: Int] = [:]
    var counts = Array(repeating: 0.0, count: window.count)
    for call in calls {
      byDay[call.day, default: 0] += 1
      if let index = window.interval(ofSecond: call.at) { counts[index] += 1 }
    }
    days = byDay.count
    arrivals = counts.map { [days] in $0 / Double(days) }
    var totals = Moments()
    for day in byDay.keys.sorted() { totals.add(Double(byDay[day] ?? 0)) }
    // Poisson days have a variance as large as their mean; what is beyond that is the days' own.
    let excess = totals.count < 2 ? 0 : max(0, totals.variance - totals.mean)
    dayFactorCV = excess.squareRoot() / totals.mean
  }

  /// A scenario over `configuration`, for `queue`.
  public func scenario(configuration: String, queue: String) -> String {
    let counts = arrivals.map { CallLog.number($0) }.joined(separator: ", ")
    return """
      # Fitted to \(calls) calls on \(days) days. Reps are as the configuration has them, all day long: say when they work
      # (shifts:) and how they answer (reps:) before believing the figures.
      description: Fitted to a call log
      configuration: \(configuration)
      day: { opens: "\(LogWindow.clock(window.from))", closes: "\(LogWindow.clock(window.to))", interval: \(window.interval)m }
      day-factor-cv: \(CallLog.number(min(1, dayFactorCV)))
      callers:
        callers:
          queue: \(queue)
          arrivals:
            by-interval: [\(counts)]
          patience: \((patience.first?.distribution ?? .never).text)
          talk: \((handleTime.first?.distribution ?? .constant(180)).text)

      """
  }
}
