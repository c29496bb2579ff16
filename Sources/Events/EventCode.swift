import Base
public import Routing

/// An event, or a command, as small integers: what the journal stores.
///
/// A kind and up to six fields, written as LEB128 (signed fields zigzag-coded). Kinds are never
/// given a new meaning; a new event gets a new kind, and new fields of an old one come last: where they are 0,
/// nobody has written them. The journal's schema version covers the rest.
public struct EventCode: Equatable, Sendable, BitwiseCopyable {
  /// The most fields that an event has.
  public static let capacity = 6
  /// Which event.
  public private(set) var kind: UInt8
  private var fields: InlineArray<6, Int64>
  private var count = 0

  /// The code of `kind` with these fields, of which there are at most ``capacity``; unused ones are 0.
  public init(_ kind: UInt8, fields: [Int64] = []) {
    self.kind = kind
    self.fields = .init(repeating: 0)
    for field in fields { append(field) }
  }

  /// The field at `index`, 0 to 5.
  public subscript(index: Int) -> Int64 { fields[index] }

  mutating func append(_ field: Int64) {
    fields[count] = field
    count += 1
  }

  /// Fields up to the last that is not 0.
  private var used: Int {
    var used = Self.capacity
    while used > 0, fields[used - 1] == 0 { used -= 1 }
    return used
  }

  /// Whether kind and all fields are the same.
  public static func == (a: EventCode, b: EventCode) -> Bool {
    a.kind == b.kind && a.fields.indices.allSatisfy { a.fields[$0] == b.fields[$0] }
  }

  /// Appends the code to `bytes`: kind, number of fields used, fields.
  public func write(to bytes: inout [UInt8]) {
    bytes.append(kind)
    writeFields(to: &bytes)
  }

  /// Appends the number of fields used, and these.
  func writeFields(to bytes: inout [UInt8]) {
    let used = used
    bytes.append(UInt8(used))
    for index in 0..<used { VariableInteger.write(fields[index], to: &bytes) }
  }

  /// Reads one code from `bytes` at `position`, which moves behind it.
  /// - Returns: `nil` if the bytes end early or are malformed.
  public static func read(from bytes: ArraySlice<UInt8>, at position: inout Int) -> EventCode? {
    guard position < bytes.endIndex else { return nil }
    position += 1
    return read(kind: bytes[position - 1], from: bytes, at: &position)
  }

  /// Reads what ``writeFields(to:)`` wrote of a code of `kind`.
  static func read(
    kind: UInt8, from bytes: ArraySlice<UInt8>, at position: inout Int
  ) -> EventCode? {
    guard position < bytes.endIndex, bytes[position] <= capacity else { return nil }
    var code = EventCode(kind)
    let used = bytes[position]
    position += 1
    for _ in 0..<used { code.append(VariableInteger.read(from: bytes, at: &position) ?? .min) }
    return position > bytes.endIndex ? nil : code
  }
}

extension Event {
  /// The event as integers.
  public var code: EventCode {
    switch self {
    case .call(let event): event.coded
    case .agent(let event): event.coded
    case .transfer(let event): event.coded
    case .outbound(let event): event.coded
    case .calendar(let event): event.coded
    case .feed(let event): event.coded
    }
  }

  /// The event that `code` stands for; `nil` for an unknown kind or an impossible field.
  public init?(_ code: EventCode) {
    if let event = CallEvent(coded: code) {
      self = .call(event)
    } else if let event = AgentEvent(coded: code) {
      self = .agent(event)
    } else if let event = TransferEvent(coded: code) {
      self = .transfer(event)
    } else if let event = OutboundEvent(coded: code) {
      self = .outbound(event)
    } else if let event = CalendarEvent(coded: code) {
      self = .calendar(event)
    } else if let event = FeedEvent(coded: code) {
      self = .feed(event)
    } else {
      return nil
    }
  }
}

extension DescribedEvent {
  fileprivate var coded: EventCode {
    var writer = FieldWriter(code: EventCode(kind.rawValue))
    describe(to: &writer)
    return writer.code
  }

  fileprivate init?(coded code: EventCode) {
    guard let kind = Kind(rawValue: code.kind) else { return nil }
    var reader = FieldReader(code)
    guard let event = try? Self(kind, &reader) else { return nil }
    // The one check of ranges: fields are cut to their types when they are read, and what was cut is not what is
    // written again. A narrower domain than the type's is for whoever applies the event.
    guard event.coded == code else { return nil }
    self = event
  }
}

/// A field of a code is nothing that the event can have.
struct ImpossibleField: Error {}

/// Makes the fields of an event a code.
private struct FieldWriter: EventFields {
  var code: EventCode

  mutating func call(_ call: CallID) { code.append(call.field) }
  mutating func agent(_ agent: AgentID?, as part: EventPart) { code.append(agent.field) }
  mutating func agent(_ agent: AgentID, as part: EventPart) { code.append(agent.field) }
  mutating func queue(_ queue: QueueID) { code.append(queue.field) }
  mutating func id(_ id: some EventSubject) { code.append(Int64(bitPattern: id.rawValue)) }
  mutating func number(_ name: String, _ value: some FixedWidthInteger, unless: Int64?) {
    code.append(Int64(truncatingIfNeeded: value))
  }
  mutating func tier(_ tier: UInt8) { code.append(tier.field) }
  mutating func span(_ name: String, _ span: TimeSpan, unless: TimeSpan?) {
    code.append(span.field)
  }
  mutating func instant(_ name: String, _ instant: Instant, never: NeverText) {
    code.append(instant.field)
  }
  mutating func word<Word: WireWord & Equatable>(_ name: String, _ word: Word, unless: Word?) {
    code.append(Int64(word.rawValue))
  }
  mutating func reason(_ name: String, _ reason: NotReadyReason) {
    code.append(reason.field)
  }
  // 0 where both are the same, as in the records of versions that knew one reason only.
  mutating func shown(_ reason: NotReadyReason, insteadOf set: NotReadyReason) {
    code.append((reason == set ? nil : reason).field)
  }
  mutating func skills(_ skills: SkillSet) { code.append(skills.field) }
  mutating func overflow(_ overflow: Overflow) {
    switch overflow {
    case .stay: code.append(0)
    case .voicemail: code.append(1)
    case .offerCallBack: code.append(2)
    case .reject: code.append(3)
    // From 16 on, so that there is room for more cases without a number.
    case .queue(let queue): code.append(16 + Int64(queue.rawValue))
    }
  }
  mutating func target(_ target: TransferTarget) { code.append(target.field) }
  mutating func silent(_ value: some FixedWidthInteger) {
    code.append(Int64(truncatingIfNeeded: value))
  }
  mutating func rings(_ agent: AgentID) {}
  mutating func alsoNamed(_ name: String, _ agent: AgentID) {}
  mutating func remark(_ name: String, _ value: Bool) {}
}

/// Reads the fields of a code as what they are, in the order in which they were written.
struct FieldReader {
  private let code: EventCode
  private var position = 0

  init(_ code: EventCode) { self.code = code }

  mutating func integer() -> Int64 {
    defer { position += 1 }
    return code[position]
  }

  mutating func number<Value: FixedWidthInteger>() -> Value {
    Value(truncatingIfNeeded: integer())
  }
  mutating func call() -> CallID { CallID(field: integer()) }
  mutating func agent() -> AgentID { AgentID(field: integer()) }
  mutating func agentOrNone() -> AgentID? {
    let value = integer()
    return value == 0 ? nil : AgentID(field: value &- 1)
  }
  mutating func queue() -> QueueID { QueueID(field: integer()) }
  mutating func id<Subject: EventSubject>() -> Subject { Subject(UInt64(bitPattern: integer())) }
  mutating func span() -> TimeSpan { TimeSpan(field: integer()) }
  mutating func instant() -> Instant { Instant(field: integer()) }
  mutating func reason() -> NotReadyReason { NotReadyReason(field: integer()) }
  mutating func shown(insteadOf set: NotReadyReason) -> NotReadyReason {
    let value = integer()
    return value == 0 ? set : NotReadyReason(field: value &- 1)
  }
  mutating func feed() -> FeedID { FeedID(field: integer()) }
  mutating func skills() -> SkillSet { SkillSet(field: integer()) }
  mutating func word<Word: WireWord>() throws(ImpossibleField) -> Word {
    guard let value = UInt8(exactly: integer()), let word = Word(rawValue: value) else {
      throw ImpossibleField()
    }
    return word
  }

  mutating func overflow() throws(ImpossibleField) -> Overflow {
    switch integer() {
    case 0: .stay
    case 1: .voicemail
    case 2: .offerCallBack
    case 3: .reject
    case let value where value >= 16: .queue(QueueID(Int(truncatingIfNeeded: value - 16)))
    default: throw ImpossibleField()  // foreign: Int64
    }
  }

  mutating func target() throws(ImpossibleField) -> TransferTarget {
    try TransferTarget(field: integer())
  }
}
