import LineProtocol
import Logging
import NIOCore

/// How a stop goes: reading ends, what has been read is written and answered, a snapshot is saved, connections go into
/// the service manager's keeping, the process ends.
final class Lifecycle: @unchecked Sendable {
  /// How long a stop waits for answers that are being made elsewhere.
  private static let patience = TimeAmount.seconds(2)

  private enum Phase {
    /// Clients are served.
    case serving
    /// What was begun is being ended. Once it has lasted long, a stop waits no longer for answers that are being made
    /// elsewhere.
    case stopping(isImpatient: Bool)
    /// The last snapshot is being saved, or what comes after it.
    case ending
  }

  private let context: ServerContext
  private let pipeline: Pipeline
  private let connections: Connections
  private let reception: Reception
  private let snapshots: Snapshots
  private let housekeeping: Housekeeping
  private var phase = Phase.serving
  private var completion: (@Sendable (Int32) -> Void)?

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ connections: Connections,
    _ reception: Reception, _ snapshots: Snapshots, _ housekeeping: Housekeeping
  ) {
    self.context = context
    self.pipeline = pipeline
    self.connections = connections
    self.reception = reception
    self.snapshots = snapshots
    self.housekeeping = housekeeping
  }

  /// What to call with the exit code when all is done.
  func onEnd(_ completion: @escaping @Sendable (Int32) -> Void) { self.completion = completion }

  /// Whether a stop has been asked for.
  var isStopping: Bool {
    switch phase {
    case .serving: false
    case .stopping, .ending: true
    }
  }

  /// Begins to stop; once. The other parts have been told.
  func stop() {
    phase = .stopping(isImpatient: false)
    context.loop.execute { [self] in
      pipeline.flush()
      endIfQuiet()
    }
    context.loop.scheduleTask(in: Self.patience) { [self] in
      guard case .stopping = phase else { return }
      phase = .stopping(isImpatient: true)
      endIfQuiet()
    }
  }

  /// Ends once nothing is under way any more; to be called whenever that may be so.
  func endIfQuiet() {
    guard case .stopping(let isImpatient) = phase, pipeline.isQuiet,
      isImpatient || !connections.areBusy, completion != nil
    else { return }
    phase = .ending
    housekeeping.meetNoMoreDeadlines()
    snapshots.save { [self] in
      reception.handOver { [self] in
        context.loop.scheduleTask(in: .milliseconds(100)) { [self] in end(0) }
      }
    }
  }

  /// The journal could not be written: clients have a moment to hear of it. Once the end has begun, everything that was
  /// answered is on disk, and connections are still handed over.
  func fail() {
    if case .ending = phase { return }
    context.loop.scheduleTask(in: .milliseconds(50)) { [self] in end(EX.ioError) }
  }

  private func end(_ code: Int32) {
    completion?(code)
    completion = nil
  }
}
