import Switchboard
import Journal
import Frames
import Base
import Configuration
import Events
import LineProtocol
import Logging
import NIOCore
import Reporting
import Routing
import Vocabulary

extension Server {
  private static let maxSubscriptions = 16
  private static let maxTypes = 32
  /// Bytes of one read from the disk for a subscriber.
  private static let catchUpBytes = 64 * 1024

  func subscribe(_ context: RequestContext, _ connection: Connection) throws {
    let arguments = context.arguments
    let name = arguments.required(.name)
    guard connection.subscriptions.count < Self.maxSubscriptions else {
      throw Refusal(.limit, "at most \(Self.maxSubscriptions) subscriptions a connection")
    }
    guard !connection.subscriptions.contains(where: { $0.name == name }) else {
      throw Refusal(.wrongState, "there is a subscription \"\(name)\" already")
    }
    var subscription = Subscription(name: name, next: board.seq + 1, isCatchingUp: false)
    subscription.filters = [ListName.types, .agents, .queues].compactMap { option in
      let names = arguments[option].joined(separator: ",")
      return names.isEmpty ? nil : .option(name: option.rawValue, value: names)
    }
    subscription.types = try types(arguments[.types])
    subscription.agents = Set(try arguments[.agents].map { try board.agent(named: $0) })
    subscription.queues = Set(try arguments[.queues].map { try board.queue(named: $0) })
    switch arguments[TextName.from] ?? "now" {
    case "now": break
    case "snapshot": try writeSnapshot(context, &connection.output)
    case let text:
      try requireEpoch(arguments[.epoch])
      guard let seq = UInt64(text), seq <= committed + 1 else {
        throw Refusal(
          .badArgument, "from: expected a seq up to \(committed + 1), now or snapshot")
      }
      subscription.next = max(1, seq)
      subscription.isCatchingUp = seq <= committed
    }
    connection.subscriptions.append(subscription)
    subscribers[connection.id] = connection
    connection.output.reply(context.tag, .ok)
    connection.output.option("subscription", name)
    connection.output.option("from", Int(clamping: subscription.next))
    connection.output.option("seq", Int(clamping: committed))
    connection.output.end()
  }

  /// A number of another history names another record here.
  private func requireEpoch(_ known: String?) throws {
    guard let known, known != epoch.name else { return }
    throw Refusal(
      .stale, "the journal was put back from a copy: begin with from=snapshot",
      [Field("rule", "other-history"), Field("epoch", epoch.name)])
  }

  /// Lets the events follow the reply that announced them, and has now left. A subscription whose reply is in
  /// a later batch waits for that.
  func activateSubscriptions(of connection: Connection) {
    for index in connection.subscriptions.indices
    where connection.subscriptions[index].announcement == .sealed {
      connection.subscriptions[index].announcement = .sent
      // What was committed while the reply waited is read from the disk.
      let isBehind = connection.subscriptions[index].next <= committed
      connection.subscriptions[index].isCatchingUp = isBehind
    }
    catchUp(connection)
  }

  /// Types wanted: no longer and no more than there is any use for, since each is kept, and asked of each event.
  private func types(_ names: [String]) throws -> [String] {
    guard names.count <= Self.maxTypes, names.allSatisfy({ $0.utf8.count <= Limits.maxTag }) else {
      throw Refusal(
        .badArgument, "types: at most \(Self.maxTypes) of \(Limits.maxTag) characters")
    }
    return names
  }

  /// The rows of reps, queues and calls; the events that follow them are exactly what comes after.
  private func writeSnapshot(_ context: RequestContext, _ output: inout LineWriter) throws {
    var rows = RowWriter(tag: context.tag, writer: output)
    for verb in [BoardVerb.queueList, .agentList, .callList] {
      try board.write(verb, context, &rows)
    }
    output = rows.writer
  }

  func unsubscribe(_ context: RequestContext, _ connection: Connection) throws {
    let name = context.arguments.required(.name)
    guard let index = connection.subscriptions.firstIndex(where: { $0.name == name }) else {
      throw Refusal(.notFound, "there is no subscription \"\(name)\"")
    }
    connection.subscriptions.remove(at: index)
    if connection.subscriptions.isEmpty { subscribers[connection.id] = nil }
    connection.output.reply(context.tag, .ok)
    connection.output.option("subscription", name)
    connection.output.end()
  }

  // MARK: From the disk

  /// A slow reader is sent the rest from the disk; nothing is dropped and nobody waits for it.
  func fallBehind(_ connection: Connection, _ index: Int) {
    connection.subscriptions[index].isCatchingUp = true
    let behind = lag(of: connection.subscriptions[index].next)
    logger.info(
      "a subscriber is slow",
      metadata: [
        "message-id": LogMessage.slowSubscriber, "user": "\(connection.session?.user ?? "")",
        "behind": "\(behind)",
      ])
    var writer = LineWriter()
    writer.notice("lag")
    writer.option("subscription", connection.subscriptions[index].name)
    writer.option("behind", Int(clamping: behind))
    writer.option("mode", "catch-up")
    writer.end()
    connection.write(writer.bytes)
  }

  /// Reads on from the disk for the subscriptions of `connection` that are behind, when it is its turn.
  func catchUp(_ connection: Connection) {
    guard !connection.isWaitingToCatchUp, nextToCatchUp(connection) != nil else { return }
    connection.isWaitingToCatchUp = true
    waitingToCatchUp.append(connection)
    readForNext()
  }

  /// The subscription that is furthest behind, if one is and the client takes what it is sent.
  private func nextToCatchUp(_ connection: Connection) -> Int? {
    guard connection.channel.isWritable, connection.channel.isActive, !hasFailed,
      !connection.isSuspended
    else { return nil }
    let subscriptions = connection.subscriptions
    return subscriptions.indices
      .filter { subscriptions[$0].isActive && subscriptions[$0].isCatchingUp }
      .min { subscriptions[$0].next < subscriptions[$1].next }
  }

  /// One read at a time, for all connections: a commit waits for one at most, and many subscriptions cost no
  /// more memory than one.
  private func readForNext() {
    while !isCatchingUp, !waitingToCatchUp.isEmpty {
      let connection = waitingToCatchUp.removeFirst()
      connection.isWaitingToCatchUp = false
      guard let index = nextToCatchUp(connection) else { continue }
      isCatchingUp = true
      connection.subscriptions[index].isReading = true
      readForSubscriber(connection, connection.subscriptions[index])
    }
  }

  private func readForSubscriber(_ connection: Connection, _ subscription: Subscription) {
    let directory = board.directory
    keeper.run({ journal in
      var writer = LineWriter()
      var next = subscription.next
      try journal.read(from: subscription.next) { entry, step in
        let record = try Record(entry, at: step.at)
        if subscription.wants(record) { record.write(directory, to: &writer) }
        next = record.seq + 1
        return writer.bytes.count < Self.catchUpBytes && next - subscription.next < 20_000
      }
      return (writer.bytes, next)
    }) { [self] (result: Result<([UInt8], UInt64), any Error>) in
      isCatchingUp = false
      defer { readForNext() }
      // It may have been ended meanwhile, and another of its name begun.
      guard case .success(let (bytes, next)) = result, !connection.isSuspended,
        let index = connection.subscriptions.firstIndex(where: {
          $0.name == subscription.name && $0.isReading
        })
      else { return }
      connection.subscriptions[index].isReading = false
      connection.subscriptions[index].next = next
      connection.subscriptions[index].isCatchingUp = next <= committed
      connection.write(bytes)
      catchUp(connection)
    }
  }

  /// How many committed records a cursor at `next` has before it.
  private func lag(of next: UInt64) -> UInt64 { next > committed ? 0 : committed + 1 - next }

  /// Tells every subscriber that reads how far it is, and closes those that have taken nothing for long.
  func heartbeat() {
    if isStopping { return }
    for connection in subscribers.values
    where connection.subscriptions.contains(where: { $0.isActive }) {
      guard connection.channel.isWritable else {
        connection.lookAtUnsent()
        if now() - connection.lastProgress > .seconds(30) * Int64(options.clockRate) {
          connection.channel.close(promise: nil)
        }
        continue
      }
      connection.lastProgress = now()
      // Where a read has failed, it is tried again.
      catchUp(connection)
      let next = connection.subscriptions.map(\.next).min() ?? committed + 1
      var writer = LineWriter()
      writer.notice("at")
      writer.option("seq", Int(clamping: next - 1))
      writer.option("lag", Int(clamping: lag(of: next)))
      writer.end()
      connection.write(writer.bytes)
    }
  }
}
