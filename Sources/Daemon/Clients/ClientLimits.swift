import Base
import LineProtocol
import Vocabulary

/// Roles by what is kept for them: nobody takes all seats from those without whom nothing goes on.
enum SeatClass: CaseIterable {
  /// The telephony side and admin: without them no call is routed, and nobody can look after the service.
  case service
  /// Reps and leads.
  case desk
  /// Who only looks on: wallboards, reports.
  case onlooker

  /// The class of `role`.
  init(_ role: Role) {
    switch role {
    case .feed, .phones, .admin: self = .service
    case .agent, .lead: self = .desk
    case .monitor: self = .onlooker
    }
  }
}

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

  /// Requests of one rep, lead or onlooker a second, over a time.
  var requestsPerSecond: Int64 = 100
  /// Requests of one of them at once, after a time without any.
  var requestsAtOnce: Int64 = 1_000

  /// Of the connections, those for feed and admin alone.
  var reservedConnections: Int { min(64, connections / 8) }
  /// Of the rest, those that onlookers may have: half.
  var onlookerConnections: Int { (connections - reservedConnections) / 2 }

  /// Whether there is room for one more of `role` beside those of each class.
  func haveRoom(for role: Role, beside counts: [SeatClass: Int]) -> Bool {
    let service = counts[.service, default: 0]
    let onlookers = counts[.onlooker, default: 0]
    let others = counts[.desk, default: 0] + onlookers
    if service + others >= connections { return false }
    switch SeatClass(role) {
    case .service: return true
    case .desk: return others < connections - reservedConnections
    case .onlooker:
      return others < connections - reservedConnections && onlookers < onlookerConnections
    }
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
  static func isService(_ role: Role) -> Bool { SeatClass(role) == .service }
}
