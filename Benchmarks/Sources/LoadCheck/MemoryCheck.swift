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
  @Option(help: "How much more than at its start the daemon may have, in MB.") var headroom = 24
  @Option(help: "For how long it is pressed, in seconds.") var seconds = 8.0

  func check(_ findings: inout Findings) throws -> String? {
    try withScratchDirectory { directory in
      let server = try Server.rota(target.rotad, directory)
      let (acknowledged, refused) = try press(server)
      let died = !server.isRunning
      server.kill()
      findings.note("commands acknowledged before", "\(acknowledged)")
      findings.note("refused or without an answer", "\(refused)")
      findings.note("the daemon", died ? "was ended for want of memory" : "went on without")
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

  /// Commands that need memory for good (keys), and others that ask for memory as fast as they can.
  /// - Returns: the highest number acknowledged, and how many requests were not.
  private func press(_ server: Server) throws -> (acknowledged: Int, refused: Int) {
    let control = try Client(path: server.socket)
    for agent in 0..<8 {
      _ = try control.ask(Request(verb: "agent.login", arguments: [.word("a\(agent)")]))
    }
    let crowd = Crowd(path: server.socket)
    crowd.join(200)
    _ = crowd.hear(1, from: 0..<200, within: 5)
    let size = Int(server.megabytes("VmSize")) + headroom
    try server.limit("as", to: size << 20)
    var (acknowledged, refused, number) = (0, 0, 0)
    let greedy = String(repeating: "help\n", count: 400)
    let end = monotonic() + seconds
    while monotonic() < end, server.isRunning {
      crowd.say(greedy, to: 0..<200)
      for _ in 0..<200 {
        number += 1
        let request = Request(
          verb: "agent.not-ready",
          arguments: [
            .word("a\(number % 8)"), .option(name: "reason", value: "lunch"),
            .option(name: "for", value: "600"), .option(name: "key", value: "key-\(number)"),
          ])
        guard let answer = try? control.ask(request) else {
          for _ in 0..<100 where server.isRunning { usleep(20_000) }
          return (acknowledged, refused + 1)
        }
        if !answer.isPositive { refused += 1 }
        acknowledged = answer["seq"].flatMap { Int($0) } ?? acknowledged
      }
    }
    return (acknowledged, refused)
  }
}
