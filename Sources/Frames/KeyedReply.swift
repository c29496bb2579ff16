public import Base

/// A reply that must be given again if its key comes back.
public struct KeyedReply: Equatable, Sendable {
  /// The number of the user whose key it is; `nil`: nobody's, from a version that did not write it.
  public var user: UInt32?
  /// The idempotency key.
  public var key: String
  /// Hash of the command, to tell a repetition from another command.
  public var command: UInt64
  /// The reply line, without tag.
  public var reply: String
  /// When it was given.
  public var at: Instant

  /// A reply to be kept.
  public init(user: UInt32?, key: String, command: UInt64, reply: String, at: Instant) {
    self.user = user
    self.key = key
    self.command = command
    self.reply = reply
    self.at = at
  }

  /// Hash over all parts, written beside them: the chain covers records only.
  public var digest: UInt64 {
    let command = SipHash.hash(
      word: command, k0: user.map { UInt64($0) + 1 } ?? 0, k1: UInt64(bitPattern: at.microseconds))
    let key = SipHash.hash(Array(key.utf8)[...], k0: command, k1: 1)
    return SipHash.hash(Array(reply.utf8)[...], k0: key, k1: 2)
  }
}
