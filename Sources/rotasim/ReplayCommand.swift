import ArgumentParser
import Base
import Configuration
import Events
import Foundation
import Journal
import Output
import Planning
import Routing
import Simulation
import YAMLTree

/// `rotasim replay`
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Plays a daemon's journal again, under its own configuration or another.",
    discussion: """
      EXAMPLES
        rotactl backup yesterday.sqlite
        rotasim replay yesterday.sqlite
        rotasim replay yesterday.sqlite --config systemd/rota.yaml --set queue.support.strategy=longest-idle

      Under its own configuration every decision must be the same: exit 1 and the first differing steps, \
      if not. What a version with other rules of routing has decided cannot be decided again; it is taken in \
      as it was, counted and told. Under another one, each recorded situation is put to the other rules, and the steps that they \
      would have decided differently are counted and shown.
      """)

  @Argument(help: "A journal: a backup, or one whose daemon does not run.", completion: .file())
  var journal: String

  @Option(name: .long, help: "The other configuration.", completion: .file(extensions: ["yaml"]))
  var config: String?

  @Option(name: .long, help: "Replace a value of that configuration; may be given several times.")
  var set: [String] = []

  @Option(name: .long, help: "Differing steps shown at most.")
  var show = 10

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    guard set.isEmpty || config != nil else {
      throw ValidationError("--set changes a configuration; name it with --config")
    }
    try ScenarioOptions.check(set)
  }

  func run() throws {
    guard FileManager.default.fileExists(atPath: journal) else {
      throw complain("\(journal): there is no such file", code: 66)
    }
    let history: JournalHistory
    do {
      history = try JournalHistory(path: journal)
    } catch {
      throw complain("\(journal): \(error)", code: (error as? JournalError)?.exitCode ?? 65)
    }
    let other = try otherPlan(history.directory)
    guard let replay = history.replay(changing: other.map { plan in { @Sendable _ in plan } })
    else {
      throw complain("\(journal): nothing has happened in it", code: 65)
    }
    try report(history, replay)
    if other == nil, !replay.differences.isEmpty { throw ExitCode(1) }
  }

  private func otherPlan(_ directory: Directory) throws -> RoutingPlan? {
    guard let config else { return nil }
    do {
      let yaml = try String(contentsOfFile: config, encoding: .utf8)
      return try Configuration(
        yaml: yaml, file: config, keeping: directory, setting: set.compactMap { Setting($0) }
      ).plan
    } catch let problems as Problems {
      throw complain(problems.description, code: 78)
    } catch {
      throw complain("\(config): cannot be read: \(error.localizedDescription)", code: 66)
    }
  }

  private func report(_ history: JournalHistory, _ replay: DecisionReplay) throws {
    if json {
      try JSONText.print(
        JSONResult(
          events: history.count, steps: replay.steps, folded: replay.folded,
          differences: replay.differences.count,
          first: replay.differences.prefix(show).map {
            JSONResult.Step(
              atMicroseconds: $0.at.microseconds, recorded: $0.recorded.map { "\($0)" },
              decided: $0.decided.map { "\($0)" })
          }))
      return
    }
    try Standard.output.print(
      "\(history.count) events in \(replay.steps) steps; \(replay.differences.count) decided differently"
    )
    if replay.folded > 0 {
      try Standard.output.print(
        "\(replay.folded) of the events were decided by other rules than this program's: folded, not remade"
      )
    }
    for difference in replay.differences.prefix(show) {
      try Standard.output.print("\nat \(difference.at.microseconds / 1_000_000) s after 1970:")
      for event in difference.recorded { try Standard.output.print("  was    \(event)") }
      for event in difference.decided { try Standard.output.print("  would  \(event)") }
    }
  }

  private struct JSONResult: Encodable {
    var events: Int
    var steps: Int
    var folded: Int
    var differences: Int
    var first: [Step]

    struct Step: Encodable {
      var atMicroseconds: Int64
      var recorded: [String]
      var decided: [String]
    }
  }
}
