/// The part of a log that is looked at.
public struct LogWindow: Equatable, Sendable {
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

  /// A minute of the day as hh:mm.
  public static func clock(_ minute: Int) -> String {
    let (hours, minutes) = (minute / 60, minute % 60)
    return (hours < 10 ? "0" : "") + "\(hours):" + (minutes < 10 ? "0" : "") + "\(minutes)"
  }

  /// How many intervals there are.
  public var count: Int { (to - from + interval - 1) / interval }

  /// Whether `day` is one of ``weekdays``.
  public func includes(day: String) -> Bool {
    Weekday.number(day).map { weekdays.contains($0) } ?? false
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

/// Days of the week.
public enum Weekday {
  /// Their names, Monday first.
  public static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// 1 for a Monday to 7 for a Sunday, of a day `yyyy-mm-dd`; `nil` if it is none.
  ///
  /// Source: Sakamoto's method (1993), for the Gregorian calendar.
  public static func number(_ day: String) -> Int? {
    let parts = day.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, day.utf8.count == 10, day.utf8.first != 0x2D, let year = parts[0],
      let month = parts[1], let date = parts[2],
      (1...12).contains(month), (1...31).contains(date)
    else { return nil }
    let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
    let y = month < 3 ? year - 1 : year
    let sunday = (y + y / 4 - y / 100 + y / 400 + offsets[month - 1] + date) % 7
    return sunday == 0 ? 7 : sunday
  }
}
