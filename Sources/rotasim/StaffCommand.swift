import ArgumentParser
import Base
import Configuration
import Foundation
import Output
import Planning
import Routing
import Simulation
import Staffing
import Stochastics

/// `rotasim staff`
struct StaffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "staff",
    abstract: "How many reps each interval of a day needs, and which shifts cover that.",
    discussion: """
      EXAMPLES
        rotasim staff Simulations/fast/normal-day.yaml --target 0.80
        rotasim staff Simulations/fast/normal-day.yaml --target 0.70 --shift 8h --shift 4h \
      --cost-per-hour 25

      Simulated, not only computed: callers carry over from one interval to the next, reps refuse, write \
      up, and finish their call before they leave. The scenario's own shifts, with their breaks, lateness \
      and absence, are left aside: the answer is how many must be on the phones; --shrinkage 0.15 adds those \
      who must be scheduled for that. --shift LENGTH or LENGTH:BREAK, such as 8h:30m, the \
      break in the middle; a break is paid if it lies in the shift.
      """)

  @Argument(help: "The scenario, a day.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Option(name: .long, help: "Share answered within the queue's threshold, in every interval.")
  var target: Double

  @Option(name: .long, help: "Share who give up at most, in every interval.")
  var maxAbandonment: Double?

  @Option(name: .long, help: "Reps at most (default: four times those of the configuration).")
  var limit: Int?

  @Option(name: .long, help: "A kind of shift; may be given several times.")
  var shift: [ShiftArgument] = []

  @Option(name: .long, help: "What an hour of a shift costs.")
  var costPerHour = 1.0

  @Option(
    name: .long,
    help: "Share of a shift that is lost to breaks, lateness and absence: 0 to below 1.")
  var shrinkage = 0.0

  @OptionGroup var options: ScenarioOptions

  func validate() throws {
    guard (0..<1).contains(shrinkage) else {
      throw ValidationError("--shrinkage must be from 0 to below 1, such as 0.15")
    }
    guard (0..<1).contains(target) else {
      throw ValidationError("--target must be from 0 to below 1, such as 0.80")
    }
    guard maxAbandonment.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw ValidationError("--max-abandonment must be greater than 0 and at most 1, such as 0.05")
    }
    guard limit.map({ (1...60_000).contains($0) }) ?? true else {
      throw ValidationError("--limit must be from 1 to 60000")
    }
    guard costPerHour > 0, costPerHour.isFinite else {
      throw ValidationError("--cost-per-hour must be greater than 0")
    }
  }

  func run() throws {
    let file = try options.load(scenario)
    let runner = Runner(
      threads: options.threads, seed: options.seed ?? file.seed,
      replications: options.replications ?? file.replications)
    let search = StaffingSearch(target: target, maxAbandonment: maxAbandonment, runner: runner)
    let most = limit ?? 4 * file.scenario.plan.agents.count
    // How many steps it takes is not known before; every interval is tried at least once.
    let bar = ProgressBar(total: 4 * file.scenario.intervalCount, label: "searching ")
    defer { bar.clear() }
    do {
      let result = try search.run(file.scenario, limit: most) { bar.advance(to: $0) }
      bar.clear()
      try show(file, result)
    } catch let failure as StaffingSearch.Failure {
      throw complain(failure.description, code: 65)
    }
  }

  private func show(_ file: ScenarioFile, _ result: StaffingSearch.Result) throws {
    let scheduled = result.levels.map { RequiredAgents.scheduled($0, shrinkage: shrinkage) }
    let solution = try cover(file, scheduled)
    if options.json {
      try JSONText.print(StaffAnswer(file, result, scheduled, solution, shift.map(\.name)))
      return
    }
    let rows = result.levels.indices.map { index in
      let figures = result.summary.intervals[index]
      return [
        file.intervalName(index), Figure.fixed(figures.offered.mean, decimals: 1),
        "\(result.erlang[index])", "\(result.levels[index])",
        shrinkage > 0 ? "\(scheduled[index])" : "",
        solution.map { "\($0.staffed[index])" } ?? "",
        Figure.percent(figures.estimate(.negativeAbandon).value),
        Figure.percent(figures.estimate(.abandonment).value),
      ]
    }
    try Standard.output.write(
      Columns.text(
        rows,
        header: [
          "from", "offered", "erlang", "reps", shrinkage > 0 ? "scheduled" : "",
          solution == nil ? "" : "covered", "in time", "abandoned",
        ]))
    try Standard.output.print("reps  \(Sparkline.text(result.levels.map(Double.init)))")
    let hours = Double(result.levels.reduce(0, +)) * intervalHours(file)
    try Standard.output.print(
      "\(Figure.text(hours)) rep hours; no rep can be taken from any interval; \(result.steps) simulations"
    )
    if let solution { try Standard.output.write(text(file, solution)) }
  }

  private func intervalHours(_ file: ScenarioFile) -> Double {
    guard case .day(_, let interval) = file.scenario.span else { return 1 }
    return interval.seconds / 3_600
  }

  private func cover(_ file: ScenarioFile, _ levels: [Int]) throws -> ShiftCover.Solution? {
    if shift.isEmpty { return nil }
    let interval = intervalHours(file)
    let patterns = shift.map { $0.pattern(interval: interval, costPerHour: costPerHour) }
    let cover = ShiftCover(required: levels, patterns: patterns, starts: Array(levels.indices))
    guard let solution = cover.solve() else {
      throw complain("these shifts cannot cover every interval; add a shorter one", code: 65)
    }
    return solution
  }

  private func text(_ file: ScenarioFile, _ solution: ShiftCover.Solution) -> String {
    let lines = solution.assignments.map {
      "  \($0.count) x \(shift[$0.pattern].name) from \(file.intervalName($0.start))\n"
    }
    let proof =
      solution.bound >= solution.cost - 1e-6
      ? "no cheaper cover exists" : "no cover costs less than \(Figure.text(solution.bound))"
    return "shifts, cost \(Figure.text(solution.cost)): \(proof)\n" + lines.joined()
  }
}

/// A kind of shift on the command line.
struct ShiftArgument: ExpressibleByArgument {
  var name: String
  var length: Double
  var pause: Double

  init?(argument: String) {
    let parts = argument.split(separator: ":").map { Distribution.seconds(String($0)) }
    guard (1...2).contains(parts.count), let length = parts[0], length > 0 else { return nil }
    let pause = parts.count == 2 ? parts[1] : 0
    guard let pause, pause < length else { return nil }
    name = argument
    self.length = length / 3_600
    self.pause = pause / 3_600
  }

  /// The intervals it works; the break is in the middle.
  func pattern(interval: Double, costPerHour: Double) -> ShiftPattern {
    let count = max(1, Int((length / interval).rounded()))
    let off = Int((pause / interval).rounded(.up))
    let first = (count - off) / 2
    let works = (0..<count).map { $0 < first || $0 >= first + off }
    return ShiftPattern(name, works: works, cost: length * costPerHour)
  }
}

/// The answer of `staff` as JSON.
struct StaffAnswer: Encodable {
  var intervals: [Interval]
  var shifts: [Shifts]?
  var cost: Double?
  var costBound: Double?
  var simulations: Int

  struct Interval: Encodable {
    var from: String
    var offered: Double
    var erlangAgents: Int
    var agents: Int
    var scheduledAgents: Int
    var covered: Int?
    var serviceLevel: RunAnswer.Figures
    var abandonment: RunAnswer.Figures
  }

  struct Shifts: Encodable {
    var shift: String
    var from: String
    var count: Int
  }

  init(
    _ file: ScenarioFile, _ result: StaffingSearch.Result, _ scheduled: [Int],
    _ solution: ShiftCover.Solution?, _ names: [String]
  ) {
    intervals = result.levels.indices.map { index in
      let figures = result.summary.intervals[index]
      return Interval(
        from: file.intervalName(index), offered: figures.offered.mean,
        erlangAgents: result.erlang[index], agents: result.levels[index],
        scheduledAgents: scheduled[index], covered: solution?.staffed[index],
        serviceLevel: RunAnswer.Figures(figures.estimate(.negativeAbandon)),
        abandonment: RunAnswer.Figures(figures.estimate(.abandonment)))
    }
    shifts = solution?.assignments.map {
      Shifts(shift: names[$0.pattern], from: file.intervalName($0.start), count: $0.count)
    }
    cost = solution?.cost
    costBound = solution?.bound
    simulations = result.steps
  }
}
