import Vocabulary

/// How many connections there are, in all, of each user, and of the roles for which some are reserved: whether there is
/// room for one more, as a machine without I/O.
struct Seats {
  /// Why there is no room.
  enum Shortage: Equatable {
    /// There are so many connections.
    case all(Int)
    /// The user has so many.
    case ofUser(Int)
  }

  private let limits: ClientLimits
  private var users: [Int: UInt32] = [:]
  private var counts: [UInt32: Int] = [:]
  private var service: Set<Int> = []

  init(_ limits: ClientLimits) { self.limits = limits }

  /// How many connections there are.
  var count: Int { users.count }
  /// How many of them are of the roles for which some are reserved.
  var serviceCount: Int { service.count }
  /// How many connections the user with this number has.
  func count(of user: UInt32) -> Int { counts[user, default: 0] }

  /// Takes in the connection `id` of `user`, who acts as `role`.
  /// - Returns: why there is no room for it, if so; nothing has changed then.
  mutating func take(_ id: Int, user: UInt32, as role: Role) -> Shortage? {
    guard limits.haveRoom(for: role, beside: count, service: serviceCount) else {
      return .all(count)
    }
    let own = count(of: user)
    if own >= limits.connectionsPerUser { return .ofUser(own) }
    users[id] = user
    counts[user] = own + 1
    move(id, to: role)
    return nil
  }

  /// What the user of the connection `id` may do has changed; `nil`: nothing any more.
  mutating func move(_ id: Int, to role: Role?) {
    if users[id] != nil, role.map(ClientLimits.isService) ?? false {
      service.insert(id)
    } else {
      service.remove(id)
    }
  }

  /// The connection `id` is gone.
  mutating func leave(_ id: Int) {
    guard let user = users.removeValue(forKey: id) else { return }
    service.remove(id)
    let count = counts[user, default: 1]
    counts[user] = count > 1 ? count - 1 : nil
  }
}
