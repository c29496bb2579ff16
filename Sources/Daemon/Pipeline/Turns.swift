import NIOCore

/// Connections whose requests wait for a later turn of the loop, because the batch being filled has no room for more
/// replies.
final class Turns: @unchecked Sendable {
  private let loop: any EventLoop
  private var waiting: [Connection] = []
  private var isResumptionDue = false

  init(_ loop: any EventLoop) { self.loop = loop }

  /// Lets `connection` wait until ``resume()``.
  func wait(_ connection: Connection) {
    if connection.waitForRoom() { waiting.append(connection) }
  }

  /// Lets those go on who wait, but not before the loop has looked at what everybody else wants: tasks that
  /// follow from tasks, or are due when those before them are done, would keep it from that for ever.
  func resume() {
    if waiting.isEmpty || isResumptionDue { return }
    isResumptionDue = true
    loop.scheduleTask(in: .milliseconds(1)) { [self] in
      isResumptionDue = false
      let connections = waiting
      waiting.removeAll()
      for connection in connections { connection.goOn() }
    }
  }
}
