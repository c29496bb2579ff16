import Base
import Logging
import NIOCore

/// What every part of the daemon works with.
struct ServerContext: Sendable {
  /// Where everything happens but what may take long.
  let loop: any EventLoop
  /// The journal, the read model and the threads.
  let keeper: JournalKeeper
  /// The daemon's clock.
  let clock: Clock
  /// What the operator is told.
  let logger: Logger
  /// How the daemon is to run.
  let options: DaemonOptions
  /// How much of it clients may use.
  let limits: ClientLimits
  /// The machine.
  let surroundings: Surroundings
  /// The journal's name.
  let identity: String
  /// Names the history since the journal was last put back from a copy.
  let epoch: Epoch

  /// The present instant.
  func now() -> Instant { clock.now() }
}
