public import Base
import Journal

/// Somebody who has been promised a call-back and has not spoken to anybody since.
public struct CallBackOwed: Equatable, Sendable {
  /// The call in which it was promised.
  public var call: String
  /// The queue it asked for.
  public var queue: String?
  /// The number to call.
  public var number: String?
  /// The caller's name.
  public var callerName: String?
  /// The client, of the write-up.
  public var client: String?
  /// When it was promised.
  public var promised: Instant
}

extension ReportReader {
  /// Who is owed a call-back that was promised in the span, longest owed first.
  ///
  /// A promise is kept by a later call that was answered: one out to the number agreed or the caller's own, or one in
  /// from either. A later promise to the same number takes its place. Numbers are compared as they are written; what has
  /// no digit (`anonymous`) is no number. A caller whose number nobody knows is owed it until the span has passed.
  /// - Complexity: O(*promises in the span* x (log *calls* + *later promises*)).
  public func callBacksOwed(_ span: ReportSpan) throws(DatabaseError) -> [CallBackOwed] {
    let rows = try database.kept(
      """
      WITH promised AS MATERIALIZED (SELECT id, name, queue, caller_name, client, ended_us,
          CASE WHEN from_number GLOB '*[0-9]*' THEN from_number END AS own,
          coalesce(call_back_number, from_number) AS agreed
        FROM calls
        WHERE end_reason = 'call-back-agreed' AND ended_us >= ?1 AND ended_us < ?2)
      SELECT name, queue, agreed, caller_name, client, ended_us FROM promised c
      WHERE NOT EXISTS (SELECT 1 FROM calls o
          WHERE o.direction = 'outbound' AND o.to_number IN (c.agreed, c.own)
            AND o.arrived_us >= c.ended_us AND o.answered_us IS NOT NULL
            AND o.to_number GLOB '*[0-9]*')
        AND NOT EXISTS (SELECT 1 FROM calls i
          WHERE i.direction = 'inbound' AND i.from_number IN (c.agreed, c.own)
            AND i.arrived_us >= c.ended_us AND i.answered_us IS NOT NULL
            AND i.from_number GLOB '*[0-9]*')
        AND NOT EXISTS (SELECT 1 FROM promised l
          WHERE l.agreed = c.agreed AND l.agreed GLOB '*[0-9]*'
            AND (l.ended_us, l.id) > (c.ended_us, c.id))
      ORDER BY ended_us
      """)
    rows.bind(1, span.from.microseconds)
    rows.bind(2, span.to.microseconds)
    var result: [CallBackOwed] = []
    while try rows.step() {
      func text(_ column: Int32) -> String? { rows.isNull(column) ? nil : rows.text(column) }
      result.append(
        CallBackOwed(
          call: rows.text(0), queue: text(1), number: text(2), callerName: text(3),
          client: text(4), promised: Instant(microseconds: rows.integer(5))))
    }
    return result
  }
}
