/// A length of time in microseconds. Never negative unless a comment says so.
public typealias Microseconds = Int64

extension Microseconds {
  /// `count` whole seconds in microseconds.
  public static func seconds(_ count: Int64) -> Microseconds { count * 1_000_000 }

  /// `count` minutes in microseconds.
  public static func minutes(_ count: Int64) -> Microseconds { count * 60_000_000 }
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

  /// The time from `b` to `a`; negative when `a` is earlier.
  public static func - (a: Instant, b: Instant) -> Microseconds { a.microseconds - b.microseconds }

  /// The instant `span` after `a`; ``never`` absorbs overflow.
  public static func + (a: Instant, span: Microseconds) -> Instant {
    let (sum, overflow) = a.microseconds.addingReportingOverflow(span)
    return overflow ? .never : Instant(microseconds: sum)
  }

  /// The instant `span` before `a`.
  public static func - (a: Instant, span: Microseconds) -> Instant {
    Instant(microseconds: a.microseconds - span)
  }
}
