import ArgumentParser
import Client
import Foundation
import LineProtocol
import Output
import Vocabulary

/// `rotactl backup`: one file, or one more in a directory of which the oldest go.
struct Backup: RequestCommand {
  static let verb = Verb.question(.journal(.backup))
  static let configuration = CommandConfiguration(
    verb,
    discussion: """
      EXAMPLES
        rotactl backup /var/lib/rota/export/monday.sqlite
        rotactl backup --into /var/lib/rota/backups --keep 14
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The file to write; the daemon writes it, so give the full path.")
  var file: String?
  @Option(help: "Write another file, named by the time, into this directory.") var into: String?
  @Option(help: "Then remove the oldest such files, so that so many are left.") var keep: Int?

  func validate() throws {
    if (file == nil) == (into == nil) {
      throw ValidationError("give the file to write, or --into DIRECTORY")
    }
    if let keep {
      guard into != nil else { throw ValidationError("--keep is of --into DIRECTORY") }
      guard keep >= 1 else { throw ValidationError("--keep: expected at least 1, not \(keep)") }
    }
  }

  func request() -> Request {
    ask([file ?? "\(into ?? "")/\(Rotation.name(of: Date()))"])
  }

  func run() throws {
    try CommandFailure.exiting {
      let answer = try global.connect().ask(request())
      try CommandFailure.check(answer)
      // Nothing goes before the new one is there.
      let removed = try into.flatMap { directory in
        try keep.map { try Rotation(directory: directory).remove(keeping: $0) }
      }
      try Display.answer(answer, json: global.json)
      if let removed, !removed.isEmpty, !global.json {
        try Standard.output.print("removed: \(removed.joined(separator: ", "))\n")
      }
    }
  }
}

/// Backups in a directory, named by their times, so that their order is that of their names.
struct Rotation {
  let directory: String

  /// The name of a backup made at `date`.
  static func name(of date: Date) -> String {
    let time = date.formatted(.iso8601.timeSeparator(.omitted))
    return "journal-\(time).sqlite"
  }

  /// Removes the oldest, so that `count` are left. What has another name is left alone.
  /// - Returns: the names of those removed.
  func remove(keeping count: Int) throws -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      throw CommandFailure(
        exitCode: 74, description: "\(directory): cannot be read: \(error.localizedDescription)")
    }
    let backups = names.filter { Self.isBackup($0) }.sorted()
    let old = backups.dropLast(count)
    for name in old {
      do {
        try FileManager.default.removeItem(atPath: "\(directory)/\(name)")
      } catch {
        throw CommandFailure(
          exitCode: 74,
          description:
            "\(directory)/\(name): cannot be removed: \(error.localizedDescription); the new backup is there"
        )
      }
    }
    return Array(old)
  }

  private static func isBackup(_ name: String) -> Bool {
    name.wholeMatch(of: /journal-\d{4}-\d\d-\d\dT\d{6}Z\.sqlite/) != nil
  }
}
