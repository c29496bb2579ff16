import Base

/// What the pipeline is doing, as a machine without I/O: when a batch is written, and where.
struct CommitProgress {
  private enum Phase {
    /// Nothing is to be written or sent.
    case idle
    /// Something is, at the end of this turn of the loop.
    case due
    /// A batch is on its way to disk.
    case writing(since: Instant)
    /// A batch could not be written; nothing is written any more.
    case failed
  }

  /// Where a batch is written.
  enum Way: Equatable {
    /// On the loop.
    case here
    /// On the journal's thread, while the loop reads on.
    case elsewhere
  }

  private var phase = Phase.idle
  private var hadSeveralClients = false

  /// Something is to be written or sent.
  /// - Returns: whether a flush has to be scheduled for it; if not, one comes anyway.
  mutating func want() -> Bool {
    guard case .idle = phase else { return false }
    phase = .due
    return true
  }

  /// A flush is due.
  /// - Returns: whether it may be carried out now; if not, one follows when the batch being written is on disk.
  mutating func begin() -> Bool {
    switch phase {
    case .idle, .due:
      phase = .idle
      return true
    case .writing, .failed: return false
    }
  }

  /// A batch goes to disk.
  ///
  /// A single client waits for nobody else: writing on the loop saves it two thread hops, about half of its waiting
  /// time. With several, the loop reads on while the journal's thread writes.
  /// - Parameters:
  ///   - clients: How many wait for it.
  ///   - isJournalFree: Whether nobody else uses the journal.
  mutating func chooseWay(for clients: Int, isJournalFree: Bool, at now: Instant) -> Way {
    defer { hadSeveralClients = clients > 1 }
    if clients <= 1, !hadSeveralClients, isJournalFree { return .here }
    phase = .writing(since: now)
    return .elsewhere
  }

  /// The batch is on disk.
  mutating func end() { if case .writing = phase { phase = .idle } }

  /// The batch could not be written.
  mutating func fail() { phase = .failed }

  /// Whether a batch could not be written: nobody knows then what of it is on disk.
  var hasFailed: Bool { if case .failed = phase { true } else { false } }

  /// Whether a batch is on its way to disk.
  var isWriting: Bool { if case .writing = phase { true } else { false } }

  /// Whether the disk has answered within `limit`.
  func isHealthy(within limit: TimeSpan, at now: Instant) -> Bool {
    switch phase {
    case .idle, .due: true
    case .writing(let since): now - since < limit
    case .failed: false
    }
  }
}
