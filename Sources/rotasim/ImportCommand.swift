import ArgumentParser
import Base
import Foundation
import LineProtocol
import Output
import Planning

/// `rotasim import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Reads a call log of another system and writes a trace.",
    subcommands: [ImportBankCommand.self, ImportCSVCommand.self])
}

/// What every import does with what it has read.
struct ImportOptions: ParsableArguments {
  @Option(
    name: .long, help: "Write the trace to this file (default: -, standard output).",
    completion: .file())
  var output: Destination?

  @Flag(name: .long, help: "Print what was read and left out as JSON.")
  var json = false

  func validate() throws { try Answers(json: json, ["--output": output]).validate() }

  /// Writes the trace, and says on standard error what became of every row.
  func finish(_ log: CallLog) throws {
    if let file = output ?? (json ? nil : Destination("-")) { try file.write(log.trace) }
    if json {
      try JSONText.print(JSONResult(log))
    } else {
      var lines = ["\(log.rows) rows read, \(log.calls.count) calls kept"]
      lines += log.leftOut.map { "  \($0.count) left out: \($0.reason); the first at \($0.first)" }
      Standard.error.show(lines.map { Visible.text($0) + "\n" }.joined())
    }
    if log.calls.isEmpty { throw complain("no call could be used", code: 65) }
  }

  private struct JSONResult: Encodable {
    var rows: Int
    var calls: Int
    var leftOut: [Entry]

    struct Entry: Encodable {
      var reason: String
      var count: Int
      var first: String
    }

    init(_ log: CallLog) {
      rows = log.rows
      calls = log.calls.count
      leftOut = log.leftOut.map { Entry(reason: $0.reason, count: $0.count, first: $0.first) }
    }
  }

  /// The trace at `path`.
  static func trace(_ path: String) throws -> CallLog {
    let log = CallLog(trace: try read(path), file: path)
    if let bad = log.leftOut.first {
      throw complain(
        "\(bad.first): \(bad.reason); expected a trace as rotasim import writes it", code: 65)
    }
    return log
  }

  /// The text of a file, uncompressed if its name ends in .gz.
  static func read(_ path: String) throws -> String {
    do {
      if !path.hasSuffix(".gz") { return try String(contentsOfFile: path, encoding: .utf8) }
      let process = Process()
      process.executableURL = URL(filePath: "/bin/gzip")
      process.arguments = ["-dc", path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw complain("\(path): gzip failed", code: 66) }
      return String(decoding: bytes, as: UTF8.self)
    } catch let exit as ExitCode {
      throw exit
    } catch {
      throw complain("\(path): cannot be read: \(error.localizedDescription)", code: 66)
    }
  }
}

/// `rotasim import bank1999`
struct ImportBankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bank1999",
    abstract: "The Technion's call log of an anonymous bank, 1999.",
    discussion: "EXAMPLE\n  rotasim import bank1999 january1999.tsv.gz --output january.trace")

  @Argument(help: "Months, plain or .gz.", completion: .file())
  var files: [String]

  @OptionGroup var options: ImportOptions

  func run() throws {
    try options.output?.check()
    var log = CallLog()
    for file in files { log.add(Bank1999.read(try ImportOptions.read(file), file: file)) }
    log.sort()
    try options.finish(log)
  }
}

/// `rotasim import csv`
struct ImportCSVCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "csv",
    abstract: "A table with a header line.",
    discussion: """
      EXAMPLE
        rotasim import csv calls.csv --map day=date --map at=arrival --map wait=hold_time \
      --map outcome=result --map handle=talk --output calls.trace

      Columns: day, at, kind, priority, wait, outcome, handle, agent, wrap; day, at, wait and outcome must \
      be there. Days are yyyy-mm-dd. Times are seconds or h:mm:ss. Columns that are called so already need no --map.
      """)

  @Argument(help: "Files, plain or .gz.", completion: .file())
  var files: [String]

  @Option(name: .long, help: "Our column and the log's name of it: at=arrival.")
  var map: [String] = []

  @Option(name: .long, help: "What separates columns.")
  var separator = ","

  @OptionGroup var options: ImportOptions

  private var columns: [String: String] {
    var result = Dictionary(uniqueKeysWithValues: CallLog.columns.map { ($0, $0) })
    for entry in map {
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { result[parts[0]] = parts[1] }
    }
    return result
  }

  func validate() throws {
    for entry in map {
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, CallLog.columns.contains(parts[0]) else {
        throw ValidationError(
          "--map: expected one of \(CallLog.columns.joined(separator: ", ")), =, and the log's name of it, not \"\(entry)\""
        )
      }
    }
    guard separator.count == 1 || separator == "\\t" else {
      throw ValidationError("--separator must be one character")
    }
  }

  func run() throws {
    try options.output?.check()
    let character: Character = separator == "\\t" ? "\t" : separator.first ?? ","
    var log = CallLog()
    for file in files {
      let text = try ImportOptions.read(file)
      let header = text.prefix { !$0.isNewline }.split(separator: character).map(String.init)
      let missing = ["day", "at", "wait", "outcome"].filter { !header.contains(columns[$0] ?? $0) }
      if !missing.isEmpty {
        throw complain(
          "\(file):1: no column for \(missing.joined(separator: ", ")); name them with --map",
          code: 65)
      }
      log.add(CallLog.separated(text, by: character, map: columns, file: file))
    }
    log.sort()
    try options.finish(log)
  }
}
