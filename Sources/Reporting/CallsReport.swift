public import Base
import Journal
public import LineProtocol

/// What is known of a call, over or not.
public struct CallRecord: Equatable, Sendable {
  /// The call's name.
  public var name: String
  /// `inbound` or `outbound`.
  public var direction: String
  /// The queue it asked for.
  public var queue: String?
  /// The caller's number.
  public var from: String?
  /// The number dialled.
  public var to: String?
  /// The caller's name.
  public var callerName: String?
  /// The rep who held it last.
  public var agent: String?
  /// Why it was placed.
  public var purpose: String?
  /// When it came, or was placed.
  public var arrived: Instant
  /// When somebody answered.
  public var answered: Instant?
  /// When it ended.
  public var ended: Instant?
  /// How it ended.
  public var endReason: String?
  /// Offers to reps.
  public var offers: Int64
  /// Of these, refused.
  public var refusedOffers: Int64
  /// How often it was put on hold.
  public var holds: Int64
  /// How long it was on hold.
  public var hold: TimeSpan
  /// How often it was handed on.
  public var transfers: Int64
  /// Whether the write-up that is required is missing.
  public var isUndocumented: Bool
  /// The write-up: names of the wire and what was written, in order.
  public var writeUp: [Field]
}

extension ReportReader {
  private static let columns = """
    SELECT name, direction, queue, from_number, to_number, caller_name, agent, purpose, arrived_us,
      answered_us, ended_us, end_reason, offers, refused_offers, holds, hold_us, transfers,
      undocumented, client, order_number, call_back_number, category, disposition, notes FROM calls
    WHERE arrived_us >= ?1 AND arrived_us < ?2
    """
  private static let writeUpNames = [
    "client", "order", "call-back", "category", "disposition", "notes",
  ]

  /// The newest calls of a span, newest first.
  /// - Complexity: O(`limit`).
  public func calls(
    _ span: ReportSpan, limit: Int, onlyUndocumented: Bool
  ) throws(DatabaseError) -> [CallRecord] {
    let condition = onlyUndocumented ? " AND undocumented" : ""
    let rows = try database.kept(
      Self.columns + condition + " ORDER BY arrived_us DESC, id DESC LIMIT ?3")
    rows.bind(1, span.from.microseconds)
    rows.bind(2, span.to.microseconds)
    rows.bind(3, Int64(limit))
    var result: [CallRecord] = []
    while try rows.step() { result.append(record(rows)) }
    return result
  }

  private func record(_ rows: Statement) -> CallRecord {
    func text(_ column: Int32) -> String? { rows.isNull(column) ? nil : rows.text(column) }
    func instant(_ column: Int32) -> Instant? {
      rows.isNull(column) ? nil : Instant(microseconds: rows.integer(column))
    }
    let writeUp = Self.writeUpNames.enumerated().compactMap { index, name in
      text(Int32(18 + index)).map { Field(name, $0) }
    }
    return CallRecord(
      name: rows.text(0), direction: rows.text(1), queue: text(2), from: text(3), to: text(4),
      callerName: text(5), agent: text(6), purpose: text(7),
      arrived: Instant(microseconds: rows.integer(8)), answered: instant(9), ended: instant(10),
      endReason: text(11), offers: rows.integer(12), refusedOffers: rows.integer(13),
      holds: rows.integer(14), hold: .microseconds(rows.integer(15)), transfers: rows.integer(16),
      isUndocumented: rows.integer(17) == 1, writeUp: writeUp)
  }
}
