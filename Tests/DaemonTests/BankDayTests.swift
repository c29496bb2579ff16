import Base
import Configuration
import Events
import Foundation
import Frames
import Journal
import LineProtocol
import Measures
import Reporting
import Routing
import Switchboard
import Testing
import Vocabulary

@testable import Daemon

/// One real day of a bank's call centre (Technion "Anonymous Bank", Mandelbaum, Sakov, Zeltyn), driven
/// through engine, journal and read model. Skipped where the data are not beside the project.
@Suite struct BankDayTests {
  private static let log = TestDaemon.root.deletingLastPathComponent().appending(
    path: "shared/data/bank1999/january1999.tsv.gz")
  private static var isThere: Bool { FileManager.default.fileExists(atPath: log.path) }

  private struct LoggedCall {
    var name: String
    var priority: Int
    var entersAt: Int64
    var givesUpAt: Int64?
    var serviceSeconds: Int64
    var server: String
  }

  /// The calls of a day that reached the queue.
  private func calls(on date: String) throws -> [LoggedCall] {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/zcat")
    process.arguments = [Self.log.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
      let f = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard f.count == 16, f[4] == date, f[11] != "PHANTOM" else { return nil }
      let isQueued = f[8] != "0:00:00"
      // Calls served at once have no queue times; those that hung up in the menu never entered.
      if f[11] == "HANG", !isQueued { return nil }
      let enters = seconds(isQueued ? f[8] : f[6])
      return LoggedCall(
        name: "\(f[0])-\(f[1])-\(f[5])", priority: Int(f[2]) ?? 0, entersAt: enters,
        givesUpAt: f[11] == "HANG" ? max(enters, seconds(f[9])) : nil,
        serviceSeconds: max(1, Int64(f[14]) ?? 1), server: f[15])
    }.sorted { ($0.entersAt, $0.name) < ($1.entersAt, $1.name) }
  }

  private func seconds(_ clock: String) -> Int64 {
    clock.split(separator: ":").reduce(0) { $0 * 60 + (Int64($1) ?? 0) }
  }

  @Test(
    "A day's calls: conservation, recovery to the byte, and the report agrees",
    .enabled(if: isThere, "the bank's call log is not beside the project; skipped"))
  func day() throws {
    let calls = try calls(on: "990113")
    #expect(calls.count > 1_000)
    // Seven of the day's agents, all day long: few enough for callers to wait, and to give up.
    let servers = Set(calls.map(\.server)).filter { $0.hasPrefix("A") }.sorted().prefix(7)
    var day = try BankDay(servers: Array(servers))
    defer { day.remove() }
    for call in calls {
      try day.advance(to: call.entersAt)
      try day.arrive(
        call.name, isUrgent: call.priority == 2, service: call.serviceSeconds,
        patience: call.givesUpAt.map { $0 - call.entersAt })
    }
    try day.advance(to: 30 * 3_600)
    #expect(day.board.engine.liveCallCount == 0)
    #expect(day.board.engine.invariantViolations() == [])
    #expect(day.answered + day.abandoned == calls.count)
    #expect(day.answered > calls.count / 2 && day.abandoned > 0)

    var recovery = Recovery()
    #expect(try recovery.advance(day.journal))
    let board = try #require(recovery.board)
    let isSame = board.snapshot() == day.board.snapshot(at: board.engine.now)
    #expect(isSame)
    #expect(board.book == day.board.book)

    let row = try #require(try day.report())
    #expect(row.entered == calls.count)
    #expect(row.callers.answered == day.answered)
    #expect(Int(row.callers.abandoned + row.shortAbandoned) == day.abandoned)
    #expect(row.stillThere == 0 && row.exits == 0)
  }
}

/// The bank's agents around a switchboard: they answer what rings at once and serve as long as the log
/// says; callers give up when the log says so, unless they have been answered.
private struct BankDay {
  private(set) var board: Switchboard
  let journal: Journal
  private(set) var answered = 0
  private(set) var abandoned = 0

  private let directory: URL
  private var batch = Batch()
  private var records: [Record] = []
  private var planned: [(at: Int64, order: Int, line: String)] = []
  private var service: [String: Int64] = [:]
  private var order = 0
  private var now: Int64 = 0
  private let start: Int64 = 916_099_200

  init(servers: [String]) throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "bank-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let agents = servers.map { "  \($0): {}" }.joined(separator: "\n")
    let configuration = try Configuration(
      yaml: """
        agents:
        \(agents)
        queues:
          bank: { strategy: longest-idle, members: [\(servers.joined(separator: ", "))], short-abandon: 0 }
        """, file: "bank.yaml")
    journal = try Journal(
      .init(
        path: directory.appending(path: "journal.sqlite").path, vocabulary: Record.vocabulary)
    ) { "bank" }
    let named = NamedPlan(configuration, from: Instant(seconds: start))
    board = Switchboard(named, seed: 1)
    board.adopt(named, at: Instant(seconds: start), &batch)
    for server in servers {
      try ask("agent.login \(server)")
      try ask("agent.ready \(server)")
    }
  }

  func remove() { try? FileManager.default.removeItem(at: directory) }

  mutating func arrive(_ name: String, isUrgent: Bool, service: Int64, patience: Int64?) throws {
    self.service[name] = service
    try ask("call.arrive \(name) queue=bank credit=\(isUrgent ? 90 : 0)")
    if let patience { plan(now + patience, "call.hang-up \(name) by=caller") }
  }

  private mutating func plan(_ at: Int64, _ line: String) {
    order += 1
    let place = planned.firstIndex { ($0.at, $0.order) > (at, order) } ?? planned.count
    planned.insert((at, order, line), at: place)
  }

  /// Lets planned things happen until `time`.
  mutating func advance(to time: Int64) throws {
    while let next = planned.first, next.at <= time {
      planned.removeFirst()
      now = max(now, next.at)
      try ask(next.line)
    }
    now = max(now, time)
  }

  private mutating func ask(_ line: String) throws {
    guard let request = try LineParser.request(Array(line.utf8)[...]) else { return }
    let session = Session(Peer(uid: 0, user: "test", groups: []), Rights(role: .admin))
    let context = try RequestContext(request, session, at: Instant(seconds: start + now))
    guard case .change(let verb) = context.verb else { return }
    var reply = LineWriter()
    // Who has been served by the time of giving up is no longer there: refused, rightly.
    do { try board.execute(verb, context, &batch, &reply) } catch is Refusal {}
    let made = board.takeRecords()
    records += made
    try journal.append(batch)
    batch.removeAll()
    for record in made { try react(to: record) }
  }

  private mutating func react(to record: Record) throws {
    guard case .event(let event, _) = record.content else { return }
    switch event {
    case .call(.offered(_, let call, let agent, _, _, _)):
      let name = board.book.name(of: call)
      answered += 1
      // The caller stays from now on, whatever patience there was.
      planned.removeAll { $0.line == "call.hang-up \(name) by=caller" }
      plan(now + (service[name] ?? 1), "call.hang-up \(name) by=agent")
      try ask("call.accept \(name) agent=\(board.directory.name(of: agent))")
    case .call(.ended(_, _, .abandoned)): abandoned += 1
    default: break
    }
  }

  /// The queue's row of the report made from all records.
  func report() throws -> QueuePerformance? {
    let store = try ReportStore(
      path: directory.appending(path: "reports.sqlite").path, journal: "bank")
    try store.project(records)
    let span = ReportSpan(from: .distantPast, to: Instant(seconds: start + 200_000))
    return try store.reader().queues(span).first
  }
}
