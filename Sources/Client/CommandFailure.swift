public import LineProtocol

/// Why something could not be done, and the exit code that says so.
public struct CommandFailure: Error, CustomStringConvertible, Sendable {
  /// The exit code (sysexits.h).
  public var exitCode: Int32
  /// What is wrong and what to do.
  public var description: String

  /// A failure that ends the program with `exitCode`.
  public init(exitCode: Int32, description: String) {
    self.exitCode = exitCode
    self.description = description
  }

  /// The data are wrong.
  public static let dataError: Int32 = 65
  /// The daemon is not there.
  public static let unavailable: Int32 = 69
  /// The role may not.
  public static let notPermitted: Int32 = 77

  /// What came from `path` is no line of the protocol.
  public init(_ path: String, _ error: LineError) {
    self.init(
      exitCode: Self.dataError,
      description: "\(path): not a line of the protocol: \(error.text)")
  }
}
