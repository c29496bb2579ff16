public import Base
import Journal
public import Measures

/// What became of the callers who entered one queue in one stretch of time. Whoever overflows enters each queue
/// once, is answered or gives up in one of them, and has waited since arrival.
public struct QueuePerformance: Equatable, Sendable {
  /// When the stretch begins; `nil`: the report is about one.
  public var start: Instant?
  /// The queue.
  public var queue: String
  /// Visits begun: offered, short abandons and turned away.
  public var entered: Int64 = 0
  /// The callers; their clocks start at arrival.
  public var callers = CallerCounts()
  /// Gave up so soon after arrival that it counts for nothing.
  public var shortAbandoned: Int64 = 0
  /// Turned away at the door: closed, full, nobody there. Never offered.
  public var turnedAway: Int64 = 0
  /// Went elsewhere after having waited: to another queue, to voicemail, called back, ended by a lead.
  public var exits: Int64 = 0
  /// In line or ringing still.
  public var stillThere: Int64 = 0
  /// T of the service levels.
  public var threshold = TimeSpan.zero
  /// The longest wait of those answered; `nil`: nobody was.
  public var longestAnsweredWait: TimeSpan?
  /// The same callers, but by the clock of their stay in this queue.
  public var visits = CallerCounts()
  /// Offers to reps made in the stretch.
  public var offers: Int64 = 0
  /// Of these, refused.
  public var refusedOffers: Int64 = 0
  /// Distinct calls refused at least once.
  public var refusedCalls: Int64 = 0

  /// Nothing yet of `queue`.
  init(start: Instant?, queue: String) {
    self.start = start
    self.queue = queue
  }
}

extension ReportReader {
  /// The queue report: one row a queue and stretch, queues in order of their names.
  /// - Complexity: O(*what lies in the span* + *queues there have ever been*), whatever lies before and after.
  public func queues(
    _ span: ReportSpan, queue: String? = nil
  ) throws -> [QueuePerformance] {
    let hasClosedDays = try hasClosedDays(span)
    var result: [QueuePerformance] = []
    for stretch in span.stretches {
      for name in try queue.map({ [$0] }) ?? queueNames {
        let row = try performance(ofQueue: name, stretch, hasClosedDays: hasClosedDays)
        if row.entered > 0 { result.append(row) }
      }
    }
    return result
  }

  func performance(
    ofQueue queue: String, _ stretch: ReportSpan.Stretch, hasClosedDays: Bool
  ) throws(DatabaseError) -> QueuePerformance {
    var row = QueuePerformance(start: stretch.start, queue: queue)
    try addVisits(to: &row, stretch)
    try addOffers(to: &row, stretch)
    if hasClosedDays { try addDays(stretch, to: &row) }
    return row
  }

  private func addVisits(
    to row: inout QueuePerformance, _ stretch: ReportSpan.Stretch
  ) throws(DatabaseError) {
    let rows = try statement(
      """
      SELECT outcome, entered_us, waiting_since_us, left_us, short_us, threshold_us
      FROM queue_visits WHERE queue = ?1 AND entered_us >= ?2 AND entered_us < ?3
      """, row.queue, stretch)
    while try rows.step() {
      row.entered += 1
      row.threshold = max(row.threshold, .microseconds(rows.integer(5)))
      guard !rows.isNull(0) else {
        row.stillThere += 1
        row.callers.offered += 1
        row.visits.offered += 1
        continue
      }
      let left = Instant(microseconds: rows.integer(3))
      let visit = Visit(
        outcome: rows.text(0), waited: left - Instant(microseconds: rows.integer(2)),
        stayed: left - Instant(microseconds: rows.integer(1)),
        short: .microseconds(rows.integer(4)), threshold: .microseconds(rows.integer(5)))
      row.add(visit)
    }
  }

  private func addOffers(
    to row: inout QueuePerformance, _ stretch: ReportSpan.Stretch
  ) throws(DatabaseError) {
    let rows = try statement(
      """
      SELECT count(*), coalesce(sum(refused), 0), count(DISTINCT CASE WHEN refused THEN call_id END)
      FROM offers WHERE queue = ?1 AND offered_us >= ?2 AND offered_us < ?3
      """, row.queue, stretch)
    defer { rows.reset() }
    guard try rows.step() else { return }
    row.offers = rows.integer(0)
    row.refusedOffers = rows.integer(1)
    row.refusedCalls = rows.integer(2)
  }
}

/// A stay in a queue that is over.
private struct Visit {
  var outcome: String
  /// Since arrival, over all queues.
  var waited: TimeSpan
  /// In this queue.
  var stayed: TimeSpan
  var short: TimeSpan
  var threshold: TimeSpan
}

extension QueuePerformance {
  fileprivate mutating func add(_ visit: Visit) {
    switch visit.outcome {
    case "answered":
      callers.addAnswered(after: visit.waited, within: visit.threshold)
      visits.addAnswered(after: visit.stayed, within: visit.threshold)
      longestAnsweredWait = max(longestAnsweredWait ?? .zero, visit.waited)
    case "abandoned":
      if visit.short > .zero, visit.waited <= visit.short {
        shortAbandoned += 1
      } else {
        callers.addAbandoned(after: visit.waited, within: visit.threshold)
        visits.addAbandoned(after: visit.stayed, within: visit.threshold)
      }
    default:  // foreign: String
      if visit.stayed == .zero {
        turnedAway += 1
      } else {
        exits += 1
        callers.offered += 1
        visits.offered += 1
      }
    }
  }
}
