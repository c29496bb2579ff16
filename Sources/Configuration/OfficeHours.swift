import Base
import Foundation

/// When a team or a queue works: weekly hours in a time zone, and days that are otherwise.
public struct OfficeHours: Equatable, Sendable {
  /// Opening and closing, local time. Who closes no later than they open closes on the day after.
  public struct Hours: Equatable, Sendable {
    /// First minute open.
    public var opens: ClockTime
    /// First minute closed.
    public var closes: ClockTime
    /// Whether midnight lies between them.
    public var isOvernight: Bool { closes <= opens }
    /// For how long, on a day of 24 hours.
    public var minutes: Int { closes.minute - opens.minute + (isOvernight ? 1_440 : 0) }
  }

  /// The time zone, daylight saving time included.
  public var timeZone: TimeZone
  /// By the weekday on which they begin; several spans a day are in order.
  public var week: [Weekday: [Hours]]
  /// Days with hours of their own instead of the week's, in the time zone; without any: days off. A night that began
  /// on the day before goes on.
  public var specialDays: [CivilDate: [Hours]]
  /// Whether there are hours at all; without, the queue is always open.
  public var isAlwaysOpen: Bool { week.isEmpty }

  /// The span of office hours in force at `instant`, or else the next one.
  ///
  /// Hours are local wall-clock times: on the day clocks change they move with the clock, and a time
  /// that does not exist that day counts as the next one that does.
  /// - Returns: `nil` if there is none within 400 days.
  public func span(at instant: Instant) -> (opens: Instant, closes: Instant)? {
    if isAlwaysOpen { return (.distantPast, .never) }
    guard var span = singleSpan(at: instant) else { return nil }
    // Spans that touch, as 00:00-24:00 on two days do, are one, and so are those that overlap, as a night may with a
    // special day; a fortnight of them is enough to know.
    for _ in 0..<14 {
      guard let next = singleSpan(at: span.closes), next.opens <= span.closes else { break }
      span.closes = next.closes
    }
    return span
  }

  private func singleSpan(at instant: Instant) -> (opens: Instant, closes: Instant)? {
    let calendar = calendar
    let today = calendar.startOfDay(for: instant.date)
    // A night may have begun on the day before.
    var day = calendar.startOfDay(
      for: calendar.date(byAdding: .day, value: -1, to: today) ?? today)
    for _ in 0..<401 {
      for span in spans(on: day, calendar) where span.closes > instant { return span }
      guard let next = calendar.date(byAdding: .day, value: 1, to: day) else { return nil }
      day = calendar.startOfDay(for: next)
    }
    return nil
  }

  /// The first instant of the day after the one `instant` is in.
  public func nextMidnight(after instant: Instant) -> Instant {
    let calendar = calendar
    let today = calendar.startOfDay(for: instant.date)
    let tomorrow = calendar.date(byAdding: .day, value: 1, to: today) ?? today + 86_400
    return Instant(calendar.startOfDay(for: tomorrow))
  }

  /// The first instant of the day `instant` is in.
  public func midnight(before instant: Instant) -> Instant {
    Instant(calendar.startOfDay(for: instant.date))
  }

  /// The same time of the day, `days` days later.
  public func sameTime(as instant: Instant, days: Int) -> Instant {
    calendar.date(byAdding: .day, value: days, to: instant.date).map { Instant($0) }
      ?? instant + .days(Int64(days))
  }

  /// The first instant of the month `instant` is in.
  public func monthStart(before instant: Instant) -> Instant {
    calendar.dateInterval(of: .month, for: instant.date).map { Instant($0.start) } ?? .distantPast
  }

  /// The first instant of the month after the one `instant` is in.
  public func nextMonth(after instant: Instant) -> Instant {
    calendar.dateInterval(of: .month, for: instant.date).map { Instant($0.end) } ?? .never
  }

  private var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    return calendar
  }

  private func spans(
    on day: Date, _ calendar: Calendar
  ) -> [(opens: Instant, closes: Instant)] {
    let parts = calendar.dateComponents([.year, .month, .day], from: day)
    guard let year = parts.year, let month = parts.month, let date = parts.day,
      let date = CivilDate(year: year, month: month, day: date)
    else { return [] }
    let next = calendar.startOfDay(for: calendar.date(byAdding: .day, value: 1, to: day) ?? day)
    // Hours that lie wholly in an hour that the clocks skip do not take place.
    return (specialDays[date] ?? week[date.weekday] ?? []).map { hours in
      (
        opens: at(hours.opens, on: day, calendar),
        closes: at(hours.closes, on: hours.isOvernight ? next : day, calendar)
      )
    }.filter { $0.opens < $0.closes }
  }

  /// The instant at which the local clock shows `time` on `day`, or first shows a later one.
  private func at(_ time: ClockTime, on day: Date, _ calendar: Calendar) -> Instant {
    if time == .endOfDay { return nextMidnight(after: Instant(day)) }
    let clock = calendar.date(
      bySettingHour: time.hour, minute: time.minuteOfHour, second: 0, of: day,
      matchingPolicy: .nextTime)
    if let clock, calendar.isDate(clock, inSameDayAs: day) { return Instant(clock) }
    // Where more than an hour is skipped (Antarctica/Troll), the calendar finds the next day's.
    return Instant(
      timeZone.nextDaylightSavingTimeTransition(after: day) ?? day + TimeInterval(time.minute * 60))
  }
}

extension Instant {
  /// The same instant for the calendar.
  public var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1e6) }

  /// The instant of `date`, to the microsecond.
  public init(_ date: Date) {
    self.init(microseconds: Int64((date.timeIntervalSince1970 * 1e6).rounded()))
  }
}
