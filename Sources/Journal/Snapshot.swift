public import Base
import Frames

/// The state after some record.
public struct Snapshot: Equatable, Sendable {
  /// The instant of the engines' last step.
  public var at: Instant
  /// The plan it is of, as JSON.
  public var plan: String
  /// The state, as whoever keeps it writes it.
  public var state: [UInt8]

  /// A snapshot of these parts.
  public init(at: Instant, plan: String, state: [UInt8]) {
    self.at = at
    self.plan = plan
    self.state = state
  }

  /// Hash over all parts.
  public var hash: UInt64 {
    let plan = SipHash.hash(
      Array(plan.utf8)[...], k0: 1, k1: UInt64(bitPattern: at.microseconds))
    return SipHash.hash(state[...], k0: 2, k1: plan)
  }
}

extension Journal {
  /// Saves the state at `mark`, so that recovery need not begin at the first record.
  public func save(_ snapshot: Snapshot, at mark: Mark) throws(DatabaseError) {
    try stoppingIfBroken { () throws(DatabaseError) in try write(snapshot, mark) }
  }

  private func write(_ snapshot: Snapshot, _ mark: Mark) throws(DatabaseError) {
    let insert = try database.prepare(
      "INSERT OR REPLACE INTO snapshot VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
    insert.bind(1, Int64(mark.seq))
    insert.bind(2, snapshot.at.microseconds)
    insert.bind(3, snapshot.plan)
    insert.bind(4, bytes: snapshot.state)
    insert.bind(5, Int64(bitPattern: mark.chain))
    insert.bind(6, Int64(bitPattern: snapshot.hash))
    try insert.step()
    // A few are kept: a damaged one must not cost the others.
    try database.execute(
      "DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT 3)")
  }

  /// A snapshot and where it is of.
  public struct Place: Equatable, Sendable {
    /// The state.
    public var snapshot: Snapshot
    /// The number of the last record in it.
    public var seq: UInt64
    /// The chain's value after that record.
    public var chain: UInt64

    init(snapshot: Snapshot, seq: UInt64, chain: UInt64) {
      (self.snapshot, self.seq, self.chain) = (snapshot, seq, chain)
    }

    /// A row of `seq, at_us, plan, state, chain`.
    init(_ row: Statement) {
      self.init(
        snapshot: Snapshot(
          at: Instant(microseconds: row.integer(1)), plan: row.text(2), state: row.bytes(3)),
        seq: UInt64(max(0, row.integer(0))), chain: UInt64(bitPattern: row.integer(4)))
    }
  }

  /// The newest snapshot that is as it was written and that `fits`; the last one that is tried is that of where the
  /// journal begins.
  public func newestSnapshot(where fits: (Place) -> Bool) throws(DatabaseError) -> Place? {
    let rows = try database.prepare(
      "SELECT seq, at_us, plan, state, chain, hash FROM snapshot ORDER BY seq DESC")
    defer { rows.reset() }
    while try rows.step() {
      let place = Place(rows)
      guard place.snapshot.hash == UInt64(bitPattern: rows.integer(5)), place.seq <= lastSeq,
        place.seq >= archived
      else { continue }
      if fits(place) { return place }
    }
    guard let place = try? beginning(hasDays: false)?.place else { return nil }
    return fits(place) ? place : nil
  }
}
