public import Client
public import LineProtocol
public import NIOCore
import NIOPosix

/// A connection to the daemon on an event loop. Requests follow one another without waiting; their answers come in
/// their order. Usable from any thread.
///
/// What is heard is given to a listener on the loop: one that takes long holds up everything else there, and is what
/// keeps more from being read; one that hands on to a queue has to bound that itself. Subscriptions that are slow catch up
/// from the daemon's disk. A connection that nobody holds any more is closed.
public final class NIOClient: Sendable {
  /// Is given events and notices, on the connection's event loop.
  public typealias Listener = @Sendable (ServerLine) -> Void

  /// What the daemon said first: `% hello` with role, version and position.
  public let greeting: ServerLine
  private let channel: any Channel
  private let handler: NIOLoopBound<ConversationHandler>

  private init(
    _ greeting: ServerLine, _ channel: any Channel, _ handler: NIOLoopBound<ConversationHandler>
  ) {
    self.greeting = greeting
    self.channel = channel
    self.handler = handler
  }

  deinit { channel.close(promise: nil) }

  /// Connects to the daemon at `path`.
  /// - Parameters:
  ///   - group: Where its event loop is from.
  ///   - patience: How long the daemon has to greet: the socket unit takes connections before it runs.
  ///   - heard: Is given every event and notice.
  /// - Returns: the connection, when the daemon has greeted; or ``CommandFailure``: 69 there is no daemon, or it does not
  ///   greet, 77 it refuses the user, 65 it is none.
  public static func connect(
    to path: String, on group: any EventLoopGroup, patience: TimeAmount = .seconds(10),
    heard: @escaping Listener = { _ in }
  ) -> EventLoopFuture<NIOClient> {
    let loop = group.next()
    return loop.flatSubmit {
      let greeting = loop.makePromise(of: ServerLine.self)
      let handler = NIOLoopBound(
        ConversationHandler(path: path, greeting: greeting, heard: heard), eventLoop: loop)
      let connected = ClientBootstrap(group: loop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(handler.value)
          }
        }
        .connect(unixDomainSocketPath: path)
      connected.whenFailure { error in
        greeting.fail(
          CommandFailure(
            exitCode: CommandFailure.unavailable,
            description: "the daemon does not answer on \(path): \(error)"))
      }
      let limit = loop.scheduleTask(in: patience) {
        connected.whenSuccess { handler.value.giveUp(on: $0) }
      }
      greeting.futureResult.whenComplete { _ in limit.cancel() }
      return greeting.futureResult.and(connected).map { NIOClient($0, $1, handler) }
    }
  }

  /// Sends a request.
  /// - Returns: its answer; or ``CommandFailure``: the connection is gone, and nobody knows what was done of it. A
  ///   command with a key can be sent again.
  public func ask(_ request: Request) -> EventLoopFuture<Conversation.Answer> {
    let loop = channel.eventLoop
    let promise = loop.makePromise(of: Conversation.Answer.self)
    loop.execute { [channel, handler] in handler.value.ask(request, on: channel, promise) }
    return promise.futureResult
  }

  /// Is fulfilled when the connection is gone.
  public var closed: EventLoopFuture<Void> { channel.closeFuture }

  /// Ends the connection, after the requests that were sent before. Whoever waits for an answer is told.
  public func close() {
    channel.eventLoop.execute { [channel, handler] in handler.value.close(channel) }
  }
}
