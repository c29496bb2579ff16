import Base
import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// Every verb by every role, from processes with Unix users of their own. `Tests/roles/run` makes the users and
/// names their prefix in `ROTA_ROLE_USERS`; without, this is skipped, and says so.
@Suite(.serialized) struct RealUserTests {
  private static let prefix = ProcessInfo.processInfo.environment["ROTA_ROLE_USERS"] ?? ""
  private static let isPossible: Bool = {
    if !prefix.isEmpty { return true }
    FileHandle.standardError.write(Data("ROLE TEST SKIPPED: make roles runs it, as root\n".utf8))
    return false
  }()

  /// Who is which, in the order of the ways by which a role is given.
  private static let users: [(name: String, role: Role?, agent: String?)] = [
    ("monitor", .monitor, nil), ("monitor2", .monitor, nil), ("feed", .feed, nil),
    ("feed2", .feed, nil), ("phones", .phones, nil), ("phones2", .phones, nil),
    ("lead", .lead, nil), ("lead2", .lead, nil), ("admin", .admin, nil),
    ("admin2", .admin, nil), ("alice", .agent, "alice"), ("bob", .agent, "bob"),
    ("daemon", .admin, nil), ("nobody", nil, nil),
  ]

  private static let team = """
    not-ready-reasons: [lunch]
    agents:
      alice: { user: \(prefix)alice }
      bob: { user: \(prefix)bob }
      carol: { name: Carol }
      dave: { name: Dave }
    queues:
      support: { members: [alice, bob, carol, dave] }
    access:
      monitor: { users: [\(prefix)monitor], groups: [\(prefix)monitors] }
      feed: { users: [\(prefix)feed], groups: [\(prefix)feeds] }
      phones: { users: [\(prefix)phones], groups: [\(prefix)phoness] }
      lead: { users: [\(prefix)lead], groups: [\(prefix)leads] }
      admin: { users: [\(prefix)admin], groups: [\(prefix)admins] }
    """

  private func startDaemon() throws -> TestDaemon {
    let daemon = try TestDaemon(Self.team)
    daemon.user = Self.prefix + "daemon"
    return try daemon.start()
  }

  /// What the daemon says to `request` from a process of user `name`.
  private func ask(
    _ daemon: TestDaemon, _ name: String, _ request: Request
  ) throws -> (code: Int, line: String) {
    let result = try TestDaemon.run(
      "rotactl", ["raw", "--socket", daemon.socket, request.line], as: Self.prefix + name)
    let line = String(result.output.split(separator: "\n").last ?? "")
    guard case .reply(_, let code, _, _)? = try? LineParser.serverLine(Array(line.utf8)[...]) else {
      return (0, "exit \(result.code): \(result.error)")
    }
    return (code, line)
  }

  /// A request with everything `verb` must have; `agent` is whom it is about.
  private func request(_ verb: VerbDeclaration, _ agent: String, _ options: [Field] = []) -> Request
  {
    let words = verb.words.filter(\.isRequired).map { Request.Argument.word(sample($0, agent)) }
    let required = verb.options.filter(\.isRequired).map { Field($0.name, sample($0, agent)) }
    let all = required.filter { field in !options.contains { $0.name == field.name } } + options
    return Request(
      verb: verb.name, arguments: words + all.map { .option(name: $0.name, value: $0.value) })
  }

  private func sample(_ parameter: Parameter, _ agent: String) -> String {
    switch parameter.kind {
    case .text(.call, _): "c-1"
    case .text(.transfer, _): "t-1"
    case .text(.request, _): "r-1"
    case .text(.reason, _): "lunch"
    case .text(.file, _): "backup-\(UUID().uuidString)"
    case .text(_, .agent): agent
    case .text(_, .queue): "support"
    case .text(_, .choice(let words)): words[0]
    case .text(_, .token), .text(_, .text), .list: "x"
    case .integer(_, let range): String(range.lowerBound)
    case .span(_, let range): String(range.lowerBound.wholeSeconds)
    case .time: "2026-11-21T18:00:00Z"
    }
  }

  @Test("Each verb by each role, as the table says", .enabled(if: isPossible))
  func everyCell() throws {
    let daemon = try startDaemon()
    var cells = 0
    for (name, role, agent) in Self.users {
      for verb in Verb.all.map(\.declaration) {
        let (code, line) = try ask(daemon, name, request(verb, agent ?? "carol"))
        cells += 1
        guard let role else {
          #expect(code == 0 && line.contains("has no role"), "\(name) \(verb.name): \(line)")
          continue
        }
        let isForbidden = verb.permission(for: role) == .no
        #expect(code > 0 && (code == 530) == isForbidden, "\(name) \(verb.name): \(line)")
      }
    }
    #expect(cells == Self.users.count * Verb.all.count)
    print("\(cells) cells of the role table, each asked by a process of its own user")
  }

  @Test(
    "A connection has the role of its user, whichever way it was given", .enabled(if: isPossible))
  func identities() throws {
    let daemon = try startDaemon()
    for (name, role, agent) in Self.users {
      let line = try ask(daemon, name, Request(verb: "whoami")).line
      guard let role else { continue }
      let own = agent.map { " agent=\($0)" } ?? ""
      #expect(line == "+ 200 ok role=\(role.rawValue) user=\(Self.prefix)\(name)\(own)")
    }
  }

  /// Bob talks on c-1 and consults Carol (t-1), Dave waits for an outbound call (r-1): Alice has no part in it.
  private func others(_ daemon: TestDaemon) throws -> Client {
    let admin = try daemon.client()
    for agent in ["bob", "carol", "dave"] {
      #expect(try admin.ask("agent.login \(agent)").isPositive)
    }
    for line in [
      "agent.ready bob", "call.arrive c-1 queue=support", "call.accept c-1 agent=bob",
      "agent.ready carol", "transfer.consult c-1 agent=bob to=agent:carol who=x about=y",
      "agent.ready dave", "outbound.wait agent=dave to=5",
    ] {
      let answer = try admin.ask(line)
      #expect(answer.isPositive, "\(line): \(answer.text)")
    }
    return admin
  }

  /// What is so of the others, without what changes by itself.
  private func state(_ admin: Client) throws -> String {
    let rows = try ["agent.list", "call.list", "transfer.list", "outbound.list"].flatMap {
      try admin.ask($0).rows
    }
    let kept = ["agent", "state", "call", "transfer", "request", "holder", "target"]
    return rows.map { row in
      row.filter { kept.contains($0.name) }.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }.joined(separator: "\n")
  }

  @Test("A rep acts for nobody else, named or not", .enabled(if: isPossible))
  func nobodyElse() throws {
    let daemon = try startDaemon()
    let admin = try others(daemon)
    let before = try state(admin)
    let own = Verb.all.map(\.declaration).filter { $0.permission(for: .agent) == .own }
    #expect(own.count >= 20)
    for verb in own {
      let isNamed = verb.words.contains { $0.name == "agent" }
      let content = verb.name == "call.note" ? [Field("client", "x")] : []
      let named = request(verb, "bob", content + (isNamed ? [] : [Field("agent", "bob")]))
      let (code, line) = try ask(daemon, "alice", named)
      #expect(code == 530 && line.contains("may act for alice only"), "\(named.line): \(line)")
      // Not named, it is about what is somebody else's; requests for an outbound call are one's own.
      if isNamed || verb.name == "outbound.request" || verb.name == "outbound.wait" { continue }
      let (other, text) = try ask(daemon, "alice", request(verb, "alice", content))
      #expect(other >= 500, "\(verb.name): \(text)")
    }
    #expect(try state(admin) == before)
  }
}
