import ArgumentParser
import Output

extension Destination: ExpressibleByArgument {
  /// Any path, or - for standard output.
  public init?(argument: String) { self.init(argument) }
}

extension Folder: ExpressibleByArgument {
  /// Any path.
  public init?(argument: String) { self.init(argument) }
}

/// What a command writes, and whether standard output is left for what it says to people.
struct Answers {
  private let files: [(option: String, file: Destination?)]
  private let json: Bool

  init(json: Bool, _ files: KeyValuePairs<String, Destination?>) {
    self.json = json
    self.files = files.map { ($0, $1) }
  }

  private var onStandardOutput: [String] {
    files.filter { $0.file?.isStandardOutput ?? false }.map(\.option) + (json ? ["--json"] : [])
  }

  /// Whether text for people may be printed: nothing else goes to standard output.
  var areForPeople: Bool { onStandardOutput.isEmpty }

  /// Refuses that two answers run into each other.
  func validate() throws {
    let options = onStandardOutput
    if options.count > 1 {
      let list = options.joined(separator: " and ")
      throw ValidationError("\(list) would both go to standard output; name a file")
    }
  }

  /// Asks for each file, before the work is done, whether it can be written.
  func check() throws(WriteFailure) {
    for (_, file) in files { try file?.check() }
  }
}
