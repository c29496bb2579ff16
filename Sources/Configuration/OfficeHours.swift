import Base
import Foundation
import Routing

/// When the team works: weekly hours in a time zone, less holidays.
public struct OfficeHours: Equatable, Sendable {
  /// Opening and closing on one day, local time.
  public struct Hours: Equatable, Sendable {
    /// First minute open.
    public var opens: ClockTime
    /// First minute closed.
    public var closes: ClockTime
  }

  /// The time zone, daylight saving time included.
  public var timeZone: TimeZone
  /// By weekday; several spans a day are in order.
  public var week: [Weekday: [Hours]]
  /// Days off, in the time zone.
  public var holidays: Set<CivilDate>
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
    // Spans that touch, as 00:00-24:00 on two days do, are one; a fortnight of them is enough to know.
    for _ in 0..<14 {
      guard let next = singleSpan(at: span.closes), next.opens == span.closes else { break }
      span.closes = next.closes
    }
    return span
  }

  private func singleSpan(at instant: Instant) -> (opens: Instant, closes: Instant)? {
    let calendar = calendar
    var day = calendar.startOfDay(for: instant.date)
    for _ in 0..<400 {
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
    if holidays.contains(date) { return [] }
    // Hours that lie wholly in an hour that the clocks skip do not take place.
    return (week[date.weekday] ?? []).map { hours in
      (opens: at(hours.opens, on: day, calendar), closes: at(hours.closes, on: day, calendar))
    }.filter { $0.opens < $0.closes }
  }

  /// The instant at which the local clock shows `time` on `day`.
  private func at(_ time: ClockTime, on day: Date, _ calendar: Calendar) -> Instant {
    if time == .endOfDay { return nextMidnight(after: Instant(day)) }
    let clock = calendar.date(
      bySettingHour: time.hour, minute: time.minuteOfHour, second: 0, of: day,
      matchingPolicy: .nextTime)
    return Instant(clock ?? day + TimeInterval(time.minute * 60))
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
