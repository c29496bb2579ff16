import Base
import Configuration
import Events
import Frames
import Journal
import LineProtocol
import Logging
import NIOCore
import Reporting
import Routing
import Switchboard

/// The daemon at work: its parts, and what each is told of the others. Everything here happens on one event loop; the
/// journal and the read model have threads of their own (``JournalKeeper``).
///
/// A line goes from its ``Connection`` to ``Requests``, changes the state in the ``Pipeline``, is on disk, and then its
/// reply leaves; what it has done goes to the subscribers (``Broadcast``) and to the read model (``Reports``), who
/// follow the journal each at their own pace (``Follower``).
final class Server: @unchecked Sendable {
  let connections: Connections
  let reports: Reports
  private let context: ServerContext
  private let pipeline: Pipeline
  private let broadcast: Broadcast
  private let sessions: Sessions
  private let reception: Reception
  private let answers: Answers
  private let reloads: Reloads
  private let requests: Requests
  private let feeds: Feeds
  private let snapshots: Snapshots
  private let housekeeping: Housekeeping
  private let journalWatch: JournalWatch
  private let retention: Retention
  private let archiving: Archiving
  private let lifecycle: Lifecycle
  private let users: UserDirectory
  /// The plan of the file with which the daemon is started, until it is in force.
  private var firstPlan: NamedPlan?

  /// - Parameters:
  ///   - recovered: What the start goes on from.
  ///   - users: Tells who clients are.
  ///   - replies: Those to commands with keys that are remembered.
  init(
    _ context: ServerContext, _ recovered: Recovered, users: UserDirectory, replies: [KeyedReply]
  ) {
    let catchUp = CatchUp()
    self.context = context
    self.users = users
    firstPlan = recovered.named
    pipeline = Pipeline(context, recovered.board, archived: recovered.archived)
    connections = Connections(context)
    broadcast = Broadcast(context, pipeline, connections, catchUp)
    reports = Reports(context, pipeline, catchUp)
    sessions = Sessions(context, pipeline, connections, broadcast, recovered.configuration)
    feeds = Feeds(context, pipeline, connections)
    reception = Reception(context, pipeline, connections, sessions, broadcast, feeds)
    answers = Answers(context, pipeline, sessions, replies)
    reloads = Reloads(context, pipeline, sessions, feeds, answers)
    snapshots = Snapshots(context, pipeline)
    housekeeping = Housekeeping(context, pipeline, sessions)
    journalWatch = JournalWatch(context)
    retention = Retention(context, pipeline, sessions, snapshots, reports)
    archiving = Archiving(context, pipeline, sessions, reports)
    lifecycle = Lifecycle(
      context, pipeline, connections, reception, snapshots, housekeeping)
    let status = ServerStatus(
      context: context, pipeline: pipeline, connections: connections, reports: reports,
      journalWatch: journalWatch,
      startedAt: context.now())
    requests = Requests(
      context, pipeline, sessions, broadcast, answers, reloads, reports, status, feeds)
    pipeline.attach(self)
    if recovered.isTakenOver { snapshots.saveSoon() }
  }

  // MARK: Its life

  /// Goes to work; to be called once, on the loop.
  func begin() {
    guard let named = firstPlan else { return }
    firstPlan = nil
    let (isNew, recoveredAt) = (pipeline.board.isNew(named), pipeline.board.engine.now)
    if context.epoch.isNew { beginEpoch() }
    pipeline.change { board, batch in
      board.resume(at: context.now(), &batch)
      if isNew { board.adopt(named, at: context.now(), &batch) }
      board.beginCalendar(at: context.now(), after: recoveredAt, &batch)
    }
    // After the first step, which settles what a version with other rules has left. A team without phones is
    // worse than one odd row: it is reported, loudly, and served.
    housekeeping.checkInvariants()
    reports.open(anew: false)
    housekeeping.begin()
    feeds.begin()
    journalWatch.begin()
    retention.begin()
    archiving.begin()
    context.loop.scheduleRepeatedTask(initialDelay: .seconds(5), delay: .seconds(5)) { [self] _ in
      broadcast.beat()
      context.surroundings.notify(.status(pipeline.board.statusText))
    }
    context.loop.scheduleRepeatedTask(initialDelay: .hours(1), delay: .hours(1)) { [self] _ in
      answers.forgetOld()
    }
  }

  /// Records that the history goes on from a copy.
  private func beginEpoch() {
    let epoch = context.epoch.name
    pipeline.change { board, batch in
      batch.epoch = epoch
      board.note(.restored(epoch: epoch), at: context.now(), by: nil, &batch)
    }
    context.logger.notice(
      "the journal is a copy that was put back; a new epoch begins",
      metadata: ["message-id": LogMessage.restored, "epoch": "\(epoch)"])
  }

  /// SIGHUP.
  func reloadOnSignal() { reloads.reloadOnSignal() }

  /// Goes on with the connections that the process before this one has left, each by way of `open`.
  func takeOver(_ open: (Int32, SuspendedConnection) -> Void) { reception.takeOver(open) }

  /// Stops reading, writes and answers what has been read, saves a snapshot, and ends. Under a service manager
  /// the connections go into its keeping, and the next process goes on with them.
  func stop() {
    if lifecycle.isStopping { return }
    context.logger.notice("stopping", metadata: ["message-id": LogMessage.stopping])
    context.surroundings.notify(.stopping)
    reports.close()
    reloads.close()
    snapshots.close()
    housekeeping.close()
    feeds.close()
    retention.close()
    archiving.close()
    broadcast.hurry()
    reception.close()
    lifecycle.stop()
  }

  /// What to call with the exit code when all is done.
  func onStop(_ completion: @escaping @Sendable (Int32) -> Void) { lifecycle.onEnd(completion) }

  // MARK: Its state

  /// The state, which may be ahead of the disk by what is in the batch.
  var board: Switchboard { pipeline.board }
  /// The number of the last record on disk.
  var committed: UInt64 { pipeline.committed }
  /// Whether the journal could not be written: nothing is done any more.
  var hasFailed: Bool { pipeline.hasFailed }
}

// MARK: - What the pipeline has done

extension Server: PipelineObserver {
  func didSeal(_ connection: Connection) { broadcast.didSeal(connection) }

  func didSend(to connection: Connection) {
    broadcast.didSend(to: connection)
    connection.didSend()
  }

  func didFlush(_ records: [Record]) {
    broadcast.deliver(records)
    logStaleCalls(records)
    reports.follow(records)
    housekeeping.scheduleDeadline()
    snapshots.count(records.count)
    lifecycle.endIfQuiet()
  }

  func didFail() { lifecycle.fail() }

  /// The engine's watchdog has found calls that nothing has been heard of for long.
  private func logStaleCalls(_ records: [Record]) {
    for record in records {
      guard case .event(.call(.foundStale(let call, _)), _) = record.content else { continue }
      context.logger.warning(
        "a call shows no sign of life",
        metadata: [
          "message-id": LogMessage.staleCall, "call": "\(pipeline.board.book.name(of: call))",
        ])
    }
  }
}

// MARK: - What connections ask

extension Server {
  /// The present instant.
  func now() -> Instant { context.now() }

  /// A number for a connection.
  func drawConnectionNumber() -> Int { connections.drawNumber() }

  /// Who has these credentials.
  func whoIs(_ credentials: EventLoopFuture<Peer.Credentials>) -> EventLoopFuture<Peer> {
    credentials.hop(to: context.loop).flatMap { [users] in users.peer($0) }
  }

  /// Somebody is known by name. They may have gone meanwhile.
  func admit(_ connection: Connection, _ peer: Peer) {
    if connection.channel.isActive { reception.admit(connection, peer) }
  }

  /// The connection is gone.
  func forget(_ connection: Connection) { reception.forget(connection) }

  /// Takes in one line.
  func receive(_ line: ArraySlice<UInt8>, from connection: Connection) {
    requests.receive(line, from: connection)
  }

  /// Answers a line that is no request.
  func refuse(_ error: LineError, to connection: Connection) {
    requests.refuse(error, to: connection)
  }

  /// Whether the batch being filled takes another request of `connection`; if not, it goes on later.
  func hasRoom(for connection: Connection) -> Bool { pipeline.hasRoom(for: connection) }

  /// Lets `connection` go on with requests it has sent already, after the next flush.
  func resumeLater(_ connection: Connection) { pipeline.resumeLater(connection) }

  /// The client of `connection` takes something again.
  func hasRoomAgain(_ connection: Connection) { broadcast.hasRoomAgain(connection) }

  /// Notes that clients have left so much more unread, or less.
  func unsentChanged(by bytes: Int) { connections.unsentChanged(by: bytes) }
}
