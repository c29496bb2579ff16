/// The read model: plain tables that members of a group may open with `sqlite3` while the daemon runs.
///
/// It is derived from the journal and may be deleted; it is built anew then. Times are microseconds
/// since 1970 (`datetime(x / 1e6, 'unixepoch')`), spans are microseconds. See `REPORTS.md` in the
/// module's documentation for every column.
enum ReportSchema {
  /// Raised whenever a table changes; an older file is thrown away and built anew.
  static let version: Int64 = 5

  static let tables = """
    CREATE TABLE progress(
      seq INTEGER NOT NULL, journal TEXT NOT NULL, directory TEXT NOT NULL);
    CREATE TABLE calls(
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, direction TEXT NOT NULL, queue TEXT,
      from_number TEXT, to_number TEXT, caller_name TEXT, priority INTEGER, purpose TEXT,
      arrived_us INTEGER NOT NULL, answered_us INTEGER, ended_us INTEGER, end_reason TEXT,
      agent TEXT, offers INTEGER NOT NULL DEFAULT 0, refused_offers INTEGER NOT NULL DEFAULT 0,
      holds INTEGER NOT NULL DEFAULT 0, hold_us INTEGER NOT NULL DEFAULT 0, held_since_us INTEGER,
      hold_reminders INTEGER NOT NULL DEFAULT 0, transfers INTEGER NOT NULL DEFAULT 0,
      undocumented INTEGER NOT NULL DEFAULT 0, client TEXT, order_number TEXT,
      call_back_number TEXT, category TEXT, disposition TEXT, notes TEXT,
      changed_seq INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE INDEX calls_by_name ON calls(name, arrived_us);
    CREATE INDEX calls_by_arrival ON calls(arrived_us);
    CREATE INDEX calls_undocumented ON calls(arrived_us) WHERE undocumented;
    CREATE INDEX calls_back_agreed ON calls(ended_us) WHERE end_reason = 'call-back-agreed';
    CREATE INDEX calls_out_by_number ON calls(to_number, arrived_us) WHERE direction = 'outbound';
    CREATE INDEX calls_in_by_number ON calls(from_number, arrived_us) WHERE direction = 'inbound';
    CREATE TABLE offers(
      offer INTEGER PRIMARY KEY, call_id INTEGER NOT NULL, call TEXT NOT NULL, queue TEXT NOT NULL,
      agent TEXT NOT NULL, attempt INTEGER NOT NULL, offered_us INTEGER NOT NULL,
      ringing_us INTEGER, ended_us INTEGER, outcome TEXT, refused INTEGER NOT NULL DEFAULT 0,
      rings INTEGER, within_target INTEGER, explained INTEGER NOT NULL DEFAULT 0,
      explanation TEXT) STRICT;
    CREATE INDEX offers_by_agent ON offers(agent, offered_us);
    CREATE INDEX offers_by_queue ON offers(queue, offered_us);
    CREATE INDEX offers_by_call ON offers(call_id);
    CREATE TABLE queue_visits(
      call_id INTEGER NOT NULL, queue TEXT NOT NULL, entered_us INTEGER NOT NULL,
      waiting_since_us INTEGER NOT NULL, left_us INTEGER, outcome TEXT, short_us INTEGER NOT NULL,
      threshold_us INTEGER NOT NULL) STRICT;
    CREATE INDEX queue_visits_by_queue ON queue_visits(queue, entered_us);
    CREATE INDEX queue_visits_by_call ON queue_visits(call_id);
    CREATE TABLE handlings(
      call_id INTEGER NOT NULL, agent TEXT NOT NULL, kind TEXT NOT NULL, from_us INTEGER NOT NULL,
      talked_until_us INTEGER, wrap_up_since_us INTEGER, wrap_up_us INTEGER NOT NULL DEFAULT 0,
      undocumented INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE INDEX handlings_by_agent ON handlings(agent, from_us);
    CREATE INDEX handlings_by_call ON handlings(call_id);
    CREATE INDEX handlings_in_wrap_up ON handlings(agent) WHERE wrap_up_since_us IS NOT NULL;
    CREATE TABLE transfers(
      transfer INTEGER PRIMARY KEY, call_id INTEGER NOT NULL, call TEXT NOT NULL,
      holder TEXT NOT NULL, target TEXT, agent TEXT, who TEXT, about TEXT,
      started_us INTEGER NOT NULL, answered_us INTEGER, confirmed_us INTEGER, ended_us INTEGER,
      outcome TEXT) STRICT;
    CREATE INDEX transfers_by_start ON transfers(started_us);
    CREATE INDEX transfers_by_holder ON transfers(holder, started_us);
    CREATE TABLE consultations(
      transfer INTEGER NOT NULL, call_id INTEGER NOT NULL, agent TEXT NOT NULL,
      offered_us INTEGER NOT NULL, answered_us INTEGER, ended_us INTEGER, outcome TEXT) STRICT;
    CREATE INDEX consultations_by_transfer ON consultations(transfer);
    CREATE INDEX consultations_by_agent ON consultations(agent, offered_us);
    CREATE TABLE prevented_blind_transfers(
      at_us INTEGER NOT NULL, call TEXT NOT NULL, agent TEXT NOT NULL, cause TEXT NOT NULL) STRICT;
    CREATE INDEX prevented_by_agent ON prevented_blind_transfers(agent, at_us);
    CREATE TABLE outbound_requests(
      id INTEGER PRIMARY KEY, request INTEGER, agent TEXT NOT NULL, purpose TEXT NOT NULL,
      to_number TEXT, requested_us INTEGER NOT NULL, granted_us INTEGER, call TEXT,
      ended_us INTEGER, outcome TEXT NOT NULL, rule TEXT, queue TEXT) STRICT;
    CREATE INDEX outbound_by_time ON outbound_requests(requested_us);
    CREATE INDEX outbound_by_agent ON outbound_requests(agent, requested_us);
    CREATE INDEX outbound_by_request ON outbound_requests(request);
    CREATE TABLE agent_states(
      agent TEXT NOT NULL, availability TEXT NOT NULL, activity TEXT NOT NULL, reason TEXT,
      from_us INTEGER NOT NULL, to_us INTEGER) STRICT;
    CREATE INDEX agent_states_by_agent ON agent_states(agent, from_us);
    CREATE UNIQUE INDEX agent_states_open ON agent_states(agent) WHERE to_us IS NULL;
    CREATE TABLE closed_days(from_us INTEGER PRIMARY KEY, to_us INTEGER NOT NULL) STRICT;
    CREATE TABLE rep_days(
      agent TEXT NOT NULL, from_us INTEGER NOT NULL, \(columns(RepFigure.self)),
      PRIMARY KEY(agent, from_us)) STRICT, WITHOUT ROWID;
    CREATE TABLE queue_days(
      queue TEXT NOT NULL, from_us INTEGER NOT NULL, \(columns(QueueFigure.self)),
      PRIMARY KEY(queue, from_us)) STRICT, WITHOUT ROWID;
    CREATE TABLE not_ready_days(
      agent TEXT NOT NULL, from_us INTEGER NOT NULL, reason TEXT NOT NULL, us INTEGER NOT NULL,
      PRIMARY KEY(agent, from_us, reason)) STRICT, WITHOUT ROWID;
    """

  private static func columns<Figure: RawRepresentable<String> & CaseIterable>(
    _ figures: Figure.Type
  ) -> String {
    figures.allCases.map { "\($0.rawValue) INTEGER NOT NULL DEFAULT 0" }.joined(separator: ", ")
  }

  static let views = """
    CREATE VIEW agent_performance AS
    SELECT agent, date(offered_us / 1000000, 'unixepoch') AS day, count(*) AS offered,
      sum(outcome = 'answered') AS answered, sum(refused) AS refused_offers,
      count(DISTINCT CASE WHEN refused THEN call_id END) AS refused_calls,
      sum(outcome = 'no-answer') AS no_answer, sum(outcome = 'ignored') AS ignored,
      sum(outcome = 'went-not-ready') AS went_not_ready,
      sum(outcome = 'unreachable') AS unreachable, sum(outcome = 'lost-race') AS lost_race,
      sum(outcome = 'caller-abandoned') AS caller_abandoned,
      sum(outcome = 'withdrawn') AS withdrawn, sum(within_target = 1) AS answered_within_rings
    FROM offers GROUP BY agent, day;
    CREATE VIEW queue_performance AS
    SELECT queue, date(entered_us / 1000000, 'unixepoch') AS day, count(*) AS entered,
      sum(outcome = 'answered') AS answered,
      sum(outcome = 'abandoned' AND NOT (short_us > 0 AND left_us - waiting_since_us <= short_us))
        AS abandoned,
      sum(outcome = 'abandoned' AND short_us > 0 AND left_us - waiting_since_us <= short_us)
        AS short_abandoned,
      sum(left_us = entered_us AND outcome NOT IN ('answered', 'abandoned')) AS turned_away,
      sum(left_us > entered_us AND outcome NOT IN ('answered', 'abandoned')) AS exits,
      sum(left_us IS NULL) AS still_there,
      avg(CASE WHEN outcome = 'answered' THEN (left_us - waiting_since_us) / 1e6 END)
        AS average_speed_of_answer_seconds
    FROM queue_visits GROUP BY queue, day;
    """
}
