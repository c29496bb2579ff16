import Base
import LineProtocol
import Logging
import NIOCore
import Routing
import Switchboard
import Vocabulary

/// Each line that clients send, taken to whoever answers it.
final class Requests: @unchecked Sendable {
  private let context: ServerContext
  private let pipeline: Pipeline
  private let sessions: Sessions
  private let broadcast: Broadcast
  private let answers: Answers
  private let amendments: Amendments
  private let explanations: Explanations
  private let reloads: Reloads
  private let reports: ReportRequests
  private let backups: Backups
  private let verification: Verification
  private let status: ServerStatus
  private let feeds: Feeds
  /// How often those ask who are no service.
  private var rates: RequestRates

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ sessions: Sessions, _ broadcast: Broadcast,
    _ answers: Answers, _ reloads: Reloads, _ reports: Reports, _ status: ServerStatus,
    _ feeds: Feeds
  ) {
    self.context = context
    self.pipeline = pipeline
    self.sessions = sessions
    self.broadcast = broadcast
    self.answers = answers
    self.reloads = reloads
    self.status = status
    self.feeds = feeds
    rates = RequestRates(
      perSecond: context.limits.requestsPerSecond, atOnce: context.limits.requestsAtOnce)
    amendments = Amendments(context, pipeline, reports, answers)
    explanations = Explanations(context, pipeline, reports, answers)
    self.reports = ReportRequests(context, pipeline, sessions, reports, answers)
    backups = Backups(context, answers)
    verification = Verification(context, pipeline, answers)
  }

  // MARK: Lines

  /// Takes in one line.
  func receive(_ line: ArraySlice<UInt8>, from connection: Connection) {
    feeds.hear(connection)
    let before = connection.replyCount
    defer { pipeline.batchWasFilled(by: connection.replyCount - before) }
    do throws(LineError) {
      guard let request = try LineParser.request(line) else { return }
      handle(request, from: connection)
    } catch {
      refuse(error, to: connection)
    }
  }

  /// Answers a line that is no request.
  func refuse(_ error: LineError, to connection: Connection) {
    connection.reply { Refusal(error.code, error.text).write(nil, to: &$0) }
    pipeline.willAnswer(connection, tag: nil)
    connection.countFramingError()
  }

  private func handle(_ request: Request, from connection: Connection) {
    guard let session = connection.session, !pipeline.hasFailed else { return }
    pipeline.willAnswer(connection, tag: request.tag)
    do {
      try sessions.requireRole(session)
      let now = context.now()
      try requireRate(session, at: now)
      try dispatch(try RequestContext(request, session, at: now), for: connection)
    } catch {
      let refusal = error as? Refusal ?? Refusal(.internalError, "\(error)")
      connection.reply { refusal.write(request.tag, to: &$0) }
    }
  }

  /// A program that asks in a circle takes its own share, not that of the phones.
  private func requireRate(_ session: Session, at now: Instant) throws(Refusal) {
    if ClientLimits.isService(session.role) { return }
    guard let wait = rates.take(session.uid, at: now) else { return }
    let seconds = wait.microseconds / 1_000_000 + 1
    throw Refusal(
      .busy,
      "more than \(context.limits.requestsPerSecond) requests a second of user \(session.user)",
      [Field("retry-after", "\(seconds)")])
  }

  private func dispatch(_ request: RequestContext, for connection: Connection) throws {
    switch request.verb {
    case .change(let verb):
      try answers.once(request, for: connection) { claim in
        try change(verb, request, claim, for: connection)
      }
    case .record(.explain):
      try answers.once(request, for: connection) { claim in
        try pipeline.board.checkSequence(request)
        try explanations.explain(request, claim, for: connection)
      }
    case .admin(let verb):
      try answers.once(request, for: connection) { claim in
        try pipeline.board.checkSequence(request)
        administer(verb, request, claim, for: connection)
      }
    case .question(.session(let verb)): try answer(verb, request, for: connection)
    case .question(.board(let verb)):
      try connection.reply { try pipeline.board.answer(verb, request, &$0) }
    case .question(.report(let verb)): try reports.begin(verb, request, for: connection)
    case .question(.journal(.backup)): try backups.begin(request, for: connection)
    case .question(.journal(.verify)): verification.begin(request, for: connection)
    }
  }

  // MARK: Commands

  private func change(
    _ verb: ChangeVerb, _ request: RequestContext, _ claim: KeyClaim?, for connection: Connection
  ) throws {
    if verb == .call(.note), amendments.areMeant(by: request) {
      return try amendments.amend(request, claim, for: connection)
    }
    if verb == .call(.synchronise), try feeds.collect(request, connection) { return }
    try pipeline.change { board, batch in
      try connection.reply { try board.execute(verb, request, &batch, &$0) }
    }
    if verb == .call(.synchronise) { feeds.forgetParts(connection) }
  }

  private func administer(
    _ verb: AdminVerb, _ request: RequestContext, _ claim: KeyClaim?, for connection: Connection
  ) {
    switch verb {
    case .reload: reloads.reload(request, claim, for: connection)
    case .drain: drain(request, for: connection)
    }
  }

  private func drain(_ request: RequestContext, for connection: Connection) {
    let isOn = request.arguments.choice(.onOff, as: OnOff.self) == .on
    pipeline.change { board, batch in
      board.drain(isOn, at: request.now, by: request.session.uid, &batch)
    }
    context.logger.notice(
      isOn ? "taking no new calls" : "taking new calls",
      metadata: ["message-id": LogMessage.draining])
    let board = pipeline.board
    context.surroundings.notify(.status(board.statusText))
    connection.reply { output in
      output.reply(request.tag, .ok)
      output.option("state", isOn ? "draining" : "serving")
      output.option("calls", board.engine.liveCallCount)
      board.finish(&output)
    }
  }

  // MARK: Session verbs

  private func answer(
    _ verb: SessionVerb, _ request: RequestContext, for connection: Connection
  ) throws {
    switch verb {
    case .ping:
      connection.reply { output in
        output.reply(request.tag, .ok)
        output.option("at", request.now)
        pipeline.board.finish(&output)
      }
    case .whoami:
      connection.reply { output in
        output.reply(request.tag, .ok)
        sessions.writeIdentity(request.session, to: &output)
        output.end()
      }
    case .help:
      try connection.reply { try Help.answer(request, at: pipeline.board.seq, &$0) }
    case .become: try sessions.become(request, connection)
    case .quit:
      connection.reply { output in
        output.reply(request.tag, .bye)
        output.end()
      }
      connection.readNoMore()
    case .subscribe: try broadcast.subscribe(request, connection)
    case .unsubscribe: try broadcast.unsubscribe(request, connection)
    case .attach: try feeds.attach(request, connection)
    case .status: connection.reply { status.answer(request, &$0) }
    }
  }
}
