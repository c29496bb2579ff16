import ArgumentParser
import Base
import CallScripts
import Client
import Glibc
import LineProtocol
import Output

/// `rotactl play`
struct Play: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Plays a call script as telephony feed and as reps.",
    discussion: """
      A script is timed protocol lines, with expectations and with rules such as "when a phone rings,
      pick up after 2 to 6 seconds". Exit 1 when an expectation is not met.

      EXAMPLE
        rotactl play Simulations/demo/morning.calls
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The script.") var file: String
  @Flag(help: "Print nothing but what goes wrong.") var quiet = false

  func run() throws {
    try CommandFailure.exiting {
      let script = try read()
      var player = try Player(script, socket: global.socketPath)
      try player.play(showsProgress: Standard.error.isTerminal && !quiet)
      if !quiet { try Standard.output.print(player.summary) }
      for complaint in player.complaints {
        Standard.error.show("\(Visible.text("\(file): \(complaint)"))\n")
      }
      if !player.complaints.isEmpty {
        throw CommandFailure(exitCode: 1, description: "\(file): failed")
      }
    }
  }

  private func read() throws -> CallScript {
    guard let stream = fopen(file, "r") else {
      let reason = String(cString: strerror(errno))
      throw CommandFailure(exitCode: 66, description: "\(file): \(reason)")
    }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 {
      bytes += chunk[..<count]
    }
    do {
      return try CallScript(parsing: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw CommandFailure(exitCode: CommandFailure.dataError, description: "\(file): \(error)")
    }
  }
}
