import Base
public import Frames

/// The truth: a numbered, hash-chained, append-only list of records in an SQLite database that one
/// process owns. It knows bytes; what they say is known to who writes and reads them.
///
/// A frame is what one transaction added. `append` returns only when it is on disk: WAL with
/// `synchronous=FULL`. `locking_mode=EXCLUSIVE` is set before the first access, so that the WAL index
/// lives in memory: with a shared one, reopening on a full disk ends in SIGBUS.
public final class Journal {
  /// The schema this program writes.
  public static let schemaVersion: Int64 = 3
  /// Replies to keyed commands are given again for this long.
  public static let replyLifetime: TimeSpan = .seconds(86_400)

  /// The number of the last record; 0 if there is none.
  public private(set) var lastSeq: UInt64 = 0
  /// Names the journal for ever; shown in the greeting.
  public private(set) var identity = ""
  /// Names the history since the last time that the journal was put back from a copy.
  public private(set) var epoch = ""
  /// Whether this is a copy that has not been written yet: the first records are to begin a new epoch.
  public private(set) var isCopy = false
  /// Words up to this one are forgotten.
  public private(set) var forgotten: Forgetting?
  /// The archive files with what came before ``archived``, oldest first.
  public private(set) var archives: [ArchiveFile] = []
  /// The number of the last record that is in an archive file and not here; 0: all are here.
  public var archived: UInt64 { archives.last?.last ?? 0 }
  /// The chain's value after that record.
  private(set) var archivedChain: UInt64 = 0
  /// The schema from which it was taken over when it was opened; `nil`: it was of this one.
  public private(set) var formerSchema: Int64?

  let database: Database
  let path: String
  let fileSystem: String?
  private var chain: UInt64 = 0
  /// Set while a write is under way, and for ever if it fails, or if the journal is only read.
  private var hasFailed = false
  private let begin: Statement
  private let commit: Statement
  private let insertFrame: Statement
  private let insertReply: Statement

  /// How a journal is to be opened.
  public struct Opening {
    /// The database file.
    public var path: String
    /// The name of an SQLite VFS; `nil`: the machine's files.
    public var fileSystem: String?
    /// Changes nothing, makes nothing: for a backup, or a journal whose daemon does not run.
    public var readOnly = false
    /// The kinds of records that the program knows; a journal that may have others is left alone.
    public var vocabulary: Int64
    /// Takes over journals of earlier schemas; `nil`: they are left alone.
    public var takeover: (any Takeover)?

    /// The journal at `path`.
    public init(
      path: String, fileSystem: String? = nil, readOnly: Bool = false, vocabulary: Int64,
      takeover: (any Takeover)? = nil
    ) {
      self.path = path
      self.fileSystem = fileSystem
      self.readOnly = readOnly
      self.vocabulary = vocabulary
      self.takeover = takeover
    }
  }

  /// Opens, or makes, a journal.
  /// - Parameter draw: Makes a name that nothing else has: for a new journal, and a new epoch.
  public init(_ opening: Opening, draw: () -> String) throws(JournalError) {
    (path, fileSystem) = (opening.path, opening.fileSystem)
    do {
      database = try Database(
        path: opening.path, readOnly: opening.readOnly, patience: 0, fileSystem: opening.fileSystem)
      if !opening.readOnly { try Self.configure(database) }
      formerSchema = try Schema(database, opening).bringUpToDate()
      begin = try database.prepare("BEGIN IMMEDIATE")
      commit = try database.prepare("COMMIT")
      insertFrame = try database.prepare(
        "INSERT INTO frame(seq, count, body, words, chain) VALUES(?1, ?2, ?3, ?4, ?5)")
      insertReply = try database.prepare(Self.keepReply)
      (archives, archivedChain) = try readArchives()
      try readEnd()
      try readNames(isFixed: opening.readOnly, draw)
      hasFailed = opening.readOnly
    } catch let error as DatabaseError {
      throw error.isLock ? .inUse(path: opening.path) : .database(error)
    } catch let error as JournalError {
      throw error
    } catch let error as MalformedRecord {
      throw .malformed(seq: error.seq)
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
    // What is forgotten is to be in no free page.
    try database.execute("PRAGMA secure_delete=ON")
    try database.execute("PRAGMA wal_autocheckpoint=1000")
  }

  /// Numbers and counts of records that can be counted on from.
  static let possible = 1...Int64.max / 4

  private func readEnd() throws {
    (lastSeq, chain) = (archived, archivedChain)
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

  /// - Parameter isFixed: What is missing stays so.
  private func readNames(isFixed: Bool, _ draw: () -> String) throws(DatabaseError) {
    identity = try name("identity", isFixed, draw)
    epoch = try name("epoch", isFixed) { Self.epochName(draw()) }
    isCopy = try database.text("SELECT value FROM meta WHERE key='copy'") != nil
    forgotten = try readForgotten()
  }

  /// A short name for an epoch, of a long one.
  public static func epochName(_ name: String) -> String { String(name.prefix(8)).lowercased() }

  private func name(
    _ key: String, _ isFixed: Bool, _ draw: () -> String
  ) throws(DatabaseError) -> String {
    if let known = try database.text("SELECT value FROM meta WHERE key='\(key)'") { return known }
    if isFixed { return "" }
    let name = draw()
    try setName(key, name)
    return name
  }

  func setName(_ key: String, _ name: String) throws(DatabaseError) {
    let insert = try database.prepare("INSERT OR REPLACE INTO meta VALUES(?1, ?2)")
    insert.bind(1, key)
    insert.bind(2, name)
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
      try batch.insert(insertFrame, seq: seq, chain: next)
      added = (next, UInt64(batch.count))
    }
    for reply in batch.replies { try keep(reply) }
    if let epoch = batch.epoch { try begin(epoch) }
    if let forgetting = batch.forgetting { try forget(forgetting) }
    if let closing = batch.closing { try close(closing) }
    try commit.step()
    (chain, lastSeq) = (added.chain, lastSeq + added.count)
    if let epoch = batch.epoch { (self.epoch, isCopy) = (epoch, false) }
    forgotten = batch.forgetting ?? forgotten
    if let closing = batch.closing {
      archives.append(closing.archive)
      archivedChain = closing.chain
    }
    hasFailed = false
  }

  private func begin(_ epoch: String) throws(DatabaseError) {
    try setName("epoch", epoch)
    try database.execute("DELETE FROM meta WHERE key='copy'")
  }

  static let keepReply = """
    INSERT OR REPLACE INTO reply(user, key, command, reply, at_us, digest)
    VALUES(?1, ?2, ?3, ?4, ?5, ?6)
    """

  private func keep(_ reply: KeyedReply) throws(DatabaseError) {
    reply.bind(to: insertReply)
    try insertReply.step()
  }

  /// Runs a write that may be done without. After an I/O error (not: a full disk) the journal writes no more.
  func stoppingIfBroken(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
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

  /// The hash by which a repeated command is told from another one with the same key.
  public static func commandHash(_ line: String) -> UInt64 {
    SipHash.hash(Array(line.utf8)[...], k0: 0x726f_7461, k1: 1)
  }

  static func link(_ chain: UInt64, seq: UInt64, _ body: [UInt8]) -> UInt64 {
    SipHash.hash(body[...], k0: chain, k1: seq)
  }

  // MARK: Copies

  /// Begins a copy of the journal to a new file; it is made in steps, between which records may be added. Who goes on
  /// from the copy begins a new epoch.
  public func copy(to path: String) throws(DatabaseError) -> DatabaseCopy {
    try database.copy(to: path, sealedBy: "INSERT OR REPLACE INTO meta VALUES('copy', 'yes')")
  }

  /// A place between two records.
  public struct Mark: Equatable, Sendable {
    /// The number of the record before it.
    public let seq: UInt64
    let chain: UInt64
  }

  /// The place after the last record.
  public var end: Mark { Mark(seq: lastSeq, chain: chain) }
}

extension Journal {
  /// The value of an SQLite setting, for checks.
  func pragma(_ name: String) throws(DatabaseError) -> String? {
    try database.text("PRAGMA \(name)")
  }
}

extension Batch {
  /// Adds the frame to its table; no words are NULL.
  func insert(_ insert: Statement, seq: UInt64, chain: UInt64) throws(DatabaseError) {
    insert.bind(1, Int64(seq))
    insert.bind(2, Int64(count))
    insert.bind(3, bytes: body)
    if words.isEmpty { insert.bind(4, nil as Int64?) } else { insert.bind(4, bytes: words) }
    insert.bind(5, Int64(bitPattern: chain))
    try insert.step()
  }
}
