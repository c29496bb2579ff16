import Base
import Configuration
import Events
import Frames
import Journal
import Logging
import NIOCore
import Reporting
import Switchboard

/// `keep: history`: whole months that have been kept long enough go to archive files, one month at a time. What a commit
/// may have to wait for is the reading or the removal of a few frames.
final class Archiving: @unchecked Sendable {
  /// Frames of one read or removal.
  private static let slice = 200

  private let context: ServerContext
  private let pipeline: Pipeline
  private let sessions: Sessions
  private let reports: Reports
  /// Whether a month is being worked on.
  private var isWorking = false
  private var isClosed = false
  /// What was free when there was too little room for a month: without more it is not tried again, and the disk not filled
  /// for nothing.
  private var tooLittle: Int64 = 0

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ sessions: Sessions, _ reports: Reports
  ) {
    self.context = context
    self.pipeline = pipeline
    self.sessions = sessions
    self.reports = reports
  }

  /// Begins.
  func begin() { context.lookHourly { [self] in look() } }

  /// Nothing is begun any more.
  func close() { isClosed = true }

  private func look() {
    if isWorking || isClosed || pipeline.hasFailed { return }
    isWorking = true
    dropArchived()
  }

  /// What is in an archive file already goes first: a process may have died before it was gone.
  private func dropArchived() {
    run({ try $0.dropArchived(frames: Self.slice) }) { [self] isDone in
      if isDone { lookForMonth() } else { pipeline.whenWritten { [self] in dropArchived() } }
    }
  }

  private func lookForMonth() {
    guard let kept = sessions.configuration.historyKept else {
      isWorking = false
      return
    }
    let (hours, cutoff) = (sessions.configuration.teamHours, context.now() - kept)
    run({ journal in try journal.oldestMonth(before: cutoff, hours) }) { [self] month in
      guard let month else {
        isWorking = false
        return
      }
      begin(month.place, until: month.end)
    }
  }

  /// Days leave as a whole.
  private func begin(_ place: ArchivePlace, until end: Instant) {
    if let free = DiskSpace.free(at: place.folder), free <= tooLittle {
      return giveUp("\(free / 1_000_000) MB free were too little for it")
    }
    reports.query({ try $0.unfinished(before: end) }) { [self] result in
      follow(result) { found in
        if let found { return giveUp("\(found) has begun in it and is not over") }
        elsewhere({ try ArchiveWork(place, until: end) }) { [self] in read(for: $0) }
      }
    }
  }

  /// Takes in frame after frame, those who call and commit in between.
  private func read(for work: ArchiveWork) {
    run({ try $0.frames(after: work.last, before: work.end, limit: Self.slice) }) {
      [self] frames, isAtEnd in
      elsewhere({ try work.take(frames) }) { [self] in
        pipeline.whenWritten { [self] in isAtEnd ? count(for: work) : read(for: work) }
      }
    }
  }

  /// Has the figures of the days made, from what is reported of them now: late write-ups are in it.
  private func count(for work: ArchiveWork) {
    let hours = sessions.configuration.teamHours
    reports.query({ store in
      try store.closedDays(
        until: work.end, midnight: hours.nextMidnight(after:), floor: hours.midnight(before:))
    }) { [self] result in follow(result) { finish(work, $0) } }
  }

  private func finish(_ work: ArchiveWork, _ days: [ClosedDay]) {
    elsewhere({ try work.finish() }) { [self] closing in
      if isClosed { return }
      let known =
        days.isEmpty ? [ClosedDay(from: work.end, to: work.end, queues: [], reps: [])] : days
      pipeline.change { board, batch in
        batch.closing = closing
        for day in known {
          board.note(
            .historyClosed(through: closing.archive.last, day), at: context.now(), by: nil, &batch)
        }
      }
      pipeline.historyBegins(after: closing.archive.last)
      context.logger.notice(
        "history that was kept long enough is in an archive file",
        metadata: [
          "message-id": LogMessage.archived, "through": "\(closing.archive.last)",
          "file": "\(closing.archive.path(beside: context.options.journalPath))",
        ])
      // There may be more months.
      pipeline.whenWritten { [self] in dropArchived() }
    }
  }

  // MARK: Threads

  private func run<T: Sendable>(
    _ work: @escaping @Sendable (Journal) throws -> T, _ goOn: @escaping @Sendable (T) -> Void
  ) {
    context.keeper.run(work) { [self] (result: Result<T, any Error>) in follow(result, goOn) }
  }

  private func elsewhere<T: Sendable>(
    _ work: @escaping @Sendable () throws -> T, _ goOn: @escaping @Sendable (T) -> Void
  ) {
    context.keeper.elsewhere(work) { [self] (result: Result<T, any Error>) in follow(result, goOn) }
  }

  private func follow<T>(_ result: Result<T, any Error>, _ goOn: (T) -> Void) {
    if isClosed || pipeline.hasFailed { return }
    switch result {
    case .success(let value): goOn(value)
    case .failure(let error):
      if let lack = error as? ArchiveWork.NoRoom { tooLittle = lack.before }
      giveUp("\(error)")
    }
  }

  /// The next look tries again.
  private func giveUp(_ reason: String) {
    isWorking = false
    context.logger.warning(
      "old history could not be put into an archive file; it is tried again",
      metadata: ["message-id": LogMessage.archived, "reason": "\(reason)"])
  }
}

extension Journal {
  /// The oldest month of it, if it is over before `cutoff` and its words are forgotten: an archive file has none.
  /// - Parameter hours: Say when months begin.
  fileprivate func oldestMonth(before cutoff: Instant, _ hours: OfficeHours) throws -> (
    place: ArchivePlace, end: Instant
  )? {
    guard let first = try firstInstant(after: archived) else { return nil }
    let end = min(hours.monthStart(before: cutoff), hours.nextMonth(after: first))
    guard first < end else { return nil }
    if let known = try firstInstantWithWords(), known < end { return nil }
    return (try archivePlace(), end)
  }
}
