import Base
import Client
import Configuration
import Events
import Foundation
import Frames
import Journal
import LineProtocol
import Migration
import Reporting
import Routing
import TestSupport
import Testing

/// Whatever callers, reps and files say reaches terminals, logs and the journal as text, and as nothing else.
@Suite(.serialized) struct HostileTextTests {
  /// What may do harm, said again here: the product's own rule must not be the judge of itself.
  private static let dangerous: [ClosedRange<UInt32>] = [
    0x00...0x1F, 0x7F...0x9F, 0xAD...0xAD, 0x034F...0x034F, 0x061C...0x061C, 0x115F...0x1160,
    0x180B...0x180F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164...0x3164,
    0xFE00...0xFE0F, 0xFEFF...0xFEFF, 0xFFA0...0xFFA0, 0xFFF9...0xFFFB, 0x1D173...0x1D17A,
    0xE0000...0xE0FFF,
  ]

  /// The first thing in `text` that may drive a terminal or reorder or hide what is shown.
  private static func harm(in text: String, lines: Bool = true) -> String? {
    var marks = 0
    for scalar in text.unicodeScalars {
      if lines, scalar == "\n" { continue }
      if dangerous.contains(where: { $0.contains(scalar.value) }) {
        return "U+\(String(scalar.value, radix: 16))"
      }
      marks = (0x0300...0x036F).contains(scalar.value) ? marks + 1 : 0
      if marks > 4 { return "a flood of marks" }
    }
    return nil
  }

  private static let classics = [
    "\u{1B}[2J\u{1B}[H", "\u{1B}]0;title\u{7}", "\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{1B}\\",
    "\u{9B}31mred", "\u{90}q\u{9C}", "a\rb", "a\u{8}\u{8}b", "a\u{7F}b", "one\ntwo", "tab\there",
    "\n+ 200 ok call=c-1", "\nrotad: critical: all is lost", "\u{202E}desrever\u{202C}",
    "\u{2066}isolate\u{2069}", "\u{200F}\u{200E}\u{061C}", "a\u{2028}b\u{2029}c", "\u{85}next",
    "in\u{200B}vis\u{200D}i\u{2060}ble\u{FEFF}", "tag\u{E0041}\u{E007F}", "\u{FE0F}\u{E0100}",
    "\u{AD}\u{34F}\u{3164}\u{115F}", "Z" + String(repeating: "\u{301}\u{327}\u{336}", count: 20),
    "\u{301}\u{302}first", "\"quoted\" \\ back=slash", "\\u{1B}[2J", "=1+1", "<script>", "%s%n",
    "👩‍👩‍👧‍👦",
  ]

  /// Text of every dangerous kind, mixed with text that is none.
  private static func random(_ random: inout TestRandom) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      let value: UInt32
      switch Int.random(in: 0..<4, using: &random) {
      case 0: value = .random(in: 0x20..<0x7F, using: &random)
      case 1: value = .random(in: dangerous.randomElement(using: &random) ?? 0...0, using: &random)
      case 2: value = .random(in: 0x0300...0x036F, using: &random)
      default: value = .random(in: 0xA0...0x10FFFF, using: &random)
      }
      if value > 0, let scalar = Unicode.Scalar(value) { text.append(scalar) }
    }
    return String(text)
  }

  private static let texts: [String] = {
    var generator = TestRandom(state: 7)
    return classics + (0..<60).map { _ in random(&generator) }
  }()

  private static func fitted(_ text: String) -> String {
    text.utf8.count <= 200 ? text : String(decoding: text.utf8.prefix(196), as: UTF8.self)
  }

  // MARK: The wire and the journal

  /// Says every text in every place where text may be said; what a place does not take is refused.
  private func say(_ text: String, _ number: Int, _ admin: Client) throws {
    let call = "c-\(number)"
    func option(_ name: String) -> Request.Argument { .option(name: name, value: text) }
    func ask(_ verb: String, _ words: [String], _ options: [Request.Argument]) throws {
      let answer = try admin.ask(
        Request(verb: verb, arguments: words.map { .word($0) } + options))
      #expect(answer.code > 0)
    }
    let alice = Request.Argument.option(name: "agent", value: "alice")
    let queue = Request.Argument.option(name: "queue", value: "support")
    try ask("call.arrive", [call], [queue, option("from"), option("to"), option("name")])
    try ask("call.accept", [call], [alice])
    let fields = ["client", "order", "call-back", "category", "disposition", "notes"]
    try ask("call.note", [call], [alice] + fields.map(option))
    let number = Request.Argument.option(name: "to", value: "number:\(text)")
    try ask("transfer.consult", [call], [alice, number, option("who"), option("about")])
    if number != .word("") { try ask("transfer.list", [], []) }
    try ask("transfer.cancel", ["t-1"], [alice])
    try ask("call.hang-up", [call], [])
    try ask("outbound.wait", [], [option("to"), .option(name: "agent", value: "bob")])
    try ask("help", [text], [])
    try ask("agent.ready", [text], [])
    try ask("call.show", [call], [option("queue")])
    try ask("agent.not-ready", ["alice"], [option("reason")])
    try ask("agent.dnd", ["alice", text], [])
  }

  private static let team = """
    not-ready-reasons: [lunch]
    agents: { alice: { name: Alice }, bob: { name: Bob }, carol: { name: Carol } }
    queues: { support: { members: [alice], wrap-up: 0 }, sales: { members: [bob, carol] } }
    """

  private func daemonThatHasHeardAll() throws -> TestDaemon {
    let daemon = try TestDaemon(Self.team).start()
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    try admin.ask("agent.ready alice")
    try admin.ask("agent.login bob")
    for (number, text) in Self.texts.enumerated() { try say(Self.fitted(text), number, admin) }
    // Some are still there for the board to show.
    for (number, text) in Self.texts.suffix(20).enumerated() {
      let name = Request.Argument.option(name: "name", value: Self.fitted(text))
      let from = Request.Argument.option(name: "from", value: Self.fitted(text))
      let queue = Request.Argument.option(name: "queue", value: "sales")
      let arrival = Request(
        verb: "call.arrive", arguments: [.word("w-\(number)"), queue, name, from])
      #expect(try admin.ask(arrival).isPositive)
    }
    return daemon
  }

  @Test("Everything rotactl shows, as text and as JSON, is text")
  func commandLine() throws {
    let daemon = try daemonThatHasHeardAll()
    let seq = try daemon.client().greeting["seq"] ?? "0"
    let commands = [
      ["status"], ["watch", "--count", "1"], ["call", "list"], ["call", "show", "w-0"],
      ["call", "why", "w-1"], ["transfer", "list"], ["outbound", "list"], ["report", "calls"],
      ["report", "performance"], ["report", "queue"], ["events", "--from", "1", "--count", seq],
      ["raw", "call.list"], ["raw", "report.calls"], ["queue", "show", "sales"],
    ]
    for command in commands {
      for json in [false, true] where !(json && ["raw", "watch"].contains(command[0])) {
        let result = try TestDaemon.run(
          "rotactl", command + ["--socket", daemon.socket] + (json ? ["--json"] : []),
          environment: ["NO_COLOR": "1"])
        #expect(result.code == 0, "\(command): \(result.error)")
        #expect(json || !result.output.isEmpty, "\(command) shows nothing")
        let harm = Self.harm(in: result.output) ?? Self.harm(in: result.error)
        #expect(harm == nil, "\(command) \(json ? "as JSON " : "")shows \(harm ?? "")")
      }
    }
  }

  @Test("Refusals that repeat what was asked, and complaints about the command line, are text")
  func echoes() throws {
    let daemon = try TestDaemon(Self.team).start()
    // A few long texts: a process for each and each place would take a minute.
    let parts = stride(from: 0, to: Self.classics.count, by: 7).map {
      Self.classics[$0..<min($0 + 7, Self.classics.count)].joined(separator: " ")
    }
    for text in parts {
      for command in [
        ["agent", "ready", text], ["raw", text], ["call", "show", text], ["queue", "show", text],
        ["report", "calls", "--from", text], [text], ["status", "--\(text)"],
        ["--as", text, "status"],
        ["events", "--count", text], ["play", text], ["status", "--socket", text],
      ] {
        let result = try TestDaemon.run(
          "rotactl", command.contains("--socket") ? command : command + ["--socket", daemon.socket])
        let harm = Self.harm(in: result.output) ?? Self.harm(in: result.error)
        #expect(harm == nil, "\(command.debugDescription) shows \(harm ?? "")")
      }
    }
  }

  @Test("JSON keeps what was said, to the last character")
  func jsonIsLossless() throws {
    let daemon = try TestDaemon(Self.team).start()
    let admin = try daemon.client()
    for (number, text) in Self.texts.enumerated() {
      let name = Request.Argument.option(name: "name", value: Self.fitted(text))
      let queue = Request.Argument.option(name: "queue", value: "sales")
      let arrival = Request(verb: "call.arrive", arguments: [.word("c-\(number)"), queue, name])
      #expect(try admin.ask(arrival).isPositive)
    }
    let rows = try daemon.rotactl("call", "list", "--json").output.split(separator: "\n")
    let shown = try rows.map { row in
      let call = try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any]
      // Digits are numbers in JSON, and no name here is made of digits only.
      return Array((call?["name"] as? String ?? "").utf8)
    }
    #expect(shown == Self.texts.map { Array(Self.fitted($0).utf8) })
  }

  @Test("The journal has one record for each thing that happened, and its text is text")
  func journal() throws {
    let daemon = try daemonThatHasHeardAll()
    #expect(try daemon.client().ask("admin.verify").code == 200)
    daemon.kill()
    var names: [String] = []
    for record in try Self.records(daemon) {
      if case .event(.call(.arrived), let detail) = record.content {
        names.append(detail[.name] ?? "")
      }
      var writer = LineWriter()
      record.write(Directory(), to: &writer)
      let line = String(decoding: writer.bytes.dropLast(), as: UTF8.self)
      #expect(Self.harm(in: line, lines: false) == nil, "record \(record.seq)")
    }
    let said = (Self.texts + Self.texts.suffix(20)).map { Array(Self.fitted($0).utf8) }
    #expect(names.map { Array($0.utf8) } == said)
  }

  private static func records(_ daemon: TestDaemon) throws -> [Record] {
    let journal = try Journal.reading(daemon.state.appending(path: "journal.sqlite").path)
    var records: [Record] = []
    try journal.read(from: 1) { entry, step in
      records.append(try Record(entry, at: step.at))
      return true
    }
    return records
  }

  // MARK: Files and the log

  private static let hostileYAML = """
    agents: { alice: { name: Alice } }
    queues: { support: { members: [alice] } }
    "\\e[2J\\u202e\\nrotad: critical: all is lost": 1
    not-ready-reasons: ["\\x9b31m", "a\\rb", "\\ufeff"]
    """

  @Test("A configuration cannot write lines of its own into the log, nor drive a terminal")
  func logAndConfiguration() throws {
    let daemon = try TestDaemon(Self.team).start()
    try daemon.write(Self.hostileYAML)
    let reload = try daemon.rotactl("reload")
    #expect(reload.code == 78 && Self.harm(in: reload.error) == nil, "\(reload.error)")
    let log = daemon.log
    #expect(log.contains("the configuration was not reloaded"))
    #expect(Self.harm(in: log) == nil, "\(log)")
    let lines = log.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("rotad: ") && !$0.hasPrefix("rotad: critical") })
    let check = try TestDaemon.run("rotad", ["--check", "--config", daemon.configuration.path])
    #expect(check.code == 78 && check.error.contains("\\u{1B}[2J\\u{202E}"), "\(check.error)")
    #expect(Self.harm(in: check.error) == nil)
    #expect(check.error.split(separator: "\n").allSatisfy { !$0.hasPrefix("rotad: critical") })
  }

  @Test("A scenario's text can drive neither a terminal nor a page")
  func simulatorsReports() throws {
    let daemon = try TestDaemon(Self.team)
    let directory = daemon.directory
    let scenario = directory.appending(path: "scenario.yaml")
    let page = directory.appending(path: "page.html")
    let tables = directory.appending(path: "tables")
    let fast = TestDaemon.root.appending(path: "Simulations/fast/normal-day.yaml").path
    try """
    based-on: \(fast)
    description: "\\e[2J\\u202e<script>alert(1)</script>\\n\\x9b31m\\ufeff"
    """.write(to: scenario, atomically: true, encoding: .utf8)
    for arguments in [[], ["--json"], ["--html", page.path], ["--csv", tables.path]] {
      let result = try TestDaemon.run(
        "rotasim", ["run", scenario.path, "--replications", "2"] + arguments)
      #expect(result.code == 0, "\(result.error)")
      #expect(Self.harm(in: result.output) == nil, "\(arguments)")
    }
    let html = try String(contentsOf: page, encoding: .utf8)
    #expect(!html.contains("<script>alert"))
    #expect(Self.harm(in: html) == nil)
    for name in try FileManager.default.contentsOfDirectory(atPath: tables.path) {
      let text = try String(contentsOf: tables.appending(path: name), encoding: .utf8)
      #expect(Self.harm(in: text) == nil, "\(name)")
    }
    let wrong = try TestDaemon.run("rotasim", ["run", "\u{1B}[2J\u{202E}"])
    #expect(wrong.code != 0 && Self.harm(in: wrong.error) == nil, "\(wrong.error.debugDescription)")
  }
}
