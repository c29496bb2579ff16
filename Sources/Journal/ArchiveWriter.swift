import Base
public import Frames

/// Where an archive file of a journal is to begin.
public struct ArchivePlace: Sendable {
  let journal: String
  /// The name of the journal.
  public let identity: String
  let file: ArchiveFile
  let chain: UInt64
  let before: [ArchiveFile]
  let fileSystem: String?
  /// What the journal has in the place of the files before; `nil`: there are none, or it cannot be read.
  public let beginning: Journal.Beginning?
  /// The folder that it is in.
  public var folder: String {
    let folder = ArchiveFile.folder(of: journal)
    return folder.isEmpty ? "." : folder
  }

  /// Calls `body` with each frame of the files before, in order.
  /// - Throws: ``JournalError`` if one is not where it was put, or damaged; what `body` throws.
  public func readBefore(_ body: (StoredFrame) throws -> Void) throws {
    var (last, chain): (UInt64, UInt64) = (0, 0)
    for file in before {
      let database = try file.open(beside: journal, of: identity, fileSystem)
      let rows = try database.prepare(
        "SELECT seq, count, body, chain, words FROM frame ORDER BY seq")
      defer { rows.reset() }
      while try rows.step() {
        let frame = StoredFrame(rows)
        chain = Journal.link(chain, seq: frame.seq, frame.body)
        guard frame.seq == last + 1, frame.chain == chain else {
          throw JournalError.notAnArchive(path: file.path(beside: journal))
        }
        last = frame.last
        try body(frame)
      }
    }
  }
}

/// Makes an archive file: an SQLite database like the journal, with its frames. It counts once the
/// journal names it; what a process that died has left under its name is written over.
public final class ArchiveWriter {
  private let database: Database
  private let insert: Statement
  /// What it has so far.
  public private(set) var file: ArchiveFile
  /// The chain's value after its last record.
  public private(set) var chain: UInt64

  /// Begins the file of `place`.
  /// - Throws: ``JournalError/notAnArchive(path:)`` if there is one of another journal: that is never written over.
  public init(_ place: ArchivePlace) throws {
    let path = place.file.path(beside: place.journal)
    database = try Database(path: path, fileSystem: place.fileSystem)
    try database.execute("PRAGMA journal_mode=DELETE")
    // The removal of its rollback journal, too: the frames go from the journal a moment later.
    try database.execute("PRAGMA synchronous=EXTRA")
    let isKnown = "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'"
    if try database.integer(isKnown) == 1,
      try database.text("SELECT value FROM meta WHERE key='identity'") != place.identity
    {
      throw JournalError.notAnArchive(path: path)
    }
    try database.execute(
      """
      BEGIN IMMEDIATE;
      DROP TABLE IF EXISTS frame;
      DROP TABLE IF EXISTS meta;
      """)
    try database.execute(Schema.meta + Schema.frames("frame"))
    insert = try database.prepare("INSERT INTO frame VALUES(?1, ?2, ?3, ?4, ?5)")
    (file, chain) = (place.file, place.chain)
    let name = try database.prepare("INSERT INTO meta VALUES('identity', ?1)")
    name.bind(1, place.identity)
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
