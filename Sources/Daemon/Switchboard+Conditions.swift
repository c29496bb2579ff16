import Configuration
import LineProtocol
import Routing

/// The condition `if-seq=N` of a command.
extension Switchboard {
  /// Refuses when what the command is about has changed since record N.
  func checkSequence(_ context: RequestContext) throws {
    guard context.request["if-seq"] != nil else { return }
    if let changed = try lastChange(context) { try Self.requireUnchanged(context, since: changed) }
  }

  /// Refuses when `changed`, the number of the last record about it, is above N.
  static func requireUnchanged(_ context: RequestContext, since changed: UInt64) throws {
    guard let limit = context.request["if-seq"].flatMap({ UInt64($0) }), changed > limit else {
      return
    }
    throw Refusal(
      .stale, "it has changed at seq \(changed)", [Field("changed", String(changed))])
  }

  /// The number of the last record about the call or rep that the command is about; `nil` if there is none. A
  /// condition that nothing can be said about is refused, not passed over.
  private func lastChange(_ context: RequestContext) throws -> UInt64? {
    func changed(_ call: CallID?) -> UInt64? { call.flatMap { book[$0]?.changedAt } }
    switch (context.subject, context.request.verb) {
    case ("agent", _): return directory.agent(named: word(context)).map { book.changedAt($0) }
    case ("call", _), (_, "transfer.consult"), (_, "transfer.blind"):
      return changed(book.call(named: word(context)))
    case ("transfer", _):
      let id = TransferID(try number(word(context), prefix: "t-", "transfer"))
      let own = book.briefings[id.rawValue]?.changedAt
      return [changed(engine.transfer(id)?.row.call), own].compactMap { $0 }.max()
    case (_, "outbound.cancel"):
      let id = RequestID(try number(word(context), prefix: "r-", "request"))
      return engine.waitingRequests.first { $0.id == id }.map { book.changedAt($0.agent) }
    case ("outbound", _): return book.changedAt(try actingAgent(context))
    default:
      throw Refusal(.badArgument, "if-seq: \(context.request.verb) is about no call and no rep")
    }
  }
}
