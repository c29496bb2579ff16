import ArgumentParser
import Base
import Foundation
import Journal
import Output
import Planning

/// `rotasim reenact`
struct ReenactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reenact",
    abstract: "Makes a scenario of one recorded day, to see what it would have been.",
    discussion: """
      EXAMPLES
        rotactl backup yesterday.sqlite
        rotasim reenact yesterday.sqlite --config systemd/rota.yaml --output yesterday
        rotasim compare yesterday/2026-11-20.yaml --with attendance.more=1

      LOG is a daemon's journal (a backup, or one whose daemon does not run) or a trace as rotasim import \
      writes it. Callers come when they came, talk as long as they talked, and give up when they gave up; for \
      those who were answered, the patience they had left is drawn. Reps are there while they were there: a \
      journal says so; of a trace it is told from the calls. Without --day, the last day of the log.
      """)

  @Argument(help: "A journal or a trace.", completion: .file())
  var log: String

  @Option(name: .long, help: "The day, yyyy-mm-dd (default: the last one), or all.")
  var day: String?

  @Option(
    name: .long,
    help: "The configuration the scenario is to refer to; without one, it is made of the trace.",
    completion: .file(extensions: ["yaml"]))
  var config: String?

  @Option(name: .long, help: "The queue of a trace's calls (default: support).")
  var queue: String?

  @Option(
    name: .long, help: "Waiting credit of a trace's callers by priority: 2=90s. Several times.")
  var credit: [Credit] = []

  @Option(name: .long, help: "Write the files to this folder.", completion: .directory)
  var output = Folder(".")

  func validate() throws {
    if let day, day != "all", CivilDate(text: day) == nil {
      throw ValidationError("--day: expected yyyy-mm-dd or all, not \"\(day)\"")
    }
  }

  private var credits: [Int: Double] {
    Dictionary(credit.map { ($0.priority, $0.seconds) }) { $1 }
  }

  func run() throws {
    let source = try DaySource(log, queue: queue ?? "support", credits: credits)
    guard let last = source.names.last else {
      throw complain("\(log): there are no calls in it", code: 65)
    }
    if case .journal = source {
      guard config != nil else {
        throw complain("\(log): a journal needs --config: the configuration of its team", code: 64)
      }
      if queue != nil || !credit.isEmpty {
        throw complain("--queue and --credit are for traces: a journal knows", code: 64)
      }
    }
    let names = day == "all" ? source.names : [day ?? last]
    var written = 0
    for name in names {
      guard let recorded = source.day(name) else {
        throw complain(
          "\(log): there are no calls on \(name), only from \(source.names[0]) to \(last)", code: 65
        )
      }
      if recorded.reps.isEmpty, day == "all" {
        try Standard.output.print("\(name): no rep was there; left out")
        continue
      }
      try write(recorded)
      written += 1
    }
    if written == 0 { throw complain("\(log): no day on which a rep was there", code: 65) }
  }

  private func write(_ recorded: RecordedDay) throws {
    guard !recorded.reps.isEmpty else {
      throw complain("\(log): no rep was there on \(recorded.day)", code: 65)
    }
    let path = output.file(recorded.day).path
    let own = URL(filePath: log).standardizedFileURL.resolvingSymlinksInPath()
    guard own != URL(filePath: "\(path).trace").standardizedFileURL.resolvingSymlinksInPath() else {
      throw complain("\(log) would be overwritten; name another folder with --output", code: 73)
    }
    let configuration = config.map { URL(filePath: $0).path } ?? "\(recorded.day)-team.yaml"
    func put(_ text: String, _ ending: String) throws(WriteFailure) {
      try output.file(recorded.day + ending).write(text)
    }
    try output.make()
    try put(recorded.log.trace, ".trace")
    try put(recorded.attendance.text(day: recorded.day), ".attendance")
    if config == nil {
      try put(recorded.configuration(queue: queue ?? "support"), "-team.yaml")
    }
    try put(
      recorded.scenario(
        configuration: configuration, trace: "\(recorded.day).trace",
        attendance: "\(recorded.day).attendance"), ".yaml")
    try Standard.output.print(
      "\(path).yaml: \(recorded.log.calls.count) calls, \(recorded.reps.count) reps")
    for (reason, count) in recorded.leftOut.sorted(by: { $0.key < $1.key }) {
      try Standard.output.print("  \(count) left out: \(reason)")
    }
    try Standard.output.print("  rotasim run \(path).yaml --against \(path).trace")
  }
}

/// Where recorded days come from.
private enum DaySource {
  case journal(JournalDays)
  case trace(CallLog, queue: String, credits: [Int: Double])

  init(_ path: String, queue: String, credits: [Int: Double]) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw complain("\(path): cannot be read", code: 66)
    }
    // Every SQLite database begins with this text.
    let head = try file.read(upToCount: 15) ?? Data()
    if head == Data("SQLite format 3".utf8) {
      do {
        self = .journal(try JournalHistory(path: path).days)
      } catch {
        throw complain("\(path): \(error)", code: (error as? JournalError)?.exitCode ?? 65)
      }
    } else {
      self = .trace(try ImportOptions.trace(path), queue: queue, credits: credits)
    }
  }

  var names: [String] {
    switch self {
    case .journal(let days): days.names
    case .trace(let log, _, _): Set(log.calls.map(\.day)).sorted()
    }
  }

  func day(_ name: String) -> RecordedDay? {
    switch self {
    case .journal(let days): days.day(name)
    case .trace(let log, let queue, let credits):
      RecordedDay(log, day: name, queue: queue, credits: credits)
    }
  }
}
