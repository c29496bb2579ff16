import Base

/// How often users ask: who asks more than their share has to wait, and nobody else does. A machine without I/O.
///
/// This is the generic cell rate algorithm (ITU-T I.371, annex A): of each user one instant is kept, that at which the
/// next request would come if all came evenly; a request may be early by the span that so many at once take.
struct RequestRates {
  /// The span of one request.
  private let interval: TimeSpan
  /// How early a request may be.
  private let tolerance: TimeSpan
  /// Users after which those whose time has passed are forgotten.
  private static let most = 4_096
  private var due: [UInt32: Instant] = [:]

  /// - Parameters:
  ///   - perSecond: Requests a second, over a time.
  ///   - atOnce: Requests at once, after a time without any.
  init(perSecond: Int64, atOnce: Int64) {
    interval = .microseconds(1_000_000 / max(1, perSecond))
    tolerance = interval * max(0, atOnce - 1)
  }

  /// Counts a request of `user`.
  /// - Returns: how long to wait, if it is one too many; it is not counted then.
  /// - Complexity: O(1), amortized.
  mutating func take(_ user: UInt32, at now: Instant) -> TimeSpan? {
    let next = max(due[user] ?? now, now)
    if next - now > tolerance { return next - now - tolerance }
    if due.count >= Self.most { due = due.filter { $0.value > now } }
    due[user] = next + interval
    return nil
  }
}
