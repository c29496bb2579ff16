import Switchboard
import Frames
import Base
import Configuration
import Journal
import LineProtocol
import Logging
import NIOCore
import Routing
import Systemd

extension Server {
  /// Records after which a snapshot is saved, so that recovery stays short.
  private static let snapshotInterval = 50_000

  /// Starts everything that happens by itself.
  func start() {
    change { board, batch in
      board.beginCalendar(at: startedAt, after: recoveredAt, &batch)
    }
    loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [self] _ in
      watchClock()
      catchUp()
      renewCalendar()
    }
    loop.scheduleRepeatedTask(initialDelay: .seconds(5), delay: .seconds(5)) { [self] _ in
      heartbeat()
      ServiceManager.status(statusText)
    }
    if let interval = ServiceManager.watchdogInterval {
      loop.scheduleRepeatedTask(
        initialDelay: .zero, delay: .microseconds(interval.microseconds / 2)
      ) { [self] _ in
        if isHealthy(within: interval) { ServiceManager.pingWatchdog() }
      }
    }
    loop.scheduleRepeatedTask(initialDelay: .seconds(60), delay: .seconds(60)) { [self] _ in
      checkInvariants()
    }
    loop.scheduleRepeatedTask(initialDelay: .hours(1), delay: .hours(1)) { [self] _ in
      forgetOldReplies()
    }
    scheduleDeadline()
  }

  /// Sets the timer for what is to happen next.
  func scheduleDeadline() {
    deadlineTimer?.cancel()
    guard let deadline = board.nextDeadline else { return }
    let delay = min(clock.nanoseconds(until: deadline), 3_600_000_000_000)
    deadlineTimer = loop.scheduleTask(in: .nanoseconds(delay)) { [self] in
      change { board, batch in board.advance(to: now(), &batch) }
    }
  }

  /// Follows the wall clock, slowly, and says so when that has jumped away.
  private func watchClock() {
    let lead = clock.slew()
    guard (lead - loggedClockLead).magnitude > .seconds(60) else { return }
    loggedClockLead = lead
    logger.warning(
      "the machine's clock and the daemon's disagree",
      metadata: [
        "message-id": LogMessage.clockJumped, "ahead-seconds": "\(lead.wholeSeconds)",
      ])
  }

  /// Timers stand still while the machine sleeps; the daemon's clock does not.
  private func catchUp() {
    guard !isStopping, let due = board.nextDeadline, due <= now() else { return }
    change { board, batch in board.advance(to: now(), &batch) }
  }

  /// A calendar that is not known for another month is made anew, elsewhere.
  private func renewCalendar() {
    let soon = now() + Configuration.calendarLength / 2
    if isStopping || isRenewingCalendar || board.calendar.end > soon { return }
    isRenewingCalendar = true
    keeper.elsewhere({ [configuration, now = now()] in
      (configuration.officeHours, configuration.calendar(from: now))
    }) { [self] result in
      isRenewingCalendar = false
      // After a reload meanwhile there is another one already.
      guard case .success((let of, let calendar)) = result, of == configuration.officeHours
      else { return }
      change { board, _ in board.use(calendar, at: now()) }
    }
  }

  /// The engine's own watchdog: what must never be so is logged, loudly.
  func checkInvariants() {
    let engine = board.engine
    keeper.elsewhere({ engine.invariantViolations().map(\.description) }) { [self] result in
      for violation in (try? result.get()) ?? [] {
        logger.critical(
          "\(violation)", metadata: ["message-id": LogMessage.invariantBroken])
      }
    }
  }

  // MARK: Snapshots

  /// Lets a snapshot be saved with the next batch: a journal that was taken over has none.
  func saveSnapshotSoon() { recordsSinceSnapshot = Self.snapshotInterval }

  func saveSnapshotIfDue(_ count: Int) {
    recordsSinceSnapshot += count
    if recordsSinceSnapshot < Self.snapshotInterval || committed != board.seq || isStopping
      || hasFailed
    {
      return
    }
    saveSnapshot {}
  }

  /// Saves the state after the last committed record.
  func saveSnapshot(_ done: @escaping @Sendable () -> Void) {
    recordsSinceSnapshot = 0
    // A copy. Made into bytes elsewhere: with 100,000 calls that takes more than a second, and what is on the
    // journal's thread holds every commit. First its place is noted: nothing is committed in between.
    let board = board
    keeper.run({ $0.end }) { [self] (mark: Result<Journal.Mark, any Error>) in
      keeper.elsewhere({ board.snapshotWithPlan() }) {
        [self] (snapshot: Result<Snapshot, any Error>) in
        keeper.run({ try $0.save(try snapshot.get(), at: try mark.get()) }) { [self] result in
          if case .failure(let error) = result {
            logger.error("the snapshot could not be saved", metadata: ["error": "\(error)"])
          }
          done()
        }
      }
    }
  }
}
