import Base
public import Routing

/// An enumeration whose cases are words of the wire and numbers of the journal, from 0 on without gaps.
public protocol WireWord: RawRepresentable<UInt8>, CaseIterable, Sendable {
  /// The words of the wire by raw value, made once: ``CaseNames/of(_:)``.
  static var words: [String] { get }
}

extension WireWord {
  /// The word of the wire.
  public var word: String { Self.words[Int(rawValue)] }

  /// The case written as `word`; `nil`: there is none.
  public init?(word: String) {
    guard let index = Self.words.firstIndex(of: word) else { return nil }
    self.init(rawValue: UInt8(index))
  }
}

/// The words of the wire for the engine's enumerations: case names with hyphens.
public enum CaseNames {
  /// The words of all cases of an enumeration.
  static func of<Word: WireWord>(_ type: Word.Type) -> [String] {
    Word.allCases.map { hyphenated("\($0)") }
  }

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
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension DivertReason: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension EndReason: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension TransferOutcome: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension ReturnCause: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension BlindTransferCause: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension RequestOutcome: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension OutboundPurpose: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension Strategy: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension Initiator: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension HangUpCause: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension Party: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
}
extension Rule: WireWord {
  /// Its words.
  public static let words = CaseNames.of(Self.self)
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
