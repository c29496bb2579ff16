import Base
import Routing

/// The truth: a numbered, hash-chained, append-only list of records in an SQLite database that one
/// process owns.
///
/// A frame is what one transaction added. `append` returns only when it is on disk: WAL with
/// `synchronous=FULL`. `locking_mode=EXCLUSIVE` is set before the first access, so that the WAL index
/// lives in memory: with a shared one, reopening on a full disk ends in SIGBUS.
public final class Journal {
  /// The schema this program writes.
  public static let schemaVersion = Int64(migrations.count)
  /// Replies to keyed commands are given again for this long.
  public static let replyLifetime: TimeSpan = .seconds(86_400)

  /// The number of the last record; 0 if there is none.
  public private(set) var lastSeq: UInt64 = 0
  /// Names the journal for ever; shown in the greeting.
  public private(set) var identity = ""

  fileprivate let database: Database
  private var chain: UInt64 = 0
  /// Set while a write is under way, and for ever if it fails, or if the journal is only read.
  private var hasFailed = false
  private let begin: Statement
  private let commit: Statement
  private let insertFrame: Statement
  private let insertReply: Statement

  /// Opens, or makes, the journal at `path`.
  ///
  /// - Parameters:
  ///   - path: The database file.
  ///   - fileSystem: The name of an SQLite VFS; `nil`: the machine's files.
  ///   - readOnly: Changes nothing, makes nothing: for a backup, or a journal whose daemon does not run.
  ///   - makeIdentity: Called for a new journal.
  public init(
    path: String, fileSystem: String? = nil, readOnly: Bool = false, makeIdentity: () -> String
  ) throws(JournalError) {
    do {
      database = try Database(
        path: path, readOnly: readOnly, patience: 0, fileSystem: fileSystem)
      if readOnly {
        try Self.checkSchema(database, path)
      } else {
        try Self.configure(database)
        try Self.migrate(database)
      }
      begin = try database.prepare("BEGIN IMMEDIATE")
      commit = try database.prepare("COMMIT")
      insertFrame = try database.prepare(
        "INSERT INTO frame(seq, count, body, chain) VALUES(?1, ?2, ?3, ?4)")
      insertReply = try database.prepare(
        "INSERT OR REPLACE INTO reply(key, command, reply, at_us) VALUES(?1, ?2, ?3, ?4)")
      try readEnd()
      try readIdentity(makeIdentity)
      hasFailed = readOnly
    } catch let error as DatabaseError {
      // SQLITE_BUSY, SQLITE_LOCKED: somebody else holds the exclusive lock.
      if error.code & 0xFF == 5 || error.code & 0xFF == 6 { throw .inUse(path: path) }
      throw .database(error)
    } catch let error as JournalError {
      throw error
    } catch {
      throw .malformed(seq: 0)
    }
  }

  /// The log goes into the database only if nothing has failed: after a failed sync nobody knows what is in it,
  /// and recovery must be able to look.
  deinit {
    if !hasFailed { try? database.execute("PRAGMA wal_checkpoint(TRUNCATE)") }
  }

  private static func configure(_ database: Database) throws(DatabaseError) {
    database.leaveLogOnClose()
    try database.execute("PRAGMA locking_mode=EXCLUSIVE")
    try database.execute("PRAGMA journal_mode=WAL")
    try database.execute("PRAGMA synchronous=FULL")
    try database.execute("PRAGMA wal_autocheckpoint=1000")
  }

  private static func checkSchema(_ database: Database, _ path: String) throws {
    let version = try database.integer("PRAGMA user_version") ?? 0
    if version > schemaVersion {
      throw JournalError.tooNew(version: version, supported: schemaVersion)
    }
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('frame', 'meta', 'reply')"
    guard version > 0, try database.integer(tables) == 3 else {
      throw JournalError.notAJournal(path: path)
    }
  }

  /// The steps from each schema version to the next.
  private static let migrations = [
    """
    CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE frame(
      seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, body BLOB NOT NULL, chain INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE snapshot(
      seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, plan TEXT NOT NULL, state BLOB NOT NULL,
      shell BLOB NOT NULL, chain INTEGER NOT NULL, hash INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE reply(
      key TEXT PRIMARY KEY, command INTEGER NOT NULL, reply TEXT NOT NULL, at_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    // Old replies are forgotten once an hour, on the thread that commits: without a search through all of them.
    "CREATE INDEX reply_at ON reply(at_us);",
  ]

  private static func migrate(_ database: Database) throws {
    let version = try database.integer("PRAGMA user_version") ?? 0
    if version > schemaVersion {
      throw JournalError.tooNew(version: version, supported: schemaVersion)
    }
    if version == schemaVersion { return }
    try database.execute("BEGIN IMMEDIATE")
    for step in migrations[Int(version)...] { try database.execute(step) }
    try database.execute("PRAGMA user_version=\(schemaVersion)")
    try database.execute("COMMIT")
  }

  /// Numbers and counts of records that can be counted on from.
  private static let possible = 1...Int64.max / 4

  private func readEnd() throws {
    let last = try database.prepare(
      "SELECT seq, count, chain FROM frame ORDER BY seq DESC LIMIT 1")
    guard try last.step() else { return }
    let (first, count) = (last.integer(0), last.integer(1))
    // A damaged database may hold anything.
    guard Self.possible.contains(first), Self.possible.contains(count) else {
      throw JournalError.malformed(seq: UInt64(max(0, first)))
    }
    lastSeq = UInt64(first + count - 1)
    chain = UInt64(bitPattern: last.integer(2))
    last.reset()
  }

  private func readIdentity(_ make: () -> String) throws(DatabaseError) {
    if let known = try database.text("SELECT value FROM meta WHERE key='identity'") {
      identity = known
      return
    }
    identity = make()
    let insert = try database.prepare("INSERT INTO meta VALUES('identity', ?1)")
    insert.bind(1, identity)
    try insert.step()
  }

  // MARK: Writing

  /// Adds a batch in one transaction. When this returns it is on disk.
  ///
  /// Any error means that nobody knows whether it is: the caller answers no more, and exits. fsync is
  /// never tried again (after a failed one the kernel may call dirty pages clean).
  public func append(_ batch: Batch) throws(DatabaseError) {
    if batch.isEmpty { return }
    guard !hasFailed else {
      throw DatabaseError(code: 10, message: "an earlier write failed", action: "append")
    }
    hasFailed = true
    var added: (chain: UInt64, count: UInt64) = (chain, 0)
    try begin.step()
    if batch.count > 0 {
      let seq = lastSeq + 1
      let next = Self.link(chain, seq: seq, batch.body)
      insertFrame.bind(1, Int64(seq))
      insertFrame.bind(2, Int64(batch.count))
      insertFrame.bind(3, bytes: batch.body)
      insertFrame.bind(4, Int64(bitPattern: next))
      try insertFrame.step()
      added = (next, UInt64(batch.count))
    }
    for reply in batch.replies {
      insertReply.bind(1, reply.column)
      insertReply.bind(2, Int64(bitPattern: reply.command))
      insertReply.bind(3, reply.reply)
      insertReply.bind(4, reply.at.microseconds)
      try insertReply.step()
    }
    try commit.step()
    (chain, lastSeq) = (added.chain, lastSeq + added.count)
    hasFailed = false
  }

  /// Runs a write that may be done without. After an I/O error (not: a full disk) the journal writes no more.
  private func stoppingIfBroken(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
    guard !hasFailed else {
      throw DatabaseError(code: 10, message: "an earlier write failed", action: "write")
    }
    do {
      try body()
    } catch {
      // SQLITE_IOERR.
      hasFailed = error.code & 0xFF == 10
      throw error
    }
  }

  /// Removes replies given before `instant`.
  public func forgetReplies(before instant: Instant) throws(DatabaseError) {
    try stoppingIfBroken { () throws(DatabaseError) in
      try database.execute("DELETE FROM reply WHERE at_us < \(instant.microseconds)")
    }
  }

  /// The hash by which a repeated command is told from another one with the same key.
  public static func commandHash(_ line: String) -> UInt64 {
    SipHash.hash(line.utf8, k0: 0x726f_7461, k1: 1)
  }

  static func link(_ chain: UInt64, seq: UInt64, _ body: [UInt8]) -> UInt64 {
    SipHash.hash(body, k0: chain, k1: seq)
  }

  // MARK: Reading

  /// Calls `body` with each record from number `seq` on, in order, until it returns `false`.
  public func read(
    from seq: UInt64, _ body: (Record) throws -> Bool
  ) throws {
    let frames = try database.prepare(
      """
      SELECT seq, body FROM frame
      WHERE seq >= coalesce((SELECT max(seq) FROM frame WHERE seq <= ?1), ?1) ORDER BY seq
      """)
    frames.bind(1, Int64(clamping: seq))
    defer { frames.reset() }
    while try frames.step() {
      var reader = FrameReader(firstSeq: UInt64(max(0, frames.integer(0))), body: frames.bytes(1))
      while let record = try reader.next() {
        if record.seq >= seq, try !body(record) { return }
      }
    }
  }

  /// The replies that are still to be given again, oldest first; older ones are removed.
  public func replies(now: Instant) throws(DatabaseError) -> [Batch.KeyedReply] {
    try forgetReplies(before: now - Self.replyLifetime)
    let rows = try database.prepare("SELECT key, command, reply, at_us FROM reply ORDER BY at_us")
    var replies: [Batch.KeyedReply] = []
    while try rows.step() {
      let (user, key) = Batch.KeyedReply.parts(ofColumn: rows.text(0))
      replies.append(
        Batch.KeyedReply(
          user: user, key: key, command: UInt64(bitPattern: rows.integer(1)), reply: rows.text(2),
          at: Instant(microseconds: rows.integer(3))))
    }
    return replies
  }

  /// Begins a copy of the journal to a new file; it is made in steps, between which records may be added.
  public func copy(to path: String) throws(DatabaseError) -> DatabaseCopy {
    try database.copy(to: path)
  }

  // MARK: Snapshots

  /// A place between two records.
  public struct Mark: Equatable, Sendable {
    /// The number of the record before it.
    public let seq: UInt64
    let chain: UInt64
  }

  /// The place after the last record.
  public var end: Mark { Mark(seq: lastSeq, chain: chain) }

  /// Saves the state at `mark`, so that recovery need not begin at the first record.
  public func save(_ snapshot: Snapshot, at mark: Mark) throws(DatabaseError) {
    try stoppingIfBroken { () throws(DatabaseError) in try write(snapshot, mark) }
  }

  private func write(_ snapshot: Snapshot, _ mark: Mark) throws(DatabaseError) {
    let insert = try database.prepare(
      "INSERT OR REPLACE INTO snapshot VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
    insert.bind(1, Int64(mark.seq))
    insert.bind(2, snapshot.at.microseconds)
    insert.bind(3, snapshot.plan)
    insert.bind(4, bytes: snapshot.state)
    insert.bind(5, bytes: snapshot.shell)
    insert.bind(6, Int64(bitPattern: mark.chain))
    insert.bind(7, Int64(bitPattern: snapshot.hash))
    try insert.step()
    // A few are kept: a damaged one must not cost the others.
    try database.execute(
      "DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT 3)")
  }

  /// The newest sound snapshot, the number of its last record, and the chain's value there.
  public func newestSnapshot() throws(DatabaseError) -> (Snapshot, seq: UInt64, chain: UInt64)? {
    let rows = try database.prepare(
      "SELECT seq, at_us, plan, state, shell, chain, hash FROM snapshot ORDER BY seq DESC")
    defer { rows.reset() }
    while try rows.step() {
      let snapshot = Snapshot(
        at: Instant(microseconds: rows.integer(1)), plan: rows.text(2), state: rows.bytes(3),
        shell: rows.bytes(4))
      let seq = UInt64(max(0, rows.integer(0)))
      if snapshot.hash == UInt64(bitPattern: rows.integer(6)), seq <= lastSeq {
        return (snapshot, seq, UInt64(bitPattern: rows.integer(5)))
      }
    }
    return nil
  }

  /// Calls `body` with each frame after record `seq`, checking that the chain holds from `chain` on.
  ///
  /// - Parameters:
  ///   - seq: The last record known; 0 for all.
  ///   - chain: The chain's value after it; 0 for all.
  ///   - goesOn: Asked after each frame whether to read another one.
  ///   - body: Called with each record.
  /// - Returns: the last record seen, the chain's value there, and whether the end was reached.
  public func replay(
    after seq: UInt64, chain: UInt64, while goesOn: () -> Bool = { true },
    _ body: (Record) throws -> Void
  ) throws -> (seq: UInt64, chain: UInt64, isAtEnd: Bool) {
    let frames = try database.prepare(
      "SELECT seq, count, body, chain FROM frame WHERE seq > ?1 ORDER BY seq")
    frames.bind(1, Int64(clamping: seq))
    defer { frames.reset() }
    var (seq, chain) = (seq, chain)
    repeat {
      guard try frames.step() else { return (seq, chain, true) }
      let first = UInt64(max(0, frames.integer(0)))
      let bytes = frames.bytes(2)
      let next = Self.link(chain, seq: first, bytes)
      guard first == seq + 1, next == UInt64(bitPattern: frames.integer(3)) else {
        throw JournalError.brokenChain(seq: seq + 1)
      }
      var reader = FrameReader(firstSeq: first, body: bytes)
      var count: Int64 = 0
      while let record = try reader.next() {
        try body(record)
        count += 1
      }
      guard count == frames.integer(1) else { throw JournalError.malformed(seq: first) }
      seq = first + UInt64(count) - 1
      chain = next
    } while goesOn()
    return (seq, chain, false)
  }
}

/// The state after some record: the engine's, and what the shell around it knows.
public struct Snapshot: Equatable, Sendable {
  /// The instant of the last record.
  public var at: Instant
  /// Engine plan and directory, as JSON.
  public var plan: String
  /// The engine's state.
  public var state: [UInt8]
  /// The shell's state.
  public var shell: [UInt8]

  /// A snapshot of these parts.
  public init(at: Instant, plan: String, state: [UInt8], shell: [UInt8]) {
    self.at = at
    self.plan = plan
    self.state = state
    self.shell = shell
  }

  /// Hash over all parts.
  public var hash: UInt64 {
    let plan = SipHash.hash(plan.utf8, k0: 1, k1: UInt64(bitPattern: at.microseconds))
    let state = SipHash.hash(state, k0: 2, k1: plan)
    return SipHash.hash(shell, k0: 3, k1: state)
  }
}

extension Journal {
  /// The value of an SQLite setting, for checks.
  func pragma(_ name: String) throws(DatabaseError) -> String? {
    try database.text("PRAGMA \(name)")
  }
}
