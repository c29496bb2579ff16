import ArgumentParser
import Foundation
import Load

/// Load and exhaustion of the real daemon. Each check prints a table of figures and bounds; the exit code is
/// 1 when a bound is broken, and 77 when none is but something could not be done on this machine.
@main
struct LoadCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Loads rotad, and says whether it stays within its bounds.",
    subcommands: [
      ConnectionsCheck.self, SleepersCheck.self, SoakCheck.self, DescriptorsCheck.self,
      MemoryCheck.self, HostileCheck.self, LoopCheck.self, AllChecks.self,
    ], defaultSubcommand: AllChecks.self)
}

/// What every check is told.
struct Target: ParsableArguments {
  @Option(help: "The daemon's program; a release build, or the figures say nothing.")
  var rotad = ".build/release/rotad"
}

/// One check, with a table.
protocol Check: ParsableCommand {
  /// Measures.
  /// - Returns: what could not be done here, if anything.
  func check(_ findings: inout Findings) throws -> String?
  static var title: String { get }
}

extension Check {
  /// Measures and shows.
  /// - Returns: the exit code.
  func outcome() throws -> Int32 {
    var findings = Findings(Self.title)
    let start = monotonic()
    let omission = try check(&findings)
    findings.note("took", "\(Int(monotonic() - start)) s")
    findings.show()
    if let omission { print("NOT DONE HERE: \(omission)\n") }
    return findings.hold ? (omission == nil ? 0 : 77) : 1
  }

  mutating func run() throws {
    let code = try outcome()
    if code != 0 { throw ExitCode(code) }
  }
}

/// All of them, one after another.
struct AllChecks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "all", abstract: "All checks, in the short form for CI.")
  @OptionGroup var target: Target
  @Option(help: "How long the soak is, in seconds.") var soakSeconds = 40.0

  mutating func run() throws {
    print("Machine: \(machine)\n")
    let codes = try [
      ConnectionsCheck.parse(arguments).outcome(), SleepersCheck.parse(arguments).outcome(),
      DescriptorsCheck.parse(arguments).outcome(), MemoryCheck.parse(arguments).outcome(),
      HostileCheck.parse(arguments).outcome(), LoopCheck.parse(arguments).outcome(),
      SoakCheck.parse(arguments + ["--seconds", "\(soakSeconds)"]).outcome(),
    ]
    if codes.contains(1) { throw ExitCode(1) }
    if codes.contains(77) { throw ExitCode(77) }
  }

  private var arguments: [String] { ["--rotad", target.rotad] }
}
