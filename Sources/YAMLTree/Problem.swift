import Base

/// How bad a problem of a configuration file is.
public enum Severity: Sendable {
  /// The file cannot be put into force.
  case error
  /// The file can be put into force, and probably does not do what its author meant.
  case warning
}

/// Something wrong with a configuration file, and where.
public struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file as it was named.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column, from 1.
  public var column: Int
  /// What is wrong, what was expected, and the nearest valid name where there is one.
  public var message: String
  /// Whether the file is refused for it.
  public var severity = Severity.error

  /// A problem; lines and columns count from 1.
  public init(
    file: String, line: Int, column: Int, message: String, severity: Severity = .error
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.severity = severity
  }

  /// `file:line:column: message`, in one line, whatever the file says; a warning says that it is one.
  public var description: String {
    let word =
      switch severity {
      case .error: ""
      case .warning: "warning: "
      }
    return Visible.text("\(file):\(line):\(column): \(word)\(message)")
  }
}

extension [Problem] {
  /// Whether there is an error after the first `count`.
  public func hasErrors(from count: Int) -> Bool {
    dropFirst(count).contains { $0.severity == .error }
  }
}

/// Everything wrong with a configuration file that is refused, warnings too, in the order of the file.
public struct Problems: Error, Equatable, Sendable, CustomStringConvertible {
  /// The problems; at least one is an error.
  public var problems: [Problem]
  /// Those for which the file is refused.
  public var errors: [Problem] { problems.filter { $0.severity == .error } }

  /// These problems.
  public init(problems: [Problem]) { self.problems = problems }

  /// One line for each.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
