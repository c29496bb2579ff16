import Base
public import Configuration
public import Journal
public import LineProtocol
public import Routing

/// Whom an event is about.
public struct Parties: Equatable, Sendable {
  /// The rep named first.
  public var agent: AgentID?
  /// The rep on the other side of a transfer.
  public var otherAgent: AgentID?
  /// The queue.
  public var queue: QueueID?
  /// The call.
  public var call: CallID?

  /// Nobody, or those given.
  public init(
    agent: AgentID? = nil, otherAgent: AgentID? = nil, queue: QueueID? = nil, call: CallID? = nil
  ) {
    self.agent = agent
    self.otherAgent = otherAgent
    self.queue = queue
    self.call = call
  }

  /// Both reps, as far as there are any.
  public var agents: [AgentID] {
    guard let otherAgent, otherAgent != agent else { return agent.map { [$0] } ?? [] }
    return (agent.map { [$0] } ?? []) + [otherAgent]
  }
}

/// Events as the wire and the journal's readers see them: a type and options.
public enum EventText {
  /// Writes `record` as an event line. The same record gives the same line for ever.
  public static func write(
    _ record: Record, _ directory: Directory, to writer: inout LineWriter
  ) {
    switch record.content {
    case .event(let event, let detail):
      writer.event(record.seq, type(of: event))
      writer.option("at", record.at)
      options(of: event, directory, to: &writer)
      appendDetail(detail, to: &writer)
    case .plan:
      writer.event(record.seq, "config.changed")
      writer.option("at", record.at)
    case .note(let type, let detail):
      writer.event(record.seq, type)
      writer.option("at", record.at)
      appendDetail(detail, to: &writer)
    }
    writer.end()
  }

  private static func appendDetail(_ detail: String, to writer: inout LineWriter) {
    if detail.isEmpty { return }
    writer.append(raw: detail.utf8)
  }

  /// The type of an event, such as `call.offered`.
  public static func type(of event: Event) -> String {
    switch event {
    case .callArrived: "call.arrived"
    case .callDiverted: "call.diverted"
    case .callOffered: "call.offered"
    case .offerRinging: "call.ringing"
    case .offerEnded: "offer.ended"
    case .callAnswered: "call.answered"
    case .tierEscalated: "call.tier-escalated"
    case .callHeld: "call.held"
    case .callResumed: "call.resumed"
    case .holdReminded: "call.hold-reminder"
    case .callEnded: "call.ended"
    case .callWrittenUp: "call.written-up"
    case .callLeftUndocumented: "call.undocumented"
    case .callReturnedToQueue: "call.returned"
    case .callFoundStale: "call.stale"
    case .agentLoggedIn: "agent.logged-in"
    case .agentLoggedOut: "agent.logged-out"
    case .agentBecameReady: "agent.ready"
    case .agentBecameNotReady: "agent.not-ready"
    case .agentRested: "agent.rested"
    case .wrapUpStarted: "agent.wrap-up"
    case .wrapUpExtended: "agent.wrap-up-extended"
    case .wrapUpEnded: "agent.wrap-up-ended"
    case .agentReasonEnded: "agent.reason-ended"
    case .agentLeftQueue: "agent.queue-left"
    case .agentRejoinedQueue: "agent.queue-rejoined"
    case .agentSpared: "agent.spared"
    default: teamType(of: event)
    }
  }

  private static func teamType(of event: Event) -> String {
    switch event {
    case .consultStarted: "transfer.consulting"
    case .consultOffered: "transfer.offered"
    case .consultRefused: "transfer.refused"
    case .consultAnswered: "transfer.answered"
    case .consultConfirmed: "transfer.confirmed"
    case .transferCompleted: "transfer.completed"
    case .transferEnded: "transfer.ended"
    case .blindTransferPrevented: "transfer.blind-prevented"
    case .outboundRequested: "outbound.requested"
    case .outboundGranted: "outbound.granted"
    case .outboundRefused: "outbound.refused"
    case .outboundRequestEnded: "outbound.request-ended"
    case .outboundConnected: "outbound.connected"
    case .officeHoursSet: "queue.hours-set"
    case .queueOpened: "queue.opened"
    case .queueClosed: "queue.closed"
    default: "day.started"
    }
  }

  private static func options(
    of event: Event, _ names: Directory, to writer: inout LineWriter
  ) {
    let parties = parties(of: event)
    if let agent = parties.agent {
      writer.option(isAboutHolder(event) ? "holder" : "agent", names.name(of: agent))
    }
    if let queue = parties.queue { writer.option("queue", names.name(of: queue)) }
    switch event {
    case .callArrived(_, _, let priority, let credit, let skills):
      writer.option("priority", Int(priority))
      if credit > .zero { writer.option("credit", credit) }
      if !skills.isEmpty {
        writer.option("skills", names.names(of: skills).joined(separator: ","))
      }
    case .callDiverted(_, _, let reason, let overflow):
      writer.option("reason", reason.word)
      writer.option("to", text(overflow, names))
    case .callOffered(let offer, _, _, _, let ringTimeout, let round):
      writer.option("offer", "o-\(offer.rawValue)")
      writer.option("expires-in", ringTimeout)
      if round > 0 { writer.option("round", Int(round)) }
    case .offerRinging(let offer, _, _): writer.option("offer", "o-\(offer.rawValue)")
    case .offerEnded(let offer, _, _, let outcome, _):
      writer.option("offer", "o-\(offer.rawValue)")
      writer.option("outcome", outcome.word)
      writer.option("refused", outcome.isRefused ? "yes" : "no")
    case .callAnswered(let offer, _, _): writer.option("offer", "o-\(offer.rawValue)")
    case .tierEscalated(_, let tier): writer.option("tier", Int(tier) + 1)
    case .holdReminded(_, _, let count): writer.option("count", Int(count))
    case .callEnded(_, _, let reason): writer.option("reason", reason.word)
    default: teamOptions(of: event, names, to: &writer)
    }
  }

  private static func teamOptions(
    of event: Event, _ names: Directory, to writer: inout LineWriter
  ) {
    switch event {
    case .agentBecameNotReady(_, let reason, let until, let by, let shown):
      write(reason, until, by, names, to: &writer)
      if shown != reason { writer.option("shown", names.name(of: shown)) }
    case .agentReasonEnded(_, let reason, let shown):
      writer.option("reason", names.name(of: reason))
      writer.option("shown", names.name(of: shown))
    case .agentLeftQueue(_, _, let reason, let until, let by):
      write(reason, until, by, names, to: &writer)
    case .agentRejoinedQueue(_, _, let reason): writer.option("reason", names.name(of: reason))
    case .agentSpared(_, _, let refusals): writer.option("refusals", Int(refusals))
    case .wrapUpStarted(_, _, let until), .wrapUpExtended(_, let until):
      writer.option("until", until)
    case .outboundRequested(let id, _, let purpose, let expires):
      writer.option("request", "r-\(id.rawValue)")
      writer.option("purpose", purpose.word)
      writer.option("expires", expires)
    case .outboundGranted(let id, _, let purpose, _):
      writer.option("request", "r-\(id.rawValue)")
      writer.option("purpose", purpose.word)
    case .outboundRefused(_, let purpose, let rule, _):
      writer.option("purpose", purpose.word)
      writer.option("rule", rule.word)
    case .outboundRequestEnded(let id, _, let outcome):
      writer.option("request", "r-\(id.rawValue)")
      writer.option("outcome", outcome.word)
    case .officeHoursSet(_, let opens, let closes):
      writer.option("opens", opens)
      let isOpenEnded = closes == .never
      writer.option(
        "closes", isOpenEnded ? "never" : Timestamp.text(closes))
    default: transferOptions(of: event, names, to: &writer)
    }
  }

  private static func write(
    _ reason: NotReadyReason, _ until: Instant, _ by: Initiator, _ names: Directory,
    to writer: inout LineWriter
  ) {
    writer.option("reason", names.name(of: reason))
    if until < .never { writer.option("until", until) }
    if by != .agent { writer.option("set-by", by.word) }
  }

  private static func transferOptions(
    of event: Event, _ names: Directory, to writer: inout LineWriter
  ) {
    switch event {
    case .consultStarted(let id, _, _, _), .consultOffered(let id, _, _),
      .consultAnswered(let id, _), .consultConfirmed(let id, _):
      writer.option("transfer", "t-\(id.rawValue)")
    case .consultRefused(let id, _, _, let outcome):
      writer.option("transfer", "t-\(id.rawValue)")
      writer.option("outcome", outcome.word)
    case .transferCompleted(let id, _, let holder, _):
      writer.option("transfer", "t-\(id.rawValue)")
      writer.option("holder", names.name(of: holder))
    case .transferEnded(let id, _, _, let outcome):
      writer.option("transfer", "t-\(id.rawValue)")
      writer.option("outcome", outcome.word)
    case .blindTransferPrevented(_, _, let cause): writer.option("cause", cause.word)
    default: break
    }
  }

  /// Whether the rep an event is about is the holder of a call being transferred.
  private static func isAboutHolder(_ event: Event) -> Bool {
    switch event {
    case .consultStarted, .consultAnswered, .consultConfirmed, .transferEnded: true
    default: false
    }
  }

  private static func text(_ overflow: Overflow, _ names: Directory) -> String {
    switch overflow {
    case .stay: "stay"
    case .queue(let queue): "queue:\(names.name(of: queue))"
    case .voicemail: "voicemail"
    case .offerCallBack: "call-back"
    case .reject: "reject"
    }
  }

  /// Whom an event is about: for names, filters and change marks.
  public static func parties(of event: Event) -> Parties {
    let (agent, queue, call) = mainParties(of: event)
    let other: AgentID? =
      switch event {
      case .consultOffered(_, let holder, _), .consultRefused(_, let holder, _, _),
        .transferCompleted(_, _, let holder, _):
        holder
      case .consultStarted(_, _, _, .agent(let target)): target
      default: nil
      }
    return Parties(agent: agent, otherAgent: other, queue: queue, call: call)
  }

  private static func mainParties(
    of event: Event
  ) -> (agent: AgentID?, queue: QueueID?, call: CallID?) {
    switch event {
    case .callArrived(let c, let q, _, _, _), .callDiverted(let c, let q, _, _): (nil, q, c)
    case .callOffered(_, let c, let a, let q, _, _): (a, q, c)
    case .offerRinging(_, let c, let a), .offerEnded(_, let c, let a, _, _),
      .callAnswered(_, let c, let a), .holdReminded(let c, let a, _),
      .callWrittenUp(let c, let a, _), .callLeftUndocumented(let c, let a),
      .wrapUpStarted(let a, let c, _),
      .outboundConnected(let c, let a), .outboundGranted(_, let a, _, let c),
      .consultStarted(_, let c, let a, _), .transferEnded(_, let c, let a, _),
      .blindTransferPrevented(let c, let a, _):
      (a, nil, c)
    case .tierEscalated(let c, _), .callHeld(let c), .callResumed(let c): (nil, nil, c)
    case .callEnded(let c, let a, _), .callFoundStale(let c, let a): (a, nil, c)
    case .callReturnedToQueue(let c, let q, let a): (a, q, c)
    case .transferCompleted(_, let c, let holder, let target): (target ?? holder, nil, c)
    case .agentLoggedIn(let a), .agentLoggedOut(let a), .agentBecameReady(let a),
      .agentBecameNotReady(let a, _, _, _, _), .agentReasonEnded(let a, _, _), .agentRested(let a),
      .wrapUpExtended(let a, _),
      .wrapUpEnded(let a), .consultOffered(_, _, let a), .consultRefused(_, _, let a, _),
      .consultAnswered(_, let a), .consultConfirmed(_, let a), .outboundRequested(_, let a, _, _),
      .outboundRequestEnded(_, let a, _):
      (a, nil, nil)
    case .outboundRefused(let a, _, _, let q), .agentLeftQueue(let a, let q, _, _, _),
      .agentRejoinedQueue(let a, let q, _), .agentSpared(let a, let q, _):
      (a, q, nil)
    case .officeHoursSet(let q, _, _), .queueOpened(let q), .queueClosed(let q): (nil, q, nil)
    case .dayStarted: (nil, nil, nil)
    }
  }
}
