import Base
import Events
import LineProtocol
import NIOCore
import Switchboard
import Vocabulary

/// The subscribers, who are sent what is committed: a few at a time, so that commands do not wait for all of them.
final class Broadcast: @unchecked Sendable {
  /// Subscribers served in one turn of the loop.
  private static let subscribersPerTurn = 32
  /// Until the next turn: the loop looks at its clients only when nothing is due at once.
  private static let pause = TimeAmount.microseconds(100)
  private static let maxSubscriptions = 16
  private static let maxTypes = 32
  /// How long who takes nothing stays, in real time.
  private static let patience = TimeSpan.seconds(30)

  private let context: ServerContext
  private let pipeline: Pipeline
  private let connections: Connections
  private let catchUp: CatchUp
  private var subscribers: [Int: Subscriber] = [:]
  private var delivery = Delivery<Subscriber>()
  /// Whether a later turn of the loop goes on with it.
  private var isTurnDue = false
  /// Whether there are no later turns.
  private var isHurried = false

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ connections: Connections,
    _ catchUp: CatchUp
  ) {
    self.context = context
    self.pipeline = pipeline
    self.connections = connections
    self.catchUp = catchUp
  }

  // MARK: Who wants what

  /// Begins a subscription.
  func subscribe(_ request: RequestContext, _ connection: Connection) throws {
    let subscription = try subscription(request, connection)
    if isFromSnapshot(request) { try connection.reply { try writeSnapshot(request, &$0) } }
    add(subscription, connection)
    connection.reply { output in
      output.reply(request.tag, .ok)
      output.option("subscription", subscription.name)
      output.option("from", Int(clamping: subscription.follower.next))
      output.option("seq", Int(clamping: pipeline.committed))
      output.end()
    }
  }

  /// Goes on with a subscription of the process before this one.
  func resume(_ request: RequestContext, _ connection: Connection) throws {
    add(try subscription(request, connection), connection)
  }

  private func add(_ subscription: Subscription, _ connection: Connection) {
    // Requests of a client that has gone are carried out, but nobody would ever end this.
    guard connection.channel.isActive else { return }
    let subscriber =
      subscribers[connection.id] ?? Subscriber(connection, context, pipeline, catchUp)
    subscribers[connection.id] = subscriber
    subscriber.add(subscription)
  }

  private func subscription(
    _ request: RequestContext, _ connection: Connection
  ) throws -> Subscription {
    let (arguments, board) = (request.arguments, pipeline.board)
    let name = arguments.required(.name)
    let own = subscribers[connection.id]
    guard own?.count ?? 0 < Self.maxSubscriptions else {
      throw Refusal(.limit, "at most \(Self.maxSubscriptions) subscriptions a connection")
    }
    guard !(own?.has(name) ?? false) else {
      throw Refusal(.wrongState, "there is a subscription \"\(name)\" already")
    }
    let types = try types(arguments[.types])
    let agents = Set(try arguments[.agents].map { try board.agent(named: $0) })
    let queues = Set(try arguments[.queues].map { try board.queue(named: $0) })
    let filters = [ListName.types, .agents, .queues].compactMap { option in
      let names = arguments[option].joined(separator: ",")
      return names.isEmpty ? nil : Request.Argument.option(name: option.rawValue, value: names)
    }
    return Subscription(
      name: name, types: types, agents: agents, queues: queues, filters: filters,
      follower: try follower(request))
  }

  private func isFromSnapshot(_ request: RequestContext) -> Bool {
    request.arguments[TextName.from] == "snapshot"
  }

  /// Where a subscription begins: with what comes next, or where the client says.
  private func follower(_ request: RequestContext) throws -> Follower {
    let committed = pipeline.committed
    guard let from = request.arguments[TextName.from], from != "now", !isFromSnapshot(request)
    else { return Follower(from: pipeline.board.seq + 1, committed: committed) }
    try requireEpoch(request.arguments[.epoch])
    guard let seq = UInt64(from), seq <= committed + 1 else {
      throw Refusal(.badArgument, "from: expected a seq up to \(committed + 1), now or snapshot")
    }
    guard seq > pipeline.archived || seq == 0 && pipeline.archived == 0 else {
      throw Refusal.archived(through: pipeline.archived)
    }
    return Follower(from: max(1, seq), committed: committed)
  }

  /// A number of another history names another record here.
  private func requireEpoch(_ known: String?) throws {
    guard let known, known != context.epoch.name else { return }
    throw Refusal(
      .stale, "the journal was put back from a copy: begin with from=snapshot",
      [Field("rule", "other-history"), Field("epoch", context.epoch.name)])
  }

  /// Types wanted: no longer and no more than there is any use for, since each is kept, and asked of each event.
  private func types(_ names: [String]) throws -> [String] {
    guard names.count <= Self.maxTypes, names.allSatisfy({ $0.utf8.count <= Limits.maxTag }) else {
      throw Refusal(
        .badArgument, "types: at most \(Self.maxTypes) of \(Limits.maxTag) characters")
    }
    return names
  }

  /// The rows of queues, reps, calls, consultations and waiting requests; the events that follow them are exactly what
  /// comes after.
  private func writeSnapshot(_ request: RequestContext, _ output: inout LineWriter) throws {
    var rows = RowWriter(tag: request.tag, writer: output)
    for verb in [BoardVerb.queueList, .agentList, .callList, .transferList, .outboundList] {
      try pipeline.board.write(verb, request, &rows)
    }
    output = rows.writer
  }

  /// Ends a subscription.
  func unsubscribe(_ request: RequestContext, _ connection: Connection) throws {
    let name = request.arguments.required(.name)
    guard let subscriber = subscribers[connection.id], subscriber.remove(name) else {
      throw Refusal(.notFound, "there is no subscription \"\(name)\"")
    }
    if subscriber.count == 0 { subscribers[connection.id] = nil }
    connection.reply { output in
      output.reply(request.tag, .ok)
      output.option("subscription", name)
      output.end()
    }
  }

  /// Ends all subscriptions of `connection`.
  func forget(_ connection: Connection) {
    // A delivery or a read may be under way for it.
    subscribers.removeValue(forKey: connection.id)?.end()
  }

  /// Requests that go on with the subscriptions of `connection` where they are.
  func continuations(of connection: Connection) -> [String] {
    subscribers[connection.id]?.continuations ?? []
  }

  // MARK: Where their announcements are

  /// The replies of `connection` belong to a batch that is complete, and so do those that announce subscriptions.
  func didSeal(_ connection: Connection) { subscribers[connection.id]?.seal() }

  /// The replies of `connection` have left: events may follow the one that announced them.
  func didSend(to connection: Connection) { subscribers[connection.id]?.activate() }

  /// The subscriptions of `connection` were announced in the process before this one.
  func announced(_ connection: Connection) {
    didSeal(connection)
    didSend(to: connection)
  }

  /// `connection` takes something again.
  func hasRoomAgain(_ connection: Connection) { subscribers[connection.id]?.catchUpIfBehind() }

  /// Those of whom `isMeant` holds, in the order in which they came: one history is always told the same.
  private func inOrder(_ isMeant: (Subscriber) -> Bool) -> [Subscriber] {
    subscribers.values.filter(isMeant).sorted { $0.connection.id < $1.connection.id }
  }

  // MARK: What they are sent

  /// Sends committed records to the subscribers that are up to date.
  func deliver(_ records: [Record]) {
    if records.isEmpty { return }
    delivery.add(records)
    if isHurried {
      deliverAll()
    } else if !isTurnDue {
      deliverToSome()
    }
  }

  /// Sends what there is to send, to everybody, now; and whatever comes from now on.
  func hurry() {
    isHurried = true
    deliverAll()
  }

  private func deliverAll() { while serveNext() {} }

  private func deliverToSome() {
    for _ in 0..<Self.subscribersPerTurn {
      if !serveNext() { return }
    }
    isTurnDue = true
    context.loop.scheduleTask(in: Self.pause) { [self] in
      isTurnDue = false
      deliverToSome()
    }
  }

  /// - Returns: whether there was somebody to serve.
  private func serveNext() -> Bool {
    let next = delivery.nextToServe { inOrder(\.isDue) }
    guard let next else { return false }
    next.serve(&delivery) { connections.leaveMuchUnread }
    return true
  }

  /// Tells every subscriber that reads how far it is, and closes those that have taken nothing for long.
  func beat() {
    if isHurried { return }
    for subscriber in inOrder(\.isActive) {
      let connection = subscriber.connection
      if connection.channel.isWritable {
        subscriber.beat()
        continue
      }
      connection.lookAtUnsent()
      let patience = Self.patience * Int64(context.options.clockRate)
      if context.now() - connection.lastProgress > patience {
        connection.channel.close(promise: nil)
      }
    }
  }
}

extension Connection {
  /// A subscription ends that the client has not ended.
  func tellOfEnd(of subscription: String, _ reason: Refusal) {
    tell { writer in
      writer.notice("unsubscribed")
      writer.option("subscription", subscription)
      writer.append(options: reason.options)
      writer.option("text", reason.text)
      writer.end()
    }
  }
}
