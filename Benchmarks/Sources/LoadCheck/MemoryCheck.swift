import ArgumentParser
import Client
import Foundation
import LineProtocol
import Load

/// No memory left: the daemon may be ended by it, but what it has acknowledged is on disk.
struct MemoryCheck: Check {
  static let configuration = CommandConfiguration(commandName: "memory")
  static let title = "memory used up"

  @OptionGroup var target: Target
  @Option(help: "How much more than at its start the daemon may have, in MB.") var headroom = 48
  @Option(help: "For how long it is pressed, twice, in seconds.") var seconds = 4.0

  func check(_ findings: inout Findings) throws -> String? {
    try withScratchDirectory { directory in
      let server = try Server.rota(target.rotad, directory)
      var pressure = try Pressure(server)
      try server.limit("data", to: (Int(server.megabytes("VmData")) + headroom) << 20)
      try pressure.press(server, for: seconds)
      findings.note(
        "with \(headroom) MB more than at the start",
        "\(server.isRunning ? "it goes on" : "it ends"), \(pressure.acknowledged) acknowledged")
      // Now there is none at all.
      if server.isRunning {
        try server.limit("data", to: Int(server.megabytes("VmData")) << 20)
      }
      try pressure.press(server, for: seconds)
      findings.note(
        "with no more than it has",
        "\(server.isRunning ? "it goes on" : "it ends"), \(pressure.acknowledged) acknowledged")
      server.kill()
      let acknowledged = pressure.acknowledged
      let again = try Server.rota(target.rotad, directory)
      defer { again.kill() }
      let control = try Client(path: again.socket)
      let verdict = try control.ask(Request(verb: "admin.verify"))
      findings.must("the journal verified after a new start", verdict.isPositive, verdict.text)
      let records = verdict["records"].flatMap { Int($0) } ?? 0
      findings.must("nothing acknowledged is lost", records >= acknowledged, "\(records) records")
      let first = try control.ask(Request(verb: "agent.ready", arguments: [.word("a0")]))
      findings.must("it serves", first.isPositive, first.text)
    }
    return nil
  }
}

/// Commands that need memory for good (keys), and clients that ask for memory as fast as they can.
private struct Pressure {
  /// The highest number of a record that was acknowledged.
  var acknowledged = 0
  private let control: Client
  private let crowd: Crowd
  private var number = 0

  init(_ server: Server) throws {
    control = try Client(path: server.socket)
    for agent in 0..<8 {
      _ = try control.ask(Request(verb: "agent.login", arguments: [.word("a\(agent)")]))
    }
    crowd = Crowd(path: server.socket)
    crowd.join(200)
    _ = crowd.hear(1, from: 0..<200, within: 5)
  }

  /// Presses until the server ends or `seconds` have passed.
  mutating func press(_ server: Server, for seconds: Double) throws {
    let greedy = String(repeating: "help\n", count: 400)
    let end = monotonic() + seconds
    while monotonic() < end, server.isRunning {
      crowd.say(greedy, to: 50..<200)
      for member in 0..<50 {
        crowd.say((0..<40).map { _ in command().line + "\n" }.joined(), to: [member])
      }
      crowd.read(0..<50, milliseconds: 0)
      for _ in 0..<50 {
        guard let answer = try? control.ask(command()) else {
          for _ in 0..<100 where server.isRunning { usleep(20_000) }
          return
        }
        acknowledged = answer["seq"].flatMap { Int($0) } ?? acknowledged
      }
    }
  }

  private mutating func command() -> Request {
    number += 1
    return Request(
      verb: "agent.not-ready",
      arguments: [
        .word("a\(number % 8)"), .option(name: "reason", value: "lunch"),
        .option(name: "for", value: "600"), .option(name: "key", value: "key-\(number)"),
      ])
  }
}
