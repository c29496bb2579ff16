public import Base
public import Switchboard

extension Configuration {
  /// How far ahead a calendar goes.
  public static let calendarLength = TimeSpan.seconds(62 * 86_400)

  /// When queues are open and days of the team begin from the day of `instant` on, for some two months; of each queue
  /// the next span after that too.
  /// - Complexity: O(*days*) for each of the different office hours there are; not for the loop.
  public func calendar(from instant: Instant) -> OpeningCalendar {
    let end = instant + Self.calendarLength
    var known: [(hours: OfficeHours, spans: [OpeningCalendar.Span])] = []
    let queues = officeHours.map { hours in
      if let same = known.first(where: { $0.hours == hours }) { return same.spans }
      let spans = Self.spans(of: hours, from: instant, to: end)
      known.append((hours, spans))
      return spans
    }
    return OpeningCalendar(queues: queues, midnights: midnights(from: instant, to: end), end: end)
  }

  private static func spans(
    of hours: OfficeHours, from instant: Instant, to end: Instant
  ) -> [OpeningCalendar.Span] {
    var spans: [OpeningCalendar.Span] = []
    var at = instant
    while let span = hours.span(at: at) {
      // Hours that touch are joined some days ahead only: here as far as is known, or each end would be a closing.
      if let last = spans.indices.last, spans[last].closes >= span.opens {
        spans[last].closes = span.closes
      } else {
        spans.append(.init(opens: span.opens, closes: span.closes))
      }
      if span.closes == .never || span.opens > end { break }
      at = span.closes
    }
    return spans
  }

  private func midnights(from instant: Instant, to end: Instant) -> [Instant] {
    let hours = teamHours
    var midnights = [hours.midnight(before: instant)]
    while let last = midnights.last, last < end {
      // A time zone that skips midnight must not hold everybody for ever.
      midnights.append(max(hours.nextMidnight(after: last), last + .minutes(60)))
    }
    return midnights
  }
}
