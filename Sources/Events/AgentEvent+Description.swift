public import Routing

/// What each event of a rep is in the journal, on the wire and to readers.
extension AgentEvent: DescribedEvent {
  /// The cases; raw values are the journal's numbers.
  public enum Kind: UInt8, EventKind {
    case loggedIn = 20
    case loggedOut = 21
    case becameReady = 22
    case becameNotReady = 23
    case rested = 24
    case wrapUpStarted = 25
    case wrapUpExtended = 26
    case wrapUpEnded = 27
    case reasonEnded = 28
    case leftQueue = 29
    case rejoinedQueue = 30
    case spared = 31
    case phoneUp = 32
    case phoneBusy = 33
    case phoneDown = 34

    /// The type on the wire.
    public var word: String {
      switch self {
      case .loggedIn: "agent.logged-in"
      case .loggedOut: "agent.logged-out"
      case .becameReady: "agent.ready"
      case .becameNotReady: "agent.not-ready"
      case .rested: "agent.rested"
      case .wrapUpStarted: "agent.wrap-up"
      case .wrapUpExtended: "agent.wrap-up-extended"
      case .wrapUpEnded: "agent.wrap-up-ended"
      case .reasonEnded: "agent.reason-ended"
      case .leftQueue: "agent.queue-left"
      case .rejoinedQueue: "agent.queue-rejoined"
      case .spared: "agent.spared"
      case .phoneUp: "agent.phone-up"
      case .phoneBusy: "agent.phone-busy"
      case .phoneDown: "agent.phone-down"
      }
    }
  }

  /// Which case it is.
  public var kind: Kind {
    switch self {
    case .loggedIn: .loggedIn
    case .loggedOut: .loggedOut
    case .becameReady: .becameReady
    case .becameNotReady: .becameNotReady
    case .rested: .rested
    case .wrapUpStarted: .wrapUpStarted
    case .wrapUpExtended: .wrapUpExtended
    case .wrapUpEnded: .wrapUpEnded
    case .reasonEnded: .reasonEnded
    case .leftQueue: .leftQueue
    case .rejoinedQueue: .rejoinedQueue
    case .spared: .spared
    case .phoneUp: .phoneUp
    case .phoneBusy: .phoneBusy
    case .phoneDown: .phoneDown
    }
  }

  func describe(to fields: inout some EventFields) {
    switch self {
    case .loggedIn(let agent), .loggedOut(let agent), .becameReady(let agent), .rested(let agent),
      .wrapUpEnded(let agent):
      fields.agent(agent, as: .agent)
    case .becameNotReady(let agent, let reason, let until, let initiator, let shown):
      fields.agent(agent, as: .agent)
      fields.reason("reason", reason)
      fields.instant("until", until, never: .omitted)
      fields.word("set-by", initiator, unless: .agent)
      fields.shown(shown, insteadOf: reason)
    case .reasonEnded(let agent, let reason, let shown):
      fields.agent(agent, as: .agent)
      fields.reason("reason", reason)
      fields.reason("shown", shown)
    case .leftQueue(let agent, let queue, let reason, let until, let initiator):
      fields.agent(agent, as: .agent)
      fields.queue(queue)
      fields.reason("reason", reason)
      fields.instant("until", until, never: .omitted)
      fields.word("set-by", initiator, unless: .agent)
    case .rejoinedQueue(let agent, let queue, let reason):
      fields.agent(agent, as: .agent)
      fields.queue(queue)
      fields.reason("reason", reason)
    case .spared(let agent, let queue, let refusals):
      fields.agent(agent, as: .agent)
      fields.queue(queue)
      fields.number("refusals", refusals)
    case .wrapUpStarted(let agent, let call, let until):
      fields.agent(agent, as: .agent)
      fields.call(call)
      fields.instant("until", until, never: .never)
    case .wrapUpExtended(let agent, let until):
      fields.agent(agent, as: .agent)
      fields.instant("until", until, never: .never)
    case .phoneUp(let agent, let feed), .phoneBusy(let agent, let feed),
      .phoneDown(let agent, let feed):
      fields.agent(agent, as: .agent)
      fields.silent(feed.rawValue)
    }
  }

  init(_ kind: Kind, _ code: inout FieldReader) throws(ImpossibleField) {
    switch kind {
    case .loggedIn: self = .loggedIn(code.agent())
    case .loggedOut: self = .loggedOut(code.agent())
    case .becameReady: self = .becameReady(code.agent())
    case .becameNotReady:
      let (agent, reason) = (code.agent(), code.reason())
      self = .becameNotReady(
        agent, reason: reason, until: code.instant(), by: try code.word(),
        shown: code.shown(insteadOf: reason))
    case .rested: self = .rested(code.agent())
    case .wrapUpStarted:
      self = .wrapUpStarted(code.agent(), call: code.call(), until: code.instant())
    case .wrapUpExtended: self = .wrapUpExtended(code.agent(), until: code.instant())
    case .wrapUpEnded: self = .wrapUpEnded(code.agent())
    case .reasonEnded:
      self = .reasonEnded(code.agent(), reason: code.reason(), shown: code.reason())
    case .leftQueue:
      self = .leftQueue(
        code.agent(), queue: code.queue(), reason: code.reason(), until: code.instant(),
        by: try code.word())
    case .rejoinedQueue:
      self = .rejoinedQueue(code.agent(), queue: code.queue(), reason: code.reason())
    case .phoneUp: self = .phoneUp(code.agent(), feed: code.feed())
    case .phoneBusy: self = .phoneBusy(code.agent(), feed: code.feed())
    case .phoneDown: self = .phoneDown(code.agent(), feed: code.feed())
    case .spared: self = .spared(code.agent(), queue: code.queue(), refusals: code.number())
    }
  }
}
