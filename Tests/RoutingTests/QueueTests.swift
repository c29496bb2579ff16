import Base
import TestSupport
import Testing

@testable import Routing

@Suite struct QueueTests {
  /// Two queues, 0 and 1, both served by `count` reps who are logged in and ready.
  private func twoQueues(
    _ count: Int = 1, _ adjust: (inout QueuePlan, inout QueuePlan) -> Void = { _, _ in }
  ) -> TestTeam {
    let members = (0..<count).map { Member(AgentID($0)) }
    var (a, b) = (QueuePlan(members: members), QueuePlan(members: members))
    adjust(&a, &b)
    var world = TestTeam(
      RoutingPlan(agents: Array(repeating: AgentPlan(), count: count), queues: [a, b]))
    for agent in 0..<count { world.ready(agent) }
    return world
  }

  /// The order in which waiting calls are served by one rep.
  private func served(_ world: inout TestTeam, _ count: Int) -> [CallID] {
    (0..<count).compactMap { _ in
      guard let call = world.agent(0).offer?.call else { return nil }
      world.does(.answer(call, agent: AgentID(0), offer: nil))
      world.does(.hangUp(call, by: .caller, cause: .normal))
      return call
    }
  }

  @Test("Higher priority first; a waiting credit counts as time waited; then first come")
  func order() {
    var world = TestTeam(ready: 1)
    let busy = world.connect().call
    let first = world.arrive()
    world.wait(1)
    let credited = world.arrive(credit: .seconds(90))
    let urgent = world.arrive(priority: 1)
    let last = world.arrive()
    #expect(world.engine.position(of: last) == 4)
    #expect(world.engine.line(of: QueueID(0)) == [urgent, credited, first, last])
    world.does(.hangUp(busy, by: .caller, cause: .normal))
    #expect(served(&world, 4) == [urgent, credited, first, last])
  }

  @Test("A rep of several queues takes from the heaviest, then the longest wait")
  func weight() {
    var world = twoQueues { $1.weight = 1 }
    let busy = world.connect().call
    let light = world.arrive(0)
    world.wait(10)
    let heavy = world.arrive(1)
    world.does(.hangUp(busy, by: .caller, cause: .normal))
    #expect(served(&world, 2) == [heavy, light])

    var equal = twoQueues()
    let other = equal.connect().call
    let older = equal.arrive(1)
    equal.wait(10)
    let newer = equal.arrive(0)
    equal.does(.hangUp(other, by: .caller, cause: .normal))
    #expect(served(&equal, 2) == [older, newer])
  }

  @Test("A full line sends the next caller to voicemail, or wherever the plan says")
  func maxLength() {
    var world = twoQueues {
      $0.maxLength = 1
      $0.whenFull = .queue(QueueID(1))
      $1.maxLength = 1
      $1.whenFull = .reject
    }
    _ = world.connect()
    let inLine = world.arrive(0)
    let overflowed = world.arrive(0)
    let rejected = world.arrive(0)
    #expect(world.engine.call(inLine)?.queue == QueueID(0))
    #expect(world.engine.call(overflowed)?.queue == QueueID(1))
    #expect(world.end(of: rejected) == .rejected)
  }

  @Test("Overflow in a circle ends in voicemail")
  func overflowCircle() {
    var world = twoQueues {
      $0.maxLength = 1
      $0.whenFull = .queue(QueueID(1))
      $1.maxLength = 1
      $1.whenFull = .queue(QueueID(0))
    }
    _ = world.connect()
    _ = world.arrive(0)
    _ = world.arrive(1)
    let call = world.arrive(0)
    #expect(world.state(call) == .voicemail)
  }

  @Test("After the longest wait, offers are withdrawn and the caller goes on")
  func maxWait() {
    var world = TestTeam(ready: 1) {
      $0.maxWait = .seconds(25)
      $0.ringTimeout = .seconds(20)
    }
    let call = world.arrive()
    world.wait(25)
    #expect(world.state(call) == .voicemail)
    #expect(world.outcomes(0) == [.noAnswer, .withdrawn])
    world.does(.hangUp(call, by: .caller, cause: .normal))
    #expect(world.end(of: call) == .voicemail)
  }

  @Test("After so many offers, or so much ringing, the caller goes on")
  func limitsPerCall() {
    var offers = TestTeam(ready: 2) { $0.maxOffers = 3 }
    let call = offers.arrive()
    for agent in [0, 1, 0] {
      #expect(offers.state(call) == .offered)
      offers.does(.ignore(call, agent: AgentID(agent), offer: nil))
      if agent == 1 { offers.wait(5) }
    }
    #expect(offers.state(call) == .voicemail)

    var ringing = TestTeam(ready: 2) {
      $0.maxRingTime = .seconds(30)
      $0.ringTimeout = .seconds(18)
    }
    let second = ringing.arrive()
    ringing.wait(29.9)
    #expect(ringing.ringing(second) == [1])
    ringing.wait(0.1)
    #expect(ringing.state(second) == .voicemail)
  }

  @Test("A call-back offered: the caller keeps the place, and may accept")
  func callBackOffer() {
    var world = TestTeam(ready: 1) {
      $0.maxWait = .seconds(60)
      $0.whenExhausted = .offerCallBack
    }
    _ = world.connect()
    let call = world.arrive()
    world.wait(60)
    #expect(world.engine.call(call)?.isCallBackOffered == true)
    #expect(world.engine.position(of: call) == 1)
    world.does(.acceptCallBack(call))
    #expect(world.end(of: call) == .callBackAgreed)
  }

  @Test("Nobody there: not let in, and those in line leave when the last rep does")
  func empty() {
    var world = TestTeam(ready: 1) {
      $0.joinNeeds = .loggedIn
      $0.stayNeeds = .ready
    }
    _ = world.connect()
    let waiting = world.arrive()
    world.does(.makeNotReady(AgentID(0), reason: .dontAcceptQueueCalls, until: .never))
    #expect(world.state(waiting) == .voicemail)

    var nobody = TestTeam(ready: 0) { $0.joinNeeds = .loggedIn }
    let early = nobody.arrive()
    #expect(nobody.state(early) == .voicemail)
  }

  @Test("Who must be there: logged in is enough, or must be taking calls; or the caller may stay")
  func presence() {
    let away = Command.makeNotReady(AgentID(0), reason: .dontAcceptQueueCalls, until: .never)
    for (needs, isLetIn) in [(Presence.nobody, true), (.loggedIn, true), (.ready, false)] {
      var world = TestTeam(ready: 1) { $0.joinNeeds = needs }
      world.does(away)
      let first = world.arrive()
      #expect(world.state(first) == (isLetIn ? .waiting : .voicemail), "join: \(needs)")
      world.does(.logOut(AgentID(0)))
      let isStillLetIn = needs == .nobody
      let second = world.arrive()
      #expect(world.state(second) == (isStillLetIn ? .waiting : .voicemail), "join: \(needs)")
    }
    for (needs, staysWhenAway, staysWhenOut) in [
      (Presence.nobody, true, true), (.loggedIn, true, false), (.ready, false, false),
    ] {
      var world = TestTeam(ready: 1) { $0.stayNeeds = needs }
      _ = world.does(away)
      world.does(.makeReady(AgentID(0)))
      let ringing = world.arrive()
      let inLine = world.arrive()
      world.does(away)
      #expect(world.state(inLine) == (staysWhenAway ? .waiting : .voicemail), "stay: \(needs)")
      #expect(world.state(ringing) == (staysWhenAway ? .waiting : .voicemail), "stay: \(needs)")
      world.does(.logOut(AgentID(0)))
      #expect(world.state(inLine) == (staysWhenOut ? .waiting : .voicemail), "stay: \(needs)")
    }
    var patient = TestTeam(ready: 1) {
      $0.stayNeeds = .ready
      $0.whenEmpty = .stay
    }
    _ = patient.connect()
    let inLine = patient.arrive()
    patient.does(away)
    #expect(patient.state(inLine) == .waiting)
  }

  @Test("After overflow a caller starts at the end of the new line and at its first tier")
  func overflowResets() {
    var world = twoQueues(3) {
      $0.maxWait = .seconds(60)
      $0.whenExhausted = .queue(QueueID(1))
      $0.tierAfter = [.seconds(10)]
      $0.members = [Member(AgentID(0)), Member(AgentID(1), tier: 1)]
      $0.waitsAnew = .exhausted
      $1.members = [Member(AgentID(1)), Member(AgentID(2), tier: 1)]
      $1.tierAfter = [.seconds(30)]
    }
    let busy = (0..<2).map { world.connect($0).call }
    #expect(busy.map { world.state($0) } == [.connected, .connected])
    let moved = world.arrive(0, credit: .seconds(500))
    world.wait(59)
    #expect(world.engine.call(moved)?.tier == 1)
    let native = world.arrive(1)
    world.wait(1)
    #expect(world.engine.call(moved)?.queue == QueueID(1))
    #expect(world.engine.call(moved)?.tier == 0)
    #expect(world.engine.line(of: QueueID(1)) == [native, moved])
    #expect(world.ringing(moved) == [], "the second tier waits its thirty seconds")
    world.wait(29)
    #expect(world.ringing(native) == [2])
    #expect(world.ringing(moved) == [])
  }

  @Test("Out of hours to voicemail; the door opens and closes by itself")
  func officeHours() {
    var world = TestTeam(ready: 1)
    let opens = world.now + .seconds(100)
    world.does(.setOfficeHours(QueueID(0), opens: opens, closes: opens + .seconds(50)))
    let early = world.arrive()
    #expect(world.state(early) == .voicemail)
    world.wait(100)
    let inHours = world.connect()
    let inLine = world.arrive()
    world.wait(50)
    let late = world.arrive()
    #expect(world.state(late) == .voicemail)
    #expect(world.state(inLine) == .waiting, "who was let in is served")
    world.does(.hangUp(inHours.call, by: .caller, cause: .normal))
    #expect(world.ringing(inLine) == [0])
    #expect(
      world.does(.setOfficeHours(QueueID(0), opens: opens, closes: opens))
        == .refused(.badOfficeHours))
  }

  @Test("Estimated wait: none with a free rep; shared handle time otherwise; unknown with nobody")
  func estimatedWait() {
    var world = TestTeam(ready: 2) { $0.expectedHandleTime = .seconds(100) }
    #expect(world.engine.status(of: QueueID(0)).estimatedWait == .zero)
    _ = world.connect()
    _ = world.connect()
    _ = world.arrive()
    #expect(world.engine.status(of: QueueID(0)).estimatedWait == .seconds(100))
    #expect(TestTeam(ready: 0).engine.status(of: QueueID(0)).estimatedWait == nil)
  }

  @Test("Abandoned in line, abandoned while ringing, and the voicemail exit")
  func exits() {
    var world = TestTeam(ready: 1)
    let ringing = world.arrive()
    let waiting = world.arrive()
    let leaving = world.arrive()
    world.does(.hangUp(waiting, by: .caller, cause: .normal))
    #expect(world.end(of: waiting) == .abandoned)
    world.does(.leaveForVoicemail(leaving))
    #expect(world.state(leaving) == .voicemail)
    world.does(.hangUp(ringing, by: .caller, cause: .normal))
    #expect(world.outcomes(0) == [.callerAbandoned])
  }

  @Test("The lines of a long day: order holds whoever leaves from wherever")
  func waitingLine() {
    var random = TestRandom(state: 5)
    var line = WaitingLine()
    var model: [(WaitingLine.Place, CallID)] = []
    for step in 0..<4_000 {
      if model.isEmpty || Int.random(in: 0..<9, using: &random) < 5 {
        let place = WaitingLine.Place(
          priority: UInt8.random(in: 0...2, using: &random),
          since: Instant(seconds: Int64.random(in: 0..<50, using: &random)),
          arrival: UInt64(step))
        let call = CallID(slot: UInt32(step), generation: 1)
        line.insert(call, at: place)
        model.append((place, call))
        model.sort { $0.0 < $1.0 }
      } else {
        let index = Bool.random(using: &random) ? 0 : Int.random(in: model.indices, using: &random)
        line.remove(at: model[index].0)
        model.remove(at: index)
      }
      #expect(line.count == model.count)
      if let probe = model.indices.randomElement(using: &random) {
        #expect(line[probe] == model[probe].1)
        #expect(line.position(of: model[probe].0) == probe + 1)
      }
    }
  }

  @Test("The deadline heap fires in order, whatever is set, moved and cancelled")
  func deadlineHeap() {
    var random = TestRandom(state: 6)
    var heap = DeadlineHeap()
    var model: [Int: Instant] = [:]
    for _ in 0..<4_000 {
      let index = Int.random(in: 0..<60, using: &random)
      let at = Instant(seconds: Int64.random(in: 0..<1_000, using: &random))
      if Int.random(in: 0..<3, using: &random) > 0 {
        heap.set(.callLimit, index, at: at)
        model[index] = at
      } else {
        heap.cancel(.callLimit, index)
        model[index] = nil
      }
      #expect(heap.next == model.values.min())
      #expect(heap.count == model.count)
    }
    var fired: [Instant] = []
    while let due = heap.due(at: .never) {
      fired.append(due.at)
      heap.cancel(due.kind, due.index)
    }
    #expect(fired == model.values.sorted())
  }
}
