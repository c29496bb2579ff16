import ArgumentParser
import Client
import Foundation
import LineProtocol
import Load

/// Ten thousand clients at once, of leads, for onlookers have half of the seats only; of 23 users, for the daemon lets
/// nobody ask more than 1,000 times at once; the last 64 of them are admin's, for whom the daemon keeps room.
struct ConnectionsCheck: Check {
  static let configuration = CommandConfiguration(commandName: "connections")
  static let title = "connections"

  @OptionGroup var target: Target
  @Option(help: "How long clients come and go, in seconds.") var churnSeconds = 5.0

  private static let limit = 10_000
  private static let perUser = 450
  private static let reserved = 64
  private static let firstUser: uid_t = 61_000

  func check(_ findings: inout Findings) throws -> String? {
    let descriptors = raiseDescriptorLimit()
    let isRoot = geteuid() == 0
    // One connection is the check's own.
    let count = min(Self.limit - 1, isRoot ? .max : Self.perUser, descriptors - 300)
    try withScratchDirectory { directory in
      let users = (0...Self.limit / Self.perUser).map { "\"\(Self.firstUser + uid_t($0))\"" }
      let access = "access: { lead: { users: [\(users.joined(separator: ", "))] } }"
      let server = try Server.rota(
        target.rotad, directory, yaml: Server.team(reps: 4, more: access))
      defer { server.kill() }
      try measure(server, count, &findings)
    }
    if count == Self.limit - 1 { return nil }
    return "only \(count) connections: \(Self.limit) need \(Self.limit + 300) descriptors (here "
      + "\(descriptors)) and root, to connect as several users (here \(isRoot ? "root" : "not root"))"
  }

  private func measure(_ server: Server, _ count: Int, _ findings: inout Findings) throws {
    let control = try Client(path: server.socket)
    let (idle, before) = (server.residentMegabytes, server.descriptors)
    let crowd = Crowd(path: server.socket)
    let start = monotonic()
    for first in stride(from: 0, to: count, by: Self.perUser) {
      // Of those for whom room is kept one is the check's own, one comes later.
      let end = min(first + Self.perUser, count)
      let others = max(first, min(end, Self.limit - Self.reserved))
      become(Self.firstUser + uid_t(first / Self.perUser)) { crowd.join(others - first) }
      crowd.join(end - others)
      // Nobody waits long for a greeting, as long as they come in bunches.
      _ = crowd.hear(1, from: 0..<crowd.members.count, within: 10)
    }
    findings.note(
      "\(count + 1) connected and greeted in", String(format: "%.2f s", monotonic() - start))
    let status = try control.ask(Request(verb: "admin.status"))
    let connections = status.rows.first?.first { $0.name == "connections" }?.value ?? "none"
    findings.must("the daemon counts them", connections == "\(count + 1)", connections)
    try everybodyIsAnswered(crowd, control, &findings)
    try refuseOneTooMany(crowd, count, &findings)
    comeAndGo(server, crowd, control, &findings)
    findings.atMost(
      200, "RSS with all of them, peak (idle \(idle) MB)", server.megabytes("VmHWM"), "MB")
    crowd.leave(crowd.members.indices)
    for _ in 0..<100 where server.descriptors > before { usleep(50_000) }
    findings.must(
      "no descriptor left behind", server.descriptors == before, "\(server.descriptors)")
    findings.note("RSS after they have left", "\(server.residentMegabytes) MB")
  }

  /// Does something as another user: the kernel notes who connects (unix(7), `SO_PEERCRED`).
  private func become(_ user: uid_t, _ body: () -> Void) {
    let isRoot = geteuid() == 0
    if isRoot, seteuid(user) != 0 { fatalError("cannot become user \(user)") }
    body()
    if isRoot, seteuid(0) != 0 { fatalError("cannot become root again") }
  }

  private func everybodyIsAnswered(
    _ crowd: Crowd, _ control: Client, _ findings: inout Findings
  ) throws {
    let (all, some) = (0..<crowd.members.count, 0..<min(1_000, crowd.members.count))
    let start = monotonic()
    crowd.say("ping\n", to: all)
    let answered = crowd.hear(2, from: all, within: 20)
    findings.must("a ping of each answered", answered == all.count, "\(answered)")
    findings.note("all pings answered in", String(format: "%.2f s", monotonic() - start))
    crowd.say("subscribe s\n", to: some)
    _ = crowd.hear(3, from: some, within: 10)
    _ = try control.ask(Request(verb: "agent.login", arguments: [.word("a0")]))
    let told = crowd.hear(4, from: some, within: 10)
    findings.must("an event heard by each subscriber", told == some.count, "\(told)")
    let refusals = crowd.members.reduce(0) { $0 + $1.refusals }
    findings.must("no refusal", refusals == 0, "\(refusals)")
  }

  /// One more than there is room for is told so.
  private func refuseOneTooMany(_ crowd: Crowd, _ count: Int, _ findings: inout Findings) throws {
    if count < Self.limit - 1 { return }
    let late = Crowd(path: crowd.path)
    late.join(1)
    become(Self.firstUser) { late.join(1) }
    _ = late.hear(1, from: 0..<2, within: 5)
    let refused = late.members.allSatisfy { $0.refusals == 1 }
    findings.must(
      "connection \(Self.limit + 1) refused with a reply, whoever it is", refused,
      refused ? "yes" : "no")
  }

  /// A hundred come and go a second, and everybody is still served.
  private func comeAndGo(
    _ server: Server, _ crowd: Crowd, _ control: Client, _ findings: inout Findings
  ) {
    let probe = Probe(rate: 200) { [path = server.socket] in
      let desk = Desk(path: path, request: "ping")
      return { desk.ask() }
    }
    // Room for the probe, for it is a connection too.
    crowd.leave([crowd.members.count - 1])
    let end = monotonic() + churnSeconds
    var turn = 0
    while monotonic() < end {
      let index = turn % min(crowd.members.count - 1, Self.limit - Self.reserved)
      crowd.leave([index])
      usleep(10_000)
      become(Self.firstUser + uid_t(index / Self.perUser)) { crowd.rejoin(index) }
      turn += 1
    }
    let latencies = probe.stop()
    let back = (0..<turn).count { index in
      crowd.say("ping\n", to: [index])
      return crowd.hear(2, from: index..<index + 1, within: 5) == 1
    }
    findings.must("who came anew (100 a second) is answered", back == turn, "\(back) of \(turn)")
    findings.note(
      "ping meanwhile, p50, p99",
      "\(Int(percentile(0.5, of: latencies) * 1e6)), \(Int(percentile(0.99, of: latencies) * 1e6)) us"
    )
  }
}
