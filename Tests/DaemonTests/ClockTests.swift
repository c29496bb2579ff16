import Base
import Client
import Foundation
import LineProtocol
import Routing
import Testing
import Vocabulary

@testable import Daemon

/// The machine's clock jumps, runs backwards, or was never set: no timer comes early or twice, and time in the
/// journal only rises.
@Suite struct ClockTests {
  /// The number of microseconds by which a daemon's wall clock is off; it may be changed while the daemon runs.
  private final class ClockFile: @unchecked Sendable {
    let path: String
    private let descriptor: Int32

    init(_ directory: URL) {
      path = directory.appending(path: "clock").path
      descriptor = open(path, O_RDWR | O_CREAT, 0o600)
      set(0)
    }

    deinit { close(descriptor) }

    func set(_ microseconds: Int64) {
      var microseconds = microseconds
      pwrite(descriptor, &microseconds, 8, 0)
    }
  }

  /// What the clock does: by how much it is off after the first, second, ... tenth of a second; it stays at the last.
  private struct Jump: CustomTestStringConvertible {
    var testDescription: String
    var seconds: [Int64]

    init(_ name: String, _ seconds: [Int64]) { (testDescription, self.seconds) = (name, seconds) }
  }

  private static let present = Int64(Date().timeIntervalSince1970)
  private static let jumps = [
    Jump("an hour ahead", [3_600]), Jump("an hour back", [-3_600]),
    Jump("a day ahead", [86_400]), Jump("a day back", [-86_400]),
    Jump("to 1970", [-present]), Jump("to 2038", [2_147_483_647 - present]),
    Jump("past 2038", [2_147_483_700 - present]), Jump("to 2100", [4_102_444_800 - present]),
    Jump("a leap second", [-1]), Jump("forth and back", [3_600, -3_600, 7_200, 0]),
    Jump("backwards all the time", (1...15).map { -$0 }),
    Jump("forwards all the time", (1...15).map { $0 * 60 }),
  ]

  private static let team = """
    not-ready-reasons: [lunch]
    agents: { alice: { ring-time: 1 }, bob: { ring-time: 1 } }
    queues: { support: { members: [alice, bob], wrap-up: 1, rest-after: { no-answer: 3600 } } }
    """

  private func daemon() throws -> (TestDaemon, ClockFile) {
    let daemon = try TestDaemon(Self.team, inMemory: true)
    let clock = ClockFile(daemon.directory)
    daemon.environment = [
      "LD_PRELOAD": TestDaemon.program("libfaultyfiles.so").path, "ROTA_FAULT_CLOCK": clock.path,
    ]
    return (daemon, clock)
  }

  /// One rep rests a second, the other's phone rings a second, a caller waits; meanwhile the clock jumps.
  private func live(_ daemon: TestDaemon, _ round: Int, jump: () -> Void) throws -> [ServerLine] {
    let admin = try daemon.client()
    let reader = try daemon.client(.monitor)
    for name in ["alice", "bob"] { try admin.ask("agent.login \(name)") }
    for name in ["alice", "bob"] { try admin.ask("agent.ready \(name)") }
    try admin.ask("agent.not-ready alice reason=lunch for=1")
    let from = try #require(try admin.ask("ping")["seq"].flatMap { Int($0) })
    try reader.ask("subscribe all from=\(from)")
    try admin.ask("call.arrive c-\(round) queue=support")
    jump()
    // Bob's phone rings in vain; alice is back by herself, and hers rings in vain too.
    let end = Date().addingTimeInterval(30)
    var lines: [ServerLine] = []
    while lines.count(where: { isEvent($0, "offer.ended") }) < 2 {
      lines.append(try nextEvent(reader, before: end))
    }
    try admin.ask("call.hang-up c-\(round)")
    while !lines.contains(where: { isEvent($0, "call.ended") }) {
      lines.append(try nextEvent(reader, before: end))
    }
    try admin.ask("agent.logout alice")
    try admin.ask("agent.logout bob")
    return lines
  }

  /// A daemon whose timers stand still says that it is there, again and again.
  private func nextEvent(_ reader: Client, before end: Date) throws -> ServerLine {
    while Date() < end {
      if case let line = try reader.nextLine(), case .event = line { return line }
    }
    throw CommandFailure(exitCode: 1, description: "the daemon does nothing by itself")
  }

  private func isEvent(_ line: ServerLine, _ wanted: String) -> Bool {
    if case .event(_, wanted, _) = line { true } else { false }
  }

  private func times(_ lines: [ServerLine], _ type: String) -> [Int64] {
    lines.filter { isEvent($0, type) }.compactMap {
      $0["at"].flatMap { Timestamp.parse($0)?.microseconds }
    }
  }

  private func check(_ lines: [ServerLine]) throws {
    let all = lines.compactMap { $0["at"].flatMap { Timestamp.parse($0)?.microseconds } }
    #expect(all == all.sorted())
    // Each phone rang for its second and not less, by the daemon's clock; nothing came twice.
    let (offered, ended) = (times(lines, "call.offered"), times(lines, "offer.ended"))
    #expect(offered.count == 2 && ended.count == 2)
    for (start, end) in zip(offered, ended) {
      #expect(end - start >= 1_000_000 && end - start < 60_000_000)
    }
    let ready = times(lines, "agent.ready")
    #expect(ready.count == 1)
    #expect(times(lines, "call.ended").count == 1)
  }

  @Test("No timer comes early or twice, and time only rises", arguments: jumps)
  private func jump(_ jump: Jump) throws {
    let (daemon, clock) = try daemon()
    try daemon.start()
    let steps = jump.seconds
    try check(
      try live(daemon, 1) {
        for offset in steps {
          clock.set(offset * 1_000_000)
          usleep(100_000)
        }
      })
    // The next life begins on the wrong clock, and the last one on the right one again.
    for round in 2...3 {
      daemon.kill()
      if round == 3 { clock.set(0) }
      try daemon.start()
      try check(try live(daemon, round) {})
    }
    let admin = try daemon.client()
    #expect(try admin.ask("admin.verify").code == 200)
    let calls = try admin.ask("report.calls").rows
    #expect(calls.count == 3)
    for field in calls.flatMap({ $0 }) where field.value.first == "-" {
      Issue.record("\(field.name)=\(field.value): less than nothing")
    }
  }

  @Test("A clock that jumps away is logged, once")
  func logged() throws {
    let (daemon, clock) = try daemon()
    try daemon.start()
    clock.set(7_200_000_000)
    let text = "the machine's clock and the daemon's disagree ahead-seconds=7"
    for _ in 0..<100 where !daemon.log.contains(text) { usleep(50_000) }
    usleep(2_100_000)
    #expect(daemon.log.components(separatedBy: text).count == 2, "\(daemon.log)")
  }

  @Test("The clock takes up half a millisecond a second, and never runs backwards")
  func slew() {
    final class Hands: @unchecked Sendable { var wall: Int64 = 1_000_000_000, monotonic: Int64 = 0 }
    let hands = Hands()
    let source = TimeSource(
      wall: { Instant(microseconds: hands.wall) }, monotonic: { hands.monotonic })
    let clock = Clock(source: source)
    hands.wall += 2_000
    for second in 1...4 {
      hands.monotonic += 1_000_000
      hands.wall += 1_000_000
      #expect(clock.slew() == .microseconds(2_000 - Int64(second - 1) * 500))
    }
    #expect(clock.slew() == .zero && clock.now() == Instant(microseconds: hands.wall))
    hands.wall -= 3_600_000_000
    let before = clock.now()
    #expect(clock.slew() == .hours(-1))
    #expect(clock.now() >= before)
    let floored = Clock(notBefore: before, source: source)
    #expect(floored.now() == before)
    let demonstration = Clock(startingAt: before, source: source)
    #expect(demonstration.slew() == .zero)
  }
}
