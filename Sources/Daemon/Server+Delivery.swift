import Switchboard
import Events
import LineProtocol
import NIOCore
import Reporting

/// Committed records on their way to the subscribers.
struct Delivery {
  /// What is being sent.
  var records: [Record] = []
  /// Those who have not been sent it yet.
  var waiting: [Connection] = []
  /// The records as lines, made once however many subscribers there are.
  var lines: [UInt64: [UInt8]] = [:]
  /// What comes after that.
  var next: [Record] = []
  /// Whether a later turn of the loop goes on with it.
  var isDue = false
}

// Subscribers are served a few at a time, so that commands do not wait for all of them.

extension Server {
  /// Subscribers served in one turn of the loop.
  private static let subscribersPerTurn = 32
  /// Until the next turn: the loop looks at its clients only when nothing is due at once.
  private static let pause = TimeAmount.microseconds(100)
  /// Bytes of one batch that one client is sent from memory; what is more is read from the disk.
  private static let deliveryBytes = 128 * 1024

  /// Sends committed records to the subscribers that are up to date.
  func deliver(_ records: [Record]) {
    if records.isEmpty { return }
    delivery.next += records
    if isStopping {
      deliverAll()
    } else if !delivery.isDue {
      deliverToSome()
    }
  }

  /// Sends what there is to send, to everybody, now.
  func deliverAll() {
    while let connection = nextToServe() { serve(connection) }
  }

  private func deliverToSome() {
    for _ in 0..<Self.subscribersPerTurn {
      guard let connection = nextToServe() else { return }
      serve(connection)
    }
    delivery.isDue = true
    loop.scheduleTask(in: Self.pause) { [self] in
      delivery.isDue = false
      deliverToSome()
    }
  }

  /// Who is served next; when everybody has been, with the records that have come since.
  private func nextToServe() -> Connection? {
    while true {
      if let connection = delivery.waiting.popLast() { return connection }
      delivery.records = delivery.next
      delivery.lines.removeAll()
      delivery.next.removeAll()
      if delivery.records.isEmpty { return nil }
      delivery.waiting = subscribers.values.filter { connection in
        connection.subscriptions.contains { $0.isActive && !$0.isCatchingUp }
      }
    }
  }

  private func serve(_ connection: Connection) {
    guard let last = delivery.records.last else { return }
    var buffer = connection.channel.allocator.buffer(capacity: 0)
    var cut: [Int] = []
    for index in connection.subscriptions.indices {
      let subscription = connection.subscriptions[index]
      if subscription.isCatchingUp || !subscription.isActive { continue }
      if !connection.channel.isWritable {
        fallBehind(connection, index)
        continue
      }
      var next = max(subscription.next, last.seq + 1)
      for record in delivery.records where record.seq >= subscription.next {
        if buffer.readableBytes >= Self.deliveryBytes || hasMuchUnsent {
          next = record.seq
          connection.subscriptions[index].isCatchingUp = true
          cut.append(index)
          break
        }
        if subscription.wants(record) { buffer.writeBytes(line(record)) }
      }
      connection.subscriptions[index].next = next
    }
    if buffer.readableBytes > 0 { connection.write(buffer) }
    // Who takes at once what there is in memory is not slow, and hears nothing of how the rest is read.
    if !connection.channel.isWritable { for index in cut { fallBehind(connection, index) } }
    catchUp(connection)
  }

  private func line(_ record: Record) -> [UInt8] {
    if let known = delivery.lines[record.seq] { return known }
    var writer = LineWriter()
    record.write(board.directory, to: &writer)
    delivery.lines[record.seq] = writer.bytes
    return writer.bytes
  }
}
