import Configuration
import Events
import LineProtocol
import Reporting
import Routing
import Switchboard
import Vocabulary

/// Write-ups given after wrap-up has ended: the engine knows the call no more, the read model does. Those of one call
/// name follow one another, so that each knows what those before it have written.
final class Amendments: @unchecked Sendable {
  private struct Amendment {
    var name: String
    var detail: Detail
    var pending: Pending
  }

  private let context: ServerContext
  private let pipeline: Pipeline
  private let reports: Reports
  private let answers: Answers
  /// For each name that is being asked about, what waits until that is done.
  private var waiting: [String: [Amendment]] = [:]

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ reports: Reports, _ answers: Answers
  ) {
    self.context = context
    self.pipeline = pipeline
    self.reports = reports
    self.answers = answers
  }

  /// Whether a write-up is of a call that is over.
  func areMeant(by request: RequestContext) -> Bool {
    pipeline.board.book.call(named: pipeline.board.callName(request)) == nil
  }

  /// Looks the call up, and records the amendment as a note.
  func amend(_ request: RequestContext, _ claim: KeyClaim?, for connection: Connection) throws {
    let board = pipeline.board
    let (detail, _) = try board.writeUp(request)
    if let agent = request.arguments[.agent] {
      _ = try board.permitted(try board.agent(named: agent), request)
    }
    let amendment = Amendment(
      name: request.arguments.required(.call), detail: detail,
      pending: answers.postpone(request, claim, for: connection))
    if waiting[amendment.name]?.append(amendment) != nil { return }
    waiting[amendment.name] = []
    lookUp(amendment)
  }

  private func lookUp(_ amendment: Amendment) {
    reports.query({ [name = amendment.name] in try $0.pastCall(named: name) }) { [self] result in
      answers.answer(amendment.pending) { connection in
        try record(amendment, try checked(try result.get(), amendment), connection)
      }
      takeNext(amendment.name)
    }
  }

  private func takeNext(_ name: String) {
    guard let next = waiting[name]?.first else {
      waiting[name] = nil
      return
    }
    waiting[name]?.removeFirst()
    lookUp(next)
  }

  /// The call, if it may be amended as asked.
  private func checked(
    _ call: ReportStore.PastCall?, _ amendment: Amendment
  ) throws -> ReportStore.PastCall {
    let (name, request) = (amendment.name, amendment.pending.request)
    guard let call else {
      throw Refusal.unknown("call \"\(name)\"", Field("call", name), archived: pipeline.archived)
    }
    if pipeline.board.book.call(named: name) != nil || call.arrived > request.now {
      throw Refusal(
        .wrongState, "another call is named \"\(name)\" by now", [Field("call", name)])
    }
    if call.arrived < pipeline.board.wordsForgottenBefore { throw Refusal.forgotten(name) }
    try Switchboard.requireUnchanged(request, since: call.changed)
    if pipeline.board.isOthers(call.agent, request) { throw Refusal(Rule.notYourCall, queue: nil) }
    return call
  }

  private func record(
    _ amendment: Amendment, _ call: ReportStore.PastCall, _ connection: Connection
  ) throws {
    var written = call.written
    amendment.detail.forEach { name, _ in written.insert(name.word) }
    let required = pipeline.board.engine.plan.rules.requiredWriteUp
    let missing = Switchboard.writeUpNames { name, field in
      required.contains(field) && !written.contains(name.rawValue)
    }
    pipeline.change { board, batch in
      board.note(
        .amended(isDocumented: missing.isEmpty), amendment.detail.with(.call, amendment.name),
        at: context.now(), by: amendment.pending.request.session.uid, &batch)
    }
    connection.reply { output in
      output.reply(amendment.pending.request.tag, .ok)
      output.option("call", amendment.name)
      if !missing.isEmpty { output.option("missing", missing.joined(separator: ",")) }
      pipeline.board.finish(&output)
    }
  }
}
