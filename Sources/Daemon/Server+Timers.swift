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
    let isNewDay = isFirstOfDay
    change { board, batch in
      if isNewDay { startDay(&board, &batch) }
      board.setOfficeHours(at: now(), &batch)
    }
    calendarDeadline = board.configuration.officeHours.first?.nextMidnight(after: now()) ?? .never
    loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [self] _ in
      watchClock()
      keepCalendar()
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

  /// Whether the last record is of another day.
  private var isFirstOfDay: Bool {
    guard let hours = board.configuration.officeHours.first, recoveredAt > .distantPast else {
      return false
    }
    return recoveredAt < hours.midnight(before: startedAt)
  }

  private func startDay(_ board: inout Switchboard, _ batch: inout Batch) {
    _ = try? board.perform(Switchboard.Order(command: .startDay), at: now(), &batch)
  }

  /// Sets the timer for what the engine wants to happen next.
  func scheduleDeadline() {
    deadlineTimer?.cancel()
    guard let deadline = board.engine.nextDeadline else { return }
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

  /// New day, next office hours.
  private func keepCalendar() {
    if isStopping { return }
    let isNewDay = now() >= calendarDeadline
    let hasClosed = board.configuration.officeHours.indices.contains { index in
      board.engine.officeHours(of: QueueID(index)).closes <= now()
    }
    if !isNewDay, !hasClosed { return }
    change { board, batch in
      if isNewDay { startDay(&board, &batch) }
      board.setOfficeHours(at: now(), &batch)
    }
    calendarDeadline = board.configuration.officeHours.first?.nextMidnight(after: now()) ?? .never
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
      keeper.elsewhere({ try board.snapshot() }) { [self] (snapshot: Result<Snapshot, any Error>) in
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
