import LineProtocol

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

  /// `file:line:column: message`, in one line, whatever the file says.
  public var description: String { Visible.text("\(file):\(line):\(column): \(message)") }
}

/// Everything wrong with a configuration file, in the order of the file.
public struct Problems: Error, Equatable, Sendable, CustomStringConvertible {
  /// The problems; never empty.
  public var problems: [Problem]

  /// These problems.
  public init(problems: [Problem]) { self.problems = problems }

  /// One line for each.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
