import Base
import Configuration
import Journal
import LineProtocol
import Routing

/// The span of time a report is about, and how finely it is cut.
public struct ReportSpan: Sendable {
  /// The beginning.
  public var from: Instant
  /// The end, not included.
  public var to: Instant
  /// One row for each such stretch; `nil`: one for the whole.
  public var interval: TimeSpan?

  /// A span from `from` to `to`.
  public init(from: Instant, to: Instant, interval: TimeSpan? = nil) {
    self.from = from
    self.to = to
    self.interval = interval
  }

  /// The stretches to be reported.
  var stretches: [(from: Instant, to: Instant)] {
    guard let interval, interval > .zero, from < to else { return [(from, to)] }
    return stride(from: from.microseconds, to: to.microseconds, by: Int(interval.microseconds)).map
    {
      (Instant(microseconds: $0), min(Instant(microseconds: $0) + interval, to))
    }
  }
}

extension ReportStore {
  /// The performance report: one row a rep and stretch.
  ///
  /// Refused = no answer + ignored + went not ready, whoever answered later; refused calls are
  /// distinct. Handle time = talk + hold + wrap-up; occupancy = that / (that + idle while ready).
  public func performance(_ span: ReportSpan, agent: String? = nil) throws -> [Row] {
    try span.stretches.flatMap { stretch in
      try agents(in: stretch, only: agent).map { try performance(of: $0, stretch, span) }
    }
  }

  private func agents(
    in stretch: (from: Instant, to: Instant), only agent: String?
  ) throws(DatabaseError) -> [String] {
    if let agent { return [agent] }
    let rows = try database.prepare(
      """
      SELECT agent FROM agent_states WHERE from_us < ?2 AND coalesce(to_us, ?2) > ?1
      UNION SELECT agent FROM offers WHERE offered_us >= ?1 AND offered_us < ?2 ORDER BY agent
      """)
    rows.bind(1, stretch.from.microseconds)
    rows.bind(2, stretch.to.microseconds)
    var agents: [String] = []
    while try rows.step() { agents.append(rows.text(0)) }
    return agents
  }

  private func performance(
    of agent: String, _ stretch: (from: Instant, to: Instant), _ span: ReportSpan
  ) throws(DatabaseError) -> Row {
    var row = start(stretch, span)
    row.append(("agent", agent))
    let offers = try database.prepare(
      """
      SELECT count(*), coalesce(sum(outcome = 'answered'), 0), coalesce(sum(refused), 0),
        count(DISTINCT CASE WHEN refused THEN call_id END),
        coalesce(sum(outcome = 'no-answer'), 0), coalesce(sum(outcome = 'ignored'), 0),
        coalesce(sum(outcome = 'went-not-ready'), 0), coalesce(sum(outcome = 'unreachable'), 0),
        coalesce(sum(outcome = 'lost-race'), 0), coalesce(sum(outcome = 'caller-abandoned'), 0),
        coalesce(sum(outcome = 'withdrawn'), 0), coalesce(sum(outcome IS NULL), 0),
        coalesce(sum(within_target = 1), 0)
      FROM offers WHERE agent = ?1 AND offered_us >= ?2 AND offered_us < ?3
      """)
    offers.bind(1, agent)
    offers.bind(2, stretch.from.microseconds)
    offers.bind(3, stretch.to.microseconds)
    let names = [
      "offered", "answered", "refused-offers", "refused-calls", "no-answer", "ignored",
      "went-not-ready", "unreachable", "lost-race", "caller-abandoned", "withdrawn", "ringing",
      "answered-within-rings",
    ]
    _ = try offers.step()
    for (index, name) in names.enumerated() {
      row.append((name, String(offers.integer(Int32(index)))))
    }
    let answered = offers.integer(1)
    offers.reset()
    row += try times(of: agent, stretch, answered: answered)
    row += try policyCounts(of: agent, stretch)
    return row
  }

  /// How long a rep did what in a stretch.
  private struct RepTimes {
    var byActivity: [String: Int64] = [:]
    var readyIdle: Int64 = 0
    /// Idle and not ready, by reason.
    var notReady: [(reason: String, time: Int64)] = []

    mutating func add(_ availability: String, _ activity: String, _ reason: String, _ time: Int64) {
      byActivity[activity, default: 0] += time
      guard activity == "idle" else { return }
      if availability == "ready" { readyIdle += time } else { notReady.append((reason, time)) }
    }

    subscript(activity: String) -> Int64 { byActivity[activity] ?? 0 }
  }

  private func times(
    of agent: String, _ stretch: (from: Instant, to: Instant), answered: Int64
  ) throws(DatabaseError) -> Row {
    let rows = try database.prepare(
      """
      SELECT availability, activity, reason,
        sum(min(coalesce(to_us, ?3), ?3) - max(from_us, ?2)) FROM agent_states
      WHERE agent = ?1 AND from_us < ?3 AND coalesce(to_us, ?3) > ?2 GROUP BY 1, 2, 3 ORDER BY 3
      """)
    rows.bind(1, agent)
    rows.bind(2, stretch.from.microseconds)
    rows.bind(3, stretch.to.microseconds)
    var times = RepTimes()
    while try rows.step() {
      times.add(rows.text(0), rows.text(1), rows.text(2), rows.integer(3))
    }
    let talk = times["talking"] + times["consulting"] + times["holding"]
    let handling = talk + times["outbound"] + times["wrap-up"]
    let byReason = times.notReady.map { "\($0.reason):\(seconds($0.time))" }
    return [
      ("talk-and-hold", seconds(talk)), ("hold", seconds(times["holding"])),
      ("outbound", seconds(times["outbound"])), ("wrap-up", seconds(times["wrap-up"])),
      ("ready-idle", seconds(times.readyIdle)),
      ("not-ready", seconds(times.notReady.reduce(0) { $0 + $1.time })),
      ("not-ready-by-reason", byReason.isEmpty ? "-" : byReason.joined(separator: ",")),
      ("occupancy", ratio(handling, handling + times.readyIdle)),
      (
        "average-handle-time",
        answered > 0 ? seconds((talk + times["wrap-up"]) / answered) : "no data"
      ),
    ]
  }

  /// What is counted beside offers: name, table, condition, column of the time.
  private static let policyCounts = [
    ("transfers", "transfers", "holder = ?1 AND outcome = 'completed'", "started_us"),
    ("prevented-blind-transfers", "prevented_blind_transfers", "agent = ?1", "at_us"),
    (
      "outbound-granted", "outbound_requests", "agent = ?1 AND outcome = 'granted'",
      "requested_us"
    ),
    (
      "outbound-refused", "outbound_requests", "agent = ?1 AND outcome = 'refused'",
      "requested_us"
    ),
    ("undocumented", "calls", "agent = ?1 AND undocumented", "arrived_us"),
  ]

  private func policyCounts(
    of agent: String, _ stretch: (from: Instant, to: Instant)
  ) throws(DatabaseError) -> Row {
    var row: Row = []
    for (name, table, condition, time) in Self.policyCounts {
      let count = try database.prepare(
        "SELECT count(*) FROM \(table) WHERE \(condition) AND \(time) >= ?2 AND \(time) < ?3")
      count.bind(1, agent)
      count.bind(2, stretch.from.microseconds)
      count.bind(3, stretch.to.microseconds)
      row.append((name, try count.step() ? String(count.integer(0)) : "0"))
      count.reset()
    }
    return row
  }

  /// The queue report: one row a queue and stretch, with every variant of the service level.
  ///
  /// O offered (short abandons and callers turned away at the door left out), A answered, A_T answered within T, B abandoned, B_T
  /// abandoned within T: negative abandon A_T/O, positive abandon (A_T+B_T)/O, without abandon
  /// A_T/(O-B_T), handled only A_T/A. The speed of answer includes ring time, answered calls only.
  public func queues(_ span: ReportSpan, queue: String? = nil) throws -> [Row] {
    var result: [Row] = []
    for stretch in span.stretches {
      let rows = try database.prepare(
        """
        SELECT queue, count(*), sum(outcome = 'answered'),
          sum(outcome = 'answered' AND left_us - entered_us <= threshold_us),
          sum(outcome = 'abandoned' AND left_us - entered_us > short_us),
          sum(outcome = 'abandoned' AND left_us - entered_us > short_us
            AND left_us - entered_us <= threshold_us),
          sum(outcome = 'abandoned' AND left_us - entered_us <= short_us),
          sum(outcome IS NULL), max(threshold_us),
          sum(CASE WHEN outcome = 'answered' THEN left_us - entered_us END),
          max(CASE WHEN outcome = 'answered' THEN left_us - entered_us END),
          sum(left_us = entered_us AND outcome NOT IN ('answered', 'abandoned'))
        FROM queue_visits WHERE entered_us >= ?1 AND entered_us < ?2
          AND (?3 IS NULL OR queue = ?3) GROUP BY queue ORDER BY queue
        """)
      rows.bind(1, stretch.from.microseconds)
      rows.bind(2, stretch.to.microseconds)
      rows.bind(3, queue)
      while try rows.step() {
        let refusals = try refusals(in: rows.text(0), stretch)
        result.append(start(stretch, span) + queueRow(rows) + refusals)
      }
    }
    return result
  }

  private func refusals(
    in queue: String, _ stretch: (from: Instant, to: Instant)
  ) throws(DatabaseError) -> Row {
    let rows = try database.prepare(
      """
      SELECT count(*), coalesce(sum(refused), 0), count(DISTINCT CASE WHEN refused THEN call_id END)
      FROM offers WHERE queue = ?1 AND offered_us >= ?2 AND offered_us < ?3
      """)
    rows.bind(1, queue)
    rows.bind(2, stretch.from.microseconds)
    rows.bind(3, stretch.to.microseconds)
    defer { rows.reset() }
    guard try rows.step() else { return [] }
    return [
      ("offers", String(rows.integer(0))), ("refused-offers", String(rows.integer(1))),
      ("refused-calls", String(rows.integer(2))),
    ]
  }

  private func queueRow(_ rows: Statement) -> Row {
    let entered = rows.integer(1)
    let (answered, answeredInTime) = (rows.integer(2), rows.integer(3))
    let (abandoned, abandonedInTime) = (rows.integer(4), rows.integer(5))
    let (short, stillThere) = (rows.integer(6), rows.integer(7))
    // Who was turned away at the door (closed, full, nobody there) was never offered.
    let turnedAway = rows.integer(11)
    let offered = entered - short - turnedAway
    let exits = entered - answered - abandoned - short - stillThere - turnedAway
    return [
      ("queue", rows.text(0)), ("entered", String(entered)), ("offered", String(offered)),
      ("answered", String(answered)), ("abandoned", String(abandoned)),
      ("short-abandoned", String(short)), ("turned-away", String(turnedAway)),
      ("exits", String(exits)),
      ("still-there", String(stillThere)), ("threshold", seconds(rows.integer(8))),
      ("service-level-negative-abandon", ratio(answeredInTime, offered)),
      ("service-level-positive-abandon", ratio(answeredInTime + abandonedInTime, offered)),
      ("service-level-without-abandon", ratio(answeredInTime, offered - abandonedInTime)),
      ("service-level-handled-only", ratio(answeredInTime, answered)),
      ("average-speed-of-answer", answered > 0 ? seconds(rows.integer(9) / answered) : "no data"),
      ("longest-answered-wait", answered > 0 ? seconds(rows.integer(10)) : "no data"),
      ("abandonment-rate", ratio(abandoned, offered)),
    ]
  }

  /// The newest calls of a span, newest first.
  public func calls(_ span: ReportSpan, limit: Int, onlyUndocumented: Bool) throws -> [Row] {
    let rows = try database.prepare(
      """
      SELECT name AS call, direction, queue, from_number AS "from", to_number AS "to",
        caller_name AS name, agent, purpose, arrived_us, answered_us, ended_us,
        end_reason AS "end-reason", offers, refused_offers AS "refused-offers", holds, hold_us,
        transfers, undocumented, client, order_number AS "order", call_back_number AS "call-back",
        category, disposition, notes FROM calls
      WHERE arrived_us >= ?1 AND arrived_us < ?2 AND (undocumented OR NOT ?3)
      ORDER BY arrived_us DESC, id DESC LIMIT ?4
      """)
    rows.bind(1, span.from.microseconds)
    rows.bind(2, span.to.microseconds)
    rows.bind(3, Int64(onlyUndocumented ? 1 : 0))
    rows.bind(4, Int64(limit))
    var result: [Row] = []
    while try rows.step() { result.append(callRow(rows)) }
    return result
  }

  private func callRow(_ rows: Statement) -> Row {
    (0..<rows.columnCount).compactMap { column in
      if rows.isNull(column) { return nil }
      let name = rows.name(column)
      switch name {
      case "hold_us": return ("hold", seconds(rows.integer(column)))
      case "arrived_us", "answered_us", "ended_us":
        return (
          String(name.dropLast(3)), Timestamp.text(Instant(microseconds: rows.integer(column)))
        )
      case "undocumented": return (name, rows.integer(column) == 1 ? "yes" : "no")
      default: return (name, rows.text(column))
      }
    }
  }

  // MARK: Values

  private func start(_ stretch: (from: Instant, to: Instant), _ span: ReportSpan) -> Row {
    span.interval == nil
      ? [] : [("start", Timestamp.text(stretch.from))]
  }

  private func seconds(_ microseconds: Int64) -> String {
    let tenths = (microseconds + 50_000) / 100_000
    return "\(tenths / 10).\(abs(tenths % 10))"
  }

  /// A share to four decimals; without cases there is no share.
  private func ratio(_ part: Int64, _ whole: Int64) -> String {
    if whole <= 0 { return "no data" }
    let tenThousandths = (part * 10_000 + whole / 2) / whole
    let text = String(tenThousandths % 10_000)
    return "\(tenThousandths / 10_000).\(String(repeating: "0", count: 4 - text.count))\(text)"
  }
}
