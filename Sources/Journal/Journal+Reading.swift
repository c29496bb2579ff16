import Base
public import Frames

// Reading records and replies.

extension Journal {
  /// Calls `body` with each record from number `seq` on, and the step it belongs to, in order, until it returns
  /// `false`.
  ///
  /// - Throws: ``JournalError/archived(through:)`` if the first of them is in an archive file.
  public func read(
    from seq: UInt64, _ body: (Entry, Step) throws -> Bool
  ) throws {
    // Who has been following would miss what lies between.
    if archived > 0, seq <= archived { throw JournalError.archived(through: archived) }
    let frames = try database.prepare(
      """
      SELECT seq, body, words FROM frame
      WHERE seq >= coalesce((SELECT max(seq) FROM frame WHERE seq <= ?1), ?1) ORDER BY seq
      """)
    frames.bind(1, Int64(clamping: seq))
    defer { frames.reset() }
    try translating {
      while try frames.step() {
        var reader = FrameReader(
          firstSeq: UInt64(max(0, frames.integer(0))), body: frames.bytes(1),
          words: frames.bytes(2))
        while let entry = try reader.next() {
          if entry.seq >= seq, try !body(entry, reader.step) { return }
        }
      }
    }
  }

  /// How far the journal was read: the last record seen, the chain's value there, and whether it is the end.
  public struct Progress: Equatable, Sendable {
    /// The number of the last record.
    public var seq: UInt64
    /// The chain's value after it.
    public var chain: UInt64
    /// Frames read.
    public var frames = 0
    /// Whether the end was reached.
    public var isAtEnd = false
  }

  /// Calls `body` with each record after record `seq`, checking that the chain holds from `chain` on.
  ///
  /// - Parameters:
  ///   - seq: The last record known; 0 for all.
  ///   - chain: The chain's value after it; 0 for all. What is in archive files is read from those.
  ///   - goesOn: Asked after each frame whether to read another one.
  ///   - body: Called with each record, and the step it belongs to.
  /// - Throws: ``JournalError``; what `body` throws, a ``MalformedRecord`` as ``JournalError/malformed(seq:)``.
  public func replay(
    after seq: UInt64, chain: UInt64, while goesOn: () -> Bool = { true },
    _ body: (Entry, Step) throws -> Void
  ) throws -> Progress {
    var progress = Progress(seq: seq, chain: chain)
    while progress.seq < archived {
      if try !replayArchive(&progress, while: goesOn, body) { return progress }
    }
    progress.isAtEnd = try replay(database, &progress, while: goesOn, body)
    return progress
  }

  /// Reads on in the archive file with what comes next.
  /// - Returns: whether the end of the file was reached.
  private func replayArchive(
    _ progress: inout Progress, while goesOn: () -> Bool, _ body: (Entry, Step) throws -> Void
  ) throws -> Bool {
    let next = progress.seq + 1
    guard let file = archives.first(where: { $0.first <= next && next <= $0.last }) else {
      throw JournalError.brokenChain(seq: next)
    }
    let database = try archive(file)
    do {
      return try replay(database, &progress, while: goesOn, body)
    } catch let error where JournalError(of: error)?.isDamage ?? false {
      throw JournalError.notAnArchive(path: file.path(beside: path))
    }
  }

  /// - Returns: whether the end of the file was reached.
  private func replay(
    _ database: Database, _ progress: inout Progress, while goesOn: () -> Bool,
    _ body: (Entry, Step) throws -> Void
  ) throws -> Bool {
    let frames = try database.prepare(
      "SELECT seq, count, body, chain, words FROM frame WHERE seq > ?1 ORDER BY seq")
    frames.bind(1, Int64(clamping: progress.seq))
    defer { frames.reset() }
    let before = progress.seq
    return try translating {
      repeat {
        guard try frames.step() else {
          // A file that ends before its end would be read for ever.
          if progress.seq == before, progress.seq < archived {
            throw JournalError.brokenChain(seq: before + 1)
          }
          return true
        }
        try readFrame(frames, &progress, body)
      } while goesOn()
      return false
    }
  }

  private func readFrame(
    _ frames: Statement, _ progress: inout Progress, _ body: (Entry, Step) throws -> Void
  ) throws {
    let first = UInt64(max(0, frames.integer(0)))
    let bytes = frames.bytes(2)
    let next = Self.link(progress.chain, seq: first, bytes)
    guard first == progress.seq + 1, next == UInt64(bitPattern: frames.integer(3)) else {
      throw JournalError.brokenChain(seq: progress.seq + 1)
    }
    var reader = FrameReader(firstSeq: first, body: bytes, words: frames.bytes(4))
    var count: Int64 = 0
    while let entry = try reader.next() {
      try body(entry, reader.step)
      count += 1
    }
    guard count == frames.integer(1) else { throw JournalError.malformed(seq: first) }
    progress.seq = first + UInt64(count) - 1
    progress.chain = next
    progress.frames += 1
  }

  private func translating<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as MalformedRecord {
      throw JournalError.malformed(seq: error.seq)
    }
  }

  // MARK: Replies

  /// Removes replies given before `instant`.
  public func forgetReplies(before instant: Instant) throws(DatabaseError) {
    try stoppingIfBroken { () throws(DatabaseError) in
      try database.execute("DELETE FROM reply WHERE at_us < \(instant.microseconds)")
    }
  }

  /// How long nobody may have been there for replies to go on lapsing meanwhile.
  private static let shortAbsence: TimeSpan = .hours(1)

  /// The replies that are still to be given again, oldest first; older ones are removed. One that is not what was
  /// written is left out: a command is then carried out again rather than answered with anything.
  /// - Parameter last: The instant of the last record. Nothing lapses while nobody is there for longer than an hour, or
  ///   when the machine's clock was set ahead before the start: who asks again may have asked a second ago.
  public func replies(now: Instant, after last: Instant) throws(DatabaseError) -> [KeyedReply] {
    if last > .distantPast, now - last > Self.shortAbsence {
      try stoppingIfBroken { () throws(DatabaseError) in try postpone(by: now - last, now) }
    }
    try forgetReplies(before: now - Self.replyLifetime)
    return try storedReplies()
  }

  /// Counts as if all replies had been given so much later.
  private func postpone(by absence: TimeSpan, _ now: Instant) throws(DatabaseError) {
    let insert = try database.prepare(Self.keepReply)
    let replies = try storedReplies()
    try database.execute("BEGIN IMMEDIATE")
    for var reply in replies {
      reply.at = min(reply.at + absence, now)
      reply.bind(to: insert)
      try insert.step()
    }
    try database.execute("COMMIT")
  }

  private func storedReplies() throws(DatabaseError) -> [KeyedReply] {
    let rows = try database.prepare(
      "SELECT user, key, command, reply, at_us, digest FROM reply ORDER BY at_us")
    var replies: [KeyedReply] = []
    while try rows.step() {
      let reply = KeyedReply(
        user: UInt32(exactly: rows.integer(0)), key: rows.text(1),
        command: UInt64(bitPattern: rows.integer(2)), reply: rows.text(3),
        at: Instant(microseconds: rows.integer(4)))
      if reply.digest == UInt64(bitPattern: rows.integer(5)) { replies.append(reply) }
    }
    return replies
  }
}

extension KeyedReply {
  /// The number of a user in the table; nobody has -1.
  func bind(to insert: Statement) {
    insert.bind(1, user.map { Int64($0) } ?? -1)
    insert.bind(2, key)
    insert.bind(3, Int64(bitPattern: command))
    insert.bind(4, reply)
    insert.bind(5, at.microseconds)
    insert.bind(6, Int64(bitPattern: digest))
  }
}
