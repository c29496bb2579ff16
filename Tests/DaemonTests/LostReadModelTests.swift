import Client
import Foundation
import Journal
import LineProtocol
import Testing

/// Whatever is wrong with the read model, calls go on, and what a report says is never old.
@Suite(.serialized) struct LostReadModelTests {
  private func path(_ daemon: TestDaemon, _ suffix: String = "") -> URL {
    daemon.state.appending(path: "reports.sqlite\(suffix)")
  }

  /// A daemon with some calls behind it, which has ended.
  private func daemon(calls: Int) throws -> (TestDaemon, report: [[Field]]) {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    for line in ["agent.login alice", "agent.ready alice"] {
      #expect(try admin.ask(line).isPositive)
    }
    for number in 0..<calls {
      for line in [
        "call.arrive c-\(number) queue=support from=+1312555\(number) name=\"Client \(number)\"",
        "call.accept c-\(number)", "call.hang-up c-\(number)", "agent.wrap-up alice end",
      ] { #expect(try admin.ask(line).isPositive, "\(line)") }
    }
    let report = try admin.ask("report.calls limit=1000").rows
    #expect(report.count == calls)
    daemon.kill()
    return (daemon, report)
  }

  private func arrive(_ client: Client, _ name: String) throws {
    #expect(try client.ask("call.arrive \(name) queue=support").code == 201)
    #expect(try client.ask("call.hang-up \(name)").isPositive)
  }

  @Test(
    "A damaged read model does not hold the start; it is built anew and says the same",
    arguments: ["no database", "a page in the middle", "the log", "empty"])
  func damaged(_ kind: String) throws {
    let (daemon, report) = try daemon(calls: 60)
    switch kind {
    case "no database": try Data("hello\n".utf8).write(to: path(daemon))
    case "empty": try Data().write(to: path(daemon))
    case "the log": try Data(repeating: 0xA5, count: 100_000).write(to: path(daemon, "-wal"))
    default:
      let database = try Database(path: path(daemon).path)
      try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
      let file = try FileHandle(forUpdating: path(daemon))
      try file.seek(toOffset: 4_096 * 3)
      try file.write(contentsOf: Data(repeating: 0xA5, count: 4_096 * 2))
      try file.close()
    }
    try daemon.start()
    let admin = try daemon.client()
    try arrive(admin, "n-1")
    let again = try admin.ask("report.calls limit=1000").rows
    #expect(again.count == 61 && Array(again.dropFirst()) == report)
  }

  @Test(
    "While another program holds the read model, reports are refused as behind and calls go on",
    arguments: ["BEGIN IMMEDIATE", "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE"])
  func locked(_ lock: String) throws {
    let (daemon, report) = try daemon(calls: 3)
    var holder: Database? = try Database(path: path(daemon).path)
    try holder?.execute(lock)
    try daemon.start()
    let admin = try daemon.client()
    try arrive(admin, "n-1")
    for request in ["report.calls", "report.performance", "call.note c-1 notes=x"] {
      let answer = try admin.ask(request)
      #expect(answer.code == 429 && answer["retry-after"] != nil, "\(request): \(answer.text)")
    }
    try arrive(admin, "n-2")
    try holder?.execute("COMMIT")
    // Closed: an exclusive holder lets go only then.
    holder = nil
    var rows: [[Field]] = []
    for _ in 0..<100 where rows.isEmpty {
      rows = try admin.ask("report.calls").rows
      if rows.isEmpty { usleep(100_000) }
    }
    #expect(rows.count == 5 && Array(rows.dropFirst(2)) == report)
    #expect(try admin.ask("call.note c-1 notes=x").code == 200)
  }
}
