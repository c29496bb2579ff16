import Client
import Glibc
import LineProtocol
import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import Testing
import Vocabulary

@testable import ClientNIO

/// The driver on an event loop, against bytes that a test sends.
@Suite struct NIOClientTests {
  private final class Log: Sendable {
    private let lines = Mutex<[ServerLine]>([])
    func add(_ line: ServerLine) { lines.withLock { $0.append(line) } }
    var all: [ServerLine] { lines.withLock { $0 } }
  }

  private let channel = EmbeddedChannel()
  private let log = Log()
  private let greeting: EventLoopFuture<ServerLine>
  private let handler: ConversationHandler

  init() throws {
    let promise = channel.eventLoop.makePromise(of: ServerLine.self)
    greeting = promise.futureResult
    handler = ConversationHandler(path: "s", greeting: promise) { [log] in log.add($0) }
    try channel.pipeline.syncOperations.addHandler(handler)
    try channel.connect(to: SocketAddress(unixDomainSocketPath: "s")).wait()
  }

  private func say(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

  private func ask(_ verb: SessionVerb) -> EventLoopFuture<Conversation.Answer> {
    let promise = channel.eventLoop.makePromise(of: Conversation.Answer.self)
    handler.ask(Request(.question(.session(verb))), on: channel, promise)
    return promise.futureResult
  }

  private func failure<T: Sendable>(_ future: EventLoopFuture<T>) -> CommandFailure? {
    var failure: CommandFailure?
    do { _ = try future.wait() } catch { failure = error as? CommandFailure }
    return failure
  }

  @Test("Requests follow one another, answers come to whoever asked, events to the listener")
  func conversation() throws {
    try say("% hello proto=1 role=admin\n! 1 call.arr")
    #expect(try greeting.wait()["role"] == "admin")
    let (ping, status) = (ask(.ping), ask(.status))
    #expect(try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) } == "ping\n")
    #expect(
      try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) } == "admin.status\n")
    try say("ived at=2026-11-30T08:00:00.000000Z queue=q\n+ 200 ok seq=1\n* calls=2\n")
    #expect(try ping.wait()["seq"] == "1")
    try say("% at seq=1 lag=0\n+ 210 rows rows=1 at=1\n")
    #expect(try status.wait().rows.map { $0["calls"] } == ["2"])
    #expect(log.all.count == 2)
    guard case .event(1, "call.arrived", _) = log.all[0], case .notice("at", _) = log.all[1] else {
      Issue.record("\(log.all)")
      return
    }
  }

  @Test("Who is refused hears why, and so does whoever asks then")
  func refused() throws {
    try say("- 530 forbidden text=\"user joe has no role\"\n")
    #expect(failure(greeting)?.exitCode == 77)
    #expect(failure(greeting)?.description == "s: user joe has no role")
    #expect(!channel.isActive)
    #expect(failure(ask(.ping))?.exitCode == 77)
  }

  @Test("When the connection goes, nobody waits for ever; a farewell says why")
  func lost() throws {
    try say("% hello proto=1\n")
    let ping = ask(.ping)
    channel.close(promise: nil)
    channel.embeddedEventLoop.run()
    #expect(failure(ping)?.exitCode == 69)
    #expect(failure(ping)?.description == "s: the daemon closed the connection")
  }

  @Test("A farewell is told to those who still wait")
  func farewell() throws {
    try say("% hello proto=1\n")
    let ping = ask(.ping)
    try say("% role role=none user=joe text=\"user joe has no role any more\"\n")
    channel.close(promise: nil)
    channel.embeddedEventLoop.run()
    #expect(failure(ping)?.exitCode == 77)
    #expect(failure(ping)?.description == "s: user joe has no role any more")
  }

  @Test("An error of the socket after a farewell says what the farewell said")
  func reset() throws {
    try say("% hello proto=1\n% role role=none user=joe text=\"no role any more\"\n")
    let ping = ask(.ping)
    channel.pipeline.fireErrorCaught(ChannelError.ioOnClosedChannel)
    #expect(failure(ping)?.exitCode == 77 && !channel.isActive)
  }

  @Test("Who ends the connection is told so, and nobody else is blamed")
  func closedHere() throws {
    try say("% hello proto=1\n")
    let ping = ask(.ping)
    handler.close(channel)
    #expect(failure(ping)?.description == "s: the connection was closed" && !channel.isActive)
  }

  @Test("A daemon that does not greet is given up")
  func silent() async throws {
    let path = "/tmp/rota-silent-\(UInt64.random(in: 0 ... .max))"
    let group = MultiThreadedEventLoopGroup.singleton
    let listener = try await ServerBootstrap(group: group).bind(unixDomainSocketPath: path).get()
    let failure = await #expect(throws: CommandFailure.self) {
      _ = try await NIOClient.connect(to: path, on: group, patience: .milliseconds(50)).get()
    }
    #expect(failure?.exitCode == 69 && failure?.description.contains("does not greet") == true)
    try await listener.close()
    unlink(path)
  }

  @Test("What is no line of the protocol ends the connection")
  func garbage() throws {
    try say("% hello proto=1\n")
    let ping = ask(.ping)
    try say("HTTP/1.1 400 Bad Request\n")
    #expect(failure(ping)?.exitCode == 65 && !channel.isActive)
  }

  @Test("Where nobody listens, the daemon is not there")
  func nobody() throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let failure = failure(NIOClient.connect(to: "/nonexistent/control.sock", on: group))
    #expect(failure?.exitCode == 69)
    #expect(failure?.description.hasPrefix("the daemon does not answer on /nonexistent") == true)
  }
}
