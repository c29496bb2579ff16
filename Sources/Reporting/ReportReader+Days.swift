import Base
import Journal

/// A report was asked for of a part of a day of which only the whole is kept.
public struct PartOfClosedDay: Error, Equatable, Sendable {
  /// The first instant of the day.
  public var from: Instant
  /// The first instant after it.
  public var to: Instant
}

// Days whose records are in archive files: their figures are kept.

extension ReportReader {
  /// Whether there are such days in `span`.
  /// - Throws: ``PartOfClosedDay`` if a stretch begins or ends within one.
  /// - Complexity: O(*stretches* x log *days*).
  func hasClosedDays(_ span: ReportSpan) throws -> Bool {
    let last = try database.integer("SELECT max(to_us) FROM closed_days")
    guard let last, span.from < Instant(microseconds: last) else { return false }
    let find = try database.kept(
      """
      SELECT from_us, to_us FROM closed_days
      WHERE from_us = (SELECT max(from_us) FROM closed_days WHERE from_us < ?1) AND to_us > ?1
      """)
    for edge in Set(span.stretches.flatMap { [$0.from, $0.to] }).sorted() {
      find.bind(1, edge.microseconds)
      guard try find.step() else { continue }
      defer { find.reset() }
      throw PartOfClosedDay(
        from: Instant(microseconds: find.integer(0)), to: Instant(microseconds: find.integer(1)))
    }
    return true
  }

  private static let repSums =
    "SELECT "
    + RepFigure.allCases.map { "coalesce(sum(\($0.rawValue)), 0)" }.joined(separator: ", ")
    + " FROM rep_days WHERE agent = ?1 AND from_us >= ?2 AND from_us < ?3"

  private static let queueSums =
    "SELECT count(*), "
    + QueueFigure.allCases.map { "\($0.isGreatest ? "max" : "sum")(\($0.rawValue))" }
    .joined(separator: ", ")
    + " FROM queue_days WHERE queue = ?1 AND from_us >= ?2 AND from_us < ?3"

  /// Adds the figures of days whose records are in archive files.
  func addDays(_ stretch: ReportSpan.Stretch, to row: inout RepPerformance) throws(DatabaseError) {
    let sums = try statement(Self.repSums, row.agent, stretch)
    if try sums.step() {
      for (column, figure) in RepFigure.allCases.enumerated() {
        row[keyPath: figure.place] += sums.integer(Int32(column))
      }
      sums.reset()
    }
    let reasons = try statement(
      """
      SELECT reason, sum(us) FROM not_ready_days
      WHERE agent = ?1 AND from_us >= ?2 AND from_us < ?3 GROUP BY reason
      """, row.agent, stretch)
    while try reasons.step() {
      row.addNotReady(reasons.text(0), .microseconds(reasons.integer(1)))
    }
  }

  /// Adds the figures of days whose records are in archive files.
  func addDays(_ stretch: ReportSpan.Stretch, to row: inout QueuePerformance) throws(DatabaseError)
  {
    let sums = try statement(Self.queueSums, row.queue, stretch)
    defer { sums.reset() }
    guard try sums.step(), sums.integer(0) > 0 else { return }
    for (column, figure) in QueueFigure.allCases.enumerated() {
      let value = sums.integer(Int32(column + 1))
      row[keyPath: figure.place] = figure.combine(row[keyPath: figure.place], value)
    }
  }
}
