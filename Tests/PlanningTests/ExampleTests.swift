import Base
import Configuration
import Events
import Foundation
import Frames
import Journal
import Planning
import Routing
import Simulation
import Testing

/// The examples of every command's help, run one after another in one folder, as a user would.
@Suite struct ExampleTests {
  /// In this order, so that one finds what another has written.
  private static let commands = [
    "import bank1999", "import csv", "fit", "reenact", "run", "compare", "sweep", "merge", "staff",
    "replay", "drive", "erlang-b", "erlang-c", "erlang-a", "required-agents",
  ]

  @Test("Every example of every command's help runs")
  func examples() throws {
    let folder = RotasimProcess.root.appending(path: ".build/examples-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try furnish(folder)
    for command in Self.commands {
      let examples = try examples(of: command)
      #expect(!examples.isEmpty, "\(command) has no example")
      for example in examples {
        var words = example.split(separator: " ").dropFirst().map(String.init)
        if ["run", "compare", "sweep", "staff"].contains(words[0]) {
          words += ["--replications", "2"]
        }
        words = words.map { $0.hasPrefix("/tmp/") ? folder.path + $0.dropFirst(4) : $0 }
        let result = try RotasimProcess.run(words, in: folder)
        #expect(result.code == 0, "\(example)\n\(result.error)")
      }
    }
  }

  @Test("No command is without examples that are run, or a test of its own")
  func complete() throws {
    let help = try RotasimProcess.run(["--help"]).output
    let listed = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").last)
    for line in listed.split(separator: "\n") where line.hasPrefix("  ") && !line.contains("'") {
      guard let name = line.split(separator: " ").first, line.hasPrefix("  \(name) ") else {
        continue
      }
      let isRun = Self.commands.contains { $0 == name || $0.hasPrefix("\(name) ") }
      #expect(isRun, "\(name) has no example that is run")
    }
  }

  private func examples(of command: String) throws -> [String] {
    let help = try RotasimProcess.run(command.split(separator: " ").map(String.init) + ["--help"])
    #expect(help.code == 0)
    return help.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { $0.hasPrefix("rotasim ") && !$0.contains("[") && !$0.contains("<") }
      // What needs a daemon is run by DaemonTests.
      .filter { !$0.contains("--socket") }
  }

  // MARK: What the examples speak of

  private func furnish(_ folder: URL) throws {
    for name in ["Simulations", "systemd"] {
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: name),
        withDestinationURL: RotasimProcess.root.appending(path: name))
    }
    func put(_ text: String, _ name: String) throws {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    try put(bankMonth, "january1999.tsv")
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/bin/gzip")
    gzip.arguments = [folder.path + "/january1999.tsv"]
    try gzip.run()
    gzip.waitUntilExit()
    try put(
      "date,arrival,hold_time,result,talk\n2026-11-20,9:00:00,12,answered,180\n", "calls.csv")
    let month = Bank1999.read(bankMonth.replacing("9901", with: "9902"), file: "february")
    try put(month.trace, "february.trace")
    try writeJournal(folder.path + "/yesterday.sqlite")
  }

  /// Four weeks of a bank's log, two calls every ten minutes.
  private var bankMonth: String {
    var text = "header\n"
    for day in 1...28 {
      for minute in stride(from: 8 * 60, to: 17 * 60, by: 10) {
        let hour = "\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
        let date = "9901\(day < 10 ? "0" : "")\(day)"
        let common = "AA\t1\t2\tPS\t\(date)\t\(hour):00\t\(hour):05\t5"
        text +=
          "\(common)\t\(hour):05\t\(hour):25\t20\tAGENT\t\(hour):25\t\(hour):59\t\(day + 30)\tA01\n"
        text += "\(common)\t\(hour):05\t\(hour):45\t\(day)\tHANG\t0:00:00\t0:00:00\t0\tNO_SERVER\n"
      }
    }
    return text
  }

  /// A simulated Friday as a daemon would have written it down.
  private func writeJournal(_ path: String) throws {
    let root = RotasimProcess.root
    let file = try ScenarioFile(path: root.appending(path: "Simulations/fast/normal-day.yaml").path)
    {
      try String(contentsOfFile: $0, encoding: .utf8)
    }
    // 2026-11-20 08:00 in Chicago.
    let start = Instant(seconds: 1_795_183_200)
    var batch = Batch()
    let parts = PlanRecord(file.configuration).parts
    batch.begin(.start, at: start)
    batch.add(.planAdopted(parts.plan), Detail().with(.people, parts.people))
    for entry in Replication.history(file.scenario, seed: 1, start: start) {
      batch.begin(.unknown, at: entry.at)
      batch.add(entry.event)
    }
    let journal = try Journal(.init(path: path, vocabulary: Record.vocabulary)) { "test" }
    try journal.append(batch)
  }
}
