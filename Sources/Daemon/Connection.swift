import Base
import LineProtocol
import NIOCore
import Routing

/// One client: its half-read line, its replies not yet sent, its subscriptions. Lives on the event loop.
final class Connection: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer

  /// Stop reading from a client that has this much unread.
  static let maxUnsent = 64 * 1024
  /// Close after this many lines that are none.
  private static let maxFramingErrors = 3

  let id: ObjectIdentifier
  let channel: any Channel
  /// Who is at the other end.
  var peer: Peer?
  var session: Session?
  /// Whether a new configuration has left it no role: nothing is done for it any more.
  var isExpelled = false
  /// Whether it was let in as one of those for whom some are reserved.
  var isOfService = false
  /// Replies to requests of the batch that is being filled.
  var output = LineWriter()
  /// The tags of those replies, for the case that their outcome becomes unknown.
  var unanswered: [String?] = []
  var subscriptions: [Subscription] = []
  /// When the client last took something of what it had left unread.
  var lastProgress = Instant.distantPast
  /// When the oldest of the input not yet carried out came in; `within=` counts from here.
  private(set) var inputSince = Instant.distantPast
  /// Whether an answer is being made elsewhere; requests after it wait.
  private(set) var isBusy = false
  var isClosing = false
  /// Whether the connection waits for the next process of the service: nothing is read any more.
  private(set) var isSuspended = false
  /// The kernel's number for the socket, once everything owed has left and the connection is to be kept.
  var cookie: UInt64?
  /// The request by which rights were given up.
  var rightsGivenUp: Request?
  /// Whether replies wait for their batch to be on disk.
  var isAwaitingCommit = false
  /// Whether its requests wait for a later turn of the loop; see ``Server/resumeLater(_:)``.
  var isWaitingForRoom = false
  var isWaitingToCatchUp = false
  /// Bytes written that the client has not taken, as of the last look.
  private(set) var unsent = 0
  private var writesSinceLook = 0

  private unowned let server: Server
  private var input: [UInt8] = []
  private var isSkippingLine = false
  private var framingErrors = 0
  private var isInputClosed = false
  private var isReadingPaused = false

  /// What an earlier process of the service has left of this connection.
  private(set) var inheritance: SuspendedConnection?
  private let identify: @Sendable (any Channel) -> EventLoopFuture<Peer>

  /// - Parameters:
  ///   - inheritance: What an earlier process of the service has left of this connection.
  ///   - identify: Tells who is at the other end.
  init(
    _ channel: any Channel, server: Server, inheritance: SuspendedConnection? = nil,
    identify: @escaping @Sendable (any Channel) -> EventLoopFuture<Peer>
  ) {
    self.channel = channel
    self.inheritance = inheritance
    self.identify = identify
    self.server = server
    id = ObjectIdentifier(channel)
  }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    identify(channel).whenComplete { [self] result in
      switch result {
      case .success(let peer):
        server.admit(self, peer)
        readLines()
      case .failure: channel.close(promise: nil)
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    lookAtUnsent()
    server.forget(self)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    if input.isEmpty { inputSince = server.now() }
    input.append(contentsOf: buffer.readableBytesView)
    if !isBusy { readLines() }
    updateReading()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    lookAtUnsent()
    guard context.channel.isWritable else { return updateReading() }
    lastProgress = server.now()
    server.catchUp(self)
    didSend()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      isInputClosed = true
      closeIfInputIsDone()
    }
  }

  /// The client has said its last word: what it asked is answered, then the connection is closed.
  private func closeIfInputIsDone() {
    guard isInputClosed, !isBusy, !isClosing, !isSuspended, !input.contains(0x0A) else { return }
    server.closeWhenAnswered(self)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Goes on reading, or leaves the client's data to the kernel while the client does not take its
  /// replies or an answer is being waited for.
  private func updateReading() {
    let isPaused =
      isBusy || isClosing || isSuspended || isWaitingForRoom || !channel.isWritable
      || output.bytes.count >= Self.maxUnsent
    if isPaused == isReadingPaused { return }
    isReadingPaused = isPaused
    channel.setOption(.autoRead, value: !isPaused).whenFailure { _ in }
  }

  /// After replies have left: there may be room again.
  func didSend() {
    if !isBusy, !isWaitingForRoom, input.contains(0x0A) { server.resumeLater(self) }
    closeIfInputIsDone()
    updateReading()
  }

  /// Goes on with the requests that have waited for room.
  func goOn() {
    isWaitingForRoom = false
    if !isBusy { readLines() }
    closeIfInputIsDone()
    updateReading()
  }

  // MARK: Output

  /// Sends lines.
  func write(_ bytes: [UInt8]) {
    var buffer = channel.allocator.buffer(capacity: bytes.count)
    buffer.writeBytes(bytes)
    write(buffer)
  }

  /// Sends lines.
  func write(_ buffer: ByteBuffer) {
    channel.writeAndFlush(buffer, promise: nil)
    // Looking costs as much as a short reply; what a few of those may hide is little.
    writesSinceLook += 1
    if buffer.readableBytes >= 4_096 || unsent > 0 || writesSinceLook >= 16 { lookAtUnsent() }
  }

  /// Closes the connection once what has been written has left.
  func closeWhenSent() {
    // Writes keep their order: when an empty one is through, so is all before it.
    channel.writeAndFlush(channel.allocator.buffer(capacity: 0)).whenComplete { [channel] _ in
      channel.close(promise: nil)
    }
  }

  /// Finds out how much the client has not taken.
  func lookAtUnsent() {
    writesSinceLook = 0
    let bytes = try? channel.syncOptions?.getOption(.bufferedWritableBytes)
    setUnsent(channel.isActive ? bytes ?? 0 : 0)
  }

  /// Closes the connection, whatever the client has not taken.
  func abandon() {
    channel.close(promise: nil)
    setUnsent(0)
  }

  private func setUnsent(_ bytes: Int) {
    let change = bytes - unsent
    unsent = bytes
    if change < 0 { lastProgress = server.now() }
    if change != 0 { server.unsentChanged(by: change) }
  }

  // MARK: Lines

  private func readLines() {
    var start = 0
    while session != nil, !isBusy, !isClosing, !isSuspended, channel.isWritable,
      output.bytes.count < Self.maxUnsent,
      let end = input[start...].firstIndex(of: 0x0A), server.hasRoom(for: self)
    {
      if isSkippingLine {
        isSkippingLine = false
      } else {
        server.receive(input[start..<end], from: self)
      }
      start = end + 1
    }
    if start > 0 { forgetInput(start) }
    if !isBusy, input.count >= Limits.maxLine, !input.contains(0x0A) {
      input = []
      if !isSkippingLine { server.refuse(.lineTooLong, to: self) }
      isSkippingLine = true
    }
  }

  /// What has been carried out is forgotten, and so is the memory that a burst has needed.
  private func forgetInput(_ count: Int) {
    if count < input.count {
      input.removeFirst(count)
    } else if input.capacity > 1_024 {
      input = []
    } else {
      input.removeAll(keepingCapacity: true)
    }
  }

  /// A line that is none: after a few, the connection is closed.
  func countFramingError() {
    framingErrors += 1
    if framingErrors >= Self.maxFramingErrors { server.closeWhenAnswered(self) }
  }

  /// The replies made so far belong to a batch that is complete, and so do those that announce subscriptions.
  func sealAnnouncements() {
    for index in subscriptions.indices where subscriptions[index].announcement == .inBatch {
      subscriptions[index].announcement = .sealed
    }
  }

  /// Holds further requests until ``resume()``, so that replies stay in order. The reply to this one belongs to
  /// a later batch.
  func pause() {
    isBusy = true
    if !unanswered.isEmpty { unanswered.removeLast() }
  }

  /// Goes on with the requests that have come in meanwhile.
  func resume() {
    isBusy = false
    readLines()
    if isExpelled { server.closeWhenAnswered(self) }
    server.scheduleFlush()
    closeIfInputIsDone()
    server.closeIfAnswered(self)
    updateReading()
  }

  /// Has what has come in refused, and closes.
  func refuseRest() {
    // Otherwise after what is being answered elsewhere.
    if isBusy { return }
    readLines()
    server.closeWhenAnswered(self)
  }

  // MARK: From one process to the next

  /// Reads no more; what has been asked is still answered.
  func suspend() {
    isSuspended = true
    updateReading()
  }

  /// What the next process needs to go on; `nil` if the client has not taken all it was owed.
  var remains: SuspendedConnection? {
    guard let cookie, !isBusy, channel.isActive else { return nil }
    return SuspendedConnection(
      cookie: cookie,
      setup: [rightsGivenUp?.line].compactMap { $0 }
        + subscriptions.map { $0.continuation(server.epoch) },
      rights: session.map { server.identity($0) },
      input: input, isSkippingLine: isSkippingLine, framingErrors: framingErrors)
  }

  /// Goes on where the process before this one stopped.
  func takeUp(_ remains: SuspendedConnection) {
    inheritance = nil
    input = remains.input + input
    isSkippingLine = remains.isSkippingLine
    framingErrors = remains.framingErrors
    inputSince = server.now()
  }
}
