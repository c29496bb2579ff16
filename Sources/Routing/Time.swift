/// A length of time in microseconds. Never negative unless a comment says so.
public typealias Microseconds = Int64

extension Microseconds {
  /// `count` whole seconds in microseconds.
  public static func seconds(_ count: Int64) -> Microseconds { count * 1_000_000 }

  /// `count` minutes in microseconds.
  public static func minutes(_ count: Int64) -> Microseconds { count * 60_000_000 }

  /// `count` times this span; what does not fit is the most that does.
  func times(_ count: Int) -> Microseconds {
    let (product, overflow) = multipliedReportingOverflow(by: Int64(count))
    return overflow ? .max : product
  }
}

/// A point on the clock the engine is driven by: microseconds since 1970-01-01T00:00:00Z.
///
/// The engine never reads a clock. The daemon passes a wall-clock instant that does not run
/// backwards; the simulator passes virtual time.
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Microseconds since the Unix epoch.
  public var microseconds: Int64

  /// An instant `microseconds` after the Unix epoch.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// An instant `seconds` after the Unix epoch.
  public init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

  /// Earlier than every instant a clock can show.
  public static let distantPast = Instant(microseconds: 0)

  /// Later than every instant a clock can show: "no deadline".
  public static let never = Instant(microseconds: .max)

  /// Orders by value.
  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }

  /// The time from `b` to `a`; negative when `a` is earlier. What does not fit is the most that does.
  public static func - (a: Instant, b: Instant) -> Microseconds {
    let (span, overflow) = a.microseconds.subtractingReportingOverflow(b.microseconds)
    return overflow ? (a > b ? .max : .min) : span
  }

  /// The instant `span` after `a`; ``never`` absorbs overflow.
  public static func + (a: Instant, span: Microseconds) -> Instant {
    let (sum, overflow) = a.microseconds.addingReportingOverflow(span)
    return overflow ? .never : Instant(microseconds: sum)
  }

  /// The instant `span` before `a`; what does not fit is the nearest instant that does.
  public static func - (a: Instant, span: Microseconds) -> Instant {
    let (difference, overflow) = a.microseconds.subtractingReportingOverflow(span)
    return overflow
      ? Instant(microseconds: span > 0 ? .min : .max) : Instant(microseconds: difference)
  }
}
