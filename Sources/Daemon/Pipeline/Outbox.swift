import LineProtocol

/// The replies of one connection that have not left yet, as a machine without I/O: written into the batch that is being
/// filled, sealed with it, and sent when it is on disk.
struct Outbox {
  /// Replies whose batch is closed.
  struct Sealed {
    var bytes: [UInt8]
    /// The tags of the requests, for the case that their outcome becomes unknown.
    var tags: [String?]
  }

  /// Replies to requests of the batch that is being filled.
  var writer = LineWriter()
  private var tags: [String?] = []
  /// Whether the connection is known to have replies in the batch that is being filled.
  private var isListed = false
  private var isWaitingForDisk = false

  /// Bytes of replies in the batch that is being filled.
  var count: Int { writer.bytes.count }

  /// Whether nothing is owed.
  var isEmpty: Bool { tags.isEmpty && !isWaitingForDisk }

  /// A reply to the request with `tag` belongs to the batch that is being filled.
  /// - Returns: whether it is the first of the connection in that batch.
  mutating func expect(_ tag: String?) -> Bool {
    tags.append(tag)
    defer { isListed = true }
    return !isListed
  }

  /// The reply that was expected last belongs to a later batch.
  mutating func withdraw() { if !tags.isEmpty { tags.removeLast() } }

  /// The batch is closed.
  mutating func seal() -> Sealed {
    isWaitingForDisk = true
    isListed = false
    // Not emptied: that would keep as much memory as the longest reply has ever needed.
    defer {
      writer = LineWriter()
      tags.removeAll()
    }
    return Sealed(bytes: writer.bytes, tags: tags)
  }

  /// The replies of the closed batch have left.
  mutating func didSend() { isWaitingForDisk = false }
}
