import Base
import Frames
import Glibc

/// Takes the frames of a journal of an earlier schema over, one after the other, from the first to the last. What
/// they say is known to who does it; the journal sees to it that all or nothing is done.
public protocol Takeover: AnyObject {
  /// It begins; there is no way back but a backup.
  /// - Parameters:
  ///   - schema: The schema of the journal.
  ///   - bytes: Its size.
  func begin(schema: Int64, bytes: Int64)
  /// Writes what the frame whose first record is number `seq` says to `batch`, which is empty: as many records.
  /// - Throws: ``MalformedRecord`` if the bytes say nothing.
  func take(_ body: [UInt8], seq: UInt64, into batch: inout Batch) throws
  /// Whose key a reply belongs to, and the key: what was one column.
  func key(ofColumn text: String) -> (user: UInt32?, key: String)
  /// Called after each frame.
  /// - Parameters:
  ///   - seq: The last record taken over.
  ///   - last: The last record of the journal.
  func proceeded(to seq: UInt64, of last: UInt64)
  /// All frames are taken over; what is left to be done takes long for a large journal, and says nothing meanwhile.
  func finishing()
  /// How many bytes are free for the file at `path`; `nil`: nobody knows.
  func freeBytes(at path: String) -> Int64?
}

/// What the file system says of itself.
public enum DiskSpace {
  /// What is left to the journal by everything that can be done another time.
  public static let margin: Int64 = 64 << 20

  /// How many bytes are free for the file at `path`; `nil`: nobody knows.
  public static func free(at path: String) -> Int64? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    // A network file system may say that there is no end to it.
    let (bytes, isEndless) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    return isEndless ? .max : Int64(clamping: bytes)
  }
}

/// The tables of a journal: makes them, or brings those of earlier versions up to date, in one transaction.
struct Schema {
  private let database: Database
  private let opening: Journal.Opening

  init(_ database: Database, _ opening: Journal.Opening) {
    self.database = database
    self.opening = opening
  }

  static let meta =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

  /// The chain covers body, not words: those can be taken out.
  static func frames(_ name: String) -> String {
    """
    CREATE TABLE \(name)(
      seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, body BLOB NOT NULL, words BLOB,
      chain INTEGER NOT NULL
    ) STRICT;
    """
  }

  private static let snapshots = """
    CREATE TABLE snapshot(
      seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, plan TEXT NOT NULL, state BLOB NOT NULL,
      chain INTEGER NOT NULL, hash INTEGER NOT NULL
    ) STRICT;
    """

  /// By whose they are. Old ones are forgotten once an hour, on the thread that commits: without a search through all
  /// of them.
  private static let replies = """
    CREATE TABLE reply(
      user INTEGER NOT NULL, key TEXT NOT NULL, command INTEGER NOT NULL, reply TEXT NOT NULL,
      at_us INTEGER NOT NULL, digest INTEGER NOT NULL, PRIMARY KEY(user, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reply_at ON reply(at_us);
    """

  /// - Returns: the schema that it had, if that was an earlier one.
  func bringUpToDate() throws -> Int64? {
    let version = try database.integer("PRAGMA user_version") ?? 0
    if version > Journal.schemaVersion {
      throw JournalError.tooNew(version: version, supported: Journal.schemaVersion)
    }
    if opening.readOnly { try requireJournal(version) }
    if version == Journal.schemaVersion {
      try checkVocabulary()
      if !opening.readOnly { try database.execute(Journal.archiveTables) }
      return nil
    }
    guard version > 0 || !opening.readOnly else {
      throw JournalError.notAJournal(path: opening.path)
    }
    if version > 0, opening.readOnly || opening.takeover == nil {
      throw JournalError.outdated(version: version)
    }
    if version > 0 { try requireRoom() }
    try database.execute("BEGIN IMMEDIATE")
    if version == 0 { try make() } else { try takeOver(version) }
    try database.execute(Journal.archiveTables)
    try setVocabulary()
    try database.execute("PRAGMA user_version=\(Journal.schemaVersion)")
    try database.execute("COMMIT")
    return version == 0 ? nil : version
  }

  private func requireJournal(_ version: Int64) throws {
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('frame', 'meta', 'reply')"
    guard version > 0, try database.integer(tables) == 3 else {
      throw JournalError.notAJournal(path: opening.path)
    }
  }

  // MARK: Vocabulary

  private func checkVocabulary() throws {
    let text = try database.text("SELECT value FROM meta WHERE key='vocabulary'") ?? ""
    let known = Int64(text) ?? 0
    if known > opening.vocabulary {
      throw JournalError.unknownVocabulary(version: known, supported: opening.vocabulary)
    }
    if known < opening.vocabulary, !opening.readOnly { try setVocabulary() }
  }

  private func setVocabulary() throws(DatabaseError) {
    try database.execute(
      "INSERT OR REPLACE INTO meta VALUES('vocabulary', '\(opening.vocabulary)')")
  }

  // MARK: Tables

  private func make() throws(DatabaseError) {
    let tables = [Self.meta, Self.frames("frame"), Self.snapshots, Self.replies]
    try database.execute(tables.joined(separator: "\n"))
  }

  /// Room for the new frames beside the old ones: first in the log, then in the file as well, while the log is still
  /// there. They are half as large again as the old ones.
  private func requireRoom() throws {
    guard opening.fileSystem == nil, let takeover = opening.takeover,
      let free = takeover.freeBytes(at: opening.path)
    else { return }
    // What an attempt that was interrupted has left in the log is free.
    try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let needed = try size() * 32 / 10
    if free < needed { throw JournalError.noRoom(needed: needed, free: free) }
  }

  private func size() throws(DatabaseError) -> Int64 {
    let pages = try database.integer("PRAGMA page_count") ?? 0
    return pages * (try database.integer("PRAGMA page_size") ?? 0)
  }

  private func takeOver(_ version: Int64) throws {
    guard let takeover = opening.takeover else { return }
    takeover.begin(schema: version, bytes: try size())
    // What it holds is in the frames, and of another shape now.
    try database.execute("DROP TABLE snapshot; ALTER TABLE reply RENAME TO old_reply;")
    try database.execute("DROP INDEX IF EXISTS reply_at")
    try database.execute(Self.frames("new_frame") + Self.snapshots + Self.replies)
    let chain = try takeFrames(takeover)
    takeover.finishing()
    try takeReplies(takeover)
    try database.execute(
      """
      DROP TABLE frame; ALTER TABLE new_frame RENAME TO frame; DROP TABLE old_reply;
      INSERT INTO meta VALUES('chain_before_3', '\(String(chain, radix: 16))');
      """)
  }

  /// - Returns: the chain's value at the end of the old frames.
  private func takeFrames(_ takeover: any Takeover) throws -> UInt64 {
    let old = try database.prepare("SELECT seq, count, body, chain FROM frame ORDER BY seq")
    let insert = try database.prepare("INSERT INTO new_frame VALUES(?1, ?2, ?3, ?4, ?5)")
    let last = UInt64(max(0, try database.integer("SELECT max(seq) FROM frame") ?? 0))
    var (seq, before, after): (UInt64, UInt64, UInt64) = (0, 0, 0)
    var batch = Batch()
    while try old.step() {
      let (first, count, body) = (old.integer(0), old.integer(1), old.bytes(2))
      before = Journal.link(before, seq: UInt64(max(0, first)), body)
      guard first == Int64(clamping: seq + 1), before == UInt64(bitPattern: old.integer(3)) else {
        throw JournalError.brokenChain(seq: seq + 1)
      }
      batch.removeAll()
      try takeover.take(body, seq: seq + 1, into: &batch)
      guard count == Int64(batch.count), count > 0 else {
        throw JournalError.malformed(seq: seq + 1)
      }
      after = Journal.link(after, seq: seq + 1, batch.body)
      try batch.insert(insert, seq: seq + 1, chain: after)
      seq += UInt64(count)
      takeover.proceeded(to: seq, of: last)
    }
    return before
  }

  private func takeReplies(_ takeover: any Takeover) throws(DatabaseError) {
    let old = try database.prepare("SELECT key, command, reply, at_us FROM old_reply")
    let insert = try database.prepare(Journal.keepReply)
    while try old.step() {
      let (user, key) = takeover.key(ofColumn: old.text(0))
      let reply = KeyedReply(
        user: user, key: key, command: UInt64(bitPattern: old.integer(1)), reply: old.text(2),
        at: Instant(microseconds: old.integer(3)))
      reply.bind(to: insert)
      try insert.step()
    }
  }
}
