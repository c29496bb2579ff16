public import Base

/// A part of a whole, both counted: so many of so many calls, or so much of so much time.
public struct Share: Equatable, Sendable {
  /// The part.
  public var part: Int64
  /// The whole; 0: no data.
  public var whole: Int64

  /// `part` of `whole` things.
  public init(_ part: Int64, of whole: Int64) {
    self.part = part
    self.whole = whole
  }

  /// `part` of `whole`, in time.
  public init(_ part: TimeSpan, of whole: TimeSpan) {
    self.init(part.microseconds, of: whole.microseconds)
  }

  /// The share; `nil` where there was nothing to have a share of.
  public var value: Double? { whole > 0 ? Double(part) / Double(whole) : nil }
}

/// The mean of some spans of time.
public struct MeanSpan: Equatable, Sendable {
  /// All of them together.
  public var total: TimeSpan
  /// How many; 0: no data.
  public var count: Int64

  /// The mean of `count` spans that are `total` together.
  public init(_ total: TimeSpan, over count: Int64) {
    self.total = total
    self.count = count
  }

  /// The mean, rounded towards zero to a microsecond; `nil` where there were none.
  public var value: TimeSpan? { count > 0 ? total / count : nil }
}
