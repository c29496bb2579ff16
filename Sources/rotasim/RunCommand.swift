import ArgumentParser
import Configuration
import Foundation
import Output
import Planning
import Simulation
import Stochastics
import YAMLTree

/// What every command about a scenario takes.
struct ScenarioOptions: ParsableArguments {
  @Option(
    name: .long, help: "Replace a value of scenario or configuration; may be given several times.")
  var set: [String] = []

  @Option(name: .long, help: "Replications (default: what the scenario says).")
  var replications: Int?

  @Option(name: .long, help: "Seed of the random numbers (default: what the scenario says).")
  var seed: UInt64?

  @Option(name: .long, help: "Threads; the result is the same for any number.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    guard replications.map({ (1...Replication.limit).contains($0) }) ?? true else {
      throw ValidationError("--replications must be from 1 to \(Replication.limit)")
    }
    guard (1...1_024).contains(threads) else {
      throw ValidationError("--threads must be from 1 to 1024")
    }
    try Self.check(set)
  }

  /// Refuses what is no path=value.
  static func check(_ set: [String]) throws {
    for text in set where Setting(text) == nil {
      throw ValidationError(
        "--set: expected path=value such as queue.support.rings=2, not \"\(text)\"")
    }
  }

  /// Reads the scenario at `path`, with `extra` values replaced on top.
  func load(_ path: String, extra: [Setting] = []) throws -> ScenarioFile {
    try Self.read(path, set, extra: extra)
  }

  /// Reads the scenario at `path`, with values replaced.
  static func read(_ path: String, _ set: [String], extra: [Setting] = []) throws -> ScenarioFile {
    do {
      return try ScenarioFile(path: path, settings: set.compactMap { Setting($0) } + extra) {
        try String(contentsOfFile: $0, encoding: .utf8)
      }
    } catch let problems as Problems {
      throw complain(problems.description, code: 78)
    } catch {
      // The scenario, or a file that it names.
      let file = (error as NSError).userInfo[NSFilePathErrorKey] as? String ?? path
      throw complain("\(file): cannot be read: \(error.localizedDescription)", code: 66)
    }
  }

  /// Runs `file` with a progress bar, if it takes long and somebody looks.
  ///
  /// With `like`, as often and with the same random numbers as that scenario.
  func run(
    _ file: ScenarioFile, like base: ScenarioFile? = nil, precision: Double? = nil,
    label: String = ""
  ) -> Summary {
    let base = base ?? file
    let count = replications ?? base.replications
    let runner = Runner(
      threads: threads, seed: seed ?? base.seed, replications: count, precision: precision)
    let bar = ProgressBar(total: count, label: label)
    defer { bar.clear() }
    return runner.run(file.scenario) { bar.advance(to: $0) }
  }
}

/// `rotasim run`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Simulates a scenario and says what callers and reps experience.",
    discussion: """
      EXAMPLES
        rotasim run Simulations/fast/normal-day.yaml
        rotasim run Simulations/fast/normal-day.yaml --set queue.support.rings=2 --json
        rotasim run Simulations/fast/normal-day.yaml --precision 0.01 --csv /tmp/normal-day
        rotasim run january-tue.yaml --against february.trace --on tue

      With --check, the figures must lie within what the scenario expects; exit 1 if not.
      """)

  @Argument(help: "The scenario.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @OptionGroup var options: ScenarioOptions

  @Option(
    name: .long,
    help: "Stop when service level and mean wait are known this well: half width over figure.")
  var precision: Double?

  func validate() throws {
    guard precision.map({ $0 > 0 && $0 < 1 }) ?? true else {
      throw ValidationError("--precision must be greater than 0 and less than 1, such as 0.01")
    }
    if case .all = on {
    } else if against == nil {
      throw ValidationError("--on says which days of a trace; name the trace with --against")
    }
    try answers.validate()
  }

  @Option(name: .long, help: "Write tables to this directory.", completion: .directory)
  var csv: Folder?

  @Option(
    name: .long, help: "Write a page with charts to this file; - is standard output.",
    completion: .file())
  var html: Destination?

  @Flag(name: .long, help: "Compare with what the scenario expects.")
  var check = false

  @Option(
    name: .long, help: "Hold a trace's calls beside the simulated ones.", completion: .file())
  var against: String?

  @Option(name: .long, help: "Of that trace: weekdays such as tue or sun-thu, or one yyyy-mm-dd.")
  var on: LogDays = .all

  private var answers: Answers { Answers(json: options.json, ["--html": html]) }

  func run() throws {
    // Where the answer goes must be sound before the work is done.
    try answers.check()
    let file = try options.load(scenario)
    try csv?.make()
    let recorded = try against.map { try figures(of: $0, file) }
    let summary = options.run(file, precision: precision)
    if let csv { try CSVReport(file, summary).write(to: csv) }
    if let html { try HTMLReport(file, summary, recorded).write(to: html) }
    if options.json {
      try JSONText.print(RunAnswer(file, summary, recorded))
    } else if answers.areForPeople {
      try Standard.output.write(TextReport(file, summary, recorded).text)
    }
    if check { try compare(file, summary) }
  }

  /// What the callers of a trace experienced, by the scenario's intervals.
  private func figures(of path: String, _ file: ScenarioFile) throws -> RecordedFigures {
    guard let window = file.window(on.weekdays) else {
      throw complain("--against: an equilibrium has no hours to be held beside a trace's", code: 65)
    }
    var log = try ImportOptions.trace(path)
    if case .date(let day) = on { log.calls.removeAll { $0.day != day } }
    let figures = RecordedFigures(log, window) { file.limits(ofCallers: $0) }
    if figures.days == 0 { throw complain("\(path): no call on these days and hours", code: 65) }
    return figures
  }

  private func compare(_ file: ScenarioFile, _ summary: Summary) throws {
    var misses: [String] = []
    for expected in file.expectations {
      let value = summary.total.estimate(expected.measure).value
      if expected.range.contains(value) { continue }
      let range = "\(expected.range.lowerBound) to \(expected.range.upperBound)"
      misses.append(
        "\(scenario):\(expected.line): \(expected.measure.name) is \(Figure.fixed(value, decimals: 4)), expected \(range)"
      )
    }
    if !misses.isEmpty { throw complain(misses.joined(separator: "\n"), code: 1) }
  }
}
