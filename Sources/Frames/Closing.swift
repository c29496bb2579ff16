public import Base

/// History up to one record has gone to an archive file: what the journal keeps in its place.
public struct Closing: Equatable, Sendable {
  /// The archive file.
  public var archive: ArchiveFile
  /// The chain's value after its last record.
  public var chain: UInt64
  /// The instant of the last step in it.
  public var at: Instant
  /// The plan in force at its end, as JSON.
  public var plan: String
  /// The state at its end, as whoever keeps it writes it.
  public var state: [UInt8]
  /// What the read model needs to go on from there.
  public var reports: [UInt8]

  /// What is kept in the place of `archive` and of those before it.
  public init(
    archive: ArchiveFile, chain: UInt64, at: Instant, plan: String, state: [UInt8],
    reports: [UInt8]
  ) {
    (self.archive, self.chain, self.at) = (archive, chain, at)
    (self.plan, self.state, self.reports) = (plan, state, reports)
  }
}

/// A file with records that the journal no longer has itself.
public struct ArchiveFile: Equatable, Sendable {
  /// The number of its first record.
  public var first: UInt64
  /// The number of its last record.
  public var last: UInt64

  /// Records `first` to `last`.
  public init(first: UInt64, last: UInt64) { (self.first, self.last) = (first, last) }

  /// Where it lies: beside the journal at `path`, with the number of its first record in its name.
  public func path(beside path: String) -> String {
    let stem = path.hasSuffix(".sqlite") ? String(path.dropLast(7)) : path
    return "\(stem)-\(first).archive"
  }
}

/// A frame as it lies in the journal.
public struct StoredFrame: Equatable, Sendable {
  /// The number of its first record.
  public var seq: UInt64
  /// How many records it has.
  public var count: Int
  /// Steps and records, encoded.
  public var body: [UInt8]
  /// What is left of their words, encoded.
  public var words: [UInt8]
  /// The chain's value after it.
  public var chain: UInt64
  /// The number of its last record.
  public var last: UInt64 { seq + UInt64(count) - 1 }

  /// A frame of `count` records.
  public init(seq: UInt64, count: Int, body: [UInt8], words: [UInt8], chain: UInt64) {
    (self.seq, self.count, self.chain) = (seq, count, chain)
    (self.body, self.words) = (body, words)
  }
}
