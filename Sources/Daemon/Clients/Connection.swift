import Base
import LineProtocol
import NIOCore
import Routing

/// One client's end of a socket: bytes in, lines to ``Server``, replies out in their order. Lives on the event loop.
final class Connection: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer

  /// Stop reading from a client that has this much unread.
  static let maxUnsent = 64 * 1024

  /// Its number: those of connections that come later are higher.
  let id: Int
  let channel: any Channel
  /// Who is at the other end; `nil`: nobody has been let in yet.
  private(set) var session: Session?
  /// When the client last took something of what it had left unread.
  private(set) var lastProgress = Instant.distantPast
  /// When the oldest of the input not yet carried out came in; `within=` counts from here.
  private(set) var inputSince = Instant.distantPast
  /// Whether an answer is being made elsewhere; requests after it wait.
  private(set) var isBusy = false
  /// Whether nothing more is read, and the connection ends when everything it is owed has left.
  private(set) var isClosing = false
  /// Whether the connection waits for the next process of the service: nothing is read any more.
  private(set) var isSuspended = false
  /// Bytes written that the client has not taken, as of the last look.
  private(set) var unsent = 0
  /// What an earlier process of the service has left of this connection.
  private(set) var inheritance: SuspendedConnection?

  private unowned let server: Server
  private let identify: Identification
  private var outbox = Outbox()
  private var input = LineInput()
  private var writesSinceLook = 0
  private var isWaitingForRoom = false
  private var isInputClosed = false
  private var isReadingPaused = false
  /// The kernel's number for the socket, once everything owed has left and the connection is to be kept.
  private var cookie: UInt64?

  /// Tells who the kernel says is at the other end.
  typealias Identification = @Sendable (any Channel) -> EventLoopFuture<Peer.Credentials>

  /// - Parameters:
  ///   - inheritance: What an earlier process of the service has left of this connection.
  ///   - identify: Tells who is at the other end.
  init(
    _ channel: any Channel, server: Server, inheritance: SuspendedConnection? = nil,
    identify: @escaping Identification = { Peer.credentials(of: $0) }
  ) {
    self.channel = channel
    self.inheritance = inheritance
    self.identify = identify
    self.server = server
    id = server.drawConnectionNumber()
  }

  // MARK: What the channel tells

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    server.whoIs(identify(channel)).whenComplete { [self] result in
      switch result {
      case .success(let peer):
        server.admit(self, peer)
        readLines()
        updateReading()
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
    if input.bytes.isEmpty { inputSince = server.now() }
    input.append(buffer.readableBytesView)
    if !isBusy { readLines() }
    updateReading()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    lookAtUnsent()
    guard context.channel.isWritable else { return updateReading() }
    noteProgress()
    server.hasRoomAgain(self)
    goOnIfLinesWait()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      isInputClosed = true
      closeIfInputIsDone()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// The client has said its last word: what it asked is answered, then the connection is closed.
  private func closeIfInputIsDone() {
    guard isInputClosed, !isBusy, !isClosing, !isSuspended, !input.hasLine else { return }
    closeWhenAnswered()
  }

  /// Goes on reading, or leaves the client's data to the kernel while the client does not take its
  /// replies or an answer is being waited for.
  private func updateReading() {
    // Before it is known who that is, nobody has a right to the daemon's memory.
    let isEarly = session == nil && input.bytes.count >= Self.maxUnsent
    let isPaused =
      isBusy || isClosing || isSuspended || isWaitingForRoom || !channel.isWritable || isEarly
      || outbox.count >= Self.maxUnsent
    if isPaused == isReadingPaused { return }
    isReadingPaused = isPaused
    channel.setOption(.autoRead, value: !isPaused).whenFailure { _ in }
  }

  // MARK: Who it is

  /// Lets somebody in.
  func enter(_ session: Session) {
    self.session = session
    noteProgress()
  }

  /// What its user may do has changed.
  func change(_ session: Session) { self.session = session }

  /// The client reads.
  func noteProgress() { lastProgress = server.now() }

  // MARK: Lines

  private func readLines() {
    while session != nil, !isBusy, !isClosing, !isSuspended, channel.isWritable,
      outbox.count < Self.maxUnsent, input.hasLine, server.hasRoom(for: self),
      let line = input.next()
    {
      server.receive(line, from: self)
    }
    input.forgetTaken()
    if !isBusy, input.dropTooLong(Limits.maxLine) { server.refuse(.lineTooLong, to: self) }
  }

  /// A line was none: after a few, the connection is closed.
  func countFramingError() {
    if input.countFramingError() { closeWhenAnswered() }
  }

  private func goOnIfLinesWait() {
    if !isBusy, !isWaitingForRoom, input.hasLine { server.resumeLater(self) }
    closeIfInputIsDone()
    updateReading()
  }

  /// Lets its requests wait for a later turn of the loop.
  /// - Returns: whether they do not wait already.
  func waitForRoom() -> Bool {
    defer { isWaitingForRoom = true }
    return !isWaitingForRoom
  }

  /// Goes on with the requests that have waited for room.
  func goOn() {
    isWaitingForRoom = false
    if !isBusy { readLines() }
    closeIfInputIsDone()
    updateReading()
  }

  // MARK: Replies

  /// A reply to the request with `tag` belongs to the batch that is being filled.
  /// - Returns: whether it is the first of this connection in that batch.
  func expectReply(to tag: String?) -> Bool { outbox.expect(tag) }

  /// Writes into the replies of the batch that is being filled. `body` asks nothing else of this connection.
  func reply<T>(_ body: (inout LineWriter) throws -> T) rethrows -> T {
    try body(&outbox.writer)
  }

  /// Bytes of replies in the batch that is being filled.
  var replyCount: Int { outbox.count }

  /// The replies from byte `start` on of the batch that is being filled.
  func replies(from start: Int) -> ArraySlice<UInt8> { outbox.writer.bytes[start...] }

  /// The batch is closed.
  func sealReplies() -> Outbox.Sealed { outbox.seal() }

  /// Sends the replies of a batch that is on disk.
  func send(_ replies: Outbox.Sealed) {
    write(replies.bytes)
    outbox.didSend()
  }

  /// After replies have left: there may be room again, or nothing more to wait for.
  func didSend() {
    goOnIfLinesWait()
    closeIfAnswered()
  }

  /// Holds further requests until ``resume()``, so that replies stay in order. The reply to this one belongs to
  /// a later batch.
  func pause() {
    isBusy = true
    outbox.withdraw()
  }

  /// Goes on with the requests that have come in meanwhile.
  func resume() {
    isBusy = false
    readLines()
    if session?.isExpelled ?? false { closeWhenAnswered() }
    closeIfInputIsDone()
    closeIfAnswered()
    updateReading()
  }

  // MARK: Output

  /// Sends lines.
  func write(_ bytes: [UInt8]) {
    var buffer = channel.allocator.buffer(capacity: bytes.count)
    buffer.writeBytes(bytes)
    write(buffer)
  }

  /// Sends a line that answers nothing.
  func tell(_ body: (inout LineWriter) -> Void) {
    var writer = LineWriter()
    body(&writer)
    write(writer.bytes)
  }

  /// Sends lines.
  func write(_ buffer: ByteBuffer) {
    channel.writeAndFlush(buffer, promise: nil)
    // Looking costs as much as a short reply; what a few of those may hide is little.
    writesSinceLook += 1
    if buffer.readableBytes >= 4_096 || unsent > 0 || writesSinceLook >= 16 { lookAtUnsent() }
  }

  /// Finds out how much the client has not taken.
  func lookAtUnsent() {
    writesSinceLook = 0
    let bytes = try? channel.syncOptions?.getOption(.bufferedWritableBytes)
    setUnsent(channel.isActive ? bytes ?? 0 : 0)
  }

  private func setUnsent(_ bytes: Int) {
    let change = bytes - unsent
    unsent = bytes
    if change < 0 { noteProgress() }
    if change != 0 { server.unsentChanged(by: change) }
  }

  // MARK: The end

  /// Reads no more, and closes after the replies that are due.
  func closeWhenAnswered() {
    isClosing = true
    closeIfAnswered()
  }

  /// Reads no more; the connection is closed later.
  func readNoMore() { isClosing = true }

  /// Closes a connection that is to be closed once everything it is owed has left.
  func closeIfAnswered() {
    if isClosing, outbox.isEmpty, !isBusy { closeWhenSent() }
  }

  /// Closes the connection once what has been written has left.
  func closeWhenSent() {
    // Writes keep their order: when an empty one is through, so is all before it.
    channel.writeAndFlush(channel.allocator.buffer(capacity: 0)).whenComplete { [channel] _ in
      channel.close(promise: nil)
    }
  }

  /// Closes the connection, whatever the client has not taken.
  func abandon() {
    channel.close(promise: nil)
    setUnsent(0)
  }

  /// Has what has come in refused, and closes.
  func refuseRest() {
    // Otherwise after what is being answered elsewhere.
    if isBusy { return }
    readLines()
    closeWhenAnswered()
  }

  // MARK: From one process to the next

  /// Reads no more; what has been asked is still answered.
  func suspend() {
    isSuspended = true
    updateReading()
  }

  /// Waits until the client has taken what it is owed, and notes by which number the socket is known again.
  func settle(_ keeping: Keeping) -> EventLoopFuture<Void> {
    channel.writeAndFlush(channel.allocator.buffer(capacity: 0))
      .flatMap { [channel] in keeping.cookie(channel) }
      .map { [self] in cookie = $0 }
  }

  /// What the next process needs to go on; `nil` if the client has not taken all it was owed.
  /// - Parameter setup: Requests that make the new connection what this one is.
  func remains(setup: [String], rights: String?) -> SuspendedConnection? {
    guard let cookie, !isBusy, channel.isActive else { return nil }
    return SuspendedConnection(
      cookie: cookie, setup: setup, rights: rights, input: input.bytes,
      isSkippingLine: input.isSkippingLine, framingErrors: input.framingErrors)
  }

  /// Goes on where the process before this one stopped.
  func takeUp(_ remains: SuspendedConnection) {
    inheritance = nil
    input = LineInput(remains, then: input)
    inputSince = server.now()
  }
}
