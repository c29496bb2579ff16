import LineProtocol
import Logging
import NIOCore
import Vocabulary

// Connections outlive the process: at a stop their sockets go into the service manager's store, with a file beside
// them that says what belongs to each; at the next start they are taken out again. Clients notice a `% restored`.

extension Server {
  /// How long clients have to take the replies they are owed.
  private static let patience = TimeAmount.seconds(2)

  /// Gives the connections whose replies have left into the service manager's keeping, then calls `done`.
  func handOver(_ done: @escaping @Sendable () -> Void) {
    let suspended = connections.values.filter { $0.isSuspended && !$0.isBusy && !$0.isExpelled }
    if suspended.isEmpty { return done() }
    // An empty write is through when everything before it is. Who takes nothing is closed, and connects again.
    let sent = suspended.map { connection in
      let channel = connection.channel
      return channel.writeAndFlush(channel.allocator.buffer(capacity: 0))
        .flatMap { [keeping = surroundings.keeping] in keeping.cookie(channel) }
        .map { connection.cookie = $0 }
    }
    let ready = loop.makePromise(of: Void.self)
    EventLoopFuture.whenAllComplete(sent, on: loop).map { _ in }.cascade(to: ready)
    let limit = loop.scheduleTask(in: Self.patience) { ready.succeed() }
    ready.futureResult.whenComplete { [self] _ in
      limit.cancel()
      store(suspended.compactMap(\.remains))
      done()
    }
  }

  private func store(_ remains: [SuspendedConnection]) {
    guard surroundings.keeping.store(remains) else { return }
    logger.notice(
      "connections handed over",
      metadata: ["message-id": LogMessage.handedOver, "connections": "\(remains.count)"])
  }

  /// Goes on with the connections that the process before this one has left, each by way of `open`.
  func takeOver(_ open: (Int32, SuspendedConnection) -> Void) {
    let kept = surroundings.keeping.take()
    for connection in kept.connections { open(connection.socket, connection.remains) }
    if kept.count == 0 { return }
    logger.notice(
      "connections taken over",
      metadata: ["message-id": LogMessage.takenOver, "connections": "\(kept.count)"])
  }

  /// Makes a connection what it was in the process before this one, as far as the configuration in force lets it.
  /// - Returns: whether that could be done; if not, it is to be closed.
  func restore(_ connection: Connection, _ remains: SuspendedConnection) -> Bool {
    do {
      let requests = try remains.setup.compactMap { try LineParser.request(Array($0.utf8)[...]) }
      connection.rightsGivenUp = requests.last { $0.verb == SessionVerb.become.rawValue }
      guard let session = restoredSession(of: connection) else { return false }
      for request in requests where request.verb != SessionVerb.become.rawValue {
        let context = try RequestContext(request, session, at: now())
        guard case .question(.session(let verb)) = context.verb else { continue }
        try answer(verb, context, for: connection)
      }
      connection.output.removeAll()
      var writer = LineWriter()
      writer.notice("restored")
      writer.option("seq", Int(clamping: committed))
      writer.option("epoch", epoch.name)
      writer.end()
      connection.write(writer.bytes)
      if let rights = remains.rights, rights != identity(session) { tellRole(connection, session) }
    } catch {
      return false
    }
    connection.takeUp(remains)
    connection.sealAnnouncements()
    activateSubscriptions(of: connection)
    return true
  }

  /// Who the client is now. One that has no role any more is told.
  private func restoredSession(of connection: Connection) -> Session? {
    guard var session = connection.session else { return nil }
    let whole = Rights(role: session.role, agent: session.agent)
    guard let rights = rights(of: connection, within: whole) else {
      tellOfNoRole(connection, session.user)
      return nil
    }
    session.role = rights.role
    session.agent = rights.agent
    connection.session = session
    return session
  }
}
