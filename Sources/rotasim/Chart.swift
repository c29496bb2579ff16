/// Charts as SVG. Colours are the page's (light and dark), so nothing here names one.
struct Chart {
  private let width = 720.0
  private let height = 260.0
  // Room for "100 %" in the larger letters of a phone.
  private let left = 64.0
  private let bottom = 34.0
  private let top = 12.0
  private let right = 46.0
  private let title: String
  private var body = ""

  init(_ title: String) { self.title = title }

  private var plotWidth: Double { width - left - right }
  private var plotHeight: Double { height - top - bottom }

  /// The finished picture, with its title for those who cannot see it.
  var svg: String {
    "<svg viewBox=\"0 0 \(n(width)) \(n(height))\" role=\"img\" aria-label=\"\(HTML.escaped(title))\">"
      + "<title>\(HTML.escaped(title))</title>\(body)</svg>"
  }

  private func n(_ value: Double) -> String { Figure.fixed(value, decimals: 1) }
  private func x(_ index: Double, of count: Int) -> Double {
    left + (index + 0.5) / Double(count) * plotWidth
  }
  private func y(_ value: Double, _ high: Double) -> Double {
    top + plotHeight * (1 - min(1, max(0, value / high)))
  }

  /// A round number not below `value`, to end an axis with.
  static func ceiling(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 1 }
    var unit = 1.0
    while unit * 10 <= value { unit *= 10 }
    while unit > value { unit /= 10 }
    return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map { $0 * unit }.first { $0 >= value } ?? value
  }

  // MARK: Axes

  /// Horizontal lines with their values at the left, or at the right without lines.
  mutating func axis(to high: Double, atRight: Bool = false, _ text: (Double) -> String) {
    for step in 0...4 {
      let value = high * Double(step) / 4
      let line = y(value, high)
      if !atRight {
        body +=
          "<line class=\"grid\" x1=\"\(n(left))\" x2=\"\(n(width - right))\" y1=\"\(n(line))\" y2=\"\(n(line))\"/>"
      }
      let place = atRight ? width - right + 6 : left - 6
      let anchor = atRight ? "start" : "end"
      body +=
        "<text x=\"\(n(place))\" y=\"\(n(line + 4))\" text-anchor=\"\(anchor)\">\(text(value))</text>"
    }
  }

  /// Names below, as many as there is room for.
  mutating func names(_ names: [String]) {
    let step = max(1, (names.count + 9) / 10)
    for (index, name) in names.enumerated() where index.isMultiple(of: step) {
      body +=
        "<text x=\"\(n(x(Double(index), of: names.count)))\" y=\"\(n(height - 12))\" text-anchor=\"middle\">\(HTML.escaped(name))</text>"
    }
  }

  // MARK: Marks

  /// One bar for each value.
  mutating func bars(_ values: [Double], to high: Double, _ tip: (Int) -> String) {
    let wide = plotWidth / Double(max(1, values.count)) * 0.72
    for (index, value) in values.enumerated() where value.isFinite {
      let from = y(value, high)
      body +=
        "<rect class=\"bar\" x=\"\(n(x(Double(index), of: values.count) - wide / 2))\" y=\"\(n(from))\" width=\"\(n(wide))\" height=\"\(n(top + plotHeight - from))\"><title>\(HTML.escaped(tip(index)))</title></rect>"
    }
  }

  /// A line through the values.
  mutating func line(_ values: [Double], to high: Double, _ kind: String = "line") {
    let points = values.enumerated().filter { $1.isFinite }
      .map { "\(n(x(Double($0), of: values.count))),\(n(y($1, high)))" }
    body += "<polyline class=\"\(kind)\" points=\"\(points.joined(separator: " "))\"/>"
  }

  /// The band between `values` less and plus `halfWidths`.
  mutating func band(_ values: [Double], _ halfWidths: [Double], to high: Double) {
    let all = zip(values, halfWidths).enumerated().filter { $1.0.isFinite && $1.1.isFinite }
    let upper = all.map { "\(n(x(Double($0), of: values.count))),\(n(y($1.0 + $1.1, high)))" }
    let lower = all.reversed().map {
      "\(n(x(Double($0), of: values.count))),\(n(y($1.0 - $1.1, high)))"
    }
    body += "<polygon class=\"band\" points=\"\((upper + lower).joined(separator: " "))\"/>"
  }

  /// A dashed line across, at `value`.
  mutating func mark(_ value: Double, to high: Double) {
    let line = y(value, high)
    body +=
      "<line class=\"mark\" x1=\"\(n(left))\" x2=\"\(n(width - right))\" y1=\"\(n(line))\" y2=\"\(n(line))\"/>"
  }
}

/// Text for a page.
enum HTML {
  /// `text` with the characters that mean something in HTML replaced.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)  // foreign: Character
      }
    }
    return result
  }
}
