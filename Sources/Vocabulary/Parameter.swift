import Base
import LineProtocol

/// One argument of a verb: its name, what its values look like, and what it means.
public struct Parameter: Sendable {
  /// What a text must look like.
  public enum TextForm: Equatable, Sendable {
    /// Any text of at most so many bytes.
    case text(max: Int)
    /// An id or key: 1 to 64 letters, digits, `-`, `.`, `:` or `_`.
    case token
    /// The name of a rep.
    case agent
    /// The name of a queue.
    case queue
    /// One of these words.
    case choice([String])
  }

  /// What a value must look like.
  public enum Kind: Sendable {
    /// Text.
    case text(TextName, TextForm)
    /// A whole number in a range.
    case integer(NumberName, ClosedRange<Int>)
    /// A length of time such as `90`, `1.5`, `90s`, `3m`, `2h`.
    case span(SpanName, ClosedRange<TimeSpan>)
    /// An instant: RFC 3339, such as `2026-11-21T18:00:00Z`.
    case time(TimeName)
    /// Names separated by commas, of at most 4096 bytes together.
    case list(ListName)

    /// The kind in words, for documentation and errors.
    public var description: String {
      switch self {
      case .text(_, .text(let max)): "text of at most \(max) bytes"
      case .text(_, .token): "1 to 64 letters, digits, - . : _"
      case .text(_, .agent): "the name of a rep"
      case .text(_, .queue): "the name of a queue"
      case .text(_, .choice(let words)): "one of \(words.joined(separator: ", "))"
      case .integer(_, let range):
        "a whole number from \(range.lowerBound) to \(range.upperBound)"
      case .span(_, let range):
        "a time such as 90, 90s, 3m or 2h, from \(range.lowerBound.wholeSeconds) to \(range.upperBound.wholeSeconds) s"
      case .time: "a time such as 2026-11-21T18:00:00Z"
      case .list: "names separated by commas"
      }
    }

    /// The value that `text` stands for; `nil`: none of this kind. Whether the rep or queue exists is for the
    /// daemon to say.
    func value(_ text: String) -> Arguments.Value? {
      switch self {
      case .text(let name, let form): form.accepts(text) ? .text(name, text) : nil
      case .integer(let name, let range):
        Int(text).flatMap { range.contains($0) ? .number(name, $0) : nil }
      case .span(let name, let range):
        TimeSpan(text: text).flatMap { range.contains($0) ? .span(name, $0) : nil }
      case .time(let name): Timestamp.parse(text).map { .time(name, $0) }
      case .list(let name):
        text.isEmpty || text.utf8.count > 4096
          ? nil : .list(name, text.split(separator: ",").map(String.init))
      }
    }
  }

  /// What values look like, and what they are read as.
  public let kind: Kind
  /// Whether it may not be left out.
  public let isRequired: Bool
  /// What it means.
  public let summary: String
  /// The option's name, or what a positional value is called in documentation.
  public let name: String

  init(_ kind: Kind, isRequired: Bool, _ summary: String) {
    self.kind = kind
    self.isRequired = isRequired
    self.summary = summary
    name =
      switch kind {
      case .text(let name, _): name.rawValue
      case .integer(let name, _): name.rawValue
      case .span(let name, _): name.rawValue
      case .time(let name): name.rawValue
      case .list(let name): name.rawValue
      }
  }

  /// A text that must be given.
  static func required(_ name: TextName, _ form: TextForm, _ summary: String) -> Parameter {
    Parameter(.text(name, form), isRequired: true, summary)
  }

  /// One of the words of `choices`, that must be given.
  static func required<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: TextName, _ choices: Choice.Type, _ summary: String
  ) -> Parameter {
    .required(name, .choice(Choice.allCases.map(\.rawValue)), summary)
  }

  /// One of the words of `choices`, that may be given.
  static func optional<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: TextName, _ choices: Choice.Type, _ summary: String
  ) -> Parameter {
    .optional(name, .choice(Choice.allCases.map(\.rawValue)), summary)
  }

  /// A text that may be given.
  static func optional(_ name: TextName, _ form: TextForm, _ summary: String) -> Parameter {
    Parameter(.text(name, form), isRequired: false, summary)
  }

  /// A length of time that may be given.
  static func optional(
    _ name: SpanName, _ range: ClosedRange<TimeSpan>, _ summary: String
  ) -> Parameter {
    Parameter(.span(name, range), isRequired: false, summary)
  }

  /// A number that may be given.
  static func optional(
    _ name: NumberName, _ range: ClosedRange<Int>, _ summary: String
  ) -> Parameter {
    Parameter(.integer(name, range), isRequired: false, summary)
  }

  /// A moment that may be given.
  static func optional(_ name: TimeName, _ summary: String) -> Parameter {
    Parameter(.time(name), isRequired: false, summary)
  }

  /// Names that may be given.
  static func optional(_ name: ListName, _ summary: String) -> Parameter {
    Parameter(.list(name), isRequired: false, summary)
  }
}

extension Parameter.TextForm {
  fileprivate func accepts(_ text: String) -> Bool {
    switch self {
    case .text(let max): text.utf8.count <= max
    case .token, .agent, .queue: Token.isValid(text)
    case .choice(let words): words.contains(text)
    }
  }
}
