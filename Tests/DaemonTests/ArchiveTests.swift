import Base
import Client
import Foundation
import Frames
import Glibc
import LineProtocol
import Testing

@testable import Journal

/// `keep: history`, on a daemon that is started again months later.
@Suite struct ArchiveTests {
  private static let yaml = """
    team: { time-zone: America/Chicago, office-hours: { mon-fri: 08:00-17:00 } }
    keep: { words: 7 days, history: 30 days }
    agents:
      alice: { name: Alice Adams, user: a.adams }
      bob: {}
    queues:
      support: { members: [alice, bob], minimum-cover: 0 }
    """

  /// A day in January, one in February.
  private func live(_ daemon: TestDaemon, _ day: String, _ call: String) throws {
    daemon.arguments = ["--clock-start", day]
    try daemon.start()
    let admin = try daemon.client()
    for rep in ["alice", "bob"] {
      try admin.ask("agent.login \(rep)")
      try admin.ask("agent.ready \(rep)")
    }
    for (rep, other, number) in [("alice", "bob", 1), ("bob", "alice", 2)] {
      let call = "\(call)-\(number)"
      try admin.ask("call.arrive \(call) queue=support from=+1312555010\(number)")
      let isFirst =
        try admin.ask("call.show \(call)").rows.first?.contains { $0.value == rep } ?? true
      try admin.ask("call.ignore \(call) agent=\(isFirst ? rep : other)")
      try admin.ask("call.accept \(call) agent=\(isFirst ? other : rep)")
      try admin.ask("call.hang-up \(call)")
      try admin.ask("call.note \(call) agent=\(isFirst ? other : rep) notes=x")
      for rep in ["alice", "bob"] { try admin.ask("agent.wrap-up \(rep) end") }
    }
    try admin.ask("call.arrive \(call)-3 queue=support from=+13125550103")
    try admin.ask("call.hang-up \(call)-3")
    try admin.ask("agent.logout alice")
    try admin.ask("agent.logout bob")
    daemon.kill()
  }

  private func reports(_ client: Client) throws -> [[[Field]]] {
    let span = "from=2026-01-01T06:00:00Z to=2026-04-01T05:00:00Z"
    return [
      try client.ask("report.performance \(span)").rows,
      try client.ask("report.queue \(span)").rows,
    ]
  }

  /// A daemon of April whose January and February are in archive files, and what was reported of them before.
  private func archived() throws -> (TestDaemon, before: [[[Field]]], through: Int) {
    let daemon = try TestDaemon(Self.yaml)
    try live(daemon, "2026-01-05T15:00:00Z", "c1")
    daemon.arguments = ["--clock-start", "2026-02-09T14:00:00Z"]
    try daemon.start()
    let january = try daemon.client().ask("admin.verify")["records"].flatMap { Int($0) } ?? 0
    daemon.kill()
    try live(daemon, "2026-02-09T15:00:00Z", "c2")
    daemon.arguments = ["--clock-start", "2026-02-20T15:00:00Z"]
    try daemon.start()
    let admin = try daemon.client()
    let before = try reports(admin)
    #expect(before[0].count == 2 && before[1].count == 1, "\(before)")
    #expect(try admin.ask("admin.verify")["archived"] == "0")
    daemon.kill()
    // An hour, after which it is first looked, is a second.
    daemon.arguments = ["--clock-start", "2026-04-10T15:00:00Z", "--clock-rate", "3600"]
    try daemon.start()
    let through = try waitForArchives(daemon, after: january)
    return (daemon, before, through)
  }

  private func archives(_ daemon: TestDaemon) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: daemon.state.path)
      .filter { $0.hasSuffix(".archive") }.sorted()
  }

  /// - Returns: the last record in them.
  private func waitForArchives(_ daemon: TestDaemon, _ count: Int = 2, after january: Int) throws
    -> Int
  {
    let admin = try daemon.client()
    for _ in 0..<400 {
      let known = try admin.ask("admin.verify")["archived"].flatMap { Int($0) } ?? 0
      // The second one has the records of February.
      if try archives(daemon).count >= count, known > january { return known }
      usleep(50_000)
    }
    throw Missing()
  }

  private struct Missing: Error {}

  @Test("Months of before are in files: figures, the chain, what follows and what is decided stay")
  func goes() throws {
    let (daemon, before, through) = try archived()
    defer { daemon.kill() }
    var admin = try daemon.client()
    let verified = try admin.ask("admin.verify")
    #expect(verified.code == 200 && verified["compared"] == "yes", "\(verified)")
    #expect(verified["archives"] == "read" && verified["missing"] == "0", "\(verified)")
    #expect(try archives(daemon).count == 2)
    #expect(try reports(admin) == before)
    let part = try admin.ask("report.queue from=2026-01-05T12:00:00Z to=2026-02-01T06:00:00Z")
    #expect(part.code == 550 && part["rule"] == "archived", "\(part)")
    #expect(part["day-from"] == "2026-01-05T06:00:00.000000Z", "\(part)")
    let old = try admin.ask("subscribe s from=\(through)")
    #expect(old.code == 550 && old["through"] == "\(through)", "\(old)")
    #expect(try admin.ask("subscribe s from=\(through + 1)").code == 200)
    #expect(try admin.ask("call.note c1-1 agent=alice notes=y").code >= 500)
    // Everything that can be made anew, from what the journal has itself.
    daemon.kill()
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(
        at: daemon.state.appending(path: "reports.sqlite\(suffix)"))
    }
    daemon.arguments = ["--clock-start", "2026-04-20T15:00:00Z"]
    try daemon.start()
    admin = try daemon.client()
    #expect(try reports(admin) == before)
    #expect(try admin.ask("admin.verify")["compared"] == "yes")
  }

  @Test("Killed again and again while history is put away: nothing is lost, nothing counted twice")
  func killed() throws {
    let daemon = try TestDaemon(Self.yaml)
    defer { daemon.kill() }
    for (day, call) in [("2026-01-05", "c1"), ("2026-02-09", "c2"), ("2026-03-11", "c3")] {
      try live(daemon, day + "T15:00:00Z", call)
    }
    daemon.arguments = ["--clock-start", "2026-03-12T15:00:00Z"]
    try daemon.start()
    let before = try reports(try daemon.client())
    daemon.kill()
    // It first looks a second after the start, and needs a few moments for each month.
    for step in 0..<12 as Range<UInt32> {
      daemon.arguments = ["--clock-start", "2026-05-20T15:00:00Z", "--clock-rate", "3600"]
      try daemon.start()
      usleep(1_000_000 + step * 27_000)
      daemon.kill()
    }
    daemon.arguments = ["--clock-start", "2026-06-20T15:00:00Z", "--clock-rate", "3600"]
    try daemon.start()
    _ = try waitForArchives(daemon, 3, after: 0)
    let admin = try daemon.client()
    let verified = try admin.ask("admin.verify")
    #expect(verified.code == 200 && verified["archives"] == "read", "\(verified)")
    #expect(try reports(admin) == before)
  }

  @Test(
    "Without the files calls go on, and a verification says so; with others' or damaged ones it fails"
  )
  func filesAway() throws {
    let (daemon, before, _) = try archived()
    defer { daemon.kill() }
    let admin = try daemon.client()
    let file = daemon.state.appending(path: try #require(try archives(daemon).last))
    let away = daemon.state.appending(path: "elsewhere")
    try FileManager.default.moveItem(at: file, to: away)
    let absent = try admin.ask("admin.verify")
    #expect(absent.code == 200 && absent["archives"] == "absent", "\(absent)")
    #expect(try reports(admin) == before)
    try Data().write(to: file)
    #expect(try admin.ask("admin.verify").code == 561, "there, and empty")
    var bytes = try Data(contentsOf: away)
    let place = try #require(bytes.range(of: Data("c2-1".utf8))).lowerBound
    bytes[place] = 88
    try bytes.write(to: file)
    #expect(try admin.ask("admin.verify").code == 561)
  }

  @Test("A journal with its files is replayed from the first day; without them that is said")
  func replayed() throws {
    let (daemon, _, _) = try archived()
    daemon.kill()
    let journal = daemon.state.appending(path: "journal.sqlite").path
    let whole = try TestDaemon.run("rotasim", ["replay", journal])
    #expect(whole.code == 0, "\(whole)")
    #expect(whole.output.contains(" 0 decided differently"), "\(whole.output)")
    let file = daemon.state.appending(path: try #require(try archives(daemon).first))
    try FileManager.default.removeItem(at: file)
    let part = try TestDaemon.run("rotasim", ["replay", journal])
    #expect(part.code == 66 && part.error.contains("put them back beside the journal"), "\(part)")
  }

  @Test(
    "What the journal begins with may be damaged, or of an earlier program: the files are read instead",
    arguments: [false, true])
  func unreadable(isOfAnotherProgram: Bool) throws {
    let (daemon, before, through) = try archived()
    defer { daemon.kill() }
    daemon.kill()
    try spoil(daemon, isOfAnotherProgram)
    // Calls go on, and the next months leave with beginnings that can be read: in the first of them it was said what the
    // days of before were.
    try live(daemon, "2026-04-15T15:00:00Z", "c4")
    daemon.arguments = ["--clock-start", "2026-06-20T15:00:00Z", "--clock-rate", "3600"]
    try daemon.start()
    let further = try waitForArchives(daemon, 3, after: through)
    daemon.kill()
    try live(daemon, "2026-07-15T15:00:00Z", "c5")
    daemon.arguments = ["--clock-start", "2026-10-20T15:00:00Z", "--clock-rate", "3600"]
    try daemon.start()
    _ = try waitForArchives(daemon, 5, after: further)
    var admin = try daemon.client()
    let verified = try admin.ask("admin.verify")
    #expect(verified.code == 200 && verified["compared"] == "yes", "\(verified)")
    #expect(try reports(admin) == before)
    daemon.kill()
    for file in try archives(daemon) + ["reports.sqlite", "reports.sqlite-wal"] {
      try FileManager.default.removeItem(at: daemon.state.appending(path: file))
    }
    try change(daemon, "DELETE FROM snapshot")
    daemon.arguments = ["--clock-start", "2026-10-25T15:00:00Z"]
    try daemon.start()
    admin = try daemon.client()
    #expect(try reports(admin) == before, "of all files")
    #expect(try admin.ask("admin.verify")["archives"] == "absent")
  }

  private func change(_ daemon: TestDaemon, _ sql: String) throws {
    try Database(path: daemon.state.appending(path: "journal.sqlite").path).execute(sql)
  }

  /// Without what it begins with, and without snapshots.
  private func spoil(_ daemon: TestDaemon, _ isOfAnotherProgram: Bool) throws {
    let path = daemon.state.appending(path: "journal.sqlite").path
    guard isOfAnotherProgram else {
      return try change(daemon, "DELETE FROM snapshot; UPDATE base SET state = x'00'")
    }
    let journal = try Journal(.init(path: path, vocabulary: 99)) { "x" }
    let (file, base) = (
      try #require(journal.archives.last), try #require(try journal.beginning(hasDays: true))
    )
    try journal.database.execute(
      "DELETE FROM snapshot; DELETE FROM archive WHERE last = \(file.last); UPDATE meta SET value = '1' WHERE key = 'vocabulary'"
    )
    var batch = Batch()
    batch.closing = Closing(
      archive: file, chain: base.place.chain, at: base.place.snapshot.at,
      plan: base.place.snapshot.plan,
      state: [0xFF], reports: base.reports, hasAllDays: true)
    try journal.append(batch)
    // As it was written, and yet not to be read.
    #expect(try journal.beginning(hasDays: true)?.place.snapshot.state == [0xFF])
  }

  @Test("Whose subscription has not come further than history that is closed is told so")
  func overtaken() throws {
    let daemon = try TestDaemon(Self.yaml)
    defer { daemon.kill() }
    daemon.arguments = ["--clock-start", "2026-01-05T15:00:00Z"]
    try daemon.start()
    var admin = try daemon.client()
    try admin.ask("agent.login alice")
    let pair = "agent.dnd alice on\nagent.dnd alice off\n"
    for _ in 0..<30 {
      admin.sendRaw(Array(String(repeating: pair, count: 100).utf8))
      for _ in 0..<200 {
        let answer = try admin.answer()
        #expect(answer.code == 200, "\(answer)")
      }
    }
    try admin.ask("agent.logout alice")
    daemon.kill()
    daemon.arguments = ["--clock-start", "2026-04-10T15:00:00Z", "--clock-rate", "3600"]
    try daemon.start()
    let reader = try daemon.client()
    reader.sendRaw(Array("subscribe s from=1\n".utf8))
    admin = try daemon.client()
    let through = try waitForArchives(daemon, 1, after: 0)
    #expect(through > 5_000)
    var last: UInt64 = 0
    while true {
      switch try reader.nextLine() {
      case .event(let seq, let type, _):
        try #require(type != "history.closed", "it is told before")
        #expect(seq == last + 1, "no gap")
        last = seq
      case .notice("unsubscribed", let options):
        #expect(options.contains(Field("rule", "archived")), "\(options)")
        #expect(options.contains(Field("through", "\(through)")), "\(options)")
        #expect(last > 500 && last < through)
        #expect(try reader.ask("subscribe s from=\(through + 1)").code == 200)
        return
      case .notice, .reply, .row: continue
      }
    }
  }

  @Test(
    "Figures of closed days that are damaged: a verification says so, and reports are made from the files"
  )
  func damagedDays() throws {
    let (daemon, before, _) = try archived()
    defer { daemon.kill() }
    daemon.kill()
    try change(daemon, "UPDATE base_days SET days = x'00'")
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(
        at: daemon.state.appending(path: "reports.sqlite\(suffix)"))
    }
    daemon.arguments = ["--clock-start", "2026-04-20T15:00:00Z"]
    try daemon.start()
    let admin = try daemon.client()
    #expect(try admin.ask("admin.verify").code == 561)
    #expect(try reports(admin) == before)
  }
}
