import Base
import Stochastics

/// A day of the past, so that it can be lived again: its calls as they came, its reps while they were
/// there and as they behaved.
public struct RecordedDay: Sendable {
  /// Callers who are alike.
  public struct Kind: Hashable, Sendable {
    /// The queue they asked for.
    public var queue: String
    /// Their priority in line.
    public var priority: Int = 0
    /// The waiting credit they came with, in seconds.
    public var credit: Double = 0
    /// What the rep must be able to do.
    public var skills: [String] = []

    /// Callers of `queue`.
    public init(queue: String) { self.queue = queue }
  }

  /// How a rep reacted to phones that rang.
  public struct Reactions: Equatable, Sendable {
    /// How long it took to pick up, in seconds, each time.
    public var answerDelays: [Double] = []
    /// How long it took to press the button, each time.
    public var ignoreDelays: [Double] = []
    /// How often it rang until the time was over.
    public var unanswered = 0

    /// Nothing rang.
    public init() {}
  }

  /// The day, `yyyy-mm-dd`.
  public var day: String
  /// Its calls; ``LoggedCall/kind`` is a key of ``kinds``.
  public var log = CallLog()
  /// The kinds of callers, by name.
  public var kinds: [String: Kind] = [:]
  /// When reps were there.
  public var attendance = Attendance()
  /// How reps reacted, by rep; empty where the log does not say.
  public var reactions: [String: Reactions] = [:]
  /// Minutes after midnight at which callers were let in, and were let in no more.
  public var hours = (opens: 0, closes: 1_440)
  /// Opening hours of queues that differ from ``hours``, in minutes after midnight.
  public var hoursByQueue: [String: (opens: Int, closes: Int)] = [:]
  /// What reps are called in the log, by the names that configurations allow.
  public private(set) var names: [String: String] = [:]
  /// Calls of the day that are not in ``log``, and why.
  public var leftOut: [String: Int] = [:]

  /// Nothing has happened.
  public init(day: String) { self.day = day }

  /// A day of a call log, with the attendance that follows from it.
  ///
  /// - Parameters:
  ///   - credits: The waiting credit of callers by priority, in seconds. If empty, priorities are strict.
  /// - Returns: `nil` if the log has no call on that day.
  public init?(_ log: CallLog, day: String, queue: String, credits: [Int: Double]) {
    self.day = day
    for var call in log.calls where call.day == day {
      var kind = Kind(queue: queue)
      kind.priority = credits.isEmpty ? call.priority : 0
      kind.credit = credits[call.priority] ?? 0
      let name = kind.priority > 0 || kind.credit > 0 ? "callers-\(call.priority)" : "callers"
      kinds[name] = kind
      call.kind = name
      self.log.calls.append(call)
    }
    guard let first = self.log.calls.first, let last = self.log.calls.last else { return nil }
    names = self.log.renameReps()
    attendance = Attendance(of: &self.log)
    hours = (Int(first.at / 3_600) * 60, min(1_440, (Int(last.at / 3_600) + 1) * 60))
  }

  /// Who was there.
  public var reps: [String] { Set((attendance.days[day] ?? []).map(\.rep)).sorted() }

  /// Whether any call kept its rep after its end, or the log cannot know.
  private var hasWrapUp: Bool { log.calls.contains { $0.wrapUp != nil } }

  /// Patience of the day's callers; those answered were cut off.
  private var patience: Distribution {
    let observations = log.calls.map {
      KaplanMeier.Observation($0.wait, hasEnded: $0.outcome == .abandoned)
    }
    let ended = observations.count { $0.hasEnded }
    let total = observations.reduce(0) { $0 + $1.time }
    // Maximum likelihood of an exponential with cut-off observations: what a day's few abandonments can tell.
    return ended == 0 ? .never : .exponential(mean: max(1, total / Double(ended)))
  }

  private var talk: Distribution {
    let times = log.calls.filter(\.isAnswered).map(\.handleTime)
    return Self.lognormal(times) ?? .constant(180)
  }

  /// A lognormal of the same mean and variation; `nil` of nothing.
  static func lognormal(_ values: [Double]) -> Distribution? {
    var moments = Moments()
    for value in values { moments.add(value) }
    guard moments.count > 0 else { return nil }
    if moments.mean < 0.01 { return .constant(0) }
    let cv = moments.count < 2 ? 0 : moments.variance.squareRoot() / moments.mean
    return cv < 0.001 ? .constant(moments.mean) : .lognormal(mean: moments.mean, cv: min(cv, 100))
  }
}

// MARK: The scenario

extension RecordedDay {
  /// A scenario file over `configuration`, with the trace and the attendance beside it.
  public func scenario(configuration: String, trace: String, attendance: String) -> String {
    let (opens, closes) = (
      ClockTime(minute: hours.opens).text, ClockTime(minute: hours.closes).text
    )
    let from = ClockTime(minute: hours.opens / 30 * 30).text
    let to = ClockTime(minute: (hours.closes + 29) / 30 * 30).text
    var lines = [
      "# \(log.calls.count) calls and \(reps.count) reps as recorded on \(day). Change what was different",
      "# (--set attendance.more=1, --set queue.support.rings=2) and see what the day would have been.",
      "description: \(day), lived again",
      "configuration: \(configuration)",
      "day: { opens: \"\(opens)\", closes: \"\(closes)\", from: \"\(from)\", to: \"\(to)\", "
        + "interval: 30m\(queueHours) }",
      "attendance: { file: \(attendance), day: \(day) }",
      "callers:",
    ]
    for (name, kind) in kinds.sorted(by: { $0.key < $1.key }) {
      lines += callers(name, kind, trace)
    }
    let reacting = reactions.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
    if !reacting.isEmpty {
      let everybody = reacting.reduce(into: Reactions()) { $0.add($1.value) }
      lines += ["reps:", "  everybody: { \(everybody.text) }"]
    }
    for (rep, reactions) in reacting { lines.append("  \(rep): { \(reactions.text) }") }
    lines.append("outbound: { done: no }")
    return lines.joined(separator: "\n") + "\n"
  }

  private var queueHours: String {
    if hoursByQueue.isEmpty { return "" }
    let parts = hoursByQueue.sorted { $0.key < $1.key }.map { queue, hours in
      "\(queue): [\"\(ClockTime(minute: hours.opens).text)\", \"\(ClockTime(minute: hours.closes).text)\"]"
    }
    return ", hours: { \(parts.joined(separator: ", ")) }"
  }

  private func callers(_ name: String, _ kind: Kind, _ trace: String) -> [String] {
    var lines = [
      "  \(name):", "    queue: \(kind.queue)",
      "    arrivals: { trace: \(trace), day: \(day), kinds: [\(name)] }",
      "    patience: \(patience.text)", "    talk: \(talk.text)",
    ]
    let wrapUps = log.calls.filter { $0.kind == name }.compactMap(\.wrapUp)
    if hasWrapUp { lines.append("    wrap-up: \((Self.lognormal(wrapUps) ?? .constant(0)).text)") }
    if kind.priority > 0 { lines.append("    priority: \(kind.priority)") }
    if kind.credit > 0 { lines.append("    credit: \(CallLog.number(kind.credit))") }
    if !kind.skills.isEmpty {
      lines.append("    skills: [\(kind.skills.joined(separator: ", "))]")
    }
    return lines
  }

  /// A configuration with the reps who were there.
  public func configuration(queue: String) -> String {
    CallLog.configuration(reps, names, queue: queue)
  }
}

extension RecordedDay.Reactions {
  mutating func add(_ other: Self) {
    answerDelays += other.answerDelays
    ignoreDelays += other.ignoreDelays
    unanswered += other.unanswered
  }

  var isEmpty: Bool { answerDelays.isEmpty && ignoreDelays.isEmpty && unanswered == 0 }

  fileprivate var text: String {
    let count = Double(answerDelays.count + ignoreDelays.count + unanswered)
    func share(_ part: Int) -> String { CallLog.number(Double(part) / count) }
    var parts: [String] = []
    if let delay = RecordedDay.lognormal(answerDelays) {
      parts.append("answer-delay: \(delay.text)")
    }
    if unanswered > 0 { parts.append("no-answer: \(share(unanswered))") }
    if let delay = RecordedDay.lognormal(ignoreDelays) {
      parts.append("ignore: { share: \(share(ignoreDelays.count)), after: \(delay.text) }")
    }
    return parts.joined(separator: ", ")
  }
}
