import Base
import Foundation
import TestSupport
import Testing

@testable import Configuration

/// Office hours over the nights in which clocks change, in every time zone that has such nights.
@Suite struct ClockChangeTests {
  private func hours(_ zone: TimeZone, _ opens: String, _ closes: String) throws -> OfficeHours {
    let span = OfficeHours.Hours(
      opens: try #require(ClockTime(text: opens)), closes: try #require(ClockTime(text: closes)))
    let week = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [span]) })
    return OfficeHours(timeZone: zone, week: week, specialDays: [:])
  }

  private func clock(_ instant: Instant, _ zone: TimeZone) -> ClockTime {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let parts = calendar.dateComponents([.hour, .minute], from: instant.date)
    return ClockTime(minute: (parts.hour ?? 0) * 60 + (parts.minute ?? 0))
  }

  /// Zones whose clocks change after the beginning of 2026, and when they do.
  private static let changes: [(zone: TimeZone, at: Instant)] =
    TimeZone.knownTimeZoneIdentifiers.compactMap { TimeZone(identifier: $0) }.flatMap { zone in
      var changes: [(zone: TimeZone, at: Instant)] = []
      var date = Date(timeIntervalSince1970: 1_767_225_600)
      for _ in 0..<2 {
        guard let next = zone.nextDaylightSavingTimeTransition(after: date),
          next.timeIntervalSince1970 < 1_830_297_600
        else { break }
        changes.append((zone, Instant(next)))
        date = next
      }
      return changes
    }

  @Test(
    "Spans are never empty, follow one another, and begin and end when the wall clock says so",
    arguments: [
      ("02:15", "02:45"), ("00:00", "24:00"), ("00:00", "00:30"), ("01:00", "03:00"),
      ("08:00", "17:00"), ("23:30", "24:00"), ("22:00", "06:00"), ("23:30", "02:15"),
      ("02:30", "00:45"),
    ])
  func changes(opens: String, closes: String) throws {
    #expect(Self.changes.count > 150)
    for (zone, change) in Self.changes {
      let hours = try hours(zone, opens, closes)
      var instant = change - .hours(50)
      var steps = 0
      while instant < change + .hours(50) {
        guard let span = hours.span(at: instant), steps < 20 else {
          Issue.record("\(zone.identifier): no end of it at \(Timestamp.text(instant))")
          return
        }
        steps += 1
        let isSound = span.opens < span.closes && span.closes > instant
        // Nothing is open longer than the clock shows, but for what comes twice: an hour, at Troll two.
        let minutes =
          try #require(ClockTime(text: closes)).minute - (ClockTime(text: opens)?.minute ?? 0)
        let length = minutes > 0 ? minutes : minutes + 1_440
        let longest = TimeSpan.minutes(Int64(length)) + .hours(2)
        if !isSound || opens != "00:00" && span.closes - span.opens > longest {
          Issue.record(
            "\(zone.identifier): \(Timestamp.text(span.opens)) to \(Timestamp.text(span.closes))")
          return
        }
        let isFarFromChange = (span.opens - change).magnitude > .hours(24)
        if isFarFromChange, opens != "00:00", clock(span.opens, zone).text != opens {
          Issue.record("\(zone.identifier): opens at \(clock(span.opens, zone).text)")
          return
        }
        instant = span.closes
      }
    }
  }

  /// Whether the wall clock shows a time within hours that are the same each day.
  private func isWithin(_ hours: OfficeHours.Hours, _ time: ClockTime) -> Bool {
    hours.isOvernight
      ? time >= hours.opens || time < hours.closes : time >= hours.opens && time < hours.closes
  }

  /// The times of day that the clock shows twice, or once more, at a change; `nil`: it goes forward.
  private func repeated(_ zone: TimeZone, _ change: Instant) -> ClosedRange<Int>? {
    let before = zone.secondsFromGMT(for: (change - .seconds(1)).date)
    let back = before - zone.secondsFromGMT(for: change.date)
    if back <= 0 { return nil }
    let from = clock(change, zone).minute
    return from...from + back / 60
  }

  @Test(
    "Open exactly when the wall clock says so, with any hours, over every change of every clock")
  func wallClock() throws {
    var random = TestRandom(state: 20_261_130)
    var looked = 0
    for (zone, change) in Self.changes {
      for _ in 0..<3 {
        let opens = ClockTime(minute: Int.random(in: 0..<96, using: &random) * 15)
        var closes = opens
        while closes == opens {
          closes = ClockTime(minute: Int.random(in: 1...96, using: &random) * 15)
        }
        // A time that comes twice: the first counts, so the wall clock alone does not tell.
        if let twice = repeated(zone, change),
          [opens, closes].contains(where: {
            twice.contains($0.minute) || twice.contains($0.minute + 1_440)
          })
        {
          continue
        }
        let hours = try hours(zone, opens.text, closes.text)
        for step in -24...24 {
          let instant = change + .minutes(Int64(step * 20))
          looked += 1
          let span = try #require(hours.span(at: instant))
          let expected = isWithin(.init(opens: opens, closes: closes), clock(instant, zone))
          if (span.opens <= instant) != expected {
            Issue.record(
              "\(zone.identifier) \(opens.text)-\(closes.text): \(Timestamp.text(instant)) open: \(!expected)"
            )
            return
          }
        }
      }
    }
    #expect(looked > 20_000, "\(looked)")
  }

  @Test(
    "Hours wholly within the hour that Chicago skips on 2026-03-08 do not take place that night")
  func skipped() throws {
    let zone = try #require(TimeZone(identifier: "America/Chicago"))
    let hours = try hours(zone, "02:15", "02:45")
    // The evening before, in winter time.
    let evening = try #require(Timestamp.parse("2026-03-07T20:00:00-06:00"))
    let span = try #require(hours.span(at: evening))
    #expect(span.opens == Timestamp.parse("2026-03-09T02:15:00-05:00"))
    #expect(span.closes == Timestamp.parse("2026-03-09T02:45:00-05:00"))
  }

  @Test("The same time a day later, over each change of the clocks, is that time or just after it")
  func sameTime() throws {
    for (zone, at) in Self.changes {
      let hours = try hours(zone, "08:00", "17:00")
      let midnight = hours.midnight(before: at)
      let noon = midnight - .hours(12)
      let next = hours.sameTime(as: noon, days: 1)
      // Where the day of the change does not begin at 0:00, noon of the day before is another time.
      if clock(noon, zone) == clock(next, zone) { continue }
      Issue.record("\(zone.identifier): \(clock(noon, zone)) and \(clock(next, zone))")
    }
    let chicago = try hours(try #require(TimeZone(identifier: "America/Chicago")), "08:00", "17:00")
    // 1 November 2026 has 25 hours.
    let first = Instant(seconds: 1_793_509_200)
    #expect(chicago.midnight(before: first) == first)
    #expect(chicago.sameTime(as: first, days: 1) == first + .hours(25))
    #expect(chicago.sameTime(as: first, days: 2) == first + .hours(49))
  }
}
