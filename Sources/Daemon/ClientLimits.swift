import LineProtocol

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

  /// How many connections there may be before one of `role` is turned away.
  func connections(for role: Role) -> Int {
    Self.isService(role) ? connections : connections - reservedConnections
  }

  /// How many keys one user may have in use who acts as `role`.
  func keys(for role: Role) -> Int { Self.isService(role) ? keys : keysPerPerson }

  private static func isService(_ role: Role) -> Bool { role == .feed || role == .admin }
}
