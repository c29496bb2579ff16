import Base
import Configuration
import Events
import Frames
import Journal
import Routing
import Switchboard

/// Builds a switchboard from a journal: newest snapshot, then every record after it.
struct Recovery {
  /// The state so far; `nil` before the first plan.
  private(set) var board: Switchboard?
  private(set) var plan: PlanRecord?
  private(set) var seq: UInt64 = 0
  private(set) var chain: UInt64 = 0
  private(set) var at = Instant.distantPast
  /// Frames read.
  private(set) var frames = 0
  /// What was found of the words in them.
  private(set) var words = WordCounts()
  /// The last record that is in an archive file, and whether those are read.
  private(set) var archived: (through: UInt64, areRead: Bool) = (0, true)
  /// Up to which record the journal says that words are forgotten, and up to which a record says so.
  private var forgotten: (kept: UInt64, recorded: UInt64) = (0, 0)

  /// Nothing yet.
  init() {}

  /// The newest snapshot of `journal` that this program can read; nothing yet, if there is none. Each one may be damaged,
  /// or of an earlier program, also that of where the journal begins: then archive files are read.
  init(newestOf journal: Journal) throws {
    var state = self
    _ = try journal.newestSnapshot { state.restore($0) }
    self = state
  }

  /// The first state there is: nothing yet, or, if archive files are not where they were put, what the journal begins
  /// with.
  init(firstOf journal: Journal) throws {
    archived = (journal.archived, true)
    // All of it, to see whether it is what was written.
    let beginning = try journal.beginning(hasDays: true)
    guard let beginning, try !journal.hasAllArchives() else { return }
    // Of an earlier program, it says nothing: then the files are asked for.
    archived.areRead = !restore(beginning.place)
  }

  /// What was found of the words that records have.
  struct WordCounts: Equatable, Sendable {
    /// Records with words.
    var all = 0
    /// Those whose words are gone as a record says.
    var forgotten = 0
    /// Those whose words are gone, and no record says so.
    var missing = 0
    /// Those whose words are others than what was written.
    var wrong = 0

    fileprivate mutating func count(_ found: Entry.WordState, isForgotten: Bool) {
      switch found {
      case .none: return
      case .present: break
      case .absent: if isForgotten { forgotten += 1 } else { missing += 1 }
      case .wrong: wrong += 1
      }
      all += 1
    }
  }

  /// Takes over a snapshot.
  /// - Returns: whether its parts fit together.
  mutating func restore(_ place: Journal.Place) -> Bool {
    guard let plan = try? PlanRecord(json: place.snapshot.plan),
      let board = Switchboard(
        snapshot: place.snapshot.state, plan.plan, plan.directory, seq: place.seq,
        seed: Record.engineSeed)
    else { return false }
    self.plan = plan
    self.board = board
    (seq, chain, at) = (place.seq, place.chain, place.snapshot.at)
    return true
  }

  /// Takes in one record.
  mutating func apply(_ entry: Entry, _ step: Step) throws {
    let record = try Record(entry, at: step.at)
    // Who the reps are is never forgotten.
    let isPlan = if case .shell(.planAdopted, _) = record.content { true } else { false }
    words.count(entry.words, isForgotten: entry.seq <= forgotten.kept && !isPlan)
    if case .shell(.planAdopted(let text), let detail) = record.content {
      try adopt(
        try PlanRecord(PlanRecord.Parts(plan: text, people: detail[.people])), at: record.at)
    }
    if case .shell(.textForgotten(let through, _, _), _) = record.content {
      forgotten.recorded = max(forgotten.recorded, through)
    }
    board?.fold(record)
    seq = record.seq
    at = record.at
  }

  private mutating func adopt(_ plan: PlanRecord, at instant: Instant) throws {
    if board == nil {
      board = Switchboard(NamedPlan(plan, calendar: .init()), seed: Record.engineSeed)
    }
    board?.fold(plan.plan, plan.directory, rules: plan.rules ?? 1, at: instant)
    self.plan = plan
  }

  /// Reads on, another frame as long as `goesOn`; `true` at the end.
  mutating func advance(
    _ journal: Journal, while goesOn: () -> Bool = { true }
  ) throws -> Bool {
    // A local copy, so that the closure changes it in place.
    var state = self
    state.forgotten.kept = journal.forgotten?.through ?? 0
    let end = try journal.replay(after: seq, chain: chain, while: goesOn) { entry, step in
      try state.apply(entry, step)
    }
    self = state
    seq = end.seq
    chain = end.chain
    frames += end.frames
    if end.isAtEnd, forgotten.recorded < forgotten.kept {
      // They were taken out by somebody who has not said so.
      words.missing += words.forgotten
      words.forgotten = 0
    }
    return end.isAtEnd
  }
}
