import Base
import Client
import Configuration
import Events
import Foundation
import Journal
import LineProtocol
import Reporting
import Routing
import TestSupport
import Testing
import Vocabulary

/// The protocol page is normative, so it is tested: its tables against the declarations, its
/// conversations against the daemon. `make pages` (`RECORD_SNAPSHOTS=1`) writes the tables anew, and fails.
@Suite(.serialized) struct ProtocolPageTests {
  private static let pages = TestDaemon.root.appending(
    path: "Sources/LineProtocol/LineProtocol.docc")

  private func text(_ name: String = "Protocol.md") throws -> String {
    try String(contentsOf: Self.pages.appending(path: name), encoding: .utf8)
  }

  @Test func replyTable() throws {
    let rows = ReplyCode.allCases.map { "| \($0.rawValue) | \($0.word) | \($0.meaning) |" }
    try check(
      "replies: made from ReplyCode", ["| code | word | meaning |", "|---|---|---|"] + rows)
  }

  @Test func verbTable() throws {
    let rows = Verb.all.map(\.declaration).map { verb in
      let roles =
        verb.roles.roles.count == Role.allCases.count
        ? "all" : verb.roles.roles.map(\.rawValue).joined(separator: ", ")
      return "| `\(verb.synopsis)` | \(roles) | \(verb.summary) |"
    }
    try check("verbs: made from Verb.all", ["| verb | roles | what |", "|---|---|---|"] + rows)
  }

  @Test func roleTable() throws {
    let roles = Role.allCases
    let rows = Verb.all.map(\.declaration).map { verb in
      let cells = roles.map { verb.permission(for: $0).rawValue }
      return "| `\(verb.name)` | \(cells.joined(separator: " | ")) |"
    }
    let titles = "| verb | \(roles.map(\.rawValue).joined(separator: " | ")) |"
    let rule = "|---|" + String(repeating: ":-:|", count: roles.count)
    try check("roles: made from Verb.permission", [titles, rule] + rows, in: "Roles.md")
  }

  @Test func reportTables() throws {
    try checkColumns("report.performance", PerformanceColumn.self)
    try checkColumns("report.queue", QueueColumn.self)
    try checkColumns("report.calls", CallColumn.self)
    try checkColumns("call-back.list", CallBackColumn.self)
  }

  @Test(
    "Every event type, with its options, made from the declarations; each is written, read and printed"
  )
  func eventTable() throws {
    let declared = try EventDeclarations.all()
    let samples = EventDeclarations.samples()
    #expect(Set(samples.map(\.name)) == Set(declared.map(\.name)))
    var types: [String: String] = [:]
    var options: [String: [String]] = [:]
    for (name, event) in samples {
      #expect(event.code.kind != 0 && Event(event.code) == event, "\(event)")
      let record = Record(seq: 1, at: Instant(seconds: 1), content: .event(event, Detail()))
      var writer = LineWriter()
      record.write(Directory(), to: &writer)
      let line = try LineParser.serverLine(writer.bytes.dropLast()[...])
      guard case .event(_, let type, let fields) = line else {
        Issue.record("\(event) is printed as \(line)")
        continue
      }
      types[name] = type
      for field in fields where field.name != "at" && options[name]?.contains(field.name) != true {
        options[name, default: []].append(field.name)
      }
    }
    #expect(Set(types.values).count == declared.count, "every event has a type of its own")
    let rows = declared.map { declaration in
      let names = (options[declaration.name] ?? []).map { "`\($0)`" }.joined(separator: ", ")
      return "| `\(types[declaration.name] ?? "")` | \(names) | \(declaration.meaning) |"
    }
    try check(
      "events: made from Event", ["| event | options | what happened |", "|---|---|---|"] + rows)
  }

  private func checkColumns<C: ReportColumn>(_ verb: String, _ columns: C.Type) throws {
    let rows = C.allCases.map { "| `\($0.rawValue)` | \($0.meaning) |" }
    try check(
      "columns of \(verb): made from \(columns)", ["| column | what |", "|---|---|"] + rows)
  }

  private func check(
    _ marker: String, _ lines: [String], in name: String = "Protocol.md"
  ) throws {
    let page = try text(name)
    let begin = try #require(page.range(of: "<!-- \(marker) -->\n"))
    let end = try #require(page[begin.upperBound...].range(of: "<!-- end -->"))
    let expected = lines.joined(separator: "\n") + "\n"
    let isSame = page[begin.upperBound..<end.lowerBound] == expected
    if !isSame, ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      let new = page.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected)
      try new.write(to: Self.pages.appending(path: name), atomically: true, encoding: .utf8)
    }
    #expect(isSame, "the table \"\(marker)\" is not what the declarations say")
  }

  @Test("Every conversation of the page, played against the daemon")
  func conversations() throws {
    let daemon = try TestDaemon().start()
    var clients: [String: Client] = [:]
    func client(_ name: String) throws -> Client {
      if let known = clients[name] { return known }
      let new =
        switch name {
        case "feed", "sip": try daemon.client(.feed)
        case "lead": try daemon.client(.lead)
        default: try daemon.client(agent: name)
        }
      clients[name] = new
      return new
    }
    var played = 0
    for line in try conversationLines() {
      guard let mark = line.firstIndex(where: { $0 == ">" || $0 == "<" }) else { continue }
      let name = String(line[..<mark])
      let content = String(line[line.index(mark, offsetBy: 2)...])
      played += 1
      if line[mark] == ">" {
        try client(name).sendRaw(Array((content + "\n").utf8))
      } else {
        let got = try next(try client(name)).line
        #expect(matches(got, content), "expected \(content)\n     got \(got)")
      }
    }
    #expect(played > 70)
  }

  private func conversationLines() throws -> [Substring] {
    let blocks = try text().components(separatedBy: "```rota\n").dropFirst()
    return blocks.flatMap { block in
      (block.components(separatedBy: "```").first ?? "").split(separator: "\n")
    }
  }

  /// Notices come when they like.
  private func next(_ client: Client) throws -> ServerLine {
    while true {
      let line = try client.nextLine()
      if case .notice = line { continue }
      return line
    }
  }

  /// Word by word; `*` is any value.
  private func matches(_ got: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    var rest = got[...]
    for (index, part) in parts.enumerated() {
      // A row begins with the very character that means any value elsewhere.
      if index == 0, pattern.hasPrefix("*") {
        guard rest.hasPrefix("*") else { return false }
        rest = rest.dropFirst()
        continue
      }
      if part.isEmpty, index == parts.count - 1 { return true }
      guard let range = rest.range(of: part) else { return false }
      if index == 0, range.lowerBound != rest.startIndex { return false }
      rest = rest[range.upperBound...]
    }
    return rest.isEmpty
  }
}
