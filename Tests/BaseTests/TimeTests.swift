import Testing

@testable import Base

@Suite struct TimeSpanTests {
  @Test(
    "Spans as people write them",
    arguments: [
      ("90", 90_000_000), ("1.5", 1_500_000), ("90s", 90_000_000), ("3m", 180_000_000),
      ("1.5m", 90_000_000), ("2h", 7_200_000_000), ("0", 0), ("0.0000019", 1), ("007", 7_000_000),
      ("999999999999h", .max),
    ] as [(String, Int64)])
  func parses(text: String, microseconds: Int64) {
    #expect(TimeSpan(text: text) == .microseconds(microseconds))
  }

  @Test(
    "What is no span is none",
    arguments: [
      "", ".", "1.", ".5", "-1", "1e3", "1.2.3", "99999999999999999999", "s", "m", "1d", "1 h",
      "h2",
      "1hm", "٣",
    ])
  func refuses(text: String) {
    #expect(TimeSpan(text: text) == nil)
  }

  @Test("Sums and products that do not fit are the most that does")
  func saturates() {
    #expect(TimeSpan.max + .seconds(1) == .max)
    #expect(TimeSpan(microseconds: .min) + .seconds(-1) == TimeSpan(microseconds: .min))
    #expect(TimeSpan(microseconds: .min) - .seconds(1) == TimeSpan(microseconds: .min))
    #expect(TimeSpan.zero - TimeSpan(microseconds: .min) == .max)
    #expect(TimeSpan.hours(1) * Int64.max == .max)
    #expect(TimeSpan.hours(-1) * Int64.max == TimeSpan(microseconds: .min))
    #expect(TimeSpan.hours(-1) * Int64.min == .max)
    #expect(TimeSpan.days(Int64.max) == .max)
    #expect(TimeSpan(seconds: 1e300) == .max && TimeSpan(seconds: .nan) == .max)
    #expect(Instant.never + .seconds(1) == .never && Instant(seconds: 1) + .max == .never)
    #expect(Instant.never - Instant(microseconds: -1) == .max)
    #expect(Instant(microseconds: .min) - .seconds(1) == Instant(microseconds: .min))
    #expect(Instant(seconds: 3) - TimeSpan(microseconds: .min) == .never)
  }

  @Test(
    "A span says what it is",
    arguments: [
      (90_000_000, "90 s"), (2_500_000, "2.5 s"), (-1_050_000, "-1.05 s"), (7, "0 s"), (0, "0 s"),
    ] as [(Int64, String)])
  func describes(microseconds: Int64, text: String) {
    #expect("\(TimeSpan(microseconds: microseconds))" == text)
  }

  @Test("Units, and how often one goes into another")
  func units() {
    #expect(TimeSpan.days(1) == .hours(24))
    #expect(TimeSpan.hours(1) == .minutes(60))
    #expect(TimeSpan.minutes(1) == .seconds(60))
    #expect(TimeSpan.minutes(90).wholeMinutes == 90 && TimeSpan.seconds(-90).wholeSeconds == -90)
    #expect(TimeSpan(seconds: 0.0000015) == .microseconds(2) && TimeSpan.seconds(3).seconds == 3)
    #expect(TimeSpan.hours(1) / TimeSpan.minutes(7) == 8)
    #expect(TimeSpan.hours(1) % TimeSpan.minutes(7) == .minutes(4))
    #expect(TimeSpan.hours(1).count(of: .minutes(30)) == 2)
    #expect((TimeSpan.hours(1) + .microseconds(1)).count(of: .minutes(30)) == 3)
    #expect(TimeSpan.seconds(-3).magnitude == .seconds(3))
  }
}

@Suite struct ClockTimeTests {
  @Test(
    "Times of day", arguments: [("00:00", 0), ("8:30", 510), ("23:59", 1_439), ("24:00", 1_440)])
  func parses(text: String, minute: Int) throws {
    let time = try #require(ClockTime(text: text))
    #expect(time.minute == minute && ClockTime(text: time.text) == time && time.text.count == 5)
  }

  @Test(arguments: [
    "", ":", "8", "8:0", "8:60", "24:01", "25:00", "-1:00", "+8:00", "008:00", "8:3O",
  ])
  func refuses(text: String) { #expect(ClockTime(text: text) == nil) }
}

@Suite struct CalendarTests {
  @Test("Every day from 1600 to 2400 has its number, its weekday and its text")
  func days() {
    var weekday = 0
    for number in Int64(-135_140)...157_054 {
      let date = CivilDate(dayNumber: number)
      if date.dayNumber != number || CivilDate(text: date.text) != date {
        Issue.record("\(number): \(date)")
        return
      }
      // 1600-01-01 was a Saturday.
      if date.weekday != Weekday.allCases[(weekday + 5) % 7] {
        Issue.record("\(date.text): \(date.weekday)")
        return
      }
      weekday += 1
    }
    #expect(CivilDate(dayNumber: -135_140).text == "1600-01-01")
    #expect(CivilDate(dayNumber: 157_054).text == "2400-01-01")
  }

  @Test(arguments: [
    "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-11-23", "",
  ])
  func noDay(text: String) { #expect(CivilDate(text: text) == nil) }

  @Test("Spans of weekdays go over the end of the week")
  func weekdays() {
    #expect(Weekday.days(text: "mon-fri") == [.monday, .tuesday, .wednesday, .thursday, .friday])
    #expect(Weekday.days(text: "sat-mon") == [.saturday, .sunday, .monday])
    #expect(Weekday.days(text: "wed") == [.wednesday])
    for wrong in ["", "-", "mon-", "-fri", "mon-tue-wed", "Mon", "montag"] {
      #expect(Weekday.days(text: wrong) == nil)
    }
  }
}

@Suite struct TimestampTests {
  @Test(
    "RFC 3339, section 5.8, and edges",
    arguments: [
      ("1985-04-12T23:20:50.52Z", 482_196_050_520_000),
      ("1996-12-19T16:39:57-08:00", 851_042_397_000_000),
      ("1990-12-31T23:59:60Z", 662_688_000_000_000),
      ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000),
      ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
    ] as [(String, Int64)])
  func parses(text: String, microseconds: Int64) {
    #expect(Timestamp.parse(text) == Instant(microseconds: microseconds))
  }

  @Test(
    arguments: [
      "2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01 00:00:00", "2026-01-01T24:00:00Z",
      "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+1:00", "",
      // In UTC a year of five digits, and one before the first.
      "9999-12-31T23:59:60-23:59", "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+00:01",
    ])
  func refuses(text: String) {
    #expect(Timestamp.parse(text) == nil)
  }

  @Test func roundTrip() {
    var time: Int64 = -5_000_000_000_000_000
    while time < 5_000_000_000_000_000 {
      let instant = Instant(microseconds: time)
      #expect(Timestamp.parse(Timestamp.text(instant)) == instant)
      time += 7_777_777_777_777
    }
    for text in ["0000-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"] {
      #expect(Timestamp.parse(text).map(Timestamp.text) == text)
    }
  }
}
