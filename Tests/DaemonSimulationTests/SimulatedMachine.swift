import Base
import Configuration
import Events
import Foundation
import Frames
import LineProtocol
import Logging
import NIOCore
import NIOEmbedded
import Reporting
import Switchboard

@testable import Daemon
@testable import Journal
@testable import Routing
@testable import TestSupport

/// A machine with the whole daemon on it: engine, journal, protocol, timers, on a simulated disk, clock and
/// network. One seed is one history.
final class SimulatedMachine {
  static let yaml = """
    team: { time-zone: America/Chicago, office-hours: { mon-sun: 00:00-24:00 } }
    rules: { hold-reminder: 20, confirm-time: 40 }
    not-ready-reasons: [lunch]
    categories: [billing, other]
    agents:
      alice: { name: Alice, user: alice }
      bob: { name: Bob, user: bob }
      carol: { name: Carol, user: carol }
    queues:
      support: { members: [alice, bob, carol], wrap-up: 20 }
      sales: { members: [bob, carol], strategy: longest-idle, max-wait: 60 }
    access: { feed: { users: [pbx] }, lead: { users: [lena] } }
    """
  static let users = ["root", "pbx", "alice", "lena", "root", "pbx"]

  let disk: SimulatedDisk
  /// The configuration file.
  let file = ConfigurationFile()
  let keeping = SimulatedKeeping()
  /// Who the machine's users are.
  let users = SimulatedUsers()
  /// What the service manager was told in this life.
  let notices = ServiceLog()
  /// How much of the daemon clients may use.
  private(set) var limits = ClientLimits()
  var loop = EmbeddedEventLoop()
  var server: Server?
  var clients: [Int: SimulatedClient] = [:]
  private var gone: [SimulatedClient] = []
  private var threads: [SimulatedThread] = []
  var hasHostileClients = false
  var random: TestRandom
  /// Microseconds of the lives before this one.
  private var before: Int64 = 0
  private let clock = WallClock()
  var number = 0
  /// The wall clock has jumped since the daemon's clock began.
  private var hasJumped = false
  var keyed: [(client: Int, line: String)] = []
  var problems: [String] = []
  /// What has been done so far, as a call script; what a script cannot do is a comment in it.
  private(set) var script = SimulatedMachine.actors
  private(set) var lives = 0
  /// Records that were acknowledged when their life ended.
  private var acknowledged: UInt64 = 0
  private(set) var done: [String: String] = [:]

  /// The read model, which may be damaged or held by somebody else.
  private final class ReadModel: @unchecked Sendable {
    /// So many attempts to open it fail.
    var lockedFor = 0

    func open(_ journal: String) throws -> ReportStore {
      if lockedFor > 0 {
        lockedFor -= 1
        throw DatabaseError(code: 5, message: "database is locked", action: "simulated")
      }
      return try ReportStore(path: ":memory:", journal: journal)
    }
  }

  private let readModel = ReadModel()

  /// The file that a start and a reload read.
  final class ConfigurationFile: @unchecked Sendable {
    var text = SimulatedMachine.yaml
    /// Where the journal's path leads to.
    var journal: FileIdentity? = FileIdentity(number: 1)
  }

  /// What the configuration file holds.
  var configuration: String {
    get { file.text }
    set { file.text = newValue }
  }

  /// The wall clock, which may jump.
  private final class WallClock: @unchecked Sendable {
    var offset: Int64 = 1_795_442_400_000_000
    var base: Int64 = 0
    weak var loop: EmbeddedEventLoop?
    var monotonic: Int64 {
      base + Int64(clamping: (loop?.now ?? .uptimeNanoseconds(0)).uptimeNanoseconds / 1_000)
    }
  }

  init(seed: UInt64) {
    random = TestRandom(state: seed)
    disk = SimulatedDisk(seed: seed)
  }

  // MARK: The daemon's life

  private var source: TimeSource {
    TimeSource(
      wall: { [clock] in Instant(microseconds: clock.offset + clock.monotonic) },
      monotonic: { [clock] in clock.monotonic })
  }

  /// Starts the daemon, with the disk as it is. While the disk fails, it does not start.
  func start() {
    lives += 1
    // Keys are remembered for a day of the daemon's clock, which meets a jump of the wall clock when it starts.
    if hasJumped { keyed.removeAll() }
    hasJumped = false
    loop = EmbeddedEventLoop()
    keeping.slot = { [unowned self] channel in
      clients.first { $0.value.channel === channel }?.key
    }
    clock.base = before
    clock.loop = loop
    let journalThread = SimulatedThread(loop, seed: random.next())
    let reportThread = SimulatedThread(loop, seed: random.next())
    let otherThread = SimulatedThread(loop, seed: random.next())
    let userThread = SimulatedThread(loop, seed: random.next())
    threads = [journalThread, reportThread, otherThread, userThread]
    notices.clear()
    var options = DaemonOptions(
      configurationPath: "rota.yaml", stateDirectory: ".", socketPath: "none")
    options.ownUser = 1
    do {
      let journal = try openJournal()
      let logger = Logger(label: "simulated") { _ in SwiftLogNoOpLogHandler() }
      let server = try Assembly(
        options: options, logger: logger, loop: loop,
        workers: Workers(
          journal: { journalThread.take($0) }, reports: { reportThread.take($0) },
          reading: { reportThread.take($0) }, others: { otherThread.take($0) },
          users: { userThread.take($0) }, shutdown: {}),
        source: source, surroundings: surroundings, limits: limits
      ).server(journal, yaml: startable) { [identity = journal.identity, readModel] _ in
        try readModel.open(identity)
      }
      checkRecovered(journal, server)
      server.begin()
      self.server = server
      takeOver(server)
      settle()
    } catch {
      // The disk fails at the start too: the machine tries again when it is well.
      if disk.isOff || disk.faults.failAt > 0 || disk.faults.cutAt > 0 || disk.faults.capacity > 0 {
        server = nil
      } else {
        problems.append("does not start: \(error)")
      }
    }
  }

  private func openJournal() throws -> Journal {
    try Journal(
      .init(path: "journal.sqlite", fileSystem: disk.name, vocabulary: Record.vocabulary)
    ) { "simulated" }
  }

  /// Nothing acknowledged is lost; the chain is whole; the state is that of the records.
  private func checkRecovered(_ journal: Journal, _ server: Server) {
    if journal.lastSeq < acknowledged {
      problems.append("lost: \(acknowledged) was acknowledged, \(journal.lastSeq) is on disk")
    }
    for violation in server.board.engine.invariantViolations() { problems.append("\(violation)") }
    do {
      var whole = Recovery()
      while try !whole.advance(journal) {}
      if whole.board.map({ !agrees($0, server.board) }) ?? false {
        problems.append("from the snapshot another state comes than from the beginning")
      }
      if let expected, whole.seq == expected.seq, let board = whole.board,
        !agrees(board, expected.board)
      {
        problems.append("the state after record \(whole.seq) is not the one that was in force")
      }
    } catch {
      problems.append("the journal cannot be replayed: \(error)")
    }
    expected = nil
  }

  /// Whether both are in the same state, bit for bit. Time may have gone on since the last record.
  private func agrees(_ recovered: Switchboard, _ other: Switchboard) -> Bool {
    recovered.snapshot(at: other.engine.now) == other.snapshot()
  }

  /// What was in force when the last life ended, if all of it was on disk.
  private var expected: (seq: UInt64, board: Switchboard)?

  /// The process is no more; whatever it had not written is gone.
  private func die() {
    listen()
    if let server, server.committed == server.board.seq, !server.hasFailed {
      expected = (server.board.seq, server.board)
    }
    let kept = keeping.slots
    for slot in clients.keys.sorted() {
      if kept.contains(slot) {
        clients[slot]?.park()
      } else if let client = clients.removeValue(forKey: slot) {
        retire(client)
        client.channel.close(promise: nil)
      }
    }
    before = clock.monotonic
    disk.kill()
    // Timers and jobs hold the server, it the loop, and handlers their channels: many lives would fill the memory.
    try? loop.syncShutdownGracefully()
    for thread in threads { thread.end() }
    server = nil
    loop = EmbeddedEventLoop()
  }

  func retire(_ client: SimulatedClient) {
    client.isAsleep = false
    client.listen()
    acknowledged = max(acknowledged, client.acknowledged)
    problems += client.problems
    for (key, text) in client.done {
      if let known = done[key], known != text, text.first == "2" {
        problems.append("key \(key): first \"\(known)\", then \"\(text)\"")
      }
      done[key] = done[key] ?? text
    }
    gone.append(client)
  }

  /// After a failure of the disk the daemon ends by itself.
  private func noticeEnd() {
    guard let server else { return }
    if server.hasFailed || disk.isOff { die() }
  }

  /// Keeps the read model's thread from doing anything, or lets it.
  func holdReports(_ isHeld: Bool) { threads[1].isHeld = isHeld }

  /// Keeps the user database from answering, or lets it.
  func holdUsers(_ isHeld: Bool) { threads[3].isHeld = isHeld }

  /// Whether the user database answers.
  var areUsersHeld: Bool { threads[3].isHeld }

  /// Starts the daemon again, with other limits.
  func limit(_ body: (inout ClientLimits) -> Void) {
    body(&limits)
    take(Step(kind: .kill, client: 0, a: 0, b: 0))
  }

  // MARK: Time

  /// Microseconds since the beginning.
  var elapsed: Int64 { clock.monotonic }

  func note(_ line: String) { script.append(line) }

  /// Lets everything happen that happens at once.
  func settle() {
    loop.run()
    listen()
  }

  func pass(_ microseconds: Int64) {
    loop.advanceTime(by: .microseconds(microseconds))
    listen()
    noticeEnd()
  }

  private func listen() {
    for slot in clients.keys.sorted() { clients[slot]?.listen() }
  }

  // MARK: Steps

  func take(_ step: Step) {
    number += 1
    if server == nil { comeBack() }
    if !step.isRequest { note("# at \(Double(elapsed) / 1e6): \(step)") }
    switch step.kind {
    case .wait:
      pass(
        [200, 1_000, 20_000, 1_000_000, 5_000_000, 19_000_000, 61_000_000, 600_000_000][step.a % 8])
    case .wallClock:
      let hour: Int64 = 3_600_000_000
      // An hour, a day, to 1970, to 2038, and a leap second.
      let now = clock.offset + clock.monotonic
      clock.offset +=
        [
          hour, -hour, 24 * hour, -24 * hour, -now, 2_147_483_648_000_000 - now, -1_000_000,
        ][step.a % 7]
      hasJumped = true
    case .kill:
      die()
      start()
    case .powerCut:
      disk.faults = SimulatedDisk.Faults(
        cutAt: Int64(1 + step.a % 40), capacity: disk.faults.capacity, lies: disk.faults.lies)
    case .writeError: disk.faults.failAt = disk.operations + Int64(1 + step.a % 40)
    case .diskFull: disk.faults.capacity = Int64(20_000 + step.a * 100)
    case .diskFree: disk.faults.capacity = 0
    case .stop:
      // Mostly as a service, whose connections outlive it.
      keeping.isOn = step.a % 4 != 0
      defer { keeping.isOn = false }
      server?.onStop { _ in }
      server?.stop()
      pass(1_000_000)
      if server != nil { die() }
      start()
    case .loseReports:
      readModel.lockedFor = step.a % 4
      _ = server?.reports.failed(
        DatabaseError(code: 11, message: "malformed", action: "simulated"))
    case .users: holdUsers(step.a % 2 == 0)
    case .reload:
      editConfiguration(step.a)
      server?.reloadOnSignal()
    default: takeOfClient(step)
    }
    noticeEnd()
  }

  /// The machine is switched on again, with a disk that is well.
  private func comeBack() {
    disk.faults = SimulatedDisk.Faults(lies: disk.faults.lies)
    disk.powerOn()
    start()
  }

  // MARK: The end

  /// Everybody is awake, the disk is well, nothing is asked: what must be so now?
  func finish() {
    disk.faults = SimulatedDisk.Faults(lies: disk.faults.lies)
    if server == nil { comeBack() }
    for slot in clients.keys.sorted() {
      guard let client = clients[slot] else { continue }
      wake(client)
    }
    holdUsers(false)
    pass(3_000_000)
    if server != nil, !notices.isReady { problems.append("the service manager waits for a reload") }
    for slot in clients.keys.sorted() {
      guard let client = clients[slot], !client.isGone, client.rest.isEmpty else { continue }
      if let waiting = client.outstanding.first {
        problems.append("no reply to: \(waiting.line)")
      }
    }
    die()
    start()
    die()
    checkKeys()
  }

  /// A command with a key happened once, if it was acknowledged, and never twice.
  private func checkKeys() {
    var arrivals: [String: Int] = [:]
    do {
      let reader = try openJournal()
      _ = try reader.replay(after: 0, chain: 0) { entry, step in
        let record = try Record(entry, at: step.at)
        guard case .event(.call(.arrived), let detail) = record.content, let call = detail[.call]
        else { return }
        arrivals[call, default: 0] += 1
      }
    } catch {
      problems.append("the journal cannot be read at the end: \(error)")
    }
    // A hostile client may use the name of a call that has ended for another one.
    for (call, count) in arrivals where count > 1 && !hasHostileClients {
      problems.append("\(call) arrived \(count) times")
    }
    checkAcknowledged(arrivals)
  }

  /// Everything that clients heard.
  var transcript: [String] { gone.flatMap(\.transcript) }
}
