import ArgumentParser
import Configuration
import Output
import Planning
import Simulation
import Stochastics
import YAMLTree

/// `rotasim compare`
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "What a change does: the same callers under two scenarios.",
    discussion: """
      EXAMPLES
        rotasim compare Simulations/fast/normal-day.yaml Simulations/fast/rep-short.yaml
        rotasim compare Simulations/fast/normal-day.yaml --with queue.support.rings=2
        rotasim compare Simulations/fast/normal-day.yaml --with rules.hold-reminder=30 \
      --with reps.everybody.no-answer=0 --rank

      Both use the same random numbers, so the difference is known far better than either figure. \
      --rank takes the changes one at a time and says which matters most.
      """)

  @Argument(help: "The scenario.", completion: .file(extensions: ["yaml"]))
  var scenario: String

  @Argument(help: "The other scenario.", completion: .file(extensions: ["yaml"]))
  var other: String?

  @Option(name: .long, help: "A value that is different in the other; may be given several times.")
  var with: [String] = []

  @Flag(
    name: .long,
    help: "Apply each --with alone and order them by what they do to the service level.")
  var rank = false

  @OptionGroup var options: ScenarioOptions

  func validate() throws {
    guard other != nil || !with.isEmpty else {
      throw ValidationError("compare with what? name another scenario, or give --with path=value")
    }
    for text in with where Setting(text) == nil {
      throw ValidationError(
        "--with: expected path=value such as queue.support.rings=2, not \"\(text)\"")
    }
  }

  func run() throws {
    let file = try options.load(scenario)
    let base = options.run(file, label: "as it is ")
    let changes = with.compactMap { Setting($0) }
    let variants: [(String, [Setting])] =
      rank ? changes.map { ($0.text, [$0]) } : [(title(changes), changes)]
    var results: [Comparison] = []
    for (title, settings) in variants {
      let changed = try options.load(other ?? scenario, extra: settings)
      let summary = options.run(changed, like: file, label: "\(title) ")
      guard summary.count == base.count else {
        throw complain(
          "both scenarios must have the same number of replications or batches", code: 65)
      }
      results.append(Comparison(title: title, base: base, changed: summary))
    }
    results.sort { $0.effect > $1.effect }
    if options.json {
      try JSONText.print(results.map(\.answer))
    } else {
      try Standard.output.write(results.map(\.text).joined(separator: "\n"))
    }
  }

  private func title(_ changes: [Setting]) -> String {
    ((other.map { [$0] } ?? []) + changes.map(\.text)).joined(separator: " ")
  }
}

/// Two summaries of the same callers.
struct Comparison {
  var title: String
  var base: Summary
  var changed: Summary

  private static let measures: [(CallMeasure, String)] = [
    (.negativeAbandon, "answered in time"), (.averageSpeedOfAnswer, "ASA"),
    (.meanWait, "mean wait"), (.abandonment, "abandoned"), (.refusedOffers, "offers refused"),
    (.refusedRing, "waiting by refusals"), (.voicemail, "to voicemail"),
    (.blocking, "turned away"), (.sentAway, "sent away"),
  ]

  /// By how much the service level changes, whatever the direction.
  var effect: Double { abs(changed.difference(.negativeAbandon, from: base).value) }

  var text: String {
    let rows = Self.measures.map { measure, name in
      let difference = changed.difference(measure, from: base)
      let cells = TextReport.cells(difference, isShare: measure.isShare)
      let isClear = abs(difference.value) > difference.halfWidth
      return [
        name, TextReport.cells(base.total.estimate(measure), isShare: measure.isShare)[0],
        TextReport.cells(changed.total.estimate(measure), isShare: measure.isShare)[0],
        (difference.value >= 0 ? "+" : "") + cells[0], cells[1],
        isClear ? "" : "not told apart",
      ]
    }
    let header = ["", "as it is", "changed", "difference", "", ""]
    return "\(title)\n" + Columns.text(rows, header: header)
  }

  var answer: JSONResult {
    JSONResult(
      change: title,
      measures: Dictionary(
        uniqueKeysWithValues: CallMeasure.allCases.map { measure in
          (
            measure.key,
            JSONResult.Row(
              base: base.total.estimate(measure).value.ifNumber,
              changed: changed.total.estimate(measure).value.ifNumber,
              difference: RunAnswer.Figures(changed.difference(measure, from: base)))
          )
        }))
  }

  struct JSONResult: Encodable {
    var change: String
    var measures: [String: Row]

    struct Row: Encodable {
      var base: Double?
      var changed: Double?
      var difference: RunAnswer.Figures
    }
  }
}
