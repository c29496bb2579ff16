import Switchboard
import Events
import Base
import Configuration
import Foundation
import Journal
import LineProtocol
import Logging
import Reporting
import Routing
import Systemd
import Vocabulary

extension Server {
  // MARK: Commands

  func administer(
    _ verb: AdminVerb, _ context: RequestContext, _ claim: KeyClaim?, for connection: Connection
  ) {
    switch verb {
    case .reload: reload(context, claim, for: connection)
    case .drain: drain(context, for: connection)
    }
  }

  private func drain(_ context: RequestContext, for connection: Connection) {
    let isOn = context.arguments.choice(.onOff, as: OnOff.self) == .on
    change { board, batch in
      board.drain(isOn, at: context.now, by: context.session.uid, &batch)
    }
    logger.notice(
      isOn ? "taking no new calls" : "taking new calls",
      metadata: ["message-id": LogMessage.draining])
    ServiceManager.status(statusText)
    connection.output.reply(context.tag, .ok)
    connection.output.option("state", isOn ? "draining" : "serving")
    connection.output.option("calls", board.engine.liveCallCount)
    board.finish(&connection.output)
  }

  /// One line for `systemctl status`.
  var statusText: String {
    let agents = board.engine.plan.agents.indices.count {
      board.engine.agent(AgentID($0)).isLoggedIn
    }
    let state = board.isDraining ? "Draining" : "Serving"
    return "\(state): \(board.engine.liveCallCount) calls, \(agents) reps logged in"
  }

  // MARK: Answers made on another thread

  /// Starts making an answer on the journal's thread. Requests that follow it on the connection wait, so that
  /// replies stay in order.
  func examine(
    _ verb: JournalVerb, _ context: RequestContext, for connection: Connection
  ) throws {
    switch verb {
    case .backup:
      let file = context.arguments.required(.file)
      guard file.hasPrefix("/"), !FileManager.default.fileExists(atPath: file) else {
        throw Refusal(.badArgument, "file: expected the full path of a file that does not exist")
      }
      keeper.run({ BackupInProgress(copy: try $0.copy(to: file)) }) { [self] result in
        backUp(result, file, context, connection)
      }
    case .verify: verify(Recovery(seed: 1), context, connection)
    }
  }

  /// A copy of the journal that is being made, a slice at a time, on the journal's thread only.
  private struct BackupInProgress: @unchecked Sendable {
    var copy: DatabaseCopy
    var isDone = false
  }

  /// Copies on, so that commits go in between; 256 pages are a megabyte.
  private func backUp(
    _ result: Result<BackupInProgress, any Error>, _ file: String, _ context: RequestContext,
    _ connection: Connection
  ) {
    guard case .success(let backup) = result, !backup.isDone else {
      return finish(result, context, connection) { _, output in
        output.reply(context.tag, .ok)
        output.option("file", file)
        output.end()
      }
    }
    keeper.run({ _ in
      BackupInProgress(copy: backup.copy, isDone: try backup.copy.step(pages: 256))
    }) { [self] in backUp($0, file, context, connection) }
  }

  /// Ends an answer to a question, made elsewhere, for whom it was made if they may still ask for it. (Commands: ``answer(_:_:)``.)
  func finish<T>(
    _ result: Result<T, any Error>, _ context: RequestContext, _ connection: Connection,
    _ write: (T, inout LineWriter) -> Void
  ) {
    let result = Result { () throws -> T in
      try requireRights(context, connection)
      return try result.get()
    }
    switch result {
    case .success(let value): write(value, &connection.output)
    case .failure(let error as Refusal):
      error.write(context.tag, to: &connection.output)
    case .failure(let error):
      Refusal(.internalError, "\(error)").write(context.tag, to: &connection.output)
    }
    willAnswer(connection, tag: context.tag)
    connection.resume()
  }

  /// How long a commit may wait for a slice of a verification. By time, not by number: frames can be deep.
  private static let slice = TimeSpan.microseconds(10_000)

  /// Checks the chain and replays the journal a slice at a time, so that commits go in between.
  private func verify(_ state: Recovery, _ context: RequestContext, _ connection: Connection) {
    keeper.run({ [source = clock.source] journal in
      var state = state
      let elapsed = source.stopwatch()
      let isAtEnd = try state.advance(journal, while: { elapsed() < Self.slice })
      return (state, isAtEnd)
    }) { [self] (result: Result<(Recovery, Bool), any Error>) in
      switch result {
      case .success((let state, false)): verify(state, context, connection)
      case .success((let state, true)): compare(state, context, connection)
      case .failure(let error):
        let result = Result<Verdict, any Error>.failure(Refusal(.damaged, "\(error)"))
        finish(result, context, connection) { _, _ in }
      }
    }
  }

  /// What a verification has found.
  private struct Verdict: Sendable {
    var seq: UInt64
    var frames: Int
    var words: Recovery.WordCounts
    /// Whether nothing has happened since the last record: only then can the states be compared.
    var isCurrent: Bool
    var complaint: String?

    /// - Parameter live: The state that is in force.
    init(_ replayed: Recovery, _ live: Switchboard, isCurrent: Bool) {
      seq = replayed.seq
      frames = replayed.frames
      words = replayed.words
      self.isCurrent = isCurrent
      complaint = replayed.board?.engine.invariantViolations().first?.description
      // First: text that is not what was written makes another state, too.
      if complaint == nil, words.missing + words.wrong > 0 {
        complaint = "names, numbers or notes are not those that were written; restore a backup"
      }
      // With the clock of the last record: replay cannot know of time that passed since.
      let now = replayed.board?.engine.now ?? live.engine.now
      if complaint == nil, isCurrent, replayed.board?.snapshot() != live.snapshot(at: now) {
        complaint = JournalError.stateMismatch(seq: seq).description
      }
    }

    var options: [Field] {
      [
        Field("frames", "\(frames)"), Field("records", "\(seq)"), Field("words", "\(words.all)"),
        Field("forgotten", "\(words.forgotten)"), Field("missing", "\(words.missing)"),
        Field("wrong", "\(words.wrong)"), Field("compared", isCurrent ? "yes" : "no"),
      ]
    }
  }

  /// Compares what was replayed with a copy of what is in force, elsewhere: both may be large.
  private func compare(_ state: Recovery, _ context: RequestContext, _ connection: Connection) {
    let (live, isCurrent) = (board, state.seq == board.seq)
    keeper.elsewhere({ Verdict(state, live, isCurrent: isCurrent) }) { [self] result in
      finish(result, context, connection) { verdict, output in
        if let complaint = verdict.complaint {
          return Refusal(.damaged, complaint, verdict.options).write(context.tag, to: &output)
        }
        output.reply(context.tag, .ok)
        output.append(options: verdict.options)
        output.end()
      }
    }
  }

  /// How long a report may take; others wait for it.
  private static let longestReport = TimeSpan.seconds(30)

  /// Starts making a report on the thread of those who read, as ``examine(_:_:for:)`` does on the journal's.
  func report(
    _ verb: ReportVerb, _ context: RequestContext, for connection: Connection
  ) throws {
    let arguments = context.arguments
    let span = reportSpan(verb, context)
    if let queue = arguments[.queue] { _ = try board.queue(named: queue) }
    if let agent = arguments[.agent] { _ = try board.agent(named: agent) }
    if let interval = span.interval, (span.to - span.from) / interval > 2_000 {
      throw Refusal(.badArgument, "interval: more than 2000 rows; choose a longer one")
    }
    let tag = context.tag
    whenReported(board.seq) { [self] isCurrent in
      // Old figures are never given as new ones.
      guard isCurrent else {
        return finish(
          Result<RowWriter, any Error>.failure(Refusal.readModelBehind), context, connection
        ) { _, _ in }
      }
      keeper.read({ [keeper, source = clock.source] reader in
        let elapsed = source.stopwatch()
        return try reader.read(while: { keeper.mayRead && elapsed() < Self.longestReport }) {
          try Self.rows(of: verb, arguments, span, reader, tag)
        }
      }) { [self] result in
        let result = result.mapError { self.refusal(ofReports: $0) }
        finish(result, context, connection) { rows, output in
          var rows = rows
          rows.finish(at: board.seq)
          output.append(raw: rows.writer.bytes)
        }
      }
    }
  }

  private static func rows(
    of verb: ReportVerb, _ arguments: Arguments, _ span: ReportSpan, _ reader: ReportReader,
    _ tag: String?
  ) throws -> RowWriter {
    var rows = RowWriter(tag: tag, writer: LineWriter())
    switch verb {
    case .performance:
      for row in try reader.performance(span, agent: arguments[.agent]) {
        rows.write(PerformanceColumn.self, row.value)
      }
    case .queue:
      for row in try reader.queues(span, queue: arguments[.queue]) {
        rows.write(QueueColumn.self, row.value)
      }
    case .calls:
      let isUndocumented = arguments.choice(.undocumented, as: YesNo.self) == .yes
      for row in try reader.calls(
        span, limit: arguments[.limit] ?? 100, onlyUndocumented: isUndocumented)
      {
        rows.write(CallColumn.self, row.value)
      }
    }
    return rows
  }

  /// Of a report of calls the newest are wanted, however old; else the present day.
  private func reportSpan(_ verb: ReportVerb, _ context: RequestContext) -> ReportSpan {
    let now = context.now
    let today = board.calendar.midnight(before: now) ?? now
    let from = context.arguments[.from] ?? (verb == .calls ? .distantPast : today)
    return ReportSpan(
      from: from, to: context.arguments[.to] ?? now + .microseconds(1),
      interval: context.arguments[.interval].map { .seconds(Int64($0)) })
  }
}
