import Base
import Events
import Journal
import Routing

// Transfers and calls out.

extension Projector {
  // MARK: Transfers

  func projectTransfer(_ event: TransferEvent, _ detail: Detail, _ at: Instant) throws {
    switch event {
    case .consultStarted(let id, let call, let holder, _):
      try run(
        statements.transfers.openTransfer, number(id), self.id(call),
        .text(detail[.call] ?? ""), name(holder), .text(detail[.to]),
        .text(detail[.who]), .text(detail[.about]), time(at))
    case .consultOffered(let id, _, let agent):
      try run(statements.transfers.transferAgent, number(id), name(agent))
      try run(statements.handlings.consult, number(id), name(agent), time(at))
    case .consultRefused(let id, _, _, let outcome):
      try run(statements.handlings.endConsult, number(id), time(at), .text(outcome.word))
    case .consultAnswered(let id, _, _):
      try run(statements.transfers.answerTransfer, number(id), time(at))
      try run(statements.handlings.answerConsult, number(id), time(at))
    case .consultConfirmed(let id, _, _):
      try run(statements.transfers.confirmTransfer, number(id), time(at))
    case .completed(let id, let call, _, let target):
      try end(id, "completed", at)
      try run(statements.transfers.countTransfer, self.id(call))
      if let target { try run(statements.calls.holdBy, self.id(call), name(target)) }
      try handOver(call, to: target, at)
    case .ended(let id, _, _, let outcome, _):
      try end(id, outcome.word, at)
    case .blindPrevented(_, let agent, let cause):
      try run(
        statements.transfers.preventedBlind, time(at), .text(detail[.call] ?? ""),
        name(agent), .text(cause.word))
    }
  }

  /// Ends a transfer, and the consultation of whoever is being asked.
  private func end(_ transfer: TransferID, _ outcome: String, _ at: Instant) throws {
    try run(statements.transfers.endTransfer, number(transfer), time(at), .text(outcome))
    try run(statements.handlings.endConsult, number(transfer), time(at), .text(outcome))
  }

  private func number(_ transfer: TransferID) -> SQLValue {
    .integer(Int64(bitPattern: transfer.rawValue))
  }

  // MARK: Outbound

  func projectRequest(_ event: OutboundEvent, _ detail: Detail, _ at: Instant) throws {
    switch event {
    case .requested(let id, let agent, let purpose, _):
      try run(
        statements.requests.openRequest, .integer(Int64(bitPattern: id.rawValue)), name(agent),
        .text(purpose.word), .text(detail[.to]), time(at), .text("waiting"),
        .text(nil), .text(nil))
    case .granted(let id, let agent, let purpose, let call):
      let number = Int64(bitPattern: id.rawValue)
      statements.requests.findRequest.bind(1, number)
      let isWaiting = try statements.requests.findRequest.step()
      statements.requests.findRequest.reset()
      if !isWaiting {
        try run(
          statements.requests.openRequest, .integer(number), name(agent), .text(purpose.word),
          .text(detail[.to]), time(at), .text("waiting"), .text(nil), .text(nil))
      }
      try openCall(call, agent, purpose, detail, at)
      try run(
        statements.requests.grantRequest, .integer(number), time(at), .text(detail[.call]))
    case .refused(let agent, let purpose, let rule, let queue):
      try run(
        statements.requests.openRequest, .integer(nil), name(agent), .text(purpose.word),
        .text(detail[.to]), time(at), .text("refused"), .text(rule.word),
        .text(directory.name(of: queue)))
    case .requestEnded(let id, _, let outcome):
      try run(
        statements.requests.endRequest, .integer(Int64(bitPattern: id.rawValue)), time(at),
        .text(outcome.word))
    case .connected(let call, _): try run(statements.calls.answerCall, id(call), time(at))
    }
  }

  private func openCall(
    _ call: CallID, _ agent: AgentID, _ purpose: OutboundPurpose, _ detail: Detail,
    _ at: Instant
  ) throws {
    try run(
      statements.calls.openCall, id(call), .text(detail[.call] ?? ""), .text("outbound"),
      .text(nil), .text(nil), .text(detail[.to]), .text(nil), .integer(0),
      .text(purpose.word), time(at), name(agent))
    try run(statements.handlings.begin, id(call), name(agent), .text("outbound"), time(at))
  }
}
