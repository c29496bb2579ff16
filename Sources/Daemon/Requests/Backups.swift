import Foundation
import Journal
import LineProtocol
import Vocabulary

/// `admin.backup`: copies the journal a slice at a time, so that commits go in between.
final class Backups: @unchecked Sendable {
  /// Pages of one slice; 256 are a megabyte.
  private static let slice: Int32 = 256

  private let context: ServerContext
  private let answers: Answers

  init(_ context: ServerContext, _ answers: Answers) {
    self.context = context
    self.answers = answers
  }

  /// A copy of the journal that is being made, on the journal's thread only.
  private struct InProgress: @unchecked Sendable {
    var copy: DatabaseCopy
    var isDone = false
  }

  /// Begins to answer.
  func begin(_ request: RequestContext, for connection: Connection) throws {
    let file = request.arguments.required(.file)
    guard file.hasPrefix("/"), !FileManager.default.fileExists(atPath: file) else {
      throw Refusal(.badArgument, "file: expected the full path of a file that does not exist")
    }
    let pending = answers.postpone(request, nil, for: connection)
    context.keeper.run({ InProgress(copy: try $0.copy(to: file)) }) { [self] in
      copyOn($0, file, pending)
    }
  }

  private func copyOn(_ result: Result<InProgress, any Error>, _ file: String, _ pending: Pending) {
    if case .success(let backup) = result, !backup.isDone {
      return context.keeper.run({ _ in
        InProgress(copy: backup.copy, isDone: try backup.copy.step(pages: Self.slice))
      }) { [self] in copyOn($0, file, pending) }
    }
    answers.answer(pending) { connection in
      _ = try result.get()
      connection.reply { output in
        output.reply(pending.request.tag, .ok)
        output.option("file", file)
        output.end()
      }
    }
  }
}
