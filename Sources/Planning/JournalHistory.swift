import Base
import Configuration
public import Events
import Frames
import Journal
import Migration
public import Routing
public import Simulation

/// A daemon's journal as a history to be replayed.
public struct JournalHistory: Sendable {
  /// Events that followed from one cause.
  private struct RecordedStep: Sendable {
    var at: Instant
    var cause: DecisionReplay.Cause
    var events: [TimedEvent] = []
  }

  /// A plan and what happened under it.
  private struct Chapter: Sendable {
    var at: Instant
    var record: PlanRecord
    var steps: [RecordedStep]

    /// Whether the rules of this program have decided its events.
    var isRemakeable: Bool { (record.rules ?? 1) == RoutingEngine.rules }
  }

  private var chapters: [Chapter] = []
  /// Events read.
  public private(set) var count = 0

  /// Reads a journal: a backup, or one whose daemon does not run.
  /// - Throws: ``JournalError`` and what decoding a plan throws.
  public init(path: String) throws {
    // Copies, so that the closure changes them in place.
    var history = self.chapters
    var count = 0
    var last: UInt64 = 0
    _ = try Journal.reading(path).replay(after: 0, chain: 0) { entry, step in
      let record = try Record(entry, at: step.at)
      switch record.content {
      case .shell(.planAdopted(let plan), let detail):
        let parts = PlanRecord.Parts(plan: plan, people: detail[.people])
        history.append(Chapter(at: step.at, record: try PlanRecord(parts), steps: []))
        let cause = DecisionReplay.Cause.plan(history[history.count - 1].record.plan)
        history[history.count - 1].steps.append(RecordedStep(at: step.at, cause: cause))
        last = step.seq
      case .shell, .companion: break
      case .event(let event, _):
        guard let chapter = history.indices.last else { return }
        if step.seq != last {
          let cause = DecisionReplay.Cause(step)
          history[chapter].steps.append(RecordedStep(at: step.at, cause: cause))
          last = step.seq
        }
        let end = history[chapter].steps.count - 1
        history[chapter].steps[end].events.append(TimedEvent(at: step.at, event: event))
        count += 1
      }
    }
    chapters = history
    self.count = count
  }

  /// Plays everything again that was decided by the rules of this program, and folds the rest.
  /// - Parameter change: Makes the plan in question from the one in force; `nil`: the same.
  /// - Returns: `nil` for a journal in which nothing has happened.
  public func replay(
    changing change: (@Sendable (RoutingPlan) -> RoutingPlan)? = nil
  ) -> DecisionReplay? {
    guard let first = chapters.first else { return nil }
    var replay = DecisionReplay(first.record.plan, seed: Record.engineSeed, changing: change)
    for chapter in chapters {
      guard chapter.isRemakeable else {
        replay.fold(chapter.record.plan, at: chapter.at)
        for step in chapter.steps { replay.fold(step.events) }
        continue
      }
      for step in chapter.steps { replay.play(step.cause, at: step.at, step.events) }
    }
    return replay
  }

  /// Its days, as they can be lived again.
  public var days: JournalDays {
    JournalDays(chapters.flatMap(\.steps).flatMap(\.events), directory)
  }

  /// The names of reps and queues at the end: another configuration is read with these, so that a rep keeps
  /// the number under which the journal knows the rep.
  public var directory: Directory { chapters.last?.record.directory ?? Directory() }
}

extension DecisionReplay.Cause {
  /// Why a step of the journal was taken, unless a plan was.
  fileprivate init(_ step: Step) {
    switch step.cause {
    case .time: self = .time
    case .start: self = .resumption
    case .unknown: self = .unknown
    case .command, .inferred:
      // An event that no command causes is found to be a difference.
      self = Command.list(from: step.command).map { .commands($0) } ?? .unknown
    }
  }
}
