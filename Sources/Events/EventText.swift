import Base
public import LineProtocol
public import Routing

/// The names of what events know by number.
public protocol Naming {
  /// The name of a rep.
  func name(of agent: AgentID) -> String
  /// The name of a queue.
  func name(of queue: QueueID) -> String
  /// The name of a reason for not being ready.
  func name(of reason: NotReadyReason) -> String
  /// The extension at which a rep's phone rings, if the configuration knows it.
  func phoneExtension(of agent: AgentID) -> String?
  /// The names of skills, in the order of the plan.
  func names(of skills: SkillSet) -> [String]
}

extension Event {
  /// Writes what happened as options: first whom it is about, then the rest as described.
  public func writeOptions(_ names: some Naming, to writer: inout LineWriter) {
    let parties = Parties(of: self)
    if let agent = parties.agent { writer.option("agent", names.name(of: agent)) }
    if let holder = parties.holder { writer.option("holder", names.name(of: holder)) }
    if let queue = parties.queue { writer.option("queue", names.name(of: queue)) }
    var text = FieldText(names: names, writer: writer)
    // One owner at a time: two would make the buffer a copy.
    writer = LineWriter()
    describe(to: &text)
    writer = text.writer
  }
}

/// Writes the fields that are no parties as options.
private struct FieldText<Names: Naming>: EventFields {
  let names: Names
  var writer: LineWriter

  // The call's name is text that is recorded beside the event.
  mutating func call(_ call: CallID) {}
  mutating func agent(_ agent: AgentID?, as part: EventPart) {}
  mutating func agent(_ agent: AgentID, as part: EventPart) {}
  mutating func queue(_ queue: QueueID) {}
  mutating func target(_ target: TransferTarget) {}
  mutating func silent(_ value: some FixedWidthInteger) {}

  mutating func id<Subject: EventSubject>(_ id: Subject) {
    writer.option(Subject.option, id.name)
  }
  mutating func number(_ name: String, _ value: some FixedWidthInteger, unless: Int64?) {
    if Int64(truncatingIfNeeded: value) != unless {
      writer.option(name, Int(truncatingIfNeeded: value))
    }
  }
  mutating func tier(_ tier: UInt8) { writer.option("tier", Int(tier) + 1) }
  mutating func span(_ name: String, _ span: TimeSpan, unless: TimeSpan?) {
    if span != unless { writer.option(name, span) }
  }
  mutating func instant(_ name: String, _ instant: Instant, never: NeverText) {
    if instant < .never { return writer.option(name, instant) }
    switch never {
    case .omitted: break
    case .never: writer.option(name, "never")
    }
  }
  mutating func word<Word: WireWord & Equatable>(_ name: String, _ word: Word, unless: Word?) {
    if word != unless { writer.option(name, word.word) }
  }
  mutating func reason(_ name: String, _ reason: NotReadyReason) {
    writer.option(name, names.name(of: reason))
  }
  mutating func shown(_ reason: NotReadyReason, insteadOf set: NotReadyReason) {
    if reason != set { self.reason("shown", reason) }
  }
  mutating func skills(_ skills: SkillSet) {
    if !skills.isEmpty {
      writer.option("skills", names.names(of: skills).joined(separator: ","))
    }
  }
  mutating func overflow(_ overflow: Overflow) {
    let text =
      switch overflow {
      case .stay: "stay"
      case .queue(let queue): "queue:\(names.name(of: queue))"
      case .voicemail: "voicemail"
      case .offerCallBack: "call-back"
      case .reject: "reject"
      }
    writer.option("to", text)
  }
  mutating func rings(_ agent: AgentID) {
    if let text = names.phoneExtension(of: agent) { writer.option("extension", text) }
  }
  mutating func alsoNamed(_ name: String, _ agent: AgentID) {
    writer.option(name, names.name(of: agent))
  }
  mutating func remark(_ name: String, _ value: Bool) {
    writer.option(name, value ? "yes" : "no")
  }
}
