import Base
import Configuration
import Logging
import NIOCore
import Routing
import Switchboard

/// What happens by itself: deadlines, the calendar, the clocks, the engine's own check.
final class Housekeeping: @unchecked Sendable {
  private let context: ServerContext
  private let pipeline: Pipeline
  private let sessions: Sessions
  private var deadlineTimer: Scheduled<Void>?
  private var meetsDeadlines = true
  private var isRenewingCalendar = false
  /// By how much the wall clock was ahead when that was last logged.
  private var loggedClockLead: TimeSpan = .zero
  /// Whether nothing happens by itself any more.
  private var isClosed = false

  init(_ context: ServerContext, _ pipeline: Pipeline, _ sessions: Sessions) {
    self.context = context
    self.pipeline = pipeline
    self.sessions = sessions
  }

  /// Begins.
  func begin() {
    let loop = context.loop
    loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [self] _ in
      watchClock()
      catchUp()
      renewCalendar()
    }
    if let interval = context.surroundings.watchdogInterval {
      loop.scheduleRepeatedTask(
        initialDelay: .zero, delay: .microseconds(interval.microseconds / 2)
      ) { [self] _ in
        if pipeline.isHealthy(within: interval) { context.surroundings.notify(.alive) }
      }
    }
    loop.scheduleRepeatedTask(initialDelay: .seconds(60), delay: .seconds(60)) { [self] _ in
      checkInvariants()
    }
    scheduleDeadline()
  }

  /// Nothing is done any more at a deadline that has passed while the machine slept, nor for the calendar.
  func close() { isClosed = true }

  /// No deadline is met any more.
  func meetNoMoreDeadlines() {
    meetsDeadlines = false
    deadlineTimer?.cancel()
  }

  /// Sets the timer for what is to happen next.
  func scheduleDeadline() {
    deadlineTimer?.cancel()
    guard meetsDeadlines, let deadline = pipeline.board.nextDeadline else { return }
    let delay = min(context.clock.nanoseconds(until: deadline), 3_600_000_000_000)
    deadlineTimer = context.loop.scheduleTask(in: .nanoseconds(delay)) { [self] in advance() }
  }

  private func advance() {
    pipeline.change { board, batch in board.advance(to: context.now(), &batch) }
  }

  /// Timers stand still while the machine sleeps; the daemon's clock does not.
  private func catchUp() {
    guard !isClosed, let due = pipeline.board.nextDeadline, due <= context.now() else { return }
    advance()
  }

  /// Follows the wall clock, slowly, and says so when that has jumped away.
  private func watchClock() {
    let lead = context.clock.slew()
    guard (lead - loggedClockLead).magnitude > .seconds(60) else { return }
    loggedClockLead = lead
    context.logger.warning(
      "the machine's clock and the daemon's disagree",
      metadata: [
        "message-id": LogMessage.clockJumped, "ahead-seconds": "\(lead.wholeSeconds)",
      ])
  }

  /// A calendar that is not known for another month is made anew, elsewhere.
  private func renewCalendar() {
    let soon = context.now() + Configuration.calendarLength / 2
    if isClosed || isRenewingCalendar || pipeline.board.calendar.end > soon { return }
    isRenewingCalendar = true
    context.keeper.elsewhere({ [configuration = sessions.configuration, now = context.now()] in
      (configuration.officeHours, configuration.calendar(from: now))
    }) { [self] result in
      isRenewingCalendar = false
      // After a reload meanwhile there is another one already.
      guard case .success((let of, let calendar)) = result,
        of == sessions.configuration.officeHours
      else { return }
      pipeline.change { board, _ in board.use(calendar, at: context.now()) }
    }
  }

  /// The engine's own watchdog: what must never be so is logged, loudly.
  func checkInvariants() {
    let (engine, logger) = (pipeline.board.engine, context.logger)
    context.keeper.elsewhere({ engine.invariantViolations().map(\.description) }) { result in
      for violation in (try? result.get()) ?? [] {
        logger.critical(
          "\(violation)", metadata: ["message-id": LogMessage.invariantBroken])
      }
    }
  }
}
