import Glibc

/// Request and reply over Unix sockets: `clients` connections, each with `depth` requests under way.
package struct LoadGenerator {
  /// What was measured.
  package struct Result {
    package var repliesPerSecond: Double
    package var medianMicroseconds: Double
    package var p99Microseconds: Double
  }

  private struct Connection {
    var descriptor: Int32
    var request: [UInt8]
    var pending = 0
    var sentAt = 0.0
  }

  private var connections: [Connection] = []
  private let depth: Int

  /// Connects; `request(i)` is what client i sends, one line a reply. `greeting`: lines to skip first.
  package init(
    path: String, clients: Int, depth: Int, greeting: Int, setUp: (Int) -> [String],
    request: (Int) -> String
  ) {
    self.depth = depth
    for client in 0..<clients {
      let descriptor = connectOrExit(path)
      var lines = greeting
      for line in setUp(client) {
        send(descriptor, Array(line.utf8))
        lines += 1
      }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while lines > 0 {
        let count = read(descriptor, &chunk, chunk.count)
        if count <= 0 { fatalError("the server closed the connection") }
        lines -= chunk[..<count].count { $0 == 0x0A }
      }
      let line = Array(request(client).utf8)
      let batch = Array(repeatElement(line, count: depth).joined())
      connections.append(Connection(descriptor: descriptor, request: batch))
    }
  }

  /// Runs for `seconds`.
  package mutating func run(seconds: Double) -> Result {
    var latencies: [Float] = []
    var replies = 0
    var files = connections.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let start = monotonic()
    for index in connections.indices { sendBatch(index, at: start) }
    var now = start
    while now - start < seconds {
      let ready = poll(&files, nfds_t(files.count), 1_000)
      if ready < 0 { fatalError("cannot poll: \(String(cString: strerror(errno)))") }
      now = monotonic()
      for index in files.indices where files[index].revents != 0 {
        let count = read(connections[index].descriptor, &chunk, chunk.count)
        if count <= 0 { fatalError("the server closed the connection") }
        connections[index].pending -= chunk[..<count].count { $0 == 0x0A }
        if connections[index].pending > 0 { continue }
        now = monotonic()
        latencies.append(Float((now - connections[index].sentAt) * 1e6))
        replies += depth
        sendBatch(index, at: now)
      }
    }
    for connection in connections { close(connection.descriptor) }
    latencies.sort()
    return Result(
      repliesPerSecond: Double(replies) / (now - start),
      medianMicroseconds: latencies.isEmpty ? 0 : Double(latencies[latencies.count / 2]),
      p99Microseconds: latencies.isEmpty ? 0 : Double(latencies[latencies.count * 99 / 100]))
  }

  private mutating func sendBatch(_ index: Int, at now: Double) {
    connections[index].pending = depth
    connections[index].sentAt = now
    send(connections[index].descriptor, connections[index].request)
  }
}

/// Seconds of a clock that only goes forward.
package func monotonic() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Writes all of `bytes`; waits while there is no room.
package func send(_ descriptor: Int32, _ bytes: [UInt8]) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count <= 0 { fatalError("cannot write: \(String(cString: strerror(errno)))") }
    rest = rest.dropFirst(count)
  }
}

/// A connection to the Unix socket at `path`.
package func connectOrExit(_ path: String) -> Int32 {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  let result = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  if result != 0 { fatalError("cannot connect to \(path): \(String(cString: strerror(errno)))") }
  return descriptor
}
