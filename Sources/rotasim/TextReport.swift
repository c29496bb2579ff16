import Configuration
import Events
import Planning
import Rainbow
import Simulation
import Stochastics

/// A summary for people: what callers experience, by interval, queue and rep.
struct TextReport {
  private let file: ScenarioFile
  private let summary: Summary
  private let recorded: RecordedFigures?

  init(_ file: ScenarioFile, _ summary: Summary, _ recorded: RecordedFigures? = nil) {
    self.file = file
    self.summary = summary
    self.recorded = recorded
  }

  var text: String {
    var parts = [head, callers]
    if let recorded { parts.append(beside(recorded)) }
    if summary.isDay { parts.append(intervals) }
    if summary.queues.count > 1 { parts.append(queues) }
    parts.append(reps)
    return parts.joined(separator: "\n")
  }

  private var head: String {
    let kind =
      summary.isDay
      ? "\(summary.count) days simulated, \(Int(summary.calls)) calls"
      : "\(summary.count) batches, \(Int(summary.calls)) calls"
    return "\(file.description.isEmpty ? "" : "\(file.description.bold)\n")\(kind)\n"
  }

  // MARK: Callers

  /// The measures of callers in words, in the order in which they are told.
  static func names(_ file: ScenarioFile) -> [(CallMeasure, String)] {
    [
      (.negativeAbandon, "answered within \(file.thresholdText), of all offered"),
      (.positiveAbandon, "  early abandonments counted as good"),
      (.withoutAbandon, "  early abandonments left out"), (.handledOnly, "  of all answered"),
      (.averageSpeedOfAnswer, "average speed of answer"), (.meanWait, "mean wait of all callers"),
      (.abandonment, "abandoned"), (.blocking, "turned away at the door"),
      (.sentAway, "sent away after waiting"), (.voicemail, "sent to voicemail"),
      (.callBacks, "agreed to a call-back"), (.refusedOffers, "offers refused"),
      (.refusedCalls, "callers refused at least once"),
      (.refusedRing, "waiting caused by refusals, per caller"),
      (.averageTalk, "talk and hold per call"), (.transfers, "handed on"),
      (.dropped, "lines lost"),
    ]
  }

  private var callers: String {
    var rows = Self.names(file).map { measure, name in
      [name] + Self.cells(summary.total.estimate(measure), isShare: measure.isShare)
    }
    rows.append(["occupancy of reps"] + Self.cells(summary.occupancy.estimate(), isShare: true))
    for p in [0.5, 0.8, 0.95] {
      let wait = Figure.fixed(summary.waitQuantile(p), decimals: 1)
      let unit = summary.waitQuantile(p).isNaN ? "" : " s"
      rows.append(["\(Int(p * 100)) % of those answered wait at most", "\(wait)\(unit)", ""])
    }
    for (moments, name) in [
      (summary.total.outOfHours, "callers out of hours, a day"),
      (summary.overtime, "rep hours after closing, a day"),
    ] where moments.mean > 0 {
      let figure = moments.estimate()
      rows.append(
        [name]
          + [figure.value, figure.halfWidth].enumerated().map { index, value in
            let text = Figure.fixed(value, decimals: 2)
            return index == 0 ? text : value.isNaN ? "" : "± \(text)"
          })
    }
    if summary.outboundPlaced.mean > 0 {
      let placed = summary.outboundPlaced.estimate()
      rows.append([
        "calls out", Figure.fixed(placed.value, decimals: 1),
        "± \(Figure.fixed(placed.halfWidth, decimals: 1))",
      ])
      let age = summary.outboundAge.estimate()
      rows.append([
        "hours until they were made", Figure.fixed(age.value, decimals: 2),
        "± \(Figure.fixed(age.halfWidth, decimals: 2))",
      ])
    }
    return Columns.text(rows, header: nil)
  }

  /// A figure and half the width of its 95 % confidence interval.
  static func cells(_ estimate: Estimate, isShare: Bool) -> [String] {
    if isShare {
      return [
        Figure.percent(estimate.value, decimals: 2),
        estimate.halfWidth.isNaN ? "" : "± \(Figure.fixed(estimate.halfWidth * 100, decimals: 2))",
      ]
    }
    return [
      "\(Figure.fixed(estimate.value, decimals: 2)) s",
      estimate.halfWidth.isNaN ? "" : "± \(Figure.fixed(estimate.halfWidth, decimals: 2))",
    ]
  }

  // MARK: Tables

  /// What was simulated beside what was recorded.
  private func beside(_ recorded: RecordedFigures) -> String {
    func cells(_ name: String, _ figures: CallFigures, _ counts: RecordedFigures.Counts)
      -> [String]
    {
      let measures = RecordedFigures.measures.flatMap { measure in
        [figures.estimate(measure).value, counts.value(measure) ?? .nan].map {
          measure.isShare ? Figure.percent($0) : Figure.fixed($0, decimals: 1)
        }
      }
      let offered = [figures.offered.mean, Double(counts.called) / Double(recorded.days)]
      return [name] + offered.map { Figure.fixed($0, decimals: 1) } + measures
    }
    let rows = summary.intervals.indices.map {
      cells(file.intervalName($0), summary.intervals[$0], recorded.intervals[$0])
    }
    let header = [
      "from", "offered", "rec.", "in time", "rec.", "ASA s", "rec.", "wait s", "rec.", "abandoned",
      "rec.",
    ]
    let total = cells("all", summary.total, recorded.total)
    return "simulated, and recorded (rec.) on \(recorded.days) days\n"
      + Columns.text(rows + [total], header: header)
  }

  private var intervals: String {
    let level = summary.intervals.map { $0.estimate(.negativeAbandon).value }
    let offered = summary.intervals.map(\.offered.mean)
    let rows = summary.intervals.enumerated().map { index, figures in
      [
        file.intervalName(index), Figure.fixed(figures.offered.mean, decimals: 1),
        Figure.fixed(summary.staffing[index].agents.mean, decimals: 1),
        Figure.percent(figures.estimate(.negativeAbandon).value),
        Figure.fixed(figures.estimate(.averageSpeedOfAnswer).value, decimals: 1),
        Figure.percent(figures.estimate(.abandonment).value),
        Figure.percent(summary.staffing[index].occupancy.estimate().value),
      ]
    }
    let table = Columns.text(
      rows, header: ["from", "offered", "reps", "in time", "ASA s", "abandoned", "busy"])
    return table
      + "offered  \(Sparkline.text(offered))\nin time  \(Sparkline.text(level, from: 0, to: 1))\n"
  }

  private var queues: String {
    let names = file.configuration.directory.queues.map(\.name)
    let rows = zip(names, summary.queues).map { name, figures in
      [
        name, Figure.fixed(figures.offered.mean, decimals: 1),
        Figure.percent(figures.estimate(.negativeAbandon).value),
        Figure.fixed(figures.estimate(.averageSpeedOfAnswer).value, decimals: 1),
        Figure.percent(figures.estimate(.abandonment).value),
        Figure.percent(figures.estimate(.refusedOffers).value),
      ]
    }
    return Columns.text(
      rows, header: ["queue", "offered", "in time", "ASA s", "abandoned", "offers refused"])
  }

  private var reps: String {
    let names = file.configuration.directory.agents.map(\.name)
    let rows = zip(names, summary.agents).filter { $1.answered.mean > 0 }.map { name, figures in
      [
        name, Figure.fixed(figures.answered.mean, decimals: 1),
        Figure.percent(figures.occupancy().value), Figure.percent(figures.refused().value),
      ]
    }
    return Columns.text(rows, header: ["rep", "answered", "occupancy", "offers refused"])
  }
}

/// Text in columns: the first to the left, the others to the right; columns without any text are left out.
enum Columns {
  static func text(_ rows: [[String]], header: [String]?) -> String {
    let all = (header.map { [$0] } ?? []) + rows
    let count = all.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let lines = all.enumerated().map { index, row in
      let cells = row.enumerated().filter { widths[$0.offset] > 0 }.map { column, cell in
        let pad = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + pad : pad + cell
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return header != nil && index == 0 ? line.bold : line
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

/// A row of numbers as a row of bars.
enum Sparkline {
  private static let bars = Array("▁▂▃▄▅▆▇█")

  static func text(_ values: [Double], from low: Double = 0, to high: Double? = nil) -> String {
    let top = high ?? values.filter(\.isFinite).max() ?? 1
    return String(
      values.map { value in
        guard value.isFinite, top > low else { return " " }
        let height = (value - low) / (top - low) * Double(bars.count - 1)
        return bars[min(bars.count - 1, max(0, Int(height.rounded())))]
      })
  }
}
