import Base
import Client
import LineProtocol
import Rainbow
import Vocabulary

/// What the board shows, asked for at one moment.
struct Board {
  private let queues: [[Field]]
  private let agents: [[Field]]
  private let calls: [[Field]]
  private let status: [Field]

  init(_ client: Client, onEvent: (ServerLine) -> Void) throws {
    func rows(_ verb: QuestionVerb) throws -> [[Field]] {
      try client.ask(Request(.question(verb)), onEvent: onEvent).rows
    }
    status = try rows(.session(.status)).first ?? []
    queues = try rows(.board(.queueList))
    agents = try rows(.board(.agentList))
    calls = try rows(.board(.callList))
  }

  private func value(_ row: [Field], _ name: String) -> String {
    Visible.text(row[name] ?? "")
  }

  /// The board in at most `height` lines of at most `width` characters. What there is no room for is counted.
  func lines(width: Int, height: Int, events: [String]) -> [String] {
    let at = value(status, "at").prefix(19)
    let head =
      ["Rota  \(at)Z  \(value(status, "state"))  \(value(status, "calls")) calls".bold, ""]
      + queues.flatMap { queueLines($0, width: width) } + [""]
    let reps = table(
      "REP", agents, ["agent", "name", "state", "reason", "for", "call", "calls-today"])
    // Callers leave room for the reps; a line belongs to the terminal's cursor.
    let callers = callers(atMost: height == .max ? .max : height - 1 - head.count - reps.count)
    var lines = head + callers + reps
    let room = height == .max ? events.count : max(0, height - lines.count - 2)
    if room > 0 {
      lines.append("LAST EVENTS".dim)
      lines += events.suffix(room)
    }
    if height == .max { return lines }
    let left = lines.count - (height - 1)
    if left > 0 {
      lines =
        lines.prefix(max(0, height - 2)) + [
          "\(left + 1) more lines: a higher window shows them".yellow
        ]
    }
    return lines.map { Screen.clip($0, to: width) }
  }

  /// Who waits, in a table of so many lines, if that is enough for a few.
  private func callers(atMost limit: Int) -> [String] {
    let waiting = calls.filter { ["waiting", "ringing"].contains(value($0, "state")) }
    // A title, a line for those who are not shown, and a blank line.
    let count = waiting.count <= limit - 2 ? waiting.count : max(3, limit - 3)
    let shown = table(
      "CALLER", Array(waiting.prefix(count)),
      ["call", "from", "queue", "state", "waited", "position", "agent"])
    let left = waiting.count - count
    return left > 0 ? shown.dropLast() + ["and \(left) more callers".yellow, ""] : shown
  }

  /// A queue in a line, or in as many as the width needs.
  private func queueLines(_ row: [Field], width: Int) -> [String] {
    let isOpen = value(row, "open") == "yes"
    let waiting = value(row, "waiting")
    let state = isOpen ? "open" : "closed"
    let parts: [(plain: String, shown: String)] =
      [
        (
          "\(value(row, "queue")): \(state)",
          "\(value(row, "queue")): \(isOpen ? state.green : state.red)"
        ),
        ("waiting \(waiting)", "waiting \(waiting == "0" ? waiting : waiting.yellow)"),
      ]
      + [
        "longest \(value(row, "longest")) s", "ringing \(value(row, "ringing"))",
        "free \(value(row, "free"))", "ready \(value(row, "ready"))",
        "logged in \(value(row, "logged-in"))", "next after \(value(row, "pointer"))",
      ].map { ($0, $0) }
    var lines: [String] = []
    var left = -1
    for (plain, shown) in parts {
      if lines.isEmpty || left < plain.count + 2 {
        lines.append(lines.isEmpty ? shown : "  \(shown)")
        left = width - plain.count - (lines.count == 1 ? 0 : 2)
      } else {
        lines[lines.count - 1] += "  \(shown)"
        left -= plain.count + 2
      }
    }
    return lines
  }

  private func table(_ title: String, _ rows: [[Field]], _ names: [String]) -> [String] {
    if rows.isEmpty { return ["\(title): none".dim, ""] }
    let picked = rows.map { row in
      names.map { Field($0, value(row, $0)) }
    }
    return Table(picked).text().split(separator: "\n").map { colour(String($0)) } + [""]
  }

  private func colour(_ line: String) -> String {
    if line.contains(" ready ") { return line.green }
    if line.contains(" ringing ") { return line.yellow }
    if line.contains(" logged-out ") { return line.dim }
    return line
  }
}
