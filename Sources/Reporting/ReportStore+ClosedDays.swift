public import Base
public import Events
import Journal

// The figures of days that are to go to an archive file.

extension ReportStore {
  /// The days from the first there are rows of until `end` with their figures, if everything that began in them is over.
  ///
  /// - Parameters:
  ///   - end: The first instant of the first day that stays.
  ///   - midnight: The first instant of the day after the one that an instant is in.
  ///   - floor: The first instant of the day that an instant is in.
  /// - Returns: `nil`: something is not over.
  /// - Complexity: O(*what lies in them*).
  public func closedDays(
    until end: Instant, midnight: (Instant) -> Instant, floor: (Instant) -> Instant
  ) throws -> [ClosedDay]? {
    if try hasOpenRows(before: end) { return nil }
    let known = try database.integer("SELECT max(to_us) FROM closed_days")
    guard var from = try known.map({ Instant(microseconds: $0) }) ?? firstInstant().map(floor)
    else { return [] }
    let reader = try reader()
    var days: [ClosedDay] = []
    while from < end {
      let to = min(end, max(midnight(from), from + .minutes(1)))
      days.append(try reader.day(from: from, to: to))
      from = to
    }
    return days
  }

  private func hasOpenRows(before end: Instant) throws(DatabaseError) -> Bool {
    let open = """
      SELECT EXISTS (SELECT 1 FROM calls WHERE arrived_us < \(end.microseconds) AND ended_us IS NULL)
        OR EXISTS (SELECT 1 FROM outbound_requests
          WHERE requested_us < \(end.microseconds) AND outcome = 'waiting')
        OR EXISTS (SELECT 1 FROM handlings
          WHERE wrap_up_since_us IS NOT NULL AND from_us < \(end.microseconds))
      """
    return try database.integer(open) != 0
  }

  private func firstInstant() throws(DatabaseError) -> Instant? {
    try database.integer(
      """
      SELECT min(at) FROM (SELECT min(arrived_us) AS at FROM calls
        UNION ALL SELECT min(from_us) FROM agent_states
        UNION ALL SELECT min(requested_us) FROM outbound_requests)
      """
    ).map { Instant(microseconds: $0) }
  }
}

extension ReportReader {
  /// The figures of a day, of who has any.
  fileprivate func day(from: Instant, to: Instant) throws -> ClosedDay {
    let stretch = ReportSpan.Stretch(from: from, to: to, start: nil)
    let names = try directory
    var day = ClosedDay(from: from, to: to, queues: [], reps: [])
    for (id, queue) in names.queues.enumerated() {
      let row = try performance(ofQueue: queue.name, stretch, hasClosedDays: false)
      if row == QueuePerformance(start: nil, queue: queue.name) { continue }
      let figures = QueueFigure.allCases.map { row[keyPath: $0.place] }
      day.queues.append(.init(id: UInt16(id), figures: figures))
    }
    for (id, agent) in names.agents.enumerated() {
      let row = try performance(of: agent.name, stretch, hasClosedDays: false)
      if row.isEmpty { continue }
      let figures = RepFigure.allCases.map { row[keyPath: $0.place] }
      let notReady = row.notReady.map { ($0.reason, $0.time.microseconds) }
      day.reps.append(
        .init(
          id: UInt16(id), figures: figures, notReady: Dictionary(notReady, uniquingKeysWith: +)))
    }
    return day
  }
}
