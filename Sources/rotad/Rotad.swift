import ArgumentParser
import Base
import Configuration
import Daemon
import Events
import Foundation
import LineProtocol
import Output
import Routing
import YAMLTree

/// The command line of the daemon.
@main
struct Rotad: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotad",
    abstract: "Routes a support team's calls by its written procedure.",
    discussion: """
      Runs in the foreground. Under systemd it takes its socket, its directories and its readiness \
      protocol from the unit; see rotad.service.

      SIGTERM and SIGINT stop it. SIGHUP reads the configuration again, like rotactl reload: a wrong one changes \
      nothing, and the log says what is wrong where.

      EXAMPLES
        rotad --check --config /etc/rota/rota.yaml
        rotad --check --config new.yaml --against /var/lib/rota/export/monday.sqlite
        rotad --config rota.yaml --state /tmp/rota --socket /tmp/rota/control.sock
        rotad --config rota.yaml --state /tmp/demo --socket /tmp/demo.sock --clock-rate 60
      """,
    version: Version.text)

  @Option(name: .long, help: "The configuration file; read again on SIGHUP and rotactl reload.")
  var config = "/etc/rota/rota.yaml"

  @Option(name: .long, help: "The directory of journal and read model.")
  var state = ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/rota"

  @Option(name: .long, help: "The Unix socket to listen on, unless systemd passes one.")
  var socket = "/run/rota/control.sock"

  @Flag(
    name: .long,
    help: "Only check the configuration; exit 78 if it is wrong. Warnings do not count.")
  var check = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --check: a backup, or the journal of a daemon that does not run. Warns of what would vanish.",
      valueName: "journal"))
  var against: String?

  @Option(name: .long, help: "Let the clock run so many times faster, for demonstrations.")
  var clockRate = 1

  @Option(name: .long, help: "Start the clock at this time (RFC 3339), for demonstrations.")
  var clockStart: String?

  mutating func run() throws {
    if against != nil, !check { throw ValidationError("--against goes with --check") }
    let yaml = try readConfiguration()
    if check { return try checkConfiguration(yaml) }
    var options = DaemonOptions(
      configurationPath: config, stateDirectory: state, socketPath: socket, clockRate: clockRate)
    options.clockStart = try demonstrationStart()
    do {
      let code = try Daemon.run(options, yaml: yaml)
      throw ExitCode(code)
    } catch let failure as StartFailure {
      complain(failure.description)
      throw ExitCode(failure.exitCode)
    }
  }

  private func readConfiguration() throws -> String {
    do {
      return try String(contentsOfFile: config, encoding: .utf8)
    } catch {
      complain("\(config): cannot be read: \(error.localizedDescription)")
      throw ExitCode(EX.config)
    }
  }

  /// Problems go to standard error as they are, for editors that find places; the last line says the outcome.
  private func checkConfiguration(_ yaml: String) throws {
    let configuration: Configuration
    do {
      configuration =
        if let against {
          try Configuration(yaml: yaml, file: config, against: try LastState.read(against))
        } else {
          try Configuration(yaml: yaml, file: config)
        }
    } catch let failure as StartFailure {
      complain(failure.description)
      throw ExitCode(failure.exitCode)
    } catch let problems as Problems {
      tell(problems.problems)
      throw ExitCode(EX.config)
    }
    tell(configuration.warnings)
    let agents = configuration.directory.agentNames.count
    let queues = configuration.directory.queueNames.count
    let warnings = configuration.warnings.count
    let rest = warnings == 0 ? "" : ", \(warnings) \(warnings == 1 ? "warning" : "warnings")"
    do {
      try Standard.output.print("\(config): sound: \(agents) reps, \(queues) queues\(rest)")
    } catch {
      complain(error.description)
      throw ExitCode(error.exitCode)
    }
  }

  private func tell(_ problems: [Problem]) {
    for problem in problems { Standard.error.show("\(problem)\n") }
  }

  private func demonstrationStart() throws -> Instant? {
    guard (1...10_000).contains(clockRate) else {
      throw ValidationError("--clock-rate: expected 1 to 10000, not \(clockRate)")
    }
    let isDemonstration = clockRate != 1 || clockStart != nil
    if isDemonstration, ProcessInfo.processInfo.environment["NOTIFY_SOCKET"] != nil {
      complain("--clock-rate and --clock-start are for demonstrations, not under systemd")
      throw ExitCode(EX.usage)
    }
    guard let text = clockStart else { return nil }
    guard let time = Timestamp.parse(text) else {
      throw ValidationError("--clock-start: expected a time such as 2026-11-23T13:55:00Z")
    }
    return time
  }

  private func complain(_ text: String) {
    Standard.error.show("rotad: \(text)\n")
  }
}
