import LineProtocol
import Routing
import Vocabulary

/// What somebody may do: a role, and for the role agent, as which rep. With other roles the rep is who they are, and
/// gives no right.
struct Rights: Equatable, Sendable {
  /// Which verbs.
  var role: Role
  /// As which rep.
  var agent: AgentID?

  /// The rights of `role`.
  init(role: Role, agent: AgentID? = nil) {
    self.role = role
    self.agent = agent
  }

  /// Whether all that `other` lets somebody do is among these.
  func include(_ other: Rights) -> Bool {
    switch role {
    case .admin: true
    case .lead: other.role == .lead || other.role == .agent || other.role == .monitor
    case .agent: other.role == .monitor || other.role == .agent && other.agent == agent
    case .feed, .phones, .monitor: other.role == role
    }
  }

  /// The rights that are among these and within `bound` too.
  /// - Returns: `nil` if no role has just those: a feed reads no reports, and nobody but feed and admin reports calls.
  func narrowed(to bound: Rights) -> Rights? {
    if include(bound) { return bound }
    if bound.include(self) { return self }
    let onlooker = Rights(role: .monitor)
    return include(onlooker) && bound.include(onlooker) ? onlooker : nil
  }
}
