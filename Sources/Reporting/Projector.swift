import Base
import Configuration
import Journal
import LineProtocol
import Routing

/// Turns records into rows of the read model. What it needs from the past it reads from the tables,
/// so it can stop and go on anywhere.
struct Projector {
  private let database: Database
  /// The names as of the last plan taken in.
  private(set) var directory: Directory
  private var states: [UInt16: AgentState] = [:]
  private let statements: Statements

  /// What a rep is doing, as reported: both parts of the engine's state, in words.
  private struct AgentState: Equatable {
    var availability = "logged-out"
    var activity = "idle"
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
      states[UInt16(agent)] = AgentState(
        availability: rows.text(1), activity: rows.text(2),
        reason: rows.isNull(3) ? nil : rows.text(3))
    }
  }

  // MARK: Names

  /// Where names of reps and queues stand.
  private static let agentColumns = [
    "calls.agent", "offers.agent", "transfers.holder", "transfers.agent",
    "prevented_blind_transfers.agent", "outbound_requests.agent", "agent_states.agent",
  ]
  private static let queueColumns = [
    "calls.queue", "offers.queue", "queue_visits.queue", "outbound_requests.queue",
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
    guard case .event(let event, let detail) = record.content else {
      switch record.content {
      case .plan(let json): try use(try Directory(planRecord: json))
      case .note("call.amended", let detail): try amend(detail, record.seq)
      case .note, .event: break
      }
      return
    }
    let options = detail.isEmpty ? [] : LineParser.options(detail)
    try projectCall(event, options, record.at)
    try projectOffer(event, options, record.at)
    try projectTransfer(event, options, record.at)
    try projectRequest(event, options, record.at)
    try projectState(event, record.at)
    if let call = EventText.parties(of: event).call {
      try run(statements.calls.markChanged, id(call), .integer(Int64(clamping: record.seq)))
    }
  }

  private func value(_ options: [Field], _ name: String) -> String? {
    options.first { $0.name == name }?.value
  }

  private func run(_ statement: Statement, _ values: SQLValue...) throws {
    for (index, value) in values.enumerated() {
      switch value {
      case .integer(let value): statement.bind(Int32(index + 1), value)
      case .text(let value): statement.bind(Int32(index + 1), value)
      }
    }
    try statement.step()
  }

  private func id(_ call: CallID) -> SQLValue { .integer(Int64(bitPattern: call.rawValue)) }
  private func time(_ at: Instant) -> SQLValue { .integer(at.microseconds) }
  private func name(_ agent: AgentID) -> SQLValue { .text(directory.name(of: agent)) }

  // MARK: Calls

  private func projectCall(_ event: Event, _ options: [Field], _ at: Instant) throws {
    switch event {
    case .callArrived(let call, let queue, let priority, _, _):
      try run(
        statements.calls.openCall, id(call), .text(value(options, "call") ?? ""), .text("inbound"),
        .text(directory.name(of: queue)), .text(value(options, "from")),
        .text(value(options, "to")), .text(value(options, "name")), .integer(Int64(priority)),
        .text(nil), time(at), .text(nil))
      try enter(call, queue, at)
    case .outboundGranted(_, let agent, let purpose, let call):
      try run(
        statements.calls.openCall, id(call), .text(value(options, "call") ?? ""), .text("outbound"),
        .text(nil), .text(nil), .text(value(options, "to")), .text(nil), .integer(0),
        .text(purpose.word), time(at), name(agent))
    case .outboundConnected(let call, _): try run(statements.calls.answerCall, id(call), time(at))
    case .callDiverted(let call, _, let reason, let overflow):
      if case .queue(let next) = overflow {
        try run(statements.calls.leaveQueue, id(call), time(at), .text("overflow:\(reason.word)"))
        try enter(call, next, at)
      } else if overflow == .voicemail {
        try run(statements.calls.leaveQueue, id(call), time(at), .text("voicemail:\(reason.word)"))
      }
    case .callReturnedToQueue(let call, let queue, _): try enter(call, queue, at)
    case .callHeld(let call): try run(statements.calls.hold, id(call), time(at))
    case .callResumed(let call): try run(statements.calls.resume, id(call), time(at))
    case .holdReminded(let call, _, _): try run(statements.calls.remind, id(call))
    case .callEnded(let call, _, let reason):
      try run(statements.calls.resume, id(call), time(at))
      try run(statements.calls.endCall, id(call), time(at), .text(reason.word))
      try run(statements.calls.leaveQueue, id(call), time(at), .text(reason.word))
    case .callWrittenUp(let call, _, _):
      try writeUp(options, "id = \(Int64(bitPattern: call.rawValue))")
    case .callLeftUndocumented(let call, _): try run(statements.calls.undocumented, id(call))
    default: break
    }
  }

  private func enter(_ call: CallID, _ queue: QueueID, _ at: Instant) throws {
    let entry = directory.queues[queue.index]
    try run(
      statements.calls.enterQueue, id(call), .text(entry.name), time(at),
      .integer(entry.shortAbandon.microseconds),
      .integer(entry.serviceLevelThreshold.microseconds))
  }

  private static let columns = [
    "client": "client", "order": "order_number", "call-back": "call_back_number",
    "category": "category", "disposition": "disposition", "notes": "notes",
  ]

  private func writeUp(_ options: [Field], _ condition: String) throws {
    for option in options {
      guard let column = Self.columns[option.name] else { continue }
      let update = try database.prepare("UPDATE calls SET \(column) = ?1 WHERE \(condition)")
      update.bind(1, option.value)
      try update.step()
    }
  }

  /// A write-up given after wrap-up.
  private func amend(_ detail: String, _ seq: UInt64) throws {
    let options = LineParser.options(detail)
    guard let name = value(options, "call") else { return }
    let find = try database.prepare(
      "SELECT id FROM calls WHERE name = ?1 ORDER BY arrived_us DESC LIMIT 1")
    find.bind(1, name)
    guard try find.step() else { return }
    let id = find.integer(0)
    find.reset()
    try writeUp(options, "id = \(id)")
    try run(statements.calls.markChanged, .integer(id), .integer(Int64(clamping: seq)))
    if value(options, "documented") == "yes" {
      try database.execute("UPDATE calls SET undocumented = 0 WHERE id = \(id)")
    }
  }

  // MARK: Offers

  private func projectOffer(_ event: Event, _ options: [Field], _ at: Instant) throws {
    switch event {
    case .callOffered(let offer, let call, let agent, let queue, _, _):
      try run(
        statements.offers.openOffer, .integer(Int64(bitPattern: offer.rawValue)), id(call),
        .text(value(options, "call") ?? ""), .text(directory.name(of: queue)), name(agent),
        time(at))
      try run(statements.offers.countOffer, id(call))
    case .offerRinging(let offer, _, _):
      try run(statements.offers.ringOffer, .integer(Int64(bitPattern: offer.rawValue)), time(at))
    case .offerEnded(let offer, let call, _, let outcome, _):
      try endOffer(offer, outcome, at)
      if outcome.isRefused { try run(statements.offers.countRefusal, id(call)) }
    case .callAnswered(let offer, let call, let agent):
      try endOffer(offer, .answered, at)
      try run(statements.calls.answerCall, id(call), time(at))
      try run(statements.calls.holdBy, id(call), name(agent))
      try run(statements.calls.leaveQueue, id(call), time(at), .text("answered"))
    default: break
    }
  }

  private func endOffer(_ offer: OfferID, _ outcome: OfferOutcome, _ at: Instant) throws {
    let number = Int64(bitPattern: offer.rawValue)
    statements.offers.offerQueue.bind(1, number)
    var cycle = TimeSpan.seconds(6)
    var target = 3
    if try statements.offers.offerQueue.step() {
      if let queue = directory.queue(named: statements.offers.offerQueue.text(0)) {
        cycle = directory.queues[queue.index].ringCycle
        target = directory.queues[queue.index].targetRings
      }
      statements.offers.offerQueue.reset()
    }
    try run(
      statements.offers.endOffer, .integer(number), time(at), .text(outcome.word),
      .integer(outcome.isRefused ? 1 : 0), .integer(cycle.microseconds), .integer(Int64(target)))
  }

  // MARK: Transfers

  private func projectTransfer(_ event: Event, _ options: [Field], _ at: Instant) throws {
    switch event {
    case .consultStarted(let id, let call, let holder, _):
      try run(
        statements.transfers.openTransfer, .integer(Int64(bitPattern: id.rawValue)), self.id(call),
        .text(value(options, "call") ?? ""), name(holder), .text(value(options, "to")),
        .text(value(options, "who")), .text(value(options, "about")), time(at))
    case .consultOffered(let id, _, let agent):
      try run(
        statements.transfers.transferAgent, .integer(Int64(bitPattern: id.rawValue)), name(agent))
    case .consultAnswered(let id, _):
      try run(
        statements.transfers.answerTransfer, .integer(Int64(bitPattern: id.rawValue)), time(at))
    case .consultConfirmed(let id, _):
      try run(
        statements.transfers.confirmTransfer, .integer(Int64(bitPattern: id.rawValue)), time(at))
    case .transferCompleted(let id, let call, _, let target):
      try run(
        statements.transfers.endTransfer, .integer(Int64(bitPattern: id.rawValue)), time(at),
        .text("completed"))
      try run(statements.transfers.countTransfer, self.id(call))
      if let target { try run(statements.calls.holdBy, self.id(call), name(target)) }
    case .transferEnded(let id, _, _, let outcome):
      try run(
        statements.transfers.endTransfer, .integer(Int64(bitPattern: id.rawValue)), time(at),
        .text(outcome.word))
    case .blindTransferPrevented(_, let agent, let cause):
      try run(
        statements.transfers.preventedBlind, time(at), .text(value(options, "call") ?? ""),
        name(agent),
        .text(cause.word))
    default: break
    }
  }

  // MARK: Outbound

  private func projectRequest(_ event: Event, _ options: [Field], _ at: Instant) throws {
    switch event {
    case .outboundRequested(let id, let agent, let purpose, _):
      try run(
        statements.requests.openRequest, .integer(Int64(bitPattern: id.rawValue)), name(agent),
        .text(purpose.word), .text(value(options, "to")), time(at), .text("waiting"),
        .text(nil), .text(nil))
    case .outboundGranted(let id, let agent, let purpose, _):
      let number = Int64(bitPattern: id.rawValue)
      statements.requests.findRequest.bind(1, number)
      let isWaiting = try statements.requests.findRequest.step()
      statements.requests.findRequest.reset()
      if !isWaiting {
        try run(
          statements.requests.openRequest, .integer(number), name(agent), .text(purpose.word),
          .text(value(options, "to")), time(at), .text("waiting"), .text(nil), .text(nil))
      }
      try run(
        statements.requests.grantRequest, .integer(number), time(at), .text(value(options, "call")))
    case .outboundRefused(let agent, let purpose, let rule, let queue):
      try run(
        statements.requests.openRequest, .integer(nil), name(agent), .text(purpose.word),
        .text(value(options, "to")), time(at), .text("refused"), .text(rule.word),
        .text(directory.name(of: queue)))
    case .outboundRequestEnded(let id, _, let outcome):
      try run(
        statements.requests.endRequest, .integer(Int64(bitPattern: id.rawValue)), time(at),
        .text(outcome.word))
    default: break
    }
  }

  // MARK: States

  private mutating func projectState(_ event: Event, _ at: Instant) throws {
    switch event {
    case .agentLoggedIn(let agent):
      try set(agent, at) { $0 = AgentState(availability: "not-ready", reason: "just-logged-in") }
    case .agentLoggedOut(let agent): try set(agent, at) { $0 = AgentState() }
    case .agentBecameReady(let agent):
      try set(agent, at) {
        $0.availability = "ready"
        $0.reason = nil
      }
    case .agentBecameNotReady(let agent, _, _, _, let shown),
      .agentReasonEnded(let agent, _, let shown):
      let name = directory.name(of: shown)
      try set(agent, at) {
        $0.availability = "not-ready"
        $0.reason = name
      }
    case .callHeld(let call): try setHolder(of: call, "holding", at)
    case .callResumed(let call): try setHolder(of: call, "talking", at)
    case .callOffered(_, _, let agent, _, _, _): try set(agent, "ringing", at)
    case .offerEnded(_, _, let agent, _, _), .callReturnedToQueue(_, _, let agent),
      .consultRefused(_, _, let agent, _), .wrapUpEnded(let agent):
      try set(agent, "idle", at)
    case .callAnswered(_, _, let agent): try set(agent, "talking", at)
    case .callEnded(_, let agent?, _): try set(agent, "idle", at)
    case .wrapUpStarted(let agent, _, _): try set(agent, "wrap-up", at)
    case .outboundGranted(_, let agent, _, _): try set(agent, "outbound", at)
    case .consultStarted(_, _, let holder, _): try set(holder, "consulting", at)
    case .consultOffered(_, _, let agent): try set(agent, "consulting", at)
    case .transferEnded(let id, _, let holder, _):
      if let agent = try consultant(of: id) { try set(agent, "idle", at) }
      try set(holder, "talking", at)
    case .transferCompleted(_, _, let holder, let target):
      try set(holder, "idle", at)
      if let target { try set(target, "talking", at) }
    default: break
    }
  }

  /// The rep who holds the call does something else with it, unless busy with a consultation.
  private mutating func setHolder(of call: CallID, _ activity: String, _ at: Instant) throws {
    statements.calls.holderOf.bind(1, Int64(bitPattern: call.rawValue))
    defer { statements.calls.holderOf.reset() }
    guard try statements.calls.holderOf.step(), !statements.calls.holderOf.isNull(0),
      case let name = statements.calls.holderOf.text(0),
      let agent = directory.agents.firstIndex(where: { $0.name == name }),
      let now = states[UInt16(agent)]?.activity, now == "talking" || now == "holding"
    else { return }
    try set(AgentID(agent), activity, at)
  }

  /// The rep who was consulted last, if still consulting.
  private func consultant(of id: TransferID) throws -> AgentID? {
    statements.transfers.transferAgentOf.bind(1, Int64(bitPattern: id.rawValue))
    defer { statements.transfers.transferAgentOf.reset() }
    guard try statements.transfers.transferAgentOf.step(),
      !statements.transfers.transferAgentOf.isNull(0),
      let agent = directory.agent(named: statements.transfers.transferAgentOf.text(0)),
      states[agent.rawValue]?.activity == "consulting"
    else { return nil }
    return agent
  }

  private mutating func set(_ agent: AgentID, _ activity: String, _ at: Instant) throws {
    try set(agent, at) { $0.activity = activity }
  }

  private mutating func set(
    _ agent: AgentID, _ at: Instant, _ change: (inout AgentState) -> Void
  ) throws {
    var state = states[agent.rawValue] ?? AgentState()
    let before = states[agent.rawValue]
    change(&state)
    if state == before { return }
    states[agent.rawValue] = state
    try run(statements.requests.closeState, name(agent), time(at))
    if state.availability == "logged-out" { return }
    try run(
      statements.requests.openState, name(agent), .text(state.availability), .text(state.activity),
      .text(state.reason), time(at))
  }
}

/// A value for a parameter of a statement.
private enum SQLValue {
  case integer(Int64?)
  case text(String?)
}
