public import Stochastics

/// What a call log says of callers and reps: when callers come, how long they wait, how long calls take, how
/// many reps are there.
public struct LogFit: Equatable, Sendable {
  /// The window.
  public var window: LogWindow
  /// Days with calls in it.
  public var days: Int
  /// Calls in it.
  public var calls: Int
  /// Mean calls by interval.
  public var arrivals: [Double]
  /// Mean calls by interval of each priority.
  public var arrivalsByPriority: [Int: [Double]] = [:]
  /// The coefficient of variation of the busyness of whole days, beyond what chance explains.
  public var dayFactorCV: Double
  /// Fits of handle times, the best first.
  public var handleTime: [DistributionFit]
  /// Fits of patience, the best first.
  public var patience: [DistributionFit]
  /// Time after a call for which it keeps the rep busy, if the log names reps.
  public var wrapUp: Distribution?
  /// Mean number of reps by interval; empty if the log does not name them.
  public var reps: [Double] = []
  /// Patience without assuming a form.
  public var survival: KaplanMeier
  /// Handle times without assuming a form.
  public var handleTimeSurvival: KaplanMeier

  /// Fits `log`; `nil` when no call lies in the window or none was answered.
  /// - Parameter staffing: The log that says when reps are there, if it is another.
  public init?(_ log: CallLog, _ window: LogWindow, staffing: CallLog? = nil) {
    var log = log
    var attendance = Attendance(of: &log)
    if var staffing { attendance = Attendance(of: &staffing) }
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
    handleTimeSurvival = KaplanMeier(handle)
    let byDay = Dictionary(calls.map { ($0.day, 1) }, uniquingKeysWith: +)
    days = byDay.count
    arrivals = Self.profile(calls, window, days: byDay.count)
    let levels = attendance.meanLevels(window)
    if levels.contains(where: { $0 > 0 }) {
      reps = levels
      wrapUp = RecordedDay.lognormal(calls.compactMap(\.wrapUp))
    }
    var totals = Moments()
    for day in byDay.keys.sorted() { totals.add(Double(byDay[day] ?? 0)) }
    // Poisson days have a variance as large as their mean; what is beyond that is the days' own.
    let excess = totals.count < 2 ? 0 : max(0, totals.variance - totals.mean)
    dayFactorCV = excess.squareRoot() / totals.mean
    for (priority, calls) in Dictionary(grouping: calls, by: \.priority) {
      arrivalsByPriority[priority] = Self.profile(calls, window, days: days)
    }
  }

  private static func profile(_ calls: [LoggedCall], _ window: LogWindow, days: Int) -> [Double] {
    var counts = Array(repeating: 0.0, count: window.count)
    for call in calls {
      if let index = window.interval(ofSecond: call.at) { counts[index] += 1 }
    }
    return counts.map { $0 / Double(days) }
  }

  /// Whole reps by interval. What rounding takes from one interval it gives to the next, so that as many
  /// hours are worked.
  public var levels: [Int] {
    var carried = 0.0
    return reps.map { mean in
      let level = max(0, (mean + carried).rounded())
      carried += mean - level
      return Int(level)
    }
  }
}
