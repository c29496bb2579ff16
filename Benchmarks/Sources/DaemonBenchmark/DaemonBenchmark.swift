import Foundation
import Load

/// Durable requests a second of `rotad`, beside `redis-server` with `appendfsync always`, in turn and
/// in one run: fsync times of one moment say nothing about another. Each reply is sent after the data
/// are on disk, on both sides.
///
/// usage: DaemonBenchmark ROTAD [SECONDS]
@main
struct DaemonBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else { fatalError("usage: DaemonBenchmark ROTAD [SECONDS]") }
    let seconds = arguments.count > 2 ? Double(arguments[2]) ?? 3 : 3
    let directory = FileManager.default.temporaryDirectory.appending(path: "rb-\(getpid())").path
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let rota = try Server.rota(arguments[1], directory)
    let redis = try Server.redis(directory)
    defer {
      rota.stop()
      redis?.stop()
    }
    let idle = rota.residentMegabytes
    print("| durable, clients x depth | rotad/s | p50 us | p99 us | redis/s | p50 us | ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for (clients, depth) in [(1, 1), (50, 1), (50, 16)] {
      // Turn and turn about, the median of three.
      var ours: [LoadGenerator.Result] = []
      var theirs: [LoadGenerator.Result] = []
      for _ in 0..<3 {
        ours.append(measureRota(rota, clients, depth, seconds))
        if let redis { theirs.append(measureRedis(redis, clients, depth, seconds)) }
      }
      report(clients, depth, median(ours), theirs.isEmpty ? nil : median(theirs))
    }
    print()
    print("| memory of rotad | RSS |")
    print("|---|---:|")
    print("| idle, just started | \(idle) MB |")
    let subscribers = (0..<1_000).map { _ in subscribe(rota.socket) }
    usleep(300_000)
    print("| 1,000 subscribers | \(rota.residentMegabytes) MB |")
    subscribers.forEach { close($0) }
  }

  private static func median(_ results: [LoadGenerator.Result]) -> LoadGenerator.Result {
    results.sorted { $0.repliesPerSecond < $1.repliesPerSecond }[results.count / 2]
  }

  private static func measureRota(
    _ server: Server, _ clients: Int, _ depth: Int, _ seconds: Double
  ) -> LoadGenerator.Result {
    // Each client is a rep's desk: not ready, with a new end each time, so that each is an event.
    var load = LoadGenerator(
      path: server.socket, clients: clients, depth: depth, greeting: 1,
      setUp: { ["agent.login a\($0)\n"] },
      request: { "agent.not-ready a\($0) reason=lunch for=600\n" })
    return load.run(seconds: seconds)
  }

  private static func measureRedis(
    _ server: Server, _ clients: Int, _ depth: Int, _ seconds: Double
  ) -> LoadGenerator.Result {
    var load = LoadGenerator(
      path: server.socket, clients: clients, depth: depth, greeting: 0, setUp: { _ in [] },
      request: { "SET a\($0) not-ready-lunch-600\r\n" })
    return load.run(seconds: seconds)
  }

  private static func report(
    _ clients: Int, _ depth: Int, _ ours: LoadGenerator.Result, _ theirs: LoadGenerator.Result?
  ) {
    var line = "| \(clients) x \(depth) | \(Int(ours.repliesPerSecond))"
    line += " | \(Int(ours.medianMicroseconds)) | \(Int(ours.p99Microseconds))"
    if let theirs {
      let ratio = (ours.repliesPerSecond / theirs.repliesPerSecond * 100).rounded() / 100
      line += " | \(Int(theirs.repliesPerSecond)) | \(Int(theirs.medianMicroseconds)) | \(ratio) |"
    } else {
      line += " | not installed | | |"
    }
    print(line)
  }

  private static func subscribe(_ path: String) -> Int32 {
    let descriptor = connectOrExit(path)
    send(descriptor, Array("subscribe s\n".utf8))
    return descriptor
  }
}
