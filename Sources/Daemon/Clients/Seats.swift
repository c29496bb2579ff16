import Vocabulary

/// How many connections there are, of each user and of each class of roles: whether there is room for one more, as a
/// machine without I/O.
struct Seats {
  /// Why there is no room.
  enum Shortage: Equatable {
    /// There are so many connections, and none is left for that class.
    case all(Int, SeatClass)
    /// The user has so many.
    case ofUser(Int)
  }

  private let limits: ClientLimits
  private var users: [Int: UInt32] = [:]
  private var counts: [UInt32: Int] = [:]
  private var classes: [Int: SeatClass] = [:]
  private var classCounts: [SeatClass: Int] = [:]

  init(_ limits: ClientLimits) { self.limits = limits }

  /// How many connections there are.
  var count: Int { users.count }
  /// How many of them are of the roles of `kind`.
  func count(of kind: SeatClass) -> Int { classCounts[kind, default: 0] }
  /// How many connections the user with this number has.
  func count(of user: UInt32) -> Int { counts[user, default: 0] }

  /// Takes in the connection `id` of `user`, who acts as `role`.
  /// - Returns: why there is no room for it, if so; nothing has changed then.
  mutating func take(_ id: Int, user: UInt32, as role: Role) -> Shortage? {
    guard limits.haveRoom(for: role, beside: classCounts) else {
      return .all(count, SeatClass(role))
    }
    let own = count(of: user)
    if own >= limits.connectionsPerUser { return .ofUser(own) }
    users[id] = user
    counts[user] = own + 1
    move(id, to: role)
    return nil
  }

  /// What the user of the connection `id` may do has changed; `nil`: nothing any more, which is no more than to look on.
  mutating func move(_ id: Int, to role: Role?) {
    guard users[id] != nil else { return }
    set(id, role.map { SeatClass($0) } ?? .onlooker)
  }

  private mutating func set(_ id: Int, _ kind: SeatClass?) {
    if let old = classes[id] { classCounts[old, default: 0] -= 1 }
    classes[id] = kind
    if let kind { classCounts[kind, default: 0] += 1 }
  }

  /// The connection `id` is gone.
  mutating func leave(_ id: Int) {
    guard let user = users.removeValue(forKey: id) else { return }
    set(id, nil)
    let count = counts[user, default: 1]
    counts[user] = count > 1 ? count - 1 : nil
  }
}
