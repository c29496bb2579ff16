import Foundation
import Testing

@Suite struct CommandTests {
  private func number(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? .nan }

  @Test("Every example of every command's help runs")
  func examples() throws {
    var count = 0
    for command in [
      "run", "compare", "erlang-b", "erlang-c", "erlang-a", "required-agents",
    ] {
      let help = try RotasimProcess.run([command, "--help"])
      #expect(help.code == 0)
      let lines = help.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      let examples = lines.filter { $0.hasPrefix("rotasim \(command) ") && !$0.contains("[") }
      #expect(!examples.isEmpty, "\(command) has no example")
      for example in examples {
        var words = example.split(separator: " ").dropFirst().map(String.init)
        if command == "run" || command == "compare" { words += ["--replications", "3"] }
        words = words.map { $0 == "/tmp/normal-day" ? NSTemporaryDirectory() + "rotasim-csv" : $0 }
        let result = try RotasimProcess.run(words)
        #expect(result.code == 0, "\(example)\n\(result.error)")
        #expect(!result.output.isEmpty)
        count += 1
      }
    }
    #expect(count >= 10)
  }

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
    let missing = try RotasimProcess.run(["run", "Simulations/none.yaml"])
    #expect(missing.code == 66 && missing.error.contains("Simulations/none.yaml"))
    let wrong = try RotasimProcess.run([
      "run", "Simulations/fast/normal-day.yaml", "--set", "queue.suport.rings=2",
    ])
    #expect(wrong.code == 78 && wrong.error.contains("queues.suport"))
  }

  @Test("Two processes, the same answer to the last bit; checked against what is expected")
  func processes() throws {
    let words = [
      "run", "Simulations/fast/two-skills.yaml", "--replications", "5", "--json", "--threads",
    ]
    let one = try RotasimProcess.run(words + ["1"])
    let two = try RotasimProcess.run(words + ["2"])
    #expect(one.output == two.output && one.code == 0)
    let check = ["run", "Simulations/fast/two-skills.yaml", "--check"]
    #expect(try RotasimProcess.run(check).code == 0)
    let missed = try RotasimProcess.run(check + ["--set", "reps.everybody.no-answer=60%"])
    #expect(missed.code == 1 && missed.error.contains("service-level is"))
  }
}
