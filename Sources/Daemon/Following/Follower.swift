import Events
import Frames
import Journal

/// A cursor on the journal, as a machine without I/O: somebody who takes each record once, in order.
///
/// Who keeps up is given records from memory as they are committed. Who does not reads them from the disk, one read at
/// a time (``CatchUp``), until there is nothing more to read: nothing is dropped, it costs no memory, and nobody waits
/// for who is slow. The read model follows so, and so does each subscription.
struct Follower: Sendable {
  private enum Source {
    /// What is committed next.
    case memory
    /// Records that are committed already.
    case disk
    /// The same, and the disk is being read.
    case reading
  }

  /// The number of the next record to be taken.
  private(set) var next: UInt64
  private var source: Source

  /// One who begins at record `next`.
  /// - Parameter committed: The number of the last record on disk.
  init(from next: UInt64, committed: UInt64) {
    self.next = next
    source = next <= committed ? .disk : .memory
  }

  /// Whether records come from memory.
  var keepsUp: Bool { source == .memory }
  /// Whether the disk is to be read, and is not being read.
  var wantsRead: Bool { source == .disk }
  /// Whether the disk is being read.
  var isReading: Bool { source == .reading }

  /// How many committed records are before it.
  func lag(behind committed: UInt64) -> UInt64 { next > committed ? 0 : committed + 1 - next }

  /// Whether `record` comes from memory and was not taken yet.
  func isDue(_ record: Record) -> Bool { keepsUp && record.seq >= next }

  /// The records before `next` were taken from memory.
  mutating func take(before next: UInt64) { self.next = max(self.next, next) }

  /// What follows is not taken from memory.
  mutating func fallBehind() { if source == .memory { source = .disk } }

  /// The disk is being read from ``next`` on.
  mutating func beginRead() { source = .reading }

  /// The disk was read, and everything before `next` taken; `nil`: it could not be read.
  mutating func endRead(at next: UInt64?, committed: UInt64) {
    guard source == .reading else { return }
    if let next { self.next = next }
    source = self.next <= committed ? .disk : .memory
  }
}

extension Journal {
  /// Reads records from `seq` on, while `take` wants more.
  /// - Returns: the number of the record after the last one that was taken.
  func follow(from seq: UInt64, _ take: (Record) throws -> Bool) throws -> UInt64 {
    var next = seq
    try read(from: seq) { entry, step in
      let record = try Record(entry, at: step.at)
      next = record.seq + 1
      return try take(record)
    }
    return next
  }
}
