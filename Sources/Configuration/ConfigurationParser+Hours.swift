import Base
import Foundation
import Routing
import YAMLTree
import Yams

// When a team or a queue works: weeks, holidays, time zones.

extension ConfigurationParser {
  mutating func parseTimeZone(_ node: Node) -> TimeZone? {
    let name = text(node, "time-zone")
    if name.isEmpty { return nil }
    if let zone = TimeZone(identifier: name) { return zone }
    let hint = Suggestion.hint(for: name, in: TimeZone.knownTimeZoneIdentifiers)
    complain(node, "time-zone: \"\(name)\" is not a time zone such as America/Chicago\(hint)")
    return nil
  }

  /// The hours of a queue: the team's, but for what it says of its own.
  mutating func parseOwnHours(_ queue: Node, _ team: OfficeHours) -> OfficeHours {
    var hours = team
    guard let keys = queue.mapping else { return hours }
    if let node = keys["office-hours"] {
      hours.week = node.scalar?.string == "always" ? [:] : parseWeek(node)
    }
    if let node = keys["time-zone"], let zone = parseTimeZone(node) { hours.timeZone = zone }
    if let node = keys["holidays"] {
      hours.specialDays = parseHolidays(node)
    } else if let node = keys["office-hours"] {
      warnOfForeignHours(node, hours)
    }
    return hours
  }

  /// The team's half-day is one of a queue with hours of its own, too: a night that would open in the morning instead is
  /// hardly meant.
  private mutating func warnOfForeignHours(_ node: Node, _ hours: OfficeHours) {
    if hours.isAlwaysOpen { return }
    let foreign = hours.specialDays.sorted { $0.key < $1.key }.first { date, special in
      let own = hours.week[date.weekday] ?? []
      return special.contains { part in
        !own.contains { $0.opens < part.closes && ($0.isOvernight || part.opens < $0.closes) }
      }
    }
    guard let (date, special) = foreign, let first = special.first else { return }
    warn(
      node,
      "office-hours: on \(date.text) the team's \(first.opens.text)-\(first.closes.text) hold here as well, outside the hours of this queue; give it holidays of its own"
    )
  }

  // MARK: Holidays

  /// `[2026-12-25, { 2026-12-24: 08:00-12:00 }]`: days off, and days with other hours.
  mutating func parseHolidays(_ node: Node) -> [CivilDate: [OfficeHours.Hours]] {
    var days: [CivilDate: [OfficeHours.Hours]] = [:]
    for item in list(node, "holidays") {
      guard item.mapping != nil else {
        if let date = parseDate(item) { add([], on: date, item, to: &days) }
        continue
      }
      for (_, keyNode, value) in entries(item, "holiday") {
        guard let date = parseDate(keyNode) else { continue }
        add(parseDay(value), on: date, keyNode, to: &days)
      }
    }
    return days
  }

  private mutating func add(
    _ hours: [OfficeHours.Hours], on date: CivilDate, _ node: Node,
    to days: inout [CivilDate: [OfficeHours.Hours]]
  ) {
    if let other = days[date], other != hours {
      complain(node, "holidays: \(date.text) is given twice, with different hours; name it once")
    }
    days[date] = hours
  }

  private mutating func parseDate(_ node: Node) -> CivilDate? {
    let name = text(node, "holiday")
    let date = CivilDate(text: name)
    if date == nil {
      complain(
        node,
        "holiday: expected a date such as 2026-12-25, or one with its hours, such as { 2026-12-24: 08:00-12:00 }, not \"\(name)\""
      )
    }
    return date
  }

  // MARK: Weeks

  /// `mon-fri: 08:00-17:00`, `sat: [09:00-12:00, 13:00-15:00]`, `sun-thu: 22:00-06:00`.
  mutating func parseWeek(_ node: Node) -> [Weekday: [OfficeHours.Hours]] {
    var week: [Weekday: [OfficeHours.Hours]] = [:]
    var givenBy: [Weekday: (key: String, node: Node)] = [:]
    let before = problems.count
    for (key, keyNode, value) in entries(node, "office-hours") {
      guard let days = Weekday.days(text: key) else {
        complain(keyNode, "office-hours: expected days such as mon or mon-fri, not \"\(key)\"")
        continue
      }
      let hours = parseDay(value)
      if let day = days.first(where: { givenBy[$0] != nil }), let other = givenBy[day] {
        complain(
          keyNode,
          "office-hours: \"\(key)\" and \"\(other.key)\" both say when \(day.word) is open; name each day once"
        )
      }
      for day in days {
        week[day] = hours
        givenBy[day] = (key, keyNode)
      }
    }
    if !week.isEmpty, week.values.allSatisfy(\.isEmpty), problems.count == before {
      complain(node, "office-hours: the office never opens; leave them out to be always open")
    }
    for (day, hours) in week.sorted(by: { $0.key < $1.key }) {
      guard let night = hours.last, night.isOvernight, let given = givenBy[day],
        let morning = week[day.next]?.first, morning.opens < night.closes
      else { continue }
      complain(
        given.node,
        "office-hours: the night of \(day.word) ends at \(night.closes.text), after \(day.next.word) opens at \(morning.opens.text)"
      )
    }
    return week
  }

  /// The hours of one day, in order.
  private mutating func parseDay(_ node: Node) -> [OfficeHours.Hours] {
    let nodes = node.sequence.map { Array($0) } ?? [node]
    let hours = nodes.compactMap { parseHours($0) }.sorted { $0.opens < $1.opens }
    for (a, b) in zip(hours, hours.dropFirst()) where a.isOvernight || b.opens <= a.closes {
      complain(node, "office-hours: spans of one day must not touch or overlap")
    }
    return hours
  }

  private mutating func parseHours(_ node: Node) -> OfficeHours.Hours? {
    let text = text(node, "office-hours")
    let ends = text.split(separator: "-").map { ClockTime(text: $0) }
    guard ends.count == 2, let opens = ends[0], let closes = ends[1], opens != closes,
      opens < .endOfDay, closes.minute > 0
    else {
      complain(
        node,
        "office-hours: expected hours such as 08:00-17:00, or 22:00-06:00 over midnight, not \"\(text)\""
      )
      return nil
    }
    let hours = OfficeHours.Hours(opens: opens, closes: closes)
    // A night is shorter than this: who writes 17:00-08:00 has mostly turned a day round.
    if hours.isOvernight, hours.minutes > 14 * 60 {
      warn(
        node,
        "office-hours: \(text) is open for \(hours.minutes / 60) hours, over midnight; a day is written \(closes.text)-\(opens.text)"
      )
    }
    return hours
  }
}
