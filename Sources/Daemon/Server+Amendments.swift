import Switchboard
import Events
import Configuration
import LineProtocol
import Reporting
import Routing
import Vocabulary

/// Write-ups of calls that are over, while the read model is asked about them. Those of one call name follow one
/// another, so that each knows what those before it have written.
struct Amendments {
  /// For each name that is being asked about, what waits until that is done.
  private var waiting: [String: [() -> Void]] = [:]

  /// Takes `body` in for the call `name`; it must lead to ``end(_:)``.
  /// - Returns: `body`, to be run now, unless it has to wait.
  mutating func begin(_ name: String, _ body: @escaping () -> Void) -> (() -> Void)? {
    if waiting[name]?.append(body) != nil { return nil }
    waiting[name] = []
    return body
  }

  /// - Returns: what has waited longest for the call `name`, to be run now.
  mutating func end(_ name: String) -> (() -> Void)? {
    guard let next = waiting[name]?.first else {
      waiting[name] = nil
      return nil
    }
    waiting[name]?.removeFirst()
    return next
  }
}

/// Write-ups given after wrap-up has ended: the engine knows the call no more, the read model does.
extension Server {
  private struct Amendment {
    var name: String
    var detail: Detail
    var pending: Pending
  }

  /// Whether a write-up is of a call that is over.
  func isAmendment(_ context: RequestContext) -> Bool {
    board.book.call(named: context.arguments.required(.call)) == nil
  }

  /// Looks the call up, and records the amendment as a note.
  func amend(_ context: RequestContext, _ claim: KeyClaim?, for connection: Connection) throws {
    let (detail, _) = try board.writeUp(context)
    if let agent = context.arguments[.agent] {
      _ = try board.permitted(try board.agent(named: agent), context)
    }
    let amendment = Amendment(
      name: context.arguments.required(.call), detail: detail,
      pending: postpone(context, claim, for: connection))
    amendments.begin(amendment.name) { [self] in lookUp(amendment) }?()
  }

  private func lookUp(_ amendment: Amendment) {
    whenReported(board.seq) { [self] isCurrent in
      // Without what happened last, a call that has just ended would be one that never was.
      guard isCurrent else { return finish(amendment, .failure(Refusal.readModelBehind)) }
      keeper.report({ try $0.pastCall(named: amendment.name) }) { [self] result in
        finish(amendment, result.mapError { refusal(ofReports: $0) })
      }
    }
  }

  private func finish(
    _ amendment: Amendment, _ result: Result<ReportStore.PastCall?, any Error>
  ) {
    answer(amendment.pending) {
      try record(amendment, try checked(try result.get(), amendment))
    }
    amendments.end(amendment.name)?()
  }

  /// The call, if it may be amended as asked.
  private func checked(
    _ call: ReportStore.PastCall?, _ amendment: Amendment
  ) throws -> ReportStore.PastCall {
    let (name, context) = (amendment.name, amendment.pending.context)
    guard let call else {
      throw Refusal(.notFound, "call \"\(name)\" never was", [Field("call", name)])
    }
    if board.book.call(named: name) != nil || call.arrived > context.now {
      throw Refusal(
        .wrongState, "another call is named \"\(name)\" by now", [Field("call", name)])
    }
    try Switchboard.requireUnchanged(context, since: call.changed)
    let own = context.session.agent.map { board.directory.name(of: $0) }
    let isOthers = context.session.role == .agent && call.agent != own
    let isNamedWrongly = context.arguments[.agent].map { $0 != call.agent } ?? false
    if isOthers || isNamedWrongly { throw Refusal(Rule.notYourCall, queue: nil) }
    return call
  }

  private func record(_ amendment: Amendment, _ call: ReportStore.PastCall) throws {
    var written = call.written
    amendment.detail.forEach { name, _ in written.insert(name.word) }
    let required = board.engine.plan.rules.requiredWriteUp
    let missing = Switchboard.writeUpNames { name, field in
      required.contains(field) && !written.contains(name.rawValue)
    }
    change { board, batch in
      board.note(
        .amended(isDocumented: missing.isEmpty), amendment.detail.with(.call, amendment.name),
        at: now(), by: amendment.pending.context.session.uid, &batch)
    }
    let connection = amendment.pending.connection
    connection.output.reply(amendment.pending.context.tag, .ok)
    connection.output.option("call", amendment.name)
    if !missing.isEmpty { connection.output.option("missing", missing.joined(separator: ",")) }
    board.finish(&connection.output)
  }
}
