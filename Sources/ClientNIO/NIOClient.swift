public import Client
public import LineProtocol
public import NIOCore
import NIOPosix
import Vocabulary

/// A connection to the daemon on an event loop. Requests follow one another without waiting; their answers come in
/// their order. Usable from any thread.
///
/// Whoever is slow to take what is heard slows the daemon's socket down and nothing else: subscriptions catch up from
/// the daemon's disk.
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

  /// Connects to the daemon at `path`.
  /// - Parameters:
  ///   - group: Where its event loop is from.
  ///   - heard: Is given every event and notice.
  /// - Returns: the connection, when the daemon has greeted; or ``CommandFailure``: 69 there is no daemon, 77 it
  ///   refuses the user, 65 it is none.
  public static func connect(
    to path: String, on group: any EventLoopGroup, heard: @escaping Listener = { _ in }
  ) -> EventLoopFuture<NIOClient> {
    let loop = group.next()
    let greeting = loop.makePromise(of: ServerLine.self)
    return ClientBootstrap(group: loop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            ConversationHandler(path: path, greeting: greeting, heard: heard))
        }
      }
      .connect(unixDomainSocketPath: path)
      .flatMapErrorThrowing { error in
        let failure = CommandFailure(
          exitCode: CommandFailure.unavailable,
          description: "the daemon does not answer on \(path): \(error)")
        greeting.fail(failure)
        throw failure
      }
      .flatMap { channel in
        greeting.futureResult.flatMapThrowing { line in
          let handler = try channel.pipeline.syncOperations.handler(type: ConversationHandler.self)
          return NIOClient(line, channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
        }
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

  /// Ends the connection.
  public func close() { channel.close(promise: nil) }
}
