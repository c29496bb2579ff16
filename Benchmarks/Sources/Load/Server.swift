import Foundation

/// A server under test, a process of its own, as the kernel sees it.
package final class Server {
  /// Where it listens.
  package let socket: String
  private let process = Process()

  private init(
    _ program: String, _ arguments: [String], socket: String, descriptors: Int? = nil,
    log: FileHandle = .nullDevice
  ) throws {
    self.socket = socket
    // It ends with this process, however that ends.
    process.executableURL = URL(filePath: "/usr/bin/setpriv")
    let limit = descriptors.map { "ulimit -n \($0); " } ?? ""
    process.arguments =
      ["--pdeathsig", "KILL", "/bin/sh", "-c", limit + "exec \"$@\"", "sh", program] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = log
    try process.run()
    for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket) { usleep(10_000) }
    usleep(200_000)
  }

  /// `rotad` with its files in `directory`.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - directory: Where configuration, state, socket and log are. A state that is there is gone on with.
  ///   - yaml: The configuration; by default reps a0 to a49 in queue q.
  ///   - descriptors: How many descriptors it may have open; `nil`: as many as this process.
  package static func rota(
    _ program: String, _ directory: String, yaml: String = Server.team(reps: 50),
    descriptors: Int? = nil
  ) throws -> Server {
    let file = directory + "/rota.yaml"
    let log = directory + "/log"
    try yaml.write(toFile: file, atomically: true, encoding: .utf8)
    unlink(directory + "/rota.sock")
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    return try Server(
      program,
      ["--config", file, "--state", directory + "/state", "--socket", directory + "/rota.sock"],
      socket: directory + "/rota.sock", descriptors: descriptors,
      log: FileHandle(forWritingAtPath: log) ?? .nullDevice)
  }

  /// A configuration: reps a0, a1, ... in queue q.
  package static func team(reps: Int, queue: String = "", more: String = "") -> String {
    let agents = (0..<reps).map { "  a\($0): {}" }.joined(separator: "\n")
    let members = (0..<reps).map { "a\($0)" }.joined(separator: ", ")
    return """
      not-ready-reasons: [lunch]
      agents:
      \(agents)
      queues:
        q: { members: [\(members)]\(queue) }
      \(more)
      """
  }

  /// `redis-server`, if it is installed.
  package static func redis(_ directory: String) throws -> Server? {
    let program = "/usr/bin/redis-server"
    guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
    return try Server(
      program,
      [
        "--port", "0", "--unixsocket", directory + "/redis.sock", "--dir", directory,
        "--appendonly", "yes", "--appendfsync", "always", "--save", "",
      ], socket: directory + "/redis.sock")
  }

  /// The process.
  package var processIdentifier: Int32 { process.processIdentifier }

  /// Whether it has not ended.
  package var isRunning: Bool { process.isRunning }

  /// Resident set now.
  package var residentMegabytes: Int { Int(megabytes("VmRSS").rounded()) }

  /// A size of `/proc/PID/status`, such as `VmRSS`, `VmHWM`, `VmSize`.
  package func megabytes(_ name: String) -> Double {
    let status = (try? String(contentsOfFile: path("status"), encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
    return (Double(line.filter(\.isNumber)) ?? 0) / 1_024
  }

  /// Lets `VmHWM`, the peak of the resident set, begin anew (proc(5), `clear_refs`).
  package func forgetPeak() {
    try? "5".write(toFile: path("clear_refs"), atomically: false, encoding: .utf8)
  }

  /// Processor time used so far, in seconds.
  package var processorSeconds: Double {
    let stat = (try? String(contentsOfFile: path("stat"), encoding: .utf8)) ?? ""
    // After the name, which may contain anything: state is field 3, utime and stime are 14 and 15.
    let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
    guard fields.count > 13 else { return 0 }
    let ticks = (Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0)
    return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Open descriptors.
  package var descriptors: Int {
    (try? FileManager.default.contentsOfDirectory(atPath: path("fd")).count) ?? 0
  }

  /// The lowest number a new descriptor could get: a limit of so many lets it open none, though there may be
  /// open ones beyond.
  package var lowestFreeDescriptor: Int {
    let open = (try? FileManager.default.contentsOfDirectory(atPath: path("fd"))) ?? []
    let numbers = Set(open.compactMap { Int($0) })
    return (0...numbers.count).first { !numbers.contains($0) } ?? 0
  }

  private func path(_ name: String) -> String { "/proc/\(processIdentifier)/\(name)" }

  /// Sets a resource limit while it runs (prlimit(1)): `nofile`, `as`, ...
  package func limit(_ resource: String, to value: Int) throws {
    let prlimit = try Process.run(
      URL(filePath: "/usr/bin/prlimit"),
      arguments: ["--pid", "\(processIdentifier)", "--\(resource)=\(value):"])
    prlimit.waitUntilExit()
  }

  /// Asks it to stop and waits.
  package func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  /// Ends it without a warning.
  package func kill() {
    if process.isRunning { Foundation.kill(processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }
}
