import Switchboard
import LineProtocol
import Logging
import NIOCore
import Routing
import Systemd

extension Server {
  /// How long a stop waits for answers that are being made elsewhere.
  private static let patience = TimeAmount.seconds(2)

  /// Stops reading, writes and answers what has been read, saves a snapshot, and ends. Under a service manager
  /// the connections go into its keeping, and the next process goes on with them.
  func stop() {
    if isStopping { return }
    isStopping = true
    keeper.mayRead = false
    logger.notice("stopping", metadata: ["message-id": LogMessage.stopping])
    ServiceManager.stopping(status: "Stopping")
    deliverAll()
    for connection in connections.values { letGo(connection) }
    loop.execute { [self] in
      flush()
      finishStopping()
    }
    loop.scheduleTask(in: Self.patience) { [self] in
      isImpatient = true
      finishStopping()
    }
  }

  /// Takes no more requests from a client: the next process will, or the client is told to connect again.
  func letGo(_ connection: Connection) {
    if surroundings.keeping.isPresent(), !connection.isClosing {
      connection.suspend()
    } else {
      bidFarewell(to: connection)
    }
  }

  private func bidFarewell(to connection: Connection) {
    connection.isClosing = true
    var writer = LineWriter()
    writer.notice("drain")
    writer.option("calls", board.engine.liveCallCount)
    writer.option("text", "the daemon is stopping; connect again")
    writer.end()
    connection.write(writer.bytes)
  }

  /// Ends once nothing is under way any more; to be called whenever that may be so.
  func finishStopping() {
    guard isStopping, isQuiet, isImpatient || !connections.values.contains(where: \.isBusy),
      let completion = stopCompletion
    else { return }
    stopCompletion = nil
    deadlineTimer?.cancel()
    saveSnapshot { [self] in
      for connection in connections.values { closeIfAnswered(connection) }
      handOver { [self] in
        loop.scheduleTask(in: .milliseconds(100)) { completion(0) }
      }
    }
  }
}
