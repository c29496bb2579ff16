import Base
import Logging
import Migration
import Systemd

/// Tells people and the service manager how far the takeover of a journal of an earlier schema is: that of a few
/// gigabytes takes longer than a start may.
final class TakeoverNotice {
  private let logger: Logger
  private let elapsed = TimeSource.system.stopwatch()
  private var told = TimeSpan.zero
  private var writing = TimeSpan.seconds(120)
  private static let interval = TimeSpan.seconds(10)

  init(_ logger: Logger) { self.logger = logger }

  /// Tells of `progress`, every ten seconds at most.
  func tell(_ progress: SchemaTakeover.Progress) {
    switch progress {
    case .began(let schema, let bytes):
      let size = "\(bytes >> 20) MB"
      logger.notice(
        "taking over the journal from schema \(schema), \(size), in one transaction; the way back is the backup made before",
        metadata: ["message-id": LogMessage.takingOver])
      // Ten megabytes a second, written twice, is a slow disk.
      writing = .seconds(max(120, bytes / 5_000_000))
      extend("Taking over the journal, \(size)")
    case .reached(let seq, let last):
      if elapsed() - told < Self.interval { return }
      told = elapsed()
      extend("Taking over the journal: record \(seq) of \(last)")
    case .finishing: extend("Taking over the journal: writing", by: writing)
    }
  }

  private func extend(_ status: String, by span: TimeSpan = .seconds(120)) {
    let notify = Surroundings.machine.notify
    notify(.status(status))
    notify(.needs(span))
  }
}
