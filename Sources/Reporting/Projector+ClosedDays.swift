import Base
import Events
import Journal

// A day goes to an archive file: its figures stay, its rows go.

extension Projector {
  /// What belongs to a day, of everybody.
  private static let common = [
    "calls WHERE arrived_us", "transfers WHERE started_us", "outbound_requests WHERE requested_us",
  ]
  /// Of one rep, by an index.
  private static let ofRep = [
    "offers WHERE agent = ?3 AND offered_us", "handlings WHERE agent = ?3 AND from_us",
    "consultations WHERE agent = ?3 AND offered_us",
    "prevented_blind_transfers WHERE agent = ?3 AND at_us",
  ]
  /// Of one queue.
  private static let ofQueue = ["queue_visits WHERE queue = ?3 AND entered_us"]

  /// Takes in that a day is in an archive file.
  /// - Complexity: O(*what lies in it* + *reps and queues there have ever been*).
  func close(_ day: ClosedDay) throws {
    try run(
      try database.kept("INSERT OR REPLACE INTO closed_days VALUES(?1, ?2)"), time(day.from),
      time(day.to))
    for row in day.queues where row.id < directory.queues.count {
      let name = directory.queues[Int(row.id)].name
      try keep(row.figures, QueueFigure.self, "queue_days(queue", name, day)
    }
    for row in day.reps where row.id < directory.agents.count {
      let name = directory.agents[Int(row.id)].name
      try keep(row.figures, RepFigure.self, "rep_days(agent", name, day)
      for (reason, span) in row.notReady.sorted(by: { $0.key < $1.key }) {
        let insert = try database.kept(
          "INSERT OR REPLACE INTO not_ready_days VALUES(?1, ?2, ?3, ?4)")
        try run(insert, .text(name), time(day.from), .text(reason), .integer(span))
      }
    }
    try dropRows(of: day)
  }

  /// A record of before a figure was thought of has fewer of them.
  private func keep<Figure: RawRepresentable<String> & CaseIterable>(
    _ figures: [Int64], _ kind: Figure.Type, _ table: String, _ name: String, _ day: ClosedDay
  ) throws {
    let known = Array(zip(kind.allCases.map(\.rawValue), figures))
    let columns = known.map { ", \($0.0)" }.joined()
    let places = String(repeating: ", ?", count: known.count)
    let insert = try database.kept(
      "INSERT OR REPLACE INTO \(table), from_us\(columns)) VALUES(?, ?\(places))")
    insert.bind(1, name)
    insert.bind(2, day.from.microseconds)
    for (place, figure) in known.enumerated() { insert.bind(Int32(place + 3), figure.1) }
    try insert.step()
  }

  private func dropRows(of day: ClosedDay) throws {
    for rows in Self.common { try drop(rows, day) }
    for queue in directory.queues {
      for rows in Self.ofQueue { try drop(rows, day, queue.name) }
    }
    for agent in directory.agents {
      for rows in Self.ofRep { try drop(rows, day, agent.name) }
      // What a rep was doing at its end and went on doing is of the days after, too.
      let end = [SQLValue.text(agent.name), time(day.to)]
      try run(
        try database.kept(
          "DELETE FROM agent_states WHERE agent = ?1 AND from_us < ?2 AND to_us <= ?2"),
        end[0], end[1])
      try run(
        try database.kept("UPDATE agent_states SET from_us = ?2 WHERE agent = ?1 AND from_us < ?2"),
        end[0], end[1])
    }
  }

  private func drop(_ rows: String, _ day: ClosedDay, _ name: String? = nil) throws {
    let column = rows.split(separator: " ").last ?? ""
    let delete = try database.kept("DELETE FROM \(rows) >= ?1 AND \(column) < ?2")
    delete.bind(1, day.from.microseconds)
    delete.bind(2, day.to.microseconds)
    if let name { delete.bind(3, name) }
    try delete.step()
  }
}
