import Base
import Client
import LineProtocol
import Output
import Rainbow

/// How answers are shown.
enum Display {
  /// Prints rows as a table, or as JSON lines.
  /// - Parameter columns: Options that are left out where there are no data, in the order of the rows.
  static func rows(_ rows: [[Field]], columns: [String] = [], json: Bool) throws {
    if json {
      try Standard.output.write(
        rows.map { JSON.object(filled($0, columns), noData: columns) + "\n" }.joined())
    } else {
      let rows = rows.map { filled($0, columns) }
      try Standard.output.write(rows.isEmpty ? "nothing to show\n" : self.rows(rows))
    }
  }

  /// What stands for a value that is left out.
  fileprivate static let noData = "no data"

  /// `row` with every one of `columns`.
  private static func filled(_ row: [Field], _ columns: [String]) -> [Field] {
    if columns.isEmpty { return row }
    let others = row.prefix { !columns.contains($0.name) }
    return others
      + columns.map { name in row.first { $0.name == name } ?? Field(name, noData) }
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
    return kinds.map { fitted(Table($0.map { plain($0) }), count: $0.count) }
      .joined(separator: "\n")
  }

  /// Fields without what only repeats another, all reasons where there is one; and without phones as they should be.
  private static func plain(_ fields: [Field]) -> [Field] {
    let reason = fields["reason"]
    return fields.filter { field in
      field.name == "reasons" ? field.value != reason : field != Field("phone", "up")
    }.map { Field($0.name, LocalTime.text($0.value) ?? $0.value) }
  }

  /// A table; when that is too wide for the terminal, turned over: a line for each name.
  private static func fitted(_ table: Table, count: Int) -> String {
    let limit = Standard.output.isTerminal ? Screen.size.width : 160
    guard table.width > limit, count <= 16 else { return table.text() }
    return table.turned(within: limit).map { $0.text { $0 } }.joined(separator: "\n")
  }

  /// Prints the last line of an answer.
  static func answer(_ answer: Client.Answer, json: Bool) throws {
    if json {
      let head = [Field("code", String(answer.code)), Field("result", answer.name)]
      try Standard.output.print(JSON.object(head + answer.options))
    } else if answer.rows.isEmpty {
      try Standard.output.print(sentence(answer))
    }
  }

  private static func sentence(_ answer: Client.Answer) -> String {
    let isAlone = answer["warning"] == "last-out"
    let warning = ["warning", "queue", "waiting"]
    let details = plain(answer.options)
      .filter { $0.name != "seq" && !(isAlone && warning.contains($0.name)) }
      .map { "\($0.name) \(Visible.text($0.value))" }
    let mark = answer.name == "unchanged" ? "unchanged" : answer.name.green
    return "\(mark): \(details.joined(separator: ", "))"
      + (isAlone ? "\n\(lastOut(answer))" : "")
  }

  /// For the rep who goes home last while somebody waits.
  private static func lastOut(_ answer: Client.Answer) -> String {
    let (count, queue) = (answer["waiting"] ?? "", Visible.text(answer["queue"] ?? ""))
    let callers = count == "1" ? "1 caller is" : "\(count) callers are"
    return
      "\("warning".yellow): nobody is logged in any more for queue \(queue), where \(callers) in line; see rotactl call list"
  }

  /// An event as a line for people.
  static func event(_ line: ServerLine) -> String? {
    guard case .event(let seq, let type, let options) = line else { return nil }
    let at = options["at"] ?? ""
    let clock = Visible.text(at.dropFirst(11).prefix(12))
    let rest = options.filter { $0.name != "at" }
      .map { "\($0.name)=\(Visible.text($0.value))" }
    return "\(clock) \(String(seq).dim) \(type.bold) \(rest.joined(separator: " "))"
  }
}

/// Just enough JSON to print fields. Numbers stay numbers where they are written as JSON writes them.
enum JSON {
  /// - Parameter noData: Fields that say in words that there are none, and are `null`.
  static func object(_ fields: [Field], noData: [String] = []) -> String {
    let pairs = fields.map { field in
      let isNull = field.value == Display.noData && noData.contains(field.name)
      return "\(string(field.name)): \(isNull ? "null" : value(field.value))"
    }
    return "{" + pairs.joined(separator: ", ") + "}"
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
      default: String(scalar)  // foreign: Unicode.Scalar
      }
    }
    return Visible.json("\"\(pieces.joined())\"")
  }
}
