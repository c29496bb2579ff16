public import Base
public import Frames

// Words that have been kept long enough are taken out. The chain covers what happened, not words: it holds.

extension Journal {
  /// What is to be forgotten next of what is older than `cutoff`, from the end of what is forgotten on.
  /// - Parameters:
  ///   - frames: How many frames are looked at, at most; a longer past takes several times.
  ///   - keeping: The number of a field whose words are kept.
  /// - Returns: `nil` if nothing is.
  /// - Complexity: O(*frames*).
  public func forgettable(
    before cutoff: Instant, frames: Int, keeping: UInt8
  ) throws -> Forgetting? {
    let rows = try database.prepare(
      "SELECT seq, body FROM frame WHERE seq > ?1 ORDER BY seq LIMIT ?2")
    rows.bind(1, Int64(clamping: forgotten?.through ?? 0))
    rows.bind(2, Int64(frames))
    defer { rows.reset() }
    var found: Forgetting?
    while try rows.step() {
      var reader = FrameReader(firstSeq: UInt64(max(0, rows.integer(0))), body: rows.bytes(1))
      var last: UInt64 = 0
      do {
        while let entry = try reader.next() { last = entry.seq }
      } catch {
        throw JournalError.malformed(seq: error.seq)
      }
      if last == 0 || reader.step.at >= cutoff { break }
      found = Forgetting(
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

  /// Leaves nothing of what was forgotten in old snapshots or in the log.
  public func dropTraces() throws(DatabaseError) {
    try stoppingIfBroken { () throws(DatabaseError) in
      try database.execute(
        "DELETE FROM snapshot WHERE seq < (SELECT max(seq) FROM snapshot)")
      try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
  }
}
