import Base
import Routing
import Testing

@testable import Configuration

/// Queues in which a caller would wait for ever for nobody are errors.
@Suite struct LostCallerTests {
  @Test(
    "A queue nobody serves, from which callers do not get away, is an error",
    arguments: [
      "members: [], when-empty: stay",
      "members: [], when-empty: stay, max-offers: 3",
      "members: [], when-empty: stay, max-wait: 9, when-exhausted: stay",
      "members: [], when-empty: stay, max-wait: 9, when-exhausted: call-back",
      "members: [a], skills: [spanish]",
      "members: [a], skills: [spanish], max-wait: 9, when-exhausted: stay",
    ])
  func lost(keys: String) {
    let all = found(team("  x: {\(keys)}\n  all: {members: [a, b]}\n"))
    #expect(all.first?.hasPrefix("4:3: queue \"x\": nobody serves it") == true, "\(all)")
    #expect(all.first?.contains("a caller in it waits for ever") == true)
  }

  @Test(
    "One from which they get away is a warning",
    arguments: [
      "members: []",
      "members: [], when-empty: stay, max-wait: 9",
      "members: [], when-empty: stay, max-wait: 9, when-exhausted: reject",
      "members: [], when-empty: stay, max-wait: 9, when-exhausted: queue:all",
      "members: [], when-empty: stay, join-needs: logged-in",
      "members: [a], skills: [spanish], max-wait: 9",
      "members: [a], skills: [spanish], join-needs: logged-in",
    ])
  func sentOn(keys: String) {
    let all = found(team("  x: {\(keys)}\n  all: {members: [a, b]}\n"))
    #expect(all.first?.hasPrefix("4:3: warning: queue \"x\": nobody serves it") == true, "\(all)")
  }

  @Test("What leads only into such queues is an error too, at the key that leads there")
  func chain() {
    let all = found(
      team(
        """
          x: {members: [a], skills: [spanish], max-wait: 9, when-exhausted: "queue:y"}
          y: {members: [], join-needs: ready, when-empty: "queue:z"}
          z: {members: [], when-empty: stay}
          all: {members: [a, b]}
        """))
    let errors = all.filter { !$0.contains("warning: ") }
    #expect(
      errors.map { $0.prefix(16) }
        == ["4:53: queue \"x\": n", "5:39: queue \"y\": n", "6:3: queue \"z\": no"].map {
          $0.prefix(16)
        })
    #expect(errors[0].contains("when-exhausted leads to \"y\", where nobody answers either"))
  }

  @Test("Queues nobody serves that hand over to each other end in voicemail: a warning")
  func circle() {
    let all = found(
      team(
        """
          x: {members: [a], skills: [spanish], max-wait: 9, when-exhausted: "queue:y"}
          y: {members: [a], skills: [spanish], max-wait: 9, when-exhausted: "queue:x"}
          all: {members: [a, b]}
        """))
    #expect(all.count { !$0.contains("warning: ") } == 0, "\(all)")
    #expect(all.contains { $0.contains("circle") }, "\(all)")
  }

  @Test("What is refused does leave a caller with nobody: the engine, after a week")
  func truth() throws {
    let yaml = team("  x: {members: [], when-empty: stay, max-wait: 9}\n  all: {members: [a, b]}\n")
    var plan = try Configuration(yaml: yaml, file: "f").plan
    #expect(waits(plan) == nil, "with max-wait the caller goes on")
    plan.queues[0].maxWait = .zero
    #expect(waits(plan) == .waiting)
    plan.queues[0].members = [Member(AgentID(0))]
    plan.queues[0].skills = plan.agents[1].skills
    #expect(waits(plan) == .waiting)
    plan.queues[0].joinNeeds = .loggedIn
    #expect(waits(plan) == nil, "nobody with the skills is there: the door is closed")
  }

  /// The state of a caller of the first queue after a week in which both reps were ready.
  private func waits(_ plan: RoutingPlan) -> CallState? {
    var engine = RoutingEngine(plan, seed: 1)
    var events = EventBuffer()
    let start = Instant(seconds: 1_795_442_400)
    for agent in 0..<2 {
      _ = engine.handle(.logIn(AgentID(agent)), at: start, into: &events)
      _ = engine.handle(.makeReady(AgentID(agent)), at: start, into: &events)
    }
    let arrival = Command.arrive(queue: QueueID(0), priority: 0, credit: .zero, skills: [])
    guard case .entered(let call) = engine.handle(arrival, at: start, into: &events) else {
      return nil
    }
    engine.advance(to: start + .seconds(7 * 86_400), into: &events)
    return engine.call(call).flatMap { $0.state == .voicemail ? nil : $0.state }
  }
}
