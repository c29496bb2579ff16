public import Yams

/// One value of a YAML file, to be replaced: `queues.support.rings=2`.
public struct Setting: Equatable, Sendable {
  /// The keys that lead to it.
  public var path: [String]
  /// Its new text, YAML.
  public var value: String

  /// `value` for the key that `path` leads to.
  public init(path: [String], value: String) {
    self.path = path
    self.value = value
  }

  /// Reads `path=value`; `queue`, `agent` and `rule` stand for their plurals. `nil`: not of that form.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    var path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
      .map(String.init)
    let plurals = ["queue": "queues", "agent": "agents", "rule": "rules"]
    if let plural = path.first.flatMap({ plurals[$0] }) { path[0] = plural }
    if path.contains("") { return nil }
    self.init(path: path, value: String(text[text.index(after: equals)...]))
  }

  /// `path=value`.
  public var text: String { "\(path.joined(separator: "."))=\(value)" }
}

extension TreeReader {
  /// Replaces the values that `settings` name, or adds them where only the last key is missing.
  public mutating func apply(_ settings: [Setting], to root: inout Node) {
    for setting in settings {
      let value = (try? Yams.compose(yaml: setting.value)) ?? Node(setting.value)
      guard let changed = replacing(root, setting.path[...], value) else {
        let message =
          "\(setting.text): there is no \"\(setting.path.dropLast().joined(separator: "."))\""
        problems.append(Problem(file: file, line: 1, column: 1, message: message))
        continue
      }
      root = changed
    }
  }

  private func replacing(_ node: Node, _ path: ArraySlice<String>, _ value: Node) -> Node? {
    guard let key = path.first else { return value }
    guard var mapping = node.mapping else { return nil }
    if path.count == 1 {
      mapping[Node(key)] = value
    } else {
      guard let child = mapping[Node(key)], let changed = replacing(child, path.dropFirst(), value)
      else { return nil }
      mapping[Node(key)] = changed
    }
    return .mapping(mapping)
  }
}
