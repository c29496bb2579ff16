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
  /// What a read model needs to go on from there.
  public var reports: ReportsBeginning
  /// Whether ``reports`` has the closed days of all files, not only of this one.
  public var hasAllDays: Bool

  /// What is kept in the place of `archive` and of those before it.
  public init(
    archive: ArchiveFile, chain: UInt64, at: Instant, plan: String, state: [UInt8],
    reports: ReportsBeginning, hasAllDays: Bool
  ) {
    (self.archive, self.chain, self.at) = (archive, chain, at)
    (self.plan, self.state) = (plan, state)
    (self.reports, self.hasAllDays) = (reports, hasAllDays)
  }
}

/// What a read model needs to go on where history was cut, as it writes it.
public struct ReportsBeginning: Equatable, Sendable {
  /// What is not over there, and what is still fresh.
  public var rows: [UInt8]
  /// The figures of closed days. Those of several stretches of time, one after the other, are those of all of it.
  public var days: [UInt8]

  /// A beginning of these parts.
  public init(rows: [UInt8], days: [UInt8]) { (self.rows, self.days) = (rows, days) }
}

/// A file with records that the journal no longer has itself.
public struct ArchiveFile: Equatable, Sendable {
  /// What it is called; it lies beside the journal, and beside copies of that.
  public var name: String
  /// The number of its first record.
  public var first: UInt64
  /// The number of its last record.
  public var last: UInt64

  /// Records `first` to `last`, in a file called `name`.
  public init(name: String, first: UInt64, last: UInt64) {
    (self.name, self.first, self.last) = (name, first, last)
  }

  /// A file that is to begin with record `first`, and has none yet.
  ///
  /// - Parameters:
  ///   - journal: The path of the journal, after which it is named.
  ///   - epoch: The name of the journal's history: a journal that was put back from a copy goes on with records that
  ///     have the same numbers.
  public init(from first: UInt64, of journal: String, epoch: String) {
    let file = journal[Self.nameStart(journal)...]
    let stem = file.hasSuffix(".sqlite") ? file.dropLast(7) : file
    let history = epoch.isEmpty ? "" : "-\(epoch)"
    self.init(name: "\(stem)-\(first)\(history).archive", first: first, last: first - 1)
  }

  /// Where it lies: in the folder of the journal at `journal`.
  public func path(beside journal: String) -> String { Self.folder(of: journal) + name }

  /// The folder of the journal at `journal`, with the stroke after it; empty: the present one.
  public static func folder(of journal: String) -> String {
    String(journal[..<nameStart(journal)])
  }

  private static func nameStart(_ path: String) -> String.Index {
    path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
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

  /// Calls `body` with each of its records and the step that it belongs to, in order.
  /// - Throws: ``MalformedRecord`` if the bytes are no records; what `body` throws.
  public func read(_ body: (Entry, Step) throws -> Void) throws {
    var reader = FrameReader(firstSeq: seq, body: self.body, words: words)
    while let entry = try reader.next() { try body(entry, reader.step) }
  }
}
