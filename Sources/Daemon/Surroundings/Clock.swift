import Base
import Glibc
import Routing

/// The daemon's clock: wall-clock time when it starts, then the monotonic clock.
///
/// So a jump of the wall clock moves no deadline; small differences are taken up gradually, at most
/// 0.5 ms a second as adjtime(3) does. It never runs backwards, and never behind `floor`.
/// For demonstrations it may run faster than time. After the start it is read on the loop only.
public final class Clock: @unchecked Sendable {
  private var start: Instant
  private var monotonicStart: Int64
  private let rate: Int64
  private let isDemonstration: Bool
  private var last: Instant
  private let source: TimeSource

  /// A clock that is not earlier than `floor`.
  /// - Parameter rate: seconds of clock a second; 1 unless demonstrating.
  /// - Parameter beginning: where it starts; `nil`: at wall-clock time.
  /// - Parameter source: what it reads.
  public init(
    startingAt beginning: Instant? = nil, notBefore floor: Instant = .distantPast, rate: Int = 1,
    source: TimeSource = .system
  ) {
    self.source = source
    start = max(beginning ?? source.wall(), floor)
    monotonicStart = source.monotonic()
    self.rate = Int64(rate)
    isDemonstration = beginning != nil || rate != 1
    last = start
  }

  /// The present instant.
  public func now() -> Instant {
    let elapsed = TimeSpan(microseconds: source.monotonic() - monotonicStart)
    last = max(last, start + elapsed * rate)
    return last
  }

  /// Takes up a little of the difference to the wall clock; to be called once a second.
  /// - Returns: by how much the wall clock is ahead; 0 when demonstrating.
  @discardableResult
  public func slew() -> TimeSpan {
    if isDemonstration { return .zero }
    let difference = source.wall() - now()
    start = start + min(.microseconds(500), max(.microseconds(-500), difference))
    return difference
  }

  /// Tells, on any thread, how long ago it was made.
  func stopwatch() -> @Sendable () -> TimeSpan { source.stopwatch() }

  /// The real time until `deadline`, in nanoseconds, at least 0.
  public func nanoseconds(until deadline: Instant) -> Int64 {
    let left = max(.zero, deadline - now()).microseconds
    return left / rate >= Int64.max / 1_000 ? .max : (left + rate - 1) / rate * 1_000
  }
}

/// Where time comes from: the machine's clocks, or those of a simulated machine.
public struct TimeSource: Sendable {
  /// What the clock on the wall shows; may jump.
  public var wall: @Sendable () -> Instant
  /// Microseconds since some beginning; never jumps.
  public var monotonic: @Sendable () -> Int64

  /// A source.
  public init(
    wall: @escaping @Sendable () -> Instant, monotonic: @escaping @Sendable () -> Int64
  ) {
    self.wall = wall
    self.monotonic = monotonic
  }

  /// Tells how long ago it was made.
  func stopwatch() -> @Sendable () -> TimeSpan {
    let start = monotonic()
    return { [monotonic] in TimeSpan(microseconds: monotonic() - start) }
  }

  /// The machine's clocks. The monotonic one goes on while the machine sleeps, as CLOCK_MONOTONIC does not.
  public static let system = TimeSource(
    wall: { Instant(microseconds: microseconds(CLOCK_REALTIME)) },
    monotonic: { microseconds(CLOCK_BOOTTIME) })

  private static func microseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
