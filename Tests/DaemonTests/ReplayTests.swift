import Client
import Foundation
import Testing

@Suite(.serialized) struct ReplayTests {
  /// A little of everything that a day brings, from `daemon`.
  private func work(_ daemon: TestDaemon, _ round: Int) throws {
    let admin = try daemon.client()
    for name in ["alice", "bob", "carol"] {
      try admin.ask("agent.login \(name)")
      try admin.ask("agent.ready \(name)")
    }
    for number in 0..<6 {
      let call = "c\(round)-\(number)"
      let answer = try admin.ask("call.arrive \(call) queue=support from=1 priority=\(number % 2)")
      guard let agent = answer["agent"] else { continue }
      if number == 2 { try admin.ask("call.ignore \(call) agent=\(agent)") }
      if number == 3 { try admin.ask("call.hang-up \(call) by=caller") }
      if number < 2 { try admin.ask("call.accept \(call) agent=\(agent)") }
      if number == 0 {
        try admin.ask("call.hold \(call) agent=\(agent)")
        try admin.ask("call.resume \(call) agent=\(agent)")
        try admin.ask("transfer.blind \(call) agent=\(agent)")
        let target = agent == "carol" ? "bob" : "carol"
        let offered = try admin.ask(
          "transfer.consult \(call) agent=\(agent) to=agent:\(target) who=Ann about=parcel")
        if let transfer = offered["transfer"] {
          try admin.ask("transfer.answer \(transfer) agent=\(target)")
          try admin.ask("transfer.confirm \(transfer) agent=\(target)")
          try admin.ask("transfer.complete \(transfer) agent=\(agent)")
        }
        try admin.ask("call.note \(call) agent=\(target) category=billing disposition=resolved")
        try admin.ask("call.hang-up \(call) by=caller")
        try admin.ask("agent.ready \(agent)")
      }
    }
    try admin.ask("outbound.request agent=alice purpose=call-back to=5")
    try admin.ask("agent.dnd carol on")
    try admin.ask("agent.logout carol")
  }

  @Test("A reload that makes a limit past at once is replayed as it was")
  func shorterLimit() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    #expect(try admin.ask("call.arrive c-1 queue=support").code == 201)
    try admin.ask("ping")
    Thread.sleep(forTimeInterval: 1.2)
    let shorter = TestDaemon.team.replacingOccurrences(
      of: "wrap-up: 30", with: "wrap-up: 30\n    max-wait: 1")
    try daemon.write(shorter)
    #expect(try admin.ask("admin.reload").code == 200)
    try admin.ask("agent.logout alice")
    let copy = daemon.directory.appending(path: "copy.sqlite").path
    #expect(try admin.ask("admin.backup \(copy)").code == 200)
    let replay = try TestDaemon.run("rotasim", ["replay", copy])
    #expect(replay.output.contains("; 0 decided differently"), "\(replay.output) \(replay.error)")
  }

  @Test("A journal, replayed: nothing is decided differently, over kill, restart and reload")
  func replay() throws {
    let daemon = try TestDaemon().start()
    try work(daemon, 0)
    daemon.kill()
    try daemon.start()
    try work(daemon, 1)
    try daemon.write(TestDaemon.team.replacingOccurrences(of: "wrap-up: 30", with: "wrap-up: 60"))
    #expect(try daemon.client().ask("admin.reload").code == 200)
    try work(daemon, 2)
    let copy = daemon.directory.appending(path: "copy.sqlite").path
    #expect(try daemon.client().ask("admin.backup \(copy)").code == 200)
    let own = try TestDaemon.run("rotasim", ["replay", copy])
    #expect(own.code == 0, "\(own.output) \(own.error)")
    #expect(own.output.contains("; 0 decided differently"))

    let other = try TestDaemon.run(
      "rotasim",
      [
        "replay", copy, "--config", daemon.configuration.path, "--set",
        "queue.support.strategy=fixed-order", "--json",
      ])
    #expect(other.code == 0)
    #expect(
      other.output.contains("\"differences\" : ") && !other.output.contains("\"differences\" : 0"))
    #expect(try TestDaemon.run("rotasim", ["replay", daemon.configuration.path]).code == 65)
    #expect(try TestDaemon.run("rotasim", ["replay", "/nowhere.sqlite"]).code == 66)
  }
}
