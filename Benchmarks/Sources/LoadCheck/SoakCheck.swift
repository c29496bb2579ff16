import ArgumentParser
import CallScripts
import Client
import Foundation
import LineProtocol
import Load

/// A hundred calls a second, with all that belongs to a call, for as long as one likes: memory, descriptors and
/// write-ahead log stay as they are.
struct SoakCheck: Check {
  static let configuration = CommandConfiguration(commandName: "soak")
  static let title = "soak"

  @OptionGroup var target: Target
  @Option(help: "How long, in seconds.") var seconds = 1_800.0
  @Option(help: "Calls a second.") var rate = 100

  private static let reps = 300

  func check(_ findings: inout Findings) throws -> String? {
    try withScratchDirectory { directory in
      let yaml = Server.team(
        reps: Self.reps, queue: ", wrap-up: 1, rest-after: { ignored: 0 }, max-wait: 30",
        more: "categories: [billing]\nrules: { consult-ring-time: 5, confirm-time: 5 }")
      let server = try Server.rota(target.rotad, directory, yaml: yaml)
      defer { server.kill() }
      var player = try Player(CallScript(parsing: script), socket: server.socket)
      let log = Gauge(server, directory)
      try player.play(showsProgress: isatty(STDERR_FILENO) == 1)
      let samples = log.stop()
      judge(samples, &findings)
      try judgeCalls(player, server, &findings)
    }
    return nil
  }

  // MARK: What happens

  /// A call's life: it rings, is answered or ignored or given up, held, written up, passed on, hung up.
  private var script: String {
    let logins = (0..<Self.reps).map { rep in
      "at 0.5 feed agent.login a\(rep)\nat 0.6 feed agent.ready a\(rep)"
    }
    let every = String(format: "%.6f", 1 / Double(rate))
    return """
      seed 7
      actor feed role admin
      \(logins.joined(separator: "\n"))
      every \(every)..\(every) until \(seconds - 5) feed call.arrive c-$n queue=q from=+1312555$n name="Client $n"
      also when call.offered chance 2% after 0.02..0.1 feed call.hang-up $call by=caller
      when call.offered chance 5% after 0.05..0.2 feed call.ignore $call offer=$offer
      when call.offered after 0.05..0.3 feed call.accept $call offer=$offer
      also when call.answered chance 15% after 0.1..0.2 feed call.hold $call agent=$agent
      also when call.answered chance 30% after 0.35..0.45 feed call.resume $call agent=$agent
      also when call.answered chance 60% after 0.2..0.4 feed call.note $call agent=$agent category=billing disposition=resolved client="Client of $call"
      also when call.answered chance 5% after 0.2..0.3 feed transfer.consult $call agent=$agent to=queue:q who="the caller on $call" about="a question"
      also when call.answered after 0.7..1.1 feed call.hang-up $call by=caller
      when transfer.offered chance 85% after 0.05..0.1 feed transfer.answer $transfer agent=$agent
      when transfer.offered after 0.05..0.1 feed transfer.decline $transfer agent=$agent
      also when transfer.answered after 0.05..0.1 feed transfer.confirm $transfer
      also when transfer.confirmed after 0.02..0.05 feed transfer.complete $transfer agent=$holder
      also when agent.wrap-up chance 10% after 0.1..0.3 feed agent.wrap-up $agent end
      end \(seconds)
      """
  }

  // MARK: What it costs

  /// The rule: after the first third, which is warming up, the line of least squares through the samples rises
  /// by no more than what follows over all the time that is left.
  private func judge(_ samples: [Gauge.Sample], _ findings: inout Findings) {
    let steady = Array(samples.dropFirst(samples.count / 3))
    let hour = { (values: [Double]) in Self.rise(steady.map(\.at), values) }
    let resident = steady.map(\.megabytes)
    let rise = hour(resident)
    findings.note(
      "RSS, first and last third",
      "\(mean(resident.prefix(resident.count / 2))), \(mean(resident.suffix(resident.count / 2))) MB"
    )
    findings.atMost(
      Self.residentRise, "RSS: rise by least squares after the first third", rise, "MB")
    let descriptors = steady.map { Double($0.descriptors) }
    findings.atMost(
      Double(samples.first?.descriptors ?? 0) + 4, "descriptors, most",
      descriptors.max() ?? 0, "")
    findings.atMost(2, "descriptors: rise", hour(descriptors), "")
    let log = steady.map(\.logMegabytes)
    findings.atMost(16, "write-ahead log, most", log.max() ?? 0, "MB")
    findings.atMost(1, "write-ahead log: rise", hour(log), "MB")
  }

  /// MB that the resident set may rise by: what the allocator may still find out about its own needs.
  private static let residentRise = 3.0

  private func mean(_ values: ArraySlice<Double>) -> String {
    String(format: "%.1f", values.reduce(0, +) / Double(max(1, values.count)))
  }

  /// By how much the line of least squares rises from the first to the last instant.
  private static func rise(_ times: [Double], _ values: [Double]) -> Double {
    let count = Double(times.count)
    guard count > 2, let first = times.first, let last = times.last else { return .infinity }
    let (t, v) = (times.reduce(0, +) / count, values.reduce(0, +) / count)
    let covariance = zip(times, values).reduce(0) { $0 + ($1.0 - t) * ($1.1 - v) }
    let variance = times.reduce(0) { $0 + ($1 - t) * ($1 - t) }
    return covariance / variance * (last - first)
  }

  // MARK: Whether it was done

  private func judgeCalls(
    _ player: Player, _ server: Server, _ findings: inout Findings
  ) throws {
    let arrived = player.seen["call.arrived"] ?? 0
    let due = Double(rate) * (seconds - 5)
    findings.must("calls came", Double(arrived) > 0.97 * due, "\(arrived)")
    for type in [
      "call.answered", "call.held", "call.resumed", "transfer.completed", "call.written-up",
    ] {
      let count = player.seen[type] ?? 0
      findings.must(type, Double(count) > 0.01 * due, "\(count)")
    }
    let refused = player.refused.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    findings.note("refused, as in life", refused.joined(separator: ", "))
    findings.must("nothing unexpected", player.complaints.isEmpty, "\(player.complaints.count)")
    let control = try Client(path: server.socket)
    let left = try control.ask(Request(verb: "call.list")).rows.count
    findings.must("calls left over, at most as many as one second brings", left <= rate, "\(left)")
    let verdict = try control.ask(Request(verb: "admin.verify"))
    findings.must("the journal verified", verdict.isPositive, verdict["records"] ?? verdict.text)
  }
}

/// Looks at a server every half second, on a thread of its own.
final class Gauge: @unchecked Sendable {
  struct Sample {
    var at: Double
    var megabytes: Double
    var descriptors: Int
    var logMegabytes: Double
  }

  private let lock = NSLock()
  private var samples: [Sample] = []
  private var isStopped = false

  init(_ server: Server, _ directory: String) {
    let log = directory + "/state/journal.sqlite-wal"
    let source = SendableServer(server: server)
    Thread.detachNewThread { [self] in
      while !lock.withLock({ isStopped }) {
        let size = (try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int) ?? 0
        let sample = Sample(
          at: monotonic(), megabytes: source.server.megabytes("VmRSS"),
          descriptors: source.server.descriptors, logMegabytes: Double(size) / 1_048_576)
        lock.withLock { samples.append(sample) }
        usleep(500_000)
      }
    }
  }

  /// What only reads files of the kernel may be used anywhere.
  private struct SendableServer: @unchecked Sendable { let server: Server }

  func stop() -> [Sample] {
    lock.withLock {
      isStopped = true
      return samples
    }
  }
}
