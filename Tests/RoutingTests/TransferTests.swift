import Base
import Foundation
import Testing

@testable import Routing

/// No blind transfers: the caller is released only to somebody who has said yes.
@Suite struct TransferTests {
  /// Three ready reps; the call is with rep 0.
  private func talking() -> (TestTeam, CallID) {
    var world = TestTeam(ready: 3) { $0.wrapUp = .seconds(30) }
    let call = world.connect().call
    return (world, call)
  }

  private func consult(
    _ world: inout TestTeam, _ call: CallID, _ target: TransferTarget = .agent(AgentID(1))
  ) -> TransferID {
    let outcome = world.does(
      .consult(call, agent: AgentID(0), target: target, briefing: .complete))
    guard case .consulting(let id) = outcome else {
      Issue.record("no consultation: \(outcome)")
      return TransferID(0)
    }
    return id
  }

  @Test("consult, pick up, confirm, complete: the caller moves, the holder wraps up")
  func warm() {
    var (world, call) = talking()
    let id = consult(&world, call)
    #expect(world.engine.call(call)?.isHeld == true)
    #expect(world.agent(1).activity == .consulting)
    world.does(.answerConsult(id, agent: AgentID(1)))
    world.does(.confirmTransfer(id, agent: AgentID(1)))
    #expect(world.does(.completeTransfer(id, agent: AgentID(0))) == .done)
    #expect(world.engine.call(call)?.agent == AgentID(1))
    #expect(world.engine.call(call)?.isHeld == false)
    #expect(world.agent(0).activity == .wrapUp)
    #expect(world.agent(1).activity == .talking)
  }

  @Test("A blind transfer is refused by name, and counted")
  func blind() {
    var (world, call) = talking()
    #expect(world.does(.blindTransfer(call, agent: AgentID(0))) == .refused(.noBlindTransfer))
    #expect(
      world.log.last?.event
        == .transfer(.blindPrevented(call, agent: AgentID(0), cause: .requested)))
    #expect(world.engine.call(call)?.agent == AgentID(0))
  }

  @Test("Who is on the line and what it is about must be said")
  func briefing() {
    var (world, call) = talking()
    for part: Briefing in [[], .who, .about] {
      let outcome = world.does(
        .consult(call, agent: AgentID(0), target: .agent(AgentID(1)), briefing: part))
      #expect(outcome == .refused(.briefingRequired))
    }
  }

  @Test("A pick-up is not a confirmation")
  func pickUpIsNotEnough() {
    var (world, call) = talking()
    let id = consult(&world, call)
    #expect(
      world.does(.completeTransfer(id, agent: AgentID(0))) == .refused(.confirmationRequired))
    world.does(.answerConsult(id, agent: AgentID(1)))
    #expect(
      world.does(.completeTransfer(id, agent: AgentID(0))) == .refused(.confirmationRequired))
    #expect(world.does(.confirmTransfer(id, agent: AgentID(0))) == .refused(.notYourCall))
    #expect(world.does(.confirmTransfer(id, agent: AgentID(2))) == .refused(.notYourCall))
    #expect(world.engine.call(call)?.agent == AgentID(0))
  }

  @Test("Confirming before picking up is refused")
  func confirmBeforePickUp() {
    var (world, call) = talking()
    let id = consult(&world, call)
    #expect(
      world.does(.confirmTransfer(id, agent: AgentID(1))) == .refused(.wrongTransferState))
  }

  @Test("Decline, time-out and cancel give the caller back to the holder")
  func backToHolder() {
    for way in 0..<4 {
      var (world, call) = talking()
      let id = consult(&world, call)
      switch way {
      case 0: world.does(.declineTransfer(id, agent: AgentID(1)))
      case 1: world.wait(20)
      case 2:
        world.does(.answerConsult(id, agent: AgentID(1)))
        world.wait(180)
      default: world.does(.cancelTransfer(id, agent: AgentID(0)))
      }
      #expect(world.engine.transfer(heldBy: AgentID(0)) == nil)
      #expect(world.agent(0).activity == .talking)
      #expect(world.agent(1).isFree)
      #expect(world.engine.call(call)?.agent == AgentID(0))
      #expect(world.engine.call(call)?.isHeld == false)
    }
  }

  @Test("A phone that cannot be reached has declined nothing: the next rep of the queue, else back")
  func unreachable() {
    let feed = FeedID(1)
    for way in 0..<4 {
      var world = TestTeam(ready: 4) { $0.wrapUp = .seconds(30) }
      let call = world.connect().call
      world.does(.attachFeed(feed))
      let id = consult(&world, call, .queue(QueueID(0)))
      #expect(world.engine.transfer(heldBy: AgentID(0))?.agent == AgentID(1))
      switch way {
      case 0: world.does(.reportConsultUnreachable(id, agent: AgentID(1)))
      case 1: world.does(.reportPhone(AgentID(1), .down, feed: .unnamed))
      case 2: world.does(.reportPhone(AgentID(1), .up, feed: feed))
      default: world.does(.assignPhone(AgentID(1), feed: feed))
      }
      let refused = TransferEvent.consultRefused(
        id, holder: AgentID(0), agent: AgentID(1), outcome: .unreachable)
      #expect(world.log.contains { $0.event == .transfer(refused) }, "way \(way)")
      #expect(world.engine.transfer(heldBy: AgentID(0))?.agent == AgentID(2), "way \(way)")
      #expect(
        world.does(.reportConsultUnreachable(id, agent: AgentID(1))) == .refused(.notYourCall))
      world.does(.answerConsult(id, agent: AgentID(2)))
      #expect(
        world.does(.reportConsultUnreachable(id, agent: AgentID(2)))
          == .refused(.wrongTransferState))
    }
    var (world, call) = talking()
    let id = consult(&world, call, .outside)
    #expect(world.does(.reportConsultUnreachable(id, agent: nil)) == .done)
    let ended = TransferEvent.ended(
      id, call: call, holder: AgentID(0), outcome: .unreachable, agent: nil)
    #expect(world.log.contains { $0.event == .transfer(ended) })
    #expect(world.agent(0).activity == .talking && world.engine.call(call)?.isHeld == false)
  }

  @Test("A rep's line is lost: the caller is first in line, on hold or not, and the rep writes up")
  func lineLost() {
    for isHeld in [false, true] {
      var world = TestTeam(ready: 1) { $0.wrapUp = .seconds(30) }
      let call = world.connect().call
      world.does(.logIn(AgentID(0)))
      let next = world.arrive()
      if isHeld { world.does(.hold(call, agent: AgentID(0))) }
      world.does(.reportPhone(AgentID(0), .down, feed: .unnamed))
      world.does(.reportLineLost(call))
      let returned = CallEvent.returnedToQueue(
        call, queue: QueueID(0), agent: AgentID(0), cause: .lineLost)
      #expect(world.log.contains { $0.event == .call(returned) })
      #expect(world.engine.position(of: call) == 1 && world.engine.position(of: next) == 2)
      #expect(world.engine.call(call)?.isHeld == false)
      let resumed = CallEvent.resumed(call, agent: AgentID(0))
      #expect(world.log.contains { $0.event == .call(resumed) } == isHeld)
      #expect(world.agent(0).activity == .wrapUp && world.end(of: call) == nil)
      // A second report of the same line changes nothing.
      #expect(world.does(.reportLineLost(call)) == .refused(.wrongCallState))
    }
  }

  @Test("Only a lost line returns the caller, only if the rules say so, and nobody who was called")
  func lineNotLost() {
    var world = TestTeam(ready: 1)
    var call = world.connect().call
    world.does(.hangUp(call, by: .agent, cause: .dropped))
    #expect(world.end(of: call) == .dropped, "what a rep says")
    world = TestTeam(ready: 1)
    call = world.connect().call
    world.does(.hangUp(call, by: .caller, cause: .dropped))
    #expect(world.end(of: call) == .dropped)
    world = TestTeam(ready: 1)
    call = world.connect().call
    var plan = world.engine.plan
    plan.rules.lostLine = .endCall
    var events = EventBuffer()
    world.engine.adopt(plan, at: world.now, into: &events)
    world.does(.reportLineLost(call))
    #expect(world.end(of: call) == .dropped)
    world = TestTeam(ready: 2)
    guard
      case .granted(_, call: let out) = world.does(
        .requestOutbound(AgentID(0), purpose: .other, patience: nil))
    else { return #expect(Bool(false)) }
    world.does(.reportOutboundAnswered(out))
    world.does(.reportLineLost(out))
    #expect(world.end(of: out) == .dropped)
  }

  @Test("The line of a holder is lost while a colleague is consulted: as when the holder leaves")
  func lineLostInConsultation() {
    for isConfirmed in [false, true] {
      var (world, call) = talking()
      let id = consult(&world, call)
      world.does(.answerConsult(id, agent: AgentID(1)))
      if isConfirmed { world.does(.confirmTransfer(id, agent: AgentID(1))) }
      world.does(.reportLineLost(call))
      #expect(world.engine.transfer(heldBy: AgentID(0)) == nil && world.end(of: call) == nil)
      #expect((world.engine.call(call)?.state == .connected) == isConfirmed)
    }
  }

  @Test("A plan of before there was a rule for lost lines ends the call, as it was then")
  func olderPlan() throws {
    let text = String(decoding: try JSONEncoder().encode(TeamRules()), as: UTF8.self)
    #expect(text.contains("lostLine"))
    let older = text.replacingOccurrences(of: "\"lostLine\":0,", with: "")
      .replacingOccurrences(of: ",\"lostLine\":0", with: "")
    let rules = try JSONDecoder().decode(TeamRules.self, from: Data(older.utf8))
    #expect(!older.contains("lostLine") && rules.lostLine == .endCall)
    #expect(TeamRules().lostLine == .returnCaller)
  }

  @Test("A lost side's phones ring for no consultation either")
  func lostSide() {
    let feed = FeedID(1)
    var (world, call) = talking()
    world.does(.attachFeed(feed))
    world.does(.reportPhone(AgentID(1), .up, feed: feed))
    _ = consult(&world, call)
    world.does(.loseFeed(feed))
    #expect(world.engine.transfer(heldBy: AgentID(0)) == nil)
    #expect(world.agent(0).activity == .talking && world.agent(1).activity == .idle)
  }

  @Test("The holder vanishes before the confirmation: head of the queue, and counted")
  func holderVanishes() {
    var (world, call) = talking()
    world.does(.makeNotReady(AgentID(2), reason: .dontAcceptQueueCalls, until: .never))
    let id = consult(&world, call)
    world.does(.answerConsult(id, agent: AgentID(1)))
    let before = world.log.count
    world.does(.hangUp(call, by: .agent, cause: .dropped))
    #expect(
      world.events(since: before).first
        == .transfer(.blindPrevented(call, agent: AgentID(0), cause: .holderLeft)))
    #expect(world.ringing(call) == [1], "offered at once to whoever is free")
    #expect(world.end(of: call) == nil)
  }

  @Test("Back at the head of the line, before callers of any priority")
  func headOfLine() {
    var world = TestTeam(ready: 2)
    let call = world.connect().call
    _ = world.connect()
    let urgent = world.arrive(priority: 5)
    let outcome = world.does(
      .consult(call, agent: AgentID(0), target: .outside, briefing: .complete))
    #expect(outcome == .consulting(TransferID(1)))
    world.does(.makeNotReady(AgentID(0), reason: .dontAcceptQueueCalls, until: .never))
    world.does(.hangUp(call, by: .agent, cause: .normal))
    #expect(world.engine.line(of: QueueID(0)) == [call, urgent])
  }

  @Test("The holder hangs up after the confirmation: the transfer is complete")
  func holderHangsUpConfirmed() {
    var (world, call) = talking()
    let id = consult(&world, call)
    world.does(.answerConsult(id, agent: AgentID(1)))
    world.does(.confirmTransfer(id, agent: AgentID(1)))
    world.does(.hangUp(call, by: .agent, cause: .normal))
    #expect(world.engine.call(call)?.agent == AgentID(1))
    #expect(world.state(call) == .connected)
  }

  @Test("The caller hangs up while the reps consult")
  func callerLeaves() {
    var (world, call) = talking()
    let id = consult(&world, call)
    world.does(.hangUp(call, by: .caller, cause: .normal))
    #expect(world.end(of: call) == .callerHungUp)
    #expect(world.agent(1).isFree)
    #expect(world.does(.cancelTransfer(id, agent: AgentID(0))) == .refused(.unknownTransfer))
  }

  @Test("To a queue: the next free rep is tried, nobody twice, then the caller is back")
  func toQueue() {
    var (world, call) = talking()
    let id = consult(&world, call, .queue(QueueID(0)))
    #expect(world.agent(1).consultHolder == AgentID(0))
    world.does(.declineTransfer(id, agent: AgentID(1)))
    #expect(world.agent(2).consultHolder == AgentID(0))
    world.wait(20)
    #expect(world.engine.transfer(heldBy: AgentID(0)) == nil)
    world.does(.makeNotReady(AgentID(1), reason: .dontAcceptQueueCalls, until: .never))
    world.does(.makeNotReady(AgentID(2), reason: .dontAcceptQueueCalls, until: .never))
    let outcome = world.does(
      .consult(call, agent: AgentID(0), target: .queue(QueueID(0)), briefing: .complete))
    #expect(outcome == .refused(.noFreeAgent, queue: QueueID(0)))
  }

  @Test("To an outside number: confirmed by the holder's word, then the call leaves")
  func outside() {
    var (world, call) = talking()
    let id = consult(&world, call, .outside)
    #expect(
      world.does(.completeTransfer(id, agent: AgentID(0))) == .refused(.confirmationRequired))
    world.does(.answerConsult(id, agent: nil))
    world.does(.confirmTransfer(id, agent: AgentID(0)))
    world.does(.completeTransfer(id, agent: AgentID(0)))
    #expect(world.end(of: call) == .transferredOut)
    #expect(world.agent(0).activity == .wrapUp)
  }

  @Test("A busy rep, oneself and a second consultation are refused")
  func targets() {
    var (world, call) = talking()
    world.does(.logOut(AgentID(1)))
    for target in [0, 1] {
      let outcome = world.does(
        .consult(call, agent: AgentID(0), target: .agent(AgentID(target)), briefing: .complete))
      #expect(outcome == .refused(.targetNotAvailable))
    }
    _ = consult(&world, call, .agent(AgentID(2)))
    let again = world.does(
      .consult(call, agent: AgentID(0), target: .outside, briefing: .complete))
    #expect(again == .refused(.wrongTransferState))
  }
}
