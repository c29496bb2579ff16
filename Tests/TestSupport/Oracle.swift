internal import Foundation

/// Results computed elsewhere, where they are at hand.
package struct Oracle: Decodable, Sendable {
  package struct Case: Decodable, Sendable {
    package var id: String
    package var model: String?
    package var params: [String: Value]
    package var result: [String: Double]?
    package var printed: [String: Value]?
  }

  /// A number, a list or a text.
  package enum Value: Decodable, Sendable {
    case number(Double)
    case list([Double])
    case text(String)

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let values = try? container.decode([Double].self) {
        self = .list(values)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    package var number: Double? { if case .number(let value) = self { value } else { nil } }
    package var list: [Double] { if case .list(let values) = self { values } else { [] } }
    package var text: String { if case .text(let value) = self { value } else { "" } }
  }

  package var cases: [Case]

  /// The oracles in `file`; `nil` where they are missing.
  package static func load(_ file: String) -> Oracle? {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "shared/oracles/\(file)")
    guard let data = try? Data(contentsOf: url) else { return nil }
    return try? JSONDecoder().decode(Oracle.self, from: data)
  }

  package static let computed = load("computed.json")
  package static let published = load("published.json")
}

extension Oracle.Case {
  package subscript(name: String) -> Double? { params[name]?.number }
}
