import Events
import Foundation

extension Directory {
  /// Reads what ``json`` wrote.
  public init(json: String) throws {
    self = try JSONDecoder().decode(Directory.self, from: Data(json.utf8))
  }

  /// The directory as text; the same names give the same text.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
