import Base
import Routing
import Stochastics
import Testing

@testable import Simulation

/// What is counted as what.
@Suite struct CountingTests {
  /// An hour of one rep who is on one call all day, for a queue that `adjust` gives its rules.
  private func busy(_ adjust: (inout Scenario) -> Void) -> Tally {
    var scenario = Models.day(
      perHour: [60, 60], agents: 1, talk: .constant(10_000), patience: .never)
    scenario.outbound.isDone = false
    adjust(&scenario)
    return Replication.run(scenario, seed: 3, number: 0)[0]
  }

  private func total(_ tally: Tally) -> QueueTally {
    tally.queues.joined().reduce(into: QueueTally()) { $0 += $1 }
  }

  @Test("Who is refused at the door was turned away; who is refused after waiting was sent away")
  func sentAway() {
    let atDoor = total(
      busy {
        $0.plan.queues[0].maxLength = 1
        $0.plan.queues[0].whenFull = .reject
      })
    #expect(atDoor.blocked > 50 && atDoor.sentAway == 0)
    let later = total(
      busy {
        $0.plan.queues[0].maxWait = .seconds(90)
        $0.plan.queues[0].whenExhausted = .reject
      })
    #expect(later.blocked == 0 && later.sentAway == later.offered - later.answered)
    #expect(later.sentAway > 50 && later.wait == .seconds(90) * later.sentAway)
  }

  @Test(
    "Who calls out of hours is not offered, and neither turned away nor in the share of voicemail",
    arguments: [Overflow.voicemail, .reject])
  func outOfHours(_ overflow: Overflow) {
    let tally = busy {
      $0.plan.queues[0].whenClosed = overflow
      $0.officeHours = [OpeningHours(opens: .minutes(60), closes: .minutes(120))]
      $0.classes[0].talk = .constant(10)
      $0.outbound.isDone = true
    }
    let first = tally.queues[0][0]
    #expect(first.offered == 0 && first.outOfHours > 30)
    let all = total(tally)
    #expect(all.voicemail == 0 && all.blocked == 0 && all.answered == all.offered)
    // Their messages are called back all the same.
    #expect(overflow == .reject ? tally.outbound.arisen == 0 : tally.outbound.arisen > 15)
  }

  @Test("Work after closing is overtime, not the last interval's")
  func overtime() {
    var scenario = Models.day(
      perHour: [30, 30], agents: 3, talk: .constant(1_200), patience: .never)
    scenario.staffing = .levels([3, 2], interval: .seconds(3_600))
    let tally = Replication.run(scenario, seed: 1, number: 0)[0]
    #expect(tally.overtime > .minutes(20))
    // A rep who leaves at the half finishes a call of twenty minutes at most.
    #expect(tally.team[1].staffed <= .minutes(140))
    let worked = tally.agents.reduce(TimeSpan.zero) { $0 + $1.talking + $1.idle }
    #expect(tally.team[0].staffed + tally.team[1].staffed + tally.overtime == worked)
  }

  @Test("So many reps are so many who serve a queue")
  func levels() {
    var scenario = Models.day(perHour: [20], agents: 3, talk: .constant(60), patience: .never)
    scenario.plan.queues[0].members.removeFirst()
    scenario.staffing = .levels([1], interval: .seconds(3_600))
    let tally = Replication.run(scenario, seed: 1, number: 0)[0]
    #expect(tally.agents.map { $0.answered > 0 } == [false, true, false])
    #expect(scenario.servingAgents == [1, 2])
  }

  @Test("A rep who has a break, or is going home, is granted no call out")
  func breaks() {
    var scenario = Models.day(
      perHour: [40, 40, 40], agents: 4, talk: .constant(150), patience: .constant(200))
    scenario.plan.queues[0].wrapUp = .seconds(40)
    scenario.plan.queues[0].minimumCover = 1
    scenario.outbound.isDone = true
    scenario.outbound.perHour = 60
    var shift = Shift(start: .zero, end: .minutes(150))
    shift.breaks = [(.minutes(30), .minutes(25)), (.minutes(90), .minutes(25))]
    scenario.staffing = .shifts(Array(repeating: [shift], count: 4))
    var (notReady, grants, wrong) = (Set<AgentID>(), 0, 0)
    for number in 0..<5 {
      for entry in Replication.history(scenario, seed: 1, number: UInt32(number)) {
        switch entry.event {
        case .agent(.becameNotReady(let agent, _, _, _, _)): notReady.insert(agent)
        case .agent(.becameReady(let agent)), .agent(.rested(let agent)),
          .agent(.loggedIn(let agent)):
          notReady.remove(agent)
        case .outbound(.granted(_, let agent, _, _)):
          grants += 1
          if notReady.contains(agent) { wrong += 1 }
        default: break
        }
      }
    }
    #expect(grants > 100 && wrong == 0)
  }

  @Test("Numbers of calls out that are done are given again: a long run's memory does not grow")
  func memory() {
    var pool = OutboundPool(agents: 1)
    for _ in 0..<100 {
      let item = OutboundPool.Item(purpose: .callBack, entity: 1, arisenAt: Instant(seconds: 0))
      pool.finish(pool.add(item))
    }
    #expect(pool.items.count == 1)
  }
}
