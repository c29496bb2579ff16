import ArgumentParser
import Configuration
import Foundation
import Output
import Planning
import Simulation
import Stochastics
import YAMLTree

/// A share of the work: the i-th of n, counted from 0.
struct Shard: ExpressibleByArgument {
  var index: Int
  var count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/").map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1,
      (0..<count).contains(index)
    else { return nil }
    self.index = index
    self.count = count
  }
}

/// `rotasim sweep`
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Simulates a scenario for every combination of some values.",
    discussion: """
      EXAMPLES
        rotasim sweep Simulations/fast/normal-day.yaml --grid queue.support.rings=2,3,4
        rotasim sweep Simulations/fast/normal-day.yaml --grid queue.support.rings=2,3 \
      --grid reps.everybody.no-answer=0%,10% --shard 0/2 --output /tmp/part-0.jsonl
        rotasim sweep Simulations/fast/normal-day.yaml --grid queue.support.rings=2,3 \
      --grid reps.everybody.no-answer=0%,10% --shard 1/2 --output /tmp/part-1.jsonl

      On several machines, run the same command as an array job, each with its own --shard i/n, and \
      put the parts together with rotasim merge: the result is the same to the last bit as without \
      shards. See Simulations/slurm/sweep.sbatch.
      """)

  @Argument(help: "The scenario.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Option(
    name: .long,
    help: "A value and what to try for it: path=a,b,c or path=[a],[a,b]; may be repeated.")
  var grid: [String] = []

  @Option(name: .long, help: "Only every n-th combination, from the i-th on: i/n, i from 0.")
  var shard: Shard?

  @Option(
    name: .long, help: "Write JSON lines to this file; - is standard output.", completion: .file())
  var output: Destination?

  @OptionGroup var options: ScenarioOptions

  func validate() throws {
    guard !grid.isEmpty else {
      throw ValidationError("sweep over what? give --grid path=a,b,c")
    }
    for text in grid {
      let values = Setting(text).map { Self.values($0.value) } ?? []
      if values.isEmpty || values.contains(where: \.isEmpty) {
        throw ValidationError(
          "--grid: expected path=a,b,c such as queue.support.rings=2,3,4, not \"\(text)\"")
      }
    }
    try Answers(json: options.json, ["--output": output]).validate()
  }

  /// Every combination, the last value changing fastest.
  private var combinations: [[Setting]] {
    grid.compactMap { Setting($0) }.reduce([[]]) { combinations, axis in
      combinations.flatMap { combination in
        Self.values(axis.value).map { combination + [Setting(path: axis.path, value: $0)] }
      }
    }
  }

  /// The values between commas; a comma in brackets, braces or quotes belongs to a value.
  static func values(_ text: String) -> [String] {
    var values = [""]
    var closing: [Character] = []
    let pairs: [Character: Character] = ["[": "]", "{": "}", "\"": "\"", "'": "'"]
    for character in text {
      let isQuoted = closing.last == "\"" || closing.last == "'"
      if character == closing.last {
        closing.removeLast()
      } else if let end = pairs[character], !isQuoted {
        closing.append(end)
      }
      if character == ",", closing.isEmpty {
        values.append("")
      } else {
        values[values.count - 1].append(character)
      }
    }
    return values
  }

  func run() throws {
    let combinations = combinations
    // The file and every value must be sound before the first hour is spent.
    try output?.check()
    for settings in combinations { _ = try options.load(scenario, extra: settings) }
    let base = try options.load(scenario)
    let identity = [
      scenario, grid.joined(separator: " "), options.set.joined(separator: " "),
      "\(options.replications ?? base.replications)", "\(options.seed ?? base.seed)",
    ].joined(separator: "|")
    var lines: [SweepLine] = []
    for (point, settings) in combinations.enumerated()
    where shard.map({ point % $0.count == $0.index }) ?? true {
      let file = try options.load(scenario, extra: settings)
      let summary = options.run(file, label: "\(point + 1)/\(combinations.count) ")
      lines.append(
        SweepLine(
          sweep: identity, point: point, points: combinations.count,
          settings: settings.map(\.text), measures: RunAnswer.measures(summary.total)))
    }
    try SweepLine.show(lines, json: options.json, output: output)
  }
}

/// One combination and what came out.
struct SweepLine: Codable {
  /// What sweep it belongs to: parts of different sweeps are not merged.
  var sweep: String
  var point: Int
  var points: Int
  var settings: [String]
  var measures: [String: RunAnswer.Figures]

  static func show(_ lines: [SweepLine], json: Bool, output: Destination?) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = try lines.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
      .joined()
    try output?.write(text)
    if json {
      try Standard.output.write(text)
    } else if Answers(json: json, ["--output": output]).areForPeople {
      try Standard.output.write(table(lines))
    }
  }

  private static func table(_ lines: [SweepLine]) -> String {
    let columns: [(CallMeasure, String)] = [
      (.negativeAbandon, "in time"), (.averageSpeedOfAnswer, "ASA"), (.abandonment, "abandoned"),
      (.refusedOffers, "offers refused"),
    ]
    let rows = lines.map { line in
      [line.settings.joined(separator: " ")]
        + columns.flatMap { measure, _ in
          let key = String(measure.name.map { $0 == "-" ? "_" : $0 })
          let figure = line.measures[key]
          let estimate = Estimate(figure?.value ?? .nan, halfWidth: figure?.halfWidth ?? .nan)
          return TextReport.cells(estimate, isShare: measure.isShare)
        }
    }
    return Columns.text(rows, header: ["combination"] + columns.flatMap { [$0.1, ""] })
  }
}

/// `rotasim merge`
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Puts the parts of a sweep together.",
    discussion: """
      EXAMPLE
        rotasim merge /tmp/part-0.jsonl /tmp/part-1.jsonl --output /tmp/sweep.jsonl

      Parts of different sweeps, missing and doubled combinations are errors (exit 65).
      """)

  @Argument(help: "The parts, in any order.", completion: .file())
  var parts: [String]

  @Option(
    name: .long, help: "Write JSON lines to this file; - is standard output.", completion: .file())
  var output: Destination?

  @Flag(name: .long, help: "Print JSON lines.")
  var json = false

  func validate() throws { try Answers(json: json, ["--output": output]).validate() }

  func run() throws {
    try output?.check()
    var lines: [SweepLine] = []
    for part in parts {
      guard let text = try? String(contentsOfFile: part, encoding: .utf8) else {
        throw complain("\(part): cannot be read", code: 66)
      }
      for (number, line) in text.split(separator: "\n").enumerated() {
        guard let entry = try? JSONDecoder().decode(SweepLine.self, from: Data(line.utf8)) else {
          throw complain(
            "\(part):\(number + 1): expected a line that rotasim sweep has written", code: 65)
        }
        lines.append(entry)
      }
    }
    guard let first = lines.first else { throw complain("the parts are empty", code: 65) }
    if let other = lines.first(where: { $0.sweep != first.sweep }) {
      throw complain(
        "these are parts of different sweeps: \(first.sweep) and \(other.sweep)", code: 65)
    }
    lines.sort { $0.point < $1.point }
    let found = lines.map(\.point)
    if let twice = zip(found, found.dropFirst()).first(where: { $0 == $1 }) {
      throw complain("combination \(twice.0) is there twice", code: 65)
    }
    let missing = Set(0..<first.points).subtracting(found).sorted()
    if !missing.isEmpty {
      let list = missing.map(String.init).joined(separator: ", ")
      throw complain(
        "\(missing.count) of \(first.points) combinations are missing: \(list)", code: 65)
    }
    try SweepLine.show(lines, json: json, output: output)
  }
}
