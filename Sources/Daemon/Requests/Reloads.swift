import Base
import Configuration
import Events
import LineProtocol
import Logging
import Routing
import Switchboard
import YAMLTree

/// A configuration that was read, with all that takes long to make of it.
private struct ReadConfiguration: Sendable {
  let configuration: Configuration
  let named: NamedPlan
}

/// Reloads, one after the other: each keeps the names that the one before has brought. The file is read and judged
/// elsewhere; calls go on meanwhile.
final class Reloads: @unchecked Sendable {
  private typealias Done = @Sendable (Result<ReadConfiguration, any Error>) -> Void

  private let context: ServerContext
  private let pipeline: Pipeline
  private let sessions: Sessions
  private let feeds: Feeds
  private let answers: Answers
  private var waiting: [Done] = []
  private var isUnderWay = false
  /// Whether the daemon is stopping.
  private var isClosed = false

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ sessions: Sessions, _ feeds: Feeds,
    _ answers: Answers
  ) {
    self.context = context
    self.pipeline = pipeline
    self.sessions = sessions
    self.feeds = feeds
    self.answers = answers
  }

  /// `admin.reload`: all of the configuration is in force when this is answered, or none.
  func reload(_ request: RequestContext, _ claim: KeyClaim?, for connection: Connection) {
    let pending = answers.postpone(request, claim, for: connection)
    enqueue { [self] result in
      answers.answer(pending) { connection in
        let warnings = try adopt(try result.get(), by: request.session.uid)
        let board = pipeline.board
        connection.reply { output in
          output.reply(request.tag, .ok)
          output.option("file", context.options.configurationPath)
          output.option("agents", board.directory.agents.count { !$0.isRetired })
          output.option("queues", board.directory.queues.count { !$0.isRetired })
          output.option("warnings", warnings.count)
          board.finish(&output)
        }
      }
    }
  }

  /// SIGHUP: what has come of it is told by the log alone.
  func reloadOnSignal() {
    if isClosed || pipeline.hasFailed { return }
    enqueue { [self] result in _ = try? adopt(try result.get(), by: nil) }
  }

  /// Nothing is put into force any more: the daemon is stopping.
  func close() { isClosed = true }

  private func enqueue(_ done: @escaping Done) {
    if isUnderWay { return waiting.append(done) }
    isUnderWay = true
    read(done)
  }

  /// Reads the configuration file elsewhere; `done` is called on the loop.
  private func read(_ done: @escaping Done) {
    if isClosed {
      done(.failure(Self.stopping))
      return takeNext()
    }
    context.surroundings.notify(.reloading)
    let (path, directory) = (context.options.configurationPath, pipeline.board.directory)
    context.keeper.elsewhere({ [surroundings = context.surroundings, now = context.now()] in
      try Self.read(path, keeping: directory, from: now, surroundings)
    }) { [self] (result: Result<ReadConfiguration, any Error>) in
      done(result.mapError { refusal(ofConfiguration: $0) })
      context.surroundings.notify(.ready(pipeline.board.statusText))
      takeNext()
    }
  }

  private func takeNext() {
    if waiting.isEmpty { isUnderWay = false } else { read(waiting.removeFirst()) }
  }

  private static let stopping = Refusal(
    .busy, "the daemon is stopping", [Field("retry-after", "5")])

  private static func read(
    _ path: String, keeping directory: Directory, from now: Instant, _ surroundings: Surroundings
  ) throws -> ReadConfiguration {
    let yaml = try surroundings.readFile(path)
    let configuration = try Configuration(yaml: yaml, file: path, keeping: directory)
    return ReadConfiguration(
      configuration: configuration, named: NamedPlan(configuration, from: now))
  }

  /// Puts a configuration into force, and judges everybody by it.
  /// - Returns: what the file says and is probably not meant. The log has it too.
  private func adopt(_ read: ReadConfiguration, by user: UInt32?) throws -> [Problem] {
    if isClosed || pipeline.hasFailed { throw Self.stopping }
    pipeline.change { board, batch in
      board.adopt(read.named, at: context.now(), by: user, &batch)
    }
    sessions.adopt(read.configuration)
    feeds.assignPhones()
    context.logger.notice(
      "the configuration was reloaded", metadata: ["message-id": LogMessage.reloaded])
    context.logger.tell(read.configuration.warnings)
    return read.configuration.warnings
  }

  /// Why the configuration is not put into force. The log has all of it.
  private func refusal(ofConfiguration error: any Error) -> Refusal {
    if let problems = error as? Problems {
      logFailure("\(problems)")
      return badConfiguration(problems)
    }
    let path = context.options.configurationPath
    let text = "\(path) could not be read; the running configuration is unchanged"
    logFailure(text)
    return Refusal(.badConfig, text, [Field("file", path)])
  }

  private func logFailure(_ problems: String) {
    context.logger.error(
      "the configuration was not reloaded; the running configuration is unchanged",
      metadata: ["message-id": LogMessage.reloadFailed, "problems": "\(problems)"])
  }

  private func badConfiguration(_ problems: Problems) -> Refusal {
    let first = problems.errors.first
    let rest = problems.errors.count - 1
    let more = rest > 0 ? " (and \(rest) more; rotad --check shows all)" : ""
    return Refusal(
      .badConfig, "\(first?.message ?? "")\(more); the running configuration is unchanged",
      [
        Field("file", first?.file ?? ""), Field("line", String(first?.line ?? 1)),
        Field("column", String(first?.column ?? 1)),
      ])
  }
}
