import Testing

@testable import Routing
import TestSupport

/// Random histories: every invariant and every conservation law after every command; and recovery
/// from the events gives the same state to the byte.
@Suite struct PropertyTests {
  static let sequences = 1_000
  static let length = 200

  @Test("Any history keeps every law", arguments: 0..<8)
  func laws(batch: Int) {
    let perBatch = Self.sequences / 8
    for seed in batch * perBatch..<(batch + 1) * perBatch {
      var random = TestRandom(state: UInt64(seed))
      let plan = RoutingPlan.random(&random)
      let moves = (0..<Self.length).map { _ in Move.random(&random) }
      guard let complaint = History(plan: plan, moves: moves).firstComplaint else { continue }
      let shortest = Shrinker.shrink(moves) { History(plan: plan, moves: $0).firstComplaint != nil }
      let script = History(plan: plan, moves: shortest).script
      Issue.record(
        """
        seed \(seed): \(complaint)
        minimal call script:
        \(script)
        """)
      return
    }
  }

  @Test("Two engines given the same moves make the same bytes")
  func determinism() {
    var random = TestRandom(state: 99)
    let plan = RoutingPlan.random(&random)
    let moves = (0..<2_000).map { _ in Move.random(&random) }
    var a = History(plan: plan, moves: moves)
    var b = History(plan: plan, moves: moves)
    a.play()
    b.play()
    let isSame = a.engine.snapshot() == b.engine.snapshot() && a.events == b.events
    #expect(isSame)
  }

  @Test("Every process, machine and build mode makes the bytes that were recorded here")
  func recordedBytes() {
    var random = TestRandom(state: 2_026)
    let plan = RoutingPlan.random(&random)
    var history = History(plan: plan, moves: (0..<3_000).map { _ in Move.random(&random) })
    history.play()
    var bytes = history.engine.snapshot()
    for entry in history.events {
      VariableInteger.write(entry.at.microseconds, to: &bytes)
      entry.event.code.write(to: &bytes)
    }
    // FNV-1a (Fowler, Noll, Vo). Changes when the engine decides differently, or names things
    // differently in a snapshot: then look why, and record it anew.
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    #expect(hash == 1_784_966_505_261_497_446)
    #expect(history.events.count > 1_000)
  }

  @Test("State is the fold of the events, at every prefix of a history")
  func everyPrefix() throws {
    var random = TestRandom(state: 4)
    let plan = RoutingPlan.random(&random)
    let moves = (0..<300).map { _ in Move.random(&random) }
    var live = RoutingEngine(plan, seed: 1)
    var recovered = RoutingEngine(plan, seed: 1)
    var now = Instant(seconds: 1_000)
    for move in moves {
      now = now + move.pause
      var events = EventBuffer()
      _ = live.handle(move.command(in: live), at: now, into: &events)
      for entry in events.events { recovered.apply(entry.event, at: entry.at) }
      recovered.now = live.now
      let isSame = recovered.snapshot() == live.snapshot()
      let reread = RoutingEngine(plan: plan, seed: 1, snapshot: live.snapshot())
      let isRereadSame = reread?.snapshot() == live.snapshot()
      try #require(isSame && isRereadSame, "after \(move)")
    }
  }
}

/// A plan and moves, played from the start.
struct History {
  private(set) var engine: RoutingEngine
  private let moves: [Move]
  private(set) var events: [TimedEvent] = []
  private(set) var lines: [String] = []

  init(plan: RoutingPlan, moves: [Move]) {
    engine = RoutingEngine(plan, seed: 1)
    self.moves = moves
  }

  /// What goes wrong first, if anything does.
  var firstComplaint: String? {
    var copy = self
    return copy.play()
  }

  /// The moves as a call script that can be read and played.
  var script: String {
    var copy = self
    copy.play()
    return copy.lines.joined(separator: "\n")
  }

  @discardableResult
  mutating func play() -> String? {
    var ledger = Ledger()
    var shadow = engine
    var now = Instant(seconds: 1_000)
    for (index, move) in moves.enumerated() {
      now = now + move.pause
      let command = move.command(in: engine)
      lines.append(CommandText.line(command, after: move.pause))
      var buffer = EventBuffer()
      let before = engine
      let outcome = engine.handle(command, at: now, into: &buffer)
      events += buffer.events
      for entry in buffer.events {
        ledger.enter(entry)
        shadow.apply(entry.event, at: entry.at)
      }
      if let broken = engine.invariantViolations().first { return "move \(index): \(broken)" }
      if let broken = ledger.audit(engine).first { return "move \(index): \(broken)" }
      if let broken = Rules.broken(by: command, outcome, from: before, buffer.events).first {
        return "move \(index): \(broken)"
      }
      if index % 20 == 19 || index == moves.count - 1 {
        shadow.now = engine.now
        if shadow.snapshot() != engine.snapshot() { return "move \(index): replay differs" }
      }
    }
    return nil
  }
}

@Suite struct ShrinkerTests {
  @Test("Shrinking finds the two moves that matter")
  func shrinks() {
    let kept = Shrinker.shrink(Array(0..<200)) { $0.contains(17) && $0.contains(150) }
    #expect(kept == [17, 150])
  }
}
