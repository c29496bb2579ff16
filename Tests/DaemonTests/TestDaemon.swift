import Client
import Foundation
import LineProtocol
import TestSupport
import Testing
import Vocabulary

/// The built daemon, run on a directory of its own, as a user would run it.
final class TestDaemon: @unchecked Sendable {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Where the test program is, and the programs with it; `ROTA_PROGRAMS=DIR`: those of another build.
  private static let products =
    ProcessInfo.processInfo.environment["ROTA_PROGRAMS"].map { URL(filePath: $0) }
    ?? Bundle.allBundles.map(\.bundleURL)
    .first { $0.pathExtension == "xctest" }?.deletingLastPathComponent()
    ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

  /// A built program.
  static func program(_ name: String) -> URL { products.appending(path: name) }

  let directory: URL
  let socket: String
  var configuration: URL
  var environment: [String: String] = [:]
  /// The Unix user it runs as; for root only.
  var user: String?
  /// No file may grow beyond so many bytes: the daemon meets what a full disk would do to it.
  var fileSizeLimit: Int?
  /// How many descriptors the daemon may have open.
  var descriptorLimit: Int?
  private var process: Process? {
    get { lock.withLock { current } }
    set { lock.withLock { current = newValue } }
  }
  private var current: Process?
  /// One thread may start it again while another ends it.
  private let lock = NSLock()
  /// Beside configuration, state and socket; for the next start.
  var arguments: [String]

  /// A daemon with the team of `yaml` (default: three reps, one queue), not yet started.
  init(
    _ yaml: String = TestDaemon.team, arguments: [String] = [], inMemory: Bool = false
  ) throws {
    let memory = URL(filePath: "/dev/shm")
    let isThere = FileManager.default.isWritableFile(atPath: memory.path)
    let base = inMemory && isThere ? memory : FileManager.default.temporaryDirectory
    directory = base.appending(path: "rt-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    socket = directory.appending(path: "s").path
    configuration = directory.appending(path: "rota.yaml")
    self.arguments = arguments
    try write(yaml)
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: directory)
  }

  static let team = """
    not-ready-reasons: [lunch, meeting]
    categories: [billing, other]
    agents:
      alice: { name: Alice Adams }
      bob: { name: Bob Baker }
      carol: { name: Carol Chen }
    queues:
      support:
        members: [alice, bob, carol]
        wrap-up: 30
        rest-after: { ignored: 1 }
    """

  func write(_ yaml: String) throws {
    try yaml.write(to: configuration, atomically: true, encoding: .utf8)
  }

  var state: URL { directory.appending(path: "state") }

  /// Starts it and waits until it listens.
  @discardableResult
  func start() throws -> TestDaemon {
    try? FileManager.default.removeItem(atPath: socket)
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let arguments =
      ["--config", configuration.path, "--state", state.path, "--socket", socket] + arguments
    // POSIX counts in units of 512 bytes. The signal is ignored, so that writes fail instead.
    let limits =
      (fileSizeLimit.map { ["trap '' XFSZ", "ulimit -f \($0 / 512)"] } ?? [])
      + (descriptorLimit.map { ["ulimit -n \($0)"] } ?? [])
    if !limits.isEmpty {
      let script = limits.joined(separator: "; ") + "; exec \"$@\""
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", script, "sh", Self.program("rotad").path] + arguments
    } else {
      (process.executableURL, process.arguments) = Self.command("rotad", arguments, as: user)
    }
    if let user { try Self.give(directory, to: user) }
    let log = directory.appending(path: "log")
    if !FileManager.default.fileExists(atPath: log.path) {
      _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    }
    let handle = try FileHandle(forWritingTo: log)
    try handle.seekToEnd()
    process.standardError = handle
    process.standardOutput = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    self.process = process
    for _ in 0..<1_000 {
      if FileManager.default.fileExists(atPath: socket), (try? Client(path: socket)) != nil {
        return self
      }
      if !process.isRunning { break }
      usleep(10_000)
    }
    throw CommandFailure(
      exitCode: process.isRunning ? 1 : process.terminationStatus, description: self.log)
  }

  /// What it has logged.
  var log: String {
    (try? String(contentsOf: directory.appending(path: "log"), encoding: .utf8)) ?? ""
  }

  /// Ends it without a warning.
  func kill() {
    guard let process, process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Asks it to stop.
  func terminate() { process?.terminate() }

  /// Asks it to stop and waits.
  /// - Returns: its exit code; `nil` if it does not stop within ten seconds.
  func stop() -> Int32? {
    terminate()
    return waitForExit()
  }

  /// Waits until it has ended.
  /// - Returns: its exit code; `nil` if it does not end within ten seconds.
  func waitForExit() -> Int32? {
    guard let process else { return nil }
    for _ in 0..<1_000 where process.isRunning { usleep(10_000) }
    return process.isRunning ? nil : process.terminationStatus
  }

  /// How it has ended; `nil` while it runs.
  var exitStatus: Int32? { process.flatMap { $0.isRunning ? nil : $0.terminationStatus } }

  var processIdentifier: Int32 { process?.processIdentifier ?? 0 }

  /// A connection, as the admin that the test's user is, or with fewer rights.
  func client(_ role: Role? = nil, agent: String? = nil) throws -> Client {
    let client = try Client(path: socket, as: agent, role: role)
    // A line that never comes fails the test instead of holding it up.
    client.waitAtMost(seconds: 60)
    return client
  }

  /// How one of the built programs is run: by the test's own user, or by `user`.
  private static func command(
    _ name: String, _ arguments: [String], as user: String?
  ) -> (URL, [String]) {
    guard let user else { return (program(name), arguments) }
    let identity = ["--reuid", user, "--regid", user, "--init-groups", "--"]
    return (URL(filePath: "/usr/bin/setpriv"), identity + [program(name).path] + arguments)
  }

  private static func give(_ directory: URL, to user: String) throws {
    try FileManager.default.setAttributes(
      [.ownerAccountName: user], ofItemAtPath: directory.path)
  }

  /// Runs one of the built programs.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    as user: String? = nil
  ) throws -> (code: Int32, output: String, error: String) {
    let process = Process()
    (process.executableURL, process.arguments) = command(program, arguments, as: user)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let said = readBoth(output, error)
    process.waitUntilExit()
    return (process.terminationStatus, said.output, said.error)
  }

  /// Runs `rotactl` against it.
  func rotactl(_ arguments: String...) throws -> (code: Int32, output: String, error: String) {
    try Self.run("rotactl", ["--socket", socket], arguments)
  }

  private static func run(
    _ program: String, _ global: [String], _ arguments: [String]
  ) throws -> (code: Int32, output: String, error: String) {
    try run(program, arguments + global, environment: ["NO_COLOR": "1"])
  }
}

extension Client {
  /// Sends a line and waits for its reply.
  @discardableResult
  func ask(_ line: String) throws -> Answer {
    guard let request = try LineParser.request(Array(line.utf8)[...]) else {
      throw CommandFailure(exitCode: 65, description: "no request: \(line)")
    }
    return try ask(request)
  }

  /// Reading that takes longer than that fails.
  func waitAtMost(seconds: Int) {
    var patience = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Sends bytes as they are.
  func sendRaw(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  /// The next event of one of `types`; waits for it.
  func nextEvent(_ types: String...) throws -> ServerLine {
    while true {
      let line = try nextLine()
      if case .event(_, let type, _) = line, types.isEmpty || types.contains(type) { return line }
    }
  }
}
