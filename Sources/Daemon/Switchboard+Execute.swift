import Configuration
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
    let hint = Suggestion.hint(for: name, in: directory.agents.map(\.name))
    throw Refusal(.notFound, "there is no rep \"\(name)\"\(hint)", [Field("agent", name)])
  }

  func queue(named name: String) throws -> QueueID {
    if let queue = directory.queue(named: name) { return queue }
    let hint = Suggestion.hint(for: name, in: directory.queues.map(\.name))
    throw Refusal(.notFound, "there is no queue \"\(name)\"\(hint)", [Field("queue", name)])
  }

  func call(named name: String) throws -> CallID {
    if let call = book.call(named: name) { return call }
    throw Refusal(.notFound, "call \"\(name)\" is over, or never was", [Field("call", name)])
  }

  func word(_ context: RequestContext, _ index: Int = 0) -> String {
    context.request.word(index) ?? ""
  }

  func seconds(_ context: RequestContext, _ name: String) -> Microseconds? {
    context.request[name].flatMap { Parameter.Kind.microseconds($0) }
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
    let outcome = try perform(Order(command: command), at: context.now, &batch)
    reply.reply(context.request.tag, outcome == .unchanged ? .unchanged : .ok)
    writeState(of: agent, at: context.now, to: &reply)
    finish(&reply)
  }

  private func agentCommand(_ context: RequestContext, _ agent: AgentID) throws -> Command {
    let until = seconds(context, "for").map { context.now + $0 } ?? .never
    switch context.request.verb {
    case "agent.login": return .logIn(agent)
    case "agent.logout": return .logOut(agent)
    case "agent.ready": return .makeReady(agent)
    case "agent.not-ready":
      let name = context.request["reason"] ?? ""
      guard let reason = directory.reason(named: name) else {
        let hint = Suggestion.hint(for: name, in: directory.reasons)
        let known = directory.reasons.joined(separator: ", ")
        throw Refusal(.badArgument, "reason \"\(name)\" is not one of \(known)\(hint)")
      }
      return .makeNotReady(agent, reason: reason, until: until)
    case "agent.dnd":
      return word(context, 1) == "on"
        ? .makeNotReady(agent, reason: .dontAcceptQueueCalls, until: until) : .makeReady(agent)
    default:
      return word(context, 1) == "end"
        ? .endWrapUp(agent)
        : .extendWrapUp(agent, by: seconds(context, "by") ?? .seconds(60))
    }
  }

  /// Adds `agent= state= ...` of a rep.
  func writeState(of agent: AgentID, at now: Instant, to reply: inout LineWriter) {
    let row = engine.agent(agent)
    reply.option("agent", directory.name(of: agent))
    reply.option("state", row.stateWord)
    if row.availability == .notReady {
      reply.option("reason", directory.name(of: row.reason))
      if row.notReadyUntil < .never {
        reply.option("until", timestamp: row.notReadyUntil.microseconds)
      }
    }
    if row.activity == .wrapUp {
      reply.option("wrap-up-left", seconds: max(0, row.wrapUpUntil - now))
    }
  }

  /// Ends a reply with the number of the last record.
  func finish(_ reply: inout LineWriter) {
    reply.option("seq", Int(clamping: seq))
    reply.end()
  }
}
