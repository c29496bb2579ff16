import Base
import LineProtocol
import Logging
import NIOCore
import Routing
import Switchboard
import Vocabulary

/// How clients come and go: greeted, turned away, taken over from the process before this one, let go at a stop.
///
/// Connections outlive the process: at a stop their sockets go into the service manager's store, with a file beside
/// them that says what belongs to each; at the next start they are taken out again. Clients notice a `% restored`.
final class Reception: @unchecked Sendable {
  /// How long clients have to take the replies they are owed.
  private static let patience = TimeAmount.seconds(2)

  private let context: ServerContext
  private let pipeline: Pipeline
  private let connections: Connections
  private let sessions: Sessions
  private let broadcast: Broadcast
  private let feeds: Feeds
  /// Whether nobody is served any more.
  private var isClosed = false

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ connections: Connections,
    _ sessions: Sessions, _ broadcast: Broadcast, _ feeds: Feeds
  ) {
    self.context = context
    self.pipeline = pipeline
    self.connections = connections
    self.sessions = sessions
    self.broadcast = broadcast
    self.feeds = feeds
  }

  // MARK: Coming

  /// Greets a client whose identity is known, or turns it away.
  func admit(_ connection: Connection, _ peer: Peer) {
    let inheritance = connection.inheritance
    guard let rights = sessions.rights(of: peer) else {
      if inheritance != nil {
        sessions.tellOfNoRole(connection, peer.user)
        return connection.closeWhenSent()
      }
      return turnAway(
        connection, .forbidden, "user \(peer.user) has no role; see access: in the configuration")
    }
    switch connections.add(connection, of: peer.uid, as: rights.role) {
    case .all(let count, let kind):
      let whose = kind == .onlooker ? "; those who look on have half of them at most" : ""
      return turnAway(
        connection, .tooManyConnections, "there are \(count) connections\(whose)")
    case .ofUser(let count):
      return turnAway(
        connection, .tooManyConnections, "user \(peer.user) has \(count) connections")
    case nil: break
    }
    let session = Session(peer, rights)
    connection.enter(session)
    guard let inheritance else {
      greet(connection, session)
      if isClosed { letGo(connection) }
      return
    }
    if restore(connection, session, inheritance) {
      if isClosed { letGo(connection) }
      return
    }
    connection.readNoMore()
    connection.closeWhenSent()
  }

  private func turnAway(_ connection: Connection, _ code: ReplyCode, _ text: String) {
    connection.tell { Refusal(code, text).write(nil, to: &$0) }
    connection.closeWhenSent()
  }

  private func greet(_ connection: Connection, _ session: Session) {
    connection.tell { writer in
      writer.notice("hello")
      writer.option("proto", 1)
      writer.option("server", "rotad \(Version.text)")
      writer.option("caps", "tags,keys,subscribe,if-seq,within")
      sessions.writeIdentity(session, to: &writer)
      writer.option("instance", context.identity)
      writer.option("epoch", context.epoch.name)
      writer.option("seq", Int(clamping: pipeline.committed))
      writer.option("max-line", Limits.maxLine)
      writer.end()
    }
  }

  /// Goes on with the connections that the process before this one has left, each by way of `open`.
  func takeOver(_ open: (Int32, SuspendedConnection) -> Void) {
    let kept = context.surroundings.keeping.take()
    for connection in kept.connections { open(connection.socket, connection.remains) }
    if kept.count == 0 { return }
    context.logger.notice(
      "connections taken over",
      metadata: ["message-id": LogMessage.takenOver, "connections": "\(kept.count)"])
  }

  /// Makes a connection what it was in the process before this one, as far as the configuration in force lets it.
  /// - Returns: whether that could be done; if not, it is to be closed.
  private func restore(
    _ connection: Connection, _ session: Session, _ remains: SuspendedConnection
  ) -> Bool {
    do {
      let requests = try remains.setup.compactMap { try LineParser.request(Array($0.utf8)[...]) }
      var session = session
      session.rightsGivenUp = requests.last { $0.verb == SessionVerb.become.rawValue }
      guard let rights = sessions.rights(within: session.rights, after: session.rightsGivenUp)
      else {
        sessions.tellOfNoRole(connection, session.user)
        return false
      }
      session.rights = rights
      connection.change(session)
      var refused: [(name: String, Refusal)] = []
      for request in requests where request.verb != SessionVerb.become.rawValue {
        if let end = try resume(request, connection) { refused.append(end) }
      }
      tellOfRestoring(connection)
      for (name, error) in refused { connection.tellOfEnd(of: name, error) }
      if let rights = remains.rights, rights != sessions.identity(session) {
        sessions.tellRole(connection, session)
      }
    } catch {
      return false
    }
    connection.takeUp(remains)
    broadcast.announced(connection)
    return true
  }

  /// Takes up a feed or a subscription.
  /// - Returns: the subscription that cannot go on, and why: the queue is no longer there, or history has been closed. That
  ///   is no reason to lose the rest.
  private func resume(
    _ request: Request, _ connection: Connection
  ) throws -> (name: String, Refusal)? {
    guard let session = connection.session else { return nil }
    if request.verb == SessionVerb.attach.rawValue {
      let asked = try? RequestContext(request, session, at: context.now())
      if let asked { try? feeds.resume(asked, connection) }
      return nil
    }
    let asked = try RequestContext(request, session, at: context.now())
    guard case .question(.session(.subscribe)) = asked.verb else { return nil }
    do {
      try broadcast.resume(asked, connection)
      return nil
    } catch let error as Refusal where error.code != .stale {
      return (asked.arguments.required(.name), error)
    }
  }

  private func tellOfRestoring(_ connection: Connection) {
    connection.tell { writer in
      writer.notice("restored")
      writer.option("seq", Int(clamping: pipeline.committed))
      writer.option("epoch", context.epoch.name)
      writer.end()
    }
  }

  /// The connection is gone.
  func forget(_ connection: Connection) {
    connections.remove(connection)
    broadcast.forget(connection)
    feeds.forget(connection)
  }

  // MARK: Going

  /// Takes no more requests: the next process will, or clients are told to connect again.
  func close() {
    isClosed = true
    for connection in connections.all { letGo(connection) }
  }

  private func letGo(_ connection: Connection) {
    if context.surroundings.keeping.isPresent(), !connection.isClosing {
      connection.suspend()
    } else {
      bidFarewell(to: connection)
    }
  }

  private func bidFarewell(to connection: Connection) {
    connection.readNoMore()
    connection.tell { writer in
      writer.notice("drain")
      writer.option("calls", pipeline.board.engine.liveCallCount)
      writer.option("text", "the daemon is stopping; connect again")
      writer.end()
    }
  }

  /// Gives the connections whose replies have left into the service manager's keeping, then calls `done`.
  func handOver(_ done: @escaping @Sendable () -> Void) {
    for connection in connections.all { connection.closeIfAnswered() }
    let suspended = connections.all.filter { connection in
      connection.isSuspended && !connection.isBusy && !(connection.session?.isExpelled ?? true)
        && connection.session?.knownSince == nil
    }
    if suspended.isEmpty { return done() }
    // Who takes nothing is closed, and connects again.
    let settled = suspended.map { $0.settle(context.surroundings.keeping) }
    let ready = context.loop.makePromise(of: Void.self)
    EventLoopFuture.whenAllComplete(settled, on: context.loop).map { _ in }.cascade(to: ready)
    let limit = context.loop.scheduleTask(in: Self.patience) { ready.succeed() }
    ready.futureResult.whenComplete { [self] _ in
      limit.cancel()
      store(suspended.compactMap(remains))
      done()
    }
  }

  private func remains(of connection: Connection) -> SuspendedConnection? {
    let setup =
      [connection.session?.rightsGivenUp?.line, connection.session?.attachment?.line].compactMap {
        $0
      }
      + broadcast.continuations(of: connection)
    return connection.remains(
      setup: setup, rights: connection.session.map { sessions.identity($0) })
  }

  private func store(_ remains: [SuspendedConnection]) {
    guard context.surroundings.keeping.store(remains) else { return }
    context.logger.notice(
      "connections handed over",
      metadata: ["message-id": LogMessage.handedOver, "connections": "\(remains.count)"])
  }
}
