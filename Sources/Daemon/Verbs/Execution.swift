import Base
import Events
import Frames
import LineProtocol
import Routing
import Switchboard
import Vocabulary

extension Switchboard {
  /// Carries out a command to the engine and writes its reply.
  ///
  /// - Throws: ``Refusal``; nothing has happened then, save what the refusal itself records.
  mutating func execute(
    _ verb: ChangeVerb, _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    try checkSequence(context)
    asker = Asker(user: context.session.uid, deputy: Deputy(context.session))
    defer { asker = nil }
    switch verb {
    case .agent(let verb): try executeAgent(verb, context, &batch, &reply)
    case .call(let verb): try executeCall(verb, context, &batch, &reply)
    case .transfer(let verb): try executeTransfer(verb, context, &batch, &reply)
    case .outbound(let verb): try executeOutbound(verb, context, &batch, &reply)
    }
  }

  // MARK: Names

  func agent(named name: String) throws -> AgentID {
    if let agent = agentIDs[name] { return agent }
    let hint = Suggestion.hint(for: name, in: directory.agentNames)
    throw Refusal(.notFound, "there is no rep \"\(name)\"\(hint)", [Field("agent", name)])
  }

  func queue(named name: String) throws -> QueueID {
    if let queue = directory.queue(named: name) { return queue }
    let hint = Suggestion.hint(for: name, in: directory.queueNames)
    throw Refusal(.notFound, "there is no queue \"\(name)\"\(hint)", [Field("queue", name)])
  }

  /// The call that a request is about.
  func call(_ context: RequestContext) throws -> CallID {
    let name = context.arguments.required(.call)
    if let call = book.call(named: callName(context)) { return call }
    throw Refusal(.notFound, "call \"\(name)\" is over, or never was", [Field("call", name)])
  }

  /// The name of the call that a request is about. On a telephony side's own connection its ids mean its calls.
  func callName(_ context: RequestContext) -> String {
    let name = context.arguments.required(.call)
    guard let own = ownName(name, context.session) else { return name }
    if book.call(named: own) != nil { return own }
    // A whole name means somebody else's call; an id never does.
    return name.hasPrefix("out-") || foreignSide(of: name, own: nil) != nil ? name : own
  }

  /// The telephony side whose call is named so, if it is another one than `own`.
  func foreignSide(of name: String, own: String?) -> String? {
    guard name.contains(":") else { return nil }
    return book.feedNames.first { !$0.isEmpty && $0 != own && name.hasPrefix("\($0):") }
  }

  /// What a call that the telephony side of `session` calls `name` is called by everybody else; `nil`: the same.
  func ownName(_ name: String, _ session: Session) -> String? {
    book.name(of: session.feed).map { name.hasPrefix("\($0):") ? name : "\($0):\(name)" }
  }

  /// The rep in whose name a request is made: the one named, else the client's own, else `presumed`.
  func actingAgent(_ context: RequestContext, presumed: AgentID? = nil) throws -> AgentID {
    if let name = context.arguments[.agent] {
      return try permitted(try agent(named: name), context)
    }
    if context.permission == .served { throw Refusal.whosePhone }
    if let own = context.session.agent { return own }
    if let presumed { return presumed }
    throw Refusal(.badArgument, "option \"agent\" is missing: which rep?")
  }

  /// A rep acts for itself only, and a telephony side for those whose phones it serves.
  func permitted(_ agent: AgentID, _ context: RequestContext) throws -> AgentID {
    switch context.permission {
    case .no, .yes: return agent
    case .served:
      try requireServed(agent, context)
      return agent
    case .own: break
    }
    if context.session.agent == agent { return agent }
    let own = context.session.agent.map { directory.name(of: $0) } ?? "nobody"
    throw Refusal(
      .forbidden, "user \(context.session.user) may act for \(own) only",
      [Field("role", context.session.role.rawValue), Field("need", Role.lead.rawValue)])
  }

  private func requireServed(_ agent: AgentID, _ context: RequestContext) throws {
    let side = engine.agent(agent).feed
    if side == context.session.feed { return }
    let name = directory.name(of: agent)
    throw Refusal(
      .forbidden, "the phone of \(name) is not served by this telephony side",
      [Field("agent", name), Field("feed", book.name(of: side) ?? "-")])
  }

  /// Whether what belongs to the rep of this name is not the client's to speak of: a rep's own is, and of several that
  /// of the rep named in the request.
  func isOthers(_ name: String?, _ context: RequestContext) -> Bool {
    let own = context.session.agent.map { directory.name(of: $0) }
    return context.session.role == .agent && name != own
      || context.arguments[.agent].map { $0 != name } ?? false
  }

  // MARK: Reps

  private mutating func executeAgent(
    _ verb: AgentVerb, _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let agent = try permitted(try self.agent(named: context.arguments.required(.agent)), context)
    let command = try self.command(verb, context, agent)
    let lonely = verb == .logout ? engine.callersLeftAlone(by: agent) : nil
    let detail = Detail().with(.cause, context.arguments[.cause])
    let outcome = try perform(Order(command: command, detail: detail), at: context.now, &batch)
    reply.reply(context.tag, outcome == .unchanged ? .unchanged : .ok)
    writeState(of: agent, at: context.now, to: &reply)
    if let lonely {
      reply.option("warning", "last-out")
      reply.option("queue", directory.name(of: lonely.queue))
      reply.option("waiting", lonely.count)
    }
    finish(&reply)
  }

  /// Whether the client acts as the rep it acts for, or on the rep's behalf. What is done with a phone, the rep does.
  func initiator(_ context: RequestContext, for agent: AgentID) -> Initiator {
    context.session.agent == agent || context.permission == .served ? .agent : .lead
  }

  private func command(
    _ verb: AgentVerb, _ context: RequestContext, _ agent: AgentID
  ) throws -> Command {
    let arguments = context.arguments
    let until = arguments[.duration].map { context.now + $0 } ?? .never
    let queue = try arguments[.queue].map { try self.queue(named: $0) }
    let by = initiator(context, for: agent)
    switch verb {
    case .login: return .logIn(agent)
    case .logout: return .logOut(agent, by: by)
    case .ready:
      let reason = try arguments[.reason].map { try self.reason(named: $0, orFixed: true) }
      return .makeReady(agent, queue: queue, reason: reason, by: by)
    case .notReady:
      let reason = try self.reason(named: arguments.required(.reason), orFixed: false)
      return .makeNotReady(agent, reason: reason, until: until, queue: queue, by: by)
    case .dnd:
      let reason = NotReadyReason.dontAcceptQueueCalls
      return arguments.choice(.onOff, as: OnOff.self) == .on
        ? .makeNotReady(agent, reason: reason, until: until, queue: queue, by: by)
        : .makeReady(agent, queue: queue, reason: reason, by: by)
    case .wrapUp:
      return arguments.choice(.action, as: WrapUpAction.self) == .end
        ? .endWrapUp(agent) : .extendWrapUp(agent, by: arguments[.more] ?? .seconds(60))
    case .phone:
      let report = arguments.choice(.phone, as: PhoneWord.self)?.report ?? .up
      return .reportPhone(agent, report, feed: context.session.feed)
    }
  }

  /// - Parameter orFixed: Whether a reason will do that the engine sets and reps do not.
  private func reason(named name: String, orFixed: Bool) throws -> NotReadyReason {
    if let reason = directory.reason(named: name) { return reason }
    if orFixed, let reason = directory.fixedReason(named: name) { return reason }
    if directory.reasonNames.isEmpty {
      throw Refusal(
        .badArgument,
        "no reasons are configured (not-ready-reasons:); agent.dnd NAME on needs none")
    }
    let hint = Suggestion.hint(for: name, in: directory.reasonNames)
    let known = directory.reasonNames.joined(separator: ", ")
    throw Refusal(.badArgument, "reason \"\(name)\" is not one of \(known)\(hint)")
  }

  /// Adds `agent= state= ...` of a rep.
  func writeState(of agent: AgentID, at now: Instant, to reply: inout LineWriter) {
    let row = engine.agent(agent)
    reply.option("agent", directory.name(of: agent))
    reply.option("state", row.stateWord)
    writeReasons(of: agent, row, to: &reply)
    if row.activity == .wrapUp {
      reply.option("wrap-up-left", max(.zero, row.wrapUpUntil - now))
    }
  }

  /// Adds why a rep takes no queue calls: `reason=` and `until=` of the one with the latest end, `reasons=`
  /// all of them, `away-from=` single queues.
  private func writeReasons(of agent: AgentID, _ row: AgentRow, to reply: inout LineWriter) {
    let reasons = engine.reasons(of: agent)
    if row.availability == .notReady {
      reply.option("reason", directory.name(of: row.reason))
      if row.notReadyUntil < .never {
        reply.option("until", row.notReadyUntil)
      }
      let names = reasons.filter { $0.queue == nil }.map { directory.name(of: $0.reason) }
      reply.option("reasons", names.joined(separator: ","))
    }
    let away = reasons.compactMap { entry in
      entry.queue.map { "\(directory.name(of: $0)):\(directory.name(of: entry.reason))" }
    }
    if !away.isEmpty { reply.option("away-from", away.joined(separator: ",")) }
  }

  /// Ends a reply with the number of the last record.
  func finish(_ reply: inout LineWriter) {
    reply.option("seq", Int(clamping: seq))
    reply.end()
  }
}

extension PhoneWord {
  /// What the engine is told.
  var report: PhoneReport {
    switch self {
    case .up: .up
    case .down: .down
    case .busy: .busy
    case .idle: .idle
    }
  }
}
