import Base
import Configuration
public import Events
import Glibc
public import Journal
import Routing

/// The read model in `reports.sqlite`.
///
/// Owned by one thread. A reply never waits for it: it follows the journal a moment later.
public final class ReportStore {
  let database: Database
  private let path: String
  private(set) var projector: Projector
  private let saveProgress: Statement
  private let saveNames: Statement
  /// The last record taken in.
  public private(set) var seq: UInt64

  /// Opens the read model at `path`; one of another schema or another journal is thrown away.
  ///
  /// - Parameters:
  ///   - path: The database file; empty: one that is gone when this is, and in memory only as far as it is small.
  ///   - journal: The identity of the journal it follows.
  public init(path: String, journal: String) throws(DatabaseError) {
    if try !Self.isUsable(path: path, journal: journal) {
      for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }
    self.path = path
    database = try Database(path: path)
    try database.execute("PRAGMA journal_mode=WAL")
    try database.execute("PRAGMA synchronous=OFF")
    // What is forgotten is to be in no free page.
    try database.execute("PRAGMA secure_delete=ON")
    if try database.integer("PRAGMA user_version") ?? 0 == 0 {
      try database.execute("BEGIN")
      try database.execute(ReportSchema.tables)
      try database.execute(ReportSchema.views)
      try database.execute("PRAGMA user_version=\(ReportSchema.version)")
      let insert = try database.prepare("INSERT INTO progress VALUES(0, ?1, '')")
      insert.bind(1, journal)
      try insert.step()
      try database.execute("COMMIT")
    }
    seq = UInt64(try database.integer("SELECT seq FROM progress") ?? 0)
    projector = try Self.projector(database)
    saveProgress = try database.prepare("UPDATE progress SET seq = ?1")
    saveNames = try database.prepare("UPDATE progress SET directory = ?1")
  }

  /// Whether there is a read model of this schema and journal, whole to the last page.
  /// - Complexity: O(*pages*), at the start alone.
  /// - Throws: When somebody else holds the file, so that nothing can be said.
  private static func isUsable(path: String, journal: String) throws(DatabaseError) -> Bool {
    if path.isEmpty { return true }
    do throws(DatabaseError) {
      let database = try Database(path: path, readOnly: true)
      let version = try database.integer("PRAGMA user_version")
      guard version == ReportSchema.version else { return false }
      guard try database.text("SELECT journal FROM progress") == journal else { return false }
      return try database.text("PRAGMA quick_check(1)") == "ok"
    } catch {
      if error.isLock { throw error }
      return false
    }
  }

  /// Records do not follow those that were taken in.
  public struct Gap: Error, Equatable, Sendable {
    /// The number of the last record taken in.
    public var last: UInt64
    /// The number of the one that came.
    public var next: UInt64
  }

  /// Takes in records that follow the last one, in one transaction. Plans among them apply in their order.
  /// - Throws: ``Gap`` if they do not follow it: what lies between would be missing in figures, and nobody would know.
  public func project(_ records: [Record]) throws {
    if let next = records.first(where: { $0.seq > seq }), next.seq != seq + 1 {
      throw Gap(last: seq, next: next.seq)
    }
    let before = projector
    try database.execute("BEGIN")
    do {
      var last = seq
      for record in records where record.seq > seq {
        try projector.project(record)
        last = record.seq
      }
      saveProgress.bind(1, Int64(last))
      try saveProgress.step()
      if records.contains(where: { $0.isPlan && $0.seq > seq }) {
        saveNames.bind(1, projector.directory.json)
        try saveNames.step()
      }
      try database.execute("COMMIT")
      seq = last
    } catch {
      try? database.execute("ROLLBACK")
      projector = before
      throw error
    }
  }

  /// The tables are what they are after record `seq`.
  func goOn(after seq: UInt64) throws(DatabaseError) {
    projector = try Self.projector(database)
    self.seq = seq
  }

  private static func projector(_ database: Database) throws(DatabaseError) -> Projector {
    let names = try database.text("SELECT directory FROM progress") ?? ""
    return try Projector(database, (try? Directory(json: names)) ?? Directory())
  }

  /// Who makes reports from it, on another thread.
  public func reader() throws(DatabaseError) -> ReportReader {
    path.isEmpty || path == ":memory:"
      ? ReportReader(sharing: database) : try ReportReader(path: path)
  }

  /// What is known of a call that is over.
  public struct PastCall: Sendable {
    /// When it began.
    public var arrived: Instant
    /// The number of the last record about it.
    public var changed: UInt64
    /// The rep who held it last.
    public var agent: String?
    /// The parts of the write-up that it has.
    public var written: Set<String>
  }

  /// The newest call named `name`.
  public func pastCall(named name: String) throws(DatabaseError) -> PastCall? {
    let find = try database.kept(
      """
      SELECT agent, client, order_number, call_back_number, category, disposition, notes,
        arrived_us, changed_seq FROM calls
      WHERE name = ?1 ORDER BY arrived_us DESC LIMIT 1
      """)
    find.bind(1, name)
    guard try find.step() else { return nil }
    defer { find.reset() }
    let names = ["client", "order", "call-back", "category", "disposition", "notes"]
    let written = names.indices.filter { !find.isNull(Int32($0 + 1)) }.map { names[$0] }
    return PastCall(
      arrived: Instant(microseconds: find.integer(7)), changed: UInt64(max(0, find.integer(8))),
      agent: find.isNull(0) ? nil : find.text(0), written: Set(written))
  }
}

extension ReportStore {
  /// Leaves nothing of what was forgotten in the log.
  /// - Returns: whether that could be done: nobody was reading.
  public func dropTraces() throws(DatabaseError) -> Bool {
    try database.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0
  }

  /// What is known of an offer.
  public struct PastOffer: Sendable {
    /// The call it was for.
    public var call: String
    /// The rep who was rung.
    public var agent: String
    /// How it ended; `nil`: it rings.
    public var outcome: String?
    /// Whether it counts as refused.
    public var isRefused: Bool
    /// When the call came.
    public var callArrived: Instant
  }

  /// The offer with this number, if it ever was.
  public func pastOffer(_ offer: OfferID) throws(DatabaseError) -> PastOffer? {
    let find = try database.kept(
      """
      SELECT call, offers.agent, outcome, refused, coalesce(arrived_us, offered_us)
      FROM offers LEFT JOIN calls ON calls.id = call_id WHERE offer = ?1
      """)
    find.bind(1, Int64(clamping: offer.rawValue))
    guard try find.step() else { return nil }
    defer { find.reset() }
    return PastOffer(
      call: find.text(0), agent: find.text(1), outcome: find.isNull(2) ? nil : find.text(2),
      isRefused: find.integer(3) == 1, callArrived: Instant(microseconds: find.integer(4)))
  }
}

extension Record {
  fileprivate var isPlan: Bool { if case .shell(.planAdopted, _) = content { true } else { false } }
}
