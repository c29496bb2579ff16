import Foundation

/// How long `rotad` takes from its start to its first answer with a long journal, after a kill: at most a second
/// with the snapshots it has saved; and without any. And what else grows with the history: files, the read model's
/// rebuild, a report, forgetting, archive files.
///
/// usage: RecoveryBenchmark ROTAD [EVENTS]
@main
struct RecoveryBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else { fatalError("usage: RecoveryBenchmark ROTAD [EVENTS]") }
    let events = arguments.count > 2 ? Int(arguments[2]) ?? 1_000_000 : 1_000_000
    let directory = FileManager.default.temporaryDirectory.appending(path: "rr-\(getpid())").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var daemon = try Daemon(arguments[1], directory)
    daemon.fill(events)
    daemon.kill()
    let withSnapshot = try best(&daemon) {}
    try daemon.forgetSnapshots()
    let plain = daemon
    let without = try best(&daemon) { try plain.forgetSnapshots() }
    let rebuild = try daemon.rebuildReports()
    let costs = try Costs(&daemon, rebuild)
    print("| recovery | from start to first answer |")
    print("|---|---:|")
    print("| \(events) events, with a snapshot | \(withSnapshot) ms |")
    print("| \(events) events, no snapshot | \(without) ms |")
    print("| read model of \(rebuild.records) records, built anew | \(rebuild.milliseconds) ms |")
    print("| records a second | \(rebuild.records * 1_000 / max(1, rebuild.milliseconds)) |")
    costs.print(events)
    if withSnapshot > 1_000 {
      FileHandle.standardError.write(Data("recovery: with a snapshot more than a second\n".utf8))
      exit(1)
    }
  }

  /// The shortest of three starts, in milliseconds; each ends with a kill.
  private static func best(_ daemon: inout Daemon, _ afterwards: () throws -> Void) throws -> Int {
    var best = Double.infinity
    for _ in 0..<3 {
      let start = Date()
      try daemon.start()
      best = min(best, Date().timeIntervalSince(start))
      daemon.kill()
      try afterwards()
    }
    return Int(best * 1_000)
  }
}

/// What a long history costs, and what a year of 200 reps would, at 40 calls a day of 6 events each.
private struct Costs {
  private static let year = 200 * 40 * 250 * 6
  private var journal = 0
  private var reports = 0
  private var rebuild = 0
  private var report = 0
  private var forgetting = 0
  private var journalAfterwards = 0
  private var reportsAfterwards = 0
  private var archiving = 0
  private var journalArchived = 0
  private var reportsArchived = 0
  private var archive = 0
  private var rebuildArchived = 0

  init(_ daemon: inout Daemon, _ rebuild: (records: Int, milliseconds: Int)) throws {
    self.rebuild = rebuild.milliseconds
    journal = try daemon.used("journal.sqlite")
    reports = try daemon.used("reports.sqlite")
    report = try daemon.timeOfReport()
    forgetting = try daemon.forgetWords()
    journalAfterwards = try daemon.used("journal.sqlite")
    reportsAfterwards = try daemon.used("reports.sqlite")
    archiving = try daemon.archiveHistory()
    journalArchived = try daemon.used("journal.sqlite")
    reportsArchived = try daemon.used("reports.sqlite")
    archive = try daemon.archiveSize()
    rebuildArchived = try daemon.rebuildReports().milliseconds
  }

  func print(_ events: Int) {
    func row(_ what: String, _ value: Int, _ unit: String, grows: Bool = true) {
      let year = grows ? "\(value * Self.year / max(1, events)) \(unit)" : "the same"
      Swift.print("| \(what) | \(value) \(unit) | \(year) |")
    }
    Swift.print("\n| a history | of \(events) events | a year of 200 reps, reckoned from it |")
    Swift.print("|---|---:|---:|")
    row("journal, in use", journal, "MB")
    row("the same, words forgotten", journalAfterwards, "MB")
    row("reports, in use", reports, "MB")
    row("the same, texts forgotten", reportsAfterwards, "MB")
    row("forgetting all of it, beside calls", forgetting, "ms")
    row("reports built anew", rebuild, "ms")
    row("all of it into archive files, beside calls", archiving, "ms")
    row("those files", archive, "MB")
    row("journal, in use, after that", journalArchived, "MB", grows: false)
    row("reports, in use, after that", reportsArchived, "MB", grows: false)
    row("reports built anew, after that", rebuildArchived, "ms", grows: false)
    row("report of a day without calls", report, "ms", grows: false)
  }
}

private struct Daemon {
  private let program: String
  private let directory: String
  private var process = Process()

  init(_ program: String, _ directory: String) throws {
    self.program = program
    self.directory = directory
    let yaml = """
      agents: { a0: {}, a1: {}, a2: {}, a3: {}, a4: {}, a5: {}, a6: {}, a7: {} }
      queues: { q: { members: [a0, a1, a2, a3, a4, a5, a6, a7] } }
      """
    try yaml.write(toFile: directory + "/rota.yaml", atomically: true, encoding: .utf8)
    try start()
  }

  private var socketPath: String { directory + "/s" }

  /// The daemon has ended instead of listening.
  private struct DoesNotStart: Error {
    let exitCode: Int32
  }

  /// - Parameters:
  ///   - later: Some time after what has happened.
  ///   - days: How long after.
  mutating func start(later: Bool = false, days: Double = 31) throws {
    try? FileManager.default.removeItem(atPath: socketPath)
    process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = [
      "--config", directory + "/rota.yaml", "--state", directory + "/state", "--socket",
      socketPath,
    ]
    if later {
      let month = Date(timeIntervalSinceNow: days * 86_400).formatted(.iso8601)
      // An hour, after which it is first looked for what is old, is a second.
      process.arguments?.append(contentsOf: ["--clock-start", month, "--clock-rate", "3600"])
    }
    process.standardError = FileHandle.nullDevice
    try process.run()
    while !FileManager.default.fileExists(atPath: socketPath) {
      if !process.isRunning { throw DoesNotStart(exitCode: process.terminationStatus) }
      usleep(1_000)
    }
    close(ask("ping\n", lines: 2))
  }

  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  func forgetSnapshots() throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/usr/bin/sqlite3")
    shell.arguments = [directory + "/state/journal.sqlite", "DELETE FROM snapshot"]
    try shell.run()
    shell.waitUntilExit()
  }

  /// Throws the read model away, and waits until it has been built anew.
  mutating func rebuildReports() throws -> (records: Int, milliseconds: Int) {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: directory + "/state/reports.sqlite" + suffix)
    }
    let begin = Date()
    try start()
    defer { kill() }
    while true {
      let status = line(after: "admin.status\n", "* ")
      func number(_ name: String) -> Int {
        let value = status.split(separator: " ").first { $0.hasPrefix(name + "=") }
        return value.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
      }
      if number("reported") > 0, number("reported") == number("committed") {
        return (number("committed"), Int(Date().timeIntervalSince(begin) * 1_000))
      }
      usleep(20_000)
    }
  }

  /// Megabytes in use in a file: pages that are free are used again.
  func used(_ name: String) throws -> Int {
    let (shell, output) = (Process(), Pipe())
    shell.executableURL = URL(filePath: "/usr/bin/sqlite3")
    shell.arguments = [
      directory + "/state/" + name,
      "SELECT (page_count - freelist_count) * page_size / 1000000 FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
    ]
    shell.standardOutput = output
    try shell.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }

  /// Milliseconds for the performance of the present day.
  mutating func timeOfReport() throws -> Int {
    try start(later: true)
    defer { kill() }
    _ = line(after: "report.performance\n", "+ ")
    let begin = Date()
    _ = line(after: "report.performance\n", "+ ")
    return Int(Date().timeIntervalSince(begin) * 1_000)
  }

  /// A month later, words are to be kept for a week: milliseconds until all are forgotten.
  mutating func forgetWords() throws -> Int {
    let file = directory + "/rota.yaml"
    let yaml = try String(contentsOfFile: file, encoding: .utf8)
    try (yaml + "\nkeep: { words: 7 days }\n").write(
      toFile: file, atomically: true, encoding: .utf8)
    try start(later: true)
    defer { kill() }
    let descriptor = ask("subscribe s types=text.forgotten\n", lines: 2)
    defer { close(descriptor) }
    var (first, last): (Date?, Date?) = (nil, nil)
    var files = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while poll(&files, 1, 4_000) > 0, read(descriptor, &chunk, chunk.count) > 0 {
      first = first ?? Date()
      last = Date()
    }
    usleep(2_000_000)
    guard let first, let last else { return 0 }
    return Int(last.timeIntervalSince(first) * 1_000)
  }

  /// Two months later, history is to be kept for a week: milliseconds until the month is in an archive file and gone
  /// from the journal.
  mutating func archiveHistory() throws -> Int {
    let file = directory + "/rota.yaml"
    let yaml = try String(contentsOfFile: file, encoding: .utf8)
    try yaml.replacingOccurrences(of: "words: 7 days", with: "words: 7 days, history: 7 days")
      .write(
        toFile: file, atomically: true, encoding: .utf8)
    try start(later: true, days: 62)
    defer { kill() }
    let begin = Date()
    let descriptor = ask("subscribe s types=history.closed\n", lines: 2)
    defer { close(descriptor) }
    // Of a large month nothing is written for minutes: it is read, and counted.
    while !nextLine(descriptor).hasPrefix("! ") {}
    var (size, last) = (try logDate(), Date())
    while Date().timeIntervalSince(last) < 3 {
      usleep(100_000)
      let next = try logDate()
      if next != size { (size, last) = (next, Date()) }
    }
    // The first look is a second after the start.
    return Int(last.timeIntervalSince(begin) * 1_000) - 1_000
  }

  /// When the journal's log was written last.
  private func logDate() throws -> Date? {
    let log = directory + "/state/journal.sqlite-wal"
    return try FileManager.default.attributesOfItem(atPath: log)[.modificationDate] as? Date
  }

  /// Megabytes of all archive files.
  func archiveSize() throws -> Int {
    let state = directory + "/state"
    let files = try FileManager.default.contentsOfDirectory(atPath: state)
    return try files.filter { $0.hasSuffix(".archive") }.reduce(0) { sum, name in
      let size = try FileManager.default.attributesOfItem(atPath: state + "/" + name)[.size]
      return sum + (size as? Int ?? 0)
    } / 1_000_000
  }

  /// The first line of the answer to `request` that begins with `mark`.
  private func line(after request: String, _ mark: String) -> String {
    let descriptor = ask("ping\n", lines: 2)
    defer { close(descriptor) }
    send(descriptor, request)
    let text = nextLine(descriptor)
    return text.hasPrefix(mark) ? text : ""
  }

  private func nextLine(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) == 1, byte != 0x0A { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Real calls: arrival, offer, answer, end, wrap-up.
  func fill(_ events: Int) {
    var lines = (0..<8).map { "agent.login a\($0)\nagent.ready a\($0)\n" }.joined()
    var descriptor = ask(lines, lines: 17)
    var number = 0
    var done = 0
    while done < events {
      lines = ""
      for _ in 0..<200 {
        number += 1
        let agent = "a\((number - 1) % 8)"
        lines += "call.arrive c-\(number) queue=q from=\"+1312555\(number)\"\n"
        lines += "call.accept c-\(number) agent=\(agent)\ncall.hang-up c-\(number)\n"
      }
      send(descriptor, lines)
      receive(descriptor, 600)
      done += 200 * 6
      if number % 20_000 == 0 {
        close(descriptor)
        descriptor = ask("ping\n", lines: 2)
      }
    }
    close(descriptor)
  }

  private func ask(_ text: String, lines: Int) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
    while true {
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      if result == 0 {
        send(descriptor, text)
        receive(descriptor, lines)
        return descriptor
      }
      close(descriptor)
      usleep(1_000)
    }
  }

  private func send(_ descriptor: Int32, _ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { fatalError("the daemon closed the connection") }
      rest = rest.dropFirst(count)
    }
  }

  private func receive(_ descriptor: Int32, _ lines: Int) {
    var left = lines
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while left > 0 {
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { fatalError("the daemon closed the connection") }
      left -= chunk[..<count].count { $0 == 0x0A }
    }
  }
}
