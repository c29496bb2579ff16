import Foundation
import Testing

@testable import Daemon

/// Connections outlive the process when somebody keeps them.
@Suite struct HandOverTests {
  private let machine = SimulatedMachine(seed: 4)

  init() {
    machine.start()
    machine.connect(1)
  }

  private func restart(asService: Bool) {
    machine.take(Step(kind: .stop, client: 0, a: asService ? 1 : 0, b: 0))
    machine.pass(100_000)
  }

  @Test("Half a line, rights, a subscription and what was not read yet go on in the next process")
  func goesOn() throws {
    let client = try #require(machine.clients[1])
    client.send(client.tagged("subscribe s from=1"))
    client.send(client.tagged("call.arrive c-1 queue=support"))
    machine.pass(100_000)
    let line = client.tagged("call.arrive c-2 queue=support")
    client.send(line.prefix(9))
    restart(asService: true)
    #expect(machine.clients[1] === client && !client.isGone)
    #expect(client.transcript.contains { $0.hasPrefix("% restored seq=") })
    client.send(line.dropFirst(9))
    machine.pass(100_000)
    client.listen()
    #expect(client.outstanding.isEmpty && client.problems.isEmpty, "\(client.problems)")
    let arrivals = client.transcript.filter { $0.contains(" call.arrived ") }
    #expect(arrivals.count == 2)
    #expect(machine.problems.isEmpty, "\(machine.problems)")
  }

  @Test("A subscription that cannot go on ends with a word, and costs nothing else")
  func partlyGoesOn() throws {
    let client = try #require(machine.clients[1])
    client.send(client.tagged("subscribe sales from=1 queue=sales"))
    machine.pass(100_000)
    let queue =
      machine.configuration.split(separator: "\n").first { $0.hasPrefix("  sales:") } ?? ""
    machine.configuration = machine.configuration.replacingOccurrences(of: queue, with: "")
    restart(asService: true)
    #expect(machine.clients[1] === client && !client.isGone)
    #expect(client.transcript.contains { $0.hasPrefix("% unsubscribed subscription=sales ") })
    client.send(client.tagged("call.list"))
    machine.pass(100_000)
    client.listen()
    #expect(client.outstanding.isEmpty)
    #expect(machine.problems.isEmpty, "\(machine.problems)")
  }

  @Test("Who is known only when the next process stops already is handed over once more")
  func stoppedAtOnce() throws {
    let client = try #require(machine.clients[1])
    client.send(client.tagged("subscribe s from=1"))
    machine.pass(100_000)
    machine.take(Step(kind: .stop, client: 0, a: 1, b: 0))
    // The user database has not answered yet.
    machine.keeping.isOn = true
    machine.server?.onStop { _ in }
    machine.server?.stop()
    machine.pass(1_000_000)
    #expect(machine.keeping.slots == [1])
  }

  @Test("Without anybody who keeps them, connections end with the process")
  func ends() throws {
    let client = try #require(machine.clients[1])
    restart(asService: false)
    #expect(machine.clients[1] == nil && client.isGone)
    #expect(client.transcript.last?.hasPrefix("% drain") == true)
  }
}
