public import Base

/// The span of time a report is about, and how finely it is cut.
public struct ReportSpan: Sendable {
  /// The beginning.
  public var from: Instant
  /// The end, not included.
  public var to: Instant
  /// One row for each such stretch; `nil`: one for the whole.
  public var interval: TimeSpan?

  /// A span from `from` to `to`.
  public init(from: Instant, to: Instant, interval: TimeSpan? = nil) {
    self.from = from
    self.to = to
    self.interval = interval
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
      stretches.append(Stretch(from: start, to: min(start + interval, to), start: start))
      start = start + interval
    }
    return stretches
  }
}
