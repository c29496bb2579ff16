import Client
import Foundation
import Testing

@Suite(.serialized) struct DriveTests {
  @Test(
    "A simulated hour, driven through a live daemon, is much like the simulation; and it replays")
  func drive() throws {
    // 08:00 in Chicago, two hundred times as fast.
    let daemon = try TestDaemon(
      arguments: ["--clock-rate", "200", "--clock-start", "2026-11-23T14:00:00Z"])
    try daemon.write(
      TestDaemon.team
        + "\nteam: { time-zone: America/Chicago, office-hours: { mon-fri: 08:00-17:00 } }\n")
    try daemon.start()
    let scenario = daemon.directory.appending(path: "hour.yaml").path
    try """
    configuration: rota.yaml
    day: { opens: "08:00", closes: "09:00" }
    callers:
      callers:
        queue: support
        arrivals: { per-hour: 40 }
        patience: 120
        talk: 120
        wrap-up: constant:15
        hold: { share: 20%, length: 30 }
        drop: 5%
    reps:
      everybody: { answer-delay: constant:5, no-answer: 5%, ignore: { share: 5%, after: constant:3 } }
    shifts: [{ reps: everybody, from: "08:00", to: "09:00" }]
    """.write(toFile: scenario, atomically: true, encoding: .utf8)
    let driven = try TestDaemon.run(
      "rotasim", ["drive", scenario, "--socket", daemon.socket, "--json"])
    #expect(driven.code == 0, "\(driven.error)")
    let counts = try #require(
      try JSONSerialization.jsonObject(with: Data(driven.output.utf8)) as? [String: [String: Int]])
    func pair(_ type: String) -> (simulated: Int, daemon: Int) {
      (counts[type]?["simulated"] ?? 0, counts[type]?["daemon"] ?? 0)
    }
    // Everybody who called in the simulation called the daemon; reps came and went.
    #expect(pair("call.arrived").simulated > 20)
    #expect(pair("call.arrived").simulated == pair("call.arrived").daemon)
    #expect(pair("agent.logged-out").daemon >= 3)
    let answered = pair("call.answered")
    #expect(abs(answered.simulated - answered.daemon) <= answered.simulated / 5)
    #expect(pair("call.offered").daemon > pair("call.answered").daemon)

    let journal = daemon.directory.appending(path: "copy.sqlite").path
    #expect(try daemon.client().ask("admin.backup \(journal)").code == 200)
    let replayed = try TestDaemon.run("rotasim", ["replay", journal])
    #expect(replayed.code == 0, "\(replayed.output)")
    let output = daemon.directory.appending(path: "again").path
    let made = try TestDaemon.run(
      "rotasim",
      ["reenact", journal, "--config", daemon.configuration.path, "--output", output])
    #expect(made.code == 0, "\(made.error)")
    #expect(made.output.contains("\(pair("call.arrived").daemon) calls, 3 reps"), "\(made.output)")
    let again = try TestDaemon.run("rotasim", ["run", "\(output)/2026-11-23.yaml", "--json"])
    #expect(again.code == 0, "\(again.error)")
  }
}
