import Base
public import Routing

/// What each event of a call is in the journal, on the wire and to readers.
extension CallEvent: DescribedEvent {
  /// The cases; raw values are the journal's numbers.
  public enum Kind: UInt8, EventKind {
    case arrived = 1
    case diverted = 2
    case offered = 3
    case ringing = 4
    case offerEnded = 5
    case answered = 6
    case tierEscalated = 7
    case held = 8
    case resumed = 9
    case holdReminded = 10
    case ended = 11
    case writtenUp = 12
    case leftUndocumented = 13
    case returnedToQueue = 14
    case foundStale = 15

    /// The type on the wire.
    public var word: String {
      switch self {
      case .arrived: "call.arrived"
      case .diverted: "call.diverted"
      case .offered: "call.offered"
      case .ringing: "call.ringing"
      case .offerEnded: "offer.ended"
      case .answered: "call.answered"
      case .tierEscalated: "call.tier-escalated"
      case .held: "call.held"
      case .resumed: "call.resumed"
      case .holdReminded: "call.hold-reminder"
      case .ended: "call.ended"
      case .writtenUp: "call.written-up"
      case .leftUndocumented: "call.undocumented"
      case .returnedToQueue: "call.returned"
      case .foundStale: "call.stale"
      }
    }
  }

  /// Which case it is.
  public var kind: Kind {
    switch self {
    case .arrived: .arrived
    case .diverted: .diverted
    case .offered: .offered
    case .ringing: .ringing
    case .offerEnded: .offerEnded
    case .answered: .answered
    case .tierEscalated: .tierEscalated
    case .held: .held
    case .resumed: .resumed
    case .holdReminded: .holdReminded
    case .ended: .ended
    case .writtenUp: .writtenUp
    case .leftUndocumented: .leftUndocumented
    case .returnedToQueue: .returnedToQueue
    case .foundStale: .foundStale
    }
  }

  func describe(to fields: inout some EventFields) {
    switch self {
    case .arrived(let call, let queue, let priority, let credit, let skills, let feed):
      fields.about(call, queue)
      fields.number("priority", priority)
      fields.span("credit", credit, unless: .zero)
      fields.skills(skills)
      fields.silent(feed.rawValue)
    case .diverted(let call, let queue, let reason, let overflow):
      fields.about(call, queue)
      fields.word("reason", reason)
      fields.overflow(overflow)
    case .offered(let offer, let call, let agent, let queue, let ringTimeout, let round):
      fields.about(offer, call, agent, ringingFrom: queue)
      fields.span("expires-in", ringTimeout, unless: nil)
      fields.number("round", round, unless: 0)
    case .ringing(let offer, let call, let agent), .answered(let offer, let call, let agent):
      fields.about(offer, call, agent)
    case .offerEnded(let offer, let call, let agent, let outcome, let restUntil):
      fields.about(offer, call, agent)
      fields.outcome(outcome)
      fields.silent(restUntil.microseconds)
    case .tierEscalated(let call, let tier):
      fields.call(call)
      fields.tier(tier)
    case .held(let call, let rep), .resumed(let call, let rep), .foundStale(let call, let rep):
      fields.about(call, rep)
    case .holdReminded(let call, let agent, let count):
      fields.about(call, agent)
      fields.number("count", count)
    case .ended(let call, let agent, let reason):
      fields.about(call, agent)
      fields.word("reason", reason)
    case .writtenUp(let call, let agent, let parts):
      fields.about(call, agent)
      fields.silent(parts.rawValue)
    case .leftUndocumented(let call, let agent): fields.about(call, agent)
    case .returnedToQueue(let call, let queue, let agent, let cause):
      fields.about(call, queue, agent)
      fields.word("cause", cause)
    }
  }

  // Arguments are evaluated in their order, which is the journal's.
  init(_ kind: Kind, _ code: inout FieldReader) throws(ImpossibleField) {
    switch kind {
    case .arrived:
      self = .arrived(
        code.call(), queue: code.queue(), priority: code.number(), credit: code.span(),
        skills: code.skills(), feed: code.feed())
    case .diverted:
      self = .diverted(
        code.call(), queue: code.queue(), reason: try code.word(), to: try code.overflow())
    case .offered:
      self = .offered(
        code.id(), call: code.call(), agent: code.agent(), queue: code.queue(),
        ringTimeout: code.span(), round: code.number())
    case .ringing: self = .ringing(code.id(), call: code.call(), agent: code.agent())
    case .offerEnded:
      self = .offerEnded(
        code.id(), call: code.call(), agent: code.agent(), outcome: try code.word(),
        restUntil: code.instant())
    case .answered: self = .answered(code.id(), call: code.call(), agent: code.agent())
    case .tierEscalated: self = .tierEscalated(code.call(), tier: code.number())
    case .held: self = .held(code.call(), agent: code.agentOrNone())
    case .resumed: self = .resumed(code.call(), agent: code.agentOrNone())
    case .holdReminded:
      self = .holdReminded(code.call(), agent: code.agent(), count: code.number())
    case .ended: self = .ended(code.call(), agent: code.agentOrNone(), reason: try code.word())
    case .writtenUp:
      self = .writtenUp(
        code.call(), agent: code.agent(), fields: WriteUpFields(rawValue: code.number()))
    case .leftUndocumented: self = .leftUndocumented(code.call(), agent: code.agent())
    case .returnedToQueue:
      self = .returnedToQueue(
        code.call(), queue: code.queue(), agent: code.agent(), cause: try code.word())
    case .foundStale: self = .foundStale(code.call(), agent: code.agentOrNone())
    }
  }
}
