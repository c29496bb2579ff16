import Foundation

extension Directory {
  /// The part of a plan record that has the names.
  private struct Part: Decodable { var directory: Directory }

  /// The names of a plan record of the journal.
  public init(planRecord json: String) throws {
    self = try JSONDecoder().decode(Part.self, from: Data(json.utf8)).directory
  }

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
