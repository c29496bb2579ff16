import LineProtocol
import Routing
import Vocabulary

/// Who is at the other end of a connection, and what that lets them do.
struct Session: Sendable {
  /// The Unix user.
  var user: String
  /// The user's number.
  var uid: UInt32
  /// What they may do.
  var role: Role
  /// As which rep they act, for role `agent`.
  var agent: AgentID?
}
