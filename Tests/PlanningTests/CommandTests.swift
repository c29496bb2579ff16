import Foundation
import Testing

@Suite struct CommandTests {
  private func number(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? .nan }

  @Test("JSON has the names that were promised")
  func json() throws {
    let answer = try RotasimProcess.json([
      "erlang-a", "--agents", "50", "--arrivals-per-hour", "950", "--aht", "3m", "--patience",
      "120",
    ])
    #expect(abs(number(answer["probability_of_wait"]) - 0.343_251_164) < 1e-8)
    #expect(abs(number(answer["probability_of_abandonment"]) - 0.040_561_295) < 1e-8)
    #expect(abs(number(answer["average_speed_of_answer_seconds"]) - 4.567_588_684) < 1e-8)
    #expect(abs(number(answer["mean_wait_seconds"]) - 4.867_355_440) < 1e-8)
    #expect(abs(number(answer["occupancy"]) - 0.911_466_769) < 1e-8)
    #expect(abs(number(answer["mean_queue_length"]) - 1.284_441_019) < 1e-8)
    #expect(number(answer["blocking"]) == 0)
    let levels = answer["service_level"] as? [String: Any] ?? [:]
    #expect(abs(number(levels["negative_abandon"]) - 0.878_658_665) < 1e-8)
    #expect(abs(number(levels["positive_abandon"]) - 0.911_490_855) < 1e-8)
    #expect(abs(number(levels["without_abandon"]) - 0.908_486_258) < 1e-8)
    #expect(abs(number(levels["handled_only"]) - 0.915_804_898) < 1e-8)
  }

  @Test("The least number of agents, by both models")
  func requiredAgents() throws {
    let calls = ["--arrivals-per-hour", "950", "--aht", "180", "--target", "0.80/20"]
    let c = try RotasimProcess.json(["required-agents", "--model", "c"] + calls)
    #expect(number(c["agents"]) == 53)
    let a = try RotasimProcess.json(
      ["required-agents", "--model", "a", "--patience", "120"] + calls)
    #expect(number(a["agents"]) == 48)
  }

  @Test("Questions without an answer, and wrong ones, by exit code and with advice")
  func refusals() throws {
    let overload = try RotasimProcess.run(["erlang-c", "--agents", "4", "--load", "5"])
    #expect(overload.code == 65 && overload.error.contains("at least 6 agents"))
    #expect(try RotasimProcess.run(["erlang-c", "--agents", "4"]).code == 64)
    #expect(try RotasimProcess.run(["required-agents", "--model", "c", "--load", "5"]).code == 64)
    #expect(try RotasimProcess.run(["erlang-b", "--agents", "10", "--load", "1e19"]).code == 64)
    let never = ["erlang-a", "--agents", "10", "--load", "20", "--patience", "never"]
    #expect(try RotasimProcess.run(never).code == 64)
    for share in ["nan", "0", "1.5"] {
      let words = ["required-agents", "--model", "c", "--load", "5", "--max-occupancy", share]
      #expect(try RotasimProcess.run(words).code == 64)
    }
    let day = "Simulations/fast/normal-day.yaml"
    #expect(try RotasimProcess.run(["run", day, "--replications", "99999999999"]).code == 64)
    let impossible = ["staff", day, "--target", "0.8", "--max-abandonment", "0"]
    #expect(try RotasimProcess.run(impossible).code == 64)
    // Scenarios with other replications of their own are run like the first.
    let surge = [
      "compare", "Simulations/fast/two-skills.yaml", "Simulations/fast/recall-surge.yaml",
    ]
    #expect(try RotasimProcess.run(surge + ["--replications", "2"]).code == 0)
    let missing = try RotasimProcess.run(["run", "Simulations/none.yaml"])
    #expect(missing.code == 66 && missing.error.contains("Simulations/none.yaml"))
    let wrong = try RotasimProcess.run([
      "run", "Simulations/fast/normal-day.yaml", "--set", "queue.suport.rings=2",
    ])
    #expect(wrong.code == 78 && wrong.error.contains("queues.suport"))
  }

  @Test("A sweep in parts is the sweep in one, to the last bit, as Slurm would run it")
  func sweep() throws {
    let folder = NSTemporaryDirectory() + "rotasim-sweep-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for index in 0..<3 {
      let job = try RotasimProcess.sweepJob(index: index, of: 3, output: folder)
      #expect(job == 0)
    }
    #expect(try RotasimProcess.sweepJob(index: 0, of: 1, output: folder + "/whole") == 0)
    let parts = (0..<3).map { "\(folder)/sweep-\($0).jsonl" }
    let merged = folder + "/merged.jsonl"
    #expect(try RotasimProcess.run(["merge"] + parts.reversed() + ["--output", merged]).code == 0)
    let whole = try String(contentsOfFile: folder + "/whole/sweep-0.jsonl", encoding: .utf8)
    #expect(try String(contentsOfFile: merged, encoding: .utf8) == whole)
    #expect(whole.split(separator: "\n").count == 16)
    let missing = try RotasimProcess.run(["merge", parts[0]])
    #expect(missing.code == 65 && missing.error.contains("combinations are missing"))
    let twice = try RotasimProcess.run(["merge", parts[0], parts[0]])
    #expect(twice.code == 65 && twice.error.contains("twice"))
  }

  @Test("Commas within brackets, braces and quotes belong to the value that a sweep tries")
  func grids() throws {
    let result = try RotasimProcess.run([
      "sweep", "Simulations/fast/two-skills.yaml", "--replications", "1", "--json", "--grid",
      "callers.spanish.hold={share: 10%, length: 30},{share: 0%, length: 30}",
      "--grid", "callers.english.arrivals.by-hour=[1,2,3,4,5,6,7,8],[8,7,6,5,4,3,2,1]",
    ])
    #expect(result.code == 0 && result.output.split(separator: "\n").count == 4)
    #expect(result.output.contains("[8,7,6,5,4,3,2,1]"))
    for grid in ["callers.english.talk=", "callers.english.talk=1,,2"] {
      let wrong = ["sweep", "Simulations/fast/two-skills.yaml", "--grid", grid]
      #expect(try RotasimProcess.run(wrong).code == 64)
    }
  }

  @Test("Staff: every interval meets the target, the shifts cover the reps, and it is said so")
  func staff() throws {
    let answer = try RotasimProcess.json([
      "staff", "Simulations/fast/normal-day.yaml", "--target", "0.7", "--replications", "3",
      "--shift", "8h:30m", "--shift", "4h", "--shrinkage", "0.2",
    ])
    let intervals = answer["intervals"] as? [[String: Any]] ?? []
    #expect(intervals.count == 18)
    for interval in intervals {
      let level = interval["service_level"] as? [String: Any] ?? [:]
      #expect(number(level["value"]) >= 0.7)
      #expect(
        number(interval["scheduled_agents"]) == (number(interval["agents"]) / 0.8).rounded(.up))
      #expect(number(interval["covered"]) >= number(interval["scheduled_agents"]))
    }
    #expect(number(answer["cost"]) == number(answer["cost_bound"]))
    let steady = try RotasimProcess.run([
      "staff", "Simulations/slow/centre-200.yaml", "--target", "0.8",
    ])
    #expect(steady.code == 65)
  }

  @Test("A report is one page that asks nobody for anything")
  func html() throws {
    let path = NSTemporaryDirectory() + "rotasim-\(UUID().uuidString).html"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let result = try RotasimProcess.run([
      "run", "Simulations/fast/normal-day.yaml", "--replications", "4", "--html", path,
    ])
    #expect(result.code == 0)
    let page = try String(contentsOfFile: path, encoding: .utf8)
    #expect(page.components(separatedBy: "<svg ").count == 6)
    #expect(!page.contains("http") && !page.contains("<script") && !page.contains("{{"))
    #expect(page.contains("A normal day of the support team"))
    let parser = XMLDocumentCheck.problems(in: page)
    #expect(parser == [])
  }

  @Test("Two processes, the same answer to the last bit; checked against what is expected")
  func processes() throws {
    let words = [
      "run", "Simulations/fast/two-skills.yaml", "--replications", "5", "--json", "--threads",
    ]
    let one = try RotasimProcess.run(words + ["1"])
    let two = try RotasimProcess.run(words + ["2"])
    #expect(one.output == two.output && one.code == 0)
    let answer = try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: Any]
    let queues = answer?["queues"] as? [[String: Any]] ?? []
    let parts = queues.map { $0["intervals"] as? [[String: Any]] ?? [] }
    #expect(parts.map(\.count) == [8, 8] && parts[1][3]["name"] as? String == "11:00")
    let check = ["run", "Simulations/fast/two-skills.yaml", "--check"]
    #expect(try RotasimProcess.run(check).code == 0)
    let missed = try RotasimProcess.run(check + ["--set", "reps.everybody.no-answer=60%"])
    #expect(missed.code == 1 && missed.error.contains("service-level is"))
  }
}
