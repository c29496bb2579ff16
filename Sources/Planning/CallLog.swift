import Base

/// Calls of the past, in one form whatever log they came from.
public struct LoggedCall: Equatable, Sendable {
  /// The day, `yyyy-mm-dd`.
  public var day: String
  /// When the caller entered the queue, in seconds after midnight.
  public var at: Double
  /// What kind of caller.
  public var kind: String
  /// Priority in line; higher goes first.
  public var priority: Int
  /// How long the caller waited, in seconds.
  public var wait: Double
  /// What became of the caller.
  public var outcome: Outcome
  /// How long the call took after the answer, in seconds; 0 for callers who were not answered.
  public var handleTime: Double
  /// The rep, if one answered.
  public var agent: String
  /// How long the rep was busy with it after its end, in seconds, if the log says so.
  public var wrapUp: Double?

  /// What became of a caller.
  public enum Outcome: String, CaseIterable, Sendable {
    /// A rep picked up.
    case answered
    /// The caller gave up.
    case abandoned
    /// A limit of the queue sent the caller elsewhere: to voicemail, a call-back, away.
    case diverted
  }

  /// Whether a rep answered.
  public var isAnswered: Bool { outcome == .answered }

  /// A call.
  public init(
    day: String, at: Double, kind: String, priority: Int = 0, wait: Double, outcome: Outcome,
    handleTime: Double, agent: String = ""
  ) {
    self.day = day
    self.at = at
    self.kind = kind
    self.priority = priority
    self.wait = wait
    self.outcome = outcome
    self.handleTime = handleTime
    self.agent = agent
  }
}

/// A log, and what could not be used of it.
public struct CallLog: Equatable, Sendable {
  /// Calls, by day and time.
  public var calls: [LoggedCall] = []
  /// Rows left out: why, how many, and the first of them.
  public private(set) var leftOut: [LeftOut] = []
  /// Rows read.
  public var rows = 0

  /// Rows left out for one reason.
  public struct LeftOut: Equatable, Sendable {
    /// Why.
    public var reason: String
    /// How many.
    public var count: Int
    /// Where the first one is: `file:line`.
    public var first: String
  }

  /// No calls.
  public init() {}

  /// Counts a row that cannot be used.
  public mutating func leaveOut(_ reason: String, at place: String) {
    if let index = leftOut.firstIndex(where: { $0.reason == reason }) {
      leftOut[index].count += 1
    } else {
      leftOut.append(LeftOut(reason: reason, count: 1, first: place))
    }
  }

  /// Takes in another log.
  public mutating func add(_ other: CallLog) {
    calls += other.calls
    rows += other.rows
    for entry in other.leftOut {
      if let index = leftOut.firstIndex(where: { $0.reason == entry.reason }) {
        leftOut[index].count += entry.count
      } else {
        leftOut.append(entry)
      }
    }
  }

  /// Brings the calls into order of day and time; calls of the same second keep their order.
  public mutating func sort() {
    let order = calls.indices.sorted {
      (calls[$0].day, calls[$0].at, $0) < (calls[$1].day, calls[$1].at, $1)
    }
    calls = order.map { calls[$0] }
  }
}

// MARK: The trace format

extension CallLog {
  /// The columns of a trace file, tab-separated, in order.
  public static let columns = [
    "day", "at", "kind", "priority", "wait", "outcome", "handle", "agent", "wrap",
  ]

  /// The calls as a trace file.
  public var trace: String {
    var text = Self.columns.joined(separator: "\t") + "\n"
    for call in calls {
      let cells = [
        call.day, Self.number(call.at), call.kind, "\(call.priority)", Self.number(call.wait),
        call.outcome.rawValue, Self.number(call.handleTime), call.agent,
        call.wrapUp.map { Self.number($0) } ?? "",
      ]
      text += cells.joined(separator: "\t") + "\n"
    }
    return text
  }

  static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
    // Tiny values keep what they have.
    return abs(value) < 0.1 ? "\(value)" : "\((value * 1_000).rounded() / 1_000)"
  }

  /// Reads a trace file.
  public init(trace text: String, file: String) {
    let map = Dictionary(uniqueKeysWithValues: Self.columns.map { ($0, $0) })
    self = CallLog.separated(text, by: "\t", map: map, file: file)
  }

  /// Reads a table with a header line.
  ///
  /// - Parameters:
  ///   - map: For each of ``columns`` the log's name of it; `day`, `at`, `wait` and `outcome` must be there.
  ///     Outcomes are told by how they begin: "answer", "agent", "served", "connect"; "abandon", "hang";
  ///     "divert", "voicemail", "callback".
  public static func separated(
    _ text: String, by separator: Character, map: [String: String], file: String
  ) -> CallLog {
    var log = CallLog()
    let lines = lines(text)
    guard let header = lines.first.map({ cells($0.text, separator) }) else { return log }
    let places = map.compactMapValues { name in header.firstIndex { $0 == name } }
    for (number, line) in lines.dropFirst() {
      log.rows += 1
      let cells = cells(line, separator)
      let place = "\(file):\(number)"
      guard cells.count == header.count else {
        log.leaveOut("another number of columns than the header", at: place)
        continue
      }
      func cell(_ name: String) -> String { places[name].map { cells[$0] } ?? "" }
      switch call(cell) {
      case .success(let call): log.calls.append(call)
      case .failure(let reason): log.leaveOut(reason.text, at: place)
      }
    }
    log.sort()
    return log
  }

  /// The lines that are not empty, with their numbers.
  static func lines(_ text: String) -> [(number: Int, text: Substring)] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
      .filter { !$1.isEmpty }.map { (number: $0 + 1, text: $1) }
  }

  /// The cells of a line; those in quotation marks may hold the separator, and "" for a mark (RFC 4180,
  /// section 2; but no line breaks).
  static func cells(_ line: Substring, _ separator: Character) -> [String] {
    if !line.contains("\"") {
      return line.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
    var cells = [""]
    var isQuoted = false
    var before: Character?
    for character in line {
      switch character {
      case "\"":
        // Two in a row within quotation marks stand for one.
        if !isQuoted, before == "\"" { cells[cells.count - 1].append(character) }
        isQuoted.toggle()
      case separator where !isQuoted: cells.append("")
      default: cells[cells.count - 1].append(character)  // foreign: Character
      }
      before = character
    }
    return cells
  }

  private struct Reason: Error {
    var text: String
  }

  private static func call(_ cell: (String) -> String) -> Result<LoggedCall, Reason> {
    guard CivilDate(text: cell("day")) != nil else {
      return .failure(Reason(text: "the day is not yyyy-mm-dd"))
    }
    guard let at = seconds(cell("at")), at < 86_400 else {
      return .failure(Reason(text: "no time of arrival within the day"))
    }
    guard let wait = seconds(cell("wait")) else { return .failure(Reason(text: "no wait")) }
    guard let outcome = outcome(cell("outcome").lowercased()) else {
      return .failure(Reason(text: "outcome neither answered nor abandoned nor diverted"))
    }
    let isAnswered = outcome == .answered
    let handle = seconds(cell("handle")) ?? 0
    let priority = cell("priority").isEmpty ? 0 : Int(cell("priority"))
    guard let priority, (0...255).contains(priority) else {
      return .failure(Reason(text: "the priority is not a whole number from 0 to 255"))
    }
    if isAnswered, handle <= 0 { return .failure(Reason(text: "answered, but no handle time")) }
    var call = LoggedCall(
      day: cell("day"), at: at, kind: cell("kind").isEmpty ? "callers" : cell("kind"),
      priority: priority, wait: wait, outcome: outcome,
      handleTime: isAnswered ? handle : 0, agent: cell("agent"))
    call.wrapUp = isAnswered ? seconds(cell("wrap")) : nil
    return .success(call)
  }

  private static func outcome(_ text: String) -> LoggedCall.Outcome? {
    let words: [(LoggedCall.Outcome, [String])] = [
      (.answered, ["answer", "agent", "served", "connect"]), (.abandoned, ["abandon", "hang"]),
      (.diverted, ["divert", "voicemail", "callback"]),
    ]
    return words.first { $0.1.contains { text.hasPrefix($0) } }?.0
  }

  /// Seconds, or a time of day h:mm:ss.
  static func seconds(_ text: String) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    if parts.isEmpty || parts.count > 3 || parts.contains(where: { $0.map { $0 < 0 } ?? true }) {
      return nil
    }
    let value = parts.compactMap(\.self).reduce(0) { $0 * 60 + $1 }
    // Ten days: no call lasts longer, and what does not fit a clock is a mistake.
    return value <= 864_000 ? value : nil
  }
}
