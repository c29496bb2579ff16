import Base
import Foundation
import Planning
import Simulation
import Stochastics
import Testing

/// The call log of a bank, January and February 1999 (Mandelbaum, Sakov, Zeltyn 2000): each of its days
/// lived again by the production engine.
@Suite(
  .enabled(
    if: FileManager.default.fileExists(atPath: BankLog.folder),
    "the bank's call log is not beside the project"))
struct BankTests {
  @Test(
    "Lived again, the days of a month have its service level to 3 points and its abandonment to 1",
    arguments: ["january", "february"])
  func replayed(_ month: String) throws {
    let output = RotasimProcess.root.appending(path: ".build/bank-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: output) }
    let trace = "\(output)/month.trace"
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    let imported = try RotasimProcess.run([
      "import", "bank1999", "\(BankLog.folder)/\(month)1999.tsv.gz", "--output", trace,
    ])
    try #require(imported.code == 0, "\(imported.error)")
    let made = try RotasimProcess.run([
      "reenact", trace, "--day", "all", "--credit", "2=90s", "--output", output,
    ])
    try #require(made.code == 0, "\(made.error)")
    let log = CallLog(trace: try String(contentsOfFile: trace, encoding: .utf8), file: trace)
    var (level, abandoned) = (Difference(), Difference())
    for day in Set(log.calls.map(\.day)).sorted() {
      let file = try ScenarioFile(path: "\(output)/\(day).yaml") {
        try String(contentsOfFile: $0, encoding: .utf8)
      }
      let summary = Runner(threads: 2, seed: 1, replications: 2).run(file.scenario)
      let window = try #require(file.window(Set(Weekday.allCases)))
      var calls = log
      calls.calls.removeAll { $0.day != day }
      let recorded = RecordedFigures(calls, window) { file.limits(ofCallers: $0) }.total
      #expect(summary.calls == Double(2 * recorded.called))
      level.add(summary, recorded, .negativeAbandon)
      abandoned.add(summary, recorded, .abandonment)
    }
    #expect(level.calls > 29_000)
    #expect(abs(level.mean) < 0.03, "service level: \(level.mean)")
    #expect(abs(abandoned.mean) < 0.01, "abandonment: \(abandoned.mean)")
  }

  /// Simulated less recorded, by caller.
  private struct Difference {
    var sum = 0.0
    var calls = 0.0

    mutating func add(
      _ summary: Summary, _ recorded: RecordedFigures.Counts, _ measure: CallMeasure
    ) {
      let simulated = summary.total.estimate(measure).value
      sum += (simulated - (recorded.value(measure) ?? .nan)) * Double(recorded.called)
      calls += Double(recorded.called)
    }

    var mean: Double { sum / calls }
  }
}

enum BankLog {
  static let folder = RotasimProcess.root.deletingLastPathComponent()
    .appending(path: "shared/data/bank1999").path
}
