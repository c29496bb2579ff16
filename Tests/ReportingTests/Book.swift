import Base
import Configuration
import Events
import Foundation
import Journal
import Measures
import Routing
import TestSupport
import Testing

@testable import Reporting

/// A history written by hand: what happened, at so many seconds of a day.
struct Book {
  static let yaml = """
    team: { time-zone: UTC }
    not-ready-reasons: [lunch]
    agents: { alice: {}, bob: {}, carol: {} }
    queues:
      sales: { members: [alice, bob, carol], short-abandon: 5, wrap-up: 45, rings: 4,
               target-rings: 3, service-level: { target: 80%, within: 20 } }
      backup: { members: [bob], short-abandon: 5, service-level: { target: 80%, within: 20 } }
    """
  static let start = Instant(seconds: 1_800_000_000)

  private(set) var records: [Record] = []
  private var configuration: Configuration
  var directory: Directory { configuration.directory }

  static let (alice, bob, carol) = (AgentID(0), AgentID(1), AgentID(2))
  static let (sales, backup) = (QueueID(0), QueueID(1))

  init(_ yaml: String = Self.yaml) throws {
    configuration = try Configuration(yaml: yaml, file: "book.yaml")
    plan(at: 0)
  }

  static func call(_ number: Int) -> CallID { CallID(slot: UInt32(number), generation: 1) }

  static func time(_ seconds: Double) -> Instant { start + TimeSpan(seconds: seconds) }

  private mutating func append(_ seconds: Double, _ content: Record.Content) {
    records.append(
      Record(seq: UInt64(records.count + 1), at: Self.time(seconds), content: content))
  }

  mutating func at(_ seconds: Double, _ event: Event, _ detail: String = "") {
    append(seconds, .event(event, Detail(options: detail)))
  }

  /// A rep says why an offer was refused.
  mutating func explain(_ seconds: Double, _ offer: UInt64, _ why: String) {
    append(
      seconds, .shell(.offerExplained(offer: offer), Detail().with(.explanation, why)))
  }

  /// A write-up after the wrap-up.
  mutating func amend(_ seconds: Double, isDocumented: Bool, _ detail: String) {
    append(seconds, .shell(.amended(isDocumented: isDocumented), Detail(options: detail)))
  }

  private mutating func plan(at seconds: Double) {
    let parts = PlanRecord(configuration).parts
    append(seconds, .shell(.planAdopted(parts.plan), Detail().with(.people, parts.people)))
  }

  /// Another configuration is put into force.
  mutating func reload(_ seconds: Double, _ yaml: String) throws {
    configuration = try Configuration(yaml: yaml, file: "book.yaml", keeping: directory)
    plan(at: seconds)
  }

  // MARK: What often happens

  mutating func login(_ seconds: Double, _ agent: AgentID) {
    at(seconds, .agent(.loggedIn(agent)))
    at(seconds, .agent(.becameReady(agent)))
  }

  mutating func arrive(_ seconds: Double, _ number: Int, _ queue: QueueID = Book.sales) {
    at(
      seconds,
      .call(.arrived(Self.call(number), queue: queue, priority: 0, credit: .zero, skills: [])),
      " call=c-\(number)")
  }

  /// Offers are numbered like their calls, times ten.
  mutating func offer(
    _ seconds: Double, _ number: Int, _ agent: AgentID, _ queue: QueueID = Book.sales, ring: Int = 0
  ) {
    at(
      seconds,
      .call(
        .offered(
          OfferID(UInt64(number * 10 + ring)), call: Self.call(number), agent: agent, queue: queue,
          ringTimeout: .seconds(24), round: 0)), " call=c-\(number)")
  }

  mutating func answer(_ seconds: Double, _ number: Int, _ agent: AgentID, ring: Int = 0) {
    at(
      seconds,
      .call(
        .answered(
          OfferID(UInt64(number * 10 + ring)), call: Self.call(number), agent: agent)))
  }

  mutating func endOffer(
    _ seconds: Double, _ number: Int, _ agent: AgentID, _ outcome: OfferOutcome, ring: Int = 0
  ) {
    at(
      seconds,
      .call(
        .offerEnded(
          OfferID(UInt64(number * 10 + ring)), call: Self.call(number), agent: agent,
          outcome: outcome, restUntil: .distantPast)))
  }

  mutating func end(
    _ seconds: Double, _ number: Int, _ agent: AgentID?, _ reason: EndReason = .callerHungUp
  ) {
    at(seconds, .call(.ended(Self.call(number), agent: agent, reason: reason)))
  }

  mutating func wrapUp(_ seconds: Double, _ number: Int, _ agent: AgentID, for length: Double) {
    at(
      seconds,
      .agent(.wrapUpStarted(agent, call: Self.call(number), until: Self.time(seconds + length))))
    at(seconds + length, .agent(.wrapUpEnded(agent)))
  }

  // MARK: What is reported of it

  func store(path: String = ":memory:") throws -> ReportStore {
    let store = try ReportStore(path: path, journal: "book")
    try store.project(records)
    return store
  }

  static func span(_ from: Double, _ to: Double, every interval: TimeSpan? = nil) -> ReportSpan {
    ReportSpan(from: time(from), to: time(to), interval: interval)
  }

  func performance(
    _ agent: String, _ from: Double = 0, _ to: Double = 100_000
  ) throws -> RepPerformance {
    try #require(try store().reader().performance(Self.span(from, to), agent: agent).first)
  }

  func queue(
    _ name: String, _ from: Double = 0, _ to: Double = 100_000
  ) throws -> QueuePerformance {
    try #require(try store().reader().queues(Self.span(from, to), queue: name).first)
  }
}

extension ReportStore {
  /// Every row of every table, as text.
  func dump() throws -> [String] {
    var lines: [String] = []
    let tables = try database.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'progress' ORDER BY name")
    while try tables.step() {
      let table = tables.text(0)
      let rows = try database.prepare(
        "SELECT * FROM \(table) ORDER BY \(table.hasSuffix("_days") ? "1, 2" : "rowid")")
      while try rows.step() {
        let cells = (0..<rows.columnCount).map { rows.isNull($0) ? "NULL" : rows.text($0) }
        lines.append("\(table): \(cells.joined(separator: "|"))")
      }
    }
    return lines
  }
}
