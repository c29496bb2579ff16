import ArgumentParser
import Base
import Output

/// The command line of the planner.
@main
struct Rotasim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotasim",
    abstract: "Plans a support team's phones with the engine that routes them.",
    discussion: """
      EXAMPLES
        rotasim run Simulations/fast/normal-day.yaml
        rotasim required-agents --model a --arrivals-per-hour 200 --aht 180 --patience 300 --target 0.80/20
        rotasim erlang-c --agents 14 --arrivals-per-hour 200 --aht 180 --threshold 20

      Times are seconds, or carry a unit: 90, 90s, 3m, 2h.
      Exit codes: 0 done; 1 not as expected (run --check, replay); 64 wrong usage; 65 wrong data, or a \
      question without an answer; 66 no such file; 73 cannot create a file; 74 cannot write; 78 wrong configuration.
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, CompareCommand.self, SweepCommand.self, MergeCommand.self, StaffCommand.self,
      ReplayCommand.self, ReenactCommand.self, DriveCommand.self, ImportCommand.self,
      FitCommand.self,
      ErlangBCommand.self, ErlangCCommand.self, ErlangACommand.self, RequiredAgentsCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      leave(error)
    }
  }

  /// Ends the program as ArgumentParser would; what cannot be written is told with its own exit code.
  private static func leave(_ error: any Error) -> Never {
    var error = error
    do throws(WriteFailure) {
      // Help and completion scripts are answers.
      if exitCode(for: error) == .success {
        try Standard.output.print(fullMessage(for: error))
        exit()
      }
    } catch {
      exit(withError: complain(error.description, code: error.exitCode))
    }
    if let failure = error as? WriteFailure {
      error = complain(failure.description, code: failure.exitCode)
    }
    exit(withError: error)
  }
}
