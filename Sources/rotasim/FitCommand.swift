import ArgumentParser
import Foundation
import Planning
import Stochastics

/// Weekdays on the command line: `mon-fri`, or a list such as `sat,sun`.
struct Weekdays: ExpressibleByArgument {
  var numbers: Set<Int> = []

  init(_ range: ClosedRange<Int>) { numbers = Set(range) }

  init?(argument: String) {
    for part in argument.split(separator: ",") {
      let ends = part.split(separator: "-").map { Weekday.names.firstIndex(of: String($0)) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1]
      else { return nil }
      // Where the week begins on Sunday, sun-thu is a range too.
      for step in 0...(last - first + 7) % 7 { numbers.insert((first + step) % 7 + 1) }
    }
    if numbers.isEmpty { return nil }
  }

  var defaultValueDescription: String { "mon-fri" }
}

/// Days of a log on the command line.
enum LogDays: ExpressibleByArgument {
  case all
  case weekdays(Weekdays)
  case date(String)

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if Weekday.number(argument) != nil {
      self = .date(argument)
    } else if let weekdays = Weekdays(argument: argument) {
      self = .weekdays(weekdays)
    } else {
      return nil
    }
  }

  /// The days of the week that may occur.
  var weekdays: Set<Int> {
    if case .weekdays(let weekdays) = self { return weekdays.numbers }
    return Set(1...7)
  }

  var defaultValueDescription: String { "all" }
}

/// A time of day on the command line, in minutes.
struct TimeOfDay: ExpressibleByArgument {
  var minute: Int

  init(_ minute: Int) { self.minute = minute }

  init?(argument: String) {
    let parts = argument.split(separator: ":").map { Int($0) }
    guard parts.count == 2, let hours = parts[0], let minutes = parts[1], (0...24).contains(hours),
      (0...59).contains(minutes), hours * 60 + minutes <= 1_440
    else { return nil }
    minute = hours * 60 + minutes
  }

  var defaultValueDescription: String { "\(minute / 60):00" }
}

/// `rotasim fit`
struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Makes a scenario of a call log: arrivals, handle times, patience.",
    discussion: """
      EXAMPLE
        rotasim fit january.trace --weekdays mon-fri --from 8:00 --to 17:00 --output january.yaml

      Reads traces as rotasim import writes them. Callers who were answered before they lost patience are \
      taken into account as such (Kaplan-Meier; censored maximum likelihood), not left out.
      """)

  @Argument(help: "A trace.", completion: .file())
  var trace: String

  @Option(name: .long, help: "Weekdays: mon-fri, or sat,sun.")
  var weekdays = Weekdays(1...5)

  @Option(name: .long, help: "First time of day.")
  var from = TimeOfDay(8 * 60)

  @Option(name: .long, help: "Last time of day.")
  var to = TimeOfDay(17 * 60)

  @Option(name: .long, help: "Minutes in an interval.")
  var interval = 30

  @Option(name: .long, help: "The daemon's configuration that the scenario is to refer to.")
  var configuration = "rota.yaml"

  @Option(name: .long, help: "Its queue.")
  var queue = "support"

  @Option(name: .long, help: "Write the scenario to this file.", completion: .file())
  var output: String?

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    guard from.minute < to.minute else { throw ValidationError("--from must be before --to") }
    guard (1...1_440).contains(interval) else {
      throw ValidationError("--interval must be from 1 to 1440 minutes")
    }
  }

  func run() throws {
    let log = try ImportOptions.trace(trace)
    let window = LogWindow(
      weekdays: weekdays.numbers, from: from.minute, to: to.minute, interval: interval)
    guard let fit = LogFit(log, window) else {
      throw complain("\(trace): no answered call on these weekdays and at these times", code: 65)
    }
    if let output {
      do {
        try fit.scenario(configuration: configuration, queue: queue)
          .write(toFile: output, atomically: true, encoding: .utf8)
      } catch {
        throw complain("\(output): cannot be written: \(error.localizedDescription)", code: 73)
      }
    }
    if json { JSONText.print(Answer(fit)) } else { show(fit) }
  }

  private func show(_ fit: LogFit) {
    print(
      "\(fit.calls) calls on \(fit.days) days; days differ by \(Figure.percent(fit.dayFactorCV)) beyond chance"
    )
    print(
      "arrivals  \(Sparkline.text(fit.arrivals))  \(fit.arrivals.map { Figure.fixed($0, decimals: 1) }.joined(separator: " "))"
    )
    for (name, fits) in [("handle time", fit.handleTime), ("patience", fit.patience)] {
      let rows = fits.map { entry in
        [
          ([entry.name] + entry.parameters.map { Figure.fixed($0, decimals: 2) }).joined(
            separator: ":"),
          "\(Figure.fixed(entry.distribution.mean, decimals: 1)) s",
          Figure.fixed(entry.distance, decimals: 3),
          Figure.fixed(entry.aic, decimals: 0),
        ]
      }
      print("\n" + Columns.text(rows, header: [name, "mean", "distance", "AIC"]), terminator: "")
    }
    let steps = stride(from: 0.0, through: 300, by: 15).map { fit.survival.survival(at: $0) }
    print("\nstill patient after 0 to 300 s  \(Sparkline.text(steps, from: 0, to: 1))")
  }

  private struct Answer: Encodable {
    var calls: Int
    var days: Int
    var arrivals: [Double]
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

    init(_ fit: LogFit) {
      calls = fit.calls
      days = fit.days
      arrivals = fit.arrivals
      dayFactorCv = fit.dayFactorCV
      handleTime = fit.handleTime.map(Fit.init)
      patience = fit.patience.map(Fit.init)
    }
  }
}
