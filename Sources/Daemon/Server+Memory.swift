import Logging
import NIOCore

/// What keeps the daemon's memory within bounds, whatever clients do.
extension Server {
  /// Bytes that clients may leave unread, all together. Buffers are larger than what is in them: what this costs is
  /// up to three times as much.
  private static let maxUnsent = 64 << 20
  /// Bytes of replies in one batch, after which requests wait for the next.
  private static let maxBatch = 4 << 20

  // MARK: Replies on their way into a batch

  /// Whether the batch being filled takes another request of `connection`; if not, it goes on later.
  func hasRoom(for connection: Connection) -> Bool {
    if filled < Self.maxBatch { return true }
    resumeLater(connection)
    return false
  }

  /// Notes that there are so many more bytes of replies in the batch.
  func batchWasFilled(by bytes: Int) { filled += bytes }

  /// Lets `connection` go on with requests it has sent already, after the next flush.
  func resumeLater(_ connection: Connection) {
    if connection.isWaitingForRoom { return }
    connection.isWaitingForRoom = true
    waitingForRoom.append(connection)
    scheduleFlush()
  }

  /// Lets those go on who wait for it, but not before the loop has looked at what everybody else wants: tasks that
  /// follow from tasks, or are due when those before them are done, would keep it from that for ever.
  func resumeWaiting() {
    if waitingForRoom.isEmpty || isResumptionDue { return }
    isResumptionDue = true
    loop.scheduleTask(in: .milliseconds(1)) { [self] in
      isResumptionDue = false
      let waiting = waitingForRoom
      waitingForRoom.removeAll()
      for connection in waiting { connection.goOn() }
    }
  }

  // MARK: Lines on their way to clients

  /// Whether clients leave so much unread that some will have to go.
  var hasMuchUnsent: Bool { unsent > Self.maxUnsent }

  /// Notes that clients have left so much more unread, or less.
  func unsentChanged(by bytes: Int) {
    unsent += bytes
    if !hasMuchUnsent || isReliefDue { return }
    isReliefDue = true
    loop.execute { [self] in
      for connection in connections.values { connection.lookAtUnsent() }
      while hasMuchUnsent, closeHoarders() {}
      isReliefDue = false
    }
  }

  /// Closes connections of the user who leaves most unread, the worst first, until a quarter is free.
  /// - Returns: whether there was one to close.
  private func closeHoarders() -> Bool {
    var totals: [UInt32: Int] = [:]
    for connection in connections.values {
      totals[connection.session?.uid ?? 0, default: 0] += connection.unsent
    }
    guard let user = totals.max(by: { $0.value < $1.value })?.key else { return false }
    let hoarders = connections.values.filter { $0.session?.uid == user && $0.unsent > 0 }
      .sorted { $0.unsent > $1.unsent }
    var closed = 0
    for connection in hoarders where unsent > Self.maxUnsent / 4 * 3 {
      connection.abandon()
      closed += 1
    }
    logger.warning(
      "clients that leave too much unread were closed",
      metadata: ["user": "\(hoarders.first?.session?.user ?? "")", "connections": "\(closed)"])
    return closed > 0
  }
}
