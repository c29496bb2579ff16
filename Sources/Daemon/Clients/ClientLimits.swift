import LineProtocol
import Vocabulary

/// How much of the daemon clients may use. What the telephony side and the operators need is held back from the rest.
struct ClientLimits {
  /// Connections in all.
  var connections = 10_000
  /// Connections of one user.
  var connectionsPerUser = 2_048
  /// Keys remembered at once, each for a day.
  var keys = 1_000_000
  /// Of those, keys of one rep or lead: nobody works through one every four seconds, day and night.
  var keysPerPerson = 20_000

  /// Of the connections, those for ``Role/feed`` and ``Role/admin`` alone: without them no call is routed, and
  /// nobody can look after the service.
  var reservedConnections: Int { min(64, connections / 8) }

  /// Whether there is room for one more of `role` beside `all` connections, of which `service` are of the roles for
  /// which some are reserved.
  func haveRoom(for role: Role, beside all: Int, service: Int) -> Bool {
    all < connections
      && (Self.isService(role) || all - service < connections - reservedConnections)
  }

  /// Of the keys, those for ``Role/feed`` and ``Role/admin`` alone: what reps send refuses no caller.
  var reservedKeys: Int { keys / 2 }

  /// Whether there is room for one more key of a user who acts as `role` and has `own`, beside `all` there are, of
  /// which `people` are those of reps and leads, or more.
  func haveRoom(
    forKeyOf role: Role, own: Int, all: Int, ofPeople people: @autoclosure () -> Int
  ) -> Bool {
    if all >= keys { return false }
    if Self.isService(role) { return true }
    return own < keysPerPerson && (all < keys - reservedKeys || people() < keys - reservedKeys)
  }

  /// Whether some connections are kept for `role`, and its keys are those of a program.
  static func isService(_ role: Role) -> Bool { role == .feed || role == .admin }
}
