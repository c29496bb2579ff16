import Events
import Journal
import LineProtocol
import Logging
import NIOCore
import Reporting
import Switchboard

/// A connection with subscriptions: sends what they want, from memory while the client takes it, from the disk when
/// not.
final class Subscriber: CatchUp.Reader, @unchecked Sendable {
  /// Bytes of one batch that one client is sent from memory; what is more is read from the disk.
  private static let deliveryBytes = 128 * 1024
  /// Bytes of one read from the disk.
  private static let catchUpBytes = 64 * 1024
  /// Records of one read from the disk.
  private static let catchUpRecords = 20_000

  let connection: Connection
  private let context: ServerContext
  private let pipeline: Pipeline
  private let catchUp: CatchUp
  private var subscriptions: [Subscription] = []
  private var hasEnded = false

  init(
    _ connection: Connection, _ context: ServerContext, _ pipeline: Pipeline, _ catchUp: CatchUp
  ) {
    self.connection = connection
    self.context = context
    self.pipeline = pipeline
    self.catchUp = catchUp
  }

  // MARK: What it wants

  /// How many subscriptions there are.
  var count: Int { subscriptions.count }

  /// Whether there is one of this name.
  func has(_ name: String) -> Bool { subscriptions.contains { $0.name == name } }

  /// Begins a subscription, which is announced by a reply in the batch that is being filled.
  func add(_ subscription: Subscription) { subscriptions.append(subscription) }

  /// Ends the subscription of this name.
  /// - Returns: whether there was one.
  func remove(_ name: String) -> Bool {
    guard let index = subscriptions.firstIndex(where: { $0.name == name }) else { return false }
    subscriptions.remove(at: index)
    return true
  }

  /// Requests that go on with the subscriptions where they are.
  var continuations: [String] { subscriptions.map { $0.continuation(context.epoch) } }

  /// Ends all subscriptions. It may be while they are being served.
  func end() { hasEnded = true }

  /// The replies made so far belong to a batch that is complete.
  func seal() {
    for index in subscriptions.indices { subscriptions[index].seal() }
  }

  /// The replies of the complete batch have left; events may follow.
  func activate() {
    for index in subscriptions.indices {
      subscriptions[index].activate(committed: pipeline.committed)
    }
    catchUpIfBehind()
  }

  // MARK: From memory

  /// Whether it is to be sent what is committed.
  var isDue: Bool {
    !hasEnded && subscriptions.contains { $0.isActive && $0.follower.keepsUp }
  }

  /// Sends what it wants of the records of `delivery`.
  /// Writing to the channel may call back into this connection, never into the broadcast, whose delivery this is.
  /// - Parameter isShort: Whether there is no memory for more than is on its way already.
  func serve(_ delivery: inout Delivery<Subscriber>, isShort: () -> Bool) {
    guard !hasEnded, let last = delivery.records.last else { return }
    var buffer = connection.channel.allocator.buffer(capacity: 0)
    var cut: [Int] = []
    for index in subscriptions.indices {
      let subscription = subscriptions[index]
      if !subscription.follower.keepsUp || !subscription.isActive { continue }
      if !connection.channel.isWritable {
        fallBehind(index)
        continue
      }
      var next = last.seq + 1
      for record in delivery.records where subscription.follower.isDue(record) {
        if buffer.readableBytes >= Self.deliveryBytes || isShort() {
          next = record.seq
          cut.append(index)
          break
        }
        if subscription.wants(record) {
          buffer.writeBytes(
            delivery.line(record) { record.write(pipeline.board.directory, to: &$0) })
        }
      }
      subscriptions[index].follower.take(before: next)
      if next <= last.seq { subscriptions[index].follower.fallBehind() }
    }
    if buffer.readableBytes > 0 { connection.write(buffer) }
    // Who takes at once what there is in memory is not slow, and hears nothing of how the rest is read.
    if !connection.channel.isWritable { for index in cut { tellOfLag(index) } }
    catchUpIfBehind()
  }

  /// A slow reader is sent the rest from the disk; nothing is dropped and nobody waits for it.
  private func fallBehind(_ index: Int) {
    subscriptions[index].follower.fallBehind()
    tellOfLag(index)
  }

  private func tellOfLag(_ index: Int) {
    let subscription = subscriptions[index]
    let behind = subscription.follower.lag(behind: pipeline.committed)
    context.logger.info(
      "a subscriber is slow",
      metadata: [
        "message-id": LogMessage.slowSubscriber, "user": "\(connection.session?.user ?? "")",
        "behind": "\(behind)",
      ])
    connection.tell { writer in
      writer.notice("lag")
      writer.option("subscription", subscription.name)
      writer.option("behind", Int(clamping: behind))
      writer.option("mode", "catch-up")
      writer.end()
    }
  }

  // MARK: From the disk

  /// Reads on for the subscriptions that are behind, when it is its turn.
  func catchUpIfBehind() { if nextToRead != nil { catchUp.ask(self) } }

  /// The subscription that is furthest behind, if one is and the client takes what it is sent.
  private var nextToRead: Int? {
    guard connection.channel.isWritable, connection.channel.isActive, !pipeline.hasFailed,
      !connection.isSuspended, !hasEnded
    else { return nil }
    return subscriptions.indices
      .filter { subscriptions[$0].isActive && subscriptions[$0].follower.wantsRead }
      .min { subscriptions[$0].follower.next < subscriptions[$1].follower.next }
  }

  var isUrgent: Bool { false }

  func beginRead(_ over: @escaping @Sendable () -> Void) -> Bool {
    guard let index = nextToRead else { return false }
    subscriptions[index].follower.beginRead()
    let (subscription, directory) = (subscriptions[index], pipeline.board.directory)
    context.keeper.run({ journal in
      var writer = LineWriter()
      var left = Self.catchUpRecords
      let next = try journal.follow(from: subscription.follower.next) { record in
        if subscription.wants(record) { record.write(directory, to: &writer) }
        left -= 1
        return writer.bytes.count < Self.catchUpBytes && left > 0
      }
      return (writer.bytes, next)
    }) { [self] (result: Result<([UInt8], UInt64), any Error>) in
      finishRead(of: subscription, result)
      over()
    }
    return true
  }

  private func finishRead(
    of subscription: Subscription, _ result: Result<([UInt8], UInt64), any Error>
  ) {
    // It may have been ended meanwhile, and another of its name begun.
    guard !connection.isSuspended, !hasEnded,
      let index = subscriptions.firstIndex(where: {
        $0.name == subscription.name && $0.follower.isReading
      })
    else { return }
    let read = try? result.get()
    subscriptions[index].follower.endRead(at: read?.1, committed: pipeline.committed)
    if case .failure(JournalError.archived(let through)) = result {
      subscriptions.remove(at: index)
      connection.tellOfEnd(of: subscription.name, .archived(through: through))
      return catchUpIfBehind()
    }
    guard let read else { return }
    connection.write(read.0)
    catchUpIfBehind()
  }

  // MARK: Still there

  /// Tells how far the client is.
  func beat() {
    connection.noteProgress()
    // Where a read has failed, it is tried again.
    catchUpIfBehind()
    guard let last = subscriptions.min(by: { $0.follower.next < $1.follower.next }) else { return }
    connection.tell { writer in
      writer.notice("at")
      writer.option("seq", Int(clamping: last.follower.next - 1))
      writer.option("lag", Int(clamping: last.follower.lag(behind: pipeline.committed)))
      writer.end()
    }
  }

  /// Whether there is a subscription of which the client knows.
  var isActive: Bool { subscriptions.contains { $0.isActive } }
}
