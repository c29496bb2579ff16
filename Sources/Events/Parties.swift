import Base
public import Routing

/// Whom an event is about: for names, filters and change marks.
public struct Parties: Equatable, Sendable {
  /// The rep; in a transfer, the one consulted or taking over.
  public private(set) var agent: AgentID?
  /// The rep with whom the caller is while a colleague is consulted.
  public private(set) var holder: AgentID?
  /// The queue.
  public private(set) var queue: QueueID?
  /// The call.
  public private(set) var call: CallID?

  /// Nobody.
  public init() {}

  /// Whom `event` is about.
  public init(of event: Event) { event.describe(to: &self) }

  /// Both reps, as far as there are any.
  public var agents: [AgentID] {
    guard let agent else { return holder.map { [$0] } ?? [] }
    guard let holder, holder != agent else { return [agent] }
    return [agent, holder]
  }
}

extension Parties: EventFields {
  mutating func call(_ call: CallID) { self.call = call }
  mutating func agent(_ agent: AgentID?, as part: EventPart) {
    switch part {
    case .agent: self.agent = agent
    case .holder: holder = agent
    }
  }
  mutating func agent(_ agent: AgentID, as part: EventPart) {
    self.agent(Optional(agent), as: part)
  }
  mutating func queue(_ queue: QueueID) { self.queue = queue }
  mutating func target(_ target: TransferTarget) {
    switch target {
    case .agent(let agent): self.agent = agent
    case .queue, .outside: break
    }
  }
  mutating func id(_ id: some EventSubject) {}
  mutating func number(_ name: String, _ value: some FixedWidthInteger, unless: Int64?) {}
  mutating func tier(_ tier: UInt8) {}
  mutating func span(_ name: String, _ span: TimeSpan, unless: TimeSpan?) {}
  mutating func instant(_ name: String, _ instant: Instant, never: NeverText) {}
  mutating func word<Word: WireWord & Equatable>(
    _ name: String, _ word: Word, unless: Word?
  ) {}
  mutating func reason(_ name: String, _ reason: NotReadyReason) {}
  mutating func shown(_ reason: NotReadyReason, insteadOf set: NotReadyReason) {}
  mutating func skills(_ skills: SkillSet) {}
  mutating func overflow(_ overflow: Overflow) {}
  mutating func silent(_ value: some FixedWidthInteger) {}
  mutating func rings(_ agent: AgentID) {}
  mutating func alsoNamed(_ name: String, _ agent: AgentID) {}
  mutating func remark(_ name: String, _ value: Bool) {}
}

extension Event {
  /// Names the fields in the journal's order.
  func describe(to fields: inout some EventFields) {
    switch self {
    case .call(let event): event.describe(to: &fields)
    case .agent(let event): event.describe(to: &fields)
    case .transfer(let event): event.describe(to: &fields)
    case .outbound(let event): event.describe(to: &fields)
    case .calendar(let event): event.describe(to: &fields)
    case .feed(let event): event.describe(to: &fields)
    }
  }

  /// The type of the event on the wire, such as `call.offered`.
  public var type: String {
    switch self {
    case .call(let event): event.kind.word
    case .agent(let event): event.kind.word
    case .transfer(let event): event.kind.word
    case .outbound(let event): event.kind.word
    case .calendar(let event): event.kind.word
    case .feed(let event): event.kind.word
    }
  }
}
