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
import Systemd
import YAMLTree

/// Puts the daemon together: on the machine's own clocks, threads and files, or on simulated ones.
struct Assembly {
  let options: DaemonOptions
  let logger: Logger
  let loop: any EventLoop
  let workers: Workers
  let source: TimeSource
  var surroundings = Surroundings.machine
  var limits = ClientLimits()

  /// A server in the state that `journal` tells of, not yet at work; see ``Server/begin()``.
  /// - Parameter openReports: Opens the read model; it is not needed for the start, and may fail.
  /// - Throws: ``StartFailure``.
  func server(
    _ journal: Journal, yaml: String, openReports: @escaping ReportsAccess.Opening
  ) throws -> Server {
    let recovered = try recover(journal, yaml)
    let replies: [KeyedReply]
    do {
      replies = try journal.replies(now: recovered.clock.now(), after: recovered.last)
    } catch {
      throw StartFailure(journal: error)
    }
    let keeper = JournalKeeper(
      journal: journal, openReports: openReports, loop: loop, workers: workers)
    let context = ServerContext(
      loop: loop, keeper: keeper, clock: recovered.clock, logger: logger, options: options,
      limits: limits, surroundings: surroundings, identity: journal.identity,
      epoch: Epoch(journal, draw: surroundings.drawName))
    let users = UserDirectory(
      loop: loop, logger: logger, submit: workers.users, lookUp: surroundings.lookUp)
    return Server(context, recovered, users: users, replies: replies)
  }

  /// The state the journal tells of: from the newest snapshot, or from the beginning.
  private func recover(_ journal: Journal, _ yaml: String) throws -> Recovered {
    var recovery = Recovery()
    do {
      recovery = try Recovery(newestOf: journal)
      while case let slice = source.stopwatch(),
        try !recovery.advance(journal, while: { slice() < .seconds(5) })
      {
        surroundings.notify(
          .status("Recovering: record \(recovery.seq) of \(journal.lastSeq)"))
        surroundings.notify(.needs(.seconds(60)))
      }
    } catch {
      throw StartFailure(journal: error)
    }
    // Ids are the journal's: the file may list reps in another order than they were first seen in.
    let configuration = try Self.parse(
      yaml, options, keeping: recovery.plan?.directory ?? Directory())
    logger.tell(configuration.warnings)
    let clock = Clock(
      startingAt: options.clockStart, notBefore: recovery.at, rate: options.clockRate,
      source: source)
    logger.notice(
      "recovered",
      metadata: ["message-id": LogMessage.recovered, "records": "\(recovery.seq)"])
    return Recovered(
      recovery, configuration, clock, isTakenOver: journal.formerSchema != nil,
      archived: journal.archived)
  }

  /// The configuration of the file.
  /// - Throws: ``StartFailure``: 78 it is wrong.
  static func parse(
    _ yaml: String, _ options: DaemonOptions, keeping directory: Directory
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
  let clock: Clock
  /// Whether the journal was one of an earlier schema: it has no snapshot then.
  let isTakenOver: Bool
  /// The instant of the last record.
  let last: Instant
  /// The last record that is in an archive file only.
  let archived: UInt64

  init(
    _ recovery: Recovery, _ configuration: Configuration, _ clock: Clock, isTakenOver: Bool,
    archived: UInt64
  ) {
    self.archived = archived
    last = recovery.at
    self.clock = clock
    self.configuration = configuration
    self.isTakenOver = isTakenOver
    named = NamedPlan(configuration, from: clock.now())
    var board = recovery.board ?? Switchboard(named, seed: Record.engineSeed)
    board.take(named.calendar)
    self.board = board
  }
}

extension Switchboard {
  /// Whether `named` is another plan than the journal's.
  func isNew(_ named: NamedPlan) -> Bool {
    seq == 0 || rules != RoutingEngine.rules || engine.plan != named.plan
      || directory != named.directory
  }
}
