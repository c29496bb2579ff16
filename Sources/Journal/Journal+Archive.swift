import Base
public import Frames

// Closed history lies in archive files beside the journal: the journal begins after the last of them, with the state at
// that place, its base.

extension Journal {
  static let archiveTables = """
    CREATE TABLE IF NOT EXISTS archive(
      last INTEGER PRIMARY KEY, first INTEGER NOT NULL, name TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS base(
      seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, plan TEXT NOT NULL, state BLOB NOT NULL,
      chain INTEGER NOT NULL, hash INTEGER NOT NULL, reports BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS base_days(
      last INTEGER PRIMARY KEY, days BLOB NOT NULL, hash INTEGER NOT NULL
    ) STRICT;
    """

  /// Where the journal begins.
  public struct Beginning: Equatable, Sendable {
    /// The state there, after the last record in archive files.
    public var place: Place
    /// What a read model needs to go on from there.
    public var reports: ReportsBeginning
  }

  /// Reads which archive files there are, of a journal that may be older than they.
  func readArchives() throws(DatabaseError) -> (files: [ArchiveFile], chain: UInt64) {
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('archive', 'base', 'base_days')"
    guard try database.integer(tables) == 3 else { return ([], 0) }
    let rows = try database.prepare("SELECT first, last, name FROM archive ORDER BY last")
    var files: [ArchiveFile] = []
    while try rows.step() {
      files.append(
        ArchiveFile(
          name: rows.text(2), first: UInt64(max(0, rows.integer(0))),
          last: UInt64(max(0, rows.integer(1)))))
    }
    let chain = try database.integer("SELECT chain FROM base") ?? 0
    return (files, UInt64(bitPattern: chain))
  }

  /// Where the journal begins; `nil`: with the first record.
  /// - Parameter hasDays: Whether the figures of closed days are wanted, too.
  /// - Throws: ``JournalError/brokenChain(seq:)`` if that is not what was written.
  /// - Complexity: O(*state*), with the days O(*days* x *reps*).
  public func beginning(hasDays: Bool) throws -> Beginning? {
    guard archived > 0 else { return nil }
    let row = try database.prepare("SELECT seq, at_us, plan, state, chain, hash, reports FROM base")
    defer { row.reset() }
    guard try row.step() else { throw JournalError.brokenChain(seq: archived) }
    var base = Beginning(
      place: Place(row), reports: ReportsBeginning(rows: row.bytes(6), days: []))
    guard base.place.seq == archived, base.hash == UInt64(bitPattern: row.integer(5)) else {
      throw JournalError.brokenChain(seq: archived)
    }
    if hasDays { base.reports.days = try closedDays() }
    return base
  }

  private func closedDays() throws -> [UInt8] {
    let rows = try database.prepare("SELECT last, days, hash FROM base_days ORDER BY last")
    defer { rows.reset() }
    var days: [UInt8] = []
    while try rows.step() {
      let (last, piece) = (rows.integer(0), rows.bytes(1))
      guard Self.hash(days: piece, last) == UInt64(bitPattern: rows.integer(2)) else {
        throw JournalError.brokenChain(seq: archived)
      }
      days += piece
    }
    return days
  }

  private static func hash(days: [UInt8], _ last: Int64) -> UInt64 {
    SipHash.hash(days[...], k0: 3, k1: UInt64(bitPattern: last))
  }

  /// The instant of the first step after record `seq`; `nil`: there is none.
  public func firstInstant(after seq: UInt64) throws -> Instant? {
    try firstInstant("seq > \(Int64(clamping: max(seq, archived)))")
  }

  /// The instant of the first step whose words are to be forgotten some day, and are not; `nil`: there is none.
  /// - Complexity: O(*frames without words after those forgotten*).
  public func firstInstantWithWords() throws -> Instant? {
    let seq = max(forgotten?.through ?? 0, archived)
    return try firstInstant("seq > \(Int64(clamping: seq)) AND words IS NOT NULL")
  }

  private func firstInstant(_ condition: String) throws -> Instant? {
    let row = try database.prepare(
      "SELECT seq, count, body, chain, words FROM frame WHERE \(condition) ORDER BY seq LIMIT 1")
    defer { row.reset() }
    return try row.step() ? try StoredFrame(row).lastStep() : nil
  }

  // MARK: Closing

  /// Where the next archive file begins, and what is known there.
  public func archivePlace() throws -> ArchivePlace {
    let file = ArchiveFile(from: archived + 1, of: path, epoch: epoch)
    return ArchivePlace(
      journal: path, identity: identity, file: file, chain: archivedChain, before: archives,
      fileSystem: fileSystem, beginning: try? beginning(hasDays: false))
  }

  /// Puts an archive file and a base in the place of records, in the transaction that is under way. The records
  /// themselves go later, a few at a time.
  func close(_ closing: Closing) throws(DatabaseError) {
    let last = Int64(clamping: closing.archive.last)
    let insert = try database.prepare("INSERT INTO archive(last, first, name) VALUES(?1, ?2, ?3)")
    insert.bind(1, last)
    insert.bind(2, Int64(clamping: closing.archive.first))
    insert.bind(3, closing.archive.name)
    try insert.step()
    try database.execute("DELETE FROM base")
    let base = Beginning(closing)
    let keep = try database.prepare("INSERT INTO base VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
    keep.bind(1, last)
    keep.bind(2, closing.at.microseconds)
    keep.bind(3, closing.plan)
    keep.bind(4, bytes: closing.state)
    keep.bind(5, Int64(bitPattern: closing.chain))
    keep.bind(6, Int64(bitPattern: base.hash))
    keep.bind(7, bytes: closing.reports.rows)
    try keep.step()
    if closing.hasAllDays { try database.execute("DELETE FROM base_days") }
    let add = try database.prepare("INSERT INTO base_days VALUES(?1, ?2, ?3)")
    add.bind(1, last)
    add.bind(2, bytes: closing.reports.days)
    add.bind(3, Int64(bitPattern: Self.hash(days: closing.reports.days, last)))
    try add.step()
  }

  /// Takes records out that are in an archive file.
  /// - Parameter frames: How many frames at most, so that no commit waits; deep ones count for more.
  /// - Returns: whether there are none left.
  /// - Throws: ``JournalError`` if the file with them is not where it was put, or does not end where it should: they stay.
  public func dropArchived(frames: Int) throws -> Bool {
    guard archived > 0, let last = try lastToDrop(frames) else { return true }
    try requireLastArchive()
    try stoppingIfBroken { () throws(DatabaseError) in
      try database.execute("DELETE FROM frame WHERE seq <= \(last)")
    }
    return false
  }

  private func lastToDrop(_ frames: Int) throws(DatabaseError) -> Int64? {
    let rows = try database.prepare(
      "SELECT seq, length(body) FROM frame WHERE seq <= ?1 ORDER BY seq LIMIT ?2")
    rows.bind(1, Int64(clamping: archived))
    rows.bind(2, Int64(frames))
    defer { rows.reset() }
    var (last, bytes): (Int64?, Int64) = (nil, 0)
    while bytes < Self.enough, try rows.step() {
      (last, bytes) = (rows.integer(0), bytes + rows.integer(1))
    }
    return last
  }

  /// A backup may have been put back without its files.
  private func requireLastArchive() throws {
    guard let last = archives.last else { return }
    let file = try archive(last)
    let end = try file.prepare("SELECT seq + count - 1, chain FROM frame ORDER BY seq DESC LIMIT 1")
    defer { end.reset() }
    guard try end.step(), end.integer(0) == Int64(clamping: archived),
      UInt64(bitPattern: end.integer(1)) == archivedChain
    else { throw JournalError.notAnArchive(path: last.path(beside: path)) }
  }

  /// The next frames that may go to an archive file, and whether those are all.
  ///
  /// - Parameters:
  ///   - seq: The record after which to begin.
  ///   - end: Frames of this instant or a later one stay.
  ///   - limit: How many frames at most; deep ones count for more.
  public func frames(
    after seq: UInt64, before end: Instant, limit: Int
  ) throws -> (frames: [StoredFrame], isAtEnd: Bool) {
    let rows = try database.prepare(
      "SELECT seq, count, body, chain, words FROM frame WHERE seq > ?1 ORDER BY seq LIMIT ?2")
    rows.bind(1, Int64(clamping: max(seq, archived)))
    rows.bind(2, Int64(limit))
    defer { rows.reset() }
    var (frames, bytes): ([StoredFrame], Int) = ([], 0)
    while bytes < Self.enough, frames.count < limit {
      guard try rows.step() else { return (frames, true) }
      let frame = StoredFrame(rows)
      if try frame.lastStep() >= end { return (frames, true) }
      frames.append(frame)
      bytes += frame.body.count
    }
    return (frames, false)
  }

  // MARK: Reading

  func archive(_ file: ArchiveFile) throws(JournalError) -> Database {
    try file.open(beside: path, of: identity, fileSystem)
  }

  /// Whether every archive file is where it was put.
  /// - Throws: ``JournalError/notAnArchive(path:)`` if one is damaged, or of another journal.
  public func hasAllArchives() throws -> Bool {
    for file in archives {
      do throws(JournalError) {
        _ = try archive(file)
      } catch {
        if case .archiveMissing = error { return false }
        throw error
      }
    }
    return true
  }
}

extension ArchiveFile {
  /// Opens the file, to read it.
  func open(
    beside journal: String, of identity: String, _ fileSystem: String?
  ) throws(JournalError) -> Database {
    let path = path(beside: journal)
    do throws(DatabaseError) {
      let database = try Database(path: path, readOnly: true, fileSystem: fileSystem)
      let found = try database.text("SELECT value FROM meta WHERE key='identity'")
      if found == identity { return database }
    } catch {
      // SQLITE_CANTOPEN.
      if error.code & 0xFF == 14 { throw .archiveMissing(path: path, through: last) }
    }
    throw .notAnArchive(path: path)
  }
}

extension Journal.Beginning {
  /// What a journal keeps of `closing`.
  fileprivate init(_ closing: Closing) {
    let snapshot = Snapshot(at: closing.at, plan: closing.plan, state: closing.state)
    self.init(
      place: .init(snapshot: snapshot, seq: closing.archive.last, chain: closing.chain),
      reports: closing.reports)
  }

  /// Hash over all parts.
  fileprivate var hash: UInt64 {
    SipHash.hash(reports.rows[...], k0: place.snapshot.hash, k1: place.seq ^ place.chain)
  }
}

extension StoredFrame {
  init(_ row: Statement) {
    self.init(
      seq: UInt64(max(0, row.integer(0))), count: Int(clamping: row.integer(1)),
      body: row.bytes(2), words: row.bytes(4), chain: UInt64(bitPattern: row.integer(3)))
  }

  /// The instant of its last step.
  fileprivate func lastStep() throws -> Instant {
    var reader = FrameReader(firstSeq: seq, body: body)
    do {
      while try reader.next() != nil {}
    } catch {
      throw JournalError.malformed(seq: error.seq)
    }
    return reader.step.at
  }
}
