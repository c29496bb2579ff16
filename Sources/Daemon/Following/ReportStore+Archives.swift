import Events
import Frames
import Journal
import Reporting

extension ReportStore {
  /// Records of one transaction.
  private static var slice: Int { 2_000 }

  /// Begins where the journal begins: with what that has for it, or, if that cannot be read, with all that is in archive
  /// files.
  /// - Throws: ``JournalError`` if one of those is not where it was put, or damaged.
  /// - Complexity: O(*closed days* x *reps*); from the files O(*events*).
  func begin(with beginning: Journal.Beginning?, orFilesOf place: ArchivePlace) throws {
    if let beginning,
      (try? begin(after: beginning.place.seq, with: beginning.reports)) != nil
    {
      return
    }
    var records: [Record] = []
    try place.readBefore { frame in
      try frame.read { entry, step in records.append(try Record(entry, at: step.at)) }
      if records.count < Self.slice { return }
      try project(records)
      records.removeAll(keepingCapacity: true)
    }
    try project(records)
  }
}
