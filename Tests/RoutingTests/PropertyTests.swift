import Base
import Events
import Foundation
import TestSupport
import Testing

@testable import Routing

/// Random histories: every invariant and every conservation law after every command; and recovery
/// from the events gives the same state to the byte.
@Suite struct PropertyTests {
  /// `make torture` asks for 20,000.
  static let sequences =
    ProcessInfo.processInfo.environment["ROTA_HISTORIES"].flatMap { Int($0) } ?? 600
  static let length = 300

  @Test("Any history keeps every law", arguments: 0..<8)
  func laws(batch: Int) {
    let perBatch = Self.sequences / 8
    for seed in batch * perBatch..<(batch + 1) * perBatch {
      var random = TestRandom(state: UInt64(seed))
      var plan = RoutingPlan.random(&random)
      if seed % 6 == 0 { plan.rules.unattached = .hold }
      let moves = Move.randoms(Self.length, &random)
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
    let moves = Move.randoms(2_000, &random)
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
    var history = History(plan: plan, moves: Move.randoms(3_000, &random))
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
    #expect(hash == 12_888_962_364_909_961_012)
    #expect(history.events.count > 1_000)
  }

  @Test("State is the fold of the events, at every prefix of a history")
  func everyPrefix() throws {
    var random = TestRandom(state: 4)
    let plan = RoutingPlan.random(&random)
    let moves = Move.randoms(300, &random)
    var live = RoutingEngine(plan, seed: 1)
    var recovered = RoutingEngine(plan, seed: 1)
    var now = Instant(seconds: 1_000)
    for move in moves {
      now = now + move.pause
      var events = EventBuffer()
      if let plan = live.perform(move.step(in: live), at: now, into: &events) {
        recovered.apply(plan: plan, at: now)
      }
      for entry in events.events { recovered.apply(entry.event, at: entry.at) }
      recovered.now = live.now
      let isSame = recovered.snapshot() == live.snapshot()
      let reread = RoutingEngine(plan: live.plan, seed: 1, snapshot: live.snapshot())
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
    var (ledger, laws) = (Ledger(), Laws())
    var shadow = engine
    var now = Instant(seconds: 1_000)
    for (index, move) in moves.enumerated() {
      now = now + move.pause
      var buffer = EventBuffer()
      // What falls due before the move is a step of its own, unless nobody was there.
      if case .outage(let span) = move.step(in: engine) {
        now = now + span
      } else {
        let idle = engine
        engine.advance(to: now, into: &buffer)
        if let broken = laws.follow(buffer.events, from: idle, to: engine, Laws.Cause()).first {
          return "before move \(index): \(broken)"
        }
      }
      take(buffer.events, &ledger, &shadow)
      buffer.removeAll()
      let before = engine
      let step = move.step(in: engine)
      lines.append(CommandText.line(step, after: move.pause))
      var outcome: Outcome?
      if case .command(let command) = step {
        outcome = engine.handle(command, at: now, into: &buffer)
      } else if let plan = engine.perform(step, at: now, into: &buffer) {
        shadow.apply(plan: plan, at: now)
      }
      take(buffer.events, &ledger, &shadow)
      if let broken = complaint(step, outcome, before, buffer.events, &ledger, &laws) {
        return "move \(index): \(broken)"
      }
      if index % 20 == 19 || index == moves.count - 1 {
        shadow.now = engine.now
        if shadow.snapshot() != engine.snapshot() { return "move \(index): replay differs" }
      }
    }
    return nil
  }

  private mutating func take(
    _ new: [TimedEvent], _ ledger: inout Ledger, _ shadow: inout RoutingEngine
  ) {
    events += new
    for entry in new {
      ledger.enter(entry)
      shadow.apply(entry.event, at: entry.at)
    }
  }

  private func complaint(
    _ step: Move.Step, _ outcome: Outcome?, _ before: RoutingEngine, _ events: [TimedEvent],
    _ ledger: inout Ledger, _ laws: inout Laws
  ) -> String? {
    if let broken = engine.invariantViolations().first { return broken.description }
    if let broken = ledger.audit(engine).first { return broken }
    // A new plan comes before the events that follow from it.
    var start = before
    if case .adopt(let plan) = step { start.apply(plan: plan, at: start.now) }
    if case .command(let command) = step, let outcome {
      let broken = Rules.broken(by: command, outcome, from: before, events)
      if let first = broken.first { return first }
    }
    return laws.follow(events, from: start, to: engine, step.cause).first
  }
}

extension RoutingEngine {
  /// Carries out a step.
  /// - Returns: the plan it put into force, if it did.
  mutating func perform(
    _ step: Move.Step, at now: Instant, into events: inout EventBuffer
  ) -> RoutingPlan? {
    switch step {
    case .command(let command): _ = handle(command, at: now, into: &events)
    case .commands(let commands): _ = handle(commands, at: now, into: &events)
    case .adopt(let plan):
      advance(to: now, into: &events)
      adopt(plan, at: now, into: &events)
      return plan
    case .outage: resume(at: now, into: &events)
    }
    return nil
  }
}

extension Move.Step {
  /// Whose act it is, and what it is about.
  var cause: Laws.Cause {
    switch self {
    case .adopt, .outage: Laws.Cause(isUpheaval: true)
    case .commands(let commands): Laws.Cause(calls: Set(commands.compactMap(\.cause.calls.first)))
    case .command(let command): command.cause
    }
  }
}

extension Command {
  fileprivate var cause: Laws.Cause {
    switch self {
    case .makeNotReady(let agent, _, _, _, let by), .logOut(let agent, let by),
      .makeReady(let agent, _, _, let by):
      by == .agent ? Laws.Cause(actor: agent) : Laws.Cause(acted: agent)
    case .logIn(let agent): Laws.Cause(actor: agent)
    case .attachFeed, .loseFeed: Laws.Cause(isUpheaval: true)
    case .reportPhone(let agent, _, _), .assignPhone(let agent, _): Laws.Cause(acted: agent)
    case .ignore(let call, let agent, _, let by):
      by == .agent
        ? Laws.Cause(actor: agent, calls: [call]) : Laws.Cause(acted: agent, calls: [call])
    case .hangUp(let call, _, _), .leaveForVoicemail(let call), .acceptCallBack(let call),
      .reportUnreachable(let call, _):
      Laws.Cause(calls: [call])
    default: Laws.Cause()
    }
  }
}

@Suite struct ShrinkerTests {
  @Test("Shrinking finds the two moves that matter")
  func shrinks() {
    let kept = Shrinker.shrink(Array(0..<200)) { $0.contains(17) && $0.contains(150) }
    #expect(kept == [17, 150])
  }
}
