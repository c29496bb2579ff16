import ArgumentParser
import Client
import Glibc
import LineProtocol
import Output
import Synchronization
import Vocabulary

/// `rotactl watch`
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the live board: queues, waiting callers, reps, last events.",
    discussion: """
      On a terminal: full screen, q quits; without a keyboard, Ctrl-C or a signal. Elsewhere: plain text, one \
      board every --interval seconds.

      EXAMPLES
        rotactl watch
        rotactl watch --count 1 | mail -s board lead@example.com
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "Seconds between two boards; on a terminal, events bring them forward.")
  var interval = 1.0
  @Option(help: "Stop after so many boards.") var count: Int?

  func validate() throws {
    guard (0.05...3_600).contains(interval) else {
      throw ValidationError("--interval must be from 0.05 to 3600 seconds")
    }
    guard count.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--count must be at least 1")
    }
  }

  func run() throws {
    try CommandFailure.exiting {
      let client = try global.connect()
      try CommandFailure.check(try client.ask(Request(.question(.session(.subscribe)), ["watch"])))
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
        try Screen.draw(board.lines(width: width, height: height, events: events))
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
    if !isFullScreen {
      usleep(UInt32(interval * 1e6))
      return false
    }
    var files = [
      pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: Screen.keys ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    let ready = poll(&files, 2, Int32(interval * 1_000))
    if Screen.wasInterrupted.load(ordering: .relaxed) { return true }
    guard ready > 0 else { return false }
    if files[1].revents != 0, let keys = Screen.keys {
      var key: UInt8 = 0
      // The end of a terminal is that nobody sits there any more.
      if read(keys, &key, 1) <= 0 || key == UInt8(ascii: "q") || key == 3 { return true }
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
