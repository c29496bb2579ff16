import Journal

/// Why the daemon could not start.
public struct StartFailure: Error, CustomStringConvertible, Sendable {
  /// The exit code (sysexits).
  public var exitCode: Int32
  /// What is wrong and what to do.
  public var description: String

  /// Why, with those words and that exit code.
  init(exitCode: Int32, description: String) {
    self.exitCode = exitCode
    self.description = description
  }

  /// A journal could not be opened or read: 65 it is damaged, so that another start would not help; 69, 74 and 75
  /// may be gone at the next one.
  /// - Parameter place: Which journal, where that is not known.
  init(journal error: any Error, _ place: String? = nil) {
    // What is left are bytes that are no record.
    self.init(
      exitCode: JournalError(of: error)?.exitCode ?? EX.dataError,
      description: place.map { "\($0): \(error)" } ?? "\(error)")
  }
}
