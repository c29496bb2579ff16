import Events
import Switchboard
import Base
import Configuration
import Foundation
import LineProtocol
import Logging
import Routing
import Systemd

/// Reloads, one after the other: each keeps the names that the one before has brought.
struct Reloads {
  private var waiting: [() -> Void] = []
  private var isUnderWay = false

  /// Whether one is under way.
  var areUnderWay: Bool { isUnderWay }

  /// Takes `body` in, which must lead to ``end()``.
  /// - Returns: `body`, to be run now, unless it has to wait.
  mutating func begin(_ body: @escaping () -> Void) -> (() -> Void)? {
    if isUnderWay {
      waiting.append(body)
      return nil
    }
    isUnderWay = true
    return body
  }

  /// - Returns: what has waited longest, to be run now.
  mutating func end() -> (() -> Void)? {
    guard !waiting.isEmpty else {
      isUnderWay = false
      return nil
    }
    return waiting.removeFirst()
  }
}

/// A configuration that was read, with all that takes long to make of it.
struct ReadConfiguration: Sendable {
  let configuration: Configuration
  let named: NamedPlan
}

extension Server {
  /// `admin.reload`: all of the configuration is in force when this is answered, or none. It is read elsewhere; calls
  /// go on meanwhile.
  func reload(_ context: RequestContext, _ claim: KeyClaim?, for connection: Connection) {
    let pending = postpone(context, claim, for: connection)
    reload { [self] result in
      answer(pending) {
        let warnings = try adopt(try result.get(), by: context.session.uid)
        connection.output.reply(context.tag, .ok)
        connection.output.option("file", options.configurationPath)
        connection.output.option("agents", board.directory.agents.count { !$0.isRetired })
        connection.output.option("queues", board.directory.queues.count { !$0.isRetired })
        connection.output.option("warnings", warnings.count)
        board.finish(&connection.output)
      }
    }
  }

  /// SIGHUP: what has come of it is told by the log alone.
  func reloadOnSignal() {
    if isStopping || hasFailed { return }
    reload { [self] result in _ = try? adopt(try result.get(), by: nil) }
  }

  /// Reads the configuration file elsewhere; `done` is called on the loop.
  private func reload(
    _ done: @escaping @Sendable (Result<ReadConfiguration, any Error>) -> Void
  ) {
    reloads.begin { [self] in
      ServiceManager.reloading()
      let (path, directory) = (options.configurationPath, board.directory)
      keeper.elsewhere({ [surroundings, now = now()] in
        try Self.read(path, keeping: directory, from: now, surroundings)
      }) { [self] (result: Result<ReadConfiguration, any Error>) in
        done(result.mapError { refusal(ofConfiguration: $0) })
        ServiceManager.ready(status: statusText)
        reloads.end()?()
      }
    }?()
  }

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
    if isStopping || hasFailed {
      throw Refusal(.busy, "the daemon is stopping", [Field("retry-after", "5")])
    }
    change { board, batch in
      board.adopt(read.named, at: now(), by: user, &batch)
    }
    configuration = read.configuration
    judgeAnew()
    logger.notice("the configuration was reloaded", metadata: ["message-id": LogMessage.reloaded])
    logger.tell(read.configuration.warnings)
    return read.configuration.warnings
  }

  /// Why the configuration is not put into force. The log has all of it.
  private func refusal(ofConfiguration error: any Error) -> Refusal {
    if let problems = error as? Problems {
      logFailure("\(problems)")
      return badConfiguration(problems)
    }
    let text =
      "\(options.configurationPath) could not be read; the running configuration is unchanged"
    logFailure(text)
    return Refusal(.badConfig, text, [Field("file", options.configurationPath)])
  }

  private func logFailure(_ problems: String) {
    logger.error(
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
