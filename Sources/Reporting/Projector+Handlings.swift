import Base
import Routing

// The part that each rep has in a call: from the answer, the transfer or the dialling to the end of the talk, and
// the wrap-up after it.

extension Projector {
  func projectHandling(_ event: CallEvent, _ at: Instant) throws {
    switch event {
    case .answered(_, let call, let agent):
      try run(statements.handlings.begin, id(call), name(agent), .text("inbound"), time(at))
    case .ended(let call, _, _), .returnedToQueue(let call, _, _, _):
      try run(statements.handlings.endTalk, id(call), time(at))
    case .leftUndocumented(let call, let agent):
      try run(statements.handlings.undocumented, id(call), name(agent))
    case .arrived, .diverted, .offered, .ringing, .offerEnded, .tierEscalated, .held, .resumed,
      .holdReminded, .writtenUp, .foundStale:
      break
    }
  }

  func projectHandling(_ event: AgentEvent, _ at: Instant) throws {
    switch event {
    case .wrapUpStarted(let agent, let call, _):
      try run(statements.handlings.startWrapUp, id(call), name(agent), time(at))
    case .wrapUpEnded(let agent), .loggedOut(let agent):
      try run(statements.handlings.endWrapUp, name(agent), time(at))
    case .loggedIn, .becameReady, .becameNotReady, .reasonEnded, .leftQueue, .rejoinedQueue,
      .spared, .rested, .wrapUpExtended, .phoneUp, .phoneBusy, .phoneDown:
      break
    }
  }

  func handOver(_ call: CallID, to target: AgentID?, _ at: Instant) throws {
    try run(statements.handlings.endTalk, id(call), time(at))
    guard let target else { return }
    try run(statements.handlings.begin, id(call), name(target), .text("transferred"), time(at))
  }
}
