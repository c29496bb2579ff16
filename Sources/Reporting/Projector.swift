import Base
import Configuration
import Events
import Journal
import Routing

/// Turns records into rows of the read model. What it needs from the past it reads from the tables,
/// so it can stop and go on anywhere.
struct Projector {
  let database: Database
  /// The names as of the last plan taken in.
  private(set) var directory: Directory
  /// What each rep is doing, by ``AgentID``.
  var states: [UInt16: RepState] = [:]
  let statements: Statements

  /// What a rep is doing, as reported: both parts of the engine's state.
  struct RepState: Equatable {
    /// Whether the rep takes queue calls; raw values are what the tables hold.
    enum Availability: String {
      case loggedOut = "logged-out"
      case notReady = "not-ready"
      case ready
    }

    var availability = Availability.loggedOut
    var activity = RepActivity.idle
    var reason: String?
  }

  init(_ database: Database, _ directory: Directory) throws(DatabaseError) {
    self.database = database
    self.directory = directory
    statements = try Statements(database)
    let rows = try database.prepare(
      "SELECT agent, availability, activity, reason FROM agent_states WHERE to_us IS NULL")
    while try rows.step() {
      let name = rows.text(0)
      // Whoever is no longer in the configuration may still be on a call.
      guard let agent = directory.agents.firstIndex(where: { $0.name == name }) else { continue }
      states[UInt16(agent)] = RepState(
        availability: RepState.Availability(rawValue: rows.text(1)) ?? .loggedOut,
        activity: RepActivity(rawValue: rows.text(2)) ?? .idle,
        reason: rows.isNull(3) ? nil : rows.text(3))
    }
  }

  // MARK: Names

  /// Where names of reps and queues stand.
  private static let agentColumns = [
    "calls.agent", "offers.agent", "transfers.holder", "transfers.agent",
    "prevented_blind_transfers.agent", "outbound_requests.agent", "agent_states.agent",
    "handlings.agent", "consultations.agent", "rep_days.agent", "not_ready_days.agent",
  ]
  private static let queueColumns = [
    "calls.queue", "offers.queue", "queue_visits.queue", "outbound_requests.queue",
    "queue_days.queue",
  ]

  /// Puts the names of a plan into force. Who was renamed has the new name everywhere, so that a report does
  /// not depend on when it was made.
  /// - Complexity: O(*rows*) for each name that changed.
  private mutating func use(_ directory: Directory) throws(DatabaseError) {
    let old = self.directory
    self.directory = directory
    try rename(old.agents.map(\.name), directory.agents.map(\.name), Self.agentColumns)
    try rename(old.queues.map(\.name), directory.queues.map(\.name), Self.queueColumns)
  }

  private func rename(
    _ old: [String], _ new: [String], _ columns: [String]
  ) throws(DatabaseError) {
    let changed = zip(old, new).filter { $0 != $1 }
    // By way of names that nobody has: two may have changed places.
    for (index, names) in changed.enumerated() { try rename(names.0, " \(index)", columns) }
    for (index, names) in changed.enumerated() { try rename(" \(index)", names.1, columns) }
  }

  private func rename(_ old: String, _ new: String, _ columns: [String]) throws(DatabaseError) {
    for column in columns {
      let parts = column.split(separator: ".")
      let update = try database.prepare(
        "UPDATE \(parts[0]) SET \(parts[1]) = ?2 WHERE \(parts[1]) = ?1")
      update.bind(1, old)
      update.bind(2, new)
      try update.step()
    }
  }

  /// Takes in one record.
  mutating func project(_ record: Record) throws {
    switch record.content {
    case .event(let event, let detail): try project(event, detail, record)
    case .companion: break
    case .shell(.planAdopted(let plan), let detail):
      let parts = PlanRecord.Parts(plan: plan, people: detail[.people])
      try use(try PlanRecord(parts).directory)
    case .shell(.amended(let isDocumented), let detail):
      try amend(detail, isDocumented: isDocumented, record.seq)
    // No report goes by these.
    case .shell(.offerExplained(let offer), let detail):
      try run(
        statements.offers.explain, .integer(Int64(clamping: offer)), .text(detail[.explanation]))
    case .shell(.textForgotten(_, let from, let to), _): try forget(from: from, to: to)
    case .shell(.historyClosed(_, let day), _): try close(day)
    case .shell(.draining, _), .shell(.restored, _), .shell(.note, _): break
    }
  }

  private mutating func project(_ event: Event, _ detail: Detail, _ record: Record) throws {
    switch event {
    case .call(let event):
      try projectCall(event, detail, record.at)
      try projectOffer(event, detail, record.at)
      try projectHandling(event, record.at)
    case .agent(let event): try projectHandling(event, record.at)
    case .transfer(let event): try projectTransfer(event, detail, record.at)
    case .outbound(let event): try projectRequest(event, detail, record.at)
    // Reports go by the calendar of the plan.
    case .calendar, .feed: break
    }
    try projectState(event, record.at)
    if let call = Parties(of: event).call {
      try run(statements.calls.markChanged, id(call), .integer(Int64(clamping: record.seq)))
    }
  }

  func run(_ statement: Statement, _ values: SQLValue...) throws {
    for (index, value) in values.enumerated() {
      switch value {
      case .integer(let value): statement.bind(Int32(index + 1), value)
      case .text(let value): statement.bind(Int32(index + 1), value)
      }
    }
    try statement.step()
  }

  func id(_ call: CallID) -> SQLValue { .integer(Int64(bitPattern: call.rawValue)) }
  func time(_ at: Instant) -> SQLValue { .integer(at.microseconds) }
  func name(_ agent: AgentID) -> SQLValue { .text(directory.name(of: agent)) }

  // MARK: Calls

  private func projectCall(_ event: CallEvent, _ detail: Detail, _ at: Instant) throws {
    switch event {
    case .arrived(let call, let queue, let priority, _, _, _):
      try run(
        statements.calls.openCall, id(call), .text(detail[.call] ?? ""), .text("inbound"),
        .text(directory.name(of: queue)), .text(detail[.from]),
        .text(detail[.to]), .text(detail[.name]), .integer(Int64(priority)),
        .text(nil), time(at), .text(nil))
      try enter(call, queue, at, waitingSince: at)
    case .diverted(let call, _, let reason, let overflow):
      if case .queue(let next) = overflow {
        try run(statements.calls.leaveQueue, id(call), time(at), .text("overflow:\(reason.word)"))
        try enter(call, next, at)
      } else if overflow == .voicemail {
        try run(statements.calls.leaveQueue, id(call), time(at), .text("voicemail:\(reason.word)"))
      }
    // Who has talked to a rep already begins to wait anew.
    case .returnedToQueue(let call, let queue, _, _):
      try enter(call, queue, at, waitingSince: at)
    case .held(let call, _): try run(statements.calls.hold, id(call), time(at))
    case .resumed(let call, _): try run(statements.calls.resume, id(call), time(at))
    case .holdReminded(let call, _, _): try run(statements.calls.remind, id(call))
    case .ended(let call, _, let reason):
      try run(statements.calls.resume, id(call), time(at))
      try run(statements.calls.endCall, id(call), time(at), .text(reason.word))
      try writeUp(detail, id(call))
      try run(statements.calls.leaveQueue, id(call), time(at), .text(reason.word))
    case .writtenUp(let call, _, _):
      try writeUp(detail, id(call))
    case .leftUndocumented(let call, _): try run(statements.calls.undocumented, id(call))
    case .answered(_, let call, let agent):
      try run(statements.calls.answerCall, id(call), time(at))
      try run(statements.calls.holdBy, id(call), name(agent))
      try run(statements.calls.leaveQueue, id(call), time(at), .text("answered"))
    case .offered, .ringing, .offerEnded, .tierEscalated, .foundStale: break
    }
  }

  /// - Parameter since: When the caller's clock started; `nil`: it runs on from the queue before.
  private func enter(
    _ call: CallID, _ queue: QueueID, _ at: Instant, waitingSince since: Instant? = nil
  ) throws {
    let entry = directory.queues[queue.index]
    try run(
      statements.calls.enterQueue, id(call), .text(entry.name), time(at),
      .integer(entry.shortAbandon.microseconds),
      .integer(entry.serviceLevelThreshold.microseconds), .integer(since?.microseconds))
  }

  /// Where a part of a write-up stands.
  private static func column(of name: Detail.Name) -> String? {
    switch name {
    case .client: "client"
    case .order: "order_number"
    case .callBack: "call_back_number"
    case .category: "category"
    case .disposition: "disposition"
    case .notes: "notes"
    case .call, .from, .to, .name, .who, .about, .by, .people, .other, .feed, .cause, .ref,
      .explanation:
      nil
    }
  }

  private func writeUp(_ detail: Detail, _ call: SQLValue) throws {
    try detail.forEach { name, text in
      guard let column = Self.column(of: name) else { return }
      let update = try database.kept("UPDATE calls SET \(column) = ?1 WHERE id = ?2")
      try run(update, .text(text), call)
    }
  }

  /// A write-up given after wrap-up.
  private func amend(_ detail: Detail, isDocumented: Bool, _ seq: UInt64) throws {
    guard let name = detail[.call] else { return }
    let find = try database.kept(
      "SELECT id FROM calls WHERE name = ?1 ORDER BY arrived_us DESC LIMIT 1")
    find.bind(1, name)
    guard try find.step() else { return }
    let id = find.integer(0)
    find.reset()
    try writeUp(detail, .integer(id))
    try run(statements.calls.markChanged, .integer(id), .integer(Int64(clamping: seq)))
    if isDocumented {
      try run(statements.calls.documented, .integer(id))
      try run(statements.handlings.documented, .integer(id))
    }
  }

  // MARK: Offers

  private func projectOffer(_ event: CallEvent, _ detail: Detail, _ at: Instant) throws {
    switch event {
    case .offered(let offer, let call, let agent, let queue, _, _):
      try run(
        statements.offers.openOffer, .integer(Int64(bitPattern: offer.rawValue)), id(call),
        .text(detail[.call] ?? ""), .text(directory.name(of: queue)), name(agent),
        time(at))
      try run(statements.offers.countOffer, id(call))
    case .ringing(let offer, _, _):
      try run(statements.offers.ringOffer, .integer(Int64(bitPattern: offer.rawValue)), time(at))
    case .offerEnded(let offer, let call, _, let outcome, _):
      try endOffer(offer, outcome, at)
      if outcome.isRefused { try run(statements.offers.countRefusal, id(call)) }
    case .answered(let offer, _, _): try endOffer(offer, .answered, at)
    case .arrived, .diverted, .tierEscalated, .held, .resumed, .holdReminded, .ended, .writtenUp,
      .leftUndocumented, .returnedToQueue, .foundStale:
      break
    }
  }

  private func endOffer(_ offer: OfferID, _ outcome: OfferOutcome, _ at: Instant) throws {
    let number = Int64(bitPattern: offer.rawValue)
    statements.offers.offerQueue.bind(1, number)
    var cycle = TimeSpan.seconds(6)
    var target = 3
    if try statements.offers.offerQueue.step() {
      // A queue that is no longer in the configuration may still ring.
      let name = statements.offers.offerQueue.text(0)
      if let queue = directory.queues.first(where: { $0.name == name }) {
        cycle = queue.ringCycle
        target = queue.targetRings
      }
      statements.offers.offerQueue.reset()
    }
    try run(
      statements.offers.endOffer, .integer(number), time(at), .text(outcome.word),
      .integer(outcome.isRefused ? 1 : 0), .integer(cycle.microseconds), .integer(Int64(target)))
  }
}

/// A value for a parameter of a statement.
enum SQLValue {
  case integer(Int64?)
  case text(String?)
}
