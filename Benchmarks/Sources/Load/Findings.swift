import Foundation

/// What was measured, what was demanded, as a table; and whether all of it holds.
package struct Findings {
  private let title: String
  private var rows: [(what: String, figure: String, bound: String, holds: Bool)] = []

  /// A table without rows.
  package init(_ title: String) { self.title = title }

  /// Whether nothing is worse than demanded.
  package var hold: Bool { rows.allSatisfy(\.holds) }

  /// A figure that must not be greater than `bound`.
  package mutating func atMost(_ bound: Double, _ what: String, _ figure: Double, _ unit: String) {
    rows.append((what, text(figure) + " " + unit, "≤ \(text(bound)) \(unit)", figure <= bound))
  }

  /// Something that must be so.
  package mutating func must(_ what: String, _ holds: Bool, _ figure: String) {
    rows.append((what, figure, holds ? "holds" : "must hold", holds))
  }

  /// A figure that nothing is demanded of.
  package mutating func note(_ what: String, _ figure: String) {
    rows.append((what, figure, "", true))
  }

  private func text(_ value: Double) -> String {
    value == value.rounded()
      ? String(Int(value)) : String(format: value < 10 ? "%.2f" : "%.1f", value)
  }

  /// Prints the table, with a mark at what does not hold.
  package func show() {
    print("| \(title) | measured | bound |")
    print("|---|---:|---:|")
    for row in rows {
      print(
        "| \(row.what) | \(row.figure) | \(row.holds ? row.bound : "**BROKEN** \(row.bound)") |")
    }
    print()
    fflush(nil)
  }
}

/// The value below which a share of `values` lies.
package func percentile(_ share: Double, of values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
}
