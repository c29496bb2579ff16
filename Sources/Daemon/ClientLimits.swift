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

  /// Whether there is room for one more of `role` beside `all` connections, of which `service` are of the roles for
  /// which some are reserved.
  func haveRoom(for role: Role, beside all: Int, service: Int) -> Bool {
    all < connections
      && (Self.isService(role) || all - service < connections - reservedConnections)
  }

  /// How many keys one user may have in use who acts as `role`.
  func keys(for role: Role) -> Int { Self.isService(role) ? keys : keysPerPerson }

  /// Whether some connections are kept for `role`, and its keys are those of a program.
  static func isService(_ role: Role) -> Bool { role == .feed || role == .admin }
}
