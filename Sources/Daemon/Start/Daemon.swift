import Base
import Configuration
import Events
import Foundation
import Journal
import Logging
import Migration
import NIOCore
import NIOPosix
import Reporting
import Routing
import Systemd

/// How the daemon is to run.
public struct DaemonOptions: Sendable {
  /// The configuration file; read again on reload.
  public var configurationPath: String
  /// Where journal and read model are kept.
  public var stateDirectory: String
  /// The journal's file.
  public var journalPath: String { stateDirectory + "/journal.sqlite" }
  /// Where clients connect, unless systemd passes a socket.
  public var socketPath: String
  /// Seconds of clock a second; more than 1 for demonstrations only.
  public var clockRate: Int
  /// Where a demonstration's clock starts; `nil`: now.
  public var clockStart: Instant?
  /// The user who is admin beside root.
  public var ownUser: UInt32 = getuid()

  /// Options for these paths.
  public init(
    configurationPath: String, stateDirectory: String, socketPath: String, clockRate: Int = 1,
    clockStart: Instant? = nil
  ) {
    self.configurationPath = configurationPath
    self.stateDirectory = stateDirectory
    self.socketPath = socketPath
    self.clockRate = clockRate
    self.clockStart = clockStart
  }
}

/// The daemon: recovers, serves, stops.
public enum Daemon {
  /// Runs until told to stop.
  ///
  /// - Parameters:
  ///   - options: How to run.
  ///   - yaml: The text of the configuration file.
  /// - Returns: the exit code.
  /// - Throws: ``StartFailure``.
  public static func run(_ options: DaemonOptions, yaml: String) throws -> Int32 {
    let logger = Logger(label: "rotad") { _ in JournaldLogHandler() }
    signal(SIGPIPE, SIG_IGN)
    let signals = blockSignals()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let loop = group.next()
    try makeDirectory(options.stateDirectory)
    let (server, workers) = try server(options, yaml, loop, logger)
    let exitCode = loop.makePromise(of: Int32.self)
    try loop.submit {
      server.onStop { exitCode.succeed($0) }
      server.begin()
    }.wait()
    try loop.submit { takeOver(server, loop) }.wait()
    let listener: Listener
    do {
      listener = try listen(options, server, group, workers, logger)
    } catch {
      exitCode.fail(error)
      throw error
    }
    obey(signals) { number in
      loop.execute {
        if number == SIGHUP { return server.reloadOnSignal() }
        // Whoever connects from now on waits in the socket for the next process.
        listener.close()
        server.stop()
      }
    }
    Surroundings.machine.notify(.ready("Serving"))
    logger.notice(
      "serving on \(options.socketPath)", metadata: ["message-id": LogMessage.started])
    let code = try exitCode.futureResult.wait()
    workers.shutdown()
    return code
  }

  /// A server in the state that the journal tells of, not yet at work.
  private static func server(
    _ options: DaemonOptions, _ yaml: String, _ loop: any EventLoop, _ logger: Logger
  ) throws -> (Server, Workers) {
    // A configuration that is wrong stops the start before anything else happens: before a journal is taken over.
    _ = try Assembly.parse(yaml, options, keeping: Directory())
    let journal = try openJournal(options, logger)
    let reports = options.stateDirectory + "/reports.sqlite"
    let (identity, last) = (journal.identity, journal.lastSeq)
    let workers = Workers.threads()
    var assembly = Assembly(
      options: options, logger: logger, loop: loop, workers: workers, source: .system)
    assembly.limits.connections = min(assembly.limits.connections, placesForClients())
    let server = try assembly.server(journal, yaml: yaml) { anew in
      try openReports(reports, identity, after: last, anew: anew)
    }
    return (server, workers)
  }

  private static func makeDirectory(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o750])
    } catch {
      throw StartFailure(
        exitCode: EX.ioError,
        description: "\(path): cannot make the state directory: \(error.localizedDescription)")
    }
  }

  private static func openJournal(_ options: DaemonOptions, _ logger: Logger) throws -> Journal {
    let takeover = SchemaTakeover(TakeoverNotice(logger).tell)
    do {
      let journal = try Journal(
        .init(
          path: options.journalPath, vocabulary: Record.vocabulary,
          takeover: takeover)
      ) { UUID().uuidString }
      if takeover.unplaced > 0 {
        logger.warning(
          "records whose text had no place; it is kept as it stood: \(takeover.unplaced)")
      }
      return journal
    } catch {
      throw StartFailure(journal: error)
    }
  }

  /// - Parameter last: The last record of the journal at the start.
  private static func openReports(
    _ path: String, _ identity: String, after last: UInt64, anew: Bool
  ) throws -> ReportStore {
    if !anew {
      let store = try ReportStore(path: path, journal: identity)
      if store.seq <= last { return store }
      // It is ahead: the journal is an older one put back. The read model can always be built anew.
    }
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    return try ReportStore(path: path, journal: identity)
  }

  /// Descriptors that are not for clients: the daemon's own files, those of a backup or a reload, the user
  /// database, and connections about to be turned away.
  private static let ownDescriptors = 40

  /// Raises the number of descriptors as far as it may go: how many clients there is room for. One more is
  /// told so; without a descriptor it could not even be asked who it is.
  private static func placesForClients() -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return 0 }
    limit.rlim_cur = limit.rlim_max
    setrlimit(resource, &limit)
    getrlimit(resource, &limit)
    return max(1, Int(clamping: limit.rlim_cur) - ownDescriptors)
  }

  private static func listen(
    _ options: DaemonOptions, _ server: Server, _ group: MultiThreadedEventLoopGroup,
    _ workers: Workers, _ logger: Logger
  ) throws -> Listener {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4_096)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause(logger))
        }
      }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try prepare(channel, Connection(channel, server: server))
        }
      }
    if let descriptor = ServiceManager.socket(named: "control") {
      return try Listener(bootstrap, passed: descriptor)
    }
    return try Listener(bootstrap, path: options.socketPath, workers, logger)
  }

  /// Opens a connection that the process before this one has left.
  private static func takeOver(_ server: Server, _ loop: any EventLoop) {
    server.takeOver { descriptor, inheritance in
      let opened = ClientBootstrap(group: loop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try prepare(
              channel, Connection(channel, server: server, inheritance: inheritance))
          }
        }
        .withConnectedSocket(descriptor)
      opened.whenFailure { _ in close(descriptor) }
    }
  }

  private static func prepare(_ channel: any Channel, _ connection: Connection) throws {
    // A line is short: one read takes what is there, a second would only find nothing.
    try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
    try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
    try channel.syncOptions?.setOption(
      .recvAllocator,
      value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2_048, maximum: 16_384))
    try channel.syncOptions?.setOption(
      .writeBufferWaterMark, value: .init(low: 16 * 1_024, high: Connection.maxUnsent))
    try channel.pipeline.syncOperations.addHandler(connection)
  }

  /// The signals that ask the daemon to stop, or to reload. Blocked in every thread, and taken by one that waits for
  /// them: libdispatch's signal sources want thread priorities that the unit does not grant.
  private static func blockSignals() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGHUP)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    return signals
  }

  private static func obey(
    _ signals: sigset_t, _ carryOut: @escaping @Sendable (_ number: Int32) -> Void
  ) {
    Thread.detachNewThread {
      var signals = signals
      var number: Int32 = 0
      while sigwait(&signals, &number) == 0 { carryOut(number) }
    }
  }
}
