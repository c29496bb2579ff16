public import Routing

/// What each event of the calendar is in the journal, on the wire and to readers.
extension CalendarEvent: DescribedEvent {
  /// The cases; raw values are the journal's numbers.
  public enum Kind: UInt8, EventKind {
    case officeHoursSet = 60
    case queueOpened = 61
    case queueClosed = 62
    case dayStarted = 63

    /// The type on the wire.
    public var word: String {
      switch self {
      case .officeHoursSet: "queue.hours-set"
      case .queueOpened: "queue.opened"
      case .queueClosed: "queue.closed"
      case .dayStarted: "day.started"
      }
    }
  }

  /// Which case it is.
  public var kind: Kind {
    switch self {
    case .officeHoursSet: .officeHoursSet
    case .queueOpened: .queueOpened
    case .queueClosed: .queueClosed
    case .dayStarted: .dayStarted
    }
  }

  func describe(to fields: inout some EventFields) {
    switch self {
    case .officeHoursSet(let queue, let opens, let closes):
      fields.queue(queue)
      fields.instant("opens", opens, never: .never)
      fields.instant("closes", closes, never: .never)
    case .queueOpened(let queue), .queueClosed(let queue): fields.queue(queue)
    case .dayStarted: break
    }
  }

  init(_ kind: Kind, _ code: inout FieldReader) throws(ImpossibleField) {
    switch kind {
    case .officeHoursSet:
      self = .officeHoursSet(code.queue(), opens: code.instant(), closes: code.instant())
    case .queueOpened: self = .queueOpened(code.queue())
    case .queueClosed: self = .queueClosed(code.queue())
    case .dayStarted: self = .dayStarted
    }
  }
}
