import LineProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import Daemon

/// More subscribers than are served in one turn of the loop.
@Suite struct DeliveryTests {
  private let machine = SimulatedMachine(seed: 1)
  private let feed: SimulatedClient

  init() throws {
    machine.start()
    feed = try #require(machine.call(Peer(uid: 2_000, user: "pbx", groups: [])))
  }

  private func subscriber(_ number: Int, from: String = "now") throws -> SimulatedClient {
    let peer = Peer(uid: 3_000 + UInt32(number), user: "alice", groups: [])
    let client = try #require(machine.call(peer))
    client.send(client.tagged("subscribe s from=\(from)"))
    return client
  }

  /// The numbers of the events that `client` was told of.
  private func heard(_ client: SimulatedClient) -> [UInt64] {
    client.listen()
    return client.transcript.compactMap { line in
      guard case .event(let seq, _, _)? = try? LineParser.serverLine(Array(line.utf8)[...]) else {
        return nil
      }
      return seq
    }
  }

  private func arrive(_ number: Int) {
    feed.send(feed.tagged("call.arrive d-\(number) queue=support"))
    machine.settle()
  }

  @Test("Each is told every event once and in order, however they come in between")
  func everybody() throws {
    var clients = try (0..<100).map { try subscriber($0) }
    machine.pass(1_000_000)
    for number in 0..<40 {
      arrive(number)
      // Less than a turn, a turn, and many of them; some come late and want everything.
      machine.pass([30, 100, 250, 5_001][number % 4])
      if number % 10 == 0 { clients.append(try subscriber(200 + number, from: "1")) }
    }
    machine.pass(1_000_000)
    let last = try #require(machine.server?.committed)
    for client in clients {
      let events = heard(client)
      #expect(client.problems == [] && events.last == last)
      #expect(events == Array((events.first ?? 0)...last))
    }
    #expect(clients.suffix(4).allSatisfy { heard($0).first == 1 })
  }

  @Test("Who has gone before its subscription is carried out is forgotten")
  func gone() throws {
    let client = try #require(machine.call(Peer(uid: 0, user: "root", groups: [])))
    weak let connection = try client.channel.pipeline.syncOperations.handler(type: Connection.self)
    #expect(connection != nil)
    machine.holdReports(true)
    client.send(Array("report.calls\nsubscribe s\n".utf8))
    machine.pass(100_000)
    client.channel.close(promise: nil)
    machine.pass(100_000)
    machine.holdReports(false)
    machine.pass(20_000_000)
    arrive(1)
    machine.pass(20_000_000)
    #expect(connection == nil, "somebody still sends to it")
  }

  @Test("No event comes before the reply that announces it, whatever is being written meanwhile")
  func announced() throws {
    for round in 0..<20 {
      let client = try #require(machine.call(Peer(uid: 2_000, user: "pbx", groups: [])))
      machine.pass(50_000)
      // Two clients in one turn: the batch is written by the journal's thread, which takes its time.
      client.send(client.tagged("call.arrive e-\(round) queue=support"))
      feed.send(feed.tagged("call.arrive f-\(round) queue=support"))
      machine.settle()
      client.send(client.tagged("subscribe s from=1"))
      feed.send(feed.tagged("call.arrive g-\(round) queue=support"))
      machine.pass(100_000)
      let events = heard(client)
      #expect(client.problems == [] && events.first == 1)
      #expect(events == Array(1...(machine.server?.committed ?? 0)))
      client.channel.close(promise: nil)
    }
  }

  @Test(
    "Several subscriptions of one connection catch up one after another, without waiting for a heartbeat"
  )
  func several() throws {
    for number in 0..<40 { arrive(number) }
    machine.pass(500_000)
    let last = try #require(machine.server?.committed)
    let peer = Peer(uid: 3_000, user: "alice", groups: [])
    let client = try #require(machine.call(peer))
    for name in ["a", "b", "c"] { client.send(client.tagged("subscribe \(name) from=1")) }
    // Less than the five seconds after which a heartbeat would look.
    machine.pass(1_000_000)
    let events = heard(client)
    #expect(events.count == 3 * Int(last))
    for seq in 1...last { #expect(events.count { $0 == seq } == 3, "\(seq)") }
  }

  @Test("Who stops the daemon does not stop what is on its way")
  func stop() throws {
    let clients = try (0..<100).map { try subscriber($0) }
    machine.pass(1_000_000)
    arrive(1)
    // The commit takes a thread's time; what it brings is not yet with everybody.
    for _ in 0..<60 where heard(clients[0]).isEmpty && heard(clients[99]).isEmpty {
      machine.pass(100)
    }
    let last = try #require(machine.server?.committed)
    machine.server?.onStop { _ in }
    machine.server?.stop()
    machine.pass(10_000)
    for client in clients {
      #expect(heard(client).last == last)
      #expect(client.transcript.last?.hasPrefix("% drain") == true)
    }
  }
}
