import ArgumentParser
import Output
import Staffing
import Stochastics

/// `rotasim required-agents`
struct RequiredAgentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "required-agents",
    abstract: "The least number of agents that meets a target.",
    discussion: """
      EXAMPLES
        rotasim required-agents --model c --arrivals-per-hour 200 --aht 180 --target 0.80/20
        rotasim required-agents --model a --arrivals-per-hour 950 --aht 180 --patience 120 \
      --target 0.80/20 --max-occupancy 0.90 --shrinkage 0.3
      """)

  enum Model: String, ExpressibleByArgument, CaseIterable { case c, a }

  @Option(name: .long, help: "Erlang c (nobody gives up) or a (callers lose patience).")
  var model: Model

  @OptionGroup var calls: WorkloadOptions

  @Option(name: .long, help: "How long callers are willing to wait (model a).")
  var patience: DistributionArgument?

  @Option(name: .long, help: "Answered in time of all offered: share/seconds, such as 0.80/20.")
  var target: ServiceTarget?

  @Option(name: .long, help: "Mean wait of those answered, at most.")
  var maxAsa: Seconds?

  @Option(name: .long, help: "Share of callers who give up, at most: 0 to 1.")
  var maxAbandonment: Double?

  @Option(name: .long, help: "Share of their time that agents are busy, at most: 0 to 1.")
  var maxOccupancy: Double?

  @Option(name: .long, help: "Share of paid time away from the phones: 0 to below 1.")
  var shrinkage = 0.0

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    guard model == .c || patience != nil else {
      throw ValidationError("model a needs --patience")
    }
    guard model == .a || patience == nil else {
      throw ValidationError("model c knows no --patience; use --model a")
    }
    guard target != nil || maxAsa != nil || maxAbandonment != nil || maxOccupancy != nil else {
      throw ValidationError(
        "give a target: --target 0.80/20, --max-asa, --max-abandonment or --max-occupancy")
    }
    for (name, value) in [
      ("--max-abandonment", maxAbandonment), ("--max-occupancy", maxOccupancy),
    ] where !(value.map { $0 > 0 && $0 <= 1 } ?? true) {
      throw ValidationError("\(name) must be greater than 0 and at most 1, such as 0.05")
    }
    guard (0..<1).contains(shrinkage) else {
      throw ValidationError("--shrinkage must be from 0 to below 1")
    }
  }

  func run() throws {
    var wanted = StaffingTarget()
    wanted.serviceLevel = target.map { ($0.share, $0.seconds) }
    wanted.averageSpeedOfAnswer = maxAsa?.value
    wanted.abandonment = maxAbandonment
    wanted.occupancy = maxOccupancy
    let law = patience?.distribution ?? .never
    do {
      let agents = try RequiredAgents.agents(for: calls.workload, patience: law, target: wanted)
      let scheduled = RequiredAgents.scheduled(agents, shrinkage: shrinkage)
      let performance = try performance(agents, law)
      if json {
        try JSONText.print(
          JSONResult(
            agents: agents, scheduledAgents: scheduled,
            performance: FormulaAnswer(
              performance, target?.seconds ?? 20, calls.workload.load, [])))
        return
      }
      try Standard.output.print(
        "\(agents) agents at work" + (shrinkage > 0 ? ", \(scheduled) scheduled" : ""))
      try Standard.output.print(
        "answered in time \(Figure.percent(performance.serviceLevels.negativeAbandon)), "
          + "ASA \(Figure.fixed(performance.averageSpeedOfAnswer, decimals: 1)) s, "
          + "abandoned \(Figure.percent(performance.probabilityOfAbandonment)), "
          + "occupancy \(Figure.percent(performance.occupancy))")
    } catch let error as StaffingError {
      throw complain(error.description, code: 65)
    }
  }

  private struct JSONResult: Encodable {
    var agents: Int
    var scheduledAgents: Int
    var performance: FormulaAnswer
  }

  private func performance(_ agents: Int, _ law: Distribution) throws -> QueuePerformance {
    let threshold = target?.seconds ?? 20
    if model == .c {
      return try ErlangC(calls.workload, agents: agents).performance(threshold: threshold)
    }
    return AbandonmentQueue(calls.workload, agents: agents, patience: law)
      .performance(threshold: threshold)
  }
}
