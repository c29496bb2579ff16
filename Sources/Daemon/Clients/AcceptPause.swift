import Logging
import NIOCore

/// Lets a listening socket rest for a moment when accepting fails, for want of descriptors or memory; then it is
/// tried again.
///
/// NIO's own `AcceptBackoffHandler` does not ask to read again too early, but leaves the socket registered, and
/// epoll(7) reports it again and again.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private static let pause = TimeAmount.milliseconds(100)

  private let logger: Logger
  private var isPaused = false
  /// A shortage that comes and goes, as a full one does, is logged once a minute.
  private var quietUntil = NIODeadline.distantPast

  init(_ logger: Logger) { self.logger = logger }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if quietUntil <= .now() {
      logger.warning("clients have to wait", metadata: ["error": "\(error)"])
      quietUntil = .now() + .minutes(1)
    }
    if isPaused { return }
    isPaused = true
    let channel = context.channel
    channel.setOption(.autoRead, value: false).whenFailure { _ in }
    let resume = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.pause) {
      resume.value.isPaused = false
      channel.setOption(.autoRead, value: true).whenFailure { _ in }
    }
  }
}
