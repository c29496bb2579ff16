import Base
import Testing

@testable import Routing

/// An engine with names instead of ids, a clock, and everything that has happened.
struct TestTeam {
  var engine: RoutingEngine
  var now = Instant(seconds: 1_000_000)
  var log: [TimedEvent] = []
  private var buffer = EventBuffer()

  init(_ plan: RoutingPlan, seed: UInt64 = 1) {
    engine = RoutingEngine(plan, seed: seed)
    engine.apply(.calendar(.dayStarted), at: now)
  }

  /// A team of `count` reps, all ready, serving one queue that `adjust` may change.
  init(
    ready count: Int, _ adjust: (inout QueuePlan) -> Void = { _ in },
    rules: (inout TeamRules) -> Void = { _ in }
  ) {
    var queue = QueuePlan(members: (0..<count).map { Member(AgentID($0)) })
    adjust(&queue)
    var plan = RoutingPlan(
      agents: Array(repeating: AgentPlan(), count: count), queues: [queue])
    rules(&plan.rules)
    self.init(plan)
    for agent in 0..<count { ready(agent) }
  }

  /// Carries out a command now.
  @discardableResult
  mutating func does(_ command: Command) -> Outcome {
    buffer.removeAll()
    let outcome = engine.handle(command, at: now, into: &buffer)
    log += buffer.events
    #expect(engine.invariantViolations() == [])
    return outcome
  }

  /// Lets time pass.
  mutating func wait(_ seconds: Double) {
    now = now + TimeSpan(seconds: seconds)
    buffer.removeAll()
    engine.advance(to: now, into: &buffer)
    log += buffer.events
    #expect(engine.invariantViolations() == [])
  }

  /// Logs a rep in and makes the rep ready.
  mutating func ready(_ agent: Int) {
    does(.logIn(AgentID(agent)))
    does(.makeReady(AgentID(agent)))
  }

  /// A caller enters queue `queue`.
  mutating func arrive(
    _ queue: Int = 0, priority: UInt8 = 0, credit: TimeSpan = .zero, skills: SkillSet = []
  ) -> CallID {
    let command = Command.arrive(
      queue: QueueID(queue), priority: priority, credit: credit, skills: skills)
    guard case .entered(let call) = does(command) else {
      Issue.record("the caller was not let in")
      return CallID(slot: .max, generation: 0)
    }
    return call
  }

  /// A caller enters and the rep whose phone rings picks up.
  mutating func connect(_ queue: Int = 0) -> (call: CallID, agent: Int) {
    let call = arrive(queue)
    let agent = ringing(call).first ?? -1
    does(.answer(call, agent: AgentID(agent), offer: nil))
    return (call, agent)
  }

  /// The reps whose phones ring for `call`.
  func ringing(_ call: CallID) -> [Int] {
    engine.plan.agents.indices.filter { engine.agent(AgentID($0)).offer?.call == call }
  }

  /// The events since the log had `count` entries.
  func events(since count: Int) -> [Event] { log[count...].map(\.event) }

  /// How the offers made to `agent` ended.
  func outcomes(_ agent: Int) -> [OfferOutcome] {
    log.compactMap { entry in
      switch entry.event {
      case .call(.offerEnded(_, _, AgentID(agent), let outcome, _)): outcome
      case .call(.answered(_, _, AgentID(agent))): .answered
      default: nil
      }
    }
  }

  /// How `call` ended, if it has.
  func end(of call: CallID) -> EndReason? {
    for entry in log {
      if case .call(.ended(call, _, let reason)) = entry.event { return reason }
    }
    return nil
  }

  func state(_ call: CallID) -> CallState? { engine.call(call)?.state }

  func agent(_ index: Int) -> AgentRow { engine.agent(AgentID(index)) }
}

extension AgentID {
  static func ~= (pattern: AgentID, value: AgentID) -> Bool { pattern == value }
}

extension QueueID {
  static func ~= (pattern: QueueID, value: QueueID) -> Bool { pattern == value }
}

extension CallID {
  static func ~= (pattern: CallID, value: CallID) -> Bool { pattern == value }
}
