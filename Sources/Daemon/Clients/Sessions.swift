import Configuration
import Events
import LineProtocol
import NIOCore
import Routing
import Switchboard
import Vocabulary

/// What clients may do: what the configuration in force gives to their user, within what the connection has given up to
/// by `become`. It is found when somebody connects, after each reload, and when a connection is taken over from an
/// earlier process.
final class Sessions: @unchecked Sendable {
  /// How long who has no role any more has to take what it is owed.
  private static let patience = TimeAmount.seconds(10)

  private let context: ServerContext
  private let pipeline: Pipeline
  private let connections: Connections
  private let broadcast: Broadcast
  /// Who may do what, and the office hours, of the file in force.
  private(set) var configuration: Configuration

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ connections: Connections,
    _ broadcast: Broadcast, _ configuration: Configuration
  ) {
    self.context = context
    self.pipeline = pipeline
    self.connections = connections
    self.broadcast = broadcast
    self.configuration = configuration
  }

  private var directory: Directory { pipeline.board.directory }

  // MARK: What they are

  /// What the configuration in force gives to `peer`. Root and the daemon's own user are admin.
  func rights(of peer: Peer) -> Rights? {
    let isOwner = peer.uid == 0 || peer.uid == context.options.ownUser
    let given = configuration.role(user: peer.user, groups: peer.groups)
    guard let role = isOwner ? .admin : given else { return nil }
    return Rights(role: role, agent: directory.agent(ofUser: peer.user))
  }

  /// What is left of `whole` after rights were given up by `become`.
  func rights(within whole: Rights?, after become: Request?) -> Rights? {
    guard let become else { return whole }
    return whole?.narrowed(to: bound(by: become))
  }

  /// What is left after `become`. Of a rep who is no more, it is what anybody may do who looks on.
  private func bound(by become: Request) -> Rights {
    guard let role = Role(rawValue: become.word(0) ?? ""), role != .agent else {
      let agent = become["agent"].flatMap { directory.agent(named: $0) }
      return agent.map { Rights(role: .agent, agent: $0) } ?? Rights(role: .monitor)
    }
    return Rights(role: role)
  }

  /// Adds `role= user= ...` of a client.
  func writeIdentity(_ session: Session, to writer: inout LineWriter) {
    writer.option("role", session.role.rawValue)
    writer.option("user", session.user)
    if let agent = session.agent { writer.option("agent", directory.name(of: agent)) }
  }

  /// `role= user= ...` of a client.
  func identity(_ session: Session) -> String {
    var writer = LineWriter()
    writeIdentity(session, to: &writer)
    return String(decoding: writer.bytes.dropFirst(), as: UTF8.self)
  }

  /// `become`: rights are given up, for good.
  func become(_ request: RequestContext, _ connection: Connection) throws {
    guard let role = request.arguments.choice(.role, as: Role.self) else { return }
    let isLess = request.session.role == .admin || role == .agent || role == .monitor
    guard isLess else { throw Refusal(.forbidden, "rights can be given up, not taken") }
    var session = request.session
    session.rights = Rights(role: role)
    if role == .agent {
      guard let name = request.arguments[.agent] else {
        throw Refusal(.badArgument, "option \"agent\" is missing: which rep?")
      }
      session.rights.agent = try pipeline.board.agent(named: name)
    }
    session.rightsGivenUp = Request(
      verb: SessionVerb.become.rawValue, arguments: request.request.arguments)
    session.detachUnlessPermitted()
    connection.change(session)
    connection.reply { output in
      output.reply(request.tag, .ok)
      writeIdentity(session, to: &output)
      output.end()
    }
  }

  // MARK: When they change

  /// Puts `configuration` into force and judges every open connection by it.
  func adopt(_ configuration: Configuration) {
    self.configuration = configuration
    var known: [Peer: Rights?] = [:]
    for connection in connections.all {
      guard let session = connection.session, !session.isExpelled else { continue }
      let whole = known[session.peer] ?? rights(of: session.peer)
      known[session.peer] = whole
      judge(connection, session, whole)
    }
  }

  private func judge(_ connection: Connection, _ session: Session, _ whole: Rights?) {
    var session = session
    connections.seat(connection, as: whole?.role)
    guard let rights = rights(within: whole, after: session.rightsGivenUp) else {
      return expel(connection, session)
    }
    if rights == session.rights { return }
    session.rights = rights
    session.detachUnlessPermitted()
    connection.change(session)
    let subscribe = Verb.question(.session(.subscribe)).declaration
    if subscribe.permission(for: session.role) == .no { broadcast.forget(connection) }
    tellRole(connection, session)
  }

  /// Tells a client what it is from now on.
  func tellRole(_ connection: Connection, _ session: Session) {
    connection.tell { writer in
      writer.notice("role")
      writeIdentity(session, to: &writer)
      writer.end()
    }
  }

  /// Tells a client that it may do nothing any more.
  func tellOfNoRole(_ connection: Connection, _ user: String) {
    connection.tell { writer in
      writer.notice("role")
      writer.option("role", "none")
      writer.option("user", user)
      writer.option("text", Self.noRole(user))
      writer.end()
    }
  }

  private static func noRole(_ user: String) -> String {
    "user \(user) has no role any more; see access: in the configuration"
  }

  /// Refuses what the client has asked and not been answered yet, then closes.
  private func expel(_ connection: Connection, _ session: Session) {
    var session = session
    session.isExpelled = true
    connection.change(session)
    broadcast.forget(connection)
    tellOfNoRole(connection, session.user)
    // Later: the client may be the one whose request is being carried out.
    context.loop.execute { connection.refuseRest() }
    context.loop.scheduleTask(in: Self.patience) { connection.channel.close(promise: nil) }
  }

  // MARK: What they allow

  /// Refuses everything of a client that has no role any more.
  func requireRole(_ session: Session) throws(Refusal) {
    if !session.isExpelled { return }
    throw Refusal(.forbidden, Self.noRole(session.user), [Field("role", "none")])
  }

  /// Refuses what was asked with rights that the client has no more: it was being answered elsewhere meanwhile.
  func requireRights(_ request: RequestContext, _ connection: Connection) throws(Refusal) {
    guard let session = connection.session else { return }
    try requireRole(session)
    let mayAsk = request.verb.declaration.permission(for: session.role) != .no
    if session.rights.include(request.session.rights) || !request.verb.isCommand && mayAsk {
      return
    }
    throw Refusal(
      .forbidden, "the rights with which this was asked have changed; nothing was done",
      [Field("role", session.role.rawValue)])
  }
}
