import Glibc
import Output
import Synchronization

/// The terminal as a whole screen.
enum Screen {
  /// Set by signals that end the program.
  static let wasInterrupted = Atomic(false)

  /// Where keys come from. Only a terminal has keys: what a job in the background or in a script is given to
  /// read is nobody's wish.
  static let keys: Int32? = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : nil

  /// Runs `body` on the alternate screen, with keys read one by one, and puts everything back.
  ///
  /// What `body` throws after a signal that ends the program is nobody's concern any more.
  static func using(_ body: () throws -> Void) throws {
    var saved = termios()
    if let keys, tcgetattr(keys, &saved) == 0 {
      var raw = saved
      raw.c_lflag &= ~tcflag_t(ECHO | ICANON)
      tcsetattr(keys, TCSANOW, &raw)
    }
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in Screen.wasInterrupted.store(true, ordering: .relaxed) }
    }
    signal(SIGWINCH) { _ in }
    defer {
      Standard.output.show("\u{1B}[?25h\u{1B}[?1049l")
      if let keys { tcsetattr(keys, TCSANOW, &saved) }
    }
    do {
      try Standard.output.write("\u{1B}[?1049h\u{1B}[?25l")
      try body()
    } catch {
      if !wasInterrupted.load(ordering: .relaxed) { throw error }
    }
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
  static func draw(_ lines: [String]) throws {
    let body = lines.map { "\($0)\u{1B}[K\r\n" }.joined()
    try Standard.output.write("\u{1B}[H\(body)\u{1B}[J")
  }
}
