/// A length of time, in microseconds. Sums and products that do not fit are the most that does.
public struct TimeSpan: Hashable, Comparable, AdditiveArithmetic, Sendable, BitwiseCopyable {
  /// So many microseconds; negative only where a comment says so.
  public var microseconds: Int64

  /// So many microseconds.
  @inlinable @inline(__always)
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// No time.
  @inlinable @inline(__always)
  public static var zero: TimeSpan { TimeSpan(microseconds: 0) }

  /// Longer than everything there is: "no limit".
  @inlinable @inline(__always)
  public static var max: TimeSpan { TimeSpan(microseconds: .max) }

  /// `count` microseconds.
  @inlinable @inline(__always)
  public static func microseconds(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count) }

  /// `count` seconds.
  @inlinable @inline(__always)
  public static func seconds(_ count: Int64) -> TimeSpan { .microseconds(1_000_000) * count }

  /// `count` minutes.
  @inlinable @inline(__always)
  public static func minutes(_ count: Int64) -> TimeSpan { .microseconds(60_000_000) * count }

  /// `count` hours.
  @inlinable @inline(__always)
  public static func hours(_ count: Int64) -> TimeSpan { .microseconds(3_600_000_000) * count }

  /// `count` days of 24 hours.
  @inlinable @inline(__always)
  public static func days(_ count: Int64) -> TimeSpan { .hours(24) * count }

  /// `seconds`, to the nearest microsecond; what does not fit, or is no number, is ``max``.
  @inlinable @inline(__always)
  public init(seconds: Double) {
    self.init(microseconds: seconds < 9e12 ? Int64((seconds * 1e6).rounded()) : .max)
  }

  /// The span in seconds.
  @inlinable @inline(__always)
  public var seconds: Double { Double(microseconds) / 1e6 }

  /// Whole seconds, rounded towards zero.
  @inlinable @inline(__always)
  public var wholeSeconds: Int64 { microseconds / 1_000_000 }

  /// Whole minutes, rounded towards zero.
  @inlinable @inline(__always)
  public var wholeMinutes: Int64 { microseconds / 60_000_000 }

  /// Orders by length.
  @inlinable @inline(__always)
  public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.microseconds < b.microseconds }

  /// Both together.
  @inlinable @inline(__always)
  public static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    let (sum, overflow) = a.microseconds.addingReportingOverflow(b.microseconds)
    return TimeSpan(microseconds: overflow ? (b.microseconds > 0 ? .max : .min) : sum)
  }

  /// What is left of `a`; negative when `b` is longer.
  @inlinable @inline(__always)
  public static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    let (difference, overflow) = a.microseconds.subtractingReportingOverflow(b.microseconds)
    return TimeSpan(microseconds: overflow ? (b.microseconds < 0 ? .max : .min) : difference)
  }

  /// `span`, `count` times.
  @inlinable @inline(__always)
  public static func * (span: TimeSpan, count: some BinaryInteger) -> TimeSpan {
    let count = Int64(clamping: count)
    let (product, overflow) = span.microseconds.multipliedReportingOverflow(by: count)
    let isNegative = (span.microseconds < 0) != (count < 0)
    return TimeSpan(microseconds: overflow ? (isNegative ? .min : .max) : product)
  }

  /// A `count`th of `span`, rounded towards zero.
  @inlinable @inline(__always)
  public static func / (span: TimeSpan, count: some BinaryInteger) -> TimeSpan {
    TimeSpan(microseconds: span.microseconds / Int64(clamping: count))
  }

  /// How often `b` goes into `a`, as a whole number.
  @inlinable @inline(__always)
  public static func / (a: TimeSpan, b: TimeSpan) -> Int64 { a.microseconds / b.microseconds }

  /// The span without its sign.
  public var magnitude: TimeSpan { self < .zero ? .zero - self : self }

  /// How many spans of `length` cover this one; the last may be longer than is needed.
  public func count(of length: TimeSpan) -> Int {
    Int((self + length - .microseconds(1)) / length)
  }

  /// What is left of `a` after all whole `b`.
  @inlinable @inline(__always)
  public static func % (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    TimeSpan(microseconds: a.microseconds % b.microseconds)
  }
}

extension TimeSpan: CustomStringConvertible {
  /// The span in seconds, to a thousandth where it is no whole number: `90 s`, `2.5 s`.
  public var description: String {
    let magnitude = microseconds.magnitude
    let thousandths = magnitude % 1_000_000 / 1_000
    var text = (microseconds < 0 ? "-" : "") + "\(magnitude / 1_000_000)"
    if thousandths > 0 {
      var digits = String(thousandths + 1_000).dropFirst()
      while digits.last == "0" { digits.removeLast() }
      text += "." + digits
    }
    return text + " s"
  }
}

extension TimeSpan: Codable {
  /// Reads a whole number of microseconds.
  public init(from decoder: any Decoder) throws {
    microseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  /// Writes a whole number of microseconds.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(microseconds)
  }
}
