import Events
import Switchboard
import Base
import Configuration
import LineProtocol
import NIOCore
import Reporting
import Routing
import Vocabulary

extension Server {
  // MARK: Connections

  /// Greets a client whose identity is known, or turns it away.
  func admit(_ connection: Connection, _ peer: Peer) {
    let whole = rights(of: peer)
    guard let role = whole?.role else {
      if connection.inheritance != nil {
        tellOfNoRole(connection, peer.user)
        return connection.closeWhenSent()
      }
      return turnAway(
        connection, .forbidden, "user \(peer.user) has no role; see access: in the configuration")
    }
    guard
      limits.haveRoom(for: role, beside: connections.count, service: serviceConnections)
    else {
      return turnAway(connection, .tooManyConnections, "there are \(connections.count) connections")
    }
    let count = connectionsByUser[peer.uid, default: 0]
    if count >= limits.connectionsPerUser {
      return turnAway(connection, .tooManyConnections, "user \(peer.user) has \(count) connections")
    }
    connection.peer = peer
    connection.session = Session(
      user: peer.user, uid: peer.uid, role: role, agent: whole?.agent)
    connection.lastProgress = now()
    seat(connection, as: role)
    connections[connection.id] = connection
    connectionsByUser[peer.uid] = count + 1
    guard let inheritance = connection.inheritance else {
      greet(connection)
      if isStopping { letGo(connection) }
      return
    }
    if restore(connection, inheritance) { return }
    connection.isClosing = true
    connection.closeWhenSent()
  }

  private func turnAway(_ connection: Connection, _ code: ReplyCode, _ text: String) {
    var writer = LineWriter()
    Refusal(code, text).write(nil, to: &writer)
    connection.write(writer.bytes)
    connection.closeWhenSent()
  }

  private func greet(_ connection: Connection) {
    guard let session = connection.session else { return }
    connection.output.notice("hello")
    connection.output.option("proto", 1)
    connection.output.option("server", "rotad \(Version.text)")
    connection.output.option("caps", "tags,keys,subscribe,if-seq,within")
    writeIdentity(session, to: &connection.output)
    connection.output.option("instance", identity)
    connection.output.option("epoch", epoch.name)
    connection.output.option("seq", Int(clamping: committed))
    connection.output.option("max-line", Limits.maxLine)
    connection.output.end()
    connection.write(connection.output.bytes)
    connection.output.removeAll()
  }

  /// The connection is gone.
  func forget(_ connection: Connection) {
    guard connections.removeValue(forKey: connection.id) != nil else { return }
    subscribers[connection.id] = nil
    seat(connection, as: nil)
    guard let uid = connection.session?.uid, let count = connectionsByUser[uid] else { return }
    connectionsByUser[uid] = count > 1 ? count - 1 : nil
  }

  /// Closes after the replies that are due.
  func closeWhenAnswered(_ connection: Connection) {
    connection.isClosing = true
    closeIfAnswered(connection)
  }

  /// Closes a connection that is to be closed once everything it is owed has left.
  func closeIfAnswered(_ connection: Connection) {
    guard connection.isClosing, connection.unanswered.isEmpty, !connection.isAwaitingCommit,
      !connection.isBusy
    else { return }
    connection.closeWhenSent()
  }

  // MARK: Requests

  /// Takes in one line.
  func receive(_ line: ArraySlice<UInt8>, from connection: Connection) {
    let before = connection.output.bytes.count
    defer { batchWasFilled(by: connection.output.bytes.count - before) }
    do throws(LineError) {
      guard let request = try LineParser.request(line) else { return }
      handle(request, from: connection)
    } catch {
      refuse(error, to: connection)
    }
  }

  /// Answers a line that is no request.
  func refuse(_ error: LineError, to connection: Connection) {
    Refusal(error.code, error.text).write(nil, to: &connection.output)
    willAnswer(connection, tag: nil)
    connection.countFramingError()
  }

  private func handle(_ request: Request, from connection: Connection) {
    guard let session = connection.session, !hasFailed else { return }
    willAnswer(connection, tag: request.tag)
    do {
      try requireRole(connection, session)
      let context = try RequestContext(request, session, at: now())
      switch context.verb {
      case .change, .admin: try perform(context, for: connection)
      case .question(.session(let verb)): try answer(verb, context, for: connection)
      case .question(.board(let verb)): try board.answer(verb, context, &connection.output)
      case .question(.report(let verb)):
        try report(verb, context, for: connection)
        connection.pause()
      case .question(.journal(let verb)):
        try examine(verb, context, for: connection)
        connection.pause()
      }
    } catch let refusal as Refusal {
      refusal.write(request.tag, to: &connection.output)
    } catch {
      Refusal(.internalError, "\(error)").write(request.tag, to: &connection.output)
    }
  }

  // MARK: Session verbs

  func answer(
    _ verb: SessionVerb, _ context: RequestContext, for connection: Connection
  ) throws {
    switch verb {
    case .ping:
      connection.output.reply(context.tag, .ok)
      connection.output.option("at", context.now)
      board.finish(&connection.output)
    case .whoami:
      connection.output.reply(context.tag, .ok)
      writeIdentity(context.session, to: &connection.output)
      connection.output.end()
    case .help: try help(context, &connection.output)
    case .become: try become(context, connection)
    case .quit:
      connection.output.reply(context.tag, .bye)
      connection.output.end()
      connection.isClosing = true
    case .subscribe: try subscribe(context, connection)
    case .unsubscribe: try unsubscribe(context, connection)
    case .status: writeStatus(context, &connection.output)
    }
  }

  private func help(_ context: RequestContext, _ output: inout LineWriter) throws {
    var rows = RowWriter(tag: context.tag, writer: output)
    if let name = context.arguments[.verb] {
      guard let verb = Verb.named(name)?.declaration else {
        let hint = Suggestion.hint(for: name, in: Verb.all.map(\.name))
        throw Refusal(.notFound, "there is no verb \"\(name)\"\(hint)")
      }
      rows.begin()
      rows.option("verb", verb.synopsis)
      rows.option("text", verb.summary)
      rows.end()
      for parameter in verb.words + verb.allOptions {
        rows.begin()
        rows.option("argument", parameter.name)
        rows.option("kind", parameter.kind.description)
        rows.option("required", parameter.isRequired ? "yes" : "no")
        rows.option("text", parameter.summary)
        rows.end()
      }
    } else {
      for verb in Verb.all.map(\.declaration) where verb.roles.contains(context.session.role) {
        rows.begin()
        rows.option("verb", verb.synopsis)
        rows.option("text", verb.summary)
        rows.end()
      }
    }
    rows.finish(at: board.seq)
    output = rows.writer
  }

  private func become(_ context: RequestContext, _ connection: Connection) throws {
    guard let role = context.arguments.choice(.role, as: Role.self) else { return }
    let isLess = context.session.role == .admin || role == .agent || role == .monitor
    guard isLess else { throw Refusal(.forbidden, "rights can be given up, not taken") }
    var agent: AgentID?
    if role == .agent {
      guard let name = context.arguments[.agent] else {
        throw Refusal(.badArgument, "option \"agent\" is missing: which rep?")
      }
      agent = try board.agent(named: name)
    }
    connection.session?.role = role
    connection.session?.agent = agent
    connection.rightsGivenUp = Request(
      verb: SessionVerb.become.rawValue, arguments: context.request.arguments)
    connection.output.reply(context.tag, .ok)
    if let session = connection.session { writeIdentity(session, to: &connection.output) }
    connection.output.end()
  }

  private func writeStatus(_ context: RequestContext, _ output: inout LineWriter) {
    var rows = RowWriter(tag: context.tag, writer: output)
    rows.begin()
    rows.option("server", "rotad \(Version.text)")
    rows.option("instance", identity)
    rows.option("epoch", epoch.name)
    rows.writer.option("at", context.now)
    rows.option("uptime", context.now - startedAt)
    rows.option("state", board.isDraining ? "draining" : "serving")
    rows.option("calls", board.engine.liveCallCount)
    rows.option("connections", connections.count)
    rows.option("time-zone", board.directory.timeZone)
    rows.option("clock-rate", options.clockRate)
    rows.option("committed", Int(clamping: committed))
    rows.option("reported", Int(clamping: reportFeed.projected))
    rows.end()
    rows.finish(at: board.seq)
    output = rows.writer
  }
}
