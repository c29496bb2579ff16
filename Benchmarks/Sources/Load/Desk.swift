import Foundation

/// A rep's desk, one request at a time, each timed. For many threads at once, one desk each.
package final class Desk {
  private let descriptor: Int32
  private let request: [UInt8]
  private var chunk = [UInt8](repeating: 0, count: 65_536)

  /// Connects as the admin that the user is, and asks `request` again and again. A request of its own line, of
  /// a one-line reply.
  package init(path: String, request: String) {
    descriptor = connectOrExit(path)
    self.request = Array((request + "\n").utf8)
    awaitLines(1)
  }

  deinit { close(descriptor) }

  private func awaitLines(_ count: Int) {
    var left = count
    while left > 0 {
      let read = Glibc.read(descriptor, &chunk, chunk.count)
      if read <= 0 { fatalError("the server closed the connection") }
      left -= chunk[..<read].count { $0 == 0x0A }
    }
  }

  /// Asks once.
  /// - Returns: the seconds until the reply.
  package func ask() -> Double {
    let start = monotonic()
    send(descriptor, request)
    awaitLines(1)
    return monotonic() - start
  }

  /// Asks at a steady rate until told to stop, on a thread of its own.
  package static func probe(_ path: String, agents: Range<Int>, rate: Double) -> Probe {
    Probe(rate: rate) {
      let desks = agents.map {
        Desk(path: path, request: "agent.not-ready a\($0) reason=lunch for=600")
      }
      var turn = 0
      return {
        turn += 1
        return desks[turn % desks.count].ask()
      }
    }
  }
}

/// Something done at a steady rate on a thread of its own, each time measured.
package final class Probe: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Double] = []
  private var isStopped = false
  private let done = DispatchSemaphore(value: 0)

  /// Begins. `prepare` is called on the thread, and what it returns `rate` times a second.
  package init(rate: Double, prepare: @escaping @Sendable () -> () -> Double) {
    Thread.detachNewThread { [self] in
      let body = prepare()
      var next = monotonic()
      while !lock.withLock({ isStopped }) {
        next += 1 / rate
        let value = body()
        lock.withLock { values.append(value) }
        let rest = next - monotonic()
        // Behind: what was missed is not made up for.
        if rest > 0 { usleep(UInt32(rest * 1e6)) } else { next = monotonic() }
      }
      done.signal()
    }
  }

  /// Ends it.
  /// - Returns: all values.
  package func stop() -> [Double] {
    lock.withLock { isStopped = true }
    done.wait()
    return values
  }
}
