import ArgumentParser
import Client
import Glibc
import LineProtocol
import Output
import Rainbow
import Synchronization

/// `rotactl watch`
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the live board: queues, waiting callers, reps, last events.",
    discussion: """
      On a terminal: full screen, q quits. Elsewhere: plain text, one board every --interval seconds.

      EXAMPLES
        rotactl watch
        rotactl watch --count 1 | mail -s board lead@example.com
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "Seconds between two boards; on a terminal, events bring them forward.")
  var interval = 1.0
  @Option(help: "Stop after so many boards.") var count: Int?

  func run() throws {
    try Failure.exiting {
      let client = try global.connect()
      try Failure.check(try client.ask(Request("subscribe", ["watch"])))
      if Standard.output.isTerminal, count == nil {
        try Screen.using { try show(client, isFullScreen: true) }
      } else {
        try show(client, isFullScreen: false)
      }
    }
  }

  private func show(_ client: Client, isFullScreen: Bool) throws {
    var events: [String] = []
    var left = count ?? .max
    while left > 0 {
      left -= 1
      let board = try Board(client) { line in
        if let text = Display.event(line) { events.append(text) }
      }
      events = events.suffix(200)
      if isFullScreen {
        let (width, height) = Screen.size
        Screen.draw(board.lines(width: width, height: height, events: events))
      } else {
        let lines = board.lines(width: 120, height: .max, events: events.suffix(10))
        try Standard.output.write((lines + ["", ""]).joined(separator: "\n"))
      }
      if left > 0, try wait(client, isFullScreen, &events) { return }
    }
  }

  /// Waits for the interval, or on a full screen for the next event, a key or a new size.
  /// - Returns: whether to stop.
  private func wait(
    _ client: Client, _ isFullScreen: Bool, _ events: inout [String]
  ) throws -> Bool {
    var files = [
      pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: isFullScreen ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
    ]
    if !isFullScreen {
      usleep(UInt32(interval * 1e6))
      return false
    }
    let ready = poll(&files, 2, Int32(interval * 1_000))
    if Screen.wasInterrupted.load(ordering: .relaxed) { return true }
    guard ready > 0 else { return false }
    if files[1].revents != 0 {
      var key: UInt8 = 0
      if read(STDIN_FILENO, &key, 1) <= 0 || key == UInt8(ascii: "q") || key == 3 { return true }
    }
    if files[0].revents != 0 {
      try client.readMore()
      while let line = try client.bufferedLine() {
        if let text = Display.event(line) { events.append(text) }
      }
      // No more than ten boards a second, however busy the phones are.
      usleep(100_000)
    }
    return false
  }
}

/// What the board shows, asked for at one moment.
struct Board {
  private let queues: [[Field]]
  private let agents: [[Field]]
  private let calls: [[Field]]
  private let status: [Field]

  init(_ client: Client, onEvent: (ServerLine) -> Void) throws {
    status = try client.ask(Request("admin.status"), onEvent: onEvent).rows.first ?? []
    queues = try client.ask(Request("queue.list"), onEvent: onEvent).rows
    agents = try client.ask(Request("agent.list"), onEvent: onEvent).rows
    calls = try client.ask(Request("call.list"), onEvent: onEvent).rows
  }

  private func value(_ row: [Field], _ name: String) -> String {
    Visible.text(row.first { $0.name == name }?.value ?? "")
  }

  /// The board in at most `height` lines of at most `width` characters.
  func lines(width: Int, height: Int, events: [String]) -> [String] {
    let at = value(status, "at").prefix(19)
    var lines = [
      "Rota  \(at)Z  \(value(status, "state"))  \(value(status, "calls")) calls".bold, "",
    ]
    lines += queues.flatMap { queueLines($0) }
    lines.append("")
    let waiting = calls.filter { ["waiting", "ringing"].contains(value($0, "state")) }
    lines += table(
      "CALLER", waiting, ["call", "from", "queue", "state", "waited", "position", "agent"])
    lines += table(
      "REP", agents, ["agent", "name", "state", "reason", "for", "call", "calls-today"])
    let room = height == .max ? events.count : max(0, height - lines.count - 2)
    if room > 0 {
      lines.append("LAST EVENTS".dim)
      lines += events.suffix(room)
    }
    return height == .max ? lines : lines.prefix(height - 1).map { Screen.clip($0, to: width) }
  }

  private func queueLines(_ row: [Field]) -> [String] {
    let isOpen = value(row, "open") == "yes"
    let waiting = value(row, "waiting")
    let head =
      "\(value(row, "queue")): \(isOpen ? "open".green : "closed".red)  "
      + "waiting \(waiting == "0" ? waiting : waiting.yellow)  longest \(value(row, "longest")) s  "
      + "ringing \(value(row, "ringing"))  free \(value(row, "free"))  "
      + "ready \(value(row, "ready"))  logged in \(value(row, "logged-in"))  "
      + "next after \(value(row, "pointer"))"
    return [head]
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

/// The terminal as a whole screen.
enum Screen {
  /// Set by signals that end the program.
  static let wasInterrupted = Atomic(false)

  /// Runs `body` on the alternate screen, with keys read one by one, and puts everything back.
  static func using(_ body: () throws -> Void) throws {
    var saved = termios()
    tcgetattr(STDIN_FILENO, &saved)
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON)
    tcsetattr(STDIN_FILENO, TCSANOW, &raw)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in Screen.wasInterrupted.store(true, ordering: .relaxed) }
    }
    signal(SIGWINCH) { _ in }
    Standard.output.show("\u{1B}[?1049h\u{1B}[?25l")
    defer {
      Standard.output.show("\u{1B}[?25h\u{1B}[?1049l")
      tcsetattr(STDIN_FILENO, TCSANOW, &saved)
    }
    try body()
  }

  /// Columns and rows.
  static var size: (width: Int, height: Int) {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else {
      return (80, 24)
    }
    return (Int(window.ws_col), Int(window.ws_row))
  }

  /// The first `width` visible characters of a line; colour sequences take no room.
  static func clip(_ line: String, to width: Int) -> String {
    var result = ""
    var left = width
    var isInSequence = false
    for character in line {
      if character == "\u{1B}" { isInSequence = true }
      if !isInSequence {
        if left == 0 { return result + "\u{1B}[0m" }
        left -= 1
      }
      result.append(character)
      if isInSequence, character.isLetter { isInSequence = false }
    }
    return result
  }

  /// Replaces what is shown, without flicker.
  static func draw(_ lines: [String]) {
    let body = lines.map { "\($0)\u{1B}[K\r\n" }.joined()
    Standard.output.show("\u{1B}[H\(body)\u{1B}[J")
  }
}
