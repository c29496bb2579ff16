import ArgumentParser
import Base
import Foundation
import LineProtocol
import Output
import Planning
import Stochastics

/// `rotasim fit`
struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Makes a scenario of a call log: arrivals, handle times, patience.",
    discussion: """
      EXAMPLE
        rotasim fit january.trace --weekdays mon-fri --from 8:00 --to 17:00 --output january.yaml
        rotasim fit january.trace --weekdays mon-fri --by-weekday --output january.yaml --html fit.html

      Reads traces as rotasim import writes them. Callers who were answered before they lost patience are \
      taken into account as such (Kaplan-Meier; censored maximum likelihood), not left out. Where the trace \
      names reps, staffing is told from it too. --by-weekday writes january-mon.yaml, january-tue.yaml...
      """)

  @Argument(help: "A trace.", completion: .file())
  var trace: String

  @Option(name: .long, help: "Weekdays: mon-fri, or sat,sun.")
  var weekdays = Weekdays(.monday ... .friday)

  @Option(name: .long, help: "First time of day.")
  var from = TimeOfDay(8 * 60)

  @Option(name: .long, help: "Last time of day.")
  var to = TimeOfDay(17 * 60)

  @Option(name: .long, help: "Minutes in an interval.")
  var interval = 30

  @Option(
    name: .long,
    help: "The configuration the scenario is to refer to; without one, it is made of the trace.")
  var configuration: String?

  @Option(name: .long, help: "The trace that says when reps are there, if another.")
  var staffing: String?

  @Option(
    name: .long, help: "Waiting credit of callers by priority: 2=90s. May be given several times.")
  var credit: [Credit] = []

  @Flag(name: .long, help: "One scenario for each weekday.")
  var byWeekday = false

  @Option(name: .long, help: "Its queue.")
  var queue = "support"

  @Option(
    name: .long, help: "Write the scenario to this file; - is standard output.", completion: .file()
  )
  var output: Destination?

  @Option(
    name: .long, help: "Write a page with charts to this file; - is standard output.",
    completion: .file())
  var html: Destination?

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    guard from.minute < to.minute else { throw ValidationError("--from must be before --to") }
    guard (1...1_440).contains(interval) else {
      throw ValidationError("--interval must be from 1 to 1440 minutes")
    }
    guard (to.minute - from.minute).isMultiple(of: interval) else {
      throw ValidationError("--interval must divide the time between --from and --to")
    }
    if let output, output.isStream, byWeekday || configuration == nil {
      throw ValidationError(
        "--output \(output.path) takes one text: give --configuration, or name a file")
    }
    try answers.validate()
  }

  private var answers: Answers { Answers(json: json, ["--output": output, "--html": html]) }

  func run() throws {
    try html?.check()
    let log = try ImportOptions.trace(trace)
    let staffing = try staffing.map { try ImportOptions.trace($0) }
    let parts = byWeekday ? weekdays.days.sorted().map { Set([$0]) } : [weekdays.days]
    var fits: [(name: String, fit: LogFit)] = []
    for days in parts {
      let window = LogWindow(
        weekdays: days, from: from.minute, to: to.minute, interval: interval)
      let name = byWeekday ? days.first?.word ?? "" : ""
      if let fit = LogFit(log, window, staffing: staffing) {
        fits.append((name, fit))
      } else {
        Standard.error.show(Visible.lines("\(trace): no answered call on \(name)") + "\n")
      }
    }
    if fits.isEmpty {
      throw complain("\(trace): no answered call on these weekdays and at these times", code: 65)
    }
    for (name, fit) in fits { try write(fit, name) }
    if let html { try FitPage(trace, fits).write(to: html) }
    if json, byWeekday {
      try JSONText.print(fits.map { JSONResult($0.name, $0.fit) })
    } else if json {
      try JSONText.print(JSONResult("", fits[0].fit))
    } else if answers.areForPeople {
      try Standard.output.write(
        fits.map { FitText(name: $0.name, fit: $0.fit).text }.joined(separator: "\n"))
    }
  }

  /// Where the scenario of a weekday goes, and the configuration that is made for it.
  private func files(_ weekday: String) -> (scenario: Destination, team: Destination)? {
    guard let output else { return nil }
    if output.isStream { return (output, output) }
    var stem = output.path.hasSuffix(".yaml") ? String(output.path.dropLast(5)) : output.path
    if !weekday.isEmpty { stem += "-\(weekday)" }
    return (Destination("\(stem).yaml"), Destination("\(stem)-team.yaml"))
  }

  /// Writes a scenario, and a configuration for it if none is given.
  private func write(_ fit: LogFit, _ weekday: String) throws {
    guard let (scenario, team) = files(weekday) else { return }
    if configuration == nil {
      guard !fit.reps.isEmpty else {
        throw complain(
          "\(trace): it does not name reps, so no team can be made of it; name one with --configuration",
          code: 65)
      }
      try team.write(fit.configuration(queue: queue))
    }
    let credits = Dictionary(credit.map { ($0.priority, $0.seconds) }) { $1 }
    try scenario.write(
      fit.scenario(
        configuration: configuration.map { URL(filePath: $0).path }
          ?? URL(filePath: team.path).lastPathComponent, queue: queue, credits: credits))
  }

  private struct JSONResult: Encodable {
    var weekday: String
    var calls: Int
    var days: Int
    var arrivals: [Double]
    var reps: [Double]
    var dayFactorCv: Double
    var handleTime: [Fit]
    var patience: [Fit]

    struct Fit: Encodable {
      var name: String
      var parameters: [Double]
      var aic: Double
      var distance: Double

      init(_ fit: DistributionFit) {
        name = fit.name
        parameters = fit.parameters
        aic = fit.aic
        distance = fit.distance
      }
    }

    init(_ weekday: String, _ fit: LogFit) {
      self.weekday = weekday
      reps = fit.reps
      calls = fit.calls
      days = fit.days
      arrivals = fit.arrivals
      dayFactorCv = fit.dayFactorCV
      handleTime = fit.handleTime.map(Fit.init)
      patience = fit.patience.map(Fit.init)
    }
  }
}
