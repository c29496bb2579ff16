import ArgumentParser
import Output
import Staffing
import Stochastics

/// What every formula is asked and how it answers.
struct FormulaOptions: ParsableArguments {
  @OptionGroup var calls: WorkloadOptions

  @Option(name: .long, help: "Agents at work.")
  var agents: Int

  @Option(name: .long, help: "The threshold of the service level.")
  var threshold = Seconds(20)

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...RequiredAgents.limit).contains(agents) else {
      throw ValidationError("--agents must be from 1 to \(RequiredAgents.limit)")
    }
  }

  /// Prints `performance` and the waits that shares of callers do not exceed.
  func show(_ performance: QueuePerformance, quantiles: [(share: Double, wait: Double)] = [])
    throws(WriteFailure)
  {
    if json {
      try JSONText.print(
        FormulaAnswer(performance, threshold.value, calls.workload.load, quantiles))
      return
    }
    let levels = performance.serviceLevels
    let within = "within \(Figure.text(threshold.value)) s"
    let rows =
      [
        ("load", "\(Figure.text(calls.workload.load)) erlang on \(agents) agents"),
        ("probability of wait", Figure.percent(performance.probabilityOfWait, decimals: 2)),
        ("abandoned", Figure.percent(performance.probabilityOfAbandonment, decimals: 2)),
        ("blocked", Figure.percent(performance.blocking, decimals: 2)),
        (
          "average speed of answer",
          "\(Figure.fixed(performance.averageSpeedOfAnswer, decimals: 2)) s"
        ),
        ("mean wait of all callers", "\(Figure.fixed(performance.meanWait, decimals: 2)) s"),
        ("mean callers in line", Figure.fixed(performance.meanQueueLength, decimals: 2)),
        ("occupancy", Figure.percent(performance.occupancy)),
        ("answered \(within), of all offered", Figure.percent(levels.negativeAbandon)),
        ("  early abandonments counted as good", Figure.percent(levels.positiveAbandon)),
        ("  early abandonments left out", Figure.percent(levels.withoutAbandon)),
        ("  of all answered", Figure.percent(levels.handledOnly)),
      ]
      + quantiles.map { share, wait in
        ("\(Figure.text(share * 100)) % wait at most", "\(Figure.fixed(wait, decimals: 1)) s")
      }
    let width = rows.map(\.0.count).max() ?? 0
    for (name, value) in rows {
      let gap = String(repeating: " ", count: width + 2 - name.count)
      try Standard.output.print(name + gap + value)
    }
  }

  static let shares = [0.5, 0.8, 0.9, 0.95, 0.99]
}

/// The answer of a formula as JSON.
struct FormulaAnswer: Encodable {
  var load: Double
  var probabilityOfWait: Double
  var probabilityOfAbandonment: Double
  var averageSpeedOfAnswerSeconds: Double
  var meanWaitSeconds: Double
  var serviceLevel: Levels
  var thresholdSeconds: Double
  var occupancy: Double
  var meanQueueLength: Double
  var blocking: Double
  var waitQuantilesSeconds: [String: Double]

  struct Levels: Encodable {
    var negativeAbandon: Double?
    var positiveAbandon: Double?
    var withoutAbandon: Double?
    var handledOnly: Double?

    init(_ levels: ServiceLevels) {
      negativeAbandon = levels.negativeAbandon.ifNumber
      positiveAbandon = levels.positiveAbandon.ifNumber
      withoutAbandon = levels.withoutAbandon.ifNumber
      handledOnly = levels.handledOnly.ifNumber
    }
  }

  init(
    _ performance: QueuePerformance, _ threshold: Double, _ load: Double,
    _ quantiles: [(share: Double, wait: Double)]
  ) {
    self.load = load
    probabilityOfWait = performance.probabilityOfWait
    probabilityOfAbandonment = performance.probabilityOfAbandonment
    averageSpeedOfAnswerSeconds = performance.averageSpeedOfAnswer
    meanWaitSeconds = performance.meanWait
    serviceLevel = Levels(performance.serviceLevels)
    thresholdSeconds = threshold
    occupancy = performance.occupancy
    meanQueueLength = performance.meanQueueLength
    blocking = performance.blocking
    waitQuantilesSeconds = Dictionary(
      uniqueKeysWithValues: quantiles.map { (Figure.text($0.share), $0.wait) })
  }
}

/// `rotasim erlang-b`
struct ErlangBCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erlang-b",
    abstract: "Nobody waits: callers who find all agents busy are lost.",
    discussion: "EXAMPLE\n  rotasim erlang-b --agents 20 --load 13.1815")

  @OptionGroup var formula: FormulaOptions

  func run() throws {
    try formula.show(ErlangB.performance(formula.calls.workload, agents: formula.agents))
  }
}

/// `rotasim erlang-c`
struct ErlangCCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erlang-c",
    abstract: "Callers wait as long as it takes.",
    discussion:
      "EXAMPLE\n  rotasim erlang-c --agents 14 --arrivals-per-hour 200 --aht 180 --threshold 20")

  @OptionGroup var formula: FormulaOptions

  func run() throws {
    let model: ErlangC
    do {
      model = try ErlangC(formula.calls.workload, agents: formula.agents)
    } catch {
      throw complain("\(error)", code: 65)
    }
    try formula.show(
      model.performance(threshold: formula.threshold.value),
      quantiles: FormulaOptions.shares.map { ($0, model.waitQuantile($0)) })
  }
}

/// `rotasim erlang-a`
struct ErlangACommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erlang-a",
    abstract: "Callers wait until they lose patience.",
    discussion: """
      EXAMPLES
        rotasim erlang-a --agents 50 --arrivals-per-hour 950 --aht 180 --patience 120
        rotasim erlang-a --agents 50 --arrivals-per-hour 950 --aht 180 --patience lognormal:180:1.3

      Patience is a mean (exponential), or a distribution: constant:SECONDS, erlang:SHAPE:MEAN, \
      gamma:MEAN:CV, lognormal:MEAN:CV, weibull:SHAPE:SCALE, hyperexponential:P:MEAN:OTHER-MEAN, \
      uniform:LOW:HIGH, triangular:LOW:MODE:HIGH.
      """)

  @OptionGroup var formula: FormulaOptions

  @Option(name: .long, help: "How long callers are willing to wait.")
  var patience: DistributionArgument

  func validate() throws {
    guard patience.distribution != .never else {
      throw ValidationError("callers who never lose patience are the model erlang-c")
    }
  }

  func run() throws {
    let model = AbandonmentQueue(
      formula.calls.workload, agents: formula.agents, patience: patience.distribution)
    try formula.show(
      model.performance(threshold: formula.threshold.value),
      quantiles: FormulaOptions.shares.map { ($0, model.waitQuantile($0)) })
  }
}
