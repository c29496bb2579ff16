import Base
import LineProtocol
import Rainbow
import TextTable

/// Text in rows and columns. A column is known by its place, a row by its own: what stands in them may repeat.
struct Table {
  private let titles: [String]
  private let cells: [[String]]

  private init(titles: [String], cells: [[String]]) {
    self.titles = titles
    self.cells = cells
  }

  /// Rows with one column for each name that occurs, in order of first appearance.
  init(_ rows: [[Field]]) {
    var names: [String] = []
    for field in rows.joined() where !names.contains(field.name) { names.append(field.name) }
    titles = names
    cells = rows.map { row in
      names.map { name in Visible.text(row[name] ?? "") }
    }
  }

  private var widths: [Int] {
    titles.indices.map { column in
      max(titles[column].count, cells.map { $0[column].count }.max() ?? 0)
    }
  }

  /// Characters of its longest line; a blank is between two columns.
  var width: Int { widths.reduce(-1) { $0 + $1 + 1 } }

  /// The same turned over, a line for each column and a column for each row, the first column on top: in as many
  /// tables as are needed to make none wider than `limit`, if that can be.
  func turned(within limit: Int) -> [Table] {
    let names = titles.dropFirst()
    let nameWidth = titles.map(\.count).max() ?? 0
    var parts: [[[String]]] = []
    var left = 0
    for row in cells {
      let needed = 1 + (row.map(\.count).max() ?? 0)
      if parts.isEmpty || needed > left {
        parts.append([])
        left = limit - nameWidth
      }
      parts[parts.count - 1].append(row)
      left -= needed
    }
    return parts.map { rows in
      Table(
        titles: titles.prefix(1) + rows.map { $0[0] },
        cells: names.indices.map { column in [titles[column]] + rows.map { $0[column] } })
    }
  }

  /// The lines; `title` says how a column's title is written.
  func text(title: (String) -> String = { $0.uppercased() }) -> String {
    if cells.isEmpty { return "nothing to show\n" }
    let titles = titles.map(title)
    let widths = widths
    let isNumeric = titles.indices.map { column in
      cells.allSatisfy { $0[column].isEmpty || Double($0[column]) != nil }
    }
    let table = TextTable<[String]> { row in
      titles.indices.map { column in
        Column(
          title: titles[column], value: row[column], width: widths[column],
          align: isNumeric[column] ? .right : .left)
      }
    }
    let text = table.string(for: cells, style: Style.plain) ?? ""
    let lines = text.split(separator: "\n").map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    guard let head = lines.first else { return "" }
    return ([head.bold] + lines.dropFirst()).joined(separator: "\n") + "\n"
  }
}
