import Base
public import Routing

/// An enumeration whose cases are words of the wire and numbers of the journal.
public protocol WireWord: RawRepresentable<UInt8>, CaseIterable, Sendable {
  /// The word of the wire.
  var word: String { get }
}

/// The words of the wire for the engine's enumerations: case names with hyphens, made once.
public enum Words {
  static let offerOutcomes = OfferOutcome.allCases.map { hyphenated("\($0)") }
  static let divertReasons = DivertReason.allCases.map { hyphenated("\($0)") }
  static let endReasons = EndReason.allCases.map { hyphenated("\($0)") }
  static let transferOutcomes = TransferOutcome.allCases.map { hyphenated("\($0)") }
  static let blindCauses = BlindTransferCause.allCases.map { hyphenated("\($0)") }
  static let requestOutcomes = RequestOutcome.allCases.map { hyphenated("\($0)") }
  static let purposes = OutboundPurpose.allCases.map { hyphenated("\($0)") }
  static let strategies = Strategy.allCases.map { hyphenated("\($0)") }
  static let initiators = Initiator.allCases.map { hyphenated("\($0)") }
  static let causes = HangUpCause.allCases.map { hyphenated("\($0)") }
  static let sides = Party.allCases.map { hyphenated("\($0)") }
  static let rules = Rule.allCases.map { hyphenated("\($0)") }

  /// `wentNotReady` to `went-not-ready`.
  public static func hyphenated(_ name: String) -> String {
    var result = ""
    for character in name {
      if character.isUppercase { result += "-" }
      result += character.lowercased()
    }
    return result
  }
}

extension OfferOutcome: WireWord {
  /// The word of the wire.
  public var word: String { Words.offerOutcomes[Int(rawValue)] }
}
extension DivertReason: WireWord {
  /// The word of the wire.
  public var word: String { Words.divertReasons[Int(rawValue)] }
}
extension EndReason: WireWord {
  /// The word of the wire.
  public var word: String { Words.endReasons[Int(rawValue)] }
}
extension TransferOutcome: WireWord {
  /// The word of the wire.
  public var word: String { Words.transferOutcomes[Int(rawValue)] }
}
extension BlindTransferCause: WireWord {
  /// The word of the wire.
  public var word: String { Words.blindCauses[Int(rawValue)] }
}
extension RequestOutcome: WireWord {
  /// The word of the wire.
  public var word: String { Words.requestOutcomes[Int(rawValue)] }
}
extension OutboundPurpose: WireWord {
  /// The word of the wire.
  public var word: String { Words.purposes[Int(rawValue)] }
}
extension Strategy: WireWord {
  /// The word of the wire.
  public var word: String { Words.strategies[Int(rawValue)] }
}
extension Initiator: WireWord {
  /// The word of the wire.
  public var word: String { Words.initiators[Int(rawValue)] }
}
extension HangUpCause: WireWord {
  /// The word of the wire.
  public var word: String { Words.causes[Int(rawValue)] }
}
extension Party: WireWord {
  /// The word of the wire.
  public var word: String { Words.sides[Int(rawValue)] }
}
extension Rule: WireWord {
  /// The word of the wire.
  public var word: String { Words.rules[Int(rawValue)] }
}

extension WireWord {
  /// The case written as `word`; `nil`: there is none.
  public init?(word: String) {
    guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = found
  }
}

extension AgentRow {
  /// Availability and activity in one word, the activity first: what a colleague would say.
  public var stateWord: String {
    switch activity {
    case .offered: "ringing"
    case .talking: "talking"
    case .consulting: "consulting"
    case .outbound: "outbound"
    case .wrapUp: "wrap-up"
    case .idle:
      switch availability {
      case .loggedOut: "logged-out"
      case .notReady: "not-ready"
      case .ready: restUntil > .distantPast ? "resting" : "ready"
      }
    }
  }
}

extension CallRow {
  /// Where the call is, in one word.
  public var stateWord: String {
    switch state {
    case .unused: "ended"
    case .waiting: "waiting"
    case .offered: "ringing"
    case .connected: isHeld ? "held" : "talking"
    case .voicemail: "voicemail"
    case .dialling: "dialling"
    }
  }
}
