import Glibc
import Client
import LineProtocol
import Rainbow
import TextTable

/// How answers are shown.
enum Output {
  /// Whether standard output is a terminal: only then full screens, and (by Rainbow) colours.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Prints rows as a table, or as JSON lines.
  static func rows(_ rows: [[Field]], json: Bool) {
    if json {
      for row in rows { print(JSON.object(row)) }
    } else if rows.isEmpty {
      print("nothing to show")
    } else {
      print(self.rows(rows), terminator: "")
    }
  }

  /// Rows as tables: one for each kind of row, a kind being named by its first field.
  static func rows(_ rows: [[Field]]) -> String {
    var kinds: [[[Field]]] = []
    for row in rows {
      if let last = kinds.last?.last, last.first?.name == row.first?.name {
        kinds[kinds.count - 1].append(row)
      } else {
        kinds.append([row])
      }
    }
    return kinds.map { fitted($0) }.joined(separator: "\n")
  }

  /// Rows as a table; when that is too wide for the terminal, turned over: a line for each name.
  private static func fitted(_ rows: [[Field]]) -> String {
    let wide = table(rows)
    let width = wide.split(separator: "\n").map(\.count).max() ?? 0
    let limit = isTerminal ? Screen.size.width : 160
    guard width > limit, let first = rows.first?.first, rows.count <= 16 else { return wide }
    var names: [String] = []
    for field in rows.joined() where !names.contains(field.name) { names.append(field.name) }
    let turned = names.filter { $0 != first.name }.map { name in
      [Field(first.name, name)]
        + rows.enumerated().map { index, row in
          Field(
            row.first { $0.name == first.name }?.value ?? "\(index + 1)",
            row.first { $0.name == name }?.value ?? "")
        }
    }
    return table(turned, title: { $0 })
  }

  /// Rows with one column for each name that occurs, in order of first appearance.
  static func table(
    _ rows: [[Field]], title: (String) -> String = { $0.uppercased() }
  ) -> String {
    if rows.isEmpty { return "nothing to show\n" }
    var names: [String] = []
    for field in rows.joined() where !names.contains(field.name) { names.append(field.name) }
    let cells = rows.map { row in
      names.map { name in Visible.text(row.first { $0.name == name }?.value ?? "") }
    }
    let isNumeric = names.indices.map { column in
      cells.allSatisfy { $0[column].isEmpty || Double($0[column]) != nil }
    }
    let titles = names.map(title)
    let widths = names.indices.map { column in
      max(titles[column].count, cells.map { $0[column].count }.max() ?? 0)
    }
    let table = TextTable<[String]> { row in
      names.indices.map { column in
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

  /// Prints the last line of an answer.
  static func answer(_ answer: Client.Answer, json: Bool) {
    if json {
      let head = [Field("code", String(answer.code)), Field("result", answer.name)]
      print(JSON.object(head + answer.options))
    } else if answer.rows.isEmpty {
      print(sentence(answer))
    }
  }

  private static func sentence(_ answer: Client.Answer) -> String {
    let details = answer.options.filter { $0.name != "seq" }
      .map { "\($0.name) \(Visible.text($0.value))" }
    let mark = answer.name == "unchanged" ? "unchanged" : answer.name.green
    return "\(mark): \(details.joined(separator: ", "))"
  }

  /// An event as a line for people.
  static func event(_ line: ServerLine) -> String? {
    guard case .event(let seq, let type, let options) = line else { return nil }
    let at = options.first { $0.name == "at" }?.value ?? ""
    let clock = Visible.text(at.dropFirst(11).prefix(12))
    let rest = options.filter { $0.name != "at" }
      .map { "\($0.name)=\(Visible.text($0.value))" }
    return "\(clock) \(String(seq).dim) \(type.bold) \(rest.joined(separator: " "))"
  }
}

/// Just enough JSON to print fields. Numbers stay numbers where they are written as JSON writes them.
enum JSON {
  static func object(_ fields: [Field]) -> String {
    "{" + fields.map { "\(string($0.name)): \(value($0.value))" }.joined(separator: ", ") + "}"
  }

  private static func value(_ text: String) -> String { isNumber(text) ? text : string(text) }

  /// RFC 8259, section 6, without exponents; long digit strings are numbers only as telephone numbers.
  private static func isNumber(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, text.count <= 15,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return false }
    return parts[0] == "0" || parts[0].first != "0"
  }

  private static func string(_ text: String) -> String {
    let pieces = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\t": "\\t"
      default: String(scalar)
      }
    }
    return Visible.json("\"\(pieces.joined())\"")
  }
}
