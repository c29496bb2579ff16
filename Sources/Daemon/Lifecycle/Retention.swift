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

  private let context: ServerContext
  private let pipeline: Pipeline
  private let sessions: Sessions
  private let snapshots: Snapshots
  private let reports: Reports
  /// Whether a round is under way.
  private var isWorking = false
  private var isClosed = false
  /// The last record looked at.
  private var looked: UInt64 = 0
  /// The call for whose sake old words are kept, once that was told.
  private var blocking: CallID?

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
  func begin() { context.lookHourly { [self] in look() } }

  /// Nothing is begun any more.
  func close() { isClosed = true }

  private func look() {
    if isWorking || isClosed || sessions.configuration.wordsKept == nil { return }
    isWorking = true
    looked = 0
    search()
  }

  /// Before when words are forgotten, as the configuration in force says; what is still being worked on keeps its names.
  private var cutoff: Instant? {
    guard let kept = sessions.configuration.wordsKept else { return nil }
    let cutoff = context.now() - kept
    let engine = pipeline.board.engine
    let calls = engine.liveCalls.compactMap { call in
      engine.call(call).map { (call: call, arrivedAt: $0.arrivedAt) }
    }
    guard let oldest = calls.min(by: { $0.arrivedAt < $1.arrivedAt }), oldest.arrivedAt < cutoff
    else { return cutoff }
    if blocking != oldest.call {
      blocking = oldest.call
      context.logger.warning(
        "a call that does not end keeps what is old from being forgotten; end it if it is over",
        metadata: [
          "message-id": LogMessage.staleCall,
          "call": "\(pipeline.board.book.name(of: oldest.call))",
        ])
    }
    return oldest.arrivedAt
  }

  /// Looks at the next few frames.
  private func search() {
    guard let cutoff, !isClosed, !pipeline.hasFailed else {
      isWorking = false
      return
    }
    context.keeper.run({ [looked] journal in
      try journal.search(
        after: looked, before: cutoff, frames: Self.slice, keeping: Detail.Name.people.rawValue)
    }) { [self] (result: Result<Journal.Search, any Error>) in
      switch result {
      case .success(let found): act(on: found)
      case .failure(let error): giveUp(error)
      }
    }
  }

  private func giveUp(_ error: any Error) {
    isWorking = false
    context.logger.error("what is old could not be forgotten", metadata: ["error": "\(error)"])
  }

  private func act(on found: Journal.Search) {
    looked = max(looked, found.old?.through ?? 0)
    if let old = found.old, found.hasWords { forget(old) }
    if found.isAtEnd { return pipeline.whenWritten { [self] in dropTraces() } }
    pipeline.whenWritten { [self] in search() }
  }

  private func forget(_ old: Forgetting) {
    pipeline.change { board, batch in
      batch.forgetting = old
      board.note(
        .textForgotten(through: old.through, from: board.wordsForgottenBefore, to: old.before),
        at: context.now(), by: nil, &batch)
    }
    context.logger.notice(
      "names, numbers and notes that were kept long enough are forgotten",
      metadata: ["message-id": LogMessage.forgotten, "through": "\(old.through)"])
  }

  /// Nothing of it is left in old snapshots and logs either; if that cannot be done now, the next look tries again.
  private func dropTraces() {
    context.keeper.run({ try $0.traces() }) { [self] result in
      guard case .success(.some) = result, !isClosed else {
        isWorking = false
        return
      }
      pipeline.whenWritten { [self] in snapshots.save { [self] in dropTracesOfReports() } }
    }
  }

  private func dropTracesOfReports() {
    reports.query({ try $0.dropTraces() }) { [self] result in
      guard case .success(true) = result else {
        isWorking = false
        return
      }
      dropTracesOfJournal()
    }
  }

  private func dropTracesOfJournal() {
    context.keeper.run({ try $0.dropTraces() }) { [self] result in
      isWorking = false
      if case .failure(let error) = result { giveUp(error) }
    }
  }
}
