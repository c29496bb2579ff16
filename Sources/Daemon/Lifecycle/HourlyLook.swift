import Base
import NIOCore

extension ServerContext {
  /// Runs `look` once an hour of the daemon's clock, on the loop, to see what has become old.
  ///
  /// Not at once: a clock that is far ahead after a start would make everything old.
  func lookHourly(_ look: @escaping @Sendable () -> Void) {
    let hour = TimeSpan.hours(1).microseconds / Int64(options.clockRate)
    let interval = TimeAmount.microseconds(max(hour, 100_000))
    loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in look() }
  }
}
