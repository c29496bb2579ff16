import Configuration
import Journal
import LineProtocol
import Reporting
import Routing

/// Write-ups given after wrap-up has ended: the engine knows the call no more, the read model does.
extension Server {
  /// Whether a request is about the write-up of a call that is over.
  func isAmendment(_ request: Request) -> Bool {
    request.verb == "call.note"
      && request.word(0).map { board.book.call(named: $0) == nil } ?? false
  }

  /// Looks the call up, and records the amendment as a note.
  func amend(_ context: RequestContext, for connection: Connection) throws {
    let (fields, _) = try board.writeUp(context)
    let name = context.request.word(0) ?? ""
    connection.pause()
    whenReported(board.seq) { [self] in
      keeper.report({ try $0.pastCall(named: name) }) { [self] result in
        record(fields, name, result, context, connection)
      }
    }
  }

  private func record(
    _ fields: [Field], _ name: String, _ result: Result<ReportStore.PastCall?, any Error>,
    _ context: RequestContext, _ connection: Connection
  ) {
    let checked = result.flatMap { call -> Result<ReportStore.PastCall, any Error> in
      guard let call else {
        return .failure(
          Refusal(.notFound, "call \"\(name)\" never was", [Field("call", name)]))
      }
      let own = context.session.agent.map { board.directory.name(of: $0) }
      if context.session.role == .agent, call.agent != own {
        return .failure(Refusal(Rule.notYourCall, queue: nil))
      }
      return .success(call)
    }
    finish(checked, context, connection) { call, output in
      let written = call.written.union(fields.map(\.name))
      let required = board.engine.plan.rules.requiredWriteUp
      let missing = Switchboard.writeUpOptions
        .filter { required.contains($0.field) && !written.contains($0.name) }.map(\.name)
      change { board, batch in
        let documented = Field("documented", missing.isEmpty ? "yes" : "no")
        board.note(
          "call.amended", [Field("call", name)] + fields + [documented], at: now(), &batch)
      }
      output.reply(context.request.tag, .ok)
      output.option("call", name)
      if !missing.isEmpty { output.option("missing", missing.joined(separator: ",")) }
      board.finish(&output)
    }
  }
}
