import Client
import Foundation
import LineProtocol
import Testing
import Vocabulary

/// What clients can do to a daemon's descriptors and memory. How much that costs is measured by `make load`.
@Suite(.serialized) struct ExhaustionTests {
  /// A connection that has said nothing yet, and need not be answered.
  private func connection(_ daemon: TestDaemon) throws -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: daemon.socket.utf8) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(result == 0)
    return descriptor
  }

  /// What comes on `descriptor`; empty if nothing does for ten seconds.
  private func text(_ descriptor: Int32) -> String {
    var file = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&file, 1, 10_000) > 0 else { return "" }
    var chunk = [UInt8](repeating: 0, count: 4_096)
    let count = read(descriptor, &chunk, chunk.count)
    return String(decoding: chunk[..<max(0, count)], as: UTF8.self)
  }

  /// The lowest number that a new descriptor of the daemon could get: a limit of so many lets it open none.
  private func lowestFreeDescriptor(_ daemon: TestDaemon) throws -> Int {
    let path = "/proc/\(daemon.processIdentifier)/fd"
    let open = Set(try FileManager.default.contentsOfDirectory(atPath: path).compactMap { Int($0) })
    return try #require((0...open.count).first { !open.contains($0) })
  }

  /// The connection by which the test has seen that the daemon listens may be there for a moment more.
  private func awaitConnections(_ count: Int, _ client: Client) throws {
    var found: String?
    for _ in 0..<1_000 where found != "\(count)" {
      found = try client.ask("admin.status").rows.first?["connections"]
      usleep(10_000)
    }
    try #require(found == "\(count)")
  }

  /// Waits until the read model is open and has everything.
  private func awaitReadModel(_ client: Client) throws {
    for _ in 0..<1_000 {
      let row = try client.ask("admin.status").rows.first
      if let reported = row?["reported"], reported != "0", reported == row?["committed"] { return }
      usleep(10_000)
    }
    Issue.record("the read model is not opened")
  }

  private func limit(_ daemon: TestDaemon, _ count: Int) throws {
    let program = try Process.run(
      URL(filePath: "/usr/bin/prlimit"),
      arguments: ["--pid", "\(daemon.processIdentifier)", "--nofile=\(count):"])
    program.waitUntilExit()
    #expect(program.terminationStatus == 0)
  }

  @Test(
    "Few descriptors: who is in is served, who comes is told, and when one leaves there is room")
  func fewDescriptors() throws {
    let daemon = try TestDaemon()
    daemon.descriptorLimit = 64
    try daemon.start()
    let first = try daemon.client()
    try awaitConnections(1, first)
    var inside: [Client] = []
    var refusal = ""
    while inside.count < 64, refusal.isEmpty {
      do { inside.append(try daemon.client()) } catch let failure as CommandFailure {
        refusal = failure.description
      }
    }
    #expect(refusal.contains("there are \(inside.count + 1) connections"), "\(refusal)")
    #expect(inside.count > 8)
    for client in inside { #expect(try client.ask("ping").code == 200) }
    let room = FileManager.default.temporaryDirectory.appending(path: "rb-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: room) }
    #expect(try first.ask("admin.backup \(room.path)").code == 200, "it has files left for itself")
    inside.removeLast()
    var isLetIn = false
    for _ in 0..<1_000 where !isLetIn {
      isLetIn = (try? daemon.client()) != nil
      usleep(10_000)
    }
    #expect(isLetIn)
    #expect(try first.ask("agent.login alice").code == 200)
  }

  @Test("Accepting fails: the log says so once, and who waits is let in when another leaves")
  func acceptingFails() throws {
    let daemon = try TestDaemon().start()
    let first = try daemon.client()
    var second: Client? = try daemon.client()
    try awaitConnections(2, first)
    // It opens and closes files while it is being opened: what is free is not free for long.
    try awaitReadModel(first)
    try limit(daemon, try lowestFreeDescriptor(daemon))
    let waiting = try connection(daemon)
    defer { close(waiting) }
    for _ in 0..<1_000 where !daemon.log.contains("clients have to wait") { usleep(10_000) }
    try #require(daemon.log.contains("clients have to wait"), "\(daemon.log)")
    #expect(try first.ask("ping").code == 200)
    #expect(try second?.ask("ping").code == 200)
    // It is tried several times meanwhile.
    usleep(500_000)
    #expect(daemon.log.components(separatedBy: "clients have to wait").count == 2)
    second = nil
    #expect(text(waiting).hasPrefix("% hello"))
  }

  @Test("Sixteen subscriptions of one connection that does not read: all are told everything, once")
  func manySubscriptions() throws {
    let daemon = try TestDaemon().start()
    let admin = try daemon.client()
    try admin.ask("agent.login alice")
    let reader = try daemon.client(.monitor)
    for name in 0..<16 { try reader.ask("subscribe s\(name)") }
    let from = try #require(try admin.ask("ping")["seq"].flatMap { UInt64($0) })
    var burst = ""
    for i in 0..<2_000 {
      burst += "agent.\(i % 2 == 0 ? "ready alice" : "not-ready alice reason=lunch")\n"
    }
    admin.sendRaw(Array(burst.utf8))
    for _ in 0..<2_000 { _ = try admin.nextLine() }
    let last = try #require(try admin.ask("ping")["seq"].flatMap { UInt64($0) })
    #expect(last >= from + 2_000)
    var times: [UInt64: Int] = [:]
    var left = 16 * Int(last - from)
    while left > 0 {
      guard case .event(let seq, _, _) = try reader.nextLine() else { continue }
      times[seq, default: 0] += 1
      left -= 1
    }
    #expect(times.count == Int(last - from))
    #expect(times.values.allSatisfy { $0 == 16 })
    // Nothing is left over that would have been twice.
    var more = 0
    _ = try reader.ask(Request(verb: "ping")) { if case .event = $0 { more += 1 } }
    #expect(more == 0)
  }

  @Test("More requests than a batch takes, of clients that read late: each is answered, in order")
  func longReplies() throws {
    let daemon = try TestDaemon().start()
    let clients = try (0..<10).map { _ in try daemon.client() }
    let requests = (0..<70).map { "#t\($0) help\n" }.joined()
    for client in clients { client.sendRaw(Array(requests.utf8)) }
    // Somebody else is answered meanwhile.
    #expect(try daemon.client().ask("agent.login alice").code == 200)
    for client in clients {
      for number in 0..<70 {
        var line = try client.nextLine()
        while case .row(let tag, _) = line {
          #expect(tag == "t\(number)")
          line = try client.nextLine()
        }
        guard case .reply("t\(number)", 210, _, _) = line else {
          Issue.record("expected the reply to t\(number), got \(line)")
          return
        }
      }
    }
  }

  @Test("A filter has an end")
  func longFilter() throws {
    let daemon = try TestDaemon().start()
    let client = try daemon.client()
    let types = { (count: Int) in (0..<count).map { "x.\($0)" }.joined(separator: ",") }
    #expect(try client.ask("subscribe a types=\(types(32))").code == 200)
    #expect(try client.ask("subscribe b types=\(types(33))").code == 501)
    #expect(try client.ask("subscribe b types=\(String(repeating: "x", count: 33))").code == 501)
  }
}
