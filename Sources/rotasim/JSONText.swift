import Base
import Foundation
import Output

/// Answers as JSON.
enum JSONText {
  /// Prints `value` with snake_case keys in alphabetical order.
  static func print(_ value: some Encodable) throws(WriteFailure) {
    try Standard.output.print(text(value))
  }

  /// `value` with snake_case keys in alphabetical order.
  static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Nothing that is encoded can fail: numbers that JSON has no word for are left out before.
    guard let data = try? encoder.encode(value) else { return "{}" }
    return Visible.json(String(decoding: data, as: UTF8.self))
  }
}

extension Double {
  /// The number, unless it is none: JSON has no word for that.
  var ifNumber: Double? { isFinite ? self : nil }
}
