import ArgumentParser
import Client
import Foundation
import LineProtocol
import Load

/// Clients that want the daemon's memory. They get some, and then no more.
struct HostileCheck: Check {
  static let configuration = CommandConfiguration(commandName: "hostile")
  static let title = "hostile clients: peak of RSS"

  @OptionGroup var target: Target
  @Option(help: "Only this one.") var only: String?

  private struct Attack {
    var name: String
    var words: String
    /// MB.
    var bound: Double
    /// Who must not go before the memory has been looked at is returned.
    var body: (HostileCheck) -> (Server) throws -> Crowd?
  }

  private static var attacks: [Attack] {
    [
      Attack(
        name: "unread", words: "2,000 pipeline requests of long replies and never read",
        bound: 300, body: HostileCheck.unread),
      Attack(
        name: "half-lines", words: "2,000 send lines of 8 KiB without an end", bound: 150,
        body: HostileCheck.halfLines),
      Attack(
        name: "bursts", words: "2,000 send 60 KiB of requests at once, and read", bound: 200,
        body: HostileCheck.bursts),
      Attack(
        name: "subscriptions", words: "1,600 subscriptions on 100 connections, none read",
        bound: 200, body: HostileCheck.subscriptions),
      Attack(
        name: "old-events", words: "16,000 subscriptions from the first event, none read",
        bound: 300, body: HostileCheck.oldEvents),
      Attack(name: "keys", words: "100,000 keys", bound: 110, body: HostileCheck.keys),
    ]
  }

  func check(_ findings: inout Findings) throws -> String? {
    let descriptors = raiseDescriptorLimit()
    guard descriptors > 2_300 else {
      return "2,300 descriptors are needed, there are \(descriptors)"
    }
    for attack in Self.attacks where only == nil || only == attack.name {
      try withScratchDirectory { directory in
        let server = try Server.rota(target.rotad, directory, yaml: Server.team(reps: 200))
        defer { server.kill() }
        let (_, start) = (server.forgetPeak(), monotonic())
        let crowd = try attack.body(self)(server)
        awaitQuiet(server)
        let pressed = monotonic() - start
        findings.atMost(attack.bound, attack.words, server.megabytes("VmHWM"), "MB")
        // Others are served all the while.
        defer { withExtendedLifetime(crowd) {} }
        let status = try Client(path: server.socket).ask(Request(verb: "admin.status"))
        let left = status.rows.first?.first { $0.name == "connections" }?.value ?? "none"
        findings.must(
          "... and others are served (seconds; after; connections there are)", status.isPositive,
          String(format: "%.2f; %.1f; ", monotonic() - start - pressed, pressed) + left)
      }
    }
    return nil
  }

  /// Waits until the daemon has done what it can: it may be slow, but not without end.
  private func awaitQuiet(_ server: Server) {
    var last = -1.0
    for _ in 0..<120 where server.processorSeconds - last > 0.02 {
      last = server.processorSeconds
      usleep(250_000)
    }
  }

  private func crowd(_ server: Server, _ count: Int) -> Crowd {
    let crowd = Crowd(path: server.socket)
    crowd.join(count)
    _ = crowd.hear(1, from: 0..<count, within: 20)
    return crowd
  }

  private func unread(_ server: Server) throws -> Crowd? {
    let crowd = crowd(server, 2_000)
    for _ in 0..<4 {
      crowd.say(String(repeating: "agent.list\n", count: 5_000), to: 0..<2_000)
      usleep(500_000)
    }
    return crowd
  }

  private func halfLines(_ server: Server) throws -> Crowd? {
    let crowd = crowd(server, 2_000)
    crowd.say("agent.list " + String(repeating: "x", count: 8_100), to: 0..<2_000)
    usleep(500_000)
    // Beyond the limit: the line is refused, and what follows is thrown away.
    for _ in 0..<4 { crowd.say(String(repeating: "x", count: 60_000), to: 1_000..<2_000) }
    usleep(500_000)
    return crowd
  }

  private func bursts(_ server: Server) throws -> Crowd? {
    let crowd = crowd(server, 2_000)
    let burst = String(
      repeating: "whoami" + String(repeating: " ", count: 1_000) + "\n", count: 60)
    crowd.say(burst, to: 0..<2_000)
    _ = crowd.hear(61, from: 0..<2_000, within: 60)
    return crowd
  }

  private func subscriptions(_ server: Server) throws -> Crowd? {
    let crowd = crowd(server, 100)
    for name in 0..<16 { crowd.say("subscribe s\(name)\n", to: 0..<100) }
    usleep(300_000)
    // Large batches: every event is due to every subscription.
    LoadGenerator.events(server.socket, clients: 50, depth: 64)(2)
    return crowd
  }

  private func oldEvents(_ server: Server) throws -> Crowd? {
    LoadGenerator.events(server.socket, clients: 50, depth: 64)(1)
    let crowd = crowd(server, 1_000)
    for name in 0..<16 { crowd.say("subscribe s\(name) from=1\n", to: 0..<1_000) }
    usleep(1_000_000)
    return crowd
  }

  private func keys(_ server: Server) throws -> Crowd? {
    let crowd = crowd(server, 20)
    crowd.say("agent.login a0\n", to: 0..<1)
    for round in 0..<250 {
      for member in 0..<20 {
        let lines = (0..<20).map { number in
          "agent.not-ready a0 reason=lunch for=600 key=a-rather-long-key-\(round)-\(member)-\(number)\n"
        }
        crowd.say(lines.joined(), to: [member])
      }
      _ = crowd.hear(1 + (round + 1) * 20, from: 0..<20, within: 10)
    }
    return crowd
  }
}

extension LoadGenerator {
  /// Events as fast as they can be made, for so many seconds.
  static func events(_ path: String, clients: Int, depth: Int) -> (Double) -> Void {
    { seconds in
      var load = LoadGenerator(
        path: path, clients: clients, depth: depth, greeting: 1,
        setUp: { ["agent.login a\($0)\n"] },
        request: { "agent.not-ready a\($0) reason=lunch for=600\n" })
      _ = load.run(seconds: seconds)
    }
  }
}
