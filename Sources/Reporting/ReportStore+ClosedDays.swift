public import Base
public import Events
import Journal

// The figures of days that are to go to an archive file.

extension ReportStore {
  /// A shorter stretch without a call is reported day by day.
  private static let longGap = TimeSpan.days(400)

  /// The days from the first there are rows of until `end` with their figures.
  ///
  /// A long stretch without a call is taken as one day: the clock of a machine may have been years off.
  /// - Parameters:
  ///   - end: The first instant of the first day that stays.
  ///   - midnight: The first instant of the day after the one that an instant is in.
  ///   - floor: The first instant of the day that an instant is in.
  /// - Complexity: O(*what lies in them* + *days* x *reps*).
  public func closedDays(
    until end: Instant, midnight: (Instant) -> Instant, floor: (Instant) -> Instant
  ) throws -> [ClosedDay] {
    let known = try database.integer("SELECT max(to_us) FROM closed_days")
    guard var from = try known.map({ Instant(microseconds: $0) }) ?? firstInstant().map(floor)
    else { return [] }
    let reader = try reader()
    var days: [ClosedDay] = []
    while from < end {
      let next = try nextCall(since: from).map(floor) ?? end
      let day = max(midnight(from), from + .minutes(1))
      let to = min(next - from >= Self.longGap ? next : day, end)
      days.append(try reader.day(from: from, to: to))
      from = to
    }
    return days
  }

  /// Something that began before `end` and is not over, for people; `nil`: there is none.
  public func unfinished(before end: Instant) throws(DatabaseError) -> String? {
    let rows = try database.prepare(
      """
      SELECT 'call ' || name FROM calls WHERE arrived_us < ?1 AND ended_us IS NULL
      UNION ALL SELECT 'call out ' || request FROM outbound_requests
      WHERE requested_us < ?1 AND outcome = 'waiting'
      UNION ALL SELECT 'wrap-up of ' || agent FROM handlings
      WHERE wrap_up_since_us IS NOT NULL AND from_us < ?1
      LIMIT 1
      """)
    rows.bind(1, end.microseconds)
    defer { rows.reset() }
    return try rows.step() ? rows.text(0) : nil
  }

  private func nextCall(since instant: Instant) throws(DatabaseError) -> Instant? {
    let find = try database.kept(
      """
      SELECT min(at) FROM (SELECT min(arrived_us) AS at FROM calls WHERE arrived_us >= ?1
        UNION ALL SELECT min(requested_us) FROM outbound_requests WHERE requested_us >= ?1)
      """)
    find.bind(1, instant.microseconds)
    defer { find.reset() }
    guard try find.step(), !find.isNull(0) else { return nil }
    return Instant(microseconds: find.integer(0))
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
