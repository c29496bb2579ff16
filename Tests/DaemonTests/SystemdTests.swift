import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// What systemd sees of the daemon, without a systemd: the notification socket and socket activation.
@Suite(.serialized) struct SystemdTests {
  @Test("Readiness after recovery, status, watchdog while healthy, and stopping")
  func notifications() throws {
    let daemon = try TestDaemon()
    let manager = ServiceManagerDouble(daemon.directory)
    daemon.environment = ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"]
    try daemon.start()
    #expect(manager.messages(until: "READY=1").last?.contains("STATUS=Serving") == true)
    #expect(manager.messages(until: "WATCHDOG=1").last == "WATCHDOG=1")
    let admin = try daemon.client()
    #expect(try admin.ask("admin.reload").code == 200)
    let reload = manager.messages(until: "READY=1")
    #expect(reload.contains { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
    daemon.terminate()
    #expect(manager.messages(until: "STOPPING=1").last?.contains("STOPPING=1") == true)
    #expect(manager.messages(until: "BARRIER=1").last == "BARRIER=1")
    #expect(daemon.waitForExit() == 0)
  }

  @Test("The socket may come from systemd, by name")
  func activation() throws {
    let activator = "/usr/bin/systemd-socket-activate"
    try #require(FileManager.default.isExecutableFile(atPath: activator))
    let daemon = try TestDaemon()
    let process = Process()
    process.executableURL = URL(filePath: activator)
    process.arguments = [
      "-l", daemon.socket, "--fdname=control", TestDaemon.program("rotad").path, "--config",
      daemon.configuration.path, "--state", daemon.state.path, "--socket", "/nonexistent/unused",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    for _ in 0..<500 where !FileManager.default.fileExists(atPath: daemon.socket) { usleep(10_000) }
    #expect(try daemon.client().ask("ping").code == 200)
  }

  /// Stops `daemon`, and starts the next process with what it has left.
  private func restart(
    _ daemon: TestDaemon, _ manager: ServiceManagerDouble, losing name: String? = nil
  ) throws -> Int32 {
    daemon.terminate()
    #expect(manager.messages(until: "BARRIER=1").last == "BARRIER=1")
    #expect(daemon.waitForExit() == 0)
    if let name { manager.lose(name) }
    manager.listen(at: daemon.socket, name: "control")
    let pid = try manager.start(
      TestDaemon.program("rotad"),
      [
        "--config", daemon.configuration.path, "--state", daemon.state.path, "--socket",
        "/nonexistent/unused",
      ])
    #expect(manager.messages(until: "READY=1").last?.contains("READY=1") == true)
    #expect(manager.stored.isEmpty)
    return pid
  }

  private func end(_ pid: Int32, _ manager: ServiceManagerDouble) {
    kill(pid, SIGTERM)
    while waitpid(pid, nil, WNOHANG) == 0 { manager.listen(milliseconds: 50) }
  }

  @Test("Connections outlive the process: role, subscriptions and half a line with them")
  func handOver() throws {
    let daemon = try TestDaemon()
    let manager = ServiceManagerDouble(daemon.directory)
    daemon.environment = ["NOTIFY_SOCKET": manager.path]
    try daemon.start()
    let admin = try daemon.client()
    let alice = try daemon.client(.agent, agent: "alice")
    let watcher = try daemon.client(.monitor)
    #expect(try alice.ask("agent.login alice").code == 200)
    #expect(try alice.ask("agent.ready alice").code == 200)
    #expect(try watcher.ask("subscribe board types=call.arrived,call.answered from=1").code == 200)
    #expect(try watcher.ask("subscribe bob types=agent.* agent=bob").code == 200)
    #expect(try admin.ask("call.arrive c-1 queue=support").code == 201)
    _ = try watcher.nextEvent("call.arrived")
    // Half a request is with the daemon when it stops.
    alice.sendRaw(Array("#h call.acc".utf8))
    #expect(try admin.ask("ping").code == 200)

    let pid = try restart(daemon, manager)
    defer { end(pid, manager) }

    alice.sendRaw(Array("ept c-1\n".utf8))
    guard case .notice("restored", _) = try alice.nextLine() else {
      Issue.record("not told of the restart")
      return
    }
    #expect(try alice.nextLine()["state"] == "talking")
    // Told once of what came before, not twice.
    guard case .event(_, "call.answered", _) = try watcher.nextEvent() else {
      Issue.record("another event")
      return
    }
    // Still a rep, who may do no more than before.
    #expect(try alice.ask("agent.login bob").code == 530)
    #expect(try admin.ask("whoami")["role"] == "admin")
    #expect(try admin.ask("agent.login bob").code == 200)
    #expect(try watcher.nextEvent()["agent"] == "bob")
    #expect(try watcher.ask("subscribe board").code == 551)
    #expect(try watcher.ask("unsubscribe board").code == 200)
    // The unit's socket is known beside what was stored.
    #expect(try daemon.client().ask("ping").code == 200)
  }

  @Test(
    "Connections are handed over whatever their descriptors' numbers: those that are open are asked for"
  )
  func descriptors() throws {
    let daemon = try TestDaemon()
    let manager = ServiceManagerDouble(daemon.directory)
    daemon.environment = ["NOTIFY_SOCKET": manager.path]
    try daemon.start()
    var crowd = try (0..<60).map { _ in try daemon.client() }
    let last = crowd.removeLast()
    crowd.removeAll()
    #expect(try last.ask("ping").code == 200)
    // The limit is now far below the number that the last one has.
    let limit = Process()
    limit.executableURL = URL(filePath: "/usr/bin/prlimit")
    limit.arguments = ["--pid", "\(daemon.processIdentifier)", "--nofile=40:40"]
    try limit.run()
    limit.waitUntilExit()
    #expect(limit.terminationStatus == 0)
    let pid = try restart(daemon, manager)
    defer { end(pid, manager) }
    #expect(try last.ask("ping").code == 200)
  }

  @Test(
    "A connection that had given up rights to a rep's has not even those when the rep is no more")
  func handOverOfRights() throws {
    let daemon = try TestDaemon()
    let manager = ServiceManagerDouble(daemon.directory)
    daemon.environment = ["NOTIFY_SOCKET": manager.path]
    try daemon.start()
    let carol = try daemon.client(.agent, agent: "carol")
    try daemon.write(
      TestDaemon.team.replacingOccurrences(of: "  carol: { name: Carol Chen }\n", with: "")
        .replacingOccurrences(of: ", carol", with: ""))
    let pid = try restart(daemon, manager)
    defer { end(pid, manager) }
    guard case .notice("restored", _) = try carol.nextLine(),
      case .notice("role", let options) = try carol.nextLine()
    else {
      Issue.record("not told of the other role")
      return
    }
    #expect(options.first == Field("role", "monitor"))
    #expect(try carol.ask("agent.login carol").code == 530)
  }

  @Test("SIGHUP reloads: what is wrong is logged with its place, what is right is in force")
  func hangUp() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    func until(_ isSo: () throws -> Bool) rethrows {
      for _ in 0..<1_000 where try !isSo() { usleep(10_000) }
    }
    let wrong = TestDaemon.team.replacingOccurrences(of: "wrap-up", with: "wrapup")
      .replacingOccurrences(of: "not-ready-reasons", with: "not-ready-reason")
    try daemon.write(wrong)
    kill(daemon.processIdentifier, SIGHUP)
    until { daemon.log.contains("not reloaded") }
    #expect(daemon.log.contains("rota.yaml:1:1: unknown key"))
    #expect(daemon.log.contains("rota.yaml:10:5: unknown key \"wrapup\""))
    #expect(try admin.ask("agent.login alice").code == 200)
    try daemon.write(
      TestDaemon.team.replacingOccurrences(of: "  carol:", with: "  dave: {}\n  carol:"))
    kill(daemon.processIdentifier, SIGHUP)
    try until { try admin.ask("agent.show dave").isPositive }
    #expect(try admin.ask("agent.show dave").isPositive)
    until { daemon.log.contains("the configuration was reloaded") }
    #expect(daemon.log.contains("the configuration was reloaded"))
    try FileManager.default.removeItem(at: daemon.configuration)
    kill(daemon.processIdentifier, SIGHUP)
    until { daemon.log.contains("could not be read") }
    #expect(daemon.log.contains("rota.yaml could not be read"))
    #expect(daemon.stop() == 0)
  }

  @Test("A stored connection of which nothing is known is closed")
  func orphan() throws {
    let daemon = try TestDaemon()
    let manager = ServiceManagerDouble(daemon.directory)
    daemon.environment = ["NOTIFY_SOCKET": manager.path]
    try daemon.start()
    let client = try daemon.client()
    let pid = try restart(daemon, manager, losing: "clients")
    defer { end(pid, manager) }
    #expect(throws: CommandFailure.self) { try client.ask("ping") }
    #expect(try daemon.client().ask("ping").code == 200)
  }
}
