import Base
import Configuration
import Events
import Journal
import LineProtocol
import Reporting
import Routing

extension Switchboard {
  mutating func executeTransfer(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    switch context.request.verb {
    case "transfer.consult": try consult(context, &batch, &reply)
    case "transfer.blind":
      let call = try self.call(named: word(context))
      let agent = try actingAgent(context, presumed: engine.call(call)?.agent)
      _ = try perform(
        Order(command: .blindTransfer(call, agent: agent)), at: context.now, &batch)
    default:
      let id = TransferID(try number(word(context), prefix: "t-", "transfer"))
      let command = try transferCommand(context, id)
      _ = try perform(Order(command: command), at: context.now, &batch)
      reply.reply(context.request.tag, .ok)
      reply.option("transfer", word(context))
      reply.option("state", stateWord(of: id))
      finish(&reply)
    }
  }

  private func stateWord(of id: TransferID) -> String {
    switch engine.transfer(id)?.row.state {
    case .ringing: "ringing"
    case .briefing: "briefing"
    case .confirmed: "confirmed"
    default: "ended"
    }
  }

  private func transferCommand(_ context: RequestContext, _ id: TransferID) throws -> Command {
    let transfer = engine.transfer(id)
    // The feed speaks for the outside number; a lead, unless told otherwise, for whoever must act.
    let target = transfer?.row.agent
    let isOutside = transfer?.row.target == .outside
    if isOutside, context.session.role == .agent, context.session.agent != transfer?.holder {
      throw Refusal(Rule.notYourCall, queue: nil)
    }
    switch context.request.verb {
    case "transfer.answer":
      return .answerConsult(id, agent: isOutside ? nil : try actingAgent(context, presumed: target))
    case "transfer.decline":
      return .declineTransfer(
        id, agent: isOutside ? nil : try actingAgent(context, presumed: target))
    case "transfer.confirm":
      if isOutside, context.session.role == .feed { return .confirmTransfer(id, agent: nil) }
      let presumed = isOutside ? transfer?.holder : target
      return .confirmTransfer(id, agent: try actingAgent(context, presumed: presumed))
    case "transfer.complete":
      return .completeTransfer(
        id, agent: try actingAgent(context, presumed: transfer?.holder))
    default:
      return .cancelTransfer(id, agent: try actingAgent(context, presumed: transfer?.holder))
    }
  }

  private mutating func consult(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let request = context.request
    let call = try self.call(named: word(context))
    let holder = try actingAgent(context, presumed: engine.call(call)?.agent)
    let target = try transferTarget(request["to"] ?? "")
    var briefing = Briefing()
    if let who = request["who"], !who.isEmpty { briefing.insert(.who) }
    if let about = request["about"], !about.isEmpty { briefing.insert(.about) }
    let command = Command.consult(call, agent: holder, target: target, briefing: briefing)
    let options = ["to", "who", "about"].compactMap { key in
      request[key].map { Field(key, $0) }
    }
    let outcome = try perform(
      Order(command: command, options: options), at: context.now, &batch)
    guard case .consulting(let id) = outcome else { return }
    reply.reply(request.tag, .accepted)
    reply.option("transfer", "t-\(id.rawValue)")
    reply.option("call", book.name(of: call))
    reply.option("state", stateWord(of: id))
    if let agent = engine.transfer(id)?.row.agent {
      reply.option("agent", directory.name(of: agent))
    }
    finish(&reply)
  }

  private func transferTarget(_ text: String) throws -> TransferTarget {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw Refusal(
        .badArgument, "to: expected agent:NAME, queue:NAME or number:NUMBER, not \"\(text)\"")
    }
    switch parts[0] {
    case "agent": return .agent(try agent(named: parts[1]))
    case "queue": return .queue(try queue(named: parts[1]))
    case "number": return .outside
    default:
      throw Refusal(
        .badArgument, "to: expected agent:NAME, queue:NAME or number:NUMBER, not \"\(text)\"")
    }
  }

  // MARK: Outbound

  mutating func executeOutbound(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let request = context.request
    if request.verb == "outbound.cancel" { return try cancelOutbound(context, &batch, &reply) }
    let agent = try actingAgent(context)
    let purpose = OutboundPurpose(word: request["purpose"] ?? "other") ?? .other
    let patience: TimeSpan? =
      request.verb == "outbound.wait" ? span(context, "for") ?? .minutes(15) : nil
    let command = Command.requestOutbound(agent, purpose: purpose, patience: patience)
    let options = [Field("to", request["to"] ?? "")]
    switch try perform(Order(command: command, options: options), at: context.now, &batch) {
    case .granted(let id, let call):
      reply.reply(request.tag, .accepted)
      reply.option("request", "r-\(id.rawValue)")
      reply.option("call", book.name(of: call))
      reply.option("state", "dialling")
    case .waiting(let id):
      reply.reply(request.tag, .accepted)
      reply.option("request", "r-\(id.rawValue)")
      reply.option("state", "waiting-for-cover")
      let place = engine.waitingRequests.firstIndex { $0.id == id } ?? 0
      reply.option("position", place + 1)
    default: reply.reply(request.tag, .ok)
    }
    finish(&reply)
  }

  private mutating func cancelOutbound(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let id = RequestID(try number(word(context), prefix: "r-", "request"))
    if let owner = engine.waitingRequests.first(where: { $0.id == id })?.agent {
      _ = try permitted(owner, context)
    }
    _ = try perform(Order(command: .cancelOutbound(id)), at: context.now, &batch)
    reply.reply(context.request.tag, .ok)
    reply.option("request", word(context))
    finish(&reply)
  }
}
