import Base
public import Configuration
import Routing
public import Simulation
import YAMLTree

/// A scenario as a file: who calls, how reps behave, over a daemon's configuration.
public struct ScenarioFile: Sendable {
  /// What it is about, in a sentence.
  public internal(set) var description = ""
  /// The daemon's configuration, as found.
  public internal(set) var configuration: Configuration
  /// What is simulated.
  public internal(set) var scenario: Scenario
  /// What must come out.
  public internal(set) var expectations: [Expectation] = []
  /// Replications, if the command line does not say: 200 days, or one long run.
  public internal(set) var replications = 200
  /// The seed, if the command line does not say.
  public internal(set) var seed: UInt64 = 1
  /// Minutes after midnight at which the simulated day begins.
  public internal(set) var firstMinute = 0

  /// A measure and the range it must lie in.
  public struct Expectation: Equatable, Sendable {
    /// Which.
    public var measure: CallMeasure
    /// The range.
    public var range: ClosedRange<Double>
    /// The line of the file that says so.
    public var line: Int
  }

  /// Reads a scenario and the configuration it refers to.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - settings: Values that replace those of either file; those that begin with `queues`, `agents`,
  ///     `rules`, `team` or `skills` are the configuration's.
  ///   - read: Gives the text of a file.
  /// - Throws: ``Problems``, or what `read` throws.
  public init(
    path: String, settings: [Setting] = [], read: @escaping (String) throws -> String
  ) throws {
    var parser = ScenarioParser(file: path, read: read)
    let text = try read(path)
    guard let file = try parser.parse(text, settings), parser.problems.isEmpty else {
      throw Problems(
        problems: parser.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }
    self = file
  }

  init(configuration: Configuration, scenario: Scenario) {
    self.configuration = configuration
    self.scenario = scenario
  }

  /// The simulated hours of `weekdays`, as the part of a log that they can be held beside; `nil` of an
  /// equilibrium.
  public func window(_ weekdays: Set<Weekday>) -> LogWindow? {
    guard case .day(let closes, let length) = scenario.span else { return nil }
    return LogWindow(
      weekdays: weekdays, from: firstMinute, to: firstMinute + Int(closes.wholeMinutes),
      interval: Int(length.wholeMinutes))
  }

  /// The limits of the queue that callers of class `name` ask for; the first queue's for callers of no class.
  public func limits(ofCallers name: String) -> RecordedFigures.Limits {
    let queue = scenario.classes.first { $0.name == name }?.queue ?? QueueID(0)
    return RecordedFigures.Limits(
      threshold: scenario.serviceThresholds[queue.index],
      shortAbandon: scenario.shortAbandons[queue.index])
  }

  /// T of the service levels, in words: "20 s", or "its queue's time" where queues differ.
  public var thresholdText: String {
    let seconds = Set(scenario.serviceThresholds.map(\.wholeSeconds))
    return seconds.count == 1 ? "\(seconds.first ?? 0) s" : "the queue's time"
  }

  /// The name of interval `index`: when it begins, hh:mm.
  public func intervalName(_ index: Int) -> String {
    guard case .day(_, let length) = scenario.span else { return "all" }
    let minute = firstMinute + index * Int(length.wholeMinutes)
    return ClockTime(minute: minute % 1_440).text
  }
}

extension CallMeasure {
  /// The name in scenarios, JSON and CSV.
  public var name: String {
    switch self {
    case .negativeAbandon: "service-level"
    case .positiveAbandon: "service-level-positive-abandon"
    case .withoutAbandon: "service-level-without-abandon"
    case .handledOnly: "service-level-handled-only"
    case .averageSpeedOfAnswer: "asa"
    case .meanWait: "mean-wait"
    case .probabilityOfWait: "probability-of-wait"
    case .abandonment: "abandonment"
    case .blocking: "blocking"
    case .sentAway: "sent-away"
    case .voicemail: "voicemail"
    case .callBacks: "call-backs"
    case .refusedOffers: "refused-offers"
    case .refusedCalls: "refused-calls"
    case .refusedRing: "refused-ring-time"
    case .averageTalk: "talk-time"
    case .transfers: "transfers"
    case .dropped: "dropped"
    }
  }
}
