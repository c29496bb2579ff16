import NIOCore

@testable import Daemon

/// Any bytes, from several clients, into the whole server on a simulated machine.
///
/// A line that begins with one of the bytes 1 to 7 is an instruction to the fuzzer, with the byte after it as its
/// argument: 1 goes on as another client, 2 lets time pass, 3 disconnects, 4 kills and restarts the daemon, 5 stops
/// reading or goes on, 6 shuts the client's side down, 7 sends what there is before the line is whole.
enum ServerTarget {
  /// Nobody of them is admin: `admin.backup` writes to the real disk.
  private static let slots = [1, 2, 3, 5]

  static func run(_ input: [UInt8]) {
    let machine = SimulatedMachine(seed: 1)
    machine.start()
    var hostile = Hostile(machine: machine)
    hostile.send(input)
    check(machine)
    machine.finish()
    require(machine.problems.isEmpty, machine.problems.joined(separator: "\n"))
  }

  /// Whatever has been sent, the daemon answers others, and its journal is sound.
  private static func check(_ machine: SimulatedMachine) {
    machine.connect(0)
    guard let client = machine.clients[0] else { return require(false, "no connection") }
    for request in ["ping", "admin.verify", "call.list", "agent.list", "queue.list"] {
      client.send(client.tagged(request))
      machine.pass(1_000_000)
      let last = client.transcript.last ?? "nothing"
      require(last.hasPrefix("+#"), "\(request) was answered by \(last)")
      require(client.outstanding.isEmpty, "no reply to \(request)")
    }
    let violations = machine.server?.board.engine.invariantViolations() ?? []
    require(violations.isEmpty, "\(violations)")
    require(machine.problems.isEmpty, machine.problems.joined(separator: "\n"))
  }

  private struct Hostile {
    let machine: SimulatedMachine
    var slot = 1
    var unsent: [UInt8] = []

    mutating func send(_ input: [UInt8]) {
      var rest = input[...]
      var isAtLineStart = true
      while let byte = rest.popFirst() {
        if isAtLineStart, (1...7).contains(byte) {
          flush()
          obey(byte, rest.popFirst() ?? 0)
        } else {
          unsent.append(byte)
          isAtLineStart = byte == 0x0A
        }
      }
      flush()
      machine.pass(10_000)
    }

    private mutating func flush() {
      if unsent.isEmpty { return }
      if machine.clients[slot] == nil { machine.connect(slot, isHostile: true) }
      machine.clients[slot]?.send(unsent)
      unsent = []
      machine.settle()
    }

    private mutating func obey(_ instruction: UInt8, _ argument: UInt8) {
      func step(_ kind: Step.Kind) {
        machine.take(Step(kind: kind, client: slot, a: Int(argument), b: 0))
      }
      switch instruction {
      case 1: slot = ServerTarget.slots[Int(argument) % ServerTarget.slots.count]
      case 2: step(.wait)
      case 3: step(.disconnect)
      case 4: step(.kill)
      case 5: if machine.clients[slot] != nil { step(argument % 2 == 0 ? .fallAsleep : .wakeUp) }
      case 6:
        machine.clients[slot]?.channel.pipeline.fireUserInboundEventTriggered(
          ChannelEvent.inputClosed)
        machine.settle()
      default: machine.settle()
      }
    }
  }
}
