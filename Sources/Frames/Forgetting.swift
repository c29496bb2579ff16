public import Base

/// The words of all records up to one are forgotten: what happened stays, who it was about goes. A journal keeps the
/// last one it was told of.
public struct Forgetting: Equatable, Sendable {
  /// The number of the last record.
  public var through: UInt64
  /// No record up to that one is of this instant or a later one.
  public var before: Instant
  /// The number of a field whose words are kept: those of the plan's people.
  public var keeping: UInt8

  /// The words up to record number `through`.
  public init(through: UInt64, before: Instant, keeping: UInt8) {
    (self.through, self.before, self.keeping) = (through, before, keeping)
  }

  /// What is left of the words of a frame: those of records that have the field that is kept.
  /// - Returns: `nil` if nothing is.
  public func rest(of words: [UInt8]) -> [UInt8]? {
    var reader = WordReader(words[...])
    var rest: [UInt8] = []
    while let row = reader.nextRow() {
      if row.fields.first == keeping { rest += row.bytes }
    }
    return rest.isEmpty ? nil : rest
  }
}
