public import Routing

/// What each event of a call out is in the journal, on the wire and to readers.
extension OutboundEvent: DescribedEvent {
  /// The cases; raw values are the journal's numbers.
  public enum Kind: UInt8, EventKind {
    case requested = 50
    case granted = 51
    case refused = 52
    case requestEnded = 53
    case connected = 54

    /// The type on the wire.
    public var word: String {
      switch self {
      case .requested: "outbound.requested"
      case .granted: "outbound.granted"
      case .refused: "outbound.refused"
      case .requestEnded: "outbound.request-ended"
      case .connected: "outbound.connected"
      }
    }
  }

  /// Which case it is.
  public var kind: Kind {
    switch self {
    case .requested: .requested
    case .granted: .granted
    case .refused: .refused
    case .requestEnded: .requestEnded
    case .connected: .connected
    }
  }

  func describe(to fields: inout some EventFields) {
    switch self {
    case .requested(let request, let agent, let purpose, let expires):
      fields.id(request)
      fields.agent(agent, as: .agent)
      fields.word("purpose", purpose)
      fields.instant("expires", expires, never: .never)
    case .granted(let request, let agent, let purpose, let call):
      fields.id(request)
      fields.agent(agent, as: .agent)
      fields.word("purpose", purpose)
      fields.call(call)
    case .refused(let agent, let purpose, let rule, let queue):
      fields.agent(agent, as: .agent)
      fields.word("purpose", purpose)
      fields.word("rule", rule)
      fields.queue(queue)
    case .requestEnded(let request, let agent, let outcome):
      fields.id(request)
      fields.agent(agent, as: .agent)
      fields.word("outcome", outcome)
    case .connected(let call, let agent):
      fields.about(call, agent)
    }
  }

  init(_ kind: Kind, _ code: inout FieldReader) throws(ImpossibleField) {
    switch kind {
    case .requested:
      self = .requested(
        code.id(), agent: code.agent(), purpose: try code.word(), expires: code.instant())
    case .granted:
      self = .granted(
        code.id(), agent: code.agent(), purpose: try code.word(), call: code.call())
    case .refused:
      self = .refused(
        code.agent(), purpose: try code.word(), rule: try code.word(), queue: code.queue())
    case .requestEnded:
      self = .requestEnded(code.id(), agent: code.agent(), outcome: try code.word())
    case .connected: self = .connected(code.call(), agent: code.agent())
    }
  }
}
