import Base
import Testing

@testable import Routing

/// Defects that independent testers and reviewers found in the rules of 0.1.1, each kept as a short history.
@Suite struct FoundByAttackTests {
  private let alice = AgentID(0)
  private let bob = AgentID(1)
  private let carol = AgentID(2)

  private func adopt(_ world: inout TestTeam, _ change: (inout RoutingPlan) -> Void) {
    var plan = world.engine.plan
    change(&plan)
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    world.log += events.events
    #expect(world.engine.invariantViolations() == [])
  }

  @Test("A caller who rings while a reload takes the queue's reps is sent on when the ring ends")
  func reloadWhileRinging() {
    for stayNeeds in [Presence.nobody, .loggedIn] {
      var world = TestTeam(ready: 2) { $0.stayNeeds = stayNeeds }
      world.does(.logOut(bob))
      let call = world.arrive()
      adopt(&world) { plan in
        plan.queues[0].members = stayNeeds == .nobody ? [] : [Member(AgentID(1))]
      }
      #expect(world.ringing(call) == [0])
      world.wait(18)
      #expect(world.state(call) == .voicemail)
    }
  }

  @Test("Closing time comes before a limit that keeps the caller")
  func closingBeforeLimits() {
    var world = TestTeam(ready: 1) {
      $0.atClosing = .voicemail
      $0.maxOffers = 1
      $0.whenExhausted = .stay
    }
    world.does(
      .setOfficeHours(QueueID(0), opens: world.now, closes: world.now + .seconds(10)))
    let call = world.arrive()
    world.wait(18)
    #expect(world.state(call) == .voicemail)
  }

  @Test("A caller whom a lost holder puts back into a closed queue goes where the plan says")
  func returnedAfterClosing() {
    var world = TestTeam(ready: 2) { $0.atClosing = .voicemail }
    let (call, agent) = world.connect()
    world.does(
      .consult(call, agent: AgentID(agent), target: .agent(bob), briefing: .complete))
    world.does(.answerConsult(TransferID(1), agent: bob))
    world.does(.makeNotReady(bob, reason: .dontAcceptQueueCalls, until: .never))
    world.does(.makeNotReady(alice, reason: .dontAcceptQueueCalls, until: .never))
    world.does(.setOfficeHours(QueueID(0), opens: Instant(seconds: 1), closes: Instant(seconds: 2)))
    world.does(.hangUp(call, by: .agent, cause: .normal))
    #expect(world.state(call) == .voicemail)
  }

  @Test("When one of several phones stops, others may take the ring over")
  func takeOverWhenOneStops() {
    var queue = QueuePlan(members: [Member(alice), Member(bob), Member(carol, tier: 1)])
    queue.strategy = .simultaneous
    queue.tierAfter = [.seconds(8)]
    var world = TestTeam(
      RoutingPlan(agents: Array(repeating: AgentPlan(), count: 3), queues: [queue]))
    world.ready(1)
    world.ready(2)
    let call = world.arrive()
    world.wait(1)
    world.does(.ignore(call, agent: bob, offer: nil))
    world.wait(6)
    world.ready(0)
    world.wait(1)
    #expect(world.ringing(call) == [0, 1])
    world.wait(1)
    world.does(.makeNotReady(alice, reason: NotReadyReason(16), until: .never))
    #expect(world.ringing(call) == [1, 2])
  }

  @Test("max-ring-time is the caller's, whenever each phone says that it rings")
  func phonesReport() {
    var world = TestTeam(ready: 2) {
      $0.strategy = .simultaneous
      $0.maxRingTime = .seconds(10)
    }
    let start = world.now
    let call = world.arrive()
    world.wait(0.1)
    world.does(.reportRinging(call, agent: alice))
    world.wait(0.4)
    world.does(.reportRinging(call, agent: bob))
    world.wait(20)
    let left = world.log.first { entry in
      if case .call(.diverted(call, _, _, .voicemail)) = entry.event { true } else { false }
    }
    #expect(left.map { ($0.at - start).seconds } == 10.1)
    #expect(world.outcomes(0) == [.withdrawn] && world.outcomes(1) == [.withdrawn])
  }

  @Test(
    "A limit that falls into the pause between rings is no reason for a whole ring more",
    arguments: [18.5, 19.0, 37.5])
  func limitInPause(seconds: Double) {
    var world = TestTeam(ready: 1) { $0.maxRingTime = TimeSpan(seconds: seconds) }
    let start = world.now
    let call = world.arrive()
    world.wait(100)
    let left = world.log.first { entry in
      if case .call(.diverted(call, _, _, .voicemail)) = entry.event { true } else { false }
    }
    let after = left.map { ($0.at - start).seconds } ?? 0
    #expect(after <= seconds && after >= seconds - 1)
  }

  @Test("A ring limit behind which the caller stays cuts no ring short")
  func limitThatStays() {
    var world = TestTeam(ready: 1) {
      $0.maxRingTime = .seconds(10)
      $0.whenExhausted = .stay
    }
    _ = world.arrive()
    world.wait(18)
    #expect(world.outcomes(0) == [.noAnswer])
  }

  @Test("A reload that lengthens the ring loses no refusal")
  func longerRing() {
    var world = TestTeam(ready: 1)
    let call = world.arrive()
    adopt(&world) { $0.queues[0].ringTimeout = .seconds(30) }
    world.wait(18)
    #expect(world.outcomes(0) == [.noAnswer])
    #expect(world.ringing(call) == [])
  }

  @Test("After an outage nobody rings for a caller whose time has long been up")
  func noRingsOfNoTime() {
    var world = TestTeam(ready: 1) { $0.maxWait = .seconds(60) }
    for _ in 0..<30 { _ = world.arrive() }
    let since = world.log.count
    world.now = world.now + .minutes(5)
    var events = EventBuffer()
    world.engine.resume(at: world.now, into: &events)
    world.log += events.events
    let offers = world.events(since: since).filter { event in
      if case .call(.offered) = event { true } else { false }
    }
    #expect(offers.isEmpty)
    #expect(world.engine.status(of: QueueID(0)).waiting == 0)
    #expect(world.engine.invariantViolations() == [])
  }

  @Test("A lead who takes a call back from a phone charges nobody")
  func leadIgnores() {
    var world = TestTeam(ready: 2)
    let call = world.arrive()
    world.does(.ignore(call, agent: alice, offer: nil, by: .lead))
    #expect(world.outcomes(0) == [.withdrawn])
    #expect(world.ringing(call) == [1])
  }

  @Test("The last one ready with the caller's skills is spared, and missed when she goes")
  func lastWithSkills() {
    let spanish = SkillSet(rawValue: 1)
    let queue = QueuePlan(members: [Member(alice), Member(bob)])
    var plan = RoutingPlan(agents: [AgentPlan(skills: spanish), AgentPlan()], queues: [queue])
    plan.rules.notReadyAfterRefusals = 2
    var world = TestTeam(plan)
    world.ready(0)
    world.ready(1)
    let call = world.arrive(skills: spanish)
    world.wait(40)
    #expect(world.outcomes(0).count == 2)
    #expect(world.agent(0).availability == .ready)
    #expect(world.engine.callersLeftAlone(by: alice)?.count == 1)
    #expect(world.engine.callersLeftAlone(by: bob) == nil)
    #expect(world.state(call) == .offered)
  }

  @Test("What a lead has set stays the lead's though the rep says it too")
  func leadsReasonAgain() {
    var world = TestTeam(ready: 1)
    let meeting = NotReadyReason(17)
    world.does(.makeNotReady(alice, reason: meeting, until: .never, by: .lead))
    world.does(.makeNotReady(alice, reason: meeting, until: world.now + .seconds(1)))
    world.wait(2)
    world.does(.makeReady(alice))
    #expect(world.agent(0).availability == .notReady)
    world.does(.makeReady(alice, by: .lead))
    #expect(world.agent(0).availability == .ready)
  }

  @Test("A moment of the rest outlasts logging out and in by somebody else")
  func restOverLogout() {
    var world = TestTeam(ready: 1)
    let call = world.arrive()
    world.does(.ignore(call, agent: alice, offer: nil))
    world.does(.logOut(alice, by: .lead))
    world.does(.logIn(alice))
    world.does(.makeReady(alice, by: .lead))
    #expect(world.ringing(call) == [])
    world.wait(1)
    #expect(world.ringing(call) == [0])
  }

  @Test("Who becomes free joins the ring that is first in her order")
  func joinsInOrder() {
    let light = QueuePlan(members: [Member(alice), Member(carol)])
    var heavy = QueuePlan(members: [Member(bob), Member(carol)])
    heavy.weight = 5
    var plan = RoutingPlan(agents: Array(repeating: AgentPlan(), count: 3), queues: [light, heavy])
    for queue in 0..<2 { plan.queues[queue].strategy = .simultaneous }
    var world = TestTeam(plan)
    world.ready(0)
    world.ready(1)
    let (a, b) = (world.arrive(0), world.arrive(1))
    world.ready(2)
    #expect(world.ringing(a) == [0])
    #expect(world.ringing(b) == [1, 2])
  }

  @Test("A reload to simultaneous lets the free ring along")
  func becomesSimultaneous() {
    var world = TestTeam(ready: 2)
    let call = world.arrive()
    adopt(&world) { $0.queues[0].strategy = .simultaneous }
    #expect(world.ringing(call) == [0, 1])
  }

  @Test("A team without queues can call out, lose its holder, and start again")
  func noQueues() {
    var world = TestTeam(RoutingPlan(agents: [AgentPlan(), AgentPlan()], queues: []))
    world.ready(0)
    world.ready(1)
    world.does(.requestOutbound(alice, purpose: .other, patience: nil))
    let call = world.agent(0).call ?? CallID(rawValue: 0)
    let bytes = world.engine.snapshot()
    #expect(RoutingEngine(plan: world.engine.plan, seed: 1, snapshot: bytes)?.snapshot() == bytes)
    world.does(.reportOutboundAnswered(call))
    #expect(world.engine.verdicts(for: call)?.first?.verdict == .holdsCall)
    world.does(.consult(call, agent: alice, target: .agent(bob), briefing: .complete))
    world.does(.hangUp(call, by: .agent, cause: .normal))
    #expect(world.end(of: call) == .dropped, "there is no line to wait in")
    #expect(world.agent(1).isFree)
  }

  @Test("A rep who has left all queues served may not leave the desk to others either")
  func awayFromAll() {
    var world = TestTeam(ready: 2)
    world.does(
      .makeNotReady(alice, reason: NotReadyReason(16), until: .never, queue: QueueID(0)))
    #expect(
      world.does(.requestOutbound(alice, purpose: .other, patience: nil)) == .refused(.notReady))
  }

  @Test("Who no longer serves a queue is no longer away from it")
  func awayFromGone() {
    var world = TestTeam(ready: 2)
    world.does(
      .makeNotReady(alice, reason: NotReadyReason(16), until: .never, queue: QueueID(0)))
    adopt(&world) { $0.queues[0].members = [Member(AgentID(1))] }
    #expect(world.engine.reasons(of: alice) == [])
  }

  @Test("A reason of the first edition takes the place of one that lasts longer")
  func firstEdition() {
    var engine = RoutingEngine(
      RoutingPlan(agents: [AgentPlan()], queues: [QueuePlan(members: [Member(alice)])]), seed: 1)
    let start = Instant(seconds: 1_000)
    engine.apply(.agent(.loggedIn(alice)), at: start)
    let lunch = NotReadyReason(16)
    engine.apply(
      .agent(
        .becameNotReady(
          alice, reason: lunch, until: start + .seconds(60), by: .agent, shown: lunch)), at: start)
    #expect(engine.reasons(of: alice).map(\.reason) == [lunch])
  }

  @Test(
    "Where callers with skills wait, the queue's estimate counts those who are before the next one")
  func queueEstimate() {
    let spanish = SkillSet(rawValue: 1)
    var queue = QueuePlan(members: [Member(alice), Member(bob)])
    queue.expectedHandleTime = .seconds(100)
    var world = TestTeam(
      RoutingPlan(agents: [AgentPlan(skills: spanish), AgentPlan()], queues: [queue]))
    world.ready(1)
    _ = world.connect()
    for _ in 0..<5 { _ = world.arrive(skills: spanish) }
    #expect(world.engine.estimatedWait(in: QueueID(0)) == .seconds(100))
    let places = world.engine.positions(in: QueueID(0))
    #expect(places.map(\.position) == [1, 2, 3, 4, 5])
    for (call, position) in places { #expect(world.engine.position(of: call) == position) }
  }

  @Test(
    "Thousands who nobody free can serve cost one look at each, not one for each free rep and caller"
  )
  func longUnservedLine() {
    let rare = SkillSet(rawValue: 1)
    var members = [Member(AgentID(0))]
    members += (1...100).map { Member(AgentID($0), tier: 1) }
    var queue = QueuePlan(members: members)
    queue.tierAfter = [.seconds(3_600)]
    let agents = [AgentPlan(skills: rare)] + Array(repeating: AgentPlan(), count: 100)
    var engine = RoutingEngine(RoutingPlan(agents: agents, queues: [queue]), seed: 1)
    var events = EventBuffer()
    let now = Instant(seconds: 1_000)
    for agent in 0...100 {
      _ = engine.handle(.logIn(AgentID(agent)), at: now, into: &events)
      _ = engine.handle(.makeReady(AgentID(agent)), at: now, into: &events)
    }
    for _ in 0..<1_000 {
      _ = engine.handle(
        .arrive(queue: QueueID(0), priority: 0, credit: .zero, skills: rare), at: now, into: &events
      )
    }
    events.removeAll()
    _ = engine.handle(.logOut(AgentID(0)), at: now, into: &events)
    let escalated = events.events.count { entry in
      if case .call(.tierEscalated) = entry.event { true } else { false }
    }
    #expect(escalated == 1_000)
    #expect(engine.invariantViolations() == [])
  }
}
