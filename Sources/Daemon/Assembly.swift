import Switchboard
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
    var recovered = try recover(journal, yaml)
    let replies = try journal.replies(now: recovered.clock.now())
    let keeper = JournalKeeper(
      journal: journal, openReports: openReports, loop: loop, workers: workers)
    let server = Server(
      loop: loop, keeper: keeper, recovered: recovered, identity: journal.identity,
      epoch: Epoch(journal, draw: surroundings.drawName), replies: replies, options: options,
      surroundings: surroundings, logger: logger)
    if journal.formerSchema != nil { server.saveSnapshotSoon() }
    return server
  }

  /// The state the journal tells of: from the newest snapshot, or from the beginning.
  private func recover(_ journal: Journal, _ yaml: String) throws -> Recovered {
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
    return Recovered(recovery, configuration, clock)
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

/// What a start goes on from.
struct Recovered {
  /// The state that the journal tells of, or that of a new one.
  let board: Switchboard
  /// The plan of the configuration file, to be put into force if it is another one.
  let named: NamedPlan
  let configuration: Configuration
  var clock: Clock

  init(_ recovery: Recovery, _ configuration: Configuration, _ clock: Clock) {
    self.clock = clock
    self.configuration = configuration
    named = NamedPlan(configuration, from: self.clock.now())
    var board = recovery.board ?? Switchboard(named, seed: 1)
    board.take(named.calendar)
    self.board = board
  }
}

extension Server {
  /// Goes to work; to be called once, on the loop.
  func begin() {
    guard let named = firstPlan else { return }
    firstPlan = nil
    let isNew = board.isNew(named)
    if epoch.isNew { beginEpoch() }
    change { board, batch in
      board.resume(at: now(), &batch)
      if isNew { board.adopt(named, at: now(), &batch) }
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
  /// Whether `named` is another plan than the journal's.
  fileprivate func isNew(_ named: NamedPlan) -> Bool {
    seq == 0 || rules != RoutingEngine.rules || engine.plan != named.plan
      || directory != named.directory
  }
}
