import Client
import ClientNIO
import LineProtocol
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Vocabulary

/// A client on an event loop, with the built daemon.
@Suite struct EventLoopClientTests {
  private final class Heard: Sendable {
    private let types = Mutex<[String]>([])
    func add(_ line: ServerLine) {
      if case .event(_, let type, _) = line { types.withLock { $0.append(type) } }
    }
    var all: [String] { types.withLock { $0 } }
  }

  @Test("A hundred requests at once are answered in their order; events come; the end is told")
  func pipelined() async throws {
    let daemon = try TestDaemon().start()
    let heard = Heard()
    let client = try await NIOClient.connect(
      to: daemon.socket, on: MultiThreadedEventLoopGroup.singleton
    ) { heard.add($0) }.get()
    #expect(client.greeting["role"] == "admin")
    let subscribe = Request(
      .question(.session(.subscribe)), ["s"], ["types": "call.arrived,agent.logged-in"])
    #expect(try await client.ask(subscribe).get().isPositive)
    let answers = (1...100).map { number in
      client.ask(Request(.change(.call(.arrive)), ["c-\(number)"], ["queue": "support"]))
    }
    var seqs: [Int] = []
    for answer in answers { seqs.append(Int(try await answer.get()["seq"] ?? "") ?? 0) }
    #expect(seqs == seqs.sorted() && Set(seqs).count == 100)
    // A reply to what comes after all events: they have been sent before.
    for _ in 0..<200 where heard.all.count < 100 {
      _ = try await client.ask(Request(.question(.session(.ping)))).get()
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(heard.all == Array(repeating: "call.arrived", count: 100))
    #expect(daemon.stop() == 0)
    try await client.closed.get()
    await #expect(throws: CommandFailure.self) {
      _ = try await client.ask(Request(.question(.session(.ping)))).get()
    }
  }

  @Test("Without a daemon, that is said")
  func noDaemon() async throws {
    let daemon = try TestDaemon()
    await #expect(throws: CommandFailure.self) {
      _ = try await NIOClient.connect(
        to: daemon.socket, on: MultiThreadedEventLoopGroup.singleton
      ).get()
    }
  }
}
