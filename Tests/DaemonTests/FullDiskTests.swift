import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

@Suite(.serialized) struct FullDiskTests {
  /// Sends one command from each client at once, as concurrent clients do.
  /// - Returns: the calls acknowledged, and the other replies.
  private func round(
    _ clients: [Client], _ number: Int
  ) -> (acknowledged: [String], refused: [Int]) {
    var result: (acknowledged: [String], refused: [Int]) = ([], [])
    let names = clients.indices.map { "c-\(number)-\($0)" }
    for (client, name) in zip(clients, names) {
      client.sendRaw(Array("call.arrive \(name) queue=support name=\(Self.filler)\n".utf8))
    }
    for (client, name) in zip(clients, names) {
      while let line = try? client.nextLine() {
        guard case .reply(_, let code, _, _) = line else { continue }
        if code < 300 { result.acknowledged.append(name) } else { result.refused.append(code) }
        break
      }
    }
    return result
  }

  private static let filler = String(repeating: "x", count: 200)

  @Test("Nothing is said to be done that is not on disk", arguments: [1, 3])
  func noPlusWithoutDisk(_ count: Int) throws {
    let daemon = try TestDaemon().start()
    #expect(daemon.stop() == 0)
    daemon.fileSizeLimit = 640 << 10
    try daemon.start()
    let clients = try (0..<count).map { _ in try daemon.client(.feed) }
    var acknowledged: [String] = []
    var refused: [Int] = []
    for number in 0..<20_000 where refused.isEmpty {
      let (done, not) = round(clients, number)
      acknowledged += done
      refused += not
    }
    #expect(acknowledged.count > 100)
    #expect(Set(refused).isSubset(of: [450]) && !refused.isEmpty, "outcome unknown: \(refused)")
    #expect(daemon.waitForExit() == 74, "the daemon ends, so that recovery decides")

    daemon.fileSizeLimit = nil
    try daemon.start()
    let client = try daemon.client()
    let kept = try client.ask("call.list").rows.compactMap { row in
      row.first { $0.name == "call" }?.value
    }
    #expect(Set(acknowledged).subtracting(kept).isEmpty)
    #expect(try client.ask("admin.verify").code == 200)
  }
}
