public import Base
public import Measures
public import Simulation

/// What the callers of a log experienced: to be held beside what a simulation says.
public struct RecordedFigures: Equatable, Sendable {
  /// When callers of a queue are answered in time, and when giving up counts for nothing.
  public struct Limits: Equatable, Sendable {
    /// Up to which wait callers are answered in time.
    public var threshold: TimeSpan
    /// Up to which wait giving up counts for nothing; zero: there are no short abandons.
    public var shortAbandon: TimeSpan

    /// In time up to `threshold`; no short abandons unless given.
    public init(threshold: TimeSpan, shortAbandon: TimeSpan = .zero) {
      self.threshold = threshold
      self.shortAbandon = shortAbandon
    }
  }

  /// Counts of some calls.
  public struct Counts: Equatable, Sendable {
    /// The callers as reports count them.
    public private(set) var callers = CallerCounts()
    /// All who called, those who gave up at once too.
    public private(set) var called: Int64 = 0
    /// Waits of all.
    public private(set) var wait = TimeSpan.zero

    /// Nothing.
    public init() {}

    /// The value of `measure`, in seconds or as a share; `nil` for those that a log says nothing of, and without
    /// data.
    public func value(_ measure: CallMeasure) -> Double? {
      switch measure {
      case .negativeAbandon: callers.serviceLevel(.negativeAbandon).value
      case .averageSpeedOfAnswer: callers.averageSpeedOfAnswer.value?.seconds
      case .meanWait: MeanSpan(wait, over: called).value?.seconds
      case .abandonment: callers.abandonment.value
      case .positiveAbandon, .withoutAbandon, .handledOnly, .probabilityOfWait, .blocking,
        .sentAway, .voicemail, .callBacks, .refusedOffers, .refusedCalls, .refusedRing,
        .averageTalk, .transfers, .dropped:
        nil
      }
    }

    /// Counts `call`.
    mutating func add(_ call: LoggedCall, _ limits: Limits) {
      let waited = TimeSpan(seconds: call.wait)
      called += 1
      wait += waited
      switch call.outcome {
      case .answered: callers.addAnswered(after: waited, within: limits.threshold)
      case .abandoned:
        if limits.shortAbandon > .zero, waited <= limits.shortAbandon { return }
        callers.addAbandoned(after: waited, within: limits.threshold)
      case .diverted: callers.offered += 1
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
  /// - Parameter limits: Those of callers of a kind.
  public init(_ log: CallLog, _ window: LogWindow, limits: (String) -> Limits) {
    intervals = Array(repeating: Counts(), count: window.count)
    var seen: Set<String> = []
    for call in log.calls where window.includes(call) {
      guard let index = window.interval(ofSecond: call.at) else { continue }
      seen.insert(call.day)
      total.add(call, limits(call.kind))
      intervals[index].add(call, limits(call.kind))
    }
    days = seen.count
  }
}
