/// A point on the clock that everything is driven by: microseconds since 1970-01-01T00:00:00Z.
///
/// Nothing in the pure rooms reads a clock. The daemon passes a wall-clock instant that does not run
/// backwards; the simulator passes virtual time.
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Microseconds since the Unix epoch.
  public var microseconds: Int64

  /// An instant `microseconds` after the Unix epoch.
  @inlinable @inline(__always)
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// An instant `seconds` after the Unix epoch.
  @inlinable @inline(__always)
  public init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

  /// Earlier than every instant a clock can show.
  @inlinable @inline(__always)
  public static var distantPast: Instant { Instant(microseconds: 0) }

  /// Later than every instant a clock can show: "no deadline".
  @inlinable @inline(__always)
  public static var never: Instant { Instant(microseconds: .max) }

  /// Orders by time.
  @inlinable @inline(__always)
  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }

  /// The time from `b` to `a`; negative when `a` is earlier. What does not fit is the most that does.
  @inlinable @inline(__always)
  public static func - (a: Instant, b: Instant) -> TimeSpan {
    TimeSpan(microseconds: a.microseconds) - TimeSpan(microseconds: b.microseconds)
  }

  /// The instant `span` after `a`; ``never`` absorbs overflow.
  @inlinable @inline(__always)
  public static func + (a: Instant, span: TimeSpan) -> Instant {
    let (sum, overflow) = a.microseconds.addingReportingOverflow(span.microseconds)
    return overflow ? .never : Instant(microseconds: sum)
  }

  /// The instant `span` before `a`; what does not fit is the nearest instant that does.
  @inlinable @inline(__always)
  public static func - (a: Instant, span: TimeSpan) -> Instant {
    let (difference, overflow) = a.microseconds.subtractingReportingOverflow(span.microseconds)
    return overflow
      ? Instant(microseconds: span > .zero ? .min : .max) : Instant(microseconds: difference)
  }
}
