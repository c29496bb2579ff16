import Configuration
import Journal
import Journal
import Journal
import Configuration
import Journal
import Journal
import Journal
import Configuration
import Journal
import Journal
import Journal
import Configuration
import Journal
import Journal
import Journal
import Configuration
import Journal
import Journal
import Journal
import Configuration
import Journal
import Journal
import Journal
import Base
import LineProtocol
import Routing

// Transfers and calls out.

extension Projector {
  // MARK: Transfers

  func projectTransfer(_ event: Event, _ options: [Field], _ at: Instant) throws {
    switch event {
    case .consultStarted(let id, let call, let holder, _):
      try run(
        statements.transfers.openTransfer, number(id), self.id(call),
        .text(value(options, "call") ?? ""), name(holder), .text(value(options, "to")),
        .text(value(options, "who")), .text(value(options, "about")), time(at))
    case .consultOffered(let id, _, let agent):
      try run(statements.transfers.transferAgent, number(id), name(agent))
      try run(statements.handlings.consult, number(id), name(agent), time(at))
    case .consultRefused(let id, _, _, let outcome):
      try run(statements.handlings.endConsult, number(id), time(at), .text(outcome.word))
    case .consultAnswered(let id, _):
      try run(statements.transfers.answerTransfer, number(id), time(at))
      try run(statements.handlings.answerConsult, number(id), time(at))
    case .consultConfirmed(let id, _):
      try run(statements.transfers.confirmTransfer, number(id), time(at))
    case .transferCompleted(let id, let call, _, let target):
      try end(id, "completed", at)
      try run(statements.transfers.countTransfer, self.id(call))
      if let target { try run(statements.calls.holdBy, self.id(call), name(target)) }
    case .transferEnded(let id, _, _, let outcome):
      try end(id, outcome.word, at)
    case .blindTransferPrevented(_, let agent, let cause):
      try run(
        statements.transfers.preventedBlind, time(at), .text(value(options, "call") ?? ""),
        name(agent), .text(cause.word))
    case .callArrived, .callDiverted, .callOffered, .offerRinging, .offerEnded, .callAnswered,
      .tierEscalated, .callHeld, .callResumed, .holdReminded, .callEnded, .callWrittenUp,
      .callLeftUndocumented, .callReturnedToQueue, .callFoundStale, .agentLoggedIn,
      .agentLoggedOut, .agentBecameReady, .agentBecameNotReady, .agentReasonEnded,
      .agentLeftQueue, .agentRejoinedQueue, .agentSpared, .agentRested, .wrapUpStarted,
      .wrapUpExtended, .wrapUpEnded, .outboundRequested, .outboundGranted, .outboundRefused,
      .outboundRequestEnded, .outboundConnected, .officeHoursSet, .queueOpened, .queueClosed,
      .dayStarted:
      break
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

  func projectRequest(_ event: Event, _ options: [Field], _ at: Instant) throws {
    switch event {
    case .outboundRequested(let id, let agent, let purpose, _):
      try run(
        statements.requests.openRequest, .integer(Int64(bitPattern: id.rawValue)), name(agent),
        .text(purpose.word), .text(value(options, "to")), time(at), .text("waiting"),
        .text(nil), .text(nil))
    case .outboundGranted(let id, let agent, let purpose, _):
      let number = Int64(bitPattern: id.rawValue)
      statements.requests.findRequest.bind(1, number)
      let isWaiting = try statements.requests.findRequest.step()
      statements.requests.findRequest.reset()
      if !isWaiting {
        try run(
          statements.requests.openRequest, .integer(number), name(agent), .text(purpose.word),
          .text(value(options, "to")), time(at), .text("waiting"), .text(nil), .text(nil))
      }
      try run(
        statements.requests.grantRequest, .integer(number), time(at), .text(value(options, "call")))
    case .outboundRefused(let agent, let purpose, let rule, let queue):
      try run(
        statements.requests.openRequest, .integer(nil), name(agent), .text(purpose.word),
        .text(value(options, "to")), time(at), .text("refused"), .text(rule.word),
        .text(directory.name(of: queue)))
    case .outboundRequestEnded(let id, _, let outcome):
      try run(
        statements.requests.endRequest, .integer(Int64(bitPattern: id.rawValue)), time(at),
        .text(outcome.word))
    case .callArrived, .callDiverted, .callOffered, .offerRinging, .offerEnded, .callAnswered,
      .tierEscalated, .callHeld, .callResumed, .holdReminded, .callEnded, .callWrittenUp,
      .callLeftUndocumented, .callReturnedToQueue, .callFoundStale, .agentLoggedIn,
      .agentLoggedOut, .agentBecameReady, .agentBecameNotReady, .agentReasonEnded,
      .agentLeftQueue, .agentRejoinedQueue, .agentSpared, .agentRested, .wrapUpStarted,
      .wrapUpExtended, .wrapUpEnded, .consultStarted, .consultOffered, .consultRefused,
      .consultAnswered, .consultConfirmed, .transferCompleted, .transferEnded,
      .blindTransferPrevented, .outboundConnected, .officeHoursSet, .queueOpened, .queueClosed,
      .dayStarted:
      break
    }
  }
}
