import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// The live board and the demo, on a terminal as people see them.
@Suite(.serialized) struct BoardTests {
  private static let opened = "\u{1B}[?1049h"
  private static let closed = "\u{1B}[?25h\u{1B}[?1049l"
  /// Begins each drawing of the board.
  private static let drawn = "\u{1B}[HRota  "

  /// Two reps and a caller after the doors have opened at 08:00, for a fast clock.
  private static let script = """
    actor feed role feed
    at 500 alice agent.login alice
    at 510 alice agent.ready alice
    at 520 bob agent.login bob
    when call.offered after 5 $agent call.accept $call offer=$offer
    at 1000 feed call.arrive c-1 queue=support from="+13125550190"
    at 1400 feed call.hang-up c-1 by=caller
    at 1500 feed ping
    """

  /// The demo as `make demo` runs it, with a short script.
  private struct Demo {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "rota-demo-\(UUID().uuidString)")
    let program = TestDaemon.root.appending(path: "Simulations/demo/run")
    var environment: [String: String] { ["TMPDIR": directory.path, "NO_COLOR": "1"] }

    init() throws {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      let script = directory.appending(path: "short.calls")
      try BoardTests.script.write(to: script, atomically: true, encoding: .utf8)
    }

    func arguments(rate: Int = 250) -> [String] {
      let programs = TestDaemon.program("rotad").deletingLastPathComponent()
      return [programs.path, directory.appending(path: "short.calls").path, "\(rate)"]
    }

    /// Whether nothing of it is left but the script.
    var isTidy: Bool {
      (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) == ["short.calls"]
    }
  }

  @Test("The demo on a terminal shows the board, then the report")
  func demo() throws {
    let demo = try Demo()
    defer { try? FileManager.default.removeItem(at: demo.directory) }
    let terminal = try TestTerminal(
      demo.program, demo.arguments(), columns: 80, rows: 24, environment: demo.environment)
    let modes = terminal.modes
    #expect(try terminal.finish() == 0)
    let parts = terminal.text.components(separatedBy: Self.closed)
    try #require(parts.count == 2, "\(terminal.text)")
    let boards = parts[0].components(separatedBy: Self.drawn).dropFirst()
    #expect(boards.filter { $0.contains("alice") && $0.contains("bob") }.count >= 3)
    #expect(boards.contains { $0.contains("c-1") && $0.contains("talking") })
    #expect(parts[1].contains("Performance, ") && parts[1].contains("alice"))
    #expect(terminal.modes == modes)
    #expect(demo.isTidy)
  }

  @Test("Ctrl-C ends the demo, and nothing is left of it")
  func interrupted() throws {
    let demo = try Demo()
    defer { try? FileManager.default.removeItem(at: demo.directory) }
    let terminal = try TestTerminal(
      demo.program, demo.arguments(rate: 1), environment: demo.environment)
    let modes = terminal.modes
    try terminal.wait(for: Self.drawn, count: 2)
    #expect(terminal.modes != modes)
    terminal.press("\u{3}")
    #expect(try terminal.finish() == 130)
    let rest = terminal.text.components(separatedBy: Self.closed).last ?? ""
    #expect(!rest.contains("rota") && !rest.contains("Performance"), "\(rest)")
    #expect(terminal.modes == modes)
    #expect(demo.isTidy)
  }

  @Test("The demo without its board goes on to the report")
  func boardClosed() throws {
    let demo = try Demo()
    defer { try? FileManager.default.removeItem(at: demo.directory) }
    let terminal = try TestTerminal(
      demo.program, demo.arguments(), environment: demo.environment)
    try terminal.wait(for: Self.drawn)
    terminal.press("q")
    #expect(try terminal.finish() == 0)
    let rest = terminal.text.components(separatedBy: Self.closed).last ?? ""
    #expect(rest.contains("Ctrl-C") && rest.contains("Performance, "))
  }

  @Test("The demo in a pipe draws no board")
  func piped() throws {
    let demo = try Demo()
    defer { try? FileManager.default.removeItem(at: demo.directory) }
    let process = Process()
    process.executableURL = demo.program
    process.arguments = demo.arguments(rate: 400)
    process.currentDirectoryURL = TestDaemon.root
    process.environment = ProcessInfo.processInfo.environment.merging(demo.environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(text.hasPrefix("Playing a working morning, 400 times faster than it was...\n"))
    #expect(text.contains("call.answered 1") && text.contains("Performance, "))
    #expect(!text.contains("\u{1B}"))
  }

  @Test("A standard input that is at its end is no key: the board goes on")
  func noKeys() throws {
    let daemon = try TestDaemon().start()
    let terminal = try TestTerminal(
      TestDaemon.program("rotactl"), ["watch", "--interval", "0.1", "--socket", daemon.socket],
      hasKeys: false)
    try terminal.wait(for: Self.drawn, count: 5)
    #expect(!terminal.text.contains(Self.closed))
    terminal.press("\u{3}")
    #expect(try terminal.finish() == 0)
    #expect(terminal.text.contains(Self.opened) && terminal.text.hasSuffix(Self.closed))
  }

  @Test("q closes the board; other keys do not")
  func keys() throws {
    let daemon = try TestDaemon().start()
    let terminal = try TestTerminal(
      TestDaemon.program("rotactl"), ["watch", "--interval", "0.1", "--socket", daemon.socket])
    try terminal.wait(for: Self.drawn)
    terminal.press("x ")
    try terminal.wait(for: Self.drawn, count: 5)
    terminal.press("q")
    #expect(try terminal.finish() == 0)
    #expect(terminal.text.hasSuffix(Self.closed))
  }

  @Test("On a small screen the board shows callers and reps, and counts what it leaves out")
  func small() throws {
    let daemon = try TestDaemon().start()
    let feed = try daemon.client(.feed)
    for number in 1...30 { try feed.ask("call.arrive c-\(number) queue=support") }
    let terminal = try TestTerminal(
      TestDaemon.program("rotactl"), ["watch", "--interval", "0.1", "--socket", daemon.socket],
      columns: 60, rows: 20)
    try terminal.wait(for: Self.drawn, count: 3)
    terminal.press("q")
    #expect(try terminal.finish() == 0)
    let board = terminal.text.components(separatedBy: Self.drawn)[2]
    for part in ["c-1 ", "more callers", "alice", "bob", "carol", "logged in", "next after"] {
      #expect(board.contains(part), "\(part): \(board)")
    }
    #expect(!board.contains("more lines"))
    let lines = board.components(separatedBy: "\u{1B}[K")
    #expect(lines.count <= 20 && lines.allSatisfy { $0.count <= 62 }, "\(board)")
    let tiny = try TestTerminal(
      TestDaemon.program("rotactl"), ["watch", "--interval", "0.1", "--socket", daemon.socket],
      columns: 60, rows: 8)
    try tiny.wait(for: Self.drawn, count: 2)
    tiny.press("q")
    #expect(try tiny.finish() == 0)
    #expect(tiny.text.contains("more lines: a higher window shows them"))
  }
}
