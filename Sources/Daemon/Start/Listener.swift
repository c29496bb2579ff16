import Glibc
import Logging
import NIOCore
import NIOPosix

/// The socket on which clients knock: that of a unit, or one of the daemon's own, which it alone may take and makes
/// anew when it has vanished. On the loop, but for its making.
final class Listener: @unchecked Sendable {
  private static let interval = TimeAmount.seconds(5)

  private let bootstrap: ServerBootstrap
  private let path: String
  private var channel: any Channel
  /// Locked for as long as this process lives.
  private let lock: Int32
  private var identity: FileIdentity?
  private var isClosed = false

  /// A socket that the service manager has made.
  /// - Throws: ``StartFailure``.
  init(_ bootstrap: ServerBootstrap, passed descriptor: Int32) throws {
    self.bootstrap = bootstrap
    path = ""
    lock = -1
    do {
      channel = try bootstrap.withBoundSocket(descriptor).wait()
    } catch {
      throw Self.failure("the socket of the unit", error)
    }
  }

  /// A socket at `path`, in place of one that nobody listens on any more.
  /// - Throws: ``StartFailure``: 69 another daemon listens there, 71 the system refuses.
  init(
    _ bootstrap: ServerBootstrap, path: String, _ workers: Workers, _ logger: Logger
  ) throws {
    self.bootstrap = bootstrap
    self.path = path
    lock = try Self.lock(path)
    do {
      channel = try Self.bind(bootstrap, path).wait()
    } catch {
      throw Self.failure(path, error)
    }
    Self.letAnybodyKnock(path)
    identity = FileIdentity(at: path)
    channel.eventLoop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) {
      [self] _ in watch(workers, logger)
    }
  }

  private static func failure(_ place: String, _ error: any Error) -> StartFailure {
    StartFailure(exitCode: EX.osError, description: "\(place): cannot listen: \(error)")
  }

  /// Whoever finds the socket of a daemon that runs must not take it: both would answer, each of calls that the other
  /// does not know. The file stays; what counts is the lock, which ends with the process (lockf(3)).
  private static func lock(_ path: String) throws -> Int32 {
    let file = path + ".lock"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw failure(file, String(cString: strerror(errno)))
    }
    if lockf(descriptor, F_TLOCK, 0) == 0 { return descriptor }
    Glibc.close(descriptor)
    throw StartFailure(
      exitCode: EX.unavailable,
      description:
        "\(path): another daemon listens there; stop it, or give this one another --socket")
  }

  private static func failure(_ place: String, _ text: String) -> StartFailure {
    StartFailure(exitCode: EX.osError, description: "\(place): cannot listen: \(text)")
  }

  private static func bind(
    _ bootstrap: ServerBootstrap, _ path: String
  ) -> EventLoopFuture<any Channel> {
    bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
  }

  /// Anybody may connect; what they may do is decided by who they are.
  private static func letAnybodyKnock(_ path: String) { chmod(path, 0o666) }

  private func watch(_ workers: Workers, _ logger: Logger) {
    let loop = channel.eventLoop
    workers.others { [self, path] in
      let found = FileIdentity(at: path)
      loop.execute { [self] in
        if isClosed || found == identity { return }
        logger.error(
          "the socket's file has vanished; it is made anew",
          metadata: ["message-id": LogMessage.socketLost, "file": "\(path)"])
        renew(logger)
      }
    }
  }

  /// Listens anew. Those who are connected stay so.
  private func renew(_ logger: Logger) {
    // First: whoever closes removes the file.
    channel.close().flatMapError { [channel] _ in channel.eventLoop.makeSucceededVoidFuture() }
      .flatMap { [self] in Self.bind(bootstrap, path) }
      .whenComplete { [self] result in
        switch result {
        case .failure(let error):
          logger.error("\(path): cannot listen: \(error)")
        case .success(let renewed):
          if isClosed { return renewed.close(promise: nil) }
          channel = renewed
          Self.letAnybodyKnock(path)
          identity = FileIdentity(at: path)
        }
      }
  }

  /// Whoever connects from now on waits in the socket for the next process.
  func close() {
    isClosed = true
    channel.close(promise: nil)
  }
}
