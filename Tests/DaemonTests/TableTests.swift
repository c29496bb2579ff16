import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// Tables of answers, whatever their values are.
@Suite(.serialized) struct TableTests {
  private static let team = """
    agents:
      alice: { name: Alice Adams }
      bob: { name: Bob Baker }
    queues:
      sales: { members: [alice], wrap-up: 0 }
      support: { members: [bob], wrap-up: 0 }
    """

  /// A daemon with two reps and two queues, each of which has had its call.
  private func daemon() throws -> TestDaemon {
    let daemon = try TestDaemon(Self.team).start()
    let feed = try daemon.client(.feed)
    for (rep, queue) in [("alice", "sales"), ("bob", "support")] {
      let client = try daemon.client(.agent, agent: rep)
      try client.ask("agent.login \(rep)")
      try client.ask("agent.ready \(rep)")
      try feed.ask("call.arrive \(rep)-1 queue=\(queue)")
      try client.ask("call.accept \(rep)-1")
      try feed.ask("call.hang-up \(rep)-1")
    }
    return daemon
  }

  /// The words of the line that begins with `name`, in every table of `text`.
  private func cells(_ name: String, in text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { $0.split(separator: " ").map(String.init) }
      .filter { $0.first == name }.flatMap { $0.dropFirst() }
  }

  @Test("Everybody is shown in each interval of a report")
  func everybodyIsShown() throws {
    let daemon = try daemon()
    // An interval of a day: however late it is, it is rarely two.
    for (report, column, names) in [
      ("performance", "agent", ["alice", "bob"]), ("queue", "queue", ["sales", "support"]),
    ] {
      let text = try daemon.rotactl("report", report, "--interval", "86400").output
      #expect(Set(cells(column, in: text)) == Set(names), "\(text)")
      #expect(cells("offered", in: text).count == cells("start", in: text).count, "\(text)")
      let json = try daemon.rotactl("report", report, "--interval", "86400", "--json").output
      for name in names { #expect(json.contains("\"\(column)\": \"\(name)\""), "\(json)") }
    }
  }

  @Test("Instants are shown by the clock of whoever looks; JSON has them as they come")
  func localTimes() throws {
    let daemon = try daemon()
    let arguments = ["report", "queue", "--interval", "86400", "--socket", daemon.socket]
    for (zone, offset) in [
      ("Asia/Kolkata", "+05:30"), ("UTC", "+00:00"), ("America/Caracas", "-04:00"),
    ] {
      let text = try TestDaemon.run("rotactl", arguments, environment: ["TZ": zone]).output
      let starts = cells("start", in: text)
      #expect(!starts.isEmpty && starts.allSatisfy { $0.dropFirst(19) == offset }, "\(text)")
    }
    let json = try TestDaemon.run(
      "rotactl", arguments + ["--json"], environment: ["TZ": "Asia/Kolkata"]
    ).output
    #expect(json.contains("Z\"") && !json.contains("+05:30"), "\(json)")
  }

  @Test("A table turned over for a narrow terminal has every row, and no line that is too long")
  func narrow() throws {
    let daemon = try daemon()
    for (arguments, name, values) in [
      (["report", "performance", "--interval", "86400"], "agent", ["alice", "bob"]),
      (["agent", "list"], "name", ["Alice", "Adams", "Bob", "Baker"]),
      (["queue", "list"], "strategy", ["rotating", "rotating"]),
    ] {
      let terminal = try TestTerminal(
        TestDaemon.program("rotactl"), arguments + ["--socket", daemon.socket], columns: 60)
      #expect(try terminal.finish() == 0)
      let table = terminal.text.components(separatedBy: "\r\n\r\nRefused")[0]
      #expect(cells(name, in: table) == values, "\(table)")
      #expect(table.split(whereSeparator: \.isNewline).allSatisfy { $0.count <= 60 }, "\(table)")
    }
  }
}
