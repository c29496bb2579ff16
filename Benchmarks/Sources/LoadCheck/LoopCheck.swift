import ArgumentParser
import Client
import Foundation
import LineProtocol
import Load
import Vocabulary

/// How long everybody waits for what the daemon does itself: reloads, snapshots, verification, reports, hints, at
/// thousands of reps and calls. A client that only pings notices.
struct LoopCheck: Check {
  static let configuration = CommandConfiguration(commandName: "loop")
  static let title = "the loop, held by the daemon itself (wanted: 20 ms)"

  @OptionGroup var target: Target
  @Option(help: "Reps in the configuration.") var reps = 5_000
  @Option(help: "Calls that wait.") var calls = 10_000
  @Option(help: "Records in the journal, in deep frames, before the measurement.")
  var records = 150_000

  /// More than this is broken anywhere. Wanted are 20 ms; what a busy machine adds is in the first row.
  private static let bound = 200.0

  func check(_ findings: inout Findings) throws -> String? {
    try withScratchDirectory { directory in
      let yaml = Server.team(reps: reps, more: "access: { everyone: monitor }")
      let server = try Server.rota(target.rotad, directory, yaml: yaml)
      defer { server.kill() }
      let control = try Client(path: server.socket)
      try fill(server, control)
      let pings = Pings(try Client(path: server.socket))
      defer { pings.end() }
      findings.note("nothing is done", worst(pings) { usleep(1_000_000) })
      func bounded(_ what: String, _ body: () throws -> Void) rethrows {
        pings.begin()
        try body()
        findings.atMost(Self.bound, "\(what): the worst answer", pings.worst, "ms")
      }
      try bounded("three reloads") { for _ in 0..<3 { try ask(control, .admin(.reload)) } }
      try bounded("verification") { try ask(control, .question(.journal(.verify))) }
      try bounded("report of the reps") { try ask(control, .question(.report(.performance))) }
      try bounded("report of the queues") { try ask(control, .question(.report(.queue))) }
      bounded("names that nobody has") {
        for number in 0..<50 {
          _ = try? control.ask(Request(.question(.board(.agentShow)), ["a\(number)x"]))
        }
      }
      // A snapshot is due after 50,000 records; commits that go on beside it are measured too.
      try bounded("50,000 records and a snapshot") { try write(60_000, server) }
    }
    return nil
  }

  private func worst(_ pings: Pings, _ body: () -> Void) -> String {
    pings.begin()
    body()
    return String(format: "%.1f ms", pings.worst)
  }

  private func ask(_ client: Client, _ verb: Verb) throws {
    let answer = try client.ask(Request(verb))
    guard answer.isPositive else { fatalError("\(verb.name): \(answer.text)") }
  }

  /// Calls that wait for nobody, and a long history.
  private func fill(_ server: Server, _ control: Client) throws {
    let crowd = Crowd(path: server.socket)
    crowd.join(1)
    for first in stride(from: 0, to: calls, by: 500) {
      say((first..<first + 500).map { "call.arrive c-\($0) queue=q from=+1312\($0)\n" }, crowd)
    }
    try write(max(0, records - calls), server)
    _ = try control.ask(Request(.question(.session(.ping))))
  }

  /// Makes so many records: a rep who is not ready anyway turns a switch, many times in one batch.
  private func write(_ records: Int, _ server: Server) throws {
    let crowd = Crowd(path: server.socket)
    crowd.join(1)
    say(["agent.login a0\n"], crowd)
    for _ in stride(from: 0, to: records, by: 200) {
      say((0..<200).map { "agent.dnd a0 \($0 % 2 == 0 ? "on" : "off")\n" }, crowd)
    }
  }

  /// Says all of it, and waits for as many replies.
  private func say(_ lines: [String], _ crowd: Crowd) {
    let before = crowd.members[0].lines
    crowd.say(lines.joined(), to: [0])
    _ = crowd.hear(before + lines.count, from: 0..<1, within: 30)
  }
}

/// A client that asks again and again, on a thread of its own, and notes how long it has waited at the most.
private final class Pings: @unchecked Sendable {
  private let client: Client
  private let lock = NSLock()
  private var longest = 0.0
  private var isOver = false

  init(_ client: Client) {
    self.client = client
    Thread.detachNewThread { [self] in
      while !lock.withLock({ isOver }) {
        let start = monotonic()
        guard (try? self.client.ask(Request(.question(.session(.ping))))) != nil else { return }
        let waited = (monotonic() - start) * 1_000
        lock.withLock { longest = max(longest, waited) }
        usleep(300)
      }
    }
  }

  /// Forgets what was.
  func begin() { lock.withLock { longest = 0 } }

  /// The longest wait since then, in milliseconds.
  var worst: Double { lock.withLock { longest } }

  func end() { lock.withLock { isOver = true } }
}
