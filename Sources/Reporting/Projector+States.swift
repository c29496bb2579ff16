import Base
import Events
import Routing

// What each rep is doing.

extension Projector {
  // MARK: States

  mutating func projectState(_ event: Event, _ at: Instant) throws {
    if case .agent(let event) = event { try projectAvailability(event, at) }
    try event.forEachActivityChange { agent, change in try apply(change, to: agent, at) }
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
      .phoneUp, .phoneBusy, .phoneDown,
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
}
