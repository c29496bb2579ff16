import Base
public import Routing

/// What takes in the fields of an event, one after the other, in the order in which the journal keeps them.
///
/// An event is described once, by ``DescribedEvent/describe(to:)``; whoever takes in the fields decides what
/// they are for: the journal's code, the wire's text, whom it is about.
protocol EventFields {
  /// The call that it is about.
  mutating func call(_ call: CallID)
  /// A rep, and the part that this rep has in it; `nil`: nobody.
  mutating func agent(_ agent: AgentID?, as part: EventPart)
  /// A rep who is always there; read by `agent()`. (One who may be missing is coded as the number and one, 0 being
  /// nobody, and read by `agentOrNone()`.)
  mutating func agent(_ agent: AgentID, as part: EventPart)
  /// The queue that it is about.
  mutating func queue(_ queue: QueueID)
  /// The number of an offer, a transfer or a request.
  mutating func id(_ id: some EventSubject)
  /// A count, written under `name` unless it is `omitted`.
  mutating func number(_ name: String, _ value: some FixedWidthInteger, unless omitted: Int64?)
  /// A tier; the first is 0, and 1 as text.
  mutating func tier(_ tier: UInt8)
  /// A length of time, written under `name` unless it is `omitted`.
  mutating func span(_ name: String, _ span: TimeSpan, unless omitted: TimeSpan?)
  /// A moment, written under `name`. One that never comes is left out, or written as `never`.
  mutating func instant(_ name: String, _ instant: Instant, never: NeverText)
  /// A word of an enumeration, written under `name` unless it is `omitted`.
  mutating func word<Word: WireWord & Equatable>(
    _ name: String, _ word: Word, unless omitted: Word?)
  /// A reason for not being ready, written under `name`.
  mutating func reason(_ name: String, _ reason: NotReadyReason)
  /// A reason that is shown instead of `set`.
  mutating func shown(_ reason: NotReadyReason, insteadOf set: NotReadyReason)
  /// Skills that a caller asks for; none are not written.
  mutating func skills(_ skills: SkillSet)
  /// Where a caller goes.
  mutating func overflow(_ overflow: Overflow)
  /// Whom a caller is to be handed to.
  mutating func target(_ target: TransferTarget)
  /// For the journal alone: what only the engine needs.
  mutating func silent(_ value: some FixedWidthInteger)
  /// For the text alone: where a rep's phone is to ring.
  mutating func rings(_ agent: AgentID)
  /// For the text alone: a rep who is there already, under another name.
  mutating func alsoNamed(_ name: String, _ agent: AgentID)
  /// For the text alone: what follows from other fields.
  mutating func remark(_ name: String, _ value: Bool)
}

extension EventFields {
  mutating func about(_ call: CallID, _ agent: AgentID) {
    self.call(call)
    self.agent(agent, as: .agent)
  }

  mutating func about(_ call: CallID, _ agent: AgentID?) {
    self.call(call)
    self.agent(agent, as: .agent)
  }

  mutating func about(_ offer: OfferID, _ call: CallID, _ agent: AgentID) {
    id(offer)
    about(call, agent)
  }

  /// The rep's phone is to ring.
  mutating func about(
    _ offer: OfferID, _ call: CallID, _ agent: AgentID, ringingFrom queue: QueueID
  ) {
    about(offer, call, agent)
    self.queue(queue)
    rings(agent)
  }

  mutating func about(_ call: CallID, _ queue: QueueID) {
    self.call(call)
    self.queue(queue)
  }

  mutating func about(_ call: CallID, _ queue: QueueID, _ agent: AgentID) {
    about(call, queue)
    self.agent(agent, as: .agent)
  }

  mutating func outcome(_ outcome: OfferOutcome) {
    word("outcome", outcome)
    remark("refused", outcome.isRefused)
  }

  mutating func number(_ name: String, _ value: some FixedWidthInteger) {
    number(name, value, unless: nil)
  }

  mutating func word<Word: WireWord & Equatable>(_ name: String, _ word: Word) {
    self.word(name, word, unless: nil)
  }
}

/// The part that a rep has in an event.
enum EventPart: Sendable {
  /// The rep it is about; in a transfer, the one consulted or taking over.
  case agent
  /// The rep with whom the caller is, while a colleague is consulted.
  case holder
}

/// What a moment that never comes is as text.
enum NeverText: Sendable {
  /// Nothing is written.
  case omitted
  /// `never`.
  case never
}

/// What has a number of its own, which is written with a letter before it.
public protocol EventSubject {
  /// The option under which it is written.
  static var option: String { get }
  /// The letter before the number.
  static var letter: String { get }
  /// The number.
  var rawValue: UInt64 { get }
  /// The subject numbered so.
  init(_ rawValue: UInt64)
}

extension EventSubject {
  /// The name on the wire, such as `t-5`.
  public var name: String { "\(Self.letter)-\(rawValue)" }

  /// The subject of that name; `nil`: it is no such name.
  public init?(name: String) {
    guard name.hasPrefix("\(Self.letter)-"),
      let number = UInt64(name.dropFirst(Self.letter.count + 1))
    else { return nil }
    self.init(number)
  }
}

extension OfferID: EventSubject {
  /// `option=` on the wire.
  public static var option: String { "offer" }
  /// The letter before the number.
  public static var letter: String { "o" }
}

extension TransferID: EventSubject {
  /// `option=` on the wire.
  public static var option: String { "transfer" }
  /// The letter before the number.
  public static var letter: String { "t" }
}

extension RequestID: EventSubject {
  /// `option=` on the wire.
  public static var option: String { "request" }
  /// The letter before the number.
  public static var letter: String { "r" }
}

/// A family of events, each of whose cases is described: in one file, by switches that name every case.
protocol DescribedEvent {
  /// The cases without what belongs to them. Raw values are the journal's numbers, never given a new meaning.
  associatedtype Kind: EventKind
  /// Which case it is.
  var kind: Kind { get }
  /// Names the fields in the journal's order.
  func describe(to fields: inout some EventFields)
  /// The event of `kind` whose fields come from `code`, in the order of ``describe(to:)``.
  /// - Throws: ``ImpossibleField``.
  init(_ kind: Kind, _ code: inout FieldReader) throws(ImpossibleField)
}

/// The cases of a family.
public protocol EventKind: RawRepresentable<UInt8>, CaseIterable, Sendable {
  /// The type of the event on the wire, such as `call.offered`.
  var word: String { get }
}
