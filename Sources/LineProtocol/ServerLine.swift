/// One `name=value` of a server line.
public struct Field: Equatable, Sendable {
  /// The name: lower-case letters, digits and `-`.
  public var name: String
  /// The value; any text.
  public var value: String

  /// `name=value`.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [Field] {
  /// The value of the first field of this name; `nil`: there is none.
  public subscript(name: String) -> String? { first { $0.name == name }?.value }
}

/// One line of the server; its first byte tells which kind.
public enum ServerLine: Equatable, Sendable {
  /// `%`: something about the connection.
  case notice(name: String, options: [Field])
  /// `*`: one row of a reply that has several.
  case row(tag: String?, options: [Field])
  /// `+` or `-`: the last line of a reply.
  case reply(tag: String?, code: Int, name: String, options: [Field])
  /// `!`: something has happened.
  case event(seq: UInt64, type: String, options: [Field])

  /// The options, whatever the kind.
  public var options: [Field] {
    switch self {
    case .notice(_, let options), .row(_, let options), .reply(_, _, _, let options),
      .event(_, _, let options):
      options
    }
  }

  /// The value of option `name`, if it is there.
  public subscript(name: String) -> String? { options[name] }
}

/// The replies a request can have. A program reads the number; the word tells why.
///
/// 2xx: done, and on disk. 4xx: nothing happened now; repeat later, with the same key. 5xx: will not
/// work unchanged.
public enum ReplyCode: Int, CaseIterable, Sendable {
  case ok = 200
  case created = 201
  case accepted = 202
  case unchanged = 204
  case rows = 210
  case bye = 221
  case draining = 420
  case busy = 429
  case tooManyConnections = 431
  case tooLate = 440
  case outcomeUnknown = 450
  case badLine = 500
  case badArgument = 501
  case unknownCommand = 502
  case lineTooLong = 505
  case badEncoding = 507
  case controlCharacter = 508
  case forbidden = 530
  case notFound = 550
  case wrongState = 551
  case badConfig = 552
  case limit = 553
  case keyReused = 554
  case stale = 555
  case notAllowed = 556
  case internalError = 560
  case damaged = 561

  /// The word after the number.
  public var word: String {
    switch self {
    case .ok: "ok"
    case .created: "created"
    case .accepted: "accepted"
    case .unchanged: "unchanged"
    case .rows: "rows"
    case .bye: "bye"
    case .draining: "draining"
    case .busy: "busy"
    case .tooManyConnections: "too-many-connections"
    case .tooLate: "too-late"
    case .outcomeUnknown: "outcome-unknown"
    case .badLine: "bad-line"
    case .badArgument: "bad-argument"
    case .unknownCommand: "unknown-command"
    case .lineTooLong: "line-too-long"
    case .badEncoding: "bad-encoding"
    case .controlCharacter: "control-character"
    case .forbidden: "forbidden"
    case .notFound: "not-found"
    case .wrongState: "wrong-state"
    case .badConfig: "bad-config"
    case .limit: "limit"
    case .keyReused: "key-reused"
    case .stale: "stale"
    case .notAllowed: "not-allowed"
    case .internalError: "internal"
    case .damaged: "damaged"
    }
  }

  /// What it means, in a sentence.
  public var meaning: String {
    switch self {
    case .ok: "Done; what changed is on disk."
    case .created: "Done; the reply names what was made."
    case .accepted: "Under way; the result comes as events."
    case .unchanged: "It was so already."
    case .rows: "The end of a reply with rows; `rows` counts them."
    case .bye: "The connection will be closed."
    case .draining: "No new calls are taken; try another system or later."
    case .busy: "Too much at once; `retry-after` says when."
    case .tooManyConnections: "As many connections as there may be, or as this user may have."
    case .tooLate: "`within` had passed before the request was begun; nothing happened."
    case .outcomeUnknown: "The journal failed; connect again and repeat with the same key."
    case .badLine: "The line is not of the grammar."
    case .badArgument: "An argument is missing, unknown, given twice or of the wrong kind."
    case .unknownCommand: "There is no such verb."
    case .lineTooLong: "The line is longer than the limit."
    case .badEncoding: "The line is not UTF-8."
    case .controlCharacter: "The line contains a control character."
    case .forbidden: "The role may not do this."
    case .notFound: "The named thing is not, or no longer, there."
    case .wrongState: "The named thing is not in a state for this."
    case .badConfig: "The new configuration is wrong; the old one stays in force."
    case .limit:
      "A limit would be exceeded: of the configuration, or of the time a report may take."
    case .keyReused: "The key was used for another command."
    case .stale: "The offer has ended, or what `if-seq` speaks of has changed."
    case .notAllowed: "A rule of the procedure forbids it; `rule` names it."
    case .internalError: "A defect of the daemon; it is logged."
    case .damaged: "The journal is not what was written."
    }
  }

  /// Whether the line begins with `+`.
  public var isPositive: Bool { rawValue < 300 }
}
