/// The read model: plain tables that anyone may open with `sqlite3` while the daemon runs.
///
/// It is derived from the journal and may be deleted; it is built anew then. Times are microseconds
/// since 1970 (`datetime(x / 1e6, 'unixepoch')`), spans are microseconds. See `REPORTS.md` in the
/// module's documentation for every column.
enum ReportSchema {
  /// Raised whenever a table changes; an older file is thrown away and built anew.
  static let version: Int64 = 2

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
    CREATE INDEX calls_by_name ON calls(name);
    CREATE INDEX calls_by_arrival ON calls(arrived_us);
    CREATE TABLE offers(
      offer INTEGER PRIMARY KEY, call_id INTEGER NOT NULL, call TEXT NOT NULL, queue TEXT NOT NULL,
      agent TEXT NOT NULL, attempt INTEGER NOT NULL, offered_us INTEGER NOT NULL,
      ringing_us INTEGER, ended_us INTEGER, outcome TEXT, refused INTEGER NOT NULL DEFAULT 0,
      rings INTEGER, within_target INTEGER) STRICT;
    CREATE INDEX offers_by_time ON offers(offered_us);
    CREATE INDEX offers_by_call ON offers(call_id);
    CREATE TABLE queue_visits(
      call_id INTEGER NOT NULL, queue TEXT NOT NULL, entered_us INTEGER NOT NULL,
      left_us INTEGER, outcome TEXT, short_us INTEGER NOT NULL, threshold_us INTEGER NOT NULL)
      STRICT;
    CREATE INDEX queue_visits_by_time ON queue_visits(entered_us);
    CREATE INDEX queue_visits_by_call ON queue_visits(call_id);
    CREATE TABLE transfers(
      transfer INTEGER PRIMARY KEY, call_id INTEGER NOT NULL, call TEXT NOT NULL,
      holder TEXT NOT NULL, target TEXT, agent TEXT, who TEXT, about TEXT,
      started_us INTEGER NOT NULL, answered_us INTEGER, confirmed_us INTEGER, ended_us INTEGER,
      outcome TEXT) STRICT;
    CREATE TABLE prevented_blind_transfers(
      at_us INTEGER NOT NULL, call TEXT NOT NULL, agent TEXT NOT NULL, cause TEXT NOT NULL) STRICT;
    CREATE TABLE outbound_requests(
      id INTEGER PRIMARY KEY, request INTEGER, agent TEXT NOT NULL, purpose TEXT NOT NULL,
      to_number TEXT, requested_us INTEGER NOT NULL, granted_us INTEGER, call TEXT,
      ended_us INTEGER, outcome TEXT NOT NULL, rule TEXT, queue TEXT) STRICT;
    CREATE TABLE agent_states(
      agent TEXT NOT NULL, availability TEXT NOT NULL, activity TEXT NOT NULL, reason TEXT,
      from_us INTEGER NOT NULL, to_us INTEGER) STRICT;
    CREATE INDEX agent_states_by_time ON agent_states(from_us);
    CREATE UNIQUE INDEX agent_states_open ON agent_states(agent) WHERE to_us IS NULL;
    """

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
      sum(outcome = 'answered') AS answered, sum(outcome = 'abandoned') AS abandoned,
      sum(outcome = 'abandoned' AND left_us - entered_us <= short_us) AS short_abandoned,
      sum(outcome NOT IN ('answered', 'abandoned')) AS exits, sum(left_us IS NULL) AS still_there,
      avg(CASE WHEN outcome = 'answered' THEN (left_us - entered_us) / 1e6 END)
        AS average_speed_of_answer_seconds
    FROM queue_visits GROUP BY queue, day;
    """
}
