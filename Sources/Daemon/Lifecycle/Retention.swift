import Base
import Configuration
import Events
import Frames
import Journal
import Logging
import NIOCore
import Reporting
import Routing
import Switchboard

/// `keep: words`: names, numbers and notes that have been kept long enough are forgotten, a few frames at a time, so that
/// no commit waits for it. What happened stays, and is counted as before.
final class Retention: @unchecked Sendable {
  /// Frames in one transaction.
  private static let slice = 200
  /// How often it is looked whether something has become old enough.
  private static let interval: TimeSpan = .hours(1)

  private let context: ServerContext
  private let pipeline: Pipeline
  private let sessions: Sessions
  private let snapshots: Snapshots
  private let reports: Reports
  /// Whether a round is under way.
  private var isWorking = false
  private var isClosed = false
  /// Records whose words this round has forgotten.
  private var lastForgotten: UInt64 = 0

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ sessions: Sessions, _ snapshots: Snapshots,
    _ reports: Reports
  ) {
    self.context = context
    self.pipeline = pipeline
    self.sessions = sessions
    self.snapshots = snapshots
    self.reports = reports
  }

  /// Begins.
  func begin() {
    let interval = Self.interval / Int64(context.options.clockRate)
    context.loop.scheduleRepeatedTask(
      initialDelay: .seconds(2), delay: .microseconds(max(interval.microseconds, 1_000_000))
    ) { [self] _ in look() }
  }

  /// Nothing is begun any more.
  func close() { isClosed = true }

  private func look() {
    guard let kept = sessions.configuration.wordsKept, !isWorking, !isClosed else { return }
    isWorking = true
    lastForgotten = 0
    forget(before: min(context.now() - kept, oldestWork))
  }

  /// What is still being worked on keeps its names.
  private var oldestWork: Instant {
    let engine = pipeline.board.engine
    return engine.liveCalls.compactMap { engine.call($0)?.arrivedAt }.min() ?? .never
  }

  /// The next few frames, if they are old enough.
  private func forget(before cutoff: Instant) {
    if isClosed || pipeline.hasFailed { return }
    context.keeper.run({ journal in
      (
        try journal.forgettable(
          before: cutoff, frames: Self.slice, keeping: Detail.Name.people.rawValue),
        journal.forgotten
      )
    }) { [self] (result: Result<(Forgetting?, Forgetting?), any Error>) in
      switch result {
      case .success((let next?, let before)): record(next, after: before, cutoff)
      case .success((nil, _)): finish()
      case .failure(let error):
        isWorking = false
        context.logger.error(
          "what is old could not be forgotten", metadata: ["error": "\(error)"])
      }
    }
  }

  private func record(_ next: Forgetting, after before: Forgetting?, _ cutoff: Instant) {
    lastForgotten = next.through
    pipeline.change { board, batch in
      batch.forgetting = next
      board.note(
        .textForgotten(
          through: next.through, from: before?.before ?? .distantPast, to: next.before),
        at: context.now(), by: nil, &batch)
    }
    let seq = pipeline.board.seq
    wait(for: seq, cutoff)
  }

  /// Goes on when that is on disk, and others have had their turn.
  private func wait(for seq: UInt64, _ cutoff: Instant) {
    context.loop.scheduleTask(in: .milliseconds(20)) { [self] in
      if pipeline.committed < seq { wait(for: seq, cutoff) } else { forget(before: cutoff) }
    }
  }

  /// Nothing of it is left in old snapshots and logs either.
  private func finish() {
    guard lastForgotten > 0 else {
      isWorking = false
      return
    }
    context.logger.notice(
      "names, numbers and notes that were kept long enough are forgotten",
      metadata: ["message-id": LogMessage.forgotten, "through": "\(lastForgotten)"])
    snapshots.save { [self] in
      // When it has heard of it.
      reports.query({ try $0.dropTraces() }) { _ in }
      context.keeper.run({ try $0.dropTraces() }) { [self] result in
        isWorking = false
        if case .failure(let error) = result {
          context.logger.error(
            "traces of what is forgotten could not be removed", metadata: ["error": "\(error)"])
        }
      }
    }
  }
}
