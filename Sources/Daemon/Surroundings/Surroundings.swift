import Base
import Foundation
import Frames
import Systemd

/// What the daemon asks of the machine it runs on, beside clocks, threads and the database; a simulated machine
/// answers otherwise.
struct Surroundings: Sendable {
  /// The text of a file. It may take long: never on the loop.
  var readFile: @Sendable (_ path: String) throws -> String
  /// Salts that nobody else draws.
  var salts: @Sendable () -> Salts
  /// A name that nothing else has.
  var drawName: @Sendable () -> String
  /// Who a user is, as the user database says. It may take long, or not answer: never on the loop.
  var lookUp: @Sendable (Peer.Credentials) -> Peer
  /// Which file a path leads to. It may take long: never on the loop.
  var identify: @Sendable (_ path: String) -> FileIdentity?
  /// Where connections are while no daemon runs.
  var keeping: Keeping
  /// Tells the service manager.
  var notify: @Sendable (ServiceNotice) -> Void
  /// The time within which the service manager wants to hear that the daemon is alive; `nil`: it does not.
  var watchdogInterval: TimeSpan?

  /// The machine itself.
  static let machine = Surroundings(
    readFile: { try String(contentsOfFile: $0, encoding: .utf8) }, salts: { Salts() },
    drawName: { UUID().uuidString }, lookUp: { Peer(lookingUp: $0) },
    identify: { FileIdentity(at: $0) }, keeping: .serviceManager,
    notify: { $0.tell() }, watchdogInterval: ServiceManager.watchdogInterval)
}

/// What the service manager is told of a service (sd_notify(3)).
enum ServiceNotice: Equatable, Sendable {
  /// It serves; the text is shown beside it.
  case ready(String)
  /// It reads its configuration again; ``ready(_:)`` follows.
  case reloading
  /// It is about to end.
  case stopping
  /// The text shown beside it.
  case status(String)
  /// It is alive.
  case alive
  /// Its start takes so much longer than the unit file allows for.
  case needs(TimeSpan)

  fileprivate func tell() {
    switch self {
    case .ready(let status): ServiceManager.ready(status: status)
    case .reloading: ServiceManager.reloading()
    case .stopping: ServiceManager.stopping(status: "Stopping")
    case .status(let text): ServiceManager.status(text)
    case .alive: ServiceManager.pingWatchdog()
    case .needs(let span): ServiceManager.extendTimeout(by: span)
    }
  }
}
