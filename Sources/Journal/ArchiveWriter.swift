import Base
public import Frames

/// Makes an archive file: an SQLite database like the journal, with its frames. It counts once the
/// journal names it; what a process that died has left under its name is written over.
public final class ArchiveWriter {
  private let database: Database
  private let insert: Statement
  /// What it has so far.
  public private(set) var file: ArchiveFile
  /// The chain's value after its last record.
  public private(set) var chain: UInt64

  /// Begins a file at `path`.
  /// - Parameters:
  ///   - identity: The name of the journal.
  ///   - after: The last record before it.
  ///   - chain: The chain's value after that.
  ///   - fileSystem: The name of an SQLite VFS; `nil`: the machine's files.
  public init(
    path: String, identity: String, after seq: UInt64, chain: UInt64, fileSystem: String? = nil
  ) throws(DatabaseError) {
    database = try Database(path: path, fileSystem: fileSystem)
    try database.execute("PRAGMA journal_mode=DELETE")
    try database.execute("PRAGMA synchronous=FULL")
    try database.execute(
      """
      BEGIN IMMEDIATE;
      DROP TABLE IF EXISTS frame;
      DROP TABLE IF EXISTS meta;
      """)
    try database.execute(Schema.meta + Schema.frames("frame"))
    insert = try database.prepare("INSERT INTO frame VALUES(?1, ?2, ?3, ?4, ?5)")
    file = ArchiveFile(first: seq + 1, last: seq)
    self.chain = chain
    let name = try database.prepare("INSERT INTO meta VALUES('identity', ?1)")
    name.bind(1, identity)
    try name.step()
  }

  /// Adds a frame.
  /// - Throws: ``JournalError/brokenChain(seq:)`` if it does not follow.
  public func add(_ frame: StoredFrame) throws {
    let next = Journal.link(chain, seq: frame.seq, frame.body)
    guard frame.seq == file.last + 1, next == frame.chain else {
      throw JournalError.brokenChain(seq: file.last + 1)
    }
    insert.bind(1, Int64(clamping: frame.seq))
    insert.bind(2, Int64(frame.count))
    insert.bind(3, bytes: frame.body)
    if frame.words.isEmpty {
      insert.bind(4, nil as Int64?)
    } else {
      insert.bind(4, bytes: frame.words)
    }
    insert.bind(5, Int64(bitPattern: frame.chain))
    try insert.step()
    (file.last, chain) = (frame.last, next)
  }

  /// Everything is on disk when this returns.
  public func finish() throws(DatabaseError) {
    try database.execute("PRAGMA user_version=\(Journal.schemaVersion)")
    try database.execute("COMMIT")
  }
}
