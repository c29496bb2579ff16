import Base
import Testing

@testable import Routing

/// Hold, wrap-up, write-up, and the rep's own state.
@Suite struct ConversationTests {
  private let written: WriteUpFields = [.category, .disposition]

  @Test("A long hold is reminded of after h seconds and every h after, until resumed")
  func holdWatchdog() {
    var world = TestTeam(ready: 1, rules: { $0.holdReminder = .seconds(60) })
    let call = world.connect().call
    world.does(.hold(call, agent: AgentID(0)))
    #expect(world.does(.hold(call, agent: AgentID(0))) == .refused(.wrongHoldState))
    world.wait(185)
    let reminders = world.log.compactMap { entry -> UInt32? in
      guard case .call(.holdReminded(call, _, let count)) = entry.event else { return nil }
      return count
    }
    #expect(reminders == [1, 2, 3])
    world.does(.resume(call, agent: AgentID(0)))
    let before = world.log.count
    world.wait(600)
    #expect(world.events(since: before) == [])
  }

  @Test("A held caller may be turned into a call-back")
  func holdToCallBack() {
    var world = TestTeam(ready: 1)
    let call = world.connect().call
    #expect(world.does(.acceptCallBack(call)) == .refused(.wrongCallState))
    world.does(.hold(call, agent: AgentID(0)))
    world.does(.acceptCallBack(call))
    #expect(world.end(of: call) == .callBackAgreed)
  }

  @Test("Wrap-up ends by itself, can be extended up to a limit, and ends on ready")
  func wrapUp() {
    var world = TestTeam(
      ready: 1, { $0.wrapUp = .seconds(30) }, rules: { $0.maxWrapUpExtension = .seconds(60) })
    let call = world.connect().call
    world.does(.hangUp(call, by: .caller, cause: .normal))
    let next = world.arrive()
    #expect(world.state(next) == .waiting)
    world.does(.extendWrapUp(AgentID(0), by: .seconds(40)))
    #expect(
      world.does(.extendWrapUp(AgentID(0), by: .seconds(40))) == .refused(.wrapUpExtensionUsedUp))
    world.wait(69)
    #expect(world.state(next) == .waiting)
    world.wait(1)
    #expect(world.ringing(next) == [0])
    world.does(.answer(next, agent: AgentID(0), offer: nil))
    world.does(.hangUp(next, by: .agent, cause: .normal))
    world.does(.makeReady(AgentID(0)))
    #expect(world.agent(0).isFree)
    #expect(world.does(.endWrapUp(AgentID(0))) == .refused(.notInWrapUp))
  }

  @Test("Written up during the call or in wrap-up; otherwise reported as undocumented")
  func writeUp() {
    func undocumented(_ world: TestTeam) -> Int {
      world.log.count { entry in
        if case .call(.leftUndocumented) = entry.event { true } else { false }
      }
    }
    var world = TestTeam(ready: 1) { $0.wrapUp = .seconds(30) }
    let first = world.connect().call
    #expect(world.does(.writeUp(first, agent: AgentID(0), fields: .category)) == .done)
    world.does(.hangUp(first, by: .caller, cause: .normal))
    world.does(.writeUp(first, agent: AgentID(0), fields: .disposition))
    world.wait(30)
    #expect(undocumented(world) == 0)
    let second = world.connect().call
    world.does(.writeUp(second, agent: AgentID(0), fields: .notes))
    world.does(.hangUp(second, by: .caller, cause: .normal))
    world.wait(30)
    #expect(undocumented(world) == 1)
    #expect(world.does(.writeUp(second, agent: AgentID(0), fields: written)) != .done)
  }

  @Test("What the first rep wrote stays with a transferred call")
  func writeUpAcrossTransfer() {
    var world = TestTeam(ready: 2) { $0.wrapUp = .seconds(30) }
    let call = world.connect().call
    world.does(.writeUp(call, agent: AgentID(0), fields: written))
    world.does(
      .consult(call, agent: AgentID(0), target: .agent(AgentID(1)), briefing: .complete))
    world.does(.answerConsult(TransferID(1), agent: AgentID(1)))
    world.does(.confirmTransfer(TransferID(1), agent: AgentID(1)))
    world.does(.completeTransfer(TransferID(1), agent: AgentID(0)))
    world.wait(30)
    world.does(.hangUp(call, by: .caller, cause: .normal))
    world.wait(30)
    let isReported = world.log.contains { entry in
      if case .call(.leftUndocumented) = entry.event { true } else { false }
    }
    #expect(!isReported)
  }

  @Test("Not ready for a while: ready again by itself")
  func notReadyForAWhile() {
    var world = TestTeam(ready: 1)
    let lunch = NotReadyReason(NotReadyReason.firstConfigurable)
    world.does(.makeNotReady(AgentID(0), reason: lunch, until: world.now + .minutes(30)))
    let call = world.arrive()
    world.wait(1_799)
    #expect(world.state(call) == .waiting)
    world.wait(1)
    #expect(world.ringing(call) == [0])
  }

  @Test("Nobody logs out with a caller in hand; while ringing, logging out refuses the call")
  func logOut() {
    var world = TestTeam(ready: 2)
    let (call, agent) = world.connect()
    #expect(world.does(.logOut(AgentID(agent))) == .refused(.agentBusy))
    world.does(.hangUp(call, by: .caller, cause: .normal))
    #expect(world.does(.logOut(AgentID(agent))) == .done)
    #expect(world.does(.logOut(AgentID(agent))) == .unchanged)
    let next = world.arrive()
    world.does(.logOut(AgentID(1)))
    #expect(world.outcomes(1) == [.wentNotReady])
    #expect(world.state(next) == .waiting)
  }

  @Test("The watchdog reports a call that shows no sign of life, and goes on reporting")
  func staleCall() {
    var world = TestTeam(ready: 1, rules: { $0.staleAfter = .minutes(60) })
    let call = world.connect().call
    world.wait(2 * 3_600)
    let reports = world.log.count { $0.event == .call(.foundStale(call, agent: AgentID(0))) }
    #expect(reports == 2)
    world.does(.hangUp(call, by: .caller, cause: .lost))
    #expect(world.end(of: call) == .lost)
    #expect(world.agent(0).isFree)
  }

  @Test("A call of the past is not mistaken for the one now in its row")
  func generations() {
    var world = TestTeam(ready: 1)
    let old = world.connect().call
    world.does(.hangUp(old, by: .caller, cause: .normal))
    let new = world.connect().call
    #expect(old.slot == new.slot)
    #expect(world.does(.hangUp(old, by: .caller, cause: .normal)) == .refused(.unknownCall))
    #expect(world.state(new) == .connected)
  }

  @Test("Only the rep who holds a call may hold, resume and write it up")
  func notYourCall() {
    var world = TestTeam(ready: 2)
    let call = world.connect().call
    #expect(world.does(.hold(call, agent: AgentID(1))) == .refused(.notYourCall))
    #expect(
      world.does(.writeUp(call, agent: AgentID(1), fields: .notes)) == .refused(.notYourCall))
    #expect(world.does(.hold(call, agent: AgentID(9))) == .refused(.unknownAgent))
  }

  @Test("Why: each rep's first failed test, in the order in which they are applied")
  func why() {
    let special = SkillSet(rawValue: 1)
    var queue = QueuePlan(members: (0..<5).map { Member(AgentID($0)) })
    queue.members.append(Member(AgentID(5), tier: 1))
    queue.tierAfter = [.seconds(60)]
    let agents = (0..<8).map { AgentPlan(skills: $0 == 1 ? [] : special) }
    var world = TestTeam(RoutingPlan(agents: agents, queues: [queue]))
    for agent in [0, 1, 2, 4, 5, 7] { world.ready(agent) }
    world.does(.makeNotReady(AgentID(4), reason: .dontAcceptQueueCalls, until: .never))
    let call = world.arrive(skills: special)
    world.does(.ignore(call, agent: AgentID(0), offer: nil))
    #expect(
      world.engine.verdict(on: AgentID(0), for: call) == .resting(until: world.now + .seconds(5)))
    world.wait(5)
    let verdicts = world.engine.verdicts(for: call)?.map(\.verdict)
    #expect(
      verdicts == [
        .refused(times: 1), .lacksSkills(special), .chosen(OfferID(2), after: AgentID(0)),
        .loggedOut, .notReady(.dontAcceptQueueCalls, until: .never),
        .tierNotReached(tier: 1, at: world.now + .seconds(55)), .notMember, .notMember,
      ])
  }
}
