public import Routing

/// What each event of a telephony side is in the journal, on the wire and to readers. Its name is text beside it.
extension FeedEvent: DescribedEvent {
  /// The cases; raw values are the journal's numbers.
  public enum Kind: UInt8, EventKind {
    case attached = 70
    case lost = 71

    /// The type on the wire.
    public var word: String {
      switch self {
      case .attached: "phones.attached"
      case .lost: "phones.lost"
      }
    }
  }

  /// Which case it is.
  public var kind: Kind {
    switch self {
    case .attached: .attached
    case .lost: .lost
    }
  }

  func describe(to fields: inout some EventFields) {
    switch self {
    case .attached(let feed), .lost(let feed): fields.silent(feed.rawValue)
    }
  }

  init(_ kind: Kind, _ code: inout FieldReader) throws(ImpossibleField) {
    switch kind {
    case .attached: self = .attached(code.feed())
    case .lost: self = .lost(code.feed())
    }
  }
}
