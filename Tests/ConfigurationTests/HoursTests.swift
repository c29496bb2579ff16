import Base
import Events
import Foundation
import Switchboard
import Testing

@testable import Configuration

/// Hours of teams and queues: half-days, nights, time zones and holidays of a queue's own (field case A14).
@Suite struct HoursTests {
  private func configuration(_ team: String, _ queues: String) throws -> Configuration {
    try Configuration(
      yaml: "team: {\(team)}\nagents: {a: {}}\nqueues: {\(queues)}\n", file: "f")
  }

  private func at(_ text: String) throws -> Instant { try #require(Timestamp.parse(text)) }

  /// The spans of the queue at `index` from `from` on, as the wall clock of `zone` shows them.
  private func spans(
    _ configuration: Configuration, queue index: Int = 0, from: String, count: Int
  ) throws -> [String] {
    let hours = configuration.officeHours[index]
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = hours.timeZone
    func text(_ instant: Instant) -> String {
      let parts = calendar.dateComponents([.day, .hour, .minute], from: instant.date)
      let time = ClockTime(minute: (parts.hour ?? 0) * 60 + (parts.minute ?? 0))
      return "\(parts.day ?? 0) \(time.text)"
    }
    var (instant, result) = (try at(from), [String]())
    for _ in 0..<count {
      let span = try #require(hours.span(at: instant))
      result.append("\(text(span.opens))-\(text(span.closes))")
      instant = span.closes
    }
    return result
  }

  private let chicago = "time-zone: America/Chicago, office-hours: {mon-fri: 08:00-17:00}"

  @Test("Christmas Eve is a half-day, Christmas is off, a Saturday may be open")
  func halfDays() throws {
    let configuration = try configuration(
      chicago
        + ", holidays: [2026-12-25, {2026-12-24: 08:00-12:00}, {2026-12-26: [09:00-10:00, 11:00-12:00]}]",
      "q: {members: [a]}")
    #expect(
      try spans(configuration, from: "2026-12-23T18:00:00-06:00", count: 5) == [
        "24 08:00-24 12:00", "26 09:00-26 10:00", "26 11:00-26 12:00", "28 08:00-28 17:00",
        "29 08:00-29 17:00",
      ])
  }

  @Test("A night is one span; it belongs to the day on which it begins")
  func nights() throws {
    let configuration = try configuration(
      "time-zone: America/Chicago, office-hours: {mon-thu: [08:00-12:00, 22:00-06:00], fri: 22:00-02:00}, holidays: [2026-12-23]",
      "q: {members: [a]}")
    #expect(
      try spans(configuration, from: "2026-12-22T13:00:00-06:00", count: 4) == [
        "22 22:00-23 06:00", "24 08:00-24 12:00", "24 22:00-25 06:00", "25 22:00-26 02:00",
      ])
    // In the night itself, after midnight, also into a day off.
    #expect(
      try spans(configuration, from: "2026-12-23T03:00:00-06:00", count: 1) == [
        "22 22:00-23 06:00"
      ])
    let calendar = configuration.calendar(from: try at("2026-12-23T03:00:00-06:00"))
    #expect(calendar.queues[0].first?.opens == (try at("2026-12-22T22:00:00-06:00")))
    #expect(
      zip(calendar.queues[0], calendar.queues[0].dropFirst()).allSatisfy { $0.closes < $1.opens })
  }

  @Test("A night that runs into a special day or the next morning's hours is one span with it")
  func joined() throws {
    let special = try configuration(
      "office-hours: {mon-sun: 22:00-06:00}, holidays: [{2026-12-24: 05:00-12:00}]",
      "q: {members: [a]}")
    #expect(
      try spans(special, from: "2026-12-23T12:00:00Z", count: 2) == [
        "23 22:00-24 12:00", "25 22:00-26 06:00",
      ])
    let touching = try configuration(
      "office-hours: {mon: 22:00-06:00, tue: 06:00-07:00}", "q: {members: [a]}")
    #expect(
      try spans(touching, from: "2026-12-21T12:00:00Z", count: 1) == ["21 22:00-22 07:00"])
  }

  @Test("A queue has its own time zone, week and holidays; the team's days stay the team's")
  func ofAQueue() throws {
    let configuration = try configuration(
      chicago + ", holidays: [2026-12-25]",
      "z: {members: [a], time-zone: Europe/Berlin, holidays: [2026-12-24]}, "
        + "n: {members: [a], office-hours: {mon-sun: 20:00-23:00}}, q: {members: [a]}")
    #expect(
      try spans(configuration, queue: 0, from: "2026-12-23T18:00:00+01:00", count: 2) == [
        "25 08:00-25 17:00", "28 08:00-28 17:00",
      ])
    #expect(configuration.officeHours[0].timeZone.identifier == "Europe/Berlin")
    #expect(
      try spans(configuration, queue: 1, from: "2026-12-24T23:30:00-06:00", count: 1) == [
        "26 20:00-26 23:00"
      ])
    #expect(
      try spans(configuration, queue: 2, from: "2026-12-24T18:00:00-06:00", count: 1) == [
        "28 08:00-28 17:00"
      ])
    let calendar = configuration.calendar(from: try at("2026-12-24T12:00:00-06:00"))
    #expect(calendar.midnights.first == (try at("2026-12-24T00:00:00-06:00")))
    #expect(configuration.directory.timeZone == "America/Chicago")
  }

  @Test(
    "What cannot be meant is an error or a warning, with its place",
    arguments: [
      (
        "office-hours: {mon: 22:00-06:00, tue: 05:00-07:00}",
        "1:23: office-hours: the night of mon ends at 06:00, after tue opens at 05:00"
      ),
      (
        "office-hours: {sun: 22:00-06:00, mon: 05:00-07:00}",
        "1:23: office-hours: the night of sun ends at 06:00, after mon opens at 05:00"
      ),
      (
        "office-hours: {mon: [22:00-06:00, 23:00-23:30]}",
        "1:28: office-hours: spans of one day must not touch or overlap"
      ),
      (
        "office-hours: {mon: 24:00-06:00}",
        "1:28: office-hours: expected hours such as 08:00-17:00, or 22:00-06:00 over midnight, not \"24:00-06:00\""
      ),
      (
        "office-hours: {mon: 17:00-08:00}",
        "1:28: warning: office-hours: 17:00-08:00 is open for 15 hours, over midnight; a day is written 08:00-17:00"
      ),
      (
        "office-hours: {mon: 08:00-12:00}, holidays: [2026-12-24, {2026-12-24: 08:00-12:00}]",
        "1:66: holidays: 2026-12-24 is given twice, with different hours; name it once"
      ),
      (
        "office-hours: {mon: 08:00-12:00}, holidays: [{2026-12-24: 8-12}]",
        "1:66: office-hours: expected hours such as 08:00-17:00, or 22:00-06:00 over midnight, not \"8-12\""
      ),
      (
        "office-hours: {mon: 08:00-12:00}, holidays: [{24.12.: 08:00-12:00}]",
        "1:54: holiday: expected a date such as 2026-12-25, or one with its hours, such as { 2026-12-24: 08:00-12:00 }, not \"24.12.\""
      ),
    ])
  func complaints(team: String, complaint: String) {
    let all = found(
      "team: {\(team)}\nagents: {a: {}}\nqueues: {x: {members: [a], minimum-cover: 0}}")
    #expect(all == [complaint])
  }

  @Test(
    "A half-day of the team that would open a queue outside its own hours is warned of",
    arguments: [
      ("office-hours: { mon-sun: 22:00-06:00 }", true),
      ("office-hours: { mon-sun: 22:00-06:00 }, holidays: [2026-12-24]", false),
      ("office-hours: { mon-sun: 09:00-13:00 }", false), ("wrap-up: 30", false),
      ("office-hours: { fri: 09:00-13:00 }", true),
    ])
  func foreignHours(_ keys: String, _ isWarned: Bool) {
    let all = found(
      "team: { office-hours: { mon-fri: 08:00-17:00 }, holidays: [{ 2026-12-24: 08:00-12:00 }] }\nagents: {a: {}}\nqueues: {x: {members: [a], minimum-cover: 0, \(keys)}, y: {members: [a], minimum-cover: 0}}"
    )
    #expect(
      all
        == (isWarned
          ? [
            "3:60: warning: office-hours: on 2026-12-24 the team's 08:00-12:00 hold here as well, outside the hours of this queue; give it holidays of its own"
          ] : []))
  }

  @Test(
    "Hours of a queue that is always open have no effect, and that is said",
    arguments: ["time-zone: Europe/Berlin", "holidays: [2026-12-25]"])
  func idle(key: String) {
    let all = found("agents: {a: {}}\nqueues: {x: {members: [a], minimum-cover: 0, \(key)}}")
    #expect(all.count == 1 && all[0].contains("warning:") && all[0].contains("always open"))
  }
}
