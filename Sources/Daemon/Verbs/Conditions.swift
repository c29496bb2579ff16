import Events
import LineProtocol
import Routing
import Switchboard
import Vocabulary

/// The condition `if-seq=N` of a command.
extension Switchboard {
  /// Refuses when what the command is about has changed since record N.
  func checkSequence(_ context: RequestContext) throws {
    guard context.arguments[.ifSeq] != nil else { return }
    if let changed = try lastChange(context) { try Self.requireUnchanged(context, since: changed) }
  }

  /// Refuses when `changed`, the number of the last record about it, is above N.
  static func requireUnchanged(_ context: RequestContext, since changed: UInt64) throws {
    guard let limit = context.arguments[.ifSeq], changed > limit else { return }
    throw Refusal(
      .stale, "it has changed at seq \(changed)", [Field("changed", String(changed))])
  }

  /// The number of the last record about the call or rep that the command is about; `nil` if there is none. A
  /// condition that nothing can be said about is refused, not passed over.
  private func lastChange(_ context: RequestContext) throws -> UInt64? {
    switch context.verb {
    case .change(.agent):
      return directory.agent(named: context.arguments.required(.agent)).map { book.changedAt($0) }
    case .change(.call(.synchronise)), .record, .admin, .question:
      throw Refusal(.badArgument, "if-seq: \(context.verb.name) is about no call and no rep")
    case .change(.call), .change(.transfer(.consult)), .change(.transfer(.blind)):
      return changed(book.call(named: callName(context)))
    case .change(.transfer):
      let id: TransferID = try number(context.arguments.required(.transfer))
      let own = book.briefings[id.rawValue]?.changedAt
      return [changed(engine.transfer(id)?.row.call), own].compactMap { $0 }.max()
    case .change(.outbound(.cancel)):
      let id: RequestID = try number(context.arguments.required(.request))
      return engine.waitingRequests.first { $0.id == id }.map { book.changedAt($0.agent) }
    case .change(.outbound): return book.changedAt(try actingAgent(context))
    }
  }

  private func changed(_ call: CallID?) -> UInt64? { call.flatMap { book[$0]?.changedAt } }
}
