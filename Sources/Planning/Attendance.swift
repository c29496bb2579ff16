/// When reps were there to take calls, on days of the past.
public struct Attendance: Equatable, Sendable {
  /// A rep was there.
  public struct Spell: Equatable, Sendable {
    /// The rep.
    public var rep: String
    /// From when, in seconds after midnight.
    public var start: Double
    /// Until when; a call in progress was finished.
    public var end: Double

    /// `rep` from `start` to `end`.
    public init(rep: String, start: Double, end: Double) {
      self.rep = rep
      self.start = start
      self.end = end
    }
  }

  /// The spells of each day, by day (`yyyy-mm-dd`).
  public var days: [String: [Spell]] = [:]

  /// Nobody was ever there.
  public init() {}

  /// The mean number of reps there in each interval of `window`, over the days of `window` that have any.
  public func meanLevels(_ window: LogWindow) -> [Double] {
    var seconds = Array(repeating: 0.0, count: window.count)
    var count = 0.0
    for (day, spells) in days where window.includes(day: day) {
      count += 1
      for spell in spells { window.share(from: spell.start, to: spell.end) { seconds[$0] += $1 } }
    }
    return seconds.map { count == 0 ? 0 : $0 / count / Double(window.interval * 60) }
  }
}

// MARK: Inference

extension Attendance {
  /// How attendance is told from a call log. Times are in seconds.
  public struct Inference: Sendable {
    /// Time after a call up to which a rep who leaves callers waiting is still busy with it; longer, the
    /// rep has gone.
    public var longestWrapUp = 600.0
    /// A gap between calls longer than this is an absence even if nobody waited.
    public var longestIdle = 1_800.0
    /// Waits up to this are the time it takes to pick up, and say nothing.
    public var tolerance = 3.0

    /// The usual limits.
    public init() {}
  }

  /// Tells from a call log when reps were there, and how long each call kept them busy after its end.
  ///
  /// A rep who is free takes a caller who waits. So between two calls of a rep, up to the last moment at
  /// which somebody waited, the rep was not free: busy with the last call if that is not long, away if it
  /// is. After that moment the rep is taken to be free. Before an absence the rep is taken to have
  /// decided to go half-way through the last call: whenever a rep decides to go, a call in progress is
  /// on average half over (inspection paradox: Feller, "An Introduction to Probability Theory and Its
  /// Applications" II, 2nd ed. 1971, section I.4), and it is finished first.
  /// - Parameter log: Its calls get their ``LoggedCall/wrapUp``, as far as it is not known.
  public init(of log: inout CallLog, _ inference: Inference = Inference()) {
    var byDay: [String: [Int]] = [:]
    for index in log.calls.indices { byDay[log.calls[index].day, default: []].append(index) }
    for (day, indices) in byDay {
      let line = Line(indices.map { log.calls[$0] }.filter { $0.wait > inference.tolerance })
      let served = Dictionary(grouping: indices.filter { log.calls[$0].isAnswered }) {
        log.calls[$0].agent
      }
      var spells: [Spell] = []
      for (rep, indices) in served where !rep.isEmpty {
        let order = indices.sorted { log.calls[$0].answeredAt < log.calls[$1].answeredAt }
        spells += Self.spells(of: rep, order, &log, line, inference)
      }
      days[day] = spells.sorted { ($0.start, $0.rep) < ($1.start, $1.rep) }
    }
  }

  private static func spells(
    of rep: String, _ order: [Int], _ log: inout CallLog, _ line: Line, _ inference: Inference
  ) -> [Spell] {
    var spells: [Spell] = []
    var last: Int?
    let known = Set(order.filter { log.calls[$0].wrapUp != nil })
    for index in order {
      let start = log.calls[index].answeredAt
      let leaves = (start + log.calls[index].endedAt) / 2
      if !known.contains(index) { log.calls[index].wrapUp = 0 }
      guard let before = last else {
        spells.append(Spell(rep: rep, start: start, end: leaves))
        last = index
        continue
      }
      let ended = log.calls[before].endedAt
      let free = ended + (known.contains(before) ? log.calls[before].wrapUp ?? 0 : 0)
      let busy = max(free, line.lastBusy(from: free, to: start) ?? free) - ended
      let isAway = known.contains(before) && busy > (log.calls[before].wrapUp ?? 0)
      if busy > inference.longestWrapUp || isAway {
        spells.append(Spell(rep: rep, start: min(start, ended + busy), end: leaves))
      } else if start - ended - busy > inference.longestIdle {
        spells.append(Spell(rep: rep, start: start, end: leaves))
      } else {
        if !known.contains(before) { log.calls[before].wrapUp = busy }
        spells[spells.count - 1].end = max(spells[spells.count - 1].end, leaves)
      }
      last = index
    }
    return spells
  }

  /// When anybody waited.
  private struct Line {
    private var spans: [(start: Double, end: Double)] = []

    init(_ calls: [LoggedCall]) {
      for call in calls.sorted(by: { $0.at < $1.at }) {
        if let last = spans.last, call.at <= last.end {
          spans[spans.count - 1].end = max(last.end, call.answeredAt)
        } else {
          spans.append((call.at, call.answeredAt))
        }
      }
    }

    /// The last moment between `from` and `to` at which somebody waited.
    func lastBusy(from: Double, to: Double) -> Double? {
      var (low, high) = (0, spans.count)
      while low < high {
        let middle = (low + high) / 2
        if spans[middle].start < to { low = middle + 1 } else { high = middle }
      }
      guard low > 0, spans[low - 1].end > from else { return nil }
      return min(to, spans[low - 1].end)
    }
  }
}

extension LoggedCall {
  /// When the rep picked up, or the caller left.
  var answeredAt: Double { at + wait }
  /// When the call was over.
  var endedAt: Double { at + wait + handleTime }
}

// MARK: The file

extension Attendance {
  /// The columns of an attendance file, tab-separated, in order; times in seconds after midnight.
  public static let columns = ["day", "rep", "from", "to"]

  /// The attendance of one day as a file.
  public func text(day: String) -> String {
    let lines = (days[day] ?? []).map { spell in
      [day, spell.rep, CallLog.number(spell.start), CallLog.number(spell.end)]
        .joined(separator: "\t")
    }
    return ([Self.columns.joined(separator: "\t")] + lines).joined(separator: "\n") + "\n"
  }

  /// Reads an attendance file.
  /// - Returns: the attendance, and the number and text of the first line that is none.
  static func read(_ text: String) -> (attendance: Attendance, wrong: (line: Int, text: String)?) {
    var attendance = Attendance()
    for (number, line) in CallLog.lines(text).dropFirst() {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 4, let start = CallLog.seconds(cells[2]),
        let end = CallLog.seconds(cells[3]), start <= end
      else { return (attendance, (number, String(line))) }
      attendance.days[cells[0], default: []].append(Spell(rep: cells[1], start: start, end: end))
    }
    return (attendance, nil)
  }
}
