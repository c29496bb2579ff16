public import Base
import Journal
public import Measures

/// What one rep did in one stretch of time.
public struct RepPerformance: Equatable, Sendable {
  /// When the stretch begins; `nil`: the report is about one.
  public var start: Instant?
  /// The rep.
  public var agent: String
  /// Offers made in the stretch, by how they ended: their sum is all of them.
  public var offers = OfferCounts()
  /// Inbound calls that the rep began to talk to in the stretch, and calls taken over from a colleague.
  public var handled: Int64 = 0
  /// Of these, taken over from a colleague.
  public var taken: Int64 = 0
  /// Calls handled whose talk and wrap-up are over.
  public var handling = HandleTimes()
  /// Calls out, the same.
  public var outboundHandling = HandleTimes()
  /// How long the rep did what.
  public var times = RepTimes()
  /// Idle and not ready, by the reason that was shown.
  public var notReady: [NotReadyTime] = []
  /// Callers handed to a colleague or outside, by consultations begun in the stretch.
  public var transfers: Int64 = 0
  /// Callers not released unannounced.
  public var preventedBlindTransfers: Int64 = 0
  /// Calls out granted.
  public var outboundGranted: Int64 = 0
  /// Calls out refused for want of cover.
  public var outboundRefused: Int64 = 0
  /// Calls left without the write-up that is required.
  public var undocumented: Int64 = 0

  /// Time not ready for one reason.
  public struct NotReadyTime: Equatable, Sendable {
    /// The reason.
    public var reason: String
    /// How long.
    public var time: TimeSpan
  }

  /// Nothing yet of `agent`.
  init(start: Instant?, agent: String) {
    self.start = start
    self.agent = agent
  }

  /// Whether there is nothing to say of the rep.
  var isEmpty: Bool { self == RepPerformance(start: start, agent: agent) }
}

/// Offers by how they ended.
public struct OfferCounts: Equatable, Sendable {
  /// All of them.
  public var offered: Int64 = 0
  /// Answered.
  public var answered: Int64 = 0
  /// No answer, ignored and went not ready together.
  public var refused: Int64 = 0
  /// The share of offers that were refused; the planner counts it alike.
  public var refusedRate: Share { Share(refused, of: offered) }
  /// Distinct calls refused at least once.
  public var refusedCalls: Int64 = 0
  /// See ``Routing/OfferOutcome``.
  public var noAnswer: Int64 = 0
  /// See ``Routing/OfferOutcome``.
  public var ignored: Int64 = 0
  /// See ``Routing/OfferOutcome``.
  public var wentNotReady: Int64 = 0
  /// See ``Routing/OfferOutcome``.
  public var unreachable: Int64 = 0
  /// See ``Routing/OfferOutcome``.
  public var lostRace: Int64 = 0
  /// See ``Routing/OfferOutcome``.
  public var callerAbandoned: Int64 = 0
  /// See ``Routing/OfferOutcome``.
  public var withdrawn: Int64 = 0
  /// Ringing still.
  public var ringing: Int64 = 0
  /// Answered within as many rings as the team means to.
  public var answeredWithinRings: Int64 = 0
  /// Refused, and explained by the rep.
  public var explained: Int64 = 0
  /// What was said, offer by offer; `nil`: nothing.
  public var explanations: String?
}

extension ReportReader {
  /// The performance report: one row a rep and stretch, reps in order of their names.
  /// - Complexity: O(*what lies in the span* + *reps there have ever been*), whatever lies before and after.
  public func performance(
    _ span: ReportSpan, agent: String? = nil
  ) throws -> [RepPerformance] {
    let hasClosedDays = try hasClosedDays(span)
    var result: [RepPerformance] = []
    let names = try agent.map { [$0] } ?? agentNames
    for stretch in span.stretches {
      for name in names {
        let row = try performance(of: name, stretch, hasClosedDays: hasClosedDays)
        if agent != nil || !row.isEmpty { result.append(row) }
      }
    }
    return result
  }

  func performance(
    of agent: String, _ stretch: ReportSpan.Stretch, hasClosedDays: Bool
  ) throws(DatabaseError) -> RepPerformance {
    var row = RepPerformance(start: stretch.start, agent: agent)
    row.offers = try offers(to: agent, stretch)
    try addHandlings(of: agent, stretch, to: &row)
    try addTimes(of: agent, stretch, to: &row)
    row.transfers = try count(
      """
      SELECT count(*) FROM transfers
      WHERE holder = ?1 AND started_us >= ?2 AND started_us < ?3 AND outcome = 'completed'
      """, agent, stretch)
    row.preventedBlindTransfers = try count(
      """
      SELECT count(*) FROM prevented_blind_transfers
      WHERE agent = ?1 AND at_us >= ?2 AND at_us < ?3
      """, agent, stretch)
    let outbound = """
      SELECT count(*) FROM outbound_requests
      WHERE agent = ?1 AND requested_us >= ?2 AND requested_us < ?3 AND outcome =
      """
    row.outboundGranted = try count(outbound + " 'granted'", agent, stretch)
    row.outboundRefused = try count(outbound + " 'refused'", agent, stretch)
    if hasClosedDays { try addDays(stretch, to: &row) }
    return row
  }

  private func count(
    _ sql: String, _ agent: String, _ stretch: ReportSpan.Stretch
  ) throws(DatabaseError) -> Int64 {
    let rows = try statement(sql, agent, stretch)
    defer { rows.reset() }
    return try rows.step() ? rows.integer(0) : 0
  }

  private func offers(
    to agent: String, _ stretch: ReportSpan.Stretch
  ) throws(DatabaseError) -> OfferCounts {
    let rows = try statement(
      """
      SELECT count(*), coalesce(sum(outcome = 'answered'), 0), coalesce(sum(refused), 0),
        count(DISTINCT CASE WHEN refused THEN call_id END),
        coalesce(sum(outcome = 'no-answer'), 0), coalesce(sum(outcome = 'ignored'), 0),
        coalesce(sum(outcome = 'went-not-ready'), 0), coalesce(sum(outcome = 'unreachable'), 0),
        coalesce(sum(outcome = 'lost-race'), 0), coalesce(sum(outcome = 'caller-abandoned'), 0),
        coalesce(sum(outcome = 'withdrawn'), 0), coalesce(sum(outcome IS NULL), 0),
        coalesce(sum(within_target = 1), 0), coalesce(sum(explained), 0),
        substr(group_concat('o-' || offer || ':' || explanation, ';'), 1, 1000)
      FROM offers WHERE agent = ?1 AND offered_us >= ?2 AND offered_us < ?3
      """, agent, stretch)
    defer { rows.reset() }
    guard try rows.step() else { return OfferCounts() }
    return OfferCounts(
      offered: rows.integer(0), answered: rows.integer(1), refused: rows.integer(2),
      refusedCalls: rows.integer(3), noAnswer: rows.integer(4), ignored: rows.integer(5),
      wentNotReady: rows.integer(6), unreachable: rows.integer(7), lostRace: rows.integer(8),
      callerAbandoned: rows.integer(9), withdrawn: rows.integer(10), ringing: rows.integer(11),
      answeredWithinRings: rows.integer(12), explained: rows.integer(13),
      explanations: rows.isNull(14) ? nil : rows.text(14))
  }

  /// Of calls begun in the stretch: numerator and denominator of the handle time are the same calls.
  private func addHandlings(
    of agent: String, _ stretch: ReportSpan.Stretch, to row: inout RepPerformance
  ) throws(DatabaseError) {
    let rows = try statement(
      """
      SELECT kind, count(*), sum(undocumented),
        sum(talked_until_us IS NOT NULL AND wrap_up_since_us IS NULL),
        coalesce(sum(CASE WHEN talked_until_us IS NOT NULL AND wrap_up_since_us IS NULL
          THEN talked_until_us - from_us + wrap_up_us END), 0)
      FROM handlings WHERE agent = ?1 AND from_us >= ?2 AND from_us < ?3 GROUP BY kind
      """, agent, stretch)
    while try rows.step() {
      let count = rows.integer(1)
      row.undocumented += rows.integer(2)
      var handling = HandleTimes()
      handling.calls = rows.integer(3)
      handling.time = .microseconds(rows.integer(4))
      if rows.text(0) == "outbound" {
        row.outboundHandling = handling
        continue
      }
      row.handled += count
      if rows.text(0) == "transferred" { row.taken = count }
      row.handling.calls += handling.calls
      row.handling.time += handling.time
    }
  }

  /// Spells of one rep do not overlap: those that reach into the stretch are those that begin in it, and the
  /// last one that begins before.
  private func addTimes(
    of agent: String, _ stretch: ReportSpan.Stretch, to row: inout RepPerformance
  ) throws(DatabaseError) {
    let rows = try statement(
      """
      SELECT availability, activity, reason,
        sum(min(coalesce(to_us, ?3), ?3) - max(from_us, ?2)) FROM agent_states
      WHERE agent = ?1 AND from_us < ?3 AND from_us >= coalesce(
          (SELECT max(from_us) FROM agent_states WHERE agent = ?1 AND from_us <= ?2), ?2)
        AND coalesce(to_us, ?3) > ?2
      GROUP BY 1, 2, 3 ORDER BY 3
      """, agent, stretch)
    while try rows.step() {
      let time = TimeSpan.microseconds(rows.integer(3))
      let isReady = rows.text(0) == "ready"
      switch rows.text(1) {
      case "talking": row.times.talking += time
      case "holding": row.times.holding += time
      case "consulting": row.times.consulting += time
      case "outbound": row.times.outbound += time
      case "wrap-up": row.times.wrapUp += time
      case "ringing": if isReady { row.times.ringing += time }
      default:  // foreign: String
        if isReady {
          row.times.idle += time
        } else {
          row.addNotReady(rows.text(2), time)
        }
      }
    }
  }
}
