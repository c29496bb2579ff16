/// What can be wrong with a journal.
public enum JournalError: Error, Equatable, Sendable, CustomStringConvertible {
  /// SQLite refused.
  case database(DatabaseError)
  /// Another process has the journal open.
  case inUse(path: String)
  /// Written by a later version of Rota.
  case tooNew(version: Int64, supported: Int64)
  /// Has kinds of records that only a later version knows.
  case unknownVocabulary(version: Int64, supported: Int64)
  /// Of an earlier schema, and nobody here takes it over.
  case outdated(version: Int64)
  /// An earlier schema cannot be taken over: so many bytes are needed, and so many free.
  case noRoom(needed: Int64, free: Int64)
  /// A database, but no journal.
  case notAJournal(path: String)
  /// The bytes at `seq` are not records.
  case malformed(seq: UInt64)
  /// The frame that begins at `seq` does not follow from the one before.
  case brokenChain(seq: UInt64)
  /// Records up to number `through` are in archive files, and this one is not where it was put.
  case archiveMissing(path: String, through: UInt64)
  /// Records up to number `through` are in archive files, and what is asked for is one of them.
  case archived(through: UInt64)
  /// A file, but no archive of this journal, or a damaged one.
  case notAnArchive(path: String)
  /// Replaying to `seq` does not give the state that was saved there.
  case stateMismatch(seq: UInt64)

  /// For people: what is wrong and what to do.
  public var description: String {
    switch self {
    case .database(let error): error.description
    case .inUse(let path):
      "\(path) is in use by another process; a journal has one owner, and is read from a copy (rotactl backup)"
    case .tooNew(let version, let supported):
      "the journal has schema version \(version), this program knows \(supported); use a newer rotad"
    case .unknownVocabulary(let version, let supported):
      "the journal has records of vocabulary \(version), this program knows \(supported); use a newer rotad"
    case .outdated(let version):
      "the journal has schema version \(version), which is taken over when rotad starts with it"
    case .noRoom(let needed, let free):
      "taking the journal over from an earlier schema needs \(needed >> 20) MB free, there are \(free >> 20) MB; make room and start again"
    case .notAJournal(let path): "\(path) is not a journal of rotad"
    case .malformed(let seq):
      "the journal is damaged at seq \(seq): not a record; restore a backup"
    case .brokenChain(let seq):
      "the journal is damaged at seq \(seq): the hash chain is broken; restore a backup"
    case .archiveMissing(let path, let through):
      "\(path) cannot be read, and what came before record \(through) is in such files; put them back beside the journal"
    case .archived(let through):
      "records up to number \(through) are in archive files; begin after them"
    case .notAnArchive(let path):
      "\(path) is damaged, or no archive of this journal; put back a copy of it"
    case .stateMismatch(let seq):
      "replaying the journal to seq \(seq) does not give the state saved there; keep the file and report it"
    }
  }
}

extension JournalError {
  /// What `error` says of a journal: what the database refuses is the journal's own trouble; `nil`: something else.
  public init?(of error: any Error) {
    guard let known = error as? JournalError ?? (error as? DatabaseError).map({ .database($0) })
    else { return nil }
    self = known
  }

  /// With what a program ends that only reads a journal (sysexits.h): 65 it is damaged, of another version, or none;
  /// 66 an archive file is missing; 69 somebody has it open; 74 it cannot be read; 75 there is no room.
  public var exitCode: Int32 {
    switch self {
    case .inUse: 69
    case .noRoom: 75
    case .archiveMissing, .archived: 66
    case .database(let error): error.isDamage ? 65 : 74
    case .tooNew, .unknownVocabulary, .outdated, .notAJournal, .malformed, .brokenChain,
      .stateMismatch, .notAnArchive:
      65
    }
  }

  /// Whether what was written is not what is there.
  var isDamage: Bool {
    switch self {
    case .database(let error): error.isDamage
    case .malformed, .brokenChain: true
    case .inUse, .tooNew, .unknownVocabulary, .outdated, .noRoom, .notAJournal, .archiveMissing,
      .archived, .notAnArchive, .stateMismatch:
      false
    }
  }
}
