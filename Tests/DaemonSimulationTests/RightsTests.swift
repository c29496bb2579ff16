import LineProtocol
import NIOCore
import NIOEmbedded
import Routing
import Switchboard
import Testing
import Vocabulary

@testable import Daemon

/// Who may do what after the configuration has changed, on connections that were there before.
@Suite struct RightsTests {
  private let machine = SimulatedMachine(seed: 1)

  init() { machine.start() }

  private func call(_ user: String, _ uid: UInt32, groups: [String] = []) throws -> SimulatedClient
  {
    let client = try #require(machine.call(Peer(uid: uid, user: user, groups: groups)))
    client.listen()
    return client
  }

  /// What `client` hears while it asks, and while others do.
  @discardableResult
  private func hear(_ client: SimulatedClient, _ request: String? = nil) -> [String] {
    client.listen()
    let before = client.transcript.count
    if let request { client.send(Array("\(request)\n".utf8)) }
    machine.pass(200_000)
    client.listen()
    return Array(client.transcript.dropFirst(before))
  }

  /// The configuration with `access`, and with reps of these names and users.
  private func write(
    _ access: String, reps: [String: String] = ["alice": "alice", "bob": "bob"]
  ) {
    let agents = reps.sorted { $0.key < $1.key }
      .map { "  \($0.key): { user: \($0.value) }" }.joined(separator: "\n")
    machine.configuration = """
      agents:
      \(agents)
      queues:
        support: { members: [\(reps.keys.sorted().joined(separator: ", "))] }
      access: \(access)
      """
  }

  private func reload(
    _ access: String, reps: [String: String] = ["alice": "alice", "bob": "bob"]
  ) throws {
    write(access, reps: reps)
    let told = hear(try call("root", 0), "admin.reload")
    #expect(told.last?.hasPrefix("+ 200 ok") == true, "\(told)")
  }

  /// The line that tells of the last role of `client`.
  private func role(_ client: SimulatedClient) -> String? {
    hear(client)
    return client.transcript.last { $0.hasPrefix("% role") }
  }

  private let everybody = "{ feed: { users: [pbx] }, lead: { users: [lena] }, everyone: monitor }"

  // MARK: At a reload

  @Test("A reload judges every open connection anew; who has another role is told")
  func reloaded() throws {
    let (lead, feed) = (try call("lena", 2_001), try call("pbx", 2_002))
    let (grouped, rep) = (try call("gus", 2_003, groups: ["desk"]), try call("alice", 1_000))
    try reload("{ feed: { users: [pbx] }, lead: { groups: [desk] }, monitor: { users: [lena] } }")
    #expect(role(lead) == "% role role=monitor user=lena")
    #expect(hear(lead, "agent.login alice").last?.hasPrefix("- 530 forbidden role=monitor") == true)
    #expect(hear(lead, "admin.reload").last?.contains("530 forbidden") == true)
    #expect(hear(lead, "whoami").last == "+ 200 ok role=monitor user=lena")
    // Nothing has changed for these.
    #expect(role(feed) == nil && role(rep) == nil)
    #expect(grouped.transcript.last?.contains("530 forbidden") == true)
    let now = try call("gus", 2_003, groups: ["desk"])
    try reload("{ admin: { groups: [desk] }, monitor: { users: [lena] } }")
    #expect(role(now) == "% role role=admin user=gus")
    #expect(hear(now, "admin.drain off").last?.hasPrefix("+ 200") == true)
    #expect(role(feed)?.hasPrefix("% role role=none") == true)
  }

  @Test("A rep taken out of the configuration is a rep no more on open connections")
  func removedRep() throws {
    let (alice, bob) = (try call("alice", 1_000), try call("bob", 1_001))
    #expect(hear(alice, "agent.login alice").last?.hasPrefix("+") == true)
    try reload(everybody, reps: ["bob": "alice"])
    // User alice is now rep bob, and user bob is nobody in particular.
    #expect(role(alice) == "% role role=agent user=alice agent=bob")
    #expect(role(bob) == "% role role=monitor user=bob")
    #expect(hear(alice, "agent.login alice").last?.hasPrefix("- 5") == true)
    #expect(hear(alice, "agent.login bob").last?.hasPrefix("+ 200") == true)
    #expect(hear(bob, "agent.ready bob").last?.contains("530 forbidden") == true)
  }

  @Test("Who has no role any more is told and closed; what was still asked is refused")
  func nobody() throws {
    let lead = try call("lena", 2_001)
    #expect(hear(lead, "subscribe s").last?.hasPrefix("+ 200") == true)
    write("{ feed: { users: [pbx] } }")
    // The reload is her own; what comes with it is asked by nobody.
    let told = hear(lead, "admin.reload\n#2 agent.login alice\n#3 ping")
    let replies = told.filter { "+-".contains($0.first ?? " ") }
    #expect(replies.count == 3 && replies[0].hasPrefix("+ 200 ok file="), "\(told)")
    #expect(replies.dropFirst().allSatisfy { $0.contains(" 530 forbidden role=none") })
    #expect(
      told.contains(
        "% role role=none user=lena text=\"user lena has no role any more; see access: in the configuration\""
      ))
    #expect(!told.contains { $0.hasPrefix("! ") }, "her subscription has ended: \(told)")
    #expect(!lead.channel.isActive)
    #expect(machine.server?.connections.count(of: 2_001) == 0)
    let again = try call("lena", 2_001)
    #expect(again.transcript.last?.contains("530 forbidden") == true)
  }

  @Test("What is being answered elsewhere is refused when the right to ask it has gone")
  func pending() throws {
    let (alice, lead) = (try call("alice", 1_000), try call("lena", 2_001))
    let feed = try call("pbx", 2_002)
    for (client, request) in [
      (alice, "agent.login alice"), (alice, "agent.ready alice"),
      (feed, "call.arrive c-1 queue=support"), (alice, "call.accept c-1"),
      (alice, "call.hang-up c-1"), (alice, "agent.wrap-up alice end"),
    ] {
      let told = hear(client, request)
      #expect(told.last?.hasPrefix("+") == true, "\(request): \(told)")
    }
    write(everybody, reps: ["bob": "bob"])
    let root = try call("root", 0)
    // All come in before the read model has said anything.
    machine.holdReports(true)
    alice.send(Array("call.note c-1 client=Acme key=n-1\n".utf8))
    lead.send(Array("report.calls\n".utf8))
    root.send(Array("admin.reload\n".utf8))
    machine.pass(200_000)
    machine.holdReports(false)
    machine.pass(2_000_000)
    #expect(hear(root).isEmpty && root.transcript.last?.hasPrefix("+ 200") == true)
    hear(alice)
    #expect(alice.transcript.last?.hasPrefix("- 530 forbidden") == true, "\(alice.transcript)")
    // A lead may ask for reports as before.
    hear(lead)
    #expect(lead.transcript.last?.hasPrefix("+ 210 rows") == true)
    #expect(lead.transcript.contains { $0.contains("call=c-1") && !$0.contains("client=") })
  }

  @Test("Who has no role any more is answered so what was under way, and then closed")
  func pendingOfNobody() throws {
    let (lead, root) = (try call("lena", 2_001), try call("root", 0))
    write("{ feed: { users: [pbx] } }")
    machine.holdReports(true)
    lead.send(Array("#1 report.calls\n#2 ping\n".utf8))
    root.send(Array("admin.reload\n".utf8))
    machine.pass(200_000)
    machine.holdReports(false)
    machine.pass(2_000_000)
    let told = hear(lead).isEmpty ? lead.transcript.suffix(3) : []
    #expect(told.first?.hasPrefix("% role role=none") == true)
    #expect(told.dropFirst().map { $0.prefix(18) } == ["-#1 530 forbidden ", "-#2 530 forbidden "])
    #expect(!lead.channel.isActive)
  }

  // MARK: What has been given up

  @Test("Nobody gains more at a reload than they had given up to")
  func givenUp() throws {
    let narrow = try call("lena", 2_001)
    #expect(hear(narrow, "become agent agent=alice").last?.hasPrefix("+ 200") == true)
    let watcher = try call("lena", 2_001)
    #expect(hear(watcher, "become monitor").last?.hasPrefix("+ 200") == true)
    // More rights for the user: none for these connections.
    try reload("{ admin: { users: [lena] } }")
    #expect(role(narrow) == nil && role(watcher) == nil)
    #expect(hear(narrow, "agent.login bob").last?.contains("530 forbidden") == true)
    #expect(hear(watcher, "admin.drain on").last?.contains("530 forbidden") == true)
    // Another rep's rights: what both may do is to look on.
    try reload("{}", reps: ["alice": "alice", "bob": "lena"])
    #expect(role(narrow) == "% role role=monitor user=lena")
    #expect(role(watcher) == nil)
    // And back again, as far as it had gone.
    try reload("{ lead: { users: [lena] } }")
    #expect(role(narrow) == "% role role=agent user=lena agent=alice")
    // The rep is no more.
    try reload("{ lead: { users: [lena] } }", reps: ["bob": "bob"])
    #expect(role(narrow) == "% role role=monitor user=lena")
    // What a feed and a rep may both do is no role.
    try reload("{ feed: { users: [lena] } }")
    #expect(role(narrow)?.hasPrefix("% role role=none user=lena") == true)
    #expect(!narrow.channel.isActive && !watcher.channel.isActive)
  }

  @Test("The rights that two roles have in common are never more than either has")
  func intersection() {
    let all = Role.allCases.flatMap { role -> [Rights] in
      let reps: [AgentID?] = role == .agent ? [AgentID(0), AgentID(1)] : [nil]
      return reps.map { Rights(role: role, agent: $0) }
    }
    /// What `rights` let somebody do with `verb`: nothing, act as one rep, everything.
    func may(_ rights: Rights?, _ verb: Verb, as agent: AgentID) -> Bool {
      guard let rights else { return false }
      switch verb.declaration.permission(for: rights.role) {
      case .no: return false
      case .own: return rights.agent == agent
      case .served, .yes: return true
      }
    }
    for (first, second) in all.flatMap({ a in all.map { (a, $0) } }) {
      let both = first.narrowed(to: second)
      #expect(both == second.narrowed(to: first), "\(first) \(second)")
      if first == second { #expect(both == first) }
      for verb in Verb.all where verb != .question(.session(.become)) {
        for agent in [AgentID(0), AgentID(1)] where may(both, verb, as: agent) {
          let isMore = !may(first, verb, as: agent) || !may(second, verb, as: agent)
          #expect(!isMore, "\(first) and \(second): \(verb.name)")
        }
      }
    }
    let lead = Rights(role: .lead, agent: AgentID(0))
    #expect(Rights(role: .feed).narrowed(to: lead) == nil)
    #expect(Rights(role: .admin).narrowed(to: lead) == lead)
    #expect(lead.narrowed(to: Rights(role: .agent, agent: AgentID(1)))?.agent == AgentID(1))
  }

  // MARK: Seats

  @Test("A seat kept for feed and admin is given back with the role, and taken with it")
  func seats() throws {
    let feed = try call("pbx", 2_002)
    let rep = try call("alice", 1_000)
    #expect(machine.server?.connections.count(of: .service) == 1)
    try reload("{ feed: { users: [alice] }, monitor: { users: [pbx] } }", reps: ["bob": "bob"])
    // With root's, which has reloaded.
    #expect(machine.server?.connections.count(of: .service) == 2)
    #expect(feed.channel.isActive && rep.channel.isActive)
    rep.channel.close(promise: nil)
    machine.pass(1_000)
    #expect(machine.server?.connections.count(of: .service) == 1)
    feed.channel.close(promise: nil)
    machine.pass(1_000)
    #expect(machine.server?.connections.count(of: .service) == 1)
  }

  // MARK: After a restart

  private func restore(_ peer: Peer, _ setup: [String], rights: String?) throws -> SimulatedClient {
    let server = try #require(machine.server)
    let remains = SuspendedConnection(
      cookie: 1, setup: setup, rights: rights, input: Array("agent.login alice\n".utf8),
      isSkippingLine: false, framingErrors: 0)
    let channel = EmbeddedChannel(loop: machine.loop)
    machine.open(channel, peer, server, remains)
    machine.pass(200_000)
    let client = SimulatedClient(channel, peer)
    client.listen()
    return client
  }

  @Test("A connection kept over a restart is judged by the configuration in force")
  func restored() throws {
    let (lena, mona) = (
      Peer(uid: 2_001, user: "lena", groups: []), Peer(uid: 2_008, user: "mona", groups: [])
    )
    let same = try restore(
      lena, ["become agent agent=alice"], rights: "role=agent user=lena agent=alice")
    #expect(same.transcript.count == 2 && same.transcript[0].hasPrefix("% restored"))
    #expect(same.transcript[1].hasPrefix("+ 200 ok agent=alice"))
    try reload("{ monitor: { users: [lena] } }")
    let less = try restore(
      lena, ["become agent agent=alice"], rights: "role=agent user=lena agent=alice")
    #expect(less.transcript.count == 3 && less.transcript[0].hasPrefix("% restored"))
    #expect(less.transcript[1] == "% role role=monitor user=lena")
    #expect(less.transcript[2].hasPrefix("- 530 forbidden role=monitor"))
    // What a feed and a lead may both do is no role; nor is it what the user may.
    try reload("{ feed: { users: [lena] } }")
    let apart = try restore(lena, ["become lead"], rights: "role=lead user=lena")
    #expect(apart.transcript.count == 1)
    #expect(apart.transcript.last?.hasPrefix("% role role=none user=lena") == true)
    apart.send(Array("call.arrive c-1 queue=support\n".utf8))
    machine.pass(100_000)
    #expect(!apart.channel.isActive && machine.server?.board.engine.liveCallCount == 0)
    // A number of another history is nobody's here.
    let other = try restore(
      lena, ["subscribe s from=1 epoch=another"], rights: "role=feed user=lena")
    #expect(!other.channel.isActive && other.transcript.isEmpty)
    let none = try restore(mona, [], rights: "role=lead user=mona")
    #expect(none.transcript.count == 1)
    #expect(none.transcript.last?.hasPrefix("% role role=none user=mona") == true)
    #expect(!none.channel.isActive)
  }
}
