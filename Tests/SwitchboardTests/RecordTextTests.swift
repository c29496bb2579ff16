import Base
import Configuration
import Events
import Frames
import Routing
import Switchboard
import Testing

/// The text of a record is that of its own instant, however much happens in the same step.
@Suite struct RecordTextTests {
  @Test("A consultation offered and over within one step names its call all the same")
  func consultation() throws {
    let yaml = """
      agents: { alice: , bob: , carol: }
      queues: { support: { members: [alice, bob, carol] } }
      """
    var board = Switchboard(try Sample.named(yaml), seed: 1)
    var batch = Batch()
    let start = Instant(seconds: 1_795_442_400)
    func act(_ command: Command) {
      _ = board.step(.init(command: command), at: start, &batch)
    }
    for agent in 0..<3 {
      act(.logIn(AgentID(agent)))
      act(.makeReady(AgentID(agent)))
    }
    let arrival = Command.arrive(queue: QueueID(0), priority: 0, credit: .zero, skills: [])
    _ = board.step(
      .init(command: arrival, detail: Detail(call: "c-1")), at: start, &batch)
    let call = try #require(board.book.call(named: "c-1"))
    act(.answer(call, agent: AgentID(0), offer: nil))
    let consult = Command.consult(
      call, agent: AgentID(0), target: .queue(QueueID(0)), briefing: .complete)
    _ = board.step(
      .init(command: consult, detail: Detail().with(.to, "queue:support")), at: start,
      &batch)
    _ = board.takeRecords()
    // Bob does not pick up, Carol is asked, and does not either: all of it is overdue at once.
    board.advance(to: start + .minutes(10), &batch)
    let offered = board.takeRecords().compactMap { record -> Detail? in
      if case .event(.transfer(.consultOffered), let detail) = record.content {
        detail
      } else {
        nil
      }
    }
    #expect(offered.count == 1)
    #expect(offered.allSatisfy { $0[.call] == "c-1" })
    #expect(board.engine.transfer(heldBy: AgentID(0)) == nil)
  }
}
