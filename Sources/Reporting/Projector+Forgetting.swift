import Base
import Journal

// What has been kept long enough goes from the reports as it goes from the journal: texts, not figures.

extension Projector {
  /// Of what belongs to calls that came in a stretch of time, the texts.
  private static let statements = [
    """
    UPDATE calls SET from_number = NULL, to_number = NULL, caller_name = NULL, client = NULL,
      order_number = NULL, call_back_number = NULL, notes = NULL
    WHERE arrived_us >= ?1 AND arrived_us < ?2
    """,
    """
    UPDATE offers SET explanation = NULL WHERE explanation IS NOT NULL AND call_id IN
      (SELECT id FROM calls WHERE arrived_us >= ?1 AND arrived_us < ?2)
    """,
    """
    UPDATE transfers SET target = NULL, who = NULL, about = NULL
    WHERE started_us >= ?1 AND started_us < ?2
    """,
    """
    UPDATE outbound_requests SET to_number = NULL
    WHERE requested_us >= ?1 AND requested_us < ?2
    """,
  ]

  /// Forgets the texts of a stretch of time.
  /// - Complexity: O(*what lies in it*).
  func forget(from: Instant, to: Instant) throws(DatabaseError) {
    for text in Self.statements {
      let update = try database.kept(text)
      update.bind(1, from.microseconds)
      update.bind(2, to.microseconds)
      try update.step()
    }
  }
}
