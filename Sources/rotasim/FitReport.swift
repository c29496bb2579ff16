import Base
import Foundation
import Mustache
import Output
import Planning
import Stochastics

/// What a log says, for people.
struct FitText {
  let name: String
  let fit: LogFit

  var text: String {
    func numbers(_ values: [Double]) -> String {
      let text = values.map { Figure.fixed($0, decimals: 1) }.joined(separator: " ")
      return "\(Sparkline.text(values))  \(text)"
    }
    var text =
      "\(name.isEmpty ? "" : "\(name): ")\(fit.calls) calls on \(fit.days) days; days differ by "
      + "\(Figure.percent(fit.dayFactorCV)) beyond chance\narrivals  \(numbers(fit.arrivals))\n"
    if !fit.reps.isEmpty { text += "reps      \(numbers(fit.reps))\n" }
    text += "\n" + table("handle time", fit.handleTime) + "\n" + table("patience", fit.patience)
    let steps = stride(from: 0.0, through: 300, by: 15).map { fit.survival.survival(at: $0) }
    return text + "\nstill patient after 0 to 300 s  \(Sparkline.text(steps, from: 0, to: 1))\n"
  }

  private func table(_ name: String, _ fits: [DistributionFit]) -> String {
    let rows = fits.map { entry in
      [
        ([entry.name] + entry.parameters.map { Figure.fixed($0, decimals: 2) })
          .joined(separator: ":"),
        "\(Figure.fixed(entry.distribution.mean, decimals: 1)) s",
        Figure.fixed(entry.distance, decimals: 3), Figure.fixed(entry.aic, decimals: 0),
      ]
    }
    return Columns.text(rows, header: [name, "mean", "distance", "AIC"])
  }
}

/// What a log says, as a page of charts.
struct FitPage {
  private let title: String
  private let fits: [(name: String, fit: LogFit)]

  init(_ title: String, _ fits: [(name: String, fit: LogFit)]) {
    self.title = title
    self.fits = fits
  }

  func write(to file: Destination) throws {
    let content: [String: Any] = [
      "title": "Fitted to \(title)",
      "size": "\(fits.reduce(0) { $0 + $1.fit.calls }) calls",
      "charts": fits.flatMap { [arrivals($0.name, $0.fit)] + durations($0.name, $0.fit) },
    ]
    try file.write(MustacheTemplate(string: ReportTemplate.charts).render(content))
  }

  private func arrivals(_ name: String, _ fit: LogFit) -> [String: String] {
    let names = fit.arrivals.indices.map {
      ClockTime(minute: fit.window.from + $0 * fit.window.interval).text
    }
    let high = Chart.ceiling(fit.arrivals.max() ?? 1)
    var chart = Chart("Calls by interval")
    chart.axis(to: high) { Figure.text($0, decimals: 1) }
    chart.bars(fit.arrivals, to: high) {
      "\(names[$0]): \(Figure.fixed(fit.arrivals[$0], decimals: 1)) calls"
    }
    if !fit.reps.isEmpty {
      let highReps = Chart.ceiling(fit.reps.max() ?? 1)
      chart.axis(to: highReps, atRight: true) { Figure.text($0, decimals: 1) }
      chart.line(fit.reps, to: highReps, "line second")
    }
    chart.names(names)
    let reps = fit.reps.isEmpty ? "" : " and reps there (line, right)"
    return [
      "svg": chart.svg,
      "caption": "\(name) Mean calls by interval (bars, left)\(reps), over \(fit.days) days",
    ]
  }

  /// Observed and fitted shares that last longer than a time.
  private func durations(_ name: String, _ fit: LogFit) -> [[String: String]] {
    [
      ("handle time", fit.handleTime, fit.handleTimeSurvival),
      ("patience", fit.patience, fit.survival),
    ].compactMap { what, fits, observed -> [String: String]? in
      guard let best = fits.first else { return nil }
      let end = Chart.ceiling(best.distribution.mean * 3)
      let times = (0...60).map { Double($0) / 60 * end }
      var chart = Chart("Share of \(what) longer than so many seconds")
      chart.axis(to: 1) { Figure.percent($0, decimals: 0) }
      chart.line(times.map { observed.survival(at: $0) }, to: 1, "line second")
      chart.line(times.map { best.distribution.survival($0) }, to: 1)
      chart.names(times.map { Figure.text($0, decimals: 0) })
      return [
        "svg": chart.svg,
        "caption":
          "\(name) Share of \(what) longer than so many seconds: \(best.distribution.text) and observed "
          + "(Kaplan-Meier, the other line); greatest distance \(Figure.fixed(best.distance, decimals: 3))",
      ]
    }
  }
}
