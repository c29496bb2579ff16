import Base
import Configuration
import Foundation
import Switchboard
import Testing

/// The calendar that a configuration makes.
@Suite struct CalendarTests {
  @Test("Days rise in every time zone of the database, also where midnight is skipped")
  func midnights() throws {
    // Changes of the clocks in both halves of the year, and both of the world.
    for start in [1_772_000_000, 1_787_000_000, 1_793_000_000] as [Int64] {
      for zone in TimeZone.knownTimeZoneIdentifiers {
        let yaml = """
          team: { time-zone: \(zone), office-hours: { mon-sun: 08:00-17:00 } }
          agents: { a: }
          queues: { q: { members: [a] } }
          """
        let from = Instant(seconds: start)
        let calendar = try Configuration(yaml: yaml, file: "f").calendar(from: from)
        let days = calendar.midnights
        #expect(zip(days, days.dropFirst()).allSatisfy { $0 < $1 }, "\(zone)")
        #expect((62...65).contains(days.count), "\(zone): \(days.count)")
        #expect(days[0] <= from && calendar.midnight(before: from) == days[0], "\(zone)")
        let spans = calendar.queues[0]
        #expect(spans.count >= 62 && spans.allSatisfy { $0.opens < $0.closes }, "\(zone)")
      }
    }
  }
}
