import Base

/// One request the daemon understands. Everything that is said of a verb (arguments, roles, help,
/// documentation) comes from here; its handler is in the daemon.
public struct Verb: Sendable {
  /// What is written on the line.
  public var name: String
  /// Values by position.
  public let words: [Parameter]
  /// Values by name.
  public let options: [Parameter]
  /// Who may ask for it.
  public var roles: RoleSet
  /// Whether it changes anything: such verbs take a `key`, `if-seq` and `within`.
  public let isCommand: Bool
  /// What it does, in a sentence.
  public let summary: String
  /// What it is about: the name up to the dot.
  public let subject: String

  init(
    _ name: String, _ words: [Parameter] = [], _ options: [Parameter] = [], roles: RoleSet,
    isCommand: Bool = true, _ summary: String
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
    .optional("key", .token, "idempotency key: repeated, the first reply is given again"),
    .optional("if-seq", .integer(0...Int.max), "refuse if anything of the object changed since"),
    .optional("within", .span(.zero ... .hours(24)), "do not begin later than this after arrival"),
  ]

  /// Every option the verb takes.
  public let allOptions: [Parameter]

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
    /// Use it.
    case yes
  }

  /// What `role` may do with the verb.
  public func permission(for role: Role) -> Permission {
    guard roles.contains(role) else { return .no }
    return role == .agent && isCommand ? .own : .yes
  }

  /// The verb called `name`.
  public static func named(_ name: String) -> Verb? { table[name] }

  private static let table = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// What is wrong with the arguments of `request`, if anything.
  public func complaint(about request: Request) -> String? {
    var given = 0
    for (index, argument) in request.arguments.enumerated() {
      switch argument {
      case .word(let value):
        guard given < words.count else { return "unexpected argument \"\(value)\"; \(synopsis)" }
        if let complaint = Self.complaint(words[given], value) { return complaint }
        given += 1
      case .option(let name, let value):
        if request.arguments[..<index].contains(where: { $0.isOption(name) }) {
          return "option \"\(name)\" is given twice"
        }
        guard let parameter = allOptions.first(where: { $0.name == name }) else {
          let hint = Suggestion.hint(for: name, in: allOptions.map(\.name))
          return "unknown option \"\(name)\"\(hint)"
        }
        if let complaint = Self.complaint(parameter, value) { return complaint }
      }
    }
    if let missing = words.dropFirst(given).first(where: \.isRequired) {
      return "\(missing.name) is missing; \(synopsis)"
    }
    if let missing = options.first(where: { $0.isRequired && request[$0.name] == nil }) {
      return "option \"\(missing.name)\" is missing: \(missing.summary)"
    }
    return nil
  }

  private static func complaint(_ parameter: Parameter, _ value: String) -> String? {
    if parameter.kind.accepts(value) { return nil }
    var hint = ""
    if case .choice(let words) = parameter.kind { hint = Suggestion.hint(for: value, in: words) }
    return "\(parameter.name): expected \(parameter.kind.description), not \"\(value)\"\(hint)"
  }
}
