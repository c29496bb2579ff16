import Base
import Routing

/// What events and commands are made of, as an integer.
protocol CodeField {
  /// The integer that stands for it.
  var field: Int64 { get }
  /// What `field` stands for.
  /// - Throws: ``ImpossibleField``. What is cut to its type is found by the code being another one then.
  init(field: Int64) throws(ImpossibleField)
}

extension EventCode {
  /// The code of a command.
  static func of<each Field: CodeField>(
    _ kind: Command.Kind, _ fields: repeat each Field
  ) -> EventCode {
    var code = EventCode(kind.rawValue)
    repeat code.append((each fields).field)
    return code
  }
}

extension FieldReader {
  /// What `make` makes of the fields that come next, each of which is read as what `make` takes.
  mutating func make<each Field: CodeField>(
    _ make: (repeat each Field) -> Command
  ) throws(ImpossibleField) -> Command {
    make(repeat try next((each Field).self))
  }

  private mutating func next<Field: CodeField>(
    _ type: Field.Type
  ) throws(ImpossibleField) -> Field {
    try Field(field: integer())
  }
}

/// Bits, a number or a length, all of which an unsigned or signed integer of some width is.
protocol IntegerField: CodeField {
  associatedtype Bits: FixedWidthInteger
  var bits: Bits { get }
  init(bits: Bits)
}

extension IntegerField {
  var field: Int64 { Int64(truncatingIfNeeded: bits) }
  init(field: Int64) { self.init(bits: Bits(truncatingIfNeeded: field)) }
}

extension IntegerField where Self: EventSubject {
  var bits: UInt64 { rawValue }
  init(bits: UInt64) { self.init(bits) }
}

extension IntegerField where Self: OptionSet, RawValue: FixedWidthInteger {
  var bits: RawValue { rawValue }
  init(bits: RawValue) { self.init(rawValue: bits) }
}

extension UInt8: IntegerField {
  var bits: UInt8 { self }
  init(bits: UInt8) { self = bits }
}
extension AgentID: IntegerField {
  var bits: UInt16 { rawValue }
  init(bits: UInt16) { self.init(Int(bits)) }
}
extension QueueID: IntegerField {
  var bits: UInt16 { rawValue }
  init(bits: UInt16) { self.init(Int(bits)) }
}
extension FeedID: IntegerField {
  var bits: UInt16 { rawValue }
  init(bits: UInt16) { self.init(Int(bits)) }
}
extension CallID: IntegerField {
  var bits: UInt64 { rawValue }
  init(bits: UInt64) { self.init(rawValue: bits) }
}
extension OfferID: IntegerField {}
extension TransferID: IntegerField {}
extension RequestID: IntegerField {}
extension NotReadyReason: IntegerField {
  var bits: UInt16 { rawValue }
  init(bits: UInt16) { self.init(bits) }
}
extension SkillSet: IntegerField {}
extension WriteUpFields: IntegerField {}
extension Briefing: IntegerField {}
extension TimeSpan: IntegerField {
  var bits: Int64 { microseconds }
  init(bits: Int64) { self.init(microseconds: bits) }
}
extension Instant: IntegerField {
  var bits: Int64 { microseconds }
  init(bits: Int64) { self.init(microseconds: bits) }
}

extension CodeField where Self: RawRepresentable<UInt8> {
  var field: Int64 { Int64(rawValue) }
  init(field: Int64) throws(ImpossibleField) {
    guard let known = Self(rawValue: UInt8(truncatingIfNeeded: field)) else {
      throw ImpossibleField()
    }
    self = known
  }
}
extension Party: CodeField {}
extension HangUpCause: CodeField {}
extension Initiator: CodeField {}
extension OutboundPurpose: CodeField {}
extension PhoneReport: CodeField {}

/// The lowest two bits say which.
extension TransferTarget: CodeField {
  var field: Int64 {
    switch self {
    case .outside: 0
    case .agent(let agent): Int64(agent.rawValue) << 2 | 1
    case .queue(let queue): Int64(queue.rawValue) << 2 | 2
    }
  }

  init(field: Int64) throws(ImpossibleField) {
    switch field & 3 {
    case 0: self = .outside
    case 1: self = .agent(AgentID(Int(truncatingIfNeeded: field >> 2)))
    case 2: self = .queue(QueueID(Int(truncatingIfNeeded: field >> 2)))
    default: throw ImpossibleField()  // foreign: Int64
    }
  }
}

/// One more than what is there; 0 where nothing is.
extension Optional: CodeField where Wrapped: CodeField {
  var field: Int64 { map { $0.field &+ 1 } ?? 0 }
  init(field: Int64) throws(ImpossibleField) {
    self = field == 0 ? nil : try Wrapped(field: field &- 1)
  }
}
