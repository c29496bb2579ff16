import Base

/// One argument of a verb: its name, what its values look like, and what it means.
public struct Parameter: Sendable {
  /// What a value must look like.
  public enum Kind: Equatable, Sendable {
    /// Any text of at most so many bytes.
    case text(max: Int)
    /// An id or key: 1 to 64 letters, digits, `-`, `.`, `:` or `_`.
    case token
    /// The name of a rep.
    case agent
    /// The name of a queue.
    case queue
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// A length of time such as `90`, `1.5`, `90s`, `3m`, `2h`.
    case span(ClosedRange<TimeSpan>)
    /// One of these words.
    case choice([String])
    /// An instant: RFC 3339, such as `2026-11-21T18:00:00Z`.
    case time
    /// Names separated by commas.
    case list

    /// The kind in words, for documentation and errors.
    public var description: String {
      switch self {
      case .text(let max): "text of at most \(max) bytes"
      case .token: "1 to 64 letters, digits, - . : _"
      case .agent: "the name of a rep"
      case .queue: "the name of a queue"
      case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
      case .span(let range):
        "a time such as 90, 90s, 3m or 2h, from \(range.lowerBound.wholeSeconds) to \(range.upperBound.wholeSeconds) s"
      case .choice(let words): "one of \(words.joined(separator: ", "))"
      case .time: "a time such as 2026-11-21T18:00:00Z"
      case .list: "names separated by commas"
      }
    }

    /// Whether `value` looks like one. Whether the rep or queue exists is for the daemon to say.
    public func accepts(_ value: String) -> Bool {
      switch self {
      case .text(let max): value.utf8.count <= max
      case .token, .agent, .queue: Token.isValid(value)
      case .integer(let range): Int(value).map { range.contains($0) } ?? false
      case .span(let range): TimeSpan(text: value).map { range.contains($0) } ?? false
      case .choice(let words): words.contains(value)
      case .time: Timestamp.parse(value) != nil
      case .list: !value.isEmpty && value.utf8.count <= 4096
      }
    }

  }

  /// The option's name, or what a positional value is called in documentation.
  public var name: String
  /// What values look like.
  public var kind: Kind
  /// Whether it may not be left out.
  public var isRequired: Bool
  /// What it means.
  public var summary: String

  /// An argument that must be given.
  static func required(_ name: String, _ kind: Kind, _ summary: String) -> Parameter {
    Parameter(name: name, kind: kind, isRequired: true, summary: summary)
  }

  /// An argument that may be given.
  static func optional(_ name: String, _ kind: Kind, _ summary: String) -> Parameter {
    Parameter(name: name, kind: kind, isRequired: false, summary: summary)
  }
}
