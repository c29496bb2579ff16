public import Base

/// Names of arguments that are text. One name may stand for several things, in verbs that have nothing to do
/// with each other.
public enum TextName: String, CaseIterable, Sendable {
  case verb, role, name, agent, queue, reason, call, transfer, request, offer, from, to, about, who
  case calls, client, order, category, disposition, notes, purpose, cause, file, key, epoch
  case party = "by"
  case callBack = "call-back"
  case onOff = "switch"
  case action
  case undocumented, phone, number, ref
  case continues = "more"
}

/// Names of arguments that are lengths of time.
public enum SpanName: String, CaseIterable, Sendable {
  case duration = "for"
  case more = "by"
  case credit
  case within
  case grace
}

/// Names of arguments that are whole numbers.
public enum NumberName: String, CaseIterable, Sendable {
  case priority, interval, limit
  case ifSeq = "if-seq"
}

/// Names of arguments that are moments.
public enum TimeName: String, CaseIterable, Sendable {
  case from, to
}

/// Names of arguments that are several names with commas between them.
public enum ListName: String, CaseIterable, Sendable {
  case types, skills
  case agents = "agent"
  case queues = "queue"
}

/// The arguments of a request, read once. The type of a name is the type of its value.
public struct Arguments: Sendable {
  enum Value: Sendable {
    case text(TextName, String)
    case span(SpanName, TimeSpan)
    case number(NumberName, Int)
    case time(TimeName, Instant)
    case list(ListName, [String])
  }

  private var values: [Value] = []

  /// None.
  public init() {}

  mutating func append(_ value: Value) { values.append(value) }

  /// The text called `name`, if it was given.
  public subscript(name: TextName) -> String? {
    for case .text(name, let value) in values { return value }
    return nil
  }

  /// The length of time called `name`, if it was given.
  public subscript(name: SpanName) -> TimeSpan? {
    for case .span(name, let value) in values { return value }
    return nil
  }

  /// The number called `name`, if it was given.
  public subscript(name: NumberName) -> Int? {
    for case .number(name, let value) in values { return value }
    return nil
  }

  /// The moment called `name`, if it was given.
  public subscript(name: TimeName) -> Instant? {
    for case .time(name, let value) in values { return value }
    return nil
  }

  /// The names called `name`; none if it was not given.
  public subscript(name: ListName) -> [String] {
    for case .list(name, let value) in values { return value }
    return []
  }

  /// The text called `name`, which the verb requires.
  public func required(_ name: TextName) -> String { self[name] ?? "" }

  /// The choice called `name`, if it was given.
  public func choice<Choice: RawRepresentable<String>>(
    _ name: TextName, as type: Choice.Type
  ) -> Choice? {
    self[name].flatMap { Choice(rawValue: $0) }
  }
}

/// A switch.
public enum OnOff: String, CaseIterable, Sendable {
  case on, off
}

/// What a telephony side may say of a phone.
public enum PhoneWord: String, CaseIterable, Sendable {
  case up, down, busy
  /// No longer in use for something else: the same as `up` to whom it belongs already.
  case idle
}

/// What may be done with a wrap-up.
public enum WrapUpAction: String, CaseIterable, Sendable {
  case end, extend
}

/// An answer to a question that has two.
public enum YesNo: String, CaseIterable, Sendable {
  case yes, no
}

/// Why the arguments of a request are not those of its verb: what was expected, and what was there.
public struct ArgumentError: Error, Equatable, Sendable {
  /// In one sentence.
  public let text: String
}
