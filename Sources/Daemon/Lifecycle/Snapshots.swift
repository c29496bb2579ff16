import Journal
import Logging
import Switchboard

/// Saves the state now and then, so that recovery stays short.
final class Snapshots: @unchecked Sendable {
  /// Records after which a snapshot is saved.
  private static let interval = 50_000

  private let context: ServerContext
  private let pipeline: Pipeline
  private var recordsSince = 0
  /// Whether none is saved by itself any more: the last one is saved at the end.
  private var isClosed = false

  init(_ context: ServerContext, _ pipeline: Pipeline) {
    self.context = context
    self.pipeline = pipeline
  }

  /// Lets one be saved with the next batch: a journal that was taken over has none.
  func saveSoon() { recordsSince = Self.interval }

  /// Notes that so many records were written.
  func count(_ records: Int) {
    recordsSince += records
    let isDue = recordsSince >= Self.interval && pipeline.committed == pipeline.board.seq
    if isDue, !isClosed, !pipeline.hasFailed { save {} }
  }

  /// Only ``save(_:)`` saves from now on.
  func close() { isClosed = true }

  /// Saves the state after the last committed record.
  func save(_ done: @escaping @Sendable () -> Void) {
    recordsSince = 0
    // A copy. Made into bytes elsewhere: with 100,000 calls that takes more than a second, and what is on the
    // journal's thread holds every commit. First its place is noted: nothing is committed in between.
    let (board, keeper, logger) = (pipeline.board, context.keeper, context.logger)
    keeper.run({ $0.end }) { (mark: Result<Journal.Mark, any Error>) in
      keeper.elsewhere({ board.snapshotWithPlan() }) { (snapshot: Result<Snapshot, any Error>) in
        keeper.run({ journal in
          let place = try mark.get()
          // What was not on disk when the state was taken is not in it either.
          if place.seq == board.seq { try journal.save(try snapshot.get(), at: place) }
        }) { result in
          if case .failure(let error) = result {
            logger.error("the snapshot could not be saved", metadata: ["error": "\(error)"])
          }
          done()
        }
      }
    }
  }
}
