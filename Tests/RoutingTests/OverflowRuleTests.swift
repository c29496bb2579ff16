import Base
import Testing

@testable import Routing

/// Overflow, closing time and presence: a caller is always on the way to somebody.
@Suite struct OverflowRuleTests {
  private let alice = AgentID(0)

  /// Queues served by one rep who is busy with a call of the first.
  private func queues(_ count: Int, _ adjust: (Int, inout QueuePlan) -> Void) -> TestTeam {
    let queues = (0..<count).map { index in
      var queue = QueuePlan(members: [Member(alice)])
      adjust(index, &queue)
      return queue
    }
    var world = TestTeam(RoutingPlan(agents: [AgentPlan()], queues: queues))
    world.ready(0)
    _ = world.connect()
    return world
  }

  private func visits(of call: CallID, _ log: [TimedEvent]) -> [Int] {
    log.compactMap { entry in
      switch entry.event {
      case .call(.arrived(call, let queue, _, _, _, _)): queue.index
      case .call(.diverted(call, _, _, .queue(let queue))): queue.index
      default: nil
      }
    }
  }

  @Test(
    "A9: who overflows keeps the time waited and is before those who have just called, unless the plan says no",
    arguments: [OverflowSet(), .exhausted, .full])
  func overflowKeepsTheWait(_ waitsAnew: OverflowSet) {
    var world = queues(2) { index, queue in
      guard index == 0 else { return }
      queue.maxWait = .seconds(60)
      queue.whenExhausted = .queue(QueueID(1))
      queue.waitsAnew = waitsAnew
    }
    let first = world.arrive(0)
    world.wait(30)
    let second = world.arrive(1)
    world.wait(31)
    let line = world.engine.line(of: QueueID(1))
    #expect(line == (waitsAnew == .exhausted ? [second, first] : [first, second]))
  }

  @Test("A9: credit counts in the next queue too; who was with a rep has waited since the arrival")
  func whatIsKept() {
    var world = queues(2) { index, queue in
      queue.maxLength = index == 0 ? 1 : 0
      queue.whenFull = .queue(QueueID(1))
    }
    _ = world.arrive(0)
    let other = world.arrive(1)
    let credited = world.arrive(0, credit: .seconds(50))
    #expect(world.engine.line(of: QueueID(1)) == [credited, other])
    var row = CallRow()
    row.arrivedAt = Instant(microseconds: 5)
    #expect(row.waitedSince == row.arrivedAt)
  }

  @Test(
    "Queues that hand over to each other: each wait is had once, then voicemail; nothing overflows")
  func circleOfWaits() {
    var world = queues(256) { index, queue in
      queue.maxWait = .seconds(60)
      queue.whenExhausted = .queue(QueueID(index == 0 ? 1 : 0))
    }
    let call = world.arrive(0)
    world.wait(60)
    #expect(world.engine.call(call)?.queue == QueueID(1))
    world.wait(60)
    #expect(world.state(call) == .voicemail)
    #expect(visits(of: call, world.log) == [0, 1])
  }

  @Test("A circle of closed queues ends in voicemail in one step, each asked once")
  func circleOfDoors() {
    var world = queues(3) { index, queue in
      queue.whenClosed = .queue(QueueID((index + 1) % 3))
    }
    let past = Instant(seconds: 1)
    for queue in 0..<3 {
      world.does(.setOfficeHours(QueueID(queue), opens: past, closes: past + .seconds(1)))
    }
    let call = world.arrive(0)
    #expect(world.state(call) == .voicemail)
    #expect(visits(of: call, world.log) == [0, 1, 2])
  }

  @Test("A circle of queues without members ends in voicemail too")
  func circleOfNobody() {
    var world = queues(3) { index, queue in
      if index > 0 { queue.members = [] }
      queue.whenEmpty = .queue(QueueID(3 - index))
    }
    let call = world.arrive(1)
    #expect(world.state(call) == .voicemail)
    #expect(visits(of: call, world.log) == [1, 2])
  }

  @Test("A queue that turned a caller away is asked again when the reason is gone")
  func reasonGone() {
    var world = queues(2) { index, queue in
      queue.whenClosed = .queue(QueueID(1))
      queue.maxWait = index == 1 ? .seconds(60) : .zero
      queue.whenExhausted = .queue(QueueID(0))
    }
    let opens = world.now + .seconds(30)
    world.does(.setOfficeHours(QueueID(0), opens: opens, closes: opens + .minutes(60)))
    let call = world.arrive(0)
    #expect(world.engine.call(call)?.queue == QueueID(1), "closed: on to the other")
    world.wait(60)
    #expect(world.engine.call(call)?.queue == QueueID(0), "open now")
    #expect(world.state(call) == .waiting)
  }

  @Test("Who was kept over closing time goes when a new plan says so, unless it opens the queue")
  func closingRuleChanged() {
    for isOpenNow in [false, true] {
      var world = queues(1) { _, queue in queue.atClosing = .stay }
      let closes = world.now + .seconds(60)
      world.does(.setOfficeHours(QueueID(0), opens: world.now, closes: closes))
      let call = world.arrive(0)
      world.wait(100)
      #expect(world.state(call) == .waiting)
      var plan = world.engine.plan
      plan.queues[0].atClosing = .voicemail
      var events = EventBuffer()
      world.engine.adopt(plan, at: world.now, into: &events)
      let later = isOpenNow ? closes + .minutes(60) : closes
      world.does(.setOfficeHours(QueueID(0), opens: closes - .seconds(60), closes: later))
      #expect(world.state(call) == (isOpenNow ? .waiting : .voicemail))
    }
  }

  @Test("Overflow into itself is voicemail")
  func intoItself() {
    var world = queues(1) { _, queue in
      queue.maxWait = .seconds(10)
      queue.whenExhausted = .queue(QueueID(0))
    }
    let call = world.arrive(0)
    world.wait(10)
    #expect(world.state(call) == .voicemail)
  }

  @Test("A queue without members sends its callers on at the door")
  func nobodyEver() {
    var world = queues(2) { index, queue in
      if index == 0 { queue.whenEmpty = .queue(QueueID(1)) }
    }
    var plan = world.engine.plan
    plan.queues[0].members = []
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    let call = world.arrive(0)
    #expect(world.engine.call(call)?.queue == QueueID(1))
  }

  // MARK: Closing time

  @Test(
    "At closing, those in line stay, go to voicemail or are offered a call-back",
    arguments: [Overflow.stay, .voicemail, .offerCallBack])
  func atClosing(_ exit: Overflow) {
    var world = queues(1) { _, queue in queue.atClosing = exit }
    let closes = world.now + .seconds(60)
    world.does(.setOfficeHours(QueueID(0), opens: world.now, closes: closes))
    let call = world.arrive(0)
    world.wait(60)
    #expect(world.state(call) == (exit == .voicemail ? .voicemail : .waiting))
    #expect(world.engine.call(call)?.isCallBackOffered == (exit == .offerCallBack))
  }

  @Test("A ring that goes on over closing time is the last")
  func ringOverClosing() {
    var world = TestTeam(ready: 1) { $0.atClosing = .voicemail }
    let closes = world.now + .seconds(10)
    world.does(.setOfficeHours(QueueID(0), opens: world.now, closes: closes))
    let call = world.arrive()
    world.wait(10)
    #expect(world.ringing(call) == [0])
    world.wait(8)
    #expect(world.state(call) == .voicemail)
  }

  @Test("The last rep goes home: who is in line does not stay in a closed, empty queue")
  func lastOneOut() {
    var world = TestTeam(ready: 1) { $0.stayNeeds = .loggedIn }
    let (talk, _) = world.connect()
    let call = world.arrive()
    world.does(.hangUp(talk, by: .caller, cause: .normal))
    world.does(.logOut(alice))
    #expect(world.state(call) == .voicemail)
  }

  // MARK: Skills and presence

  /// Rep 0 has the skill and rep 1 has not; both are in the queue.
  private func skilled(_ adjust: (inout QueuePlan) -> Void = { _ in }) -> TestTeam {
    var queue = QueuePlan(members: [Member(AgentID(0)), Member(AgentID(1))])
    queue.expectedHandleTime = .seconds(100)
    adjust(&queue)
    let agents = [AgentPlan(skills: Self.spanish), AgentPlan()]
    return TestTeam(RoutingPlan(agents: agents, queues: [queue]))
  }

  private static let spanish = SkillSet(rawValue: 1)

  @Test("Whether anybody is there is asked of the reps who have the caller's skills")
  func presenceBySkill() {
    var world = skilled {
      $0.joinNeeds = .ready
      $0.stayNeeds = .loggedIn
    }
    world.ready(1)
    let nobody = world.arrive(skills: Self.spanish)
    #expect(world.state(nobody) == .voicemail)
    world.does(.logIn(AgentID(0)))
    let notReady = world.arrive(skills: Self.spanish)
    #expect(world.state(notReady) == .voicemail, "there, not ready")
    world.does(.makeReady(AgentID(0)))
    _ = world.arrive()
    _ = world.arrive()
    let waiting = world.arrive(skills: Self.spanish)
    let plain = world.arrive()
    #expect(world.state(waiting) == .waiting)
    if let call = world.agent(0).offer?.call {
      world.does(.answer(call, agent: AgentID(0), offer: nil))
      world.does(.hangUp(call, by: .caller, cause: .normal))
    }
    #expect(world.ringing(waiting) == [0])
    world.does(.logOut(AgentID(0)))
    #expect(world.state(waiting) == .voicemail, "nobody left with the skill")
    #expect(world.state(plain) == .waiting)
  }

  @Test("Position and estimated wait look at the reps who could answer the caller")
  func positionBySkill() {
    var world = skilled()
    world.ready(1)
    let special = (0..<3).map { _ in world.arrive(skills: Self.spanish) }
    #expect(special.map { world.engine.position(of: $0) } == [1, 2, 3])
    #expect(world.engine.estimatedWait(of: special[2]) == nil, "nobody with the skill is ready")
    #expect(
      world.engine.estimatedWait(in: QueueID(0)) == .zero, "the next caller is answered at once")
    let rung = world.arrive()
    #expect(world.ringing(rung) == [1])
    let plain = world.arrive()
    #expect(world.engine.position(of: plain) == 1, "those who wait for the skill are not before it")
    #expect(world.engine.estimatedWait(of: plain) == .seconds(100))
    world.ready(0)
    #expect(world.ringing(special[0]) == [0])
    #expect(world.engine.position(of: plain) == 3, "the skilled rep would take them first")
    #expect(world.engine.estimatedWait(of: plain) == .seconds(150))
  }
}
