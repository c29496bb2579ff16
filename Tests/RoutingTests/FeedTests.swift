import Base
import Testing

@testable import Routing

/// Telephony sides and phones (field cases A16 and A19): a phone that cannot ring is no rep who does not answer, and no
/// cover; a side that is lost touches only what is its own.
@Suite struct FeedTests {
  private let pbx = FeedID(1)
  private let sip = FeedID(2)

  /// Reps who are ready, of whom the phones of some are a side's.
  private func team(_ feeds: [FeedID], _ adjust: (inout QueuePlan) -> Void = { _ in }) -> TestTeam {
    var world = TestTeam(ready: feeds.count, adjust)
    for feed in [pbx, sip] { world.does(.attachFeed(feed)) }
    for (agent, feed) in feeds.enumerated() where feed != .unnamed {
      world.does(.reportPhone(AgentID(agent), .up, feed: feed))
    }
    return world
  }

  private func arrive(_ world: inout TestTeam, _ feed: FeedID) -> CallID {
    let command = Command.arrive(
      queue: QueueID(0), priority: 0, credit: .zero, skills: [], feed: feed)
    guard case .entered(let call) = world.does(command) else {
      Issue.record("not let in")
      return CallID(slot: .max, generation: 0)
    }
    return call
  }

  @Test(
    "A16: a rep whose phone is busy with something else, or down, is offered nothing; idle is up again"
  )
  func phoneInUse() {
    var world = TestTeam(ready: 2)
    world.does(.reportPhone(AgentID(0), .busy, feed: .unnamed))
    let first = world.arrive()
    #expect(world.ringing(first) == [1])
    let second = world.arrive()
    #expect(world.ringing(second) == [])
    #expect(world.engine.verdict(on: AgentID(0), for: second) == .phoneBusy)
    world.does(.reportPhone(AgentID(0), .idle, feed: .unnamed))
    #expect(world.ringing(second) == [0])
    #expect(world.outcomes(0) == [])
  }

  @Test("A16: a rep whose phone is in use is no cover for somebody who wants to call out")
  func noCover() {
    var world = TestTeam(ready: 2)
    world.does(.reportPhone(AgentID(1), .busy, feed: .unnamed))
    let asked = Command.requestOutbound(AgentID(0), purpose: .other, patience: nil)
    #expect(world.does(asked) == .refused(.noCover, queue: QueueID(0)))
    world.does(.reportPhone(AgentID(1), .up, feed: .unnamed))
    guard case .granted = world.does(asked) else { return #expect(Bool(false)) }
  }

  @Test("A phone that goes down while it rings: unreachable, nobody is charged, the next rep rings")
  func downWhileRinging() {
    var world = TestTeam(ready: 2)
    let call = world.arrive()
    #expect(world.ringing(call) == [0])
    world.does(.reportPhone(AgentID(0), .down, feed: .unnamed))
    #expect(world.ringing(call) == [1])
    #expect(world.outcomes(0) == [.unreachable])
    #expect(world.agent(0).consecutiveRefusals == 0)
    #expect(
      world.engine.verdict(on: AgentID(0), for: call) == .resting(until: world.now + .seconds(5)))
    world.wait(6)
    #expect(world.engine.verdict(on: AgentID(0), for: call) == .phoneDown)
  }

  @Test(
    "Nobody waits for a tier whose phones are all down; and one with a phone that is down is not the last one ready"
  )
  func downTier() {
    var world = TestTeam(ready: 2) { queue in
      queue.members[1].tier = 1
      queue.tierAfter = [.seconds(60)]
    }
    world.does(.reportPhone(AgentID(0), .down, feed: .unnamed))
    let call = world.arrive()
    #expect(world.ringing(call) == [1])
    for _ in 0..<4 {
      world.does(.ignore(call, agent: AgentID(1), offer: nil))
      world.wait(6)
    }
    #expect(world.agent(1).availability == .ready, "spared: nobody else could answer")
  }

  @Test(
    "A19: a lost side's phones and callers stand still, the other's go on, and nobody is charged")
  func lostSide() {
    var world = team([pbx, sip])
    let one = arrive(&world, pbx)
    #expect(world.ringing(one) == [0])
    world.does(.loseFeed(sip))
    let two = arrive(&world, pbx)
    #expect(world.ringing(two) == [], "the other rep's phone is lost")
    #expect(world.engine.verdict(on: AgentID(1), for: two) == .phonesLost)
    world.does(.loseFeed(pbx))
    #expect(world.outcomes(0) == [.withdrawn])
    #expect(world.state(one) == .waiting)
    world.wait(100)
    world.does(.attachFeed(sip))
    #expect(world.ringing(one) == [], "its caller is still lost, though a phone is there")
    let three = arrive(&world, sip)
    #expect(world.ringing(three) == [1])
    world.does(.attachFeed(pbx))
    #expect(world.ringing(one) == [0], "first in line, as before")
    #expect(world.agent(0).consecutiveRefusals == 0)
  }

  @Test(
    "A tier of a lost side is not waited for, and its stranded caller keeps nobody from calling out"
  )
  func lostTier() {
    var world = team([sip, pbx, pbx]) { queue in
      queue.members[1].tier = 1
      queue.members[2].tier = 1
      queue.tierAfter = [.seconds(60)]
    }
    let stranded = arrive(&world, sip)
    world.does(.ignore(stranded, agent: AgentID(0), offer: nil))
    world.does(.loseFeed(sip))
    let call = arrive(&world, pbx)
    #expect(world.ringing(call) == [1])
    world.does(.answer(call, agent: AgentID(1), offer: nil))
    world.does(.hangUp(call, by: .caller, cause: .normal))
    #expect(world.state(stranded) == .waiting)
    let asked = Command.requestOutbound(AgentID(1), purpose: .other, patience: nil)
    guard case .granted = world.does(asked) else { return #expect(Bool(false)) }
  }

  @Test(
    "A side's first word about another's phone, if it is not up, is no claim; the unnamed side is one, too"
  )
  func noClaim() {
    var world = team([.unnamed])
    #expect(world.does(.reportPhone(AgentID(0), .down, feed: sip)) == .unchanged)
    #expect(world.agent(0).isFree)
  }

  @Test("A19: who is with a rep stays there when the telephony side is lost")
  func talkGoesOn() {
    var world = team([pbx])
    let call = arrive(&world, pbx)
    world.does(.answer(call, agent: AgentID(0), offer: nil))
    world.does(.loseFeed(pbx))
    #expect(world.state(call) == .connected)
    world.does(.hangUp(call, by: .caller, cause: .normal))
    let asked = Command.requestOutbound(AgentID(0), purpose: .other, patience: .seconds(90))
    #expect(
      world.does(.requestOutbound(AgentID(0), purpose: .other, patience: nil))
        == .refused(.phonesLost))
    guard case .waiting = world.does(asked) else { return #expect(Bool(false)) }
    world.does(.reportPhone(AgentID(0), .down, feed: pbx))
    world.does(.attachFeed(pbx))
    #expect(
      world.does(.requestOutbound(AgentID(0), purpose: .other, patience: nil))
        == .refused(.alreadyRequested))
    #expect(world.agent(0).activity == .idle, "the phone is down")
  }

  @Test(
    "A19: a phone is the side's that says up last; of another's phone a side knows nothing else")
  func owner() {
    var world = team([pbx])
    for report in [PhoneReport.busy, .down, .idle] {
      #expect(world.does(.reportPhone(AgentID(0), report, feed: sip)) == .unchanged)
    }
    #expect(world.agent(0).feed == pbx)
    world.does(.reportPhone(AgentID(0), .up, feed: sip))
    #expect(world.agent(0).feed == sip)
    world.does(.loseFeed(pbx))
    #expect(world.agent(0).isFree)
    #expect(world.does(.reportPhone(AgentID(0), .up, feed: .unnamed)) == .done)
    #expect(world.agent(0).feed == .unnamed)
  }

  @Test(
    "A side whose phones the configuration names begins with them down, and takes back what rang elsewhere"
  )
  func assigned() {
    var world = team([.unnamed, .unnamed])
    let call = world.arrive()
    #expect(world.ringing(call) == [0])
    world.does(.assignPhone(AgentID(0), feed: sip))
    #expect(world.outcomes(0) == [.withdrawn])
    #expect(world.ringing(call) == [1])
    #expect(world.does(.assignPhone(AgentID(0), feed: sip)) == .unchanged)
    #expect(world.agent(0).phone == .down)
  }

  @Test(
    "rules.unattached: hold offers nothing until a side attaches, and nothing when the last one is lost"
  )
  func hold() {
    let queue = QueuePlan(members: [Member(AgentID(0))])
    var plan = RoutingPlan(agents: [AgentPlan()], queues: [queue])
    plan.rules.unattached = .hold
    var world = TestTeam(plan)
    world.ready(0)
    let call = world.arrive()
    #expect(world.ringing(call) == [])
    world.does(.attachFeed(pbx))
    #expect(world.ringing(call) == [0])
    world.does(.loseFeed(pbx))
    #expect(world.ringing(call) == [])
    #expect(world.outcomes(0) == [.withdrawn])
  }

  @Test("A consultation rings no phone that cannot ring")
  func consultation() {
    var world = team([pbx, sip])
    let call = arrive(&world, pbx)
    world.does(.answer(call, agent: AgentID(0), offer: nil))
    world.does(.reportPhone(AgentID(1), .busy, feed: sip))
    let ask = Command.consult(
      call, agent: AgentID(0), target: .agent(AgentID(1)), briefing: .complete)
    #expect(world.does(ask) == .refused(.targetNotAvailable))
  }

  @Test("Numbers of sides that never were are refused; the unnamed one is always there")
  func numbers() {
    var world = TestTeam(ready: 1)
    #expect(world.does(.attachFeed(.unnamed)) == .refused(.unknownFeed))
    #expect(world.does(.attachFeed(sip)) == .refused(.unknownFeed), "numbers have no gaps")
    #expect(world.does(.loseFeed(.unnamed)) == .refused(.unknownFeed))
    #expect(world.does(.reportPhone(AgentID(0), .up, feed: pbx)) == .refused(.unknownFeed))
    #expect(world.does(.attachFeed(pbx)) == .done)
    #expect(world.does(.attachFeed(pbx)) == .unchanged)
    #expect(world.does(.loseFeed(pbx)) == .done)
    #expect(world.does(.loseFeed(pbx)) == .unchanged)
  }
}
