import Events
import Switchboard
import Configuration
import LineProtocol
import NIOCore
import Routing
import Vocabulary

// Rights are what the configuration in force gives to a user, within what the connection has given up to by `become`:
// found when somebody connects, after each reload, and when a connection is taken over from an earlier process.

extension Server {
  /// How long who has no role any more has to take what it is owed.
  private static let patience = TimeAmount.seconds(10)

  // MARK: What they are

  /// What the configuration in force gives to `peer`. Root and the daemon's own user are admin.
  func rights(of peer: Peer) -> Rights? {
    let isOwner = peer.uid == 0 || peer.uid == options.ownUser
    let given = configuration.role(user: peer.user, groups: peer.groups)
    guard let role = isOwner ? .admin : given else { return nil }
    return Rights(role: role, agent: board.directory.agent(ofUser: peer.user))
  }

  /// What a connection may do of what its user may: no more than it has given up to.
  func rights(of connection: Connection, within whole: Rights?) -> Rights? {
    guard let request = connection.rightsGivenUp else { return whole }
    return whole?.narrowed(to: bound(by: request))
  }

  /// What is left after `become`. Of a rep who is no more, it is what anybody may do who looks on.
  private func bound(by become: Request) -> Rights {
    guard let role = Role(rawValue: become.word(0) ?? ""), role != .agent else {
      let agent = become["agent"].flatMap { board.directory.agent(named: $0) }
      return agent.map { Rights(role: .agent, agent: $0) } ?? Rights(role: .monitor)
    }
    return Rights(role: role)
  }

  /// Gives `connection` a seat of those that are kept for some roles, or takes it back.
  func seat(_ connection: Connection, as role: Role?) {
    let isOfService = role.map { ClientLimits.isService($0) } ?? false
    if isOfService == connection.isOfService { return }
    connection.isOfService = isOfService
    serviceConnections += isOfService ? 1 : -1
  }

  /// Adds `role= user= ...` of a connection.
  func writeIdentity(_ session: Session, to writer: inout LineWriter) {
    writer.option("role", session.role.rawValue)
    writer.option("user", session.user)
    if let agent = session.agent { writer.option("agent", board.directory.name(of: agent)) }
  }

  /// `role= user= ...` of a connection.
  func identity(_ session: Session) -> String {
    var writer = LineWriter()
    writeIdentity(session, to: &writer)
    return String(decoding: writer.bytes.dropFirst(), as: UTF8.self)
  }

  // MARK: When they change

  /// Judges every open connection by the configuration in force.
  func judgeAnew() {
    var known: [Peer: Rights?] = [:]
    for connection in connections.values where !connection.isExpelled {
      guard let peer = connection.peer else { continue }
      let whole = known[peer] ?? rights(of: peer)
      known[peer] = whole
      judge(connection, whole)
    }
  }

  private func judge(_ connection: Connection, _ whole: Rights?) {
    guard var session = connection.session else { return }
    seat(connection, as: whole?.role)
    guard let rights = rights(of: connection, within: whole) else {
      return expel(connection, session.user)
    }
    if rights == Rights(role: session.role, agent: session.agent) { return }
    session.role = rights.role
    session.agent = rights.agent
    connection.session = session
    let subscribe = Verb.question(.session(.subscribe)).declaration
    if subscribe.permission(for: session.role) == .no { endSubscriptions(of: connection) }
    tellRole(connection, session)
  }

  /// Tells a client what it is from now on.
  func tellRole(_ connection: Connection, _ session: Session) {
    var writer = LineWriter()
    writer.notice("role")
    writeIdentity(session, to: &writer)
    writer.end()
    connection.write(writer.bytes)
  }

  /// Tells a client that it may do nothing any more.
  func tellOfNoRole(_ connection: Connection, _ user: String) {
    var writer = LineWriter()
    writer.notice("role")
    writer.option("role", "none")
    writer.option("user", user)
    writer.option("text", Self.noRole(user))
    writer.end()
    connection.write(writer.bytes)
  }

  private static func noRole(_ user: String) -> String {
    "user \(user) has no role any more; see access: in the configuration"
  }

  /// Refuses what the client has asked and not been answered yet, then closes.
  private func expel(_ connection: Connection, _ user: String) {
    connection.isExpelled = true
    endSubscriptions(of: connection)
    tellOfNoRole(connection, user)
    // Later: the client may be the one whose request is being carried out.
    loop.execute { connection.refuseRest() }
    loop.scheduleTask(in: Self.patience) { connection.channel.close(promise: nil) }
  }

  private func endSubscriptions(of connection: Connection) {
    connection.subscriptions.removeAll()
    subscribers[connection.id] = nil
  }

  // MARK: What they allow

  /// Refuses everything of a client that has no role any more.
  func requireRole(_ connection: Connection, _ session: Session) throws(Refusal) {
    if !connection.isExpelled { return }
    throw Refusal(.forbidden, Self.noRole(session.user), [Field("role", "none")])
  }

  /// Refuses what was asked with rights that the client has no more: it was being answered elsewhere meanwhile.
  func requireRights(_ context: RequestContext, _ connection: Connection) throws(Refusal) {
    guard let session = connection.session else { return }
    try requireRole(connection, session)
    let rights = Rights(role: session.role, agent: session.agent)
    let before = Rights(role: context.session.role, agent: context.session.agent)
    let mayAsk = context.verb.declaration.permission(for: session.role) != .no
    if rights.include(before) || !context.verb.isCommand && mayAsk { return }
    throw Refusal(
      .forbidden, "the rights with which this was asked have changed; nothing was done",
      [Field("role", session.role.rawValue)])
  }
}
