import Base
import Foundation
import Planning
import Testing

@Suite struct ImportTests {
  @Test(
    "A table with names of its own; dirty rows are counted and explained, never silently dropped")
  func csv() throws {
    let text = """
      date,arrival,result,hold,talk,who
      2026-11-23,8:00:05,answered,12,180,alice
      2026-11-23,8:00:01,abandoned,30,,
      2026-11-23,soon,answered,1,2,bob
      2026-11-23,8:01:00,lost,1,2,bob
      2026-11-23,8:01:00,answered,1,0,bob
      2026-11-23,8:01:00
      2026-11-23,8:02:00,lost,1,2,bob
      """
    let map = [
      "day": "date", "at": "arrival", "outcome": "result", "wait": "hold", "handle": "talk",
      "agent": "who", "kind": "kind", "priority": "priority",
    ]
    let log = CallLog.separated(text, by: ",", map: map, file: "f.csv")
    #expect(log.rows == 7 && log.calls.count == 2)
    #expect(log.calls[0].at == 8 * 3_600 + 1 && !log.calls[0].isAnswered)
    #expect(log.calls[1].handleTime == 180 && log.calls[1].agent == "alice")
    #expect(
      log.leftOut.map { "\($0.count) \($0.reason) \($0.first)" } == [
        "1 no time of arrival within the day f.csv:4",
        "2 outcome neither answered nor abandoned nor diverted f.csv:5",
        "1 answered, but no handle time f.csv:6",
        "1 another number of columns than the header f.csv:7",
      ])
    #expect(log.calls.count + log.leftOut.reduce(0) { $0 + $1.count } == log.rows)
  }

  @Test("Quotation marks, blank lines, and values that cannot be")
  func dirty() throws {
    let text = """
      day,at,wait,outcome,handle,agent,priority

      2026-11-23,8:00:00,1,answered,100,"Adams, ""Al""\u{22},0
      05/01/2026,8:00:00,1,answered,100,al,0
      2026-11-23,25:00:00,1,answered,100,al,0
      2026-11-23,8:00:00,inf,answered,100,al,0
      2026-11-23,8:00:00,1e300,answered,100,al,0
      2026-11-23,8:00:00,1,answered,nan,al,0
      2026-11-23,8:00:00,1,answered,100,al,high
      9223372036854775807-1-1,8:00:00,1,answered,100,al,0
      """
    let map = Dictionary(uniqueKeysWithValues: CallLog.columns.map { ($0, $0) })
    let log = CallLog.separated(text, by: ",", map: map, file: "f.csv")
    #expect(log.calls.map(\.agent) == ["Adams, \"Al\""])
    #expect(
      log.leftOut.map { "\($0.count) \($0.reason) \($0.first)" } == [
        "2 the day is not yyyy-mm-dd f.csv:4", "1 no time of arrival within the day f.csv:5",
        "2 no wait f.csv:6", "1 answered, but no handle time f.csv:8",
        "1 the priority is not a whole number from 0 to 255 f.csv:9",
      ])
  }

  @Test("A trace read back is the log that was written")
  func roundTrip() {
    var log = CallLog()
    log.calls = [
      LoggedCall(
        day: "2026-11-23", at: 5.25, kind: "a", wait: 3, outcome: .abandoned, handleTime: 0),
      LoggedCall(
        day: "2026-11-24", at: 28_800, kind: "b", priority: 2, wait: 0, outcome: .answered,
        handleTime: 99.5, agent: "bob"),
    ]
    let read = CallLog(trace: log.trace, file: "t")
    #expect(read.calls == log.calls && read.leftOut.isEmpty)
  }

  @Test(
    "The bank's January: every row is accounted for",
    .enabled(
      if: FileManager.default.fileExists(atPath: BankLog.folder),
      "the bank's call log is not beside the project"))
  func bank1999() throws {
    let path = NSTemporaryDirectory() + "rotasim-\(UUID().uuidString).trace"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let result = try RotasimProcess.run([
      "import", "bank1999", BankLog.folder + "/january1999.tsv.gz", "--output", path,
    ])
    #expect(result.code == 0)
    let log = CallLog(trace: try String(contentsOfFile: path, encoding: .utf8), file: path)
    #expect(log.leftOut.isEmpty)
    #expect(result.error.contains("31599 rows read, \(log.calls.count) calls kept"))
    let left = result.error.split(separator: "\n").dropFirst().compactMap {
      $0.split(separator: " ").first.flatMap { Int($0) }
    }
    #expect(log.calls.count + left.reduce(0, +) == 31_599)
    // The paper's January: about 15 % of those who entered the queue gave up.
    let abandoned = log.calls.count { !$0.isAnswered }
    #expect((0.10...0.25).contains(Double(abandoned) / Double(log.calls.count)))
  }

  @Test("Fitted to what a scenario gave, the log gives the scenario back; and it can be run")
  func fit() throws {
    let folder = RotasimProcess.root.appending(path: ".build/fit-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var log = CallLog()
    var random = SystemRandomNumberGenerator()
    for day in 2...27 where day % 7 != 1 {
      let date = "2026-11-" + (day < 10 ? "0" : "") + "\(day)"
      for index in 0..<200 {
        let gaveUp = index.isMultiple(of: 5)
        log.calls.append(
          LoggedCall(
            day: date, at: 28_800 + Double(index) * 160, kind: "a", wait: gaveUp ? 50 : 10,
            outcome: gaveUp ? .abandoned : .answered,
            handleTime: gaveUp ? 0 : .random(in: 100...200, using: &random)))
      }
    }
    try log.trace.write(toFile: folder + "/log.trace", atomically: true, encoding: .utf8)
    let answer = try RotasimProcess.json([
      "fit", folder + "/log.trace", "--output", folder + "/fitted.yaml", "--configuration",
      "systemd/rota.yaml",
    ])
    // 2 to 27 November 2026: four weeks of five working days.
    #expect(answer["days"] as? Int == 20 && answer["calls"] as? Int == 4_000)
    let arrivals = answer["arrivals"] as? [Double] ?? []
    #expect(arrivals.count == 18 && abs(arrivals.reduce(0, +) - 200) < 1e-9)
    let run = try RotasimProcess.run(["run", folder + "/fitted.yaml", "--replications", "3"])
    #expect(run.code == 0, "\(run.error)")
    #expect(try RotasimProcess.run(["fit", folder + "/log.trace", "--weekdays", "sun"]).code == 65)
  }

  @Test("A log without a needed column is refused by name")
  func missingColumn() throws {
    let path = NSTemporaryDirectory() + "rotasim-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "day,when,wait,outcome\n".write(toFile: path, atomically: true, encoding: .utf8)
    let refused = try RotasimProcess.run(["import", "csv", path])
    #expect(refused.code == 65 && refused.error.contains("no column for at"))
    let empty = try RotasimProcess.run(["import", "csv", path, "--map", "at=when"])
    #expect(empty.code == 65 && empty.error.contains("no call could be used"))
  }
}
