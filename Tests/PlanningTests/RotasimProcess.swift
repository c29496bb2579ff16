import Foundation
import TestSupport

/// The built planner, run as a user would run it, from the project's folder.
enum RotasimProcess {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let products =
    Bundle.allBundles.map(\.bundleURL)
    .first { $0.pathExtension == "xctest" }?.deletingLastPathComponent()
    ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

  static let program = products.appending(path: "rotasim")

  struct Result {
    var code: Int32
    var output: String
    var error: String
  }

  static func run(_ arguments: [String], in folder: URL = root) throws -> Result {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["NO_COLOR": "1", "COLUMNS": "400"]
    ) { $1 }
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let said = readBoth(output, error)
    process.waitUntilExit()
    return Result(code: process.terminationStatus, output: said.output, error: said.error)
  }

  static func json(_ arguments: [String]) throws -> [String: Any] {
    let result = try run(arguments + ["--json"])
    let value = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return value as? [String: Any] ?? [:]
  }

  /// Runs the example job script as task `index` of `count`.
  static func sweepJob(index: Int, of count: Int, output: String) throws -> Int32 {
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = root.appending(path: "Simulations/slurm/sweep.sbatch")
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment.merging([
      "SLURM_ARRAY_TASK_ID": "\(index)", "SLURM_ARRAY_TASK_COUNT": "\(count)", "OUTPUT": output,
      "ROTASIM": program.path, "REPLICATIONS": "2",
    ]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Scenario files, by path from the project's folder.
  static let fastScenarios = scenarios("Simulations/fast")

  private static func scenarios(_ folder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: folder).path)
    return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
  }
}

/// Whether the tags of a page are closed in the order in which they were opened.
enum XMLDocumentCheck {
  private static let alone: Set<String> = ["meta", "!doctype", "line", "polyline", "polygon"]

  static func problems(in page: String) -> [String] {
    var open: [String] = []
    var found: [String] = []
    for match in page.matches(of: /<(\/?)([a-zA-Z!][a-zA-Z0-9]*)([^>]*)>/) {
      let name = match.2.lowercased()
      if match.3.hasSuffix("/") || alone.contains(name) { continue }
      if match.1.isEmpty {
        open.append(name)
      } else if open.popLast() != name {
        found.append("</\(name)> closes nothing")
      }
    }
    return found + open.map { "<\($0)> is not closed" }
  }
}
