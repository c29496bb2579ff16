import Base
import LineProtocol
public import Yams

/// Reads a tree of YAML and collects everything that is wrong with it.
///
/// A wrong value is reported and replaced by a harmless one, so that reading goes on to the end.
public protocol TreeReader {
  /// The file as it was named.
  var file: String { get }
  /// What is wrong so far.
  var problems: [Problem] { get set }
  /// The place after the last character of the file.
  var end: SourcePosition { get set }
}

/// A place in a file; lines and columns count from 1.
public struct SourcePosition: Equatable, Sendable {
  /// The line.
  public var line: Int
  /// The column.
  public var column: Int

  /// The first place of any file.
  public static let first = SourcePosition(line: 1, column: 1)
}

extension TreeReader {
  // MARK: Problems

  /// Reports that something is wrong with `node`.
  public mutating func complain(_ node: Node, _ message: String) {
    complain(at: Self.place(of: node), message)
  }

  /// Reports that `node` is accepted and probably not meant.
  public mutating func warn(_ node: Node, _ message: String) {
    complain(at: Self.place(of: node), message, .warning)
  }

  private static func place(of node: Node) -> SourcePosition {
    node.mark.map { SourcePosition(line: $0.line, column: $0.column) } ?? .first
  }

  /// What is missing at the end is missed, by the YAML parser, on the line after it: here, inside the file.
  private mutating func complain(
    at place: SourcePosition, _ message: String, _ severity: Severity = .error
  ) {
    let place = place.line > end.line ? end : place
    problems.append(
      Problem(
        file: file, line: place.line, column: place.column, message: message, severity: severity))
  }

  /// The tree of `yaml`, or its syntax error.
  public mutating func tree(_ yaml: String) -> Node? {
    end = Self.end(of: yaml)
    do {
      guard let node = try Yams.compose(yaml: yaml) else {
        complain(at: .first, "the file is empty")
        return nil
      }
      return node
    } catch let error as YamlError {
      let (place, message) = Self.syntaxProblem(error)
      complain(at: place, message)
    } catch {
      complain(at: .first, "\(error)")
    }
    return nil
  }

  /// The place after the last character, lines being those of YAML 1.1.
  private static func end(of yaml: String) -> SourcePosition {
    var end = SourcePosition.first
    var last: Unicode.Scalar = " "
    for scalar in yaml.unicodeScalars {
      switch scalar {
      case "\n" where last == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        end = SourcePosition(line: end.line + 1, column: 1)
      default: end.column += 1  // foreign: Unicode.Scalar
      }
      last = scalar
    }
    return end
  }

  private static func syntaxProblem(_ error: YamlError) -> (SourcePosition, String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return (SourcePosition(line: mark.line, column: mark.column), problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let place = SourcePosition(line: context.mark.line, column: context.mark.column)
      return (place, "given twice: \(duplicates.joined(separator: ", "))")
    default: return (.first, "\(error)")  // foreign: YamlError
    }
  }

  // MARK: Values

  /// The entries of a mapping, in order, with keys as text.
  public mutating func entries(_ node: Node, _ what: String) -> [(
    key: String, keyNode: Node, value: Node
  )] {
    guard case .mapping(let mapping) = node else {
      complain(node, "\(what): expected a mapping (name: value), not \(kind(node))")
      return []
    }
    return mapping.compactMap { key, value in
      guard let name = key.string else {
        complain(key, "\(what): expected a name, not \(kind(key))")
        return nil
      }
      return (name, key, value)
    }
  }

  /// The entries of a mapping whose keys are known; others are reported.
  public mutating func section(_ node: Node, _ what: String, keys: [String]) -> [String: Node] {
    var result: [String: Node] = [:]
    for (key, keyNode, value) in entries(node, what) {
      if keys.contains(key) {
        result[key] = value
      } else {
        let hint = Suggestion.hint(for: key, in: keys)
        complain(
          keyNode,
          "unknown key \"\(key)\" in \(what)\(hint.isEmpty ? "; expected one of \(keys.joined(separator: ", "))" : hint)"
        )
      }
    }
    return result
  }

  /// The items of a list.
  public mutating func list(_ node: Node, _ what: String) -> [Node] {
    guard case .sequence(let sequence) = node else {
      complain(node, "\(what): expected a list, not \(kind(node))")
      return []
    }
    return Array(sequence)
  }

  /// A text that is not empty.
  public mutating func text(_ node: Node, _ what: String) -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
      complain(node, "\(what): expected text, not \(kind(node))")
      return ""
    }
    return scalar.string
  }

  /// A name that can be used on the wire.
  public mutating func identifier(_ node: Node, _ what: String) -> String {
    let name = text(node, what)
    if !name.isEmpty, !Token.isValid(name) {
      complain(node, "\(what) \"\(name)\": expected 1 to 64 letters, digits, - . : _")
    }
    return name
  }

  /// A whole number.
  public mutating func integer(_ node: Node, _ what: String, in range: ClosedRange<Int>) -> Int {
    let text = node.scalar?.string ?? ""
    guard let value = Int(text), range.contains(value) else {
      let found = node.scalar.map { "\"\($0.string)\"" } ?? kind(node)
      complain(
        node,
        "\(what): expected a whole number from \(range.lowerBound) to \(range.upperBound), not \(found)"
      )
      return range.lowerBound
    }
    return value
  }

  /// A span of time: `90`, `1.5`, `90s`, `3m`, `2h`; a bare number means seconds.
  public mutating func span(
    _ node: Node, _ what: String, upTo limit: TimeSpan = .hours(24)
  ) -> TimeSpan {
    let text = node.scalar?.string ?? ""
    guard let span = TimeSpan(text: text), span <= limit else {
      let found = node.scalar.map { "\"\($0.string)\"" } ?? kind(node)
      complain(
        node,
        "\(what): expected a time such as 90, 90s, 3m or 2h, at most \(limit.wholeSeconds) s, not \(found)"
      )
      return .zero
    }
    return span
  }

  /// A share: 0.8 or 80%.
  public mutating func share(_ node: Node, _ what: String) -> Double {
    var text = node.scalar?.string ?? ""
    let isPercent = text.hasSuffix("%")
    if isPercent { text.removeLast() }
    guard let number = Double(text), (0...1).contains(isPercent ? number / 100 : number) else {
      complain(node, "\(what): expected a share such as 0.8 or 80%")
      return 0
    }
    return isPercent ? number / 100 : number
  }

  /// One of the names of `choices`.
  public mutating func choice<T>(_ node: Node, _ what: String, _ choices: [(String, T)]) -> T? {
    let name = node.scalar?.string ?? ""
    if let match = choices.first(where: { $0.0 == name }) { return match.1 }
    let names = choices.map(\.0)
    let hint = Suggestion.hint(for: name, in: names)
    complain(
      node,
      "\(what): expected one of \(names.joined(separator: ", ")), not \(name.isEmpty ? kind(node) : "\"\(name)\"")\(hint)"
    )
    return nil
  }

  /// One of the names of `known`; anything else is a dangling reference.
  public mutating func reference(_ node: Node, _ what: String, among known: [String]) -> Int? {
    let name = text(node, what)
    if let index = known.firstIndex(of: name) { return index }
    if !name.isEmpty {
      let hint = Suggestion.hint(for: name, in: known)
      complain(node, "\(what) \"\(name)\" is not defined\(hint)")
    }
    return nil
  }

  private func kind(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "\"\(scalar.string)\""
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}
