import Switchboard
import Events
import Frames
import Base
import Configuration
import Journal
import LineProtocol
import Logging
import NIOCore
import NIOPosix
import Reporting
import Routing
import Systemd

/// The daemon at work. Everything here happens on one event loop; the journal and the read model have
/// threads of their own (``JournalKeeper``).
///
/// Requests that one turn of the loop reads form a batch, one transaction. While one batch is on its
/// way to disk, the next forms. Replies leave after their batch is on disk, never before.
final class Server: @unchecked Sendable {
  let loop: any EventLoop
  let keeper: JournalKeeper
  let logger: Logger
  let options: DaemonOptions
  let surroundings: Surroundings
  let identity: String
  /// Names the history since the journal was last put back from a copy.
  let epoch: Epoch
  var board: Switchboard
  /// Who may do what, and the office hours, of the file in force.
  var configuration: Configuration
  /// The plan of the file with which the daemon is started, until it is in force.
  var firstPlan: NamedPlan?
  var clock: Clock
  /// The number of the last record on disk.
  var committed: UInt64

  var limits = ClientLimits()
  var connections: [ObjectIdentifier: Connection] = [:]
  var connectionsByUser: [UInt32: Int] = [:]
  /// How many of them are of the roles for which some are reserved.
  var serviceConnections = 0
  /// The connections with subscriptions.
  var subscribers: [ObjectIdentifier: Connection] = [:]
  var replies: KnownReplies
  var amendments = Amendments()
  var reloads = Reloads()
  var delivery = Delivery()
  var reportFeed: ReportFeed

  /// Bytes written that clients have not taken, all together.
  var unsent = 0
  var isReliefDue = false
  /// Bytes of replies in the batch being filled.
  var filled = 0
  var waitingForRoom: [Connection] = []
  var isResumptionDue = false
  /// Those whose subscriptions are behind, in the order in which the disk is read for them.
  var waitingToCatchUp: [Connection] = []
  var isCatchingUp = false

  private var batch: Batch
  /// The one that is not being filled, but while it is written.
  private var spare: Batch?
  private var answering: [Connection] = []
  private var isFlushScheduled = false
  private var isCommitting = false
  private var hadSeveralClients = false
  private var commitBegan = Instant.distantPast
  var isStopping = false
  /// Whether a stop no longer waits for answers that are being made elsewhere.
  var isImpatient = false
  private(set) var hasFailed = false
  var stopCompletion: (@Sendable (Int32) -> Void)?

  var deadlineTimer: Scheduled<Void>?
  var isRenewingCalendar = false
  /// By how much the wall clock was ahead when that was last logged.
  var loggedClockLead: TimeSpan = .zero
  var recordsSinceSnapshot = 0
  let startedAt: Instant
  /// The instant of the last record before the start.
  let recoveredAt: Instant

  init(
    loop: any EventLoop, keeper: JournalKeeper, recovered: Recovered, identity: String,
    epoch: Epoch, replies: [KeyedReply], options: DaemonOptions,
    surroundings: Surroundings, logger: Logger
  ) {
    self.loop = loop
    self.keeper = keeper
    board = recovered.board
    configuration = recovered.configuration
    firstPlan = recovered.named
    clock = recovered.clock
    self.identity = identity
    self.epoch = epoch
    batch = Batch(salts: surroundings.salts())
    spare = Batch(salts: surroundings.salts())
    self.options = options
    self.surroundings = surroundings
    self.logger = logger
    committed = board.seq
    recoveredAt = board.engine.now
    startedAt = self.clock.now()
    self.replies = KnownReplies(replies)
    reportFeed = ReportFeed()
  }

  func now() -> Instant { clock.now() }

  // MARK: Batches

  /// Runs `body`, which may make records, and sees to it that they are written.
  func change(_ body: (inout Switchboard, inout Batch) throws -> Void) rethrows {
    defer { scheduleFlush() }
    try body(&board, &batch)
  }

  /// Notes that `connection` has replies in the batch being filled.
  func willAnswer(_ connection: Connection, tag: String?) {
    if connection.unanswered.isEmpty { answering.append(connection) }
    connection.unanswered.append(tag)
    scheduleFlush()
  }

  /// Keeps the reply to a keyed command in the transaction of its events.
  func keep(_ reply: KeyedReply) {
    batch.add(reply)
    replies.add(reply)
  }

  /// Forgets the replies that are a day old.
  func forgetOldReplies() {
    let tooOld = now() - Journal.replyLifetime
    replies.forget(before: tooOld)
    keeper.run({ try $0.forgetReplies(before: tooOld) }) { (_: Result<Void, any Error>) in }
  }

  /// Writes and sends at the end of this turn of the loop.
  func scheduleFlush() {
    if isFlushScheduled || isCommitting || hasFailed { return }
    isFlushScheduled = true
    loop.execute { [self] in
      isFlushScheduled = false
      flush()
    }
  }

  /// Writes what has been done, then sends the replies.
  func flush() {
    if isCommitting || hasFailed { return }
    let outgoing = seal()
    let records = board.takeRecords()
    if batch.isEmpty {
      send(outgoing)
      afterFlush(records)
      return
    }
    let writing = batch
    batch = spare ?? Batch(salts: surroundings.salts())
    spare = nil
    // A single client waits for nobody else: writing here saves two thread hops. With several, the
    // loop reads on while the journal's thread writes.
    let isAlone = outgoing.count <= 1 && !hadSeveralClients
    hadSeveralClients = outgoing.count > 1
    if isAlone, keeper.isIdle {
      do {
        try keeper.commitHere(writing)
        finish(writing, outgoing, records)
      } catch {
        fail(error, outgoing)
      }
      return
    }
    isCommitting = true
    commitBegan = now()
    keeper.commit(writing) { [self] error in
      isCommitting = false
      if let error { return fail(error, outgoing) }
      finish(writing, outgoing, records)
    }
  }

  /// Replies whose batch is closed.
  struct Outgoing {
    var connection: Connection
    var bytes: [UInt8]
    var tags: [String?]
  }

  private func seal() -> [Outgoing] {
    filled = 0
    let outgoing = answering.map { connection in
      connection.isAwaitingCommit = true
      connection.sealAnnouncements()
      defer {
        // Not emptied: that would keep as much memory as the longest reply has ever needed.
        connection.output = LineWriter()
        connection.unanswered.removeAll()
      }
      return Outgoing(
        connection: connection, bytes: connection.output.bytes, tags: connection.unanswered)
    }
    answering.removeAll(keepingCapacity: true)
    return outgoing
  }

  private func finish(_ written: Batch, _ outgoing: [Outgoing], _ records: [Record]) {
    if let last = records.last { committed = last.seq }
    var emptied = written
    emptied.removeAll()
    spare = emptied
    send(outgoing)
    deliver(records)
    logStaleCalls(records)
    afterFlush(records)
    if !batch.isEmpty || !answering.isEmpty { scheduleFlush() }
  }

  /// The engine's watchdog has found calls that nothing has been heard of for long.
  private func logStaleCalls(_ records: [Record]) {
    for record in records {
      guard case .event(.call(.foundStale(let call, _)), _) = record.content else { continue }
      logger.warning(
        "a call shows no sign of life",
        metadata: ["message-id": LogMessage.staleCall, "call": "\(board.book.name(of: call))"])
    }
  }

  private func afterFlush(_ records: [Record]) {
    feedReports(records)
    scheduleDeadline()
    saveSnapshotIfDue(records.count)
    if isStopping { finishStopping() }
  }

  private func send(_ outgoing: [Outgoing]) {
    for reply in outgoing {
      reply.connection.write(reply.bytes)
      reply.connection.isAwaitingCommit = false
      activateSubscriptions(of: reply.connection)
      reply.connection.didSend()
      closeIfAnswered(reply.connection)
    }
    resumeWaiting()
  }

  /// The journal could not be written. Nobody knows whether the batch is on disk: no reply may say so.
  /// The process ends; recovery decides.
  private func fail(_ error: any Error, _ outgoing: [Outgoing]) {
    hasFailed = true
    logger.critical(
      "the journal could not be written; stopping",
      metadata: ["message-id": LogMessage.journalFailed, "error": "\(error)"])
    let text = "the journal failed while writing; connect again and repeat with the same key"
    for reply in outgoing + seal() {
      var writer = LineWriter()
      for tag in reply.tags {
        Refusal(.outcomeUnknown, text).write(tag, to: &writer)
      }
      reply.connection.write(writer.bytes)
    }
    loop.scheduleTask(in: .milliseconds(50)) { [self] in stopCompletion?(EX.ioError) }
  }

  /// Whether the journal has answered within `limit`: the watchdog is fed only then.
  func isHealthy(within limit: TimeSpan) -> Bool {
    !hasFailed && (!isCommitting || now() - commitBegan < limit)
  }

  /// Whether everything that was begun has been written and answered.
  var isQuiet: Bool { !isCommitting && !hasFailed && batch.isEmpty && answering.isEmpty }

  /// What to call with the exit code when all is done.
  func onStop(_ completion: @escaping @Sendable (Int32) -> Void) { stopCompletion = completion }
}

/// Exit codes (sysexits.h).
public enum EX {
  /// The command line is wrong.
  public static let usage: Int32 = 64
  /// The data are wrong.
  public static let dataError: Int32 = 65
  /// A service is not there.
  public static let unavailable: Int32 = 69
  /// The operating system refused.
  public static let osError: Int32 = 71
  /// Reading or writing failed.
  public static let ioError: Int32 = 74
  /// Something is missing that may be there later.
  public static let temporaryFailure: Int32 = 75
  /// The configuration is wrong.
  public static let config: Int32 = 78
}

/// Message ids of the log, explained in the journal catalog.
enum LogMessage {
  static let started: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e01"
  static let stopping: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e02"
  static let journalFailed: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e03"
  static let reloaded: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e04"
  static let reloadFailed: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e05"
  static let recovered: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e06"
  static let staleCall: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e07"
  static let invariantBroken: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e08"
  static let slowSubscriber: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e09"
  static let draining: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0a"
  static let handedOver: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0b"
  static let takenOver: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0c"
  static let clockJumped: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0d"
  static let reportsFailed: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0e"
  static let takingOver: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e0f"
  static let restored: Logger.MetadataValue = "7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e10"
}
