public import Base

/// The span of time a report is about, and how finely it is cut.
public struct ReportSpan: Sendable {
  /// The beginning.
  public var from: Instant
  /// The end, not included.
  public var to: Instant
  /// One row for each such stretch; `nil`: one for the whole.
  public var interval: TimeSpan?
  /// The same time of the day so many days later; `nil`: every day has 24 hours.
  private let later: (@Sendable (Instant, _ days: Int) -> Instant)?

  /// A span from `from` to `to`.
  /// - Parameter later: The same time of the day so many days later: by it spans are cut whose interval is of whole days,
  ///   so that a day on which the clocks change is one day.
  public init(
    from: Instant, to: Instant, interval: TimeSpan? = nil,
    later: (@Sendable (Instant, _ days: Int) -> Instant)? = nil
  ) {
    self.from = from
    self.to = to
    self.interval = interval
    self.later = later
  }

  /// A part of the span that has rows of its own.
  struct Stretch {
    var from: Instant
    var to: Instant
    /// What the rows say of when it begins; `nil`: the span is not cut.
    var start: Instant?
  }

  /// The stretches to be reported.
  var stretches: [Stretch] {
    guard let interval, interval > .zero, from < to else { return [Stretch(from: from, to: to)] }
    var stretches: [Stretch] = []
    var start = from
    while start < to {
      let next = cut(number: stretches.count + 1, every: interval)
      stretches.append(Stretch(from: start, to: min(next, to), start: start))
      start = next
    }
    return stretches
  }

  private func cut(number: Int, every interval: TimeSpan) -> Instant {
    let days = interval / .days(1)
    guard let later, interval == .days(days) else { return from + interval * Int64(number) }
    // Two days are never less than a day apart, whatever the clocks do.
    return max(later(from, Int(days) * number), from + interval * Int64(number) - .days(1))
  }
}
