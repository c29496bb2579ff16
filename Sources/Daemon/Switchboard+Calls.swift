import Base
import Configuration
import Events
import Journal
import LineProtocol
import Reporting
import Routing

extension Switchboard {
  mutating func executeCall(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    switch context.request.verb {
    case "call.arrive": try arrive(context, &batch, &reply)
    case "call.note": try note(context, &batch, &reply)
    case "feed.sync": try synchronise(context, &batch, &reply)
    default:
      let call = try self.call(named: word(context))
      let name = book.name(of: call)
      let command = try callCommand(context, call)
      _ = try perform(Order(command: command), at: context.now, &batch)
      reply.reply(context.request.tag, .ok)
      reply.option("call", name)
      writeState(of: call, to: &reply)
      finish(&reply)
    }
  }

  private func callCommand(_ context: RequestContext, _ call: CallID) throws -> Command {
    let verb = context.request.verb
    let holder = engine.call(call)?.agent
    switch verb {
    case "call.ringing":
      return .reportRinging(call, agent: try agent(named: context.request["agent"] ?? ""))
    case "call.unreachable":
      return .reportUnreachable(call, agent: try agent(named: context.request["agent"] ?? ""))
    case "call.answered": return .reportOutboundAnswered(call)
    case "call.voicemail": return .leaveForVoicemail(call)
    case "call.call-back":
      if context.session.role == .agent { try requireHolder(call, context) }
      return .acceptCallBack(call)
    case "call.hang-up": return try hangUpCommand(context, call)
    case "call.accept", "call.ignore":
      let agent = try actingAgent(context, presumed: holder)
      let offer = try offerNumber(context)
      if verb == "call.accept" { return .answer(call, agent: agent, offer: offer) }
      // A feed tells of the rep's button, and an admin stands in for either; a lead is neither.
      let by = context.session.role == .lead ? initiator(context, for: agent) : .agent
      return .ignore(call, agent: agent, offer: offer, by: by)
    case "call.hold": return .hold(call, agent: try actingAgent(context, presumed: holder))
    case "call.resume": return .resume(call, agent: try actingAgent(context, presumed: holder))
    default: throw Refusal(.unknownCommand, "no handler for \"\(verb)\"")
    }
  }

  private func offerNumber(_ context: RequestContext) throws -> OfferID? {
    guard let text = context.request["offer"] else { return nil }
    return OfferID(try number(text, prefix: "o-", "offer"))
  }

  /// The number of an id such as `t-5`.
  func number(_ text: String, prefix: String, _ what: String) throws -> UInt64 {
    if text.hasPrefix(prefix), let number = UInt64(text.dropFirst(prefix.count)) { return number }
    throw Refusal(.badArgument, "\(what): expected a name such as \(prefix)5, not \"\(text)\"")
  }

  private func hangUpCommand(_ context: RequestContext, _ call: CallID) throws -> Command {
    let causes: [String: HangUpCause] = [
      "normal": .normal, "dropped": .dropped, "no-answer": .noAnswer, "busy": .busy,
      "failed": .failed, "lost": .lost,
    ]
    let cause = causes[context.request["cause"] ?? "normal"] ?? .normal
    if context.session.role == .agent {
      try requireHolder(call, context)
      return .hangUp(call, by: .agent, cause: cause)
    }
    let party = party(context)
    // With the rep named, a report about a leg that is no longer the holder's changes nothing.
    if party == .agent, context.request["agent"] != nil { try requireHolder(call, context) }
    return .hangUp(call, by: party, cause: cause)
  }

  /// Which side has hung up. A lead who does not say speaks for nobody but the lead: a caller whom a lead
  /// sends away has not given up.
  private func party(_ context: RequestContext) -> Party {
    switch context.request["by"] {
    case "agent": .agent
    case "lead" where context.session.role != .feed: .lead
    case nil where context.session.role == .lead: .lead
    default: .caller
    }
  }

  private func requireHolder(_ call: CallID, _ context: RequestContext) throws {
    let agent = try actingAgent(context, presumed: engine.call(call)?.agent)
    guard engine.agent(agent).call == call else { throw Refusal(Rule.notYourCall, queue: nil) }
  }

  /// Adds `state= ...` of a call.
  /// - Parameter position: The place in line, if it is known already.
  func writeState(of call: CallID, position: Int? = nil, to reply: inout LineWriter) {
    guard let row = engine.call(call) else {
      reply.option("state", "ended")
      return
    }
    reply.option("state", row.stateWord)
    if let agent = row.agent { reply.option("agent", directory.name(of: agent)) }
    if row.state == .waiting {
      reply.option("position", position ?? engine.position(of: call))
    }
  }

  // MARK: Arrival

  private mutating func arrive(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let request = context.request
    let name = word(context)
    if isDraining {
      throw Refusal(
        .draining, "the daemon takes no new calls", [Field("retry-after", "30")])
    }
    if book.call(named: name) != nil {
      throw Refusal(.wrongState, "there is a call named \"\(name)\" already", [Field("call", name)])
    }
    let queue = try self.queue(named: request["queue"] ?? "")
    let skillNames = (request["skills"] ?? "").split(separator: ",").map(String.init)
    guard let skills = directory.skills(named: skillNames) else {
      let known = directory.skillNames.joined(separator: ", ")
      throw Refusal(.badArgument, "skills: expected some of \(known)")
    }
    let command = Command.arrive(
      queue: queue, priority: UInt8(request["priority"] ?? "0") ?? 0,
      credit: span(context, "credit") ?? .zero, skills: skills)
    let options =
      [Field("call", name)]
      + ["from", "to", "name"].compactMap { key in request[key].map { Field(key, $0) } }
    let outcome = try perform(
      Order(command: command, options: options), at: context.now, &batch)
    guard case .entered(let call) = outcome else { return }
    reply.reply(request.tag, .created)
    reply.option("call", name)
    let position = engine.position(of: call)
    writeState(of: call, position: position, to: &reply)
    if let row = engine.call(call), row.state == .waiting {
      if let wait = engine.estimatedWait(of: call, at: position) {
        reply.option("estimated-wait", wait)
      }
    }
    finish(&reply)
  }

  // MARK: Write-up

  static let writeUpOptions: [(name: String, field: WriteUpFields)] = [
    ("client", .client), ("order", .orderNumber), ("call-back", .callBackNumber),
    ("category", .category), ("disposition", .disposition), ("notes", .notes),
  ]

  private mutating func note(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let (options, fields) = try writeUp(context)
    let name = word(context)
    let call = try self.call(named: name)
    let agent = try actingAgent(context, presumed: writer(of: call))
    let command = Command.writeUp(call, agent: agent, fields: fields)
    let outcome = try perform(
      Order(command: command, options: [Field("call", name)] + options), at: context.now, &batch)
    reply.reply(context.request.tag, outcome == .unchanged ? .unchanged : .ok)
    reply.option("call", name)
    let missing = engine.plan.rules.requiredWriteUp.subtracting(writtenFields(of: call))
    let names = Self.writeUpOptions.filter { missing.contains($0.field) }.map(\.name)
    if !names.isEmpty { reply.option("missing", names.joined(separator: ",")) }
    finish(&reply)
  }

  /// The parts of a write-up that a request gives, checked against the configured lists.
  func writeUp(_ context: RequestContext) throws -> ([Field], WriteUpFields) {
    var fields = WriteUpFields()
    var options: [Field] = []
    for (name, field) in Self.writeUpOptions {
      guard let value = context.request[name] else { continue }
      let known =
        name == "category"
        ? directory.categories : name == "disposition" ? directory.dispositions : []
      if !known.isEmpty, !known.contains(value) {
        let hint = Suggestion.hint(for: value, in: known)
        throw Refusal(
          .badArgument,
          "\(name): \"\(value)\" is not one of \(known.joined(separator: ", "))\(hint)")
      }
      fields.insert(field)
      options.append(Field(name, value))
    }
    if fields.isEmpty {
      let names = Self.writeUpOptions.map(\.name).joined(separator: ", ")
      throw Refusal(.badArgument, "nothing to note; give some of \(names)")
    }
    return (options, fields)
  }

  /// The rep whose write-up it is: the holder, or whoever is in wrap-up after the call.
  func writer(of call: CallID) -> AgentID? {
    if let holder = engine.call(call)?.agent { return holder }
    return engine.plan.agents.indices.lazy.map { AgentID($0) }
      .first { engine.agent($0).wrapUpCall == call }
  }

  private func writtenFields(of call: CallID) -> WriteUpFields {
    let written = book[call]?.writeUp ?? [:]
    return Self.writeUpOptions.filter { written[$0.name] != nil }
      .reduce(into: WriteUpFields()) { $0.insert($1.field) }
  }

  // MARK: Synchronisation

  /// Ends every call that the telephony side does not know.
  private mutating func synchronise(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let known = Set((context.request["calls"] ?? "").split(separator: ",").map(String.init))
    let lost = engine.liveCalls.filter { !known.contains(book.name(of: $0)) }
    // One step: nobody is rung for a call that is not there either.
    let outcomes = perform(
      lost.map { .hangUp($0, by: .caller, cause: .lost) }, at: context.now, &batch)
    reply.reply(context.request.tag, .ok)
    reply.option("ended", outcomes.count { $0 == .done })
    reply.option("calls", engine.liveCallCount)
    finish(&reply)
  }
}
