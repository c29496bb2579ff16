import Configuration
import Events
import Foundation
import Mustache
import Output
import Planning
import Routing
import Simulation
import Stochastics

/// A summary as one self-contained page: no script, no font, no picture from elsewhere.
struct HTMLReport {
  private let file: ScenarioFile
  private let summary: Summary
  private let recorded: RecordedFigures?

  init(_ file: ScenarioFile, _ summary: Summary, _ recorded: RecordedFigures? = nil) {
    self.file = file
    self.summary = summary
    self.recorded = recorded
  }

  func write(to file: Destination) throws {
    try file.write(MustacheTemplate(string: ReportTemplate.text).render(content))
  }

  private var content: [String: Any] {
    let total = summary.total
    let isDays = summary.isDay
    return [
      "title": file.description.isEmpty ? "Simulation" : file.description,
      "size": isDays
        ? "\(summary.count) days simulated, \(Int(summary.calls)) calls"
        : "\(summary.count) batches, \(Int(summary.calls)) calls",
      "cards": [
        card(
          "Answered within \(file.thresholdText)", total.estimate(.negativeAbandon), isShare: true),
        card("Average speed of answer", total.estimate(.averageSpeedOfAnswer), isShare: false),
        card("Abandoned", total.estimate(.abandonment), isShare: true),
        card("Offers refused", total.estimate(.refusedOffers), isShare: true),
        card("Waiting by refusals, per caller", total.estimate(.refusedRing), isShare: false),
        card("Occupancy", summary.occupancy.estimate(), isShare: true),
      ],
      "charts": charts(isDays),
      "measures": measures,
      "intervals": isDays ? intervals : [],
      "hasIntervals": isDays,
      "reps": reps,
    ]
  }

  private func card(_ name: String, _ estimate: Estimate, isShare: Bool) -> [String: String] {
    let cells = TextReport.cells(estimate, isShare: isShare)
    return ["name": name, "value": cells[0], "error": cells[1]]
  }

  // MARK: Charts

  private func charts(_ isDays: Bool) -> [[String: String]] {
    var result: [[String: String]] = []
    if isDays { result += [arrivals, serviceLevel] }
    if let recorded {
      result += RecordedFigures.measures.map { beside(recorded, $0) }
    }
    result += [waits, occupancy, refused]
    return result
  }

  private func figure(_ chart: Chart, _ caption: String) -> [String: String] {
    ["svg": chart.svg, "caption": caption]
  }

  private var arrivals: [String: String] {
    let names = summary.intervals.indices.map { file.intervalName($0) }
    let offered = summary.intervals.map(\.offered.mean)
    let agents = summary.staffing.map(\.agents.mean)
    let high = Chart.ceiling(offered.max() ?? 1)
    let highAgents = Chart.ceiling(agents.max() ?? 1)
    var chart = Chart("Calls offered and reps by interval")
    chart.axis(to: high) { Figure.text($0, decimals: 1) }
    chart.axis(to: highAgents, atRight: true) { Figure.text($0, decimals: 1) }
    chart.bars(offered, to: high) {
      "\(names[$0]): \(Figure.fixed(offered[$0], decimals: 1)) calls"
    }
    chart.line(agents, to: highAgents, "line second")
    chart.names(names)
    return figure(chart, "Calls offered (bars, left) and reps at work (line, right) by interval")
  }

  private var serviceLevel: [String: String] {
    let names = summary.intervals.indices.map { file.intervalName($0) }
    let levels = summary.intervals.map { $0.estimate(.negativeAbandon) }
    var chart = Chart("Service level by interval")
    chart.axis(to: 1) { Figure.percent($0, decimals: 0) }
    chart.band(levels.map(\.value), levels.map(\.halfWidth), to: 1)
    chart.line(levels.map(\.value), to: 1)
    if let target = file.configuration.directory.queues.first?.serviceLevelTarget {
      chart.mark(target, to: 1)
    }
    chart.names(names)
    return figure(
      chart, "Answered in time, of all offered, with its 95 % confidence band; dashed: the target")
  }

  /// A measure as simulated and as recorded.
  private func beside(_ recorded: RecordedFigures, _ measure: CallMeasure) -> [String: String] {
    let names = summary.intervals.indices.map { file.intervalName($0) }
    let simulated = summary.intervals.map { $0.estimate(measure) }
    let observed = recorded.intervals.map { $0.value(measure) ?? .nan }
    let greatest = (simulated.map(\.value) + observed).filter(\.isFinite).max() ?? 1
    let high = Chart.ceiling(greatest)
    var chart = Chart("\(measure.name), simulated and recorded")
    chart.axis(to: high) {
      measure.isShare ? Figure.percent($0, decimals: 1) : Figure.text($0, decimals: 1)
    }
    chart.band(simulated.map(\.value), simulated.map(\.halfWidth), to: high)
    chart.line(simulated.map(\.value), to: high)
    chart.line(observed, to: high, "line second")
    chart.names(names)
    return figure(
      chart,
      "\(measure.name): simulated with its 95 % confidence band, and recorded on \(recorded.days) days (the other line)"
    )
  }

  private var waits: [String: String] {
    let step = max(1.0, Chart.ceiling((summary.waitQuantile(0.99).ifNumber ?? 24) / 24))
    let shares = summary.waitShares(step: step, count: 24)
    let high = Chart.ceiling(shares.max() ?? 1)
    var chart = Chart("Distribution of waits")
    chart.axis(to: high) { Figure.percent($0, decimals: high <= 0.3 ? 1 : 0) }
    let names = (0..<24).map { Figure.text(Double($0) * step, decimals: 1) }
    chart.bars(shares, to: high) { "from \(names[$0]) s: \(Figure.percent(shares[$0]))" }
    chart.names(names)
    return figure(chart, "Waits of those answered, in seconds; the last bar is all longer ones")
  }

  private var occupancy: [String: String] {
    repChart("Occupancy by rep", "Share of ready time spent on calls and after-call work") {
      $0.occupancy().value
    }
  }

  private var refused: [String: String] {
    repChart("Refused by rep", "Share of offers refused") { $0.refused().value }
  }

  private func repChart(
    _ title: String, _ caption: String, _ value: (AgentFigures) -> Double
  ) -> [String: String] {
    let names = file.configuration.directory.agents.map(\.name)
    let values = summary.agents.map(value)
    let high = min(1, Chart.ceiling(values.filter(\.isFinite).max() ?? 1))
    var chart = Chart(title)
    chart.axis(to: high) { Figure.percent($0, decimals: high <= 0.3 ? 1 : 0) }
    chart.bars(values, to: high) { "\(names[$0]): \(Figure.percent(values[$0]))" }
    chart.names(names)
    return figure(chart, "\(title): \(caption.prefix(1).lowercased() + caption.dropFirst())")
  }

  // MARK: Tables

  private var measures: [[String: String]] {
    TextReport.names(file).map { measure, name in
      card(name, summary.total.estimate(measure), isShare: measure.isShare)
    }
  }

  private var intervals: [[String: String]] {
    summary.intervals.enumerated().map { index, figures in
      [
        "name": file.intervalName(index),
        "offered": Figure.fixed(figures.offered.mean, decimals: 1),
        "agents": Figure.fixed(summary.staffing[index].agents.mean, decimals: 1),
        "level": Figure.percent(figures.estimate(.negativeAbandon).value),
        "asa": Figure.fixed(figures.estimate(.averageSpeedOfAnswer).value, decimals: 1),
        "abandoned": Figure.percent(figures.estimate(.abandonment).value),
      ]
    }
  }

  private var reps: [[String: String]] {
    zip(file.configuration.directory.agents, summary.agents).map { entry, figures in
      [
        "name": entry.name, "answered": Figure.fixed(figures.answered.mean, decimals: 1),
        "occupancy": Figure.percent(figures.occupancy().value),
        "refused": Figure.percent(figures.refused().value),
      ]
    }
  }
}
