public import Base
public import Routing

/// When queues are open and when days begin, for the time ahead, as instants: whoever knows time zones and holidays has
/// worked it out. Arithmetic over it is pure.
public struct OpeningCalendar: Equatable, Sendable {
  /// A stretch of time in which a queue is open.
  public struct Span: Equatable, Sendable {
    /// The first instant open.
    public var opens: Instant
    /// The first instant closed.
    public var closes: Instant

    /// From `opens` until `closes`.
    public init(opens: Instant, closes: Instant) {
      self.opens = opens
      self.closes = closes
    }
  }

  /// By ``QueueID``, in their order; a queue without any is not open in the time that is known.
  public var queues: [[Span]]
  /// The first instants of days, in their order.
  public var midnights: [Instant]
  /// Until when it is known.
  public var end: Instant

  /// A calendar.
  public init(queues: [[Span]] = [], midnights: [Instant] = [], end: Instant = .distantPast) {
    self.queues = queues
    self.midnights = midnights
    self.end = end
  }

  /// The span of `queue` in force at `instant`, or else the next one.
  /// - Complexity: O(log *spans*)
  public func span(of queue: QueueID, at instant: Instant) -> Span? {
    guard queue.index < queues.count else { return nil }
    let spans = queues[queue.index]
    let index = Self.first(in: spans.count) { spans[$0].closes > instant }
    return index < spans.count ? spans[index] : nil
  }

  /// The first instant of the day after the one `instant` is in; `nil`: beyond what is known.
  /// - Complexity: O(log *days*)
  public func midnight(after instant: Instant) -> Instant? {
    let index = Self.first(in: midnights.count) { midnights[$0] > instant }
    return index < midnights.count ? midnights[index] : nil
  }

  /// The first instant of the day `instant` is in; `nil`: before what is known.
  /// - Complexity: O(log *days*)
  public func midnight(before instant: Instant) -> Instant? {
    let index = Self.first(in: midnights.count) { midnights[$0] > instant }
    return index > 0 ? midnights[index - 1] : nil
  }

  /// The first of `count` positions for which `isReached` holds, as it does for all after it; `count`: none.
  private static func first(in count: Int, where isReached: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isReached(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
