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
  /// A promise is kept by a later call to that number that was answered, or by the caller's own later call that was
  /// answered; a later promise to the same number takes its place. Numbers are compared as they are written. A caller
  /// whose number nobody knows is owed it until the span has passed.
  /// - Complexity: O(*promises in the span* x log *calls*).
  public func callBacksOwed(_ span: ReportSpan) throws(DatabaseError) -> [CallBackOwed] {
    let rows = try database.kept(
      """
      SELECT c.name, c.queue, coalesce(c.call_back_number, c.from_number), c.caller_name, c.client,
        c.ended_us
      FROM calls c
      WHERE c.end_reason = 'call-back-agreed' AND c.ended_us >= ?1 AND c.ended_us < ?2
        AND NOT EXISTS (SELECT 1 FROM calls o
          WHERE o.direction = 'outbound' AND o.answered_us IS NOT NULL
            AND o.to_number = coalesce(c.call_back_number, c.from_number)
            AND o.arrived_us >= c.ended_us)
        AND NOT EXISTS (SELECT 1 FROM calls i
          WHERE i.direction = 'inbound' AND i.from_number = c.from_number
            AND i.arrived_us >= c.ended_us
            AND (i.answered_us IS NOT NULL OR i.end_reason = 'call-back-agreed'))
      ORDER BY c.ended_us
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
