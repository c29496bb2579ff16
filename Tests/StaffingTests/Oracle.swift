import Foundation

/// Results computed elsewhere, where they are at hand.
struct Oracle: Decodable {
  struct Case: Decodable {
    var id: String
    var model: String?
    var params: [String: Value]
    var result: [String: Double]?
    var printed: [String: Value]?
  }

  /// A number, a list or a text.
  enum Value: Decodable {
    case number(Double)
    case list([Double])
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let values = try? container.decode([Double].self) {
        self = .list(values)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var list: [Double] { if case .list(let values) = self { values } else { [] } }
    var text: String { if case .text(let value) = self { value } else { "" } }
  }

  var cases: [Case]

  /// The oracles in `file`; `nil` where they are missing.
  static func load(_ file: String) -> Oracle? {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "shared/oracles/\(file)")
    guard let data = try? Data(contentsOf: url) else { return nil }
    return try? JSONDecoder().decode(Oracle.self, from: data)
  }

  static let computed = load("computed.json")
  static let published = load("published.json")
}

extension Oracle.Case {
  subscript(name: String) -> Double? { params[name]?.number }
}
