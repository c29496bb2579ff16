import Base
import Events
import Frames
import Journal
import Reporting
import Switchboard

/// Makes an archive file of the oldest frames of a journal, and what the journal keeps in their place: the state after
/// them, and what a read model begins with there. Used off the loop, by one thread at a time.
final class ArchiveWork: @unchecked Sendable {
  /// Rows of the read model that began less than this before the cut are kept, over or not: late write-ups and
  /// explanations of them are to come.
  private static let overlap: TimeSpan = .days(2)

  /// The last record taken in.
  var last: UInt64 { writer.file.last }
  /// Frames of this instant or a later one stay in the journal.
  let end: Instant
  private let writer: ArchiveWriter
  private let reports: ReportStore
  private var state = Recovery()

  /// Begins at `place`.
  /// - Complexity: O(*days in archive files before* x *reps*).
  init(_ place: ArchivePlace, until end: Instant) throws {
    self.end = end
    writer = try ArchiveWriter(place)
    reports = try ReportStore(path: ":memory:", journal: place.identity)
    guard let beginning = place.beginning else { return }
    let (seq, chain) = (beginning.seq, beginning.chain)
    guard state.restore(beginning.snapshot, seq: seq, chain: chain) else {
      throw JournalError.stateMismatch(seq: seq)
    }
    try reports.begin(after: seq, with: beginning.reports)
  }

  /// Takes in the next frames.
  func take(_ frames: [StoredFrame]) throws {
    var records: [Record] = []
    for frame in frames {
      try writer.add(frame)
      var reader = FrameReader(firstSeq: frame.seq, body: frame.body, words: frame.words)
      do {
        while let entry = try reader.next() {
          try state.apply(entry, reader.step)
          records.append(try Record(entry, at: reader.step.at))
        }
      } catch let error as MalformedRecord {
        throw JournalError.malformed(seq: error.seq)
      }
    }
    try reports.project(records)
  }

  /// The file is on disk when this returns.
  func finish() throws -> Closing {
    guard let board = state.board else { throw JournalError.malformed(seq: writer.file.first) }
    try writer.finish()
    let snapshot = board.snapshotWithPlan()
    return Closing(
      archive: writer.file, chain: writer.chain, at: snapshot.at, plan: snapshot.plan,
      state: snapshot.state, reports: try reports.beginning(since: end - Self.overlap))
  }
}
