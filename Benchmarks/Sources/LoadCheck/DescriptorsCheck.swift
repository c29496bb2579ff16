import ArgumentParser
import Client
import Foundation
import LineProtocol
import Load

/// No descriptor left: who is in is served, who comes is refused or waits, the processor is idle, and when
/// somebody leaves the next one is served.
struct DescriptorsCheck: Check {
  static let configuration = CommandConfiguration(commandName: "descriptors")
  static let title = "descriptors used up"

  @OptionGroup var target: Target
  @Option(help: "How many the daemon may have.") var limit = 64
  @Option(help: "How long the processor is watched, in seconds.") var seconds = 4.0

  func check(_ findings: inout Findings) throws -> String? {
    try withScratchDirectory { directory in
      let server = try Server.rota(target.rotad, directory, descriptors: limit)
      defer { server.kill() }
      let desk = Desk(path: server.socket, request: "ping")
      try startedWithFew(server, desk, &findings)
      try fewerThanItHas(server, desk, &findings)
      findings.must("it still runs", server.isRunning, server.isRunning ? "yes" : "no")
      let control = try Client(path: server.socket)
      let login = try control.ask(Request(verb: "agent.login", arguments: [.word("a0")]))
      findings.must("a command afterwards", login.isPositive, login.text)
    }
    return nil
  }

  /// More come than a daemon started with few descriptors can take.
  private func startedWithFew(
    _ server: Server, _ desk: Desk, _ findings: inout Findings
  ) throws {
    let crowd = Crowd(path: server.socket)
    crowd.join(2 * limit)
    _ = crowd.hear(1, from: 0..<2 * limit, within: 3)
    let inside = (0..<2 * limit).filter { isIn(crowd, $0) }
    let refused = crowd.members.count { $0.refusals > 0 }
    findings.must(
      "started with \(limit): let in; refused in words; left waiting",
      inside.count >= 8 && refused + inside.count == 2 * limit,
      "\(inside.count); \(refused); \(2 * limit - refused - inside.count)")
    watch(server, desk, "full", &findings)
    served(crowd, inside, &findings)
    let leaving = inside.prefix(4)
    crowd.leave(leaving)
    usleep(200_000)
    leaving.forEach { crowd.rejoin($0) }
    let came = leaving.count { crowd.hear(1, from: $0..<$0 + 1, within: 3) == 1 && isIn(crowd, $0) }
    findings.must("4 leave, 4 others come and are greeted", came == 4, "\(came)")
  }

  /// Accepting fails, for the limit is lowered to what is open already.
  private func fewerThanItHas(
    _ server: Server, _ desk: Desk, _ findings: inout Findings
  ) throws {
    for _ in 0..<100 where server.descriptors > 32 { usleep(20_000) }
    let crowd = Crowd(path: server.socket)
    crowd.join(4)
    _ = crowd.hear(1, from: 0..<4, within: 3)
    try server.limit("nofile", to: server.lowestFreeDescriptor)
    crowd.join(20)
    let greeted = crowd.hear(1, from: 4..<24, within: 1)
    findings.must("accept(2) fails: nobody gets in", greeted == 0, "\(greeted)")
    watch(server, desk, "accept(2) failing", &findings)
    served(crowd, Array(0..<4), &findings)
    crowd.leave(0..<3)
    let came = { (4..<24).count { crowd.members[$0].lines > 0 } }
    for _ in 0..<60 where came() < 3 { crowd.read(4..<24, milliseconds: 50) }
    findings.must("3 leave, 3 of those waiting are greeted", came() == 3, "\(came())")
    try server.limit("nofile", to: limit)
    let rest = crowd.hear(1, from: 4..<24, within: 5)
    findings.must("the limit is raised, all are greeted", rest == 20, "\(rest)")
  }

  private func isIn(_ crowd: Crowd, _ index: Int) -> Bool {
    let member = crowd.members[index]
    return member.descriptor >= 0 && member.lines > 0 && member.refusals == 0
  }

  private func watch(
    _ server: Server, _ desk: Desk, _ state: String, _ findings: inout Findings
  ) {
    let (before, start) = (server.processorSeconds, monotonic())
    usleep(UInt32(seconds * 1e6))
    let share = (server.processorSeconds - before) / (monotonic() - start) * 100
    findings.atMost(5, "processor time, \(state)", share, "%")
    let slowest = (0..<50).map { _ in desk.ask() }.max() ?? 0
    findings.note("slowest of 50 pings, \(state)", "\(Int(slowest * 1e6)) us")
  }

  private func served(_ crowd: Crowd, _ inside: [Int], _ findings: inout Findings) {
    crowd.say("ping\n", to: inside)
    let answered = inside.count { crowd.hear(2, from: $0..<$0 + 1, within: 2) == 1 }
    findings.must("those who are in are answered", answered == inside.count, "\(answered)")
  }
}
