import Base
public import LineProtocol

/// Everything that is said of a verb (arguments, roles, help, documentation).
public struct VerbDeclaration: Sendable {
  /// What is written on the line.
  public let name: String
  /// Values by position.
  public let words: [Parameter]
  /// Values by name, without those that every command takes.
  public let options: [Parameter]
  /// Who may ask for it.
  public let roles: RoleSet
  /// Whether it changes anything.
  public let isCommand: Bool
  /// What it does, in a sentence.
  public let summary: String
  /// What it is about: the name up to the dot.
  public let subject: String
  /// Every option the verb takes.
  public let allOptions: [Parameter]

  /// A verb that changes something.
  static func command(
    _ name: String, _ words: [Parameter] = [], _ options: [Parameter] = [], roles: RoleSet,
    _ summary: String
  ) -> VerbDeclaration {
    VerbDeclaration(name, words, options, roles, isCommand: true, summary)
  }

  /// A verb that changes nothing.
  static func question(
    _ name: String, _ words: [Parameter] = [], _ options: [Parameter] = [], roles: RoleSet,
    _ summary: String
  ) -> VerbDeclaration {
    VerbDeclaration(name, words, options, roles, isCommand: false, summary)
  }

  private init(
    _ name: String, _ words: [Parameter], _ options: [Parameter], _ roles: RoleSet,
    isCommand: Bool, _ summary: String
  ) {
    self.name = name
    self.words = words
    self.options = options
    self.roles = roles
    self.isCommand = isCommand
    self.summary = summary
    subject = String(name.prefix { $0 != "." })
    allOptions = isCommand ? options + Self.commandOptions : options
  }

  /// The options every command takes.
  public static let commandOptions: [Parameter] = [
    .optional(.key, .token, "idempotency key: repeated, the first reply is given again"),
    .optional(.ifSeq, 0...Int.max, "refuse if anything of the object changed since"),
    .optional(.within, .zero ... .hours(24), "do not begin later than this after arrival"),
  ]

  /// The verb as it is used, such as `call.accept CALL [agent=] [offer=]`.
  public var synopsis: String {
    let words = words.map { $0.isRequired ? $0.name.uppercased() : "[\($0.name.uppercased())]" }
    let options = options.map { $0.isRequired ? "\($0.name)=" : "[\($0.name)=]" }
    return ([name] + words + options).joined(separator: " ")
  }

  /// What a role may do with a verb.
  public enum Permission: String, Sendable {
    /// Nothing: reply 530.
    case no
    /// Use it as the rep it is, for no other: reply 530 where another is named.
    case own
    /// Use it in the name of a rep whose phone it serves: reply 530 where another is named, 501 where none is.
    case served
    /// Use it.
    case yes
  }

  /// What `role` may do with the verb.
  public func permission(for role: Role) -> Permission {
    guard roles.contains(role) else { return .no }
    return switch role {
    case .agent: isCommand ? .own : .yes
    case .phones: isCommand && roles.contains(.agent) ? .served : .yes
    case .monitor, .feed, .lead, .admin: .yes
    }
  }

  // MARK: Arguments

  /// Reads the arguments of `request`.
  /// - Throws: ``ArgumentError``: one is unknown, missing, given twice, or not of its kind.
  /// - Complexity: O(*arguments* x *options of the verb*)
  public func arguments(of request: Request) throws(ArgumentError) -> Arguments {
    var result = Arguments()
    var given = 0
    for (index, argument) in request.arguments.enumerated() {
      switch argument {
      case .word(let text):
        guard given < words.count else {
          throw ArgumentError(text: "unexpected argument \"\(text)\"; \(synopsis)")
        }
        result.append(try Self.value(of: words[given], text))
        given += 1
      case .option(let name, let text):
        if request.arguments[..<index].contains(where: { $0.isOption(name) }) {
          throw ArgumentError(text: "option \"\(name)\" is given twice")
        }
        result.append(try Self.value(of: try option(named: name), text))
      }
    }
    if let missing = words.dropFirst(given).first(where: \.isRequired) {
      throw ArgumentError(text: "\(missing.name) is missing; \(synopsis)")
    }
    if let missing = options.first(where: { $0.isRequired && request[$0.name] == nil }) {
      throw ArgumentError(text: "option \"\(missing.name)\" is missing: \(missing.summary)")
    }
    return result
  }

  private func option(named name: String) throws(ArgumentError) -> Parameter {
    if let parameter = allOptions.first(where: { $0.name == name }) { return parameter }
    let hint = Suggestion.hint(for: name, in: allOptions.map(\.name))
    throw ArgumentError(text: "unknown option \"\(name)\"\(hint)")
  }

  private static func value(
    of parameter: Parameter, _ text: String
  ) throws(ArgumentError) -> Arguments.Value {
    if let value = parameter.kind.value(text) { return value }
    var hint = ""
    if case .text(_, .choice(let words)) = parameter.kind {
      hint = Suggestion.hint(for: text, in: words)
    }
    throw ArgumentError(
      text: "\(parameter.name): expected \(parameter.kind.description), not \"\(text)\"\(hint)")
  }
}

extension Request {
  /// A request for `verb` with words, and with the options that have values.
  public init(
    _ verb: Verb, _ words: [String] = [], _ options: KeyValuePairs<String, String?> = [:]
  ) {
    self.init(
      verb: verb.name,
      arguments: words.map { .word($0) }
        + options.compactMap { name, value in value.map { .option(name: name, value: $0) } })
  }
}
