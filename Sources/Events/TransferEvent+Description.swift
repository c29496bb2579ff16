public import Routing

/// What each event of a transfer is in the journal, on the wire and to readers.
extension TransferEvent: DescribedEvent {
  /// The cases; raw values are the journal's numbers.
  public enum Kind: UInt8, EventKind {
    case consultStarted = 40
    case consultOffered = 41
    case consultRefused = 42
    case consultAnswered = 43
    case consultConfirmed = 44
    case completed = 45
    case ended = 46
    case blindPrevented = 47

    /// The type on the wire.
    public var word: String {
      switch self {
      case .consultStarted: "transfer.consulting"
      case .consultOffered: "transfer.offered"
      case .consultRefused: "transfer.refused"
      case .consultAnswered: "transfer.answered"
      case .consultConfirmed: "transfer.confirmed"
      case .completed: "transfer.completed"
      case .ended: "transfer.ended"
      case .blindPrevented: "transfer.blind-prevented"
      }
    }
  }

  /// Which case it is.
  public var kind: Kind {
    switch self {
    case .consultStarted: .consultStarted
    case .consultOffered: .consultOffered
    case .consultRefused: .consultRefused
    case .consultAnswered: .consultAnswered
    case .consultConfirmed: .consultConfirmed
    case .completed: .completed
    case .ended: .ended
    case .blindPrevented: .blindPrevented
    }
  }

  func describe(to fields: inout some EventFields) {
    switch self {
    case .consultStarted(let transfer, let call, let holder, let target):
      fields.id(transfer)
      fields.call(call)
      fields.agent(holder, as: .holder)
      fields.target(target)
    case .consultOffered(let transfer, let holder, let agent):
      fields.id(transfer)
      fields.agent(holder, as: .holder)
      fields.agent(agent, as: .agent)
      fields.rings(agent)
      fields.alsoNamed("from", holder)
    case .consultRefused(let transfer, let holder, let agent, let outcome):
      fields.id(transfer)
      fields.agent(holder, as: .holder)
      fields.agent(agent, as: .agent)
      fields.word("outcome", outcome)
    case .consultAnswered(let transfer, let holder, let agent),
      .consultConfirmed(let transfer, let holder, let agent):
      fields.id(transfer)
      fields.agent(holder, as: .holder)
      fields.agent(agent, as: .agent)
    case .completed(let transfer, let call, let holder, let target):
      fields.id(transfer)
      fields.call(call)
      fields.agent(holder, as: .holder)
      fields.agent(target, as: .agent)
    case .ended(let transfer, let call, let holder, let outcome, let agent):
      fields.id(transfer)
      fields.call(call)
      fields.agent(holder, as: .holder)
      fields.word("outcome", outcome)
      fields.agent(agent, as: .agent)
    case .blindPrevented(let call, let agent, let cause):
      fields.about(call, agent)
      fields.word("cause", cause)
    }
  }

  init(_ kind: Kind, _ code: inout FieldReader) throws(ImpossibleField) {
    switch kind {
    case .consultStarted:
      self = .consultStarted(
        code.id(), call: code.call(), holder: code.agent(), target: try code.target())
    case .consultOffered:
      self = .consultOffered(code.id(), holder: code.agent(), agent: code.agent())
    case .consultRefused:
      self = .consultRefused(
        code.id(), holder: code.agent(), agent: code.agent(), outcome: try code.word())
    case .consultAnswered:
      self = .consultAnswered(code.id(), holder: code.agent(), agent: code.agentOrNone())
    case .consultConfirmed:
      self = .consultConfirmed(code.id(), holder: code.agent(), agent: code.agentOrNone())
    case .completed:
      self = .completed(
        code.id(), call: code.call(), holder: code.agent(), target: code.agentOrNone())
    case .ended:
      self = .ended(
        code.id(), call: code.call(), holder: code.agent(), outcome: try code.word(),
        agent: code.agentOrNone())
    case .blindPrevented:
      self = .blindPrevented(code.call(), agent: code.agent(), cause: try code.word())
    }
  }
}
