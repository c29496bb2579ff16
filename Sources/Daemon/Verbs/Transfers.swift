import Base
import Events
import Frames
import LineProtocol
import Routing
import Switchboard
import Vocabulary

extension Switchboard {
  mutating func executeTransfer(
    _ verb: TransferVerb, _ context: RequestContext, _ batch: inout Batch,
    _ reply: inout LineWriter
  ) throws {
    switch verb {
    case .consult: try consult(context, &batch, &reply)
    case .blind:
      let call = try self.call(context)
      let agent = try actingAgent(context, presumed: engine.call(call)?.agent)
      _ = try perform(
        Order(command: .blindTransfer(call, agent: agent)), at: context.now, &batch)
    case .answer:
      try act(context, &batch, &reply) {
        .answerConsult($1.id, agent: $1.isOutside ? nil : try $0.target($1, context))
      }
    case .decline:
      try act(context, &batch, &reply) {
        .declineTransfer($1.id, agent: $1.isOutside ? nil : try $0.target($1, context))
      }
    case .unreachable:
      try act(context, &batch, &reply) {
        .reportConsultUnreachable($1.id, agent: $1.isOutside ? nil : try $0.reportedPhone(context))
      }
    case .confirm: try act(context, &batch, &reply) { try $0.confirm($1, context) }
    case .complete:
      try act(context, &batch, &reply) {
        .completeTransfer($1.id, agent: try $0.actingAgent(context, presumed: $1.holder))
      }
    case .cancel:
      try act(context, &batch, &reply) {
        .cancelTransfer($1.id, agent: try $0.actingAgent(context, presumed: $1.holder))
      }
    }
  }

  /// A transfer that a request is about, as far as it is in progress.
  private struct Subject {
    var id: TransferID
    var holder: AgentID?
    var target: AgentID?
    var isOutside: Bool
  }

  /// Carries out what is asked of a transfer, and replies with its state.
  private mutating func act(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter,
    _ command: (Switchboard, Subject) throws -> Command
  ) throws {
    let name = context.arguments.required(.transfer)
    let id: TransferID = try number(name)
    let transfer = engine.transfer(id)
    let subject = Subject(
      id: id, holder: transfer?.holder, target: transfer?.row.agent,
      isOutside: transfer?.row.target == .outside)
    if subject.isOutside, context.session.role == .agent, context.session.agent != subject.holder {
      throw Refusal(Rule.notYourCall, queue: nil)
    }
    // An outside number is dialled by the side whose rep has asked for it.
    if subject.isOutside, context.permission == .served, let holder = subject.holder {
      _ = try permitted(holder, context)
    }
    let order = Order(
      command: try command(self, subject),
      detail: Detail().with(.cause, context.arguments[.cause]))
    _ = try perform(order, at: context.now, &batch)
    reply.reply(context.tag, .ok)
    reply.option("transfer", name)
    reply.option("state", stateWord(of: id))
    finish(&reply)
  }

  private func stateWord(of id: TransferID) -> String {
    guard let state = engine.transfer(id)?.row.state, state != .none else { return "ended" }
    return CaseNames.hyphenated("\(state)")
  }

  /// The rep consulted; a lead, unless told otherwise, speaks for whoever must act.
  private func target(_ transfer: Subject, _ context: RequestContext) throws -> AgentID {
    try actingAgent(context, presumed: transfer.target)
  }

  /// The telephony side speaks for an outside number, and so does the holder.
  private func confirm(_ transfer: Subject, _ context: RequestContext) throws -> Command {
    let isFarEnd =
      context.session.role == .feed
      || context.permission == .served && context.arguments[.agent] == nil
    if transfer.isOutside, isFarEnd { return .confirmTransfer(transfer.id, agent: nil) }
    let presumed = transfer.isOutside ? transfer.holder : transfer.target
    return .confirmTransfer(transfer.id, agent: try actingAgent(context, presumed: presumed))
  }

  private mutating func consult(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let arguments = context.arguments
    let call = try self.call(context)
    let holder = try actingAgent(context, presumed: engine.call(call)?.agent)
    let target = try transferTarget(arguments.required(.to))
    var briefing = Briefing()
    if let who = arguments[.who], !who.isEmpty { briefing.insert(.who) }
    if let about = arguments[.about], !about.isEmpty { briefing.insert(.about) }
    let command = Command.consult(call, agent: holder, target: target, briefing: briefing)
    let detail = Detail().with(.to, arguments[.to]).with(.who, arguments[.who])
      .with(.about, arguments[.about])
    let outcome = try perform(
      Order(command: command, detail: detail), at: context.now, &batch)
    guard case .consulting(let id) = outcome else { return }
    reply.reply(context.tag, .accepted)
    reply.option("transfer", id.name)
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
    default:  // foreign: String
      throw Refusal(
        .badArgument, "to: expected agent:NAME, queue:NAME or number:NUMBER, not \"\(text)\"")
    }
  }

  // MARK: Outbound

  mutating func executeOutbound(
    _ verb: OutboundVerb, _ context: RequestContext, _ batch: inout Batch,
    _ reply: inout LineWriter
  ) throws {
    switch verb {
    case .request: try requestOutbound(patience: nil, context, &batch, &reply)
    case .wait:
      let patience = context.arguments[.duration] ?? .minutes(15)
      try requestOutbound(patience: patience, context, &batch, &reply)
    case .cancel: try cancelOutbound(context, &batch, &reply)
    }
  }

  private mutating func requestOutbound(
    patience: TimeSpan?, _ context: RequestContext, _ batch: inout Batch,
    _ reply: inout LineWriter
  ) throws {
    let agent = try actingAgent(context)
    let purpose = context.arguments[.purpose].flatMap { OutboundPurpose(word: $0) } ?? .other
    let command = Command.requestOutbound(agent, purpose: purpose, patience: patience)
    let detail = Detail().with(.to, context.arguments[.to])
    switch try perform(Order(command: command, detail: detail), at: context.now, &batch) {
    case .granted(let id, let call):
      reply.reply(context.tag, .accepted)
      reply.option("request", id.name)
      reply.option("call", book.name(of: call))
      reply.option("state", "dialling")
    case .waiting(let id):
      reply.reply(context.tag, .accepted)
      reply.option("request", id.name)
      reply.option("state", "waiting-for-cover")
      let place = engine.waitingRequests.firstIndex { $0.id == id } ?? 0
      reply.option("position", place + 1)
    case .done, .unchanged, .entered, .consulting, .refused: reply.reply(context.tag, .ok)
    }
    finish(&reply)
  }

  private mutating func cancelOutbound(
    _ context: RequestContext, _ batch: inout Batch, _ reply: inout LineWriter
  ) throws {
    let name = context.arguments.required(.request)
    let id: RequestID = try number(name)
    if let owner = engine.waitingRequests.first(where: { $0.id == id })?.agent {
      _ = try permitted(owner, context)
    }
    _ = try perform(Order(command: .cancelOutbound(id)), at: context.now, &batch)
    reply.reply(context.tag, .ok)
    reply.option("request", name)
    finish(&reply)
  }
}
