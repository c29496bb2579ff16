import Base

/// What happened because of the time of day.
public enum CalendarEvent: Equatable, Sendable, BitwiseCopyable {
  /// The next span of office hours is known.
  case officeHoursSet(QueueID, opens: Instant, closes: Instant)
  /// Office hours began.
  case queueOpened(QueueID)
  /// Office hours ended.
  case queueClosed(QueueID)
  /// The counters of the day were set to zero.
  case dayStarted
}
