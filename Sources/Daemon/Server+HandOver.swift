import Foundation
import LineProtocol
import Logging
import NIOCore
import Systemd
import Vocabulary

/// What is left of a connection while no daemon runs. Its socket is in the service manager's keeping.
struct SuspendedConnection: Codable, Equatable, Sendable {
  /// The kernel's number for the socket (`SO_COOKIE`, socket(7)): the same in the next process.
  var cookie: UInt64
  /// Requests that make the new connection what the old one was: rights given up, subscriptions with where to go on.
  var setup: [String]
  /// Who the client was last told to be; `nil`: an earlier version did not say.
  var rights: String?
  /// Bytes that had been read and not yet carried out.
  var input: [UInt8]
  /// Whether these are the rest of a line that was too long.
  var isSkippingLine: Bool
  /// Lines so far that were none.
  var framingErrors: Int
}

// Connections outlive the process: at a stop their sockets go into the service manager's store, with a file beside
// them that says what belongs to each; at the next start they are taken out again. Clients notice a `% restored`.

extension Server {
  /// The name of the clients' sockets in the store, and that of the file beside them.
  private static let socketName = "client"
  private static let stateName = "clients"
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
        .flatMap { Self.cookie(of: channel) }
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

  private static func cookie(of channel: any Channel) -> EventLoopFuture<UInt64> {
    guard let provider = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }
    return provider.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_COOKIE))
  }

  private static func cookie(of descriptor: Int32) -> UInt64? {
    var cookie: UInt64 = 0
    var size = socklen_t(MemoryLayout<UInt64>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : nil
  }

  private func store(_ remains: [SuspendedConnection]) {
    guard let state = try? JSONEncoder().encode(remains) else { return }
    DescriptorStore.put(Array(state), name: Self.stateName)
    let wanted = Set(remains.map(\.cookie))
    // NIO does not show its descriptors; the kernel's cookie tells which they are.
    for descriptor in DescriptorStore.openDescriptors {
      guard let cookie = Self.cookie(of: descriptor), wanted.contains(cookie) else { continue }
      DescriptorStore.put(descriptor, name: Self.socketName)
    }
    DescriptorStore.settle(microseconds: 5_000_000)
    logger.notice(
      "connections handed over",
      metadata: ["message-id": LogMessage.handedOver, "connections": "\(remains.count)"])
  }

  /// Goes on with the connections that the process before this one has left, each by way of `open`.
  func takeOver(_ open: (Int32, SuspendedConnection) -> Void) {
    let sockets = DescriptorStore.descriptors(named: Self.socketName)
    let state = DescriptorStore.bytes(named: Self.stateName) ?? []
    DescriptorStore.remove(named: Self.socketName)
    DescriptorStore.remove(named: Self.stateName)
    let known = (try? JSONDecoder().decode([SuspendedConnection].self, from: Data(state))) ?? []
    let byCookie = Dictionary(known.map { ($0.cookie, $0) }) { $1 }
    for socket in sockets {
      if let remains = Self.cookie(of: socket).flatMap({ byCookie[$0] }) {
        open(socket, remains)
      } else {
        // Nobody knows what had been said: the client sees the end, connects again and repeats with its key.
        close(socket)
      }
    }
    if sockets.isEmpty { return }
    logger.notice(
      "connections taken over",
      metadata: ["message-id": LogMessage.takenOver, "connections": "\(sockets.count)"])
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
