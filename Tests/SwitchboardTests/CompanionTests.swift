import Base
import Engines
import Events
import Foundation
import Frames
import Journal
import Routing
import Testing

@testable import Switchboard

/// A second engine lives in the same frames: whatever happens to the disk, both are there or neither.
@Suite struct CompanionTests {
  private static let yaml = """
    agents: { alice: }
    queues: { support: { members: [alice] } }
    """
  private static let start = Instant(seconds: 1_795_442_400)

  /// It counts callers, and wishes voicemail for every third.
  private struct Counter: CompanionEngine {
    private(set) var count: UInt8 = 0
    let nextDeadline: Instant? = nil

    func decide(
      after event: Event, at instant: Instant, _ routing: RoutingEngine
    ) -> [CompanionDecision] {
      guard case .call(.arrived(let call, _, _, _, _, _)) = event else { return [] }
      let counted = CompanionDecision.event(CompanionEvent(kind: 1, payload: [count + 1]))
      return count % 3 == 2 ? [counted, .wish(.leaveForVoicemail(call))] : [counted]
    }

    func decideWhatIsDue(at instant: Instant, _ routing: RoutingEngine) -> [CompanionDecision] {
      []
    }

    mutating func apply(_ event: CompanionEvent, at instant: Instant) {
      count = event.payload.first ?? 0
    }

    var snapshot: [UInt8] { [count] }
  }

  private func open(_ disk: SimulatedDisk) throws -> Journal {
    try Journal(
      .init(path: "journal.sqlite", fileSystem: disk.name, vocabulary: Record.vocabulary)
    ) { "x" }
  }

  private func recovered(_ journal: Journal) throws -> Switchboard {
    let named = try Sample.named(Self.yaml)
    var board = Switchboard(named, seed: 1, companion: Counter())
    _ = try journal.replay(after: 0, chain: 0) { entry, step in
      let record = try Record(entry, at: step.at)
      if case .shell(.planAdopted, _) = record.content {
        board.fold(named.plan, named.directory, rules: RoutingEngine.rules, at: record.at)
      }
      board.fold(record)
    }
    return board
  }

  /// Nine callers, each in a frame of its own; what was acknowledged is counted.
  private func run(_ disk: SimulatedDisk) -> Int {
    var acknowledged = 0
    do {
      let journal = try open(disk)
      let named = try Sample.named(Self.yaml)
      var board = Switchboard(named, seed: 1, companion: Counter())
      var batch = Batch()
      board.adopt(named, at: Self.start, &batch)
      try journal.append(batch)
      for number in 1...9 {
        batch.removeAll()
        _ = board.step(
          .init(
            command: .arrive(queue: QueueID(0), priority: 0, credit: .zero, skills: []),
            detail: Detail(call: "c-\(number)").with(.from, "+1312\(number)")),
          at: Self.start + .seconds(Int64(number)), &batch)
        try journal.append(batch)
        acknowledged = number
      }
    } catch {}
    return acknowledged
  }

  /// How many of the callers in `board` were sent to voicemail.
  private func inVoicemail(_ board: Switchboard) -> Int {
    board.engine.liveCalls.count { board.engine.call($0)?.state == .voicemail }
  }

  @Test("Event and wish are in the frame of what they follow from; recovery folds both")
  func together() throws {
    let disk = SimulatedDisk(seed: 1)
    #expect(run(disk) == 9)
    let journal = try open(disk)
    let board = try recovered(journal)
    #expect((board.engines.companion as? Counter)?.count == 9 && inVoicemail(board) == 3)
    // The third caller's step: he came, was counted, was diverted.
    var third: [String] = []
    try journal.read(from: 1) { entry, step in
      let record = try Record(entry, at: step.at)
      if record.at == Self.start + .seconds(3) { third.append(record.type) }
      return true
    }
    #expect(third == ["call.arrived", "companion", "call.diverted"])
  }

  @Test("Cut off anywhere, nothing acknowledged is lost, and neither engine without the other")
  func anywhere() throws {
    let whole = SimulatedDisk(seed: 1)
    whole.faults = SimulatedDisk.Faults()
    _ = run(whole)
    let operations = whole.operations
    #expect(operations > 30)
    for (isCut, step) in [true, false].flatMap({ cut in (1...operations).map { (cut, $0) } }) {
      let disk = SimulatedDisk(seed: UInt64(step))
      disk.faults =
        isCut ? SimulatedDisk.Faults(cutAt: step) : SimulatedDisk.Faults(failAt: step)
      let acknowledged = run(disk)
      disk.kill()
      disk.faults = SimulatedDisk.Faults()
      disk.powerOn()
      let board = try recovered(try open(disk))
      let counted = Int((board.engines.companion as? Counter)?.count ?? 0)
      #expect(counted >= acknowledged, "\(isCut) at \(step)")
      #expect(board.engine.liveCallCount == counted, "\(isCut) at \(step)")
      #expect(inVoicemail(board) == counted / 3, "\(isCut) at \(step)")
    }
  }
}
