/// What a client may do, decided by its credentials when it connects.
public enum Role: String, CaseIterable, Sendable {
  /// Reads.
  case monitor
  /// A rep: reads, and acts for itself only.
  case agent
  /// The telephony side: reports what callers and phones do.
  case feed
  /// The telephony side whose phones reps work by: what a ``feed`` may, and what a rep does with the phone, in the name
  /// of the rep whose phone it is.
  case phones
  /// A team lead or operator: acts for every rep.
  case lead
  /// Everything.
  case admin

  /// All, the one that counts first for somebody who has several.
  public static let byPrecedence = allCases.sorted { $0.precedence < $1.precedence }

  private var precedence: Int {
    switch self {
    case .admin: 0
    case .lead: 1
    case .phones: 2
    case .feed: 3
    case .agent: 4
    case .monitor: 5
    }
  }

  /// Whether `access:` of the configuration gives it, to Unix users and groups. A rep is known as a rep.
  public var isGivenByAccess: Bool { self != .agent }
}

/// Several roles.
public struct RoleSet: OptionSet, Sendable {
  /// The bits, one for each case of ``Role`` in order.
  public var rawValue: UInt8
  /// The roles whose bits are set in `rawValue`.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The roles in `roles`.
  public init(_ roles: Role...) { self.init(roles) }
  private init(_ roles: [Role]) {
    rawValue = roles.reduce(0) { $0 | RoleSet.bit($1) }
  }

  /// Every role.
  public static let all = RoleSet(Role.allCases)
  /// Those who act for reps: a rep for itself, leads for everybody.
  public static let reps = RoleSet(.agent, .lead, .admin)
  /// Those who speak for the telephony.
  public static let telephony = RoleSet(.feed, .phones, .admin)
  /// Those who act for reps, and the phones that reps work by.
  public static let repsAndPhones = reps.union(RoleSet(.phones))
  /// Those who act for reps, and those who speak for the telephony.
  public static let repsAndTelephony = reps.union(telephony)
  /// Those who see reports and decide.
  public static let leads = RoleSet(.lead, .admin)

  /// Whether `role` is one of them.
  public func contains(_ role: Role) -> Bool { rawValue & Self.bit(role) != 0 }

  /// The roles, in the order of ``Role/allCases``.
  public var roles: [Role] { Role.allCases.filter { contains($0) } }

  private static func bit(_ role: Role) -> UInt8 {
    UInt8(1) << UInt8(Role.allCases.firstIndex(of: role) ?? 7)
  }
}
