import Foundation

/// Events at a steady rate: desks whose reps are not ready, each time with a new end, in small bursts. On a
/// thread of its own.
package final class EventFlow: @unchecked Sendable {
  private let lock = NSLock()
  private var isStopped = false
  private var sent = 0
  private var answered = 0
  private let done = DispatchSemaphore(value: 0)

  /// Begins: `rate` events a second by reps a0, a1, ... of `agents`, each on a connection of its own.
  package init(path: String, agents: Range<Int>, rate: Int) {
    Thread.detachNewThread { [self] in
      run(path, agents, rate)
      done.signal()
    }
  }

  private func run(_ path: String, _ agents: Range<Int>, _ rate: Int) {
    let crowd = Crowd(path: path)
    crowd.join(agents.count)
    let lines = agents.map { "agent.not-ready a\($0) reason=lunch for=600\n" }
    let bursts = lines.map { String(repeating: $0, count: 5) }
    let start = monotonic()
    var turn = 0
    while !lock.withLock({ isStopped }) {
      let due = Int((monotonic() - start) * Double(rate))
      while sent + 5 <= due {
        let member = turn % agents.count
        turn += 1
        if crowd.say(bursts[member], to: [member]) < bursts[member].utf8.count {
          fatalError("the server does not read")
        }
        sent += 5
      }
      crowd.read(0..<agents.count, milliseconds: 2)
    }
    // The greeting is a line too.
    let perMember = (0..<agents.count).map {
      1 + 5 * (turn / agents.count + ($0 < turn % agents.count ? 1 : 0))
    }
    for (member, lines) in perMember.enumerated() {
      answered += crowd.hear(lines, from: member..<member + 1, within: 10) == 1 ? lines - 1 : 0
    }
  }

  /// Ends it, and waits until all is answered.
  /// - Returns: events sent, and those whose desk had every answer.
  package func stop() -> (sent: Int, answered: Int) {
    lock.withLock { isStopped = true }
    done.wait()
    return (sent, answered)
  }
}
