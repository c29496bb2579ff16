import Configuration
import Events
import Foundation
import Output
import Planning
import Simulation
import Stochastics

/// A summary as JSON.
struct RunAnswer: Encodable {
  var description: String
  var replications: Int
  var calls: Double
  var total: [String: Figures]
  var occupancy: Figures
  var outOfHours: Figures
  var overtimeHours: Figures
  var waitQuantilesSeconds: [String: Double?]
  var intervals: [Part]
  var queues: [Part]
  var reps: [Rep]
  var recorded: Recorded?

  /// What callers of a trace experienced.
  struct Recorded: Encodable {
    var days: Int
    var total: [String: Double?]
    var intervals: [[String: Double?]]

    init(_ figures: RecordedFigures) {
      days = figures.days
      func values(_ counts: RecordedFigures.Counts) -> [String: Double?] {
        var result = ["offered": Optional(Double(counts.called) / Double(figures.days))]
        for measure in RecordedFigures.measures {
          result[measure.key] = counts.value(measure)?.ifNumber
        }
        return result
      }
      total = values(figures.total)
      intervals = figures.intervals.map(values)
    }
  }

  /// A figure and half the width of its 95 % confidence interval.
  struct Figures: Codable {
    var value: Double?
    var halfWidth: Double?

    init(_ estimate: Estimate) {
      value = estimate.value.ifNumber
      halfWidth = estimate.halfWidth.ifNumber
    }
  }

  /// An interval or a queue.
  struct Part: Encodable {
    var name: String
    var offered: Figures
    var outOfHours: Figures
    var agents: Double?
    var measures: [String: Figures]
    /// Of a queue, on days.
    var intervals: [Part]?

    init(
      _ name: String, _ figures: CallFigures, agents: Double? = nil, intervals: [Part]? = nil
    ) {
      self.name = name
      self.agents = agents
      self.intervals = intervals
      outOfHours = Figures(figures.outOfHours.estimate())
      offered = Figures(figures.offered.estimate())
      measures = RunAnswer.measures(figures)
    }
  }

  /// A rep.
  struct Rep: Encodable {
    var name: String
    var answered: Figures
    var occupancy: Figures
    var refusedOffers: Figures
  }

  init(_ file: ScenarioFile, _ summary: Summary, _ recorded: RecordedFigures? = nil) {
    self.recorded = recorded.map(Recorded.init)
    description = file.description
    replications = summary.count
    calls = summary.calls
    total = Self.measures(summary.total)
    occupancy = Figures(summary.occupancy.estimate())
    outOfHours = Figures(summary.total.outOfHours.estimate())
    overtimeHours = Figures(summary.overtime.estimate())
    waitQuantilesSeconds = Dictionary(
      uniqueKeysWithValues: [0.5, 0.8, 0.9, 0.95, 0.99].map {
        (Figure.text($0), summary.waitQuantile($0).ifNumber)
      })
    intervals =
      !summary.isDay
      ? []
      : summary.intervals.enumerated().map {
        Part(file.intervalName($0), $1, agents: summary.staffing[$0].agents.mean)
      }
    queues = summary.queues.enumerated().map { index, figures in
      let parts = summary.intervals(ofQueue: index).enumerated().map {
        Part(file.intervalName($0), $1)
      }
      return Part(
        file.configuration.directory.queues[index].name, figures,
        intervals: summary.isDay ? parts : nil)
    }
    reps = zip(file.configuration.directory.agents, summary.agents).map { entry, figures in
      Rep(
        name: entry.name, answered: Figures(figures.answered.estimate()),
        occupancy: Figures(figures.occupancy()), refusedOffers: Figures(figures.refused()))
    }
  }

  static func measures(_ figures: CallFigures) -> [String: Figures] {
    Dictionary(
      uniqueKeysWithValues: CallMeasure.allCases.map {
        ($0.key, Figures(figures.estimate($0)))
      })
  }
}

extension CallMeasure {
  /// The name in JSON.
  var key: String { String(name.map { $0 == "-" ? "_" : $0 }) }
}

/// A summary as tables: total.csv, intervals.csv, queues.csv, queue-intervals.csv, reps.csv.
struct CSVReport {
  private let file: ScenarioFile
  private let summary: Summary

  init(_ file: ScenarioFile, _ summary: Summary) {
    self.file = file
    self.summary = summary
  }

  func write(to folder: Folder) throws(WriteFailure) {
    try folder.make()
    for (name, text) in tables { try folder.file("\(name).csv").write(text) }
  }

  private var tables: [(String, String)] {
    let answer = RunAnswer(file, summary)
    func row(_ name: String, _ offered: RunAnswer.Figures, _ figures: [String: RunAnswer.Figures])
      -> String
    {
      let values = CallMeasure.allCases.map { measure -> String in
        let figure = figures[measure.key]
        return "\(number(figure?.value)),\(number(figure?.halfWidth))"
      }
      return "\(name),\(number(offered.value)),\(values.joined(separator: ","))\n"
    }
    let head =
      "name,offered,"
      + CallMeasure.allCases.map { "\($0.name),\($0.name)-half-width" }.joined(separator: ",")
      + "\n"
    let parts = answer.queues.flatMap { queue in
      (queue.intervals ?? []).map { "\(queue.name),\(row($0.name, $0.offered, $0.measures))" }
    }
    let reps = answer.reps.map {
      "\($0.name),\(number($0.answered.value)),\(number($0.occupancy.value)),\(number($0.refusedOffers.value))\n"
    }
    return [
      (
        "total",
        head + row("total", RunAnswer.Figures(summary.total.offered.estimate()), answer.total)
      ),
      ("intervals", head + answer.intervals.map { row($0.name, $0.offered, $0.measures) }.joined()),
      ("queues", head + answer.queues.map { row($0.name, $0.offered, $0.measures) }.joined()),
      ("queue-intervals", "queue,\(head)" + parts.joined()),
      ("reps", "name,answered,occupancy,refused-offers\n" + reps.joined()),
    ]
  }

  private func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}
