import Client
import LineProtocol
import NIOCore

/// Drives a ``Conversation`` on a channel: requests out, answers to whoever asked, everything else to one listener. On
/// the channel's event loop only.
final class ConversationHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    /// The daemon has not said who the client is.
    case connecting(EventLoopPromise<ServerLine>)
    /// It has.
    case open
    /// The connection is gone, and why.
    case closed(CommandFailure)
  }

  private let path: String
  private let heard: NIOClient.Listener
  private var state: State
  private var conversation = Conversation()
  /// Those who wait for an answer, in the order of their requests.
  private var waiting: CircularBuffer<EventLoopPromise<Conversation.Answer>> = []

  /// - Parameters:
  ///   - greeting: Is fulfilled with the greeting, or fails with why the daemon refuses.
  ///   - heard: Is given every event and notice after the greeting.
  init(
    path: String, greeting: EventLoopPromise<ServerLine>, heard: @escaping NIOClient.Listener
  ) {
    self.path = path
    self.heard = heard
    state = .connecting(greeting)
  }

  /// Sends a request; `promise` is fulfilled with its answer.
  func ask(
    _ request: Request, on channel: any Channel, _ promise: EventLoopPromise<Conversation.Answer>
  ) {
    if case .closed(let failure) = state { return promise.fail(failure) }
    waiting.append(promise)
    channel.writeAndFlush(channel.allocator.buffer(bytes: conversation.send(request).bytes))
      .whenFailure { _ in channel.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    conversation.receive(unwrapInboundIn(data).readableBytesView)
    do throws(LineError) {
      while let occurrence = try conversation.next() { take(occurrence, context) }
    } catch {
      end(CommandFailure(path, error))
      context.close(promise: nil)
    }
  }

  private func take(_ occurrence: Conversation.Occurrence, _ context: ChannelHandlerContext) {
    switch (occurrence, state) {
    case (.heard(let line), .connecting(let greeting)):
      state = .open
      greeting.succeed(line)
    case (.heard(let line), .open): heard(line)
    case (.answer(let answer, to: 0), _):
      // A reply to nothing that was asked: the daemon does not let us in, or a line of ours was none.
      end(
        CommandFailure(
          exitCode: CommandFailure.notPermitted, description: "\(path): \(answer.text)"))
      context.close(promise: nil)
    case (.answer(let answer, _), _): waiting.popFirst()?.succeed(answer)
    case (.heard, .closed): break
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(conversation.loss(of: path))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Who is closed with something unread sees an error of the socket, and may have heard why before.
    end(
      conversation.farewell == nil
        ? CommandFailure(exitCode: CommandFailure.unavailable, description: "\(path): \(error)")
        : conversation.loss(of: path))
    context.close(promise: nil)
  }

  /// The daemon has not greeted in time.
  func giveUp(on channel: any Channel) {
    guard case .connecting = state else { return }
    end(
      CommandFailure(
        exitCode: CommandFailure.unavailable,
        description: "\(path): the daemon does not greet; it may be starting, or hang"))
    channel.close(promise: nil)
  }

  /// The connection is ended from here.
  func close(_ channel: any Channel) {
    end(
      CommandFailure(
        exitCode: CommandFailure.unavailable, description: "\(path): the connection was closed"))
    channel.close(promise: nil)
  }

  /// Nothing is answered any more. Whoever waits is told why: what they asked may have been done.
  private func end(_ failure: CommandFailure) {
    if case .closed = state { return }
    if case .connecting(let greeting) = state { greeting.fail(failure) }
    state = .closed(failure)
    while let promise = waiting.popFirst() { promise.fail(failure) }
  }
}
