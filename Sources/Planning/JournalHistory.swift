import Base
public import Configuration
import Foundation
import Journal
public import Routing
public import Simulation

/// A daemon's journal as a history to be replayed.
public struct JournalHistory: Sendable {
  /// A plan and the events that happened under it.
  private struct Chapter: Sendable {
    var at: Instant
    var plan: RoutingPlan
    var directory: Directory
    /// The edition of the engine's rules by which the events were decided.
    var rules: Int
    var events: [TimedEvent] = []

    var isRemakeable: Bool { rules == RoutingEngine.rules }
  }

  /// A plan as the journal keeps it, with the names behind its numbers.
  private struct RecordedPlan: Decodable {
    var plan: RoutingPlan
    var directory: Directory
    /// Absent in records of the first edition.
    var rules: Int?
  }

  /// The seed of the daemon's engine.
  public static let seed: UInt64 = 1

  private var chapters: [Chapter] = []
  /// Events read.
  public private(set) var count = 0

  /// Reads a journal: a backup, or one whose daemon does not run.
  /// - Throws: ``JournalError`` and what decoding a plan throws.
  public init(path: String) throws {
    let journal = try Journal(path: path, readOnly: true) { "" }
    var chapters: [Chapter] = []
    var count = 0
    _ = try journal.replay(after: 0, chain: 0) { record in
      switch record.content {
      case .plan(let json):
        let recorded = try JSONDecoder().decode(RecordedPlan.self, from: Data(json.utf8))
        chapters.append(
          Chapter(
            at: record.at, plan: recorded.plan, directory: recorded.directory,
            rules: recorded.rules ?? 1))
      case .event(let event, _):
        if chapters.isEmpty { return }
        chapters[chapters.count - 1].events.append(TimedEvent(at: record.at, event: event))
        count += 1
      case .note: break
      }
    }
    self.chapters = chapters
    self.count = count
  }

  /// Plays everything again that was decided by the rules of this program, and folds the rest.
  /// - Parameter change: Makes the plan in question from the one in force; `nil`: the same.
  /// - Returns: `nil` for a journal in which nothing has happened.
  public func replay(
    changing change: (@Sendable (RoutingPlan) -> RoutingPlan)? = nil
  ) -> DecisionReplay? {
    guard let first = chapters.first else { return nil }
    var replay = DecisionReplay(first.plan, seed: Self.seed, changing: change)
    if first.isRemakeable { replay.play(first.events) } else { replay.fold(first.events) }
    for chapter in chapters.dropFirst() {
      guard chapter.isRemakeable else {
        replay.fold(chapter.plan)
        replay.fold(chapter.events)
        continue
      }
      var events = chapter.events[...]
      replay.adopt(chapter.plan, at: chapter.at, &events)
      replay.play(Array(events))
    }
    return replay
  }

  /// Its days, as they can be lived again.
  public var days: JournalDays { JournalDays(chapters.flatMap(\.events), directory) }

  /// The names of reps and queues at the end: another configuration is read with these, so that a rep keeps
  /// the number under which the journal knows the rep.
  public var directory: Directory { chapters.last?.directory ?? Directory() }
}
