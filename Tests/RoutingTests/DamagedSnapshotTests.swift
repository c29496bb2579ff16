import Base
import TestSupport
import Testing

@testable import Routing

/// Bytes that are no state are refused; they are neither indexed with nor made room for.
@Suite struct DamagedSnapshotTests {
  private static let plan = RoutingPlan(
    agents: Array(repeating: AgentPlan(), count: 3),
    queues: [QueuePlan(members: (0..<3).map { Member(AgentID($0)) })])

  /// A state with a call that rings, one that waits, and one that is talked to.
  private static let snapshot: [UInt8] = {
    var world = TestTeam(plan)
    for agent in 0..<2 { world.ready(agent) }
    let calls = (0..<3).map { _ in world.arrive() }
    world.does(.answer(calls[0], agent: AgentID(0), offer: nil))
    return world.engine.snapshot()
  }()

  @Test("A deadline of a rep that cannot be costs no memory")
  func farDeadline() throws {
    var engine = try #require(RoutingEngine(plan: Self.plan, seed: 1, snapshot: Self.snapshot))
    engine.deadlines.set(.agentNotReady, 40_000_000, at: .init(seconds: 2_000_000))
    let read = RoutingEngine(plan: Self.plan, seed: 1, snapshot: engine.snapshot())
    #expect(read?.deadlines.count == engine.deadlines.count - 1)
  }

  @Test("A pointer, an offer, a transfer, a request or a call that names nobody is refused")
  func names() throws {
    let engine = try #require(RoutingEngine(plan: Self.plan, seed: 1, snapshot: Self.snapshot))
    let changes: [(inout RoutingEngine) -> Void] = [
      { $0.queues[0].pointers[0] = 3 }, { $0.queues[0].pointers[0] = -2 },
      { $0.queues[0].ringing = [CallID(slot: 9, generation: 1)] },
      { $0.agents[1].offer?.queue = QueueID(1) },
      { $0.agents[1].offer?.call = CallID(slot: 99, generation: 1) },
      { $0.agents[0].call = CallID(slot: 99, generation: 1) },
      { $0.agents[2].consultHolder = AgentID(3) },
      { $0.transfers[0].agent = AgentID(3) }, { $0.transfers[0].target = .queue(QueueID(7)) },
      { $0.calls[CallID(slot: 0, generation: 1)].agent = AgentID(3) },
      { $0.calls[CallID(slot: 2, generation: 1)].queue = QueueID(1) },
      {
        $0.requests = [
          RequestRow(id: RequestID(1), agent: AgentID(9), purpose: .other, expires: .never)
        ]
      },
    ]
    for (index, change) in changes.enumerated() {
      var damaged = engine
      change(&damaged)
      let bytes = damaged.snapshot()
      #expect(bytes != engine.snapshot(), "change \(index) changes nothing")
      #expect(RoutingEngine(plan: Self.plan, seed: 1, snapshot: bytes) == nil, "change \(index)")
    }
  }

  @Test("Whatever bytes are changed, it is refused or it is a state")
  func anyBytes() {
    var random = TestRandom(state: 11)
    for _ in 0..<3_000 {
      var bytes = Self.snapshot
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 1..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      guard let engine = RoutingEngine(plan: Self.plan, seed: 1, snapshot: bytes) else { continue }
      let again = RoutingEngine(plan: Self.plan, seed: 1, snapshot: engine.snapshot())
      #expect(again?.snapshot() == engine.snapshot())
    }
  }
}
