public import Base
public import Frames

// Words that have been kept long enough are taken out. The chain covers what happened, not words: it holds.

extension Journal {
  /// How much of a body is enough for one time: a frame can be deep.
  static let enough = 256 << 10

  /// What a look at the next few frames has found.
  public struct Search: Equatable, Sendable {
    /// What may be forgotten: up to the last frame looked at that is old enough; `nil`: none is.
    public var old: Forgetting?
    /// Whether any of it has words.
    public var hasWords = false
    /// Whether the next frame is not old enough, or there is none.
    public var isAtEnd = false
  }

  /// Looks for what is older than `cutoff`.
  /// - Parameters:
  ///   - seq: The record after which to begin; what is forgotten already is passed over.
  ///   - frames: How many frames are looked at, at most; a longer past takes several times, and so do deep frames.
  ///   - keeping: The number of a field whose words are kept.
  /// - Complexity: O(*frames*).
  public func search(
    after seq: UInt64, before cutoff: Instant, frames: Int, keeping: UInt8
  ) throws -> Search {
    let rows = try database.prepare(
      "SELECT seq, body, words IS NOT NULL FROM frame WHERE seq > ?1 ORDER BY seq LIMIT ?2")
    rows.bind(1, Int64(clamping: max(seq, forgotten?.through ?? 0)))
    rows.bind(2, Int64(frames))
    defer { rows.reset() }
    var found = Search()
    var (bytes, count) = (0, 0)
    while bytes < Self.enough, count < frames {
      guard try rows.step() else {
        found.isAtEnd = true
        break
      }
      let body = rows.bytes(1)
      (bytes, count) = (bytes + body.count, count + 1)
      var reader = FrameReader(firstSeq: UInt64(max(0, rows.integer(0))), body: body)
      var last: UInt64 = 0
      do {
        while let entry = try reader.next() { last = entry.seq }
      } catch {
        throw JournalError.malformed(seq: error.seq)
      }
      if last == 0 || reader.step.at >= cutoff {
        found.isAtEnd = true
        break
      }
      found.hasWords = found.hasWords || rows.integer(2) == 1
      found.old = Forgetting(
        through: last, before: reader.step.at + .microseconds(1), keeping: keeping)
    }
    return found
  }

  /// Takes the words out, in the transaction that is under way.
  func forget(_ forgetting: Forgetting) throws(DatabaseError) {
    let find = try database.prepare(
      "SELECT seq, words FROM frame WHERE seq > ?1 AND seq <= ?2 AND words IS NOT NULL")
    find.bind(1, Int64(clamping: forgotten?.through ?? 0))
    find.bind(2, Int64(clamping: forgetting.through))
    var rests: [(seq: Int64, words: [UInt8]?)] = []
    while try find.step() {
      rests.append((find.integer(0), forgetting.rest(of: find.bytes(1))))
    }
    let update = try database.prepare("UPDATE frame SET words = ?2 WHERE seq = ?1")
    for rest in rests {
      update.bind(1, rest.seq)
      if let words = rest.words {
        update.bind(2, bytes: words)
      } else {
        update.bind(2, nil as Int64?)
      }
      try update.step()
    }
    try setName("forgotten_through", "\(forgetting.through)")
    try setName("forgotten_before_us", "\(forgetting.before.microseconds)")
    try setName("forgotten_but", "\(forgetting.keeping)")
    try setName("traces", "\(lastSeq)")
  }

  func readForgotten() throws(DatabaseError) -> Forgetting? {
    func number(_ key: String) throws(DatabaseError) -> Int64? {
      try database.text("SELECT value FROM meta WHERE key='\(key)'").flatMap { Int64($0) }
    }
    guard let through = try number("forgotten_through"),
      let before = try number("forgotten_before_us"), let but = try number("forgotten_but")
    else { return nil }
    return Forgetting(
      through: UInt64(max(0, through)), before: Instant(microseconds: before),
      keeping: UInt8(clamping: but))
  }

  /// The number of a record of before the last forgetting, if traces of what was forgotten may be left in snapshots of
  /// before it, or in logs.
  public func traces() throws(DatabaseError) -> UInt64? {
    try database.text("SELECT value FROM meta WHERE key='traces'").flatMap { UInt64($0) }
  }

  /// Leaves nothing of what was forgotten in old snapshots or in the log, if there is a newer snapshot.
  /// - Returns: whether that was so.
  public func dropTraces() throws(DatabaseError) -> Bool {
    guard let seq = try traces() else { return true }
    let newer = "SELECT count(*) FROM snapshot WHERE seq > \(Int64(clamping: seq))"
    guard try database.integer(newer) ?? 0 > 0 else { return false }
    try stoppingIfBroken { () throws(DatabaseError) in
      try database.execute("DELETE FROM snapshot WHERE seq <= \(Int64(clamping: seq))")
      try database.execute("DELETE FROM meta WHERE key='traces'")
      try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
    return true
  }
}
