/// One client line, taken apart.
public struct Request: Equatable, Sendable {
  /// One word after the verb.
  public enum Argument: Equatable, Sendable {
    /// A value by position.
    case word(String)
    /// `name=value`.
    case option(name: String, value: String)

    /// Whether it is the option `name`.
    public func isOption(_ name: String) -> Bool {
      if case .option(name, _) = self { true } else { false }
    }
  }

  /// What the client calls the request; echoed on every line of the reply.
  public var tag: String?
  /// What is asked, such as `call.accept`.
  public var verb: String
  /// The rest of the line.
  public var arguments: [Argument]

  /// A request made of these parts.
  public init(tag: String? = nil, verb: String, arguments: [Argument] = []) {
    self.tag = tag
    self.verb = verb
    self.arguments = arguments
  }

  /// The values given by position.
  public var words: [String] {
    arguments.compactMap { argument in
      if case .word(let value) = argument { value } else { nil }
    }
  }

  /// The value at position `index` among those given by position, if there are so many.
  public func word(_ index: Int) -> String? {
    var left = index
    for case .word(let value) in arguments {
      if left == 0 { return value }
      left -= 1
    }
    return nil
  }

  /// The value of option `name`, if it was given.
  public subscript(name: String) -> String? {
    for case .option(name, let value) in arguments { return value }
    return nil
  }

  /// The request as one line without its end, quoted where needed; parses back to an equal request.
  public var line: String {
    var writer = LineWriter()
    writer.request(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// Why a line is not a request (or a server line). Each has a reply code of its own.
public enum LineError: Error, Equatable, Sendable {
  /// Not of the grammar; `column` counts bytes from 1.
  case badLine(column: Int, expected: String)
  /// Not UTF-8.
  case badEncoding
  /// A NUL, C0, DEL or C1 character.
  case controlCharacter(column: Int)
  /// More bytes than the limit.
  case lineTooLong

  /// The reply to such a line.
  public var code: ReplyCode {
    switch self {
    case .badLine: .badLine
    case .badEncoding: .badEncoding
    case .controlCharacter: .controlCharacter
    case .lineTooLong: .lineTooLong
    }
  }

  /// What is wrong and what was expected, for people.
  public var text: String {
    switch self {
    case .badLine(let column, let expected): "column \(column): expected \(expected)"
    case .badEncoding: "the line is not UTF-8"
    case .controlCharacter(let column):
      "column \(column): control character; write \\n, \\t or \\u{...} inside quotes"
    case .lineTooLong: "the line is longer than \(Limits.maxLine) bytes"
    }
  }
}

/// The limits of the protocol, the same on both sides.
public enum Limits {
  /// Bytes of a line, its end included.
  public static let maxLine = 8192
  /// Characters of a tag.
  public static let maxTag = 32
  /// Characters of a key or an id.
  public static let maxToken = 64
}
