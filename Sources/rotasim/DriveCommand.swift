import ArgumentParser
import Base
import CallScripts
import Client
import Configuration
import Events
import Foundation
import LineProtocol
import Output
import Planning
import Routing
import Simulation

/// `rotasim drive`
struct DriveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drive",
    abstract: "Plays a simulated day against a live daemon, as telephony feed and as reps.",
    discussion: """
      EXAMPLES
        rotad --config systemd/rota.yaml --state /tmp/drive --socket /tmp/drive.sock --clock-rate 120 \
      --clock-start 2026-11-23T14:00:00Z &
        rotasim drive Simulations/fast/normal-day.yaml --socket /tmp/drive.sock
        rotasim drive Simulations/fast/normal-day.yaml --output normal-day.calls

      One day of the scenario is simulated; then its callers call the daemon, and its reps do what they did, \
      when the daemon rings them. At the end, what happened in the daemon stands beside what was simulated. \
      The daemon should run the scenario's configuration, with a clock that is at the beginning of the day. \
      With --output, the day is written as a call script for rotactl play.
      """)

  @Argument(help: "The scenario.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Option(name: .long, help: "The daemon's socket.", completion: .file())
  var socket = "/run/rota/control.sock"

  @Option(
    name: .long,
    help: "Times faster than real time (default: as the daemon's clock). Faster is a load test.")
  var speed: Double?

  @Option(name: .long, help: "Replace a value of scenario or configuration; several times.")
  var set: [String] = []

  @Option(name: .long, help: "Seed of the random numbers (default: what the scenario says).")
  var seed: UInt64?

  @Option(
    name: .long,
    help: "Write the call script to this file (- is standard output), and play nothing.")
  var output: Destination?

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    guard speed.map({ $0 > 0 && $0 <= 100_000 }) ?? true else {
      throw ValidationError("--speed must be greater than 0 and at most 100000")
    }
    try ScenarioOptions.check(set)
  }

  func run() throws {
    try output?.check()
    let file = try ScenarioOptions.read(scenario, set)
    guard case .day = file.scenario.span else {
      throw complain("\(scenario): an equilibrium has no end; give a scenario with day", code: 65)
    }
    let start = Instant(seconds: 86_400)
    let history = Replication.history(file.scenario, seed: seed ?? file.seed, start: start)
    let text = DayScript.text(history, file.configuration.directory, start: start)
    if let output { return try output.write(text) }
    try report(history, try play(text))
  }

  private func play(_ text: String) throws -> [String: Int] {
    do {
      var player = try Player(try CallScript(parsing: text), socket: socket, speed: speed)
      try player.play(showsProgress: Standard.error.isTerminal && !json)
      let refused = player.refused.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      if !refused.isEmpty {
        let text = "requests that the daemon refused: \(refused.joined(separator: ", "))\n"
        Standard.error.show(text)
      }
      return player.seen
    } catch let failure as CommandFailure {
      throw complain(failure.description, code: failure.exitCode)
    }
  }

  /// Events by type, as simulated and as they came.
  private func report(_ history: [TimedEvent], _ seen: [String: Int]) throws {
    let simulated = Dictionary(
      history.map { ($0.event.type, 1) }, uniquingKeysWith: +)
    let types = Set(simulated.keys).union(seen.keys).sorted()
    if json {
      return try JSONText.print(
        Dictionary(
          uniqueKeysWithValues: types.map {
            ($0, ["simulated": simulated[$0] ?? 0, "daemon": seen[$0] ?? 0])
          }))
    }
    let rows = types.map { [$0, "\(simulated[$0] ?? 0)", "\(seen[$0] ?? 0)"] }
    try Standard.output.write(Columns.text(rows, header: ["event", "simulated", "daemon"]))
  }
}
