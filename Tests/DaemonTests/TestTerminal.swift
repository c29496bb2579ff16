import Client
import Foundation

/// A terminal of the kernel's with a program on it: what the program draws can be read, keys can be pressed.
final class TestTerminal {
  private let master: Int32
  private let process = Process()
  private var bytes: [UInt8] = []

  /// Runs `program` as the leader of a session whose terminal this is, with no signal ignored.
  ///
  /// - Parameter hasKeys: Whether its standard input is the terminal, too; if not, it is empty.
  init(
    _ program: URL, _ arguments: [String], hasKeys: Bool = true, columns: Int = 100,
    rows: Int = 40, environment: [String: String] = [:]
  ) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // TIOCSPTLCK and TIOCGPTPEER, which glibc's headers hide: unlock the other side, and open it.
    var locked: Int32 = 0
    _ = ioctl(master, 0x4004_5431, &locked)
    let other = ioctl(master, 0x5441, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard other >= 0 else {
      throw CommandFailure(
        exitCode: 71, description: "no terminal: \(String(cString: strerror(errno)))")
    }
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    let slave = FileHandle(fileDescriptor: other, closeOnDealloc: true)
    process.executableURL = URL(filePath: "/usr/bin/setsid")
    let lead = ["--ctty", "--wait", "env", "--default-signal", "--"]
    let empty = hasKeys ? [] : ["sh", "-c", "exec \"$@\" </dev/null", "sh"]
    process.arguments = lead + empty + [program.path] + arguments
    process.currentDirectoryURL = TestDaemon.root
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["NO_COLOR": "1", "TERM": "xterm"].merging(environment) { $1 }
    ) { $1 }
    process.standardInput = slave
    process.standardOutput = slave
    process.standardError = slave
    try process.run()
    try slave.close()
  }

  /// The session ends with its terminal.
  deinit { close(master) }

  /// What was drawn up to now.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The terminal's modes, such as whether keys are shown.
  var modes: tcflag_t {
    var modes = termios()
    tcgetattr(master, &modes)
    return modes.c_lflag
  }

  /// Reads until `part` was drawn `count` times.
  func wait(for part: String, count: Int = 1) throws {
    while text.components(separatedBy: part).count <= count {
      if !(try readMore()) {
        throw CommandFailure(
          exitCode: 1, description: "\(part) was not drawn \(count) times: \(text)")
      }
    }
  }

  /// Presses keys.
  func press(_ keys: String) {
    let bytes = Array(keys.utf8)
    _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
  }

  /// Reads to the end.
  /// - Returns: the program's exit code.
  func finish() throws -> Int32 {
    while try readMore() {}
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// - Returns: whether there was more; a program that is silent for a minute is a failure.
  private func readMore() throws -> Bool {
    var waiting = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, 60_000) > 0 else {
      throw CommandFailure(exitCode: 1, description: "nothing more is drawn: \(text)")
    }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = read(master, &chunk, chunk.count)
    // When nobody has the other side open any more, the kernel says that the device does not work.
    if count <= 0 { return false }
    bytes += chunk[..<count]
    return true
  }
}
