import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// The command line, as built, against the daemon, as built.
@Suite(.serialized) struct RotactlTests {
  @Test("Without a daemon: exit 69, which socket, and how to start it")
  func noDaemon() throws {
    let result = try TestDaemon.run("rotactl", ["status", "--socket", "/tmp/no-such-socket"])
    #expect(result.code == 69)
    #expect(result.error.contains("/tmp/no-such-socket"))
    #expect(result.error.contains("systemctl start rotad.socket"))
  }

  @Test("A rep's morning, command by command")
  func repsMorning() throws {
    let daemon = try TestDaemon().start()
    #expect(
      try daemon.rotactl("agent", "login", "alice").output
        == "ok: agent alice, state not-ready, reason just-logged-in\n")
    #expect(try daemon.rotactl("agent", "ready", "--as", "alice").code == 0)
    #expect(try daemon.rotactl("agent", "ready", "alice").output.hasPrefix("unchanged:"))
    #expect(try daemon.rotactl("raw", "call.arrive", "c-1", "queue=support").code == 0)
    #expect(
      try daemon.rotactl("call", "accept", "c-1", "--as", "alice").output
        == "ok: call c-1, state talking, agent alice\n")
    let blind = try daemon.rotactl("transfer", "blind", "c-1", "--as", "alice")
    #expect(blind.code == 1 && blind.error.contains("[no-blind-transfer]"))
    let outbound = try daemon.rotactl("outbound", "request", "--to", "55", "--as", "alice")
    #expect(outbound.code == 1 && outbound.error.contains("busy"))
    let other = try daemon.rotactl("agent", "ready", "bob", "--as", "alice")
    #expect(other.code == 77 && other.error.contains("may act for alice only"))
    #expect(
      try daemon.rotactl(
        "call", "note", "c-1", "--as", "alice", "--category", "billing", "--disposition", "done",
        "--notes", "said \"hello\"\nand left"
      ).code == 0)
    #expect(try daemon.rotactl("call", "hang-up", "c-1", "--as", "alice").code == 0)
    let calls = try daemon.rotactl("report", "calls", "--json").output
    let call = try #require(
      try JSONSerialization.jsonObject(with: Data(calls.utf8)) as? [String: Any])
    #expect(call["notes"] as? String == "said \"hello\"\nand left")
    #expect(call["agent"] as? String == "alice")
    for arguments in [
      ["status"], ["queue", "show", "support"], ["verify"], ["watch", "--count", "1"],
    ] {
      let result = try TestDaemon.run("rotactl", arguments + ["--socket", daemon.socket])
      #expect(result.code == 0 && !result.output.isEmpty, "\(arguments)")
    }
  }

  @Test("Who goes home last while somebody waits is told so in words; one reason is named once")
  func lastOut() throws {
    let daemon = try TestDaemon().start()
    _ = try daemon.rotactl("agent", "login", "alice", "--as", "alice")
    #expect(try daemon.rotactl("agent", "list").output.contains("just-logged-in"))
    #expect(try !daemon.rotactl("agent", "list").output.contains("REASONS"))
    _ = try daemon.rotactl("agent", "dnd", "alice", "on", "--as", "alice")
    #expect(try daemon.rotactl("agent", "list").output.contains("REASONS"))
    _ = try daemon.rotactl("raw", "call.arrive", "c-1", "queue=support")
    let last = try daemon.rotactl("agent", "logout", "alice", "--as", "alice")
    #expect(
      last.output == """
        ok: agent alice, state logged-out
        warning: nobody is logged in any more for queue support, where 1 caller is in line; see rotactl call list

        """)
  }

  @Test("A caller's name can drive no terminal")
  func hostileName() throws {
    let daemon = try TestDaemon().start()
    let feed = try daemon.client(.feed)
    try feed.ask("call.arrive c-1 queue=support name=\"\\u{1B}[2J\\u{202E}x\"")
    let output = try daemon.rotactl("call", "list").output
    #expect(output.contains("\\u{1B}[2J\\u{202E}x"))
    #expect(!output.unicodeScalars.contains("\u{1B}"))
  }

  @Test("Tables and JSON look like this")
  func snapshot() throws {
    let daemon = try TestDaemon().start()
    _ = try daemon.rotactl("agent", "login", "alice")
    let list = try daemon.rotactl("queue", "list").output
    #expect(
      list == """
        QUEUE   OPEN WAITING LONGEST RINGING FREE READY LOGGED-IN STRATEGY
        support yes        0   0.000       0    0     0         1 rotating

        """)
    let json = try daemon.rotactl("queue", "list", "--json").output
    #expect(
      json == """
        {"queue": "support", "open": "yes", "waiting": 0, "longest": 0.000, "ringing": 0, "free": 0, "ready": 0, "logged-in": 1, "strategy": "rotating"}

        """)
  }

  @Test("Events are followed, from any point, as lines or as JSON")
  func events() throws {
    let daemon = try TestDaemon().start()
    _ = try daemon.rotactl("agent", "login", "alice")
    let lines = try daemon.rotactl("events", "--from", "1", "--count", "2").output
    #expect(lines.split(separator: "\n").count == 2)
    #expect(lines.contains("agent.logged-in agent=alice"))
    let json = try daemon.rotactl("events", "--from", "2", "--count", "1", "--json").output
    let event = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect(event?["type"] as? String == "agent.logged-in")
  }

  @Test("A call script is played; an expectation that is not met fails it, by line")
  func play() throws {
    let daemon = try TestDaemon().start()
    let script = daemon.directory.appending(path: "t.calls")
    try """
    actor feed role feed
    at 0 alice agent.login alice
    expect 200
    at +0.01 alice agent.ready alice
    when call.offered agent=alice after 0.05 alice call.accept $call offer=$offer
    at +0.1 feed call.arrive c-1 queue=support
    expect 201 state=ringing agent=alice
    expect-event call.answered agent=alice within 1
    at +0.5 feed call.hang-up c-1
    expect 200 state=ended
    """.write(to: script, atomically: true, encoding: .utf8)
    let good = try daemon.rotactl("play", script.path)
    #expect(good.code == 0, "\(good.error)")
    #expect(good.output.contains("call.answered 1"))
    try "actor feed role feed\nat 0 feed call.hang-up nobody\nexpect 200\n"
      .write(to: script, atomically: true, encoding: .utf8)
    let bad = try daemon.rotactl("play", script.path)
    #expect(bad.code == 1 && bad.error.contains("line 3: call.hang-up nobody: got code 550"))
    try "at 0 feed\n".write(to: script, atomically: true, encoding: .utf8)
    #expect(try daemon.rotactl("play", script.path).code == 65)
  }

  @Test("Every command explains itself")
  func help() throws {
    let top = try TestDaemon.run("rotactl", ["--help"]).output
    let names = [
      "status", "agent", "queue", "call", "transfer", "outbound", "report", "watch", "events",
      "play",
      "raw", "reload", "drain", "backup", "verify",
    ]
    for name in names {
      #expect(top.contains(name))
      let result = try TestDaemon.run("rotactl", [name, "--help"])
      #expect(result.code == 0 && result.output.contains("USAGE"), "\(name)")
    }
    #expect(try TestDaemon.run("rotactl", ["agnet"]).code == 64)
    #expect(try TestDaemon.run("rotad", ["--help"]).output.contains("EXAMPLES"))
  }

  @Test("What cannot be printed is an input/output error")
  func fullOutput() throws {
    let daemon = try TestDaemon().start()
    for arguments in [
      ["--help"], ["queue", "list"], ["agent", "login", "alice"], ["events", "--from", "1"],
    ] {
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments =
        ["-c", "exec \"$@\" >/dev/full", "sh", TestDaemon.program("rotactl").path] + arguments
      process.environment = ["ROTA_SOCKET": daemon.socket]
      let error = Pipe()
      process.standardError = error
      try process.run()
      let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 74, "\(arguments)")
      #expect(text.contains("standard output") && text.contains("No space left on device"))
    }
  }

  @Test(
    "backup --into makes one more and removes the oldest of its own, after the new one is there")
  func rotation() throws {
    let daemon = try TestDaemon().start()
    defer { daemon.kill() }
    let directory = daemon.directory.appending(path: "backups").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    }
    for name in ["journal-2026-01-01T031500Z.sqlite", "journal-2026-01-02T031500Z.sqlite", "mine"] {
      try "x".write(toFile: directory + "/" + name, atomically: true, encoding: .utf8)
    }
    let done = try daemon.rotactl("backup", "--into", directory, "--keep", "2")
    #expect(done.code == 0 && done.output.contains("removed: journal-2026-01-01T031500Z.sqlite"))
    let left = try names()
    #expect(
      left.count == 3 && left.contains("mine") && left.contains("journal-2026-01-02T031500Z.sqlite")
    )
    #expect(left[1].hasPrefix("journal-20") && left[1].hasSuffix("Z.sqlite"))
    #expect(try daemon.rotactl("backup", "--into", directory + "/none", "--keep", "1").code != 0)
    #expect(try names() == left)
    #expect(try daemon.rotactl("backup").code == 64)
    #expect(try daemon.rotactl("backup", "/x", "--keep", "1").code == 64)
    #expect(try daemon.rotactl("backup", "--into", directory, "--keep", "0").code == 64)
  }
}
