import ArgumentParser
import Base
import Foundation
import LineProtocol
import Output

/// The command line for reps, leads and operators.
@main
struct Rotactl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotactl",
    abstract: "Shows and steers the call-routing daemon rotad.",
    discussion: """
      EXAMPLES
        rotactl status                          what is going on
        rotactl agent login alice               come to work
        rotactl agent ready alice               take queue calls
        rotactl --as alice call accept c-17     pick up  (or: export ROTA_AGENT=alice)
        rotactl watch                           the live board
        rotactl report performance --from 2026-11-23T14:00:00Z

      Exit codes: 0 done; 1 refused by a rule; 64 wrong usage; 65 wrong data; 69 no daemon; \
      74 cannot write; 75 try again later; 77 not permitted; 78 wrong configuration.
      """,
    version: Version.text,
    subcommands: [
      Status.self, AgentCommand.self, QueueCommand.self, CallCommand.self, CallBackCommand.self,
      TransferCommand.self,
      OutboundCommand.self, ReportCommand.self, Watch.self, Events.self, Play.self, Raw.self,
      Reload.self, Drain.self, Backup.self, Verify.self,
    ])

  /// Options that every command takes may stand before the command as well.
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    var moved: [String] = []
    while let first = arguments.first, first.hasPrefix("--") {
      let hasValue = first == "--as" || first == "--socket"
      guard first == "--json" || hasValue && arguments.count > 1 else { break }
      moved += arguments.prefix(hasValue ? 2 : 1)
      arguments.removeFirst(hasValue ? 2 : 1)
    }
    do {
      var command = try parseAsRoot(arguments + moved)
      try command.run()
    } catch {
      leave(error)
    }
  }

  /// Ends the program as ArgumentParser would; what it echoes of the command line is made visible.
  private static func leave(_ error: any Error) -> Never {
    let code = exitCode(for: error).rawValue
    let text = fullMessage(for: error)
    // Help and completion scripts are the program's own words.
    if code == 0 {
      do {
        try Standard.output.print(text)
      } catch {
        Standard.error.show("rotactl: \(error)\n")
        Foundation.exit(error.exitCode)
      }
    } else if !text.isEmpty {
      Standard.error.show(Visible.lines(text) + "\n")
    }
    Foundation.exit(code)
  }
}
