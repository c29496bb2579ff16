import Journal
import Routing

/// The replies to commands with keys, each kept for a day so that it can be given again.
struct KnownReplies {
  private var replies: [String: Batch.KeyedReply] = [:]
  /// Oldest first. Whose the keys are is not on disk: after a start those from before it are nobody's.
  private var order: [(key: String, uid: UInt32?)] = []
  private var counts: [UInt32: Int] = [:]

  /// Those that were on disk, oldest first.
  init(_ replies: [Batch.KeyedReply]) {
    for reply in replies { add(reply, of: nil) }
  }

  /// How many there are.
  var count: Int { replies.count }

  /// The reply to the command with `key`.
  subscript(key: String) -> Batch.KeyedReply? { replies[key] }

  /// How many keys of the user with this number are remembered.
  func count(of uid: UInt32) -> Int { counts[uid, default: 0] }

  /// Keeps the reply to a command of the user with this number.
  mutating func add(_ reply: Batch.KeyedReply, of uid: UInt32?) {
    replies[reply.key] = reply
    order.append((reply.key, uid))
    if let uid { counts[uid, default: 0] += 1 }
  }

  /// Forgets those given before `instant`.
  mutating func forget(before instant: Instant) {
    let old = order.prefix { replies[$0.key].map { $0.at < instant } ?? true }
    for (key, uid) in old {
      replies[key] = nil
      guard let uid, let count = counts[uid] else { continue }
      counts[uid] = count > 1 ? count - 1 : nil
    }
    order.removeFirst(old.count)
  }
}
