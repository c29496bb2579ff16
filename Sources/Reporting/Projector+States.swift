import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Configuration
import Configuration
import Configuration
import Configuration
import Configuration
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Configuration
import Configuration
import Configuration
import Configuration
import Configuration
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Configuration
import Configuration
import Configuration
import Configuration
import Configuration
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Configuration
import Configuration
import Configuration
import Configuration
import Configuration
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Configuration
import Configuration
import Configuration
import Configuration
import Configuration
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Journal
import Configuration
import Configuration
import Configuration
import Configuration
import Configuration
import Journal
import Journal
import Journal
import Journal
import Base
import Routing

// What each rep is doing, and the part that each has in a call.

extension Projector {
  // MARK: States

  mutating func projectState(_ event: Event, _ at: Instant) throws {
    switch event {
    case .agentLoggedIn(let agent):
      try set(agent, at) { $0 = AgentState(availability: "not-ready", reason: "just-logged-in") }
    case .agentLoggedOut(let agent): try set(agent, at) { $0 = AgentState() }
    case .agentBecameReady(let agent):
      try set(agent, at) { ($0.availability, $0.reason) = ("ready", nil) }
    case .agentBecameNotReady(let agent, _, _, _, let shown),
      .agentReasonEnded(let agent, _, let shown):
      let name = directory.name(of: shown)
      try set(agent, at) { ($0.availability, $0.reason) = ("not-ready", name) }
    case .callHeld(let call): try setHolder(of: call, "holding", at)
    case .callResumed(let call): try setHolder(of: call, "talking", at)
    case .callOffered(_, _, let agent, _, _, _): try set(agent, "ringing", at)
    case .offerEnded(_, _, let agent, _, _), .callReturnedToQueue(_, _, let agent),
      .consultRefused(_, _, let agent, _), .wrapUpEnded(let agent):
      try set(agent, "idle", at)
    case .callAnswered(_, _, let agent): try set(agent, "talking", at)
    case .callEnded(_, let agent?, _): try set(agent, "idle", at)
    case .wrapUpStarted(let agent, _, _): try set(agent, "wrap-up", at)
    case .outboundGranted(_, let agent, _, _): try set(agent, "outbound", at)
    case .consultStarted(_, _, let holder, _): try set(holder, "consulting", at)
    case .consultOffered(_, _, let agent): try set(agent, "ringing", at)
    case .consultAnswered(let id, _):
      if let agent = try consultant(of: id) { try set(agent, "consulting", at) }
    case .transferEnded(let id, _, let holder, _):
      if let agent = try consultant(of: id) { try set(agent, "idle", at) }
      try set(holder, "talking", at)
    case .transferCompleted(_, _, let holder, let target):
      try set(holder, "idle", at)
      if let target { try set(target, "talking", at) }
    case .callEnded(_, nil, _), .callArrived, .callDiverted, .offerRinging, .tierEscalated,
      .holdReminded, .callWrittenUp, .callLeftUndocumented, .callFoundStale, .agentLeftQueue,
      .agentRejoinedQueue, .agentSpared, .agentRested, .wrapUpExtended, .consultConfirmed,
      .blindTransferPrevented, .outboundRequested, .outboundRefused, .outboundRequestEnded,
      .outboundConnected, .officeHoursSet, .queueOpened, .queueClosed, .dayStarted:
      break
    }
  }

  /// The rep who holds the call does something else with it, unless busy with a consultation.
  private mutating func setHolder(of call: CallID, _ activity: String, _ at: Instant) throws {
    statements.calls.holderOf.bind(1, Int64(bitPattern: call.rawValue))
    defer { statements.calls.holderOf.reset() }
    guard try statements.calls.holderOf.step(), !statements.calls.holderOf.isNull(0),
      case let name = statements.calls.holderOf.text(0),
      let agent = directory.agents.firstIndex(where: { $0.name == name }),
      let now = states[UInt16(agent)]?.activity, now == "talking" || now == "holding"
    else { return }
    try set(AgentID(agent), activity, at)
  }

  /// The rep who was asked last, if the phone still rings for that or the reps still talk.
  private func consultant(of id: TransferID) throws -> AgentID? {
    statements.transfers.transferAgentOf.bind(1, Int64(bitPattern: id.rawValue))
    defer { statements.transfers.transferAgentOf.reset() }
    guard try statements.transfers.transferAgentOf.step(),
      !statements.transfers.transferAgentOf.isNull(0),
      case let name = statements.transfers.transferAgentOf.text(0),
      let index = directory.agents.firstIndex(where: { $0.name == name }),
      let activity = states[UInt16(index)]?.activity,
      activity == "consulting" || activity == "ringing"
    else { return nil }
    return AgentID(index)
  }

  private mutating func set(_ agent: AgentID, _ activity: String, _ at: Instant) throws {
    try set(agent, at) { $0.activity = activity }
  }

  private mutating func set(
    _ agent: AgentID, _ at: Instant, _ change: (inout AgentState) -> Void
  ) throws {
    var state = states[agent.rawValue] ?? AgentState()
    let before = states[agent.rawValue]
    change(&state)
    if state == before { return }
    states[agent.rawValue] = state
    try run(statements.requests.closeState, name(agent), time(at))
    if state.availability == "logged-out" { return }
    try run(
      statements.requests.openState, name(agent), .text(state.availability), .text(state.activity),
      .text(state.reason), time(at))
  }

  // MARK: Handlings

  /// Opens and closes the rep's part in a call: from the answer, the transfer or the dialling to the end of the talk,
  /// and the wrap-up after it.
  func projectHandling(_ event: Event, _ at: Instant) throws {
    switch event {
    case .callAnswered(_, let call, let agent):
      try run(statements.handlings.begin, id(call), name(agent), .text("inbound"), time(at))
    case .outboundGranted(_, let agent, _, let call):
      try run(statements.handlings.begin, id(call), name(agent), .text("outbound"), time(at))
    case .transferCompleted(_, let call, _, let target):
      try run(statements.handlings.endTalk, id(call), time(at))
      guard let target else { return }
      try run(statements.handlings.begin, id(call), name(target), .text("transferred"), time(at))
    case .callEnded(let call, _, _), .callReturnedToQueue(let call, _, _):
      try run(statements.handlings.endTalk, id(call), time(at))
    case .wrapUpStarted(let agent, let call, _):
      try run(statements.handlings.startWrapUp, id(call), name(agent), time(at))
    case .wrapUpEnded(let agent), .agentLoggedOut(let agent):
      try run(statements.handlings.endWrapUp, name(agent), time(at))
    case .callLeftUndocumented(let call, let agent):
      try run(statements.handlings.undocumented, id(call), name(agent))
    case .callArrived, .callDiverted, .callOffered, .offerRinging, .offerEnded, .tierEscalated,
      .callHeld, .callResumed, .holdReminded, .callWrittenUp, .callFoundStale, .agentLoggedIn,
      .agentBecameReady, .agentBecameNotReady, .agentReasonEnded, .agentLeftQueue,
      .agentRejoinedQueue, .agentSpared, .agentRested, .wrapUpExtended, .consultStarted,
      .consultOffered, .consultRefused, .consultAnswered, .consultConfirmed, .transferEnded,
      .blindTransferPrevented, .outboundRequested, .outboundRefused, .outboundRequestEnded,
      .outboundConnected, .officeHoursSet, .queueOpened, .queueClosed, .dayStarted:
      break
    }
  }
}
