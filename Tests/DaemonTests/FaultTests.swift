import Client
import Foundation
import LineProtocol
import Testing

/// The real program on files that fail, and killed at any moment. The counts are those of a quick look;
/// `ROTA_POWER_CUTS`, `ROTA_KILLS` and `ROTA_IO_ERRORS` set others (`make faults`: 2,000, 300 and 300).
@Suite struct FaultTests {
  private static func count(_ name: String, usually: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usually
  }

  /// A daemon whose journal is on `faults`, on a disk in memory: nothing is slow, and nothing else is written.
  private func daemon() throws -> TestDaemon { try TestDaemon(inMemory: true) }

  private func faults(_ values: [String: Int]) -> [String: String] {
    var result = [
      "LD_PRELOAD": TestDaemon.program("libfaultyfiles.so").path,
      "ROTA_FAULT_FILES": "journal.sqlite",
    ]
    for (name, value) in values { result["ROTA_FAULT_\(name)"] = "\(value)" }
    return result
  }

  /// What a client was told, over the lives of a daemon.
  private struct Told {
    var acknowledged: UInt64 = 0
    /// Requests by key: acknowledged, or with an outcome that is not known.
    var done: [String: String] = [:]
    var unknown: [String: String] = [:]
    var number = 0
  }

  /// Sends commands until the daemon is gone, or has done `most`.
  private func work(_ daemon: TestDaemon, _ told: inout Told, most: Int = 400) {
    guard let client = try? daemon.client() else { return }
    for _ in 0..<most {
      told.number += 1
      let key = "k-\(told.number)"
      let call = "c-\(told.number)"
      let requests = [
        "call.arrive \(call) queue=support name=\"\(String(repeating: "n", count: told.number % 90))\" key=\(key)",
        "call.hang-up \(call) by=caller",
      ]
      told.unknown[key] = requests[0]
      for request in requests {
        guard let answer = try? client.ask(request), answer.code != 450 else { return }
        if let seq = answer["seq"].flatMap({ UInt64($0) }), answer.isPositive {
          told.acknowledged = max(told.acknowledged, seq)
        }
        if request == requests[0] {
          told.unknown[key] = nil
          if answer.isPositive { told.done[key] = request }
        }
      }
    }
  }

  /// Every promise made is kept by the daemon as it comes back.
  /// - Returns: what is wrong.
  private func broken(_ daemon: TestDaemon, _ told: Told) throws -> [String] {
    let client = try daemon.client()
    var problems: [String] = []
    let seq = client.greeting["seq"].flatMap { UInt64($0) } ?? 0
    if seq < told.acknowledged {
      problems.append("lost: \(told.acknowledged) acknowledged, \(seq) there")
    }
    if try client.ask("admin.verify").code != 200 { problems.append("verify") }
    for (key, request) in told.done.sorted(by: { $0.key < $1.key }).suffix(40) {
      let again = try client.ask(request)
      if again["replayed"] != "yes" { problems.append("\(key) is not known any more") }
    }
    for request in told.unknown.values {
      let again = try client.ask(request)
      let twice = try client.ask(request)
      if again.code != twice.code || twice["replayed"] != "yes" {
        problems.append("twice: \(request)")
      }
    }
    return problems
  }

  @Test("The power goes, again and again: nothing acknowledged is lost, nothing happens twice")
  func powerCuts() throws {
    let cuts = try cutPower(Self.count("ROTA_POWER_CUTS", usually: 60))
    #expect(cuts.problems.isEmpty, "\(cuts.problems.prefix(5))")
    #expect(cuts.count > 0)
  }

  @Test(
    "A disk that lies about syncs, and a journal that does not ask for them: the test of power cuts can fail",
    arguments: ["LIES", "NORMAL"])
  func control(_ sin: String) throws {
    #expect(try !cutPower(30, [sin: 1]).problems.isEmpty)
  }

  private func cutPower(
    _ wanted: Int, _ sin: [String: Int] = [:]
  ) throws -> (count: Int, problems: [String]) {
    var (count, problems) = (0, [String]())
    var random = SystemRandomNumberGenerator()
    while count < wanted, problems.isEmpty {
      let daemon = try daemon()
      var told = Told()
      for _ in 0..<8 {
        let (cut, seed) = (
          Int.random(in: 1...400, using: &random), Int.random(in: 1...1_000_000, using: &random)
        )
        daemon.environment = faults(["CUT_AT": cut, "SEED": seed].merging(sin) { $1 })
        do {
          try daemon.start()
          work(daemon, &told)
          daemon.kill()
          if daemon.exitStatus == 99 { count += 1 }
        } catch let failure as CommandFailure where failure.exitCode == 99 {
          // The power went while it was starting.
          count += 1
        } catch let failure as CommandFailure {
          problems.append(
            "seed \(seed), cut \(cut): does not start: \(failure.description.suffix(300))")
          break
        }
      }
      daemon.environment = [:]
      do {
        try daemon.start()
        problems += try broken(daemon, told)
      } catch {
        problems.append("does not start again: \("\(error)".suffix(300))")
      }
    }
    return (count, problems)
  }

  @Test(
    "An I/O error at the Nth operation: no signal, no loss; it ends, and the next start is whole")
  func ioErrors() throws {
    let most = Self.count("ROTA_IO_ERRORS", usually: 60)
    for number in 1...most {
      let daemon = try daemon()
      daemon.environment = faults(["FAIL_AT": number, "SEED": number])
      var told = Told()
      do {
        try daemon.start()
        work(daemon, &told, most: 120)
        daemon.kill()
      } catch let failure as CommandFailure {
        // It could not open its journal: said so, with an exit code of its own and no signal.
        #expect([65, 69, 74].contains(failure.exitCode), "\(number): \(failure)")
      }
      daemon.environment = [:]
      try daemon.start()
      let problems = try broken(daemon, told)
      #expect(problems.isEmpty, "error at operation \(number): \(problems)")
    }
  }

  @Test("A full disk, at sixteen sizes: 450 or 429, no signal; with room again it goes on")
  func fullDisk() throws {
    for step in 0..<16 {
      let daemon = try daemon()
      daemon.environment = faults(["CAPACITY": 120_000 + step * 41_111])
      var told = Told()
      try daemon.start()
      work(daemon, &told, most: 3_000)
      let status = daemon.waitForExit()
      #expect(status == 74, "size \(step): \(status as Any)")
      daemon.environment = [:]
      try daemon.start()
      let problems = try broken(daemon, told)
      #expect(problems.isEmpty, "size \(step): \(problems)")
    }
  }

  @Test("kill -9 under fifty clients: nothing acknowledged is lost, nothing happens twice")
  func kills() throws {
    let wanted = Self.count("ROTA_KILLS", usually: 12)
    // A new journal now and then: coming back must not become the most of it.
    for first in stride(from: 0, to: wanted, by: 30) {
      try killAgain(min(30, wanted - first))
    }
  }

  private func killAgain(_ rounds: Int) throws {
    let daemon = try daemon()
    let clients = (0..<50).map { Worker(number: $0) }
    for _ in 0..<rounds {
      try daemon.start()
      let threads = clients.map { worker in Background { worker.work(daemon) } }
      // However slow the machine is: something has been done before the end comes.
      let before = clients.reduce(0) { $0 + $1.done }
      for _ in 0..<20_000 where clients.reduce(0, { $0 + $1.done }) < before + 20 { usleep(1_000) }
      usleep(.random(in: 0...100_000))
      daemon.kill()
      for thread in threads { thread.join() }
    }
    try daemon.start()
    let client = try daemon.client()
    do {
      #expect(try client.ask("admin.verify").code == 200)
    } catch {
      // What the daemon has said last tells why it is no more.
      Issue.record("\(error); \(daemon.exitStatus as Any): \(daemon.log.suffix(2_000))")
    }
    let seq = client.greeting["seq"].flatMap { UInt64($0) } ?? 0
    #expect(clients.allSatisfy { $0.acknowledged <= seq })
    for worker in clients { #expect(worker.problems.isEmpty, "\(worker.problems.prefix(3))") }
    #expect(clients.reduce(0) { $0 + $1.done } >= 20 * rounds)
  }
}

/// A client with keys that goes on after each kill, and asks again what it was not told.
private final class Worker: @unchecked Sendable {
  private let number: Int
  private var sent = 0
  /// The request whose outcome is not known.
  private var pending: String?
  /// The last one that was done.
  private var last: String?
  private(set) var acknowledged: UInt64 = 0
  private let lock = NSLock()
  private var count = 0
  private(set) var problems: [String] = []

  /// How many requests were done; may be asked while it works.
  var done: Int { lock.withLock { count } }

  init(number: Int) { self.number = number }

  func work(_ daemon: TestDaemon) {
    guard let client = try? daemon.client() else { return }
    if let last {
      guard let again = try? client.ask(last) else { return }
      if again["replayed"] != "yes" { problems.append("forgotten: \(last)") }
    }
    while true {
      let request = pending ?? next()
      pending = request
      guard let answer = try? client.ask(request), answer.code != 450 else { return }
      if !answer.isPositive { problems.append("\(request): \(answer.text)") }
      pending = nil
      last = request
      lock.withLock { count += 1 }
      acknowledged = max(acknowledged, answer["seq"].flatMap { UInt64($0) } ?? 0)
    }
  }

  private func next() -> String {
    sent += 1
    // A call of its own each time: a second arrival of one that waits would be refused.
    return "call.arrive w-\(number)-\(sent) queue=support key=w-\(number)-\(sent)"
  }
}

/// A thread that can be waited for.
private final class Background: @unchecked Sendable {
  private let finished = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () -> Void) {
    let finished = finished
    Thread.detachNewThread {
      body()
      finished.signal()
    }
  }

  func join() { finished.wait() }
}
