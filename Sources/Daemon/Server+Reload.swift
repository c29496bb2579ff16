import Base
import Configuration
import Foundation
import LineProtocol
import Logging
import Routing
import Systemd

extension Server {
  /// `admin.reload`: all of the configuration is in force when this is answered, or none.
  func reload(_ context: RequestContext, for connection: Connection) throws {
    let warnings = try reload(at: context.now)
    connection.output.reply(context.request.tag, .ok)
    connection.output.option("file", options.configurationPath)
    connection.output.option("agents", board.directory.agents.count { !$0.isRetired })
    connection.output.option("queues", board.directory.queues.count { !$0.isRetired })
    connection.output.option("warnings", warnings.count)
    board.finish(&connection.output)
  }

  /// SIGHUP: what has come of it is told by the log alone.
  func reloadOnSignal() {
    if isStopping || hasFailed { return }
    _ = try? reload(at: now())
  }

  /// Puts the configuration file into force, and judges everybody by it.
  /// - Returns: what the file says and is probably not meant. The log has it too.
  /// - Throws: ``Refusal``; the running configuration is unchanged. The log says the same.
  private func reload(at now: Instant) throws -> [Problem] {
    ServiceManager.reloading()
    defer { ServiceManager.ready(status: statusText) }
    let configuration = try readConfiguration()
    change { board, batch in board.adopt(configuration, at: now, &batch) }
    judgeAnew()
    logger.notice("the configuration was reloaded", metadata: ["message-id": LogMessage.reloaded])
    logger.tell(configuration.warnings)
    return configuration.warnings
  }

  private func readConfiguration() throws -> Configuration {
    do {
      let yaml = try String(contentsOfFile: options.configurationPath, encoding: .utf8)
      return try Configuration(
        yaml: yaml, file: options.configurationPath, keeping: board.directory)
    } catch let problems as Problems {
      logFailure("\(problems)")
      throw badConfiguration(problems)
    } catch {
      let text =
        "\(options.configurationPath) could not be read; the running configuration is unchanged"
      logFailure(text)
      throw Refusal(.badConfig, text, [Field("file", options.configurationPath)])
    }
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
