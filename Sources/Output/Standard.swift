import Glibc

/// A stream that the program was started with.
public struct Standard: Sendable {
  /// Standard output.
  public static let output = Standard(descriptor: STDOUT_FILENO, name: "-")
  /// Standard error.
  public static let error = Standard(descriptor: STDERR_FILENO, name: "standard error")

  private let descriptor: Int32
  private let name: String

  /// Whether it is a terminal.
  public var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes text, at once and whole.
  /// - Throws: If not all of it could be written; the exit code is 74.
  public func write(_ text: String) throws(WriteFailure) {
    let number = Bytes.write(Array(text.utf8), to: descriptor)
    if number != 0 { throw WriteFailure(name, .write, number) }
  }

  /// Writes a line.
  /// - Throws: If not all of it could be written; the exit code is 74.
  public func print(_ line: String = "") throws(WriteFailure) { try write(line + "\n") }

  /// Writes text whose loss is no failure of the program, such as a complaint or a progress bar.
  public func show(_ text: String) { _ = Bytes.write(Array(text.utf8), to: descriptor) }
}
