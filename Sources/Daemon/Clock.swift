import Glibc
public import Routing

/// The daemon's clock: wall-clock time when it starts, then the monotonic clock.
///
/// So a jump of the wall clock moves no deadline; small differences are taken up gradually, at most
/// 0.5 ms a second as adjtime(3) does. It never runs backwards, and never behind `floor`.
/// For demonstrations it may run faster than time.
public struct Clock: Sendable {
  private var start: Instant
  private var monotonicStart: Int64
  private let rate: Int64
  private var last: Instant

  /// A clock that is not earlier than `floor`.
  /// - Parameter rate: seconds of clock a second; 1 unless demonstrating.
  /// - Parameter beginning: where it starts; `nil`: at wall-clock time.
  public init(
    startingAt beginning: Instant? = nil, notBefore floor: Instant = .distantPast, rate: Int = 1
  ) {
    start = max(beginning ?? Self.wallClock, floor)
    monotonicStart = Self.monotonic
    self.rate = Int64(rate)
    last = start
  }

  /// The present instant.
  public mutating func now() -> Instant {
    let elapsed = Self.monotonic - monotonicStart
    last = max(last, start + elapsed * rate)
    return last
  }

  /// Takes up a little of the difference to the wall clock; to be called once a second.
  public mutating func slew() {
    guard rate == 1 else { return }
    let difference = Self.wallClock - now()
    start = start + min(500, max(-500, difference))
  }

  /// The real time until `deadline`, in nanoseconds, at least 0.
  public mutating func nanoseconds(until deadline: Instant) -> Int64 {
    let left = max(0, deadline - now())
    return left / rate >= Int64.max / 1_000 ? .max : (left + rate - 1) / rate * 1_000
  }

  private static var wallClock: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  private static var monotonic: Int64 {
    var time = timespec()
    // Goes on while the machine sleeps, as CLOCK_MONOTONIC does not.
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
