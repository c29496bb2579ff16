import Base
import Events
import Frames
import Journal
import LineProtocol
import Logging
import NIOCore
import Switchboard

/// Who goes on with what the pipeline has done.
protocol PipelineObserver: AnyObject {
  /// The replies of `connection` now belong to a batch that is complete.
  func didSeal(_ connection: Connection)
  /// The replies of a complete batch have been given to `connection`.
  func didSend(to connection: Connection)
  /// A flush is over: `records` are on disk, and their replies sent.
  func didFlush(_ records: [Record])
  /// The journal could not be written.
  func didFail()
}

/// From a request to its reply. What the requests of one turn of the loop do is one batch, one transaction. While one
/// batch is on its way to disk, the next forms. Replies leave after their batch is on disk, never before.
///
/// The state is changed here and nowhere else: ``change(_:)``.
final class Pipeline: @unchecked Sendable {
  /// Bytes of replies in one batch, after which requests wait for the next.
  private static let maxBatch = 4 << 20

  private let context: ServerContext
  private let turns: Turns
  private weak var observer: (any PipelineObserver)?
  /// The state, which may be ahead of the disk by what is in the batch.
  private(set) var board: Switchboard
  /// The number of the last record on disk.
  private(set) var committed: UInt64
  /// The number of the last record that is in an archive file only.
  private(set) var archived: UInt64
  private var progress = CommitProgress()
  private var batch: Batch
  /// The one that is not being filled, but while it is written.
  private var spare: Batch?
  private var answering: [Connection] = []
  /// Bytes of replies in the batch being filled.
  private var filled = 0

  /// - Parameter archived: The last record that is in an archive file only.
  init(_ context: ServerContext, _ board: Switchboard, archived: UInt64) {
    self.context = context
    self.archived = archived
    self.board = board
    turns = Turns(context.loop)
    committed = board.seq
    batch = Batch(salts: context.surroundings.salts())
    spare = Batch(salts: context.surroundings.salts())
  }

  /// Says who goes on; once.
  func attach(_ observer: any PipelineObserver) { self.observer = observer }

  // MARK: What goes in

  /// Runs `body`, which may make records, and sees to it that they are written. It asks nothing else of the pipeline.
  func change(_ body: (inout Switchboard, inout Batch) throws -> Void) rethrows {
    defer { wantFlush() }
    try body(&board, &batch)
  }

  /// The records up to number `seq` are in archive files from now on.
  func historyBegins(after seq: UInt64) { archived = seq }

  /// Goes on when everything is on disk, and others have had their turn.
  func whenWritten(_ goOn: @escaping @Sendable () -> Void) {
    context.loop.scheduleTask(in: .milliseconds(20)) { [self] in
      if hasFailed { return }
      if committed == board.seq { goOn() } else { whenWritten(goOn) }
    }
  }

  /// Keeps the reply to a keyed command in the transaction of its events.
  func keep(_ reply: KeyedReply) { batch.add(reply) }

  /// Notes that `connection` has a reply in the batch being filled.
  func willAnswer(_ connection: Connection, tag: String?) {
    if connection.expectReply(to: tag) { answering.append(connection) }
    wantFlush()
  }

  /// Notes that there are so many more bytes of replies in the batch.
  func batchWasFilled(by bytes: Int) { filled += bytes }

  /// Whether the batch being filled takes another request of `connection`; if not, it goes on later.
  func hasRoom(for connection: Connection) -> Bool {
    if filled < Self.maxBatch { return true }
    resumeLater(connection)
    return false
  }

  /// Lets `connection` go on with requests it has sent already, after the next flush.
  func resumeLater(_ connection: Connection) {
    turns.wait(connection)
    wantFlush()
  }

  // MARK: What it is doing

  /// Whether the journal could not be written: nothing is done any more.
  var hasFailed: Bool { progress.hasFailed }

  /// Whether everything that was begun has been written and answered.
  var isQuiet: Bool {
    !progress.isWriting && !hasFailed && batch.isEmpty && answering.isEmpty
  }

  /// Whether the journal has answered within `limit`: the watchdog is fed only then.
  func isHealthy(within limit: TimeSpan) -> Bool {
    progress.isHealthy(within: limit, at: context.now())
  }

  // MARK: What goes out

  /// Writes and sends at the end of this turn of the loop.
  private func wantFlush() {
    if progress.want() { context.loop.execute { [self] in flush() } }
  }

  /// Writes what has been done, then sends the replies.
  func flush() {
    guard progress.begin() else { return }
    let replies = seal()
    let records = board.takeRecords()
    if batch.isEmpty {
      send(replies)
      observer?.didFlush(records)
      return
    }
    let writing = batch
    batch = spare ?? Batch(salts: context.surroundings.salts())
    spare = nil
    // Nobody waits for history to be closed, which writes a state.
    let isFree = context.keeper.isIdle && writing.closing == nil
    let way = progress.chooseWay(for: replies.count, isJournalFree: isFree, at: context.now())
    switch way {
    case .here:
      do {
        try context.keeper.commitHere(writing)
        finish(writing, replies, records)
      } catch {
        fail(error, replies)
      }
    case .elsewhere:
      context.keeper.commit(writing) { [self] error in
        if let error { return fail(error, replies) }
        progress.end()
        finish(writing, replies, records)
      }
    }
  }

  /// Replies whose batch is closed.
  private struct Replies {
    var connection: Connection
    var sealed: Outbox.Sealed
  }

  private func seal() -> [Replies] {
    filled = 0
    let replies = answering.map { connection in
      observer?.didSeal(connection)
      return Replies(connection: connection, sealed: connection.sealReplies())
    }
    answering.removeAll(keepingCapacity: true)
    return replies
  }

  private func finish(_ written: Batch, _ replies: [Replies], _ records: [Record]) {
    if let last = records.last { committed = last.seq }
    var emptied = written
    emptied.removeAll()
    spare = emptied
    send(replies)
    observer?.didFlush(records)
    if !batch.isEmpty || !answering.isEmpty { wantFlush() }
  }

  private func send(_ replies: [Replies]) {
    for reply in replies {
      reply.connection.send(reply.sealed)
      observer?.didSend(to: reply.connection)
    }
    turns.resume()
  }

  /// The journal could not be written. Nobody knows whether the batch is on disk: no reply may say so.
  /// The process ends; recovery decides.
  private func fail(_ error: any Error, _ replies: [Replies]) {
    progress.fail()
    context.logger.critical(
      "the journal could not be written; stopping",
      metadata: ["message-id": LogMessage.journalFailed, "error": "\(error)"])
    let text = "the journal failed while writing; connect again and repeat with the same key"
    for reply in replies + seal() {
      reply.connection.tell { writer in
        for tag in reply.sealed.tags {
          Refusal(.outcomeUnknown, text).write(tag, to: &writer)
        }
      }
    }
    observer?.didFail()
  }
}
