import Simulation

/// What the callers of a log experienced: to be held beside what a simulation says.
public struct RecordedFigures: Equatable, Sendable {
  /// Counts of some calls.
  public struct Counts: Equatable, Sendable {
    /// Callers.
    public var offered = 0.0
    /// Answered.
    public var answered = 0.0
    /// Answered within the threshold.
    public var answeredInTime = 0.0
    /// Gave up.
    public var abandoned = 0.0
    /// Waits of those answered, in seconds.
    public var waitAnswered = 0.0
    /// Waits of all, in seconds.
    public var wait = 0.0

    /// Nothing.
    public init() {}

    /// The value of `measure`; `nil` for those that a log says nothing of.
    public func value(_ measure: CallMeasure) -> Double? {
      switch measure {
      case .negativeAbandon: answeredInTime / offered
      case .averageSpeedOfAnswer: waitAnswered / answered
      case .meanWait: wait / offered
      case .abandonment: abandoned / offered
      default: nil
      }
    }

    /// Counts `call`.
    mutating func add(_ call: LoggedCall, threshold: Double) {
      offered += 1
      wait += call.wait
      switch call.outcome {
      case .answered:
        answered += 1
        waitAnswered += call.wait
        if call.wait <= threshold { answeredInTime += 1 }
      case .abandoned: abandoned += 1
      case .diverted: break
      }
    }
  }

  /// The measures a log can tell.
  public static let measures: [CallMeasure] = [
    .negativeAbandon, .averageSpeedOfAnswer, .meanWait, .abandonment,
  ]

  /// Days with calls.
  public private(set) var days = 0
  /// All of the window.
  public private(set) var total = Counts()
  /// By interval of the window.
  public private(set) var intervals: [Counts]

  /// Counts the calls of `log` in `window`.
  /// - Parameter threshold: Up to which wait, in seconds, callers of a kind are answered in time.
  public init(_ log: CallLog, _ window: LogWindow, threshold: (String) -> Double) {
    intervals = Array(repeating: Counts(), count: window.count)
    var seen: Set<String> = []
    for call in log.calls where window.includes(call) {
      guard let index = window.interval(ofSecond: call.at) else { continue }
      seen.insert(call.day)
      total.add(call, threshold: threshold(call.kind))
      intervals[index].add(call, threshold: threshold(call.kind))
    }
    days = seen.count
  }
}
