import Base
import Frames
import Routing

/// A command and the key that came with it.
struct KeyClaim: Hashable, Sendable {
  /// The number of the user whose key it is.
  var user: UInt32
  /// The idempotency key.
  var key: String
  /// Hash of the command, to tell a repetition from another command.
  var command: UInt64
}

/// The replies to commands with keys, each kept for a day so that it can be given again.
///
/// A key belongs to the user who has used it: what one user sends is never refused for what another has sent.
struct KnownReplies {
  /// What is known of a key when a command comes with it.
  enum Finding: Equatable {
    /// Nothing: the command is to be carried out.
    case nothing
    /// It was carried out, and this was the reply.
    case reply(KeyedReply)
    /// It is being carried out.
    case underWay
    /// Its user has used the key for another command.
    case otherCommand
  }

  /// A key and whose it is; those of a journal that did not say are nobody's.
  private struct Name: Hashable {
    var user: UInt32?
    var key: String
  }

  private var replies: [Name: KeyedReply] = [:]
  /// Oldest first.
  private var order: [Name] = []
  private var counts: [UInt32: Int] = [:]
  /// Commands that are being carried out, for their answers are made elsewhere.
  private var underWay: [Name: UInt64] = [:]

  /// Those that were on disk, oldest first.
  init(_ replies: [KeyedReply]) {
    for reply in replies { add(reply) }
  }

  /// How many there are.
  var count: Int { replies.count }

  /// How many keys of the user with this number are remembered.
  func count(of user: UInt32) -> Int { counts[user, default: 0] }

  /// How many keys there are when no user is counted with more than `share`.
  func count(upTo share: Int) -> Int { counts.values.reduce(0) { $0 + min($1, share) } }

  /// What is known of the key of `claim`.
  func find(_ claim: KeyClaim) -> Finding {
    let name = Name(user: claim.user, key: claim.key)
    if let command = underWay[name] { return command == claim.command ? .underWay : .otherCommand }
    let own = replies[name]
    // The hash knows the user: what is nobody's goes to whoever repeats the command, and keeps nobody from the key.
    let nobodys = replies[Name(user: nil, key: claim.key)]
    for case let known? in [own, nobodys] where known.command == claim.command {
      return .reply(known)
    }
    return own == nil ? .nothing : .otherCommand
  }

  /// Notes that the command of `claim` is being carried out, until ``end(_:)``.
  mutating func begin(_ claim: KeyClaim) {
    underWay[Name(user: claim.user, key: claim.key)] = claim.command
  }

  /// Whether the command of `claim` is being carried out.
  func isUnderWay(_ claim: KeyClaim) -> Bool {
    underWay[Name(user: claim.user, key: claim.key)] != nil
  }

  /// The command of `claim` has been carried out, or refused.
  mutating func end(_ claim: KeyClaim) {
    underWay[Name(user: claim.user, key: claim.key)] = nil
  }

  /// Keeps the reply to a command.
  mutating func add(_ reply: KeyedReply) {
    let name = Name(user: reply.user, key: reply.key)
    replies[name] = reply
    order.append(name)
    if let user = reply.user { counts[user, default: 0] += 1 }
  }

  /// Forgets those given before `instant`.
  mutating func forget(before instant: Instant) {
    let old = order.prefix { replies[$0].map { $0.at < instant } ?? true }
    for name in old {
      replies[name] = nil
      guard let user = name.user, let count = counts[user] else { continue }
      counts[user] = count > 1 ? count - 1 : nil
    }
    order.removeFirst(old.count)
  }
}
