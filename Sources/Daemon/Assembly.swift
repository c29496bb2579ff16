import Events
import Frames
import Base
import Configuration
import Journal
import Logging
import NIOCore
import Reporting
import Routing
import Systemd

/// Puts the daemon together: on the machine's own clocks, threads and files, or on simulated ones.
struct Assembly {
  let options: DaemonOptions
  let logger: Logger
  let loop: any EventLoop
  let workers: Workers
  let source: TimeSource
  var surroundings = Surroundings.machine

  /// A server in the state that `journal` tells of, not yet at work; see ``Server/begin()``.
  /// - Parameter openReports: Opens the read model; it is not needed for the start, and may fail.
  /// - Throws: ``StartFailure``.
  func server(
    _ journal: Journal, yaml: String, openReports: @escaping ReportsAccess.Opening
  ) throws -> Server {
    var (board, clock) = try recover(journal, yaml)
    let replies = try journal.replies(now: clock.now())
    let keeper = JournalKeeper(
      journal: journal, openReports: openReports, loop: loop, workers: workers)
    let server = Server(
      loop: loop, keeper: keeper, board: board, clock: clock, identity: journal.identity,
      epoch: Epoch(journal, draw: surroundings.drawName), replies: replies, options: options,
      surroundings: surroundings, logger: logger)
    if journal.formerSchema != nil { server.saveSnapshotSoon() }
    return server
  }

  /// The state the journal tells of: from the newest snapshot, or from the beginning.
  private func recover(_ journal: Journal, _ yaml: String) throws -> (Switchboard, Clock) {
    var recovery = Recovery(seed: 1)
    do {
      if let (snapshot, seq, chain) = try journal.newestSnapshot(),
        !recovery.restore(snapshot, seq: seq, chain: chain)
      {
        recovery = Recovery(seed: 1)
      }
      while case let slice = source.stopwatch(),
        try !recovery.advance(journal, while: { slice() < .seconds(5) })
      {
        ServiceManager.status("Recovering: record \(recovery.seq) of \(journal.lastSeq)")
        ServiceManager.extendTimeout(by: .seconds(60))
      }
    } catch {
      throw StartFailure(exitCode: EX.dataError, description: "\(error)")
    }
    // Ids are the journal's: the file may list reps in another order than they were first seen in.
    let configuration = try parse(
      yaml, keeping: recovery.plan?.directory ?? Directory())
    logger.tell(configuration.warnings)
    let clock = Clock(
      startingAt: options.clockStart, notBefore: recovery.at, rate: options.clockRate,
      source: source)
    logger.notice(
      "recovered",
      metadata: ["message-id": LogMessage.recovered, "records": "\(recovery.seq)"])
    let board =
      Switchboard(recovery, configuration: configuration)
      ?? Switchboard(configuration: configuration, seed: 1)
    return (board, clock)
  }

  private func parse(
    _ yaml: String, keeping directory: Directory
  ) throws -> Configuration {
    do {
      return try Configuration(
        yaml: yaml, file: options.configurationPath, keeping: directory)
    } catch {
      throw StartFailure(exitCode: EX.config, description: error.description)
    }
  }
}

extension Server {
  /// Goes to work; to be called once, on the loop.
  func begin() {
    if epoch.isNew { beginEpoch() }
    change { board, batch in
      board.resume(at: now(), &batch)
      board.adoptIfNew(board.configuration, at: now(), &batch)
    }
    // After the first step, which settles what a version with other rules has left. A team without phones is
    // worse than one odd row: it is reported, loudly, and served.
    checkInvariants()
    openReports(anew: false)
    start()
  }
}

extension Server {
  /// Records that the history goes on from a copy.
  private func beginEpoch() {
    change { board, batch in
      batch.epoch = epoch.name
      board.note(.restored(epoch: epoch.name), at: now(), by: nil, &batch)
    }
    logger.notice(
      "the journal is a copy that was put back; a new epoch begins",
      metadata: ["message-id": LogMessage.restored, "epoch": "\(epoch.name)"])
  }
}

extension Switchboard {
  /// Puts `configuration` into force unless the journal's plan is the same already.
  fileprivate mutating func adoptIfNew(
    _ configuration: Configuration, at now: Instant, _ batch: inout Batch
  ) {
    let isNew =
      seq == 0 || rules != RoutingEngine.rules || engine.plan != configuration.plan
      || directory != configuration.directory
    if isNew { adopt(configuration, at: now, &batch) }
  }
}
