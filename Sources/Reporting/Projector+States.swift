import Base
import Configuration
import Events
import Journal
import Routing

// What each rep is doing, and the part that each has in a call.

extension Projector {
  // MARK: States

  mutating func projectState(_ event: Event, _ at: Instant) throws {
    if case .agent(let event) = event { try projectAvailability(event, at) }
    try event.forEachActivityChange { agent, change in try apply(change, to: agent, at) }
    try projectUnnamed(event, at)
  }

  private mutating func projectAvailability(_ event: AgentEvent, _ at: Instant) throws {
    switch event {
    case .loggedIn(let agent):
      try set(agent, at) { $0 = RepState(availability: .notReady, reason: "just-logged-in") }
    case .loggedOut(let agent): try set(agent, at) { $0 = RepState() }
    case .becameReady(let agent):
      try set(agent, at) { ($0.availability, $0.reason) = (.ready, nil) }
    case .becameNotReady(let agent, _, _, _, let shown), .reasonEnded(let agent, _, let shown):
      let name = directory.name(of: shown)
      try set(agent, at) { ($0.availability, $0.reason) = (.notReady, name) }
    case .leftQueue, .rejoinedQueue, .spared, .rested, .wrapUpStarted, .wrapUpExtended,
      .wrapUpEnded:
      break
    }
  }

  private mutating func apply(
    _ change: ActivityChange, to agent: AgentID, _ at: Instant
  ) throws {
    try set(agent, at) { $0.activity = change.activity(after: $0.activity) }
  }

  private mutating func set(
    _ agent: AgentID, _ at: Instant, _ change: (inout RepState) -> Void
  ) throws {
    var state = states[agent.rawValue] ?? RepState()
    let before = states[agent.rawValue]
    change(&state)
    if state == before { return }
    states[agent.rawValue] = state
    try run(statements.requests.closeState, name(agent), time(at))
    if state.availability == .loggedOut { return }
    try run(
      statements.requests.openState, name(agent), .text(state.availability.rawValue),
      .text(state.activity.rawValue), .text(state.reason), time(at))
  }

  // MARK: Records of version 0.1.0

  /// What events do not say that do not name the rep consulted, or the holder of a call: the tables know.
  private mutating func projectUnnamed(_ event: Event, _ at: Instant) throws {
    switch event {
    case .call(.held(let call, nil)):
      if let agent = try holder(of: call) { try apply(.holds, to: agent, at) }
    case .call(.resumed(let call, nil)):
      if let agent = try holder(of: call) { try apply(.resumes, to: agent, at) }
    case .transfer(.consultAnswered(let id, _, nil)):
      if let agent = try consultant(of: id) { try apply(.begins(.consulting), to: agent, at) }
    case .transfer(.ended(let id, _, _, _, nil)):
      if let agent = try consultant(of: id) { try apply(.begins(.idle), to: agent, at) }
    case .call, .agent, .transfer, .outbound, .calendar: break
    }
  }

  private func holder(of call: CallID) throws -> AgentID? {
    statements.calls.holderOf.bind(1, Int64(bitPattern: call.rawValue))
    defer { statements.calls.holderOf.reset() }
    guard try statements.calls.holderOf.step(), !statements.calls.holderOf.isNull(0) else {
      return nil
    }
    return agent(named: statements.calls.holderOf.text(0))
  }

  /// The rep who was asked last, if the phone still rings for that or the reps still talk.
  private func consultant(of id: TransferID) throws -> AgentID? {
    statements.transfers.transferAgentOf.bind(1, Int64(bitPattern: id.rawValue))
    defer { statements.transfers.transferAgentOf.reset() }
    guard try statements.transfers.transferAgentOf.step(),
      !statements.transfers.transferAgentOf.isNull(0),
      let agent = agent(named: statements.transfers.transferAgentOf.text(0)),
      let activity = states[agent.rawValue]?.activity,
      activity == .consulting || activity == .ringing
    else { return nil }
    return agent
  }

  private func agent(named name: String) -> AgentID? {
    directory.agents.firstIndex { $0.name == name }.map { AgentID($0) }
  }
}
