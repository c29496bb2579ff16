import Base
import Events
import LineProtocol
import Routing
import Switchboard
import Vocabulary

extension Switchboard {
  /// Answers a question about the present state: rows and a final line.
  func answer(_ verb: BoardVerb, _ context: RequestContext, _ reply: inout LineWriter) throws {
    var rows = RowWriter(tag: context.tag, writer: reply)
    try write(verb, context, &rows)
    rows.finish(at: seq)
    reply = rows.writer
  }

  /// Writes the rows that answer a question.
  func write(_ verb: BoardVerb, _ context: RequestContext, _ rows: inout RowWriter) throws {
    switch verb {
    case .agentList: try listAgents(context, &rows)
    case .agentShow:
      writeAgent(try agent(named: context.arguments.required(.agent)), context.now, &rows)
    case .agentWhy: try explainAgent(context, &rows)
    case .queueList:
      for index in directory.queues.indices where !directory.queues[index].isRetired {
        writeQueue(QueueID(index), context.now, &rows)
      }
    case .queueShow: try showQueue(context, &rows)
    case .callList:
      let positions = allPositions
      for call in engine.liveCalls {
        writeCall(call, context.now, isFull: false, position: positions[call], &rows)
      }
    case .callShow: try showCall(context, &rows)
    case .callWhy: try explainCall(context, &rows)
    case .transferList: listTransfers(&rows)
    case .outboundList: listRequests(context.now, &rows)
    }
  }

  // MARK: Reps

  private func listAgents(_ context: RequestContext, _ rows: inout RowWriter) throws {
    let queue = try context.arguments[.queue].map { try self.queue(named: $0) }
    for index in directory.agents.indices where !directory.agents[index].isRetired {
      let agent = AgentID(index)
      if let queue, !engine.queues(servedBy: agent).contains(queue) { continue }
      writeAgent(agent, context.now, &rows)
    }
  }

  private func writeAgent(_ agent: AgentID, _ now: Instant, _ rows: inout RowWriter) {
    let row = engine.agent(agent)
    rows.begin()
    writeState(of: agent, at: now, to: &rows.writer)
    rows.option("name", directory.agents[agent.index].fullName)
    if row.stateSince > .distantPast {
      rows.option("for", max(.zero, now - row.stateSince))
    }
    rows.option("availability", CaseNames.hyphenated("\(row.availability)"))
    if row.availabilitySince > .distantPast {
      rows.option("availability-for", max(.zero, now - row.availabilitySince))
    }
    let queues = engine.queues(servedBy: agent).map { directory.name(of: $0) }
    rows.option("queues", queues.joined(separator: ","))
    if let call = row.call ?? row.offer?.call ?? row.wrapUpCall {
      rows.option("call", book.name(of: call))
    }
    if let offer = row.offer {
      rows.option("offer", offer.id.name)
      rows.option("expires-in", max(.zero, offer.expiresAt - now))
    }
    if let holder = row.consultHolder, let transfer = engine.transfer(heldBy: holder) {
      rows.option("transfer", transfer.id.name)
      rows.option("consulted-by", directory.name(of: holder))
    }
    rows.option("calls-today", Int(row.callsToday))
    rows.option("talk-today", row.talkToday)
    writePhone(of: agent, row, &rows)
    rows.end()
  }

  /// Adds what the rep's phone is, whose it is, and where it rings.
  private func writePhone(of agent: AgentID, _ row: AgentRow, _ rows: inout RowWriter) {
    rows.option("phone", engine.isThere(row.feed) ? "\(row.phone)" : "lost")
    if let feed = book.name(of: row.feed) { rows.option("feed", feed) }
    if let text = directory.phoneExtension(of: agent) { rows.option("extension", text) }
  }

  private func explainAgent(_ context: RequestContext, _ rows: inout RowWriter) throws {
    let agent = try self.agent(named: context.arguments.required(.agent))
    for (call, verdict) in engine.verdicts(on: agent) {
      rows.begin()
      rows.option("call", book.name(of: call))
      writeVerdict(verdict, call, context.now, &rows)
      rows.end()
    }
  }

  // MARK: Queues

  private func writeQueue(_ queue: QueueID, _ now: Instant, _ rows: inout RowWriter) {
    let status = engine.status(of: queue)
    rows.begin()
    rows.option("queue", directory.name(of: queue))
    rows.option("open", status.isOpen ? "yes" : "no")
    writeNextHours(queue, isOpen: status.isOpen, now, &rows)
    rows.option("waiting", status.waiting)
    rows.option("longest", status.oldestEntry.map { max(.zero, now - $0) } ?? .zero)
    rows.option("ringing", status.ringing)
    rows.option("free", status.free)
    rows.option("ready", status.ready)
    rows.option("logged-in", status.loggedIn)
    if let wait = status.estimatedWait { rows.option("estimated-wait", wait) }
    rows.option("strategy", engine.plan.queues[queue.index].strategy.word)
    if let pointer = engine.pointer(of: queue) {
      rows.option("pointer", directory.name(of: pointer))
    }
    rows.end()
  }

  /// When an open queue closes, or a closed one opens, as far as that is known.
  private func writeNextHours(
    _ queue: QueueID, isOpen: Bool, _ now: Instant, _ rows: inout RowWriter
  ) {
    let hours = engine.officeHours(of: queue)
    let next = isOpen ? hours.closes : hours.opens
    guard next > now, next < .never else { return }
    rows.option(isOpen ? "closes" : "opens", Timestamp.text(next))
  }

  private func showQueue(_ context: RequestContext, _ rows: inout RowWriter) throws {
    let queue = try self.queue(named: context.arguments.required(.queue))
    writeQueue(queue, context.now, &rows)
    for member in engine.plan.queues[queue.index].members {
      rows.begin()
      rows.option("tier", Int(member.tier) + 1)
      writeState(of: member.agent, at: context.now, to: &rows.writer)
      rows.end()
    }
    for (call, position) in engine.positions(in: queue) {
      writeCall(call, context.now, isFull: false, position: position, &rows)
    }
  }

  // MARK: Calls

  /// The places of all who wait, in one pass over the lines.
  private var allPositions: [CallID: Int] {
    let places = directory.queues.indices.flatMap { engine.positions(in: QueueID($0)) }
    return Dictionary(uniqueKeysWithValues: places.map { ($0.call, $0.position) })
  }

  private func writeCall(
    _ call: CallID, _ now: Instant, isFull: Bool, position: Int? = nil, _ rows: inout RowWriter
  ) {
    guard let row = engine.call(call) else { return }
    rows.begin()
    rows.option("call", book.name(of: call))
    writeState(of: call, position: position, to: &rows.writer)
    rows.option("direction", row.direction == .inbound ? "inbound" : "outbound")
    if row.hasQueue { rows.option("queue", directory.name(of: row.queue)) }
    rows.option("age", max(.zero, now - row.arrivedAt))
    if row.state == .waiting || row.state == .offered {
      rows.option("waited", max(.zero, now - row.enteredAt))
      if row.priority > 0 { rows.option("priority", Int(row.priority)) }
    }
    if row.state == .connected {
      rows.option("talk", row.talkTime(at: now))
      rows.option("hold", row.holdTime(at: now))
    }
    if let from = book[call]?.from { rows.option("from", from) }
    if let to = book[call]?.to { rows.option("to", to) }
    if let name = book[call]?.callerName { rows.option("name", name) }
    if isFull {
      rows.option("offers", Int(row.offersMade))
      rows.option("round", Int(row.round))
      rows.option("tier", Int(row.tier) + 1)
      if !row.skills.isEmpty {
        rows.option("skills", directory.names(of: row.skills).joined(separator: ","))
      }
      if row.isCallBackOffered { rows.option("call-back-offered", "yes") }
      let written = book[call]?.writeUp ?? Detail()
      for (_, _, part) in Self.writeUpParts {
        if let value = written[part] { rows.option("\(part.word)-noted", value) }
      }
    }
    rows.end()
  }

  private func showCall(_ context: RequestContext, _ rows: inout RowWriter) throws {
    let call = try self.call(context)
    guard engine.call(call) != nil else {
      throw Refusal(
        .notFound, "the call has ended; report.calls tells of past calls",
        [Field("call", context.arguments.required(.call))])
    }
    writeCall(call, context.now, isFull: true, &rows)
  }

  private func explainCall(_ context: RequestContext, _ rows: inout RowWriter) throws {
    let call = try self.call(context)
    guard let verdicts = engine.verdicts(for: call) else {
      throw Refusal(
        .notFound, "the call has ended", [Field("call", context.arguments.required(.call))])
    }
    for (agent, verdict) in verdicts where !directory.agents[agent.index].isRetired {
      rows.begin()
      rows.option("agent", directory.name(of: agent))
      writeVerdict(verdict, call, context.now, &rows)
      rows.end()
    }
  }

  private func writeVerdict(
    _ verdict: Verdict, _ call: CallID, _ now: Instant, _ rows: inout RowWriter
  ) {
    let strategy = engine.call(call).map { engine.plan.queues[$0.queue.index].strategy }
    let (word, text) = describe(verdict, strategy ?? .rotating, now)
    rows.option("verdict", word)
    rows.option("text", text)
  }

  private func describe(
    _ verdict: Verdict, _ strategy: Strategy, _ now: Instant
  ) -> (word: String, text: String) {
    func left(_ until: Instant) -> String {
      until == .never ? "until further notice" : "\(max(.zero, until - now).wholeSeconds) s left"
    }
    switch verdict {
    case .chosen(let offer, let after):
      let why = strategy.reasonChosen(after: after.map { directory.name(of: $0) })
      return ("chosen", "the phone rings: offer o-\(offer.rawValue), \(why)")
    case .holdsCall: return ("holds-call", "the call is in this rep's hands")
    case .notMember: return ("not-member", "does not serve the call's queue")
    case .loggedOut: return ("logged-out", "not at work")
    case .notReady(let reason, let until):
      return ("not-ready", "\(directory.name(of: reason)), \(left(until))")
    case .leftQueue(let reason, let until):
      return ("left-queue", "not in this queue: \(directory.name(of: reason)), \(left(until))")
    case .ringingForAnother: return ("ringing-for-another", "the phone rings for another call")
    case .busy(let activity): return ("busy", "\(CaseNames.hyphenated("\(activity)"))")
    case .inWrapUp(let until): return ("in-wrap-up", "wrap-up, \(left(until))")
    case .phonesLost:
      return ("phones-lost", "the telephony side of the phone, or of the call, is gone")
    case .phoneDown: return ("phone-down", "the phone cannot be reached")
    case .phoneBusy: return ("phone-busy", "the phone is in use for something else")
    case .resting(let until): return ("resting", "rest after an unanswered offer, \(left(until))")
    case .lacksSkills(let skills):
      return ("lacks-skills", "lacks \(directory.names(of: skills).joined(separator: ", "))")
    case .tierNotReached(let tier, let at):
      return (
        "tier-not-reached", "tier \(tier + 1) is tried in \(max(.zero, at - now).wholeSeconds) s"
      )
    case .refused(let times):
      let often = times == 1 ? "once" : "\(times) times"
      return (
        "refused", "refused this caller \(often); those who have refused fewer times come first"
      )
    case .notPreferred: return ("not-preferred", "free, but \(strategy.reasonAnotherChosen)")
    }
  }

  // MARK: Transfers and requests

  private func listTransfers(_ rows: inout RowWriter) {
    for index in directory.agents.indices {
      guard let transfer = engine.transfer(heldBy: AgentID(index)) else { continue }
      let briefing = book.briefings[transfer.id.rawValue]
      rows.begin()
      rows.option("transfer", transfer.id.name)
      rows.option("state", CaseNames.hyphenated("\(transfer.state)"))
      rows.option("call", book.name(of: transfer.call))
      rows.option("holder", directory.name(of: AgentID(index)))
      rows.option("to", briefing?.to ?? "")
      if let agent = transfer.agent { rows.option("agent", directory.name(of: agent)) }
      rows.option("who", briefing?.who ?? "")
      rows.option("about", briefing?.about ?? "")
      rows.end()
    }
  }

  private func listRequests(_ now: Instant, _ rows: inout RowWriter) {
    for (index, request) in engine.waitingRequests.enumerated() {
      rows.begin()
      rows.option("request", request.id.name)
      rows.option("position", index + 1)
      rows.option("agent", directory.name(of: request.agent))
      rows.option("purpose", request.purpose.word)
      rows.option("to", book.numbers[request.id.rawValue] ?? "")
      rows.option("expires-in", max(.zero, request.expires - now))
      rows.end()
    }
  }
}
