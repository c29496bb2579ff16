public import Base

/// The part of Rota whose record it is. Raw values are the journal's numbers.
public enum RecordStream: UInt8, CaseIterable, Sendable {
  /// What concerns no engine: plans, the daemon's own state, amendments.
  case shell = 0
  /// Events of the routing engine.
  case routing = 1
  /// Events of casework.
  case casework = 2
}

/// Why a step was taken. Raw values are the journal's numbers.
public enum Cause: UInt8, CaseIterable, Sendable {
  /// Nobody has written it.
  case unknown = 0
  /// Somebody, or the calendar, has asked for it.
  case command = 1
  /// Its time had come.
  case time = 2
  /// The daemon went on after an outage.
  case start = 3
  /// As ``command``, but told from what happened: by the program that took over a journal of an earlier schema.
  case inferred = 4
}

/// A step: all that followed, at one instant, from one cause. Its records follow it.
public struct Step: Equatable, Sendable {
  /// The number of its first record.
  public var seq: UInt64
  /// When.
  public var at: Instant
  /// Why.
  public var cause: Cause
  /// The number of the user who asked for it; `nil`: nobody.
  public var actor: UInt32?
  /// What was asked, encoded by whose command it is; empty if nothing was asked of an engine.
  public var command: ArraySlice<UInt8>

  /// A step whose first record is number `seq`.
  public init(
    seq: UInt64, at: Instant, cause: Cause, actor: UInt32? = nil, command: ArraySlice<UInt8> = []
  ) {
    self.seq = seq
    self.at = at
    self.cause = cause
    self.actor = actor
    self.command = command
  }
}

/// A record as the journal keeps it: bytes, and words apart from them.
public struct Entry: Equatable, Sendable {
  /// What is known of a record's words.
  public enum WordState: Equatable, Sendable {
    /// It never had any.
    case none
    /// They are there, and are what was written.
    case present([Word])
    /// They are not there: forgotten, or lost.
    case absent
    /// They are not those that were written.
    case wrong
  }

  /// Its number: 1, 2, 3, ... without gaps over the life of the journal.
  public var seq: UInt64
  /// Which part of Rota knows what it says.
  public var stream: RecordStream
  /// What kind of record of that part it is.
  public var kind: UInt8
  /// What it says, without words.
  public var payload: ArraySlice<UInt8>
  /// Names, numbers of telephones, notes: what a person may ask to be forgotten.
  public var words: WordState
}

/// A text that is kept apart from the record it belongs to, so that it can be forgotten.
public struct Word: Equatable, Sendable {
  /// Which field of the record; the record's part of Rota knows their meaning.
  public var number: UInt8
  /// The text.
  public var text: String

  /// The text of field `number`.
  public init(number: UInt8, text: String) {
    self.number = number
    self.text = text
  }
}

/// The bytes of a frame, or what they say, are none that a program of this vocabulary writes.
public struct MalformedRecord: Error, Equatable, Sendable {
  /// The record at which it was noticed.
  public var seq: UInt64

  /// Noticed at record `seq`.
  public init(seq: UInt64) { self.seq = seq }
}
