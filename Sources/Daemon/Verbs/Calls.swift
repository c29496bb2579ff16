import Base
import Configuration
import Events
import Frames
import LineProtocol
import Routing
import Switchboard
import Vocabulary

extension Switchboard {
  mutating func executeCall(
    _ verb: CallVerb, _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    switch verb {
    case .arrive: try arrive(context, &batch, &reply)
    case .note: try note(context, &batch, &reply)
    case .synchronise: try synchronise(context, &batch, &reply)
    case .ringing:
      try act(context, &batch, &reply) { board, call in
        .reportRinging(call, agent: try board.rung(context))
      }
    case .unreachable:
      let cause = Detail().with(.cause, context.arguments[.cause])
      try act(context, &batch, &reply, cause) { board, call in
        .reportUnreachable(call, agent: try board.rung(context))
      }
    case .answered: try act(context, &batch, &reply) { .reportOutboundAnswered($1) }
    case .voicemail: try act(context, &batch, &reply) { .leaveForVoicemail($1) }
    case .callBack: try act(context, &batch, &reply) { try $0.callBack($1, context) }
    case .hangUp: try act(context, &batch, &reply) { try $0.hangUp($1, context) }
    case .accept:
      try act(context, &batch, &reply) { board, call in
        .answer(
          call, agent: try board.holder(of: call, context), offer: try board.offerNumber(context))
      }
    case .ignore: try act(context, &batch, &reply) { try $0.ignore($1, context) }
    case .hold:
      try act(context, &batch, &reply) { .hold($1, agent: try $0.holder(of: $1, context)) }
    case .resume:
      try act(context, &batch, &reply) { .resume($1, agent: try $0.holder(of: $1, context)) }
    }
  }

  /// Carries out what is asked of a call that is there, and replies with its state.
  private mutating func act(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter,
    _ detail: Detail = Detail(), _ command: (Switchboard, CallID) throws -> Command
  ) throws {
    let call = try self.call(context)
    let name = book.name(of: call)
    let order = Order(
      command: try command(self, call),
      detail: detail.with(.callBack, context.arguments[.number]))
    _ = try perform(order, at: context.now, &batch)
    reply.reply(context.tag, .ok)
    reply.option("call", name)
    writeState(of: call, to: &reply)
    finish(&reply)
  }

  /// The rep whose phone the telephony side reports of.
  func reportedPhone(_ context: RequestContext) throws -> AgentID {
    guard let name = context.arguments[.agent] else { throw Refusal.whosePhone }
    return try agent(named: name)
  }

  /// The rep whose phone rings, as the telephony side reports. If it says of which offer, that must be the present one: a
  /// late report about an earlier one says nothing about this.
  private func rung(_ context: RequestContext) throws -> AgentID {
    let agent = try reportedPhone(context)
    if let offer = try offerNumber(context), engine.agent(agent).offer?.id != offer {
      throw Refusal(Rule.staleOffer, queue: nil)
    }
    return agent
  }

  /// The rep who acts on a call: unless told otherwise, the one who has it.
  private func holder(of call: CallID, _ context: RequestContext) throws -> AgentID {
    try actingAgent(context, presumed: engine.call(call)?.agent)
  }

  private func callBack(_ call: CallID, _ context: RequestContext) throws -> Command {
    let isHeld = engine.call(call)?.state == .connected
    if context.permission == .own || context.permission == .served && isHeld {
      try requireHolder(call, context)
    }
    return .acceptCallBack(call)
  }

  private func ignore(_ call: CallID, _ context: RequestContext) throws -> Command {
    let agent = try holder(of: call, context)
    // A feed tells of the rep's button, and an admin stands in for either; a lead is neither.
    let by = context.session.role == .lead ? initiator(context, for: agent) : .agent
    return .ignore(call, agent: agent, offer: try offerNumber(context), by: by)
  }

  private func offerNumber(_ context: RequestContext) throws -> OfferID? {
    guard let text = context.arguments[.offer] else { return nil }
    return try number(text)
  }

  /// The subject that a name such as `t-5` stands for.
  func number<Subject: EventSubject>(_ text: String) throws -> Subject {
    if let subject = Subject(name: text) { return subject }
    throw Refusal(
      .badArgument,
      "\(Subject.option): expected a name such as \(Subject.letter)-5, not \"\(text)\"")
  }

  private func hangUp(_ call: CallID, _ context: RequestContext) throws -> Command {
    let cause = context.arguments[.cause].flatMap { HangUpCause(word: $0) } ?? .normal
    if context.session.role == .agent {
      try requireHolder(call, context)
      return .hangUp(call, by: .agent, cause: cause)
    }
    let party = party(context)
    // With the rep named, a report about a leg that is no longer the holder's changes nothing.
    if party == .agent, context.arguments[.agent] != nil || context.permission == .served {
      try requireHolder(call, context)
    }
    // Who has the phones knows of a line that broke; what a rep or a lead says so of is the call.
    if party == .agent, cause == .dropped, RoleSet.telephony.contains(context.session.role) {
      return .reportLineLost(call)
    }
    return .hangUp(call, by: party, cause: cause)
  }

  /// Which side has hung up: a rep who is named. A lead who does not say speaks for nobody but the lead: a caller whom a
  /// lead sends away has not given up. Nor can the telephony side speak for a lead.
  private func party(_ context: RequestContext) -> Party {
    let isLead = context.session.role == .lead
    guard let party = context.arguments[.party].flatMap({ Party(word: $0) }) else {
      return isLead ? .lead : context.arguments[.agent] != nil ? .agent : .caller
    }
    return party == .lead && !RoleSet.leads.contains(context.session.role) ? .caller : party
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
    let arguments = context.arguments
    let name = try newName(context)
    if isDraining {
      throw Refusal(
        .draining, "the daemon takes no new calls", [Field("retry-after", "30")])
    }
    if book.call(named: name) != nil {
      throw Refusal(.wrongState, "there is a call named \"\(name)\" already", [Field("call", name)])
    }
    let queue = try self.queue(named: arguments.required(.queue))
    guard let skills = directory.skills(named: arguments[.skills]) else {
      let known = directory.skillNames.joined(separator: ", ")
      throw Refusal(.badArgument, "skills: expected some of \(known)")
    }
    let command = Command.arrive(
      queue: queue, priority: UInt8(arguments[.priority] ?? 0),
      credit: arguments[.credit] ?? .zero, skills: skills, feed: context.session.feed)
    let detail = Detail(call: name).with(.from, arguments[.from]).with(.to, arguments[.to])
      .with(.name, arguments[.name]).with(.ref, arguments[.ref])
    let outcome = try perform(
      Order(command: command, detail: detail), at: context.now, &batch)
    guard case .entered(let call) = outcome else { return }
    reply.reply(context.tag, .created)
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

  /// The name of a call that arrives: that of a named telephony side has its name before it.
  private func newName(_ context: RequestContext) throws -> String {
    let name = context.arguments.required(.call)
    let own = book.name(of: context.session.feed)
    let id = own.map { name.hasPrefix("\($0):") ? String(name.dropFirst($0.utf8.count + 1)) : name }
    if (id ?? name).hasPrefix("out-") {
      throw Refusal(
        .badArgument, "call: names that begin with out- are the daemon's own; expected another one")
    }
    if let own, let id {
      let whole = "\(own):\(id)"
      if Token.isValid(whole) { return whole }
      throw Refusal(.badArgument, "call: with \(own): before it, it is longer than 64 characters")
    }
    guard let foreign = foreignSide(of: name, own: own) else { return name }
    throw Refusal(
      .badArgument,
      "call: names that begin with \(foreign): are those of that telephony side; expected another one"
    )
  }

  // MARK: Write-up

  /// The parts of a write-up: as a request names them, as the engine counts them, as they are recorded.
  static let writeUpParts: [(name: TextName, field: WriteUpFields, detail: Detail.Name)] = [
    (.client, .client, .client), (.order, .orderNumber, .order),
    (.callBack, .callBackNumber, .callBack), (.category, .category, .category),
    (.disposition, .disposition, .disposition), (.notes, .notes, .notes),
  ]

  /// Their words, where `isMissing`.
  static func writeUpNames(_ isMissing: (TextName, WriteUpFields) -> Bool) -> [String] {
    writeUpParts.filter { isMissing($0.name, $0.field) }.map(\.name.rawValue)
  }

  private mutating func note(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let (detail, fields) = try writeUp(context)
    let call = try self.call(context)
    let name = book.name(of: call)
    let agent = try actingAgent(context, presumed: writer(of: call))
    let command = Command.writeUp(call, agent: agent, fields: fields)
    let outcome = try perform(
      Order(command: command, detail: detail.with(.call, name)), at: context.now, &batch)
    reply.reply(context.tag, outcome == .unchanged ? .unchanged : .ok)
    reply.option("call", name)
    let missing = engine.plan.rules.requiredWriteUp.subtracting(writtenFields(of: call))
    let names = Self.writeUpNames { missing.contains($1) }
    if !names.isEmpty { reply.option("missing", names.joined(separator: ",")) }
    finish(&reply)
  }

  /// The parts of a write-up that a request gives, checked against the configured lists.
  func writeUp(_ context: RequestContext) throws -> (Detail, WriteUpFields) {
    var fields = WriteUpFields()
    var detail = Detail()
    for (name, field, part) in Self.writeUpParts {
      guard let value = context.arguments[name] else { continue }
      let known =
        name == .category
        ? directory.categories : name == .disposition ? directory.dispositions : []
      if !known.isEmpty, !known.contains(value) {
        let hint = Suggestion.hint(for: value, in: known)
        throw Refusal(
          .badArgument,
          "\(name.rawValue): \"\(value)\" is not one of \(known.joined(separator: ", "))\(hint)")
      }
      fields.insert(field)
      detail[part] = value
    }
    if fields.isEmpty {
      let names = Self.writeUpNames { _, _ in true }.joined(separator: ", ")
      throw Refusal(.badArgument, "nothing to note; give some of \(names)")
    }
    return (detail, fields)
  }

  /// The rep whose write-up it is: the holder, or whoever is in wrap-up after the call.
  func writer(of call: CallID) -> AgentID? {
    if let holder = engine.call(call)?.agent { return holder }
    return engine.plan.agents.indices.lazy.map { AgentID($0) }
      .first { engine.agent($0).wrapUpCall == call }
  }

  private func writtenFields(of call: CallID) -> WriteUpFields {
    let written = book[call]?.writeUp ?? Detail()
    return Self.writeUpParts.filter { written[$0.detail] != nil }
      .reduce(into: WriteUpFields()) { $0.insert($1.field) }
  }

  // MARK: Synchronisation

  /// Ends every call of this telephony side that it does not know.
  private mutating func synchronise(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let session = context.session
    let known = Set(session.knownCalls + context.namesOfCalls)
    let lost = engine.liveCalls.filter { call in
      guard let row = engine.call(call), row.feed == session.feed,
        session.knownSince.map({ row.arrivedAt < $0 }) ?? true
      else { return false }
      let name = book.name(of: call)
      let prefix = book.name(of: session.feed).map { "\($0):" } ?? ""
      let id = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
      return !known.contains(name) && !known.contains(id)
    }
    // One step: nobody is rung for a call that is not there either.
    let outcomes = step(
      lost.map { .hangUp($0, by: .caller, cause: .lost) }, at: context.now, &batch)
    reply.reply(context.tag, .ok)
    reply.option("ended", outcomes.count { $0 == .done })
    reply.option("calls", engine.liveCalls.count { engine.call($0)?.feed == session.feed })
    finish(&reply)
  }
}

extension RequestContext {
  /// The calls that a request names, of a telephony side that knows them.
  var namesOfCalls: [String] {
    arguments.required(.calls).split(separator: ",").map(String.init)
  }
}
