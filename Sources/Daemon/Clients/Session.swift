import Base
import LineProtocol
import Routing
import Vocabulary

/// Who is at the other end of a connection, and what that lets them do.
struct Session: Sendable {
  /// Who the machine says it is.
  let peer: Peer
  /// What they may do.
  var rights: Rights
  /// The request by which rights were given up: there is no way back from it.
  var rightsGivenUp: Request?
  /// The telephony side that the connection speaks for, and the request by which it attached.
  var feed = FeedID.unnamed
  var attachment: Request?
  /// Calls that the telephony side has said it knows, in a synchronisation whose end has not come.
  var knownCalls: [String] = []
  /// When that synchronisation began: who has come since is known.
  var knownSince: Instant?
  /// Whether a new configuration has left them no role: nothing is done for them any more.
  var isExpelled = false

  /// Somebody with `rights`.
  init(_ peer: Peer, _ rights: Rights) {
    self.peer = peer
    self.rights = rights
  }

  /// The Unix user.
  var user: String { peer.user }
  /// The user's number.
  var uid: UInt32 { peer.uid }
  /// What they may do.
  var role: Role { rights.role }
  /// As which rep they act, for role `agent`.
  var agent: AgentID? { rights.agent }

  /// Who may not report what phones do speaks for no telephony side: it is not heard of any more, and is lost.
  mutating func detachUnlessPermitted() {
    let attach = Verb.question(.session(.attach)).declaration
    if attach.permission(for: role) != .no { return }
    (feed, attachment, knownCalls, knownSince) = (.unnamed, nil, [], nil)
  }
}
