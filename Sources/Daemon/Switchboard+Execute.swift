import Base
import Configuration
import Events
import Journal
import LineProtocol
import Reporting
import Routing

/// What a handler needs to know about the request it handles.
struct RequestContext {
  var request: Request
  var session: Session
  var now: Instant
  /// What the verb is about: `agent`, `call`, `transfer`, `outbound`, `admin`.
  var subject: String
}

extension Switchboard {
  /// Carries out a command (a verb with `isCommand`) and writes its reply.
  ///
  /// - Throws: ``Refusal``; nothing has happened then, save what the refusal itself records.
  mutating func execute(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    try checkSequence(context)
    deputy = Deputy(context.session)
    defer { deputy = nil }
    switch context.subject {
    case "agent": try executeAgent(context, &batch, &reply)
    case "call", "feed": try executeCall(context, &batch, &reply)
    case "transfer": try executeTransfer(context, &batch, &reply)
    case "outbound": try executeOutbound(context, &batch, &reply)
    default: throw Refusal(.unknownCommand, "no handler for \"\(context.request.verb)\"")
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

  func call(named name: String) throws -> CallID {
    if let call = book.call(named: name) { return call }
    throw Refusal(.notFound, "call \"\(name)\" is over, or never was", [Field("call", name)])
  }

  func word(_ context: RequestContext, _ index: Int = 0) -> String {
    context.request.word(index) ?? ""
  }

  func span(_ context: RequestContext, _ name: String) -> TimeSpan? {
    context.request[name].flatMap { TimeSpan(text: $0) }
  }

  /// The rep in whose name a request is made: the one named, else the client's own, else `presumed`.
  func actingAgent(_ context: RequestContext, presumed: AgentID? = nil) throws -> AgentID {
    if let name = context.request["agent"] {
      return try permitted(try agent(named: name), context)
    }
    if let own = context.session.agent { return own }
    if let presumed { return presumed }
    throw Refusal(.badArgument, "option \"agent\" is missing: which rep?")
  }

  /// A rep acts for itself only.
  func permitted(_ agent: AgentID, _ context: RequestContext) throws -> AgentID {
    if context.session.role != .agent || context.session.agent == agent { return agent }
    let own = context.session.agent.map { directory.name(of: $0) } ?? "nobody"
    throw Refusal(
      .forbidden, "user \(context.session.user) may act for \(own) only",
      [Field("role", context.session.role.rawValue), Field("need", Role.lead.rawValue)])
  }

  // MARK: Reps

  private mutating func executeAgent(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let agent = try permitted(try self.agent(named: word(context)), context)
    let command = try agentCommand(context, agent)
    let lonely =
      context.request.verb == "agent.logout" ? engine.callersLeftAlone(by: agent) : nil
    let outcome = try perform(Order(command: command), at: context.now, &batch)
    reply.reply(context.request.tag, outcome == .unchanged ? .unchanged : .ok)
    writeState(of: agent, at: context.now, to: &reply)
    if let lonely {
      reply.option("warning", "last-out")
      reply.option("queue", directory.name(of: lonely.queue))
      reply.option("waiting", lonely.count)
    }
    finish(&reply)
  }

  /// Whether the client acts as the rep it acts for, or on the rep's behalf.
  func initiator(_ context: RequestContext, for agent: AgentID) -> Initiator {
    context.session.agent == agent ? .agent : .lead
  }

  private func agentCommand(_ context: RequestContext, _ agent: AgentID) throws -> Command {
    let until = span(context, "for").map { context.now + $0 } ?? .never
    let queue = try context.request["queue"].map { try self.queue(named: $0) }
    let by = initiator(context, for: agent)
    switch context.request.verb {
    case "agent.login": return .logIn(agent)
    case "agent.logout": return .logOut(agent, by: by)
    case "agent.ready":
      let reason = try context.request["reason"].map { try self.reason(named: $0, orFixed: true) }
      return .makeReady(agent, queue: queue, reason: reason, by: by)
    case "agent.not-ready":
      let reason = try self.reason(named: context.request["reason"] ?? "", orFixed: false)
      return .makeNotReady(agent, reason: reason, until: until, queue: queue, by: by)
    case "agent.dnd":
      let reason = NotReadyReason.dontAcceptQueueCalls
      return word(context, 1) == "on"
        ? .makeNotReady(agent, reason: reason, until: until, queue: queue, by: by)
        : .makeReady(agent, queue: queue, reason: reason, by: by)
    case "agent.wrap-up":
      return word(context, 1) == "end"
        ? .endWrapUp(agent)
        : .extendWrapUp(agent, by: span(context, "by") ?? .seconds(60))
    default: throw Refusal(.unknownCommand, "no handler for \"\(context.request.verb)\"")
    }
  }

  /// - Parameter orFixed: Whether a reason will do that the engine sets and reps do not.
  private func reason(named name: String, orFixed: Bool) throws -> NotReadyReason {
    if let reason = directory.reason(named: name) { return reason }
    if orFixed, let reason = directory.fixedReason(named: name) { return reason }
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
