public import Stochastics

/// What a call log says of callers: when they come, how long they wait, how long calls take.
public struct LogFit: Equatable, Sendable {
  /// What is looked at.
  public struct Window: Equatable, Sendable {
    /// Weekdays, 1 being Monday.
    public var weekdays: Set<Int>
    /// First minute of the day.
    public var from: Int
    /// First minute after.
    public var to: Int
    /// Minutes in an interval.
    public var interval: Int

    /// `weekdays` from minute `from` to minute `to`.
    public init(weekdays: Set<Int>, from: Int, to: Int, interval: Int) {
      self.weekdays = weekdays
      self.from = from
      self.to = to
      self.interval = interval
    }

    /// How many intervals there are.
    public var count: Int { (to - from + interval - 1) / interval }
  }

  /// The window.
  public var window: Window
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
  public init?(_ log: CallLog, _ window: Window) {
    let calls = log.calls.filter { call in
      guard let weekday = Weekday.number(call.day), window.weekdays.contains(weekday) else {
        return false
      }
      let minute = Int(call.at / 60)
      return minute >= window.from && minute < window.to
    }
    let handle = calls.filter(\.isAnswered).map {
      KaplanMeier.Observation($0.handleTime, hasEnded: true)
    }
    let patience = calls.map { KaplanMeier.Observation($0.wait, hasEnded: !$0.isAnswered) }
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
      counts[(Int(call.at / 60) - window.from) / window.interval] += 1
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
    func text(_ fit: DistributionFit?) -> String {
      guard let fit else { return "never" }
      return ([fit.name] + fit.parameters.map { Self.rounded($0) }).joined(separator: ":")
    }
    let counts = arrivals.map { Self.rounded($0) }.joined(separator: ", ")
    return """
      # Fitted to \(calls) calls on \(days) days. Reps are as the configuration has them, all day long: say when they work
      # (shifts:) and how they answer (reps:) before believing the figures.
      description: Fitted to a call log
      configuration: \(configuration)
      day: { opens: "\(Self.clock(window.from))", closes: "\(Self.clock(window.to))", interval: \(window.interval)m }
      day-factor-cv: \(Self.rounded(min(1, dayFactorCV)))
      callers:
        callers:
          queue: \(queue)
          arrivals:
            by-interval: [\(counts)]
          patience: \(text(patience.first))
          talk: \(text(handleTime.first))

      """
  }

  private static func rounded(_ value: Double) -> String {
    "\((value * 1_000).rounded() / 1_000)"
  }

  private static func clock(_ minute: Int) -> String {
    let (hours, minutes) = (minute / 60, minute % 60)
    return (hours < 10 ? "0" : "") + "\(hours):" + (minutes < 10 ? "0" : "") + "\(minutes)"
  }
}

/// Days of the week.
public enum Weekday {
  /// Their names, Monday first.
  public static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// 1 for a Monday to 7 for a Sunday, of a day `yyyy-mm-dd`; `nil` if it is none.
  ///
  /// Source: Sakamoto's method (1993), for the Gregorian calendar.
  public static func number(_ day: String) -> Int? {
    let parts = day.split(separator: "-").map { Int($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let date = parts[2],
      (1...12).contains(month), (1...31).contains(date)
    else { return nil }
    let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
    let y = month < 3 ? year - 1 : year
    let sunday = (y + y / 4 - y / 100 + y / 400 + offsets[month - 1] + date) % 7
    return sunday == 0 ? 7 : sunday
  }
}
