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
  private let folder: String
  /// What was free when it began.
  private let room: Int64
  private let reports: ReportStore
  /// Whether the closed days of the files before are in ``reports``, too.
  private let hasAllDays: Bool
  private var state = Recovery()

  /// Begins at `place`.
  /// - Complexity: O(*state*). If what the journal begins with is damaged, or of an earlier program: O(*events in archive
  ///   files*).
  init(_ place: ArchivePlace, until end: Instant) throws {
    self.end = end
    writer = try ArchiveWriter(place)
    folder = place.folder
    room = DiskSpace.free(at: folder) ?? .max
    // A month of a large team is more than there should be in memory.
    reports = try ReportStore(path: "", journal: place.identity)
    if let beginning = place.beginning {
      _ = state.restore(beginning.place)
      try? reports.begin(after: beginning.place.seq, with: beginning.reports)
    }
    hasAllDays = reports.seq == 0
    if state.board == nil || hasAllDays {
      try place.readBefore { frame in try fold([frame]) }
    }
  }

  /// Takes in the next frames.
  /// - Throws: ``NoRoom`` if the disk is to have room for other things.
  func take(_ frames: [StoredFrame]) throws {
    if let free = DiskSpace.free(at: folder), free < DiskSpace.margin {
      throw NoRoom(folder: folder, free: free, before: room)
    }
    for frame in frames { try writer.add(frame) }
    try fold(frames)
  }

  /// A file that fills the disk takes the journal's room.
  struct NoRoom: Error, CustomStringConvertible {
    var folder: String
    var free: Int64
    /// What was free before the file was begun: it takes more than that.
    var before: Int64
    var description: String {
      "\(free / 1_000_000) MB are free in \(folder), \(DiskSpace.margin / 1_000_000) MB are to stay free"
    }
  }

  /// Records that are known already are passed over.
  private func fold(_ frames: [StoredFrame]) throws {
    var records: [Record] = []
    for frame in frames {
      try frame.read { entry, step in
        if entry.seq > state.seq { try state.apply(entry, step) }
        if entry.seq > reports.seq { records.append(try Record(entry, at: step.at)) }
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
      state: snapshot.state, reports: try reports.beginning(since: end - Self.overlap),
      hasAllDays: hasAllDays)
  }
}
