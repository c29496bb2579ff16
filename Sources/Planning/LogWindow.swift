import Base

/// The part of a log that is looked at.
public struct LogWindow: Equatable, Sendable {
  /// Days of the week.
  public var weekdays: Set<Weekday>
  /// First minute of the day.
  public var from: Int
  /// First minute after.
  public var to: Int
  /// Minutes in an interval.
  public var interval: Int

  /// `weekdays` from minute `from` to minute `to`.
  public init(weekdays: Set<Weekday>, from: Int, to: Int, interval: Int) {
    self.weekdays = weekdays
    self.from = from
    self.to = to
    self.interval = interval
  }

  /// How many intervals there are.
  public var count: Int { (to - from + interval - 1) / interval }

  /// Whether `day` is one of ``weekdays``.
  public func includes(day: String) -> Bool {
    CivilDate(text: day).map { weekdays.contains($0.weekday) } ?? false
  }

  /// Whether `call` lies in it.
  public func includes(_ call: LoggedCall) -> Bool {
    includes(day: call.day) && interval(ofSecond: call.at) != nil
  }

  /// The interval in which `second` of the day lies; `nil`: outside.
  public func interval(ofSecond second: Double) -> Int? {
    let minute = second / 60 - Double(from)
    return minute >= 0 && minute < Double(to - from) ? Int(minute) / interval : nil
  }

  /// Shares the time from `start` to `end` out among the intervals it covers.
  func share(from start: Double, to end: Double, _ take: (Int, Double) -> Void) {
    for index in 0..<count {
      let first = Double(from + index * interval) * 60
      let last = min(first + Double(interval) * 60, Double(to) * 60)
      let part = min(end, last) - max(start, first)
      if part > 0 { take(index, part) }
    }
  }
}
