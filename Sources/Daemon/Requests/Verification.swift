import Base
import Journal
import LineProtocol
import Routing
import Switchboard

/// `admin.verify`: the journal is checked and replayed a slice at a time, so that commits go in between, and what comes
/// of it is compared with what is in force.
final class Verification: @unchecked Sendable {
  /// How long a commit may wait for a slice. By time, not by number: frames can be deep.
  private static let slice = TimeSpan.microseconds(10_000)

  private let context: ServerContext
  private let pipeline: Pipeline
  private let answers: Answers

  init(_ context: ServerContext, _ pipeline: Pipeline, _ answers: Answers) {
    self.context = context
    self.pipeline = pipeline
    self.answers = answers
  }

  /// Begins to answer.
  func begin(_ request: RequestContext, for connection: Connection) {
    let pending = answers.postpone(request, nil, for: connection)
    context.keeper.run({ try Recovery(firstOf: $0) }) { [self] result in
      switch result {
      case .success(let state): advance(state, pending)
      case .failure(let error):
        answers.answer(pending) { _ in throw Refusal(.damaged, "\(error)") }
      }
    }
  }

  private func advance(_ state: Recovery, _ pending: Pending) {
    context.keeper.run({ [clock = context.clock] journal in
      var state = state
      let elapsed = clock.stopwatch()
      let isAtEnd = try state.advance(journal, while: { elapsed() < Self.slice })
      return (state, isAtEnd)
    }) { [self] (result: Result<(Recovery, Bool), any Error>) in
      switch result {
      case .success((let state, false)): advance(state, pending)
      case .success((let state, true)): compare(state, pending)
      case .failure(let error):
        answers.answer(pending) { _ in throw Refusal(.damaged, "\(error)") }
      }
    }
  }

  /// Compares what was replayed with a copy of what is in force, elsewhere: both may be large.
  private func compare(_ state: Recovery, _ pending: Pending) {
    let (live, isCurrent) = (pipeline.board, state.seq == pipeline.board.seq)
    context.keeper.elsewhere({ Verdict(state, live, isCurrent: isCurrent) }) { [self] result in
      answers.answer(pending) { connection in
        let verdict = try result.get()
        if let complaint = verdict.complaint {
          throw Refusal(.damaged, complaint, verdict.options)
        }
        connection.reply { output in
          output.reply(pending.request.tag, .ok)
          output.append(options: verdict.options)
          output.end()
        }
      }
    }
  }

  /// What a verification has found.
  private struct Verdict: Sendable {
    var seq: UInt64
    var frames: Int
    var words: Recovery.WordCounts
    var archived: (through: UInt64, areRead: Bool)
    /// Whether nothing has happened since the last record: only then can the states be compared.
    var isCurrent: Bool
    var complaint: String?

    /// - Parameter live: The state that is in force.
    init(_ replayed: Recovery, _ live: Switchboard, isCurrent: Bool) {
      seq = replayed.seq
      frames = replayed.frames
      words = replayed.words
      archived = replayed.archived
      self.isCurrent = isCurrent
      complaint = replayed.board?.engine.invariantViolations().first?.description
      // First: text that is not what was written makes another state, too.
      if complaint == nil, words.missing + words.wrong > 0 {
        complaint = "names, numbers or notes are not those that were written; restore a backup"
      }
      // With the clock of the last record: replay cannot know of time that passed since.
      let now = replayed.board?.engine.now ?? live.engine.now
      if complaint == nil, isCurrent, replayed.board?.snapshot() != live.snapshot(at: now) {
        complaint = JournalError.stateMismatch(seq: seq).description
      }
    }

    var options: [Field] {
      let files =
        archived.through > 0 ? [Field("archives", archived.areRead ? "read" : "absent")] : []
      return [
        Field("frames", "\(frames)"), Field("records", "\(seq)"), Field("words", "\(words.all)"),
        Field("forgotten", "\(words.forgotten)"), Field("missing", "\(words.missing)"),
        Field("wrong", "\(words.wrong)"), Field("archived", "\(archived.through)"),
      ] + files + [Field("compared", isCurrent ? "yes" : "no")]
    }
  }
}
