import Base
import Events
import LineProtocol
import Logging
import NIOCore
import Routing
import Switchboard
import Vocabulary

/// Telephony sides that attach by name, each by a connection of its own: a PBX, another PBX, real phones. What one
/// loses is its own: its phones, its calls.
final class Feeds: @unchecked Sendable {
  private let context: ServerContext
  private let pipeline: Pipeline
  private let connections: Connections
  private var attachments: FeedAttachments
  private var timer: Scheduled<Void>?
  /// Whether nothing is lost any more: the next process gives them time.
  private var isClosed = false
  /// Names there can be: a program that draws a new one each time does not fill the journal.
  private static let limit = 64

  init(_ context: ServerContext, _ pipeline: Pipeline, _ connections: Connections) {
    self.context = context
    self.pipeline = pipeline
    self.connections = connections
    attachments = FeedAttachments(clockRate: context.options.clockRate)
  }

  /// Goes on after a start: who was attached has its grace anew.
  func begin() {
    for feed in pipeline.board.engine.attachedFeeds where attachments.holder(of: feed) == nil {
      attachments.expect(feed, at: context.now())
    }
    assignPhones()
    schedule()
  }

  /// After a start or a reload: the phones that the configuration gives to a side that is known, and that are nobody's
  /// yet, are that side's.
  func assignPhones() {
    for name in pipeline.board.book.feedNames where !name.isEmpty {
      let feed = pipeline.board.book.feed(named: name).feed
      let commands = assignments(to: feed, name)
      if commands.isEmpty { continue }
      pipeline.change { board, batch in _ = board.step(commands, at: context.now(), &batch) }
    }
  }

  private func assignments(to feed: FeedID, _ name: String) -> [Command] {
    let board = pipeline.board
    return board.directory.agents.indices.filter { index in
      let entry = board.directory.agents[index]
      return entry.feed == name && !entry.isRetired
        && board.engine.agent(AgentID(index)).feed == .unnamed
    }.map { .assignPhone(AgentID($0), feed: feed) }
  }

  // MARK: Coming

  /// `feed.attach`: the connection speaks for a telephony side from now on.
  func attach(_ request: RequestContext, _ connection: Connection) throws {
    let feed = try take(request, connection)
    let board = pipeline.board
    connection.reply { output in
      output.reply(request.tag, .ok)
      output.option("feed", request.arguments.required(.name))
      output.option("calls", board.engine.liveCalls.count { board.engine.call($0)?.feed == feed })
      board.finish(&output)
    }
  }

  /// A connection that the process before this one has left is what it was there.
  func resume(_ request: RequestContext, _ connection: Connection) throws {
    _ = try take(request, connection, isResumed: true)
  }

  private func take(
    _ request: RequestContext, _ connection: Connection, isResumed: Bool = false
  ) throws -> FeedID {
    let name = request.arguments.required(.name)
    if name.contains(":") || name.count > 32 {
      throw Refusal(
        .badArgument, "name: expected at most 32 letters, digits, - . _, not \"\(name)\"")
    }
    let (feed, isKnown) = pipeline.board.book.feed(named: name)
    if !isKnown, feed.index > Self.limit {
      throw Refusal(.limit, "there have been \(Self.limit) telephony sides; use one of their names")
    }
    try requireFree(feed, name, request.session, connection)
    if let silent = attachments.silentHolder(of: feed), silent != connection.id {
      connections.all.first { $0.id == silent }?.abandon()
    }
    if isResumed, !pipeline.board.engine.isThere(feed) {
      // It was silent, and is until it sends something.
      attachments.hold(feed, connection.id, grace: request.arguments[.grace])
    } else {
      tell(feed, name, by: request.session.uid)
      attachments.attach(feed, connection.id, grace: request.arguments[.grace], at: context.now())
    }
    var session = request.session
    session.feed = feed
    session.attachment = Request(
      verb: SessionVerb.attach.rawValue, arguments: request.request.arguments)
    connection.change(session)
    schedule()
    return feed
  }

  /// One connection a name, one name a connection.
  private func requireFree(
    _ feed: FeedID, _ name: String, _ session: Session, _ connection: Connection
  ) throws {
    if session.feed != .unnamed, session.feed != feed {
      let own = pipeline.board.book.name(of: session.feed) ?? ""
      throw Refusal(
        .wrongState, "this connection has attached as \"\(own)\"; use another one",
        [Field("attached", own)])
    }
    guard let holder = attachments.holder(of: feed), holder != connection.id else {
      return
    }
    throw Refusal(
      .wrongState,
      "another connection has attached as \"\(name)\"; close that, or choose another name",
      [Field("attached", name)])
  }

  /// The engine is told, and whose phones it rings by the configuration; these are down until it says otherwise.
  private func tell(_ feed: FeedID, _ name: String, by user: UInt32) {
    let assignments = assignments(to: feed, name)
    pipeline.change { board, batch in
      board.asker = Asker(user: user)
      defer { board.asker = nil }
      _ = board.step(
        [.attachFeed(feed)] + assignments, detail: Detail().with(.feed, name), at: context.now(),
        &batch)
    }
  }

  // MARK: Being there

  /// A connection that speaks for a telephony side has sent something.
  func hear(_ connection: Connection) {
    // Asked of each line: the session is not copied for those who never attach.
    guard let feed = connection.session?.feed, feed != .unnamed, let session = connection.session,
      !session.isExpelled
    else { return }
    guard attachments.hear(session.feed, connection.id, at: context.now()) else { return }
    guard let name = pipeline.board.book.name(of: session.feed) else { return }
    tell(session.feed, name, by: session.uid)
    schedule()
  }

  /// Takes in a part of a synchronisation, more of which follows.
  /// - Returns: whether it was one.
  func collect(_ request: RequestContext, _ connection: Connection) throws -> Bool {
    guard request.arguments.choice(.continues, as: YesNo.self) == .yes else { return false }
    if request.arguments[.key] != nil {
      throw Refusal(
        .badArgument, "key: a part of a synchronisation has none; give it to the last one")
    }
    var session = request.session
    session.knownCalls += request.namesOfCalls
    session.knownSince = session.knownSince ?? request.now
    if session.knownCalls.count > 100_000 {
      throw Refusal(.limit, "more than 100000 calls")
    }
    connection.change(session)
    connection.reply { output in
      output.reply(request.tag, .ok)
      output.option("known", session.knownCalls.count)
      pipeline.board.finish(&output)
    }
    return true
  }

  /// A synchronisation has been carried out.
  func forgetParts(_ connection: Connection) {
    guard var session = connection.session, session.knownSince != nil else { return }
    (session.knownCalls, session.knownSince) = ([], nil)
    connection.change(session)
  }

  // MARK: Going

  /// The connection is gone.
  func forget(_ connection: Connection) {
    guard let session = connection.session, session.feed != .unnamed else { return }
    attachments.leave(session.feed, connection.id, at: context.now())
    schedule()
  }

  private func schedule() {
    timer?.cancel()
    guard !isClosed, let deadline = attachments.nextDeadline else { return }
    let delay = context.clock.nanoseconds(until: deadline)
    timer = context.loop.scheduleTask(in: .nanoseconds(max(delay, 1_000_000))) { [self] in
      lose()
    }
  }

  private func lose() {
    for feed in attachments.takeLost(at: context.now()) {
      context.logger.warning(
        "a telephony side is lost; its phones do not ring, its callers wait",
        metadata: [
          "message-id": LogMessage.phonesLost,
          "feed": "\(pipeline.board.book.name(of: feed) ?? "")",
        ])
      pipeline.change { board, batch in
        _ = board.step(.init(command: .loseFeed(feed)), at: context.now(), &batch)
      }
    }
    schedule()
  }

  /// Nothing is lost any more: the next process gives them time.
  func close() {
    isClosed = true
    timer?.cancel()
  }
}
