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
    try requireRoom(for: file)
    let pending = answers.postpone(request, nil, for: connection)
    let part = file + Self.unfinished
    unlink(part)
    unlink(part + "-journal")
    context.keeper.run({ InProgress(copy: try $0.copy(to: part)) }) { [self] in
      copyOn($0, file, pending)
    }
  }

  /// What is not a whole backup yet has another name.
  private static let unfinished = ".part"

  /// A backup that fills the disk takes the journal's room.
  private func requireRoom(for file: String) throws(Refusal) {
    let directory = (file as NSString).deletingLastPathComponent
    let journal = context.options.stateDirectory + "/journal.sqlite"
    let attributes = try? FileManager.default.attributesOfItem(atPath: journal)
    guard let size = attributes?[.size] as? Int64, let free = DiskSpace.free(at: directory),
      free < size + DiskSpace.margin
    else { return }
    throw Refusal(
      .limit,
      "no room for a backup: \(size / 1_000_000) MB, and 67 MB to go on with, are needed in \(directory), \(free / 1_000_000) MB are free",
      [Field("needed", "\(size + DiskSpace.margin)"), Field("free", "\(free)")])
  }

  private func copyOn(_ result: Result<InProgress, any Error>, _ file: String, _ pending: Pending) {
    if case .success(let backup) = result, !backup.isDone {
      return context.keeper.run({ _ in
        InProgress(copy: backup.copy, isDone: try backup.copy.step(pages: Self.slice))
      }) { [self] in copyOn($0, file, pending) }
    }
    let finished = result.flatMap { _ in
      Result { try FileManager.default.moveItem(atPath: file + Self.unfinished, toPath: file) }
    }
    if case .failure = finished { unlink(file + Self.unfinished) }
    answers.answer(pending) { connection in
      try finished.get()
      connection.reply { output in
        output.reply(pending.request.tag, .ok)
        output.option("file", file)
        output.end()
      }
    }
  }
}
