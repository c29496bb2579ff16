import Base
import Configuration
import Switchboard

/// Office hours as teams have them, written as the configuration has them: half-days, nights, touching spans, holidays
/// and time zones of a queue's own.
enum WorkingTimes {
  private static let yaml = """
    team:
      time-zone: America/Chicago
      office-hours: { mon-fri: 08:00-17:00 }
      holidays: [{ 2026-12-24: 08:00-12:00 }, 2026-12-25, { 2026-12-31: [08:00-12:00, 13:00-15:00] }]
    agents: { a: }
    queues:
      day: { members: [a] }
      lunch: { members: [a], office-hours: { mon-fri: [08:00-12:00, 12:30-17:00], sat: 09:00-12:00 } }
      night: { members: [a], office-hours: { mon-sun: 22:00-06:00 } }
      late: { members: [a], office-hours: { mon-thu: [14:00-18:00, 22:30-02:00], fri: 14:00-24:00 } }
      touching: { members: [a], office-hours: { mon-fri: 00:00-24:00, sat: 00:00-01:00 } }
      short: { members: [a], office-hours: { mon-sun: [02:00-02:10, 02:15-02:20, 02:25-02:40, 03:00-03:05] } }
      berlin: { members: [a], time-zone: Europe/Berlin, holidays: [{ 2026-12-24: 08:00-14:00 }, 2026-12-25] }
      holiday-night: { members: [a], office-hours: { mon-fri: 22:00-06:00 }, holidays: [2026-12-25, { 2027-01-01: 02:00-04:00 }] }
      lord-howe: { members: [a], time-zone: Australia/Lord_Howe, office-hours: { mon-sun: 00:30-02:15 }, holidays: [2026-12-25] }
      always: { members: [a], office-hours: always }
    """

  /// The evenings before Christmas Eve and New Year's Eve, and before the clocks change in Europe, in America and on
  /// Lord Howe Island.
  private static let beginnings: [Int64] = [
    1_798_063_200, 1_798_668_000, 1_774_700_000, 1_772_900_000, 1_793_400_000, 1_791_000_000,
  ]

  private static let calendars: [OpeningCalendar] = {
    do {
      let configuration = try Configuration(yaml: yaml, file: "working-times.yaml")
      return beginnings.map { configuration.calendar(from: Instant(seconds: $0)) }
    } catch { fatalError("\(error)") }
  }()

  /// Where a history begins.
  static func beginning(_ pick: Int) -> Instant {
    Instant(seconds: beginnings[pick % beginnings.count])
  }

  /// What the hours of `count` queues may be from there on: `picks` chooses a kind for each.
  static func calendar(_ pick: Int, queues count: Int, picks: Int) -> OpeningCalendar {
    var calendar = calendars[pick % calendars.count]
    let kinds = calendar.queues
    calendar.queues = (0..<count).map { kinds[(picks + $0 * 7) % kinds.count] }
    return calendar
  }
}
