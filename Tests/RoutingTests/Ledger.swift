@testable import Routing

/// Books kept from the events alone, independently of the engine: the conservation laws of the offer
/// ledger and of the calls.
struct Ledger {
  private struct OpenOffer: Equatable {
    var call: CallID
    var agent: AgentID
  }

  private var openOffers: [OfferID: OpenOffer] = [:]
  private var offersMade: [AgentID: Int] = [:]
  private var offersEnded: [AgentID: [OfferOutcome: Int]] = [:]
  private var liveCalls: Set<CallID> = []
  private var entered = 0
  private var granted = 0
  private var ended: [EndReason: Int] = [:]
  private var lastOffer = OfferID(0)
  private(set) var complaints: [String] = []

  mutating func enter(_ entry: TimedEvent) {
    switch entry.event {
    case .call(.arrived(let call, _, _, _, _, _)):
      entered += 1
      open(call)
    case .outbound(.granted(_, _, _, let call)):
      granted += 1
      open(call)
    case .call(.offered(let id, let call, let agent, _, _, _)):
      if id <= lastOffer { complaints.append("offer \(id.rawValue) numbered out of order") }
      lastOffer = id
      if openOffers.values.contains(where: { $0.agent == agent }) {
        complaints.append("agent \(agent.rawValue) rings twice")
      }
      openOffers[id] = OpenOffer(call: call, agent: agent)
      offersMade[agent, default: 0] += 1
    case .call(.offerEnded(let id, let call, let agent, let outcome, _)):
      close(id, call, agent, outcome)
    case .call(.answered(let id, let call, let agent)):
      close(id, call, agent, .answered)
    case .call(.ended(let call, _, let reason)):
      if liveCalls.remove(call) == nil { complaints.append("a call ended twice") }
      ended[reason, default: 0] += 1
    default: break
    }
  }

  private mutating func open(_ call: CallID) {
    if !liveCalls.insert(call).inserted { complaints.append("a call entered twice") }
  }

  private mutating func close(
    _ id: OfferID, _ call: CallID, _ agent: AgentID, _ outcome: OfferOutcome
  ) {
    if openOffers.removeValue(forKey: id) != OpenOffer(call: call, agent: agent) {
      complaints.append("offer \(id.rawValue) ended twice or for somebody else")
    }
    offersEnded[agent, default: [:]][outcome, default: 0] += 1
  }

  /// The laws, against what the engine says is still going on.
  mutating func audit(_ engine: RoutingEngine) -> [String] {
    var found = complaints
    for agent in engine.plan.agents.indices.map({ AgentID($0) }) {
      let ended = offersEnded[agent, default: [:]].values.reduce(0, +)
      let open = engine.agent(agent).offer == nil ? 0 : 1
      if offersMade[agent, default: 0] != ended + open {
        found.append("agent \(agent.rawValue): offers are not the sum of their outcomes")
      }
    }
    if entered + granted != ended.values.reduce(0, +) + engine.liveCallCount {
      found.append("calls entered are not calls ended plus calls there")
    }
    if liveCalls != Set(engine.liveCalls) {
      found.append("the engine has other calls than the books")
    }
    return found
  }
}
