import Base
import Configuration
import LineProtocol
import Reporting
import Routing
import Switchboard
import Vocabulary

/// `report.*`: reports are made on the thread of those who read.
final class ReportRequests: @unchecked Sendable {
  /// How long a report may take; others wait for it.
  private static let longest = TimeSpan.seconds(30)
  /// Rows of a report by intervals.
  private static let mostIntervals: Int64 = 2_000

  private let context: ServerContext
  private let pipeline: Pipeline
  private let sessions: Sessions
  private let reports: Reports
  private let answers: Answers

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ sessions: Sessions, _ reports: Reports,
    _ answers: Answers
  ) {
    self.context = context
    self.pipeline = pipeline
    self.sessions = sessions
    self.reports = reports
    self.answers = answers
  }

  /// Begins to answer.
  func begin(
    _ verb: ReportVerb, _ request: RequestContext, for connection: Connection
  ) throws {
    let arguments = request.arguments
    let span = span(of: verb, request)
    if let queue = arguments[.queue] { _ = try pipeline.board.queue(named: queue) }
    if let agent = arguments[.agent] { _ = try pipeline.board.agent(named: agent) }
    if let interval = span.interval, (span.to - span.from) / interval > Self.mostIntervals {
      throw Refusal(
        .badArgument, "interval: more than \(Self.mostIntervals) rows; choose a longer one")
    }
    let pending = answers.postpone(request, nil, for: connection)
    let tag = request.tag
    reports.report({ [keeper = context.keeper, clock = context.clock] reader in
      let elapsed = clock.stopwatch()
      return try reader.read(while: { keeper.mayRead && elapsed() < Self.longest }) {
        try Self.rows(of: verb, arguments, span, reader, tag)
      }
    }) { [self] result in
      answers.answer(pending) { connection in
        var rows = try result.get()
        rows.finish(at: pipeline.board.seq)
        connection.reply { $0.append(raw: rows.writer.bytes) }
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
    case .callBacks:
      for row in try reader.callBacksOwed(span) { rows.write(CallBackColumn.self, row.value) }
    }
    return rows
  }

  /// Of a report of calls the newest are wanted, however old; else the present day.
  private func span(of verb: ReportVerb, _ request: RequestContext) -> ReportSpan {
    let now = request.now
    let today = pipeline.board.calendar.midnight(before: now) ?? now
    let usual: Instant =
      switch verb {
      case .calls: .distantPast
      case .callBacks: now - .hours(30 * 24)
      case .performance, .queue: today
      }
    var from = request.arguments[.from] ?? usual
    // Whether a promise was kept is not known any more once the numbers are forgotten.
    if verb == .callBacks { from = max(from, pipeline.board.wordsForgottenBefore) }
    return ReportSpan(
      from: from, to: request.arguments[.to] ?? now + .microseconds(1),
      interval: request.arguments[.interval].map { .seconds(Int64($0)) },
      later: sessions.configuration.teamHours.sameTime(as:days:))
  }
}
