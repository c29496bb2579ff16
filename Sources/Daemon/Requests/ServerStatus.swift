import Base
import Events
import LineProtocol
import Routing
import Switchboard

/// `status`: how the daemon is.
struct ServerStatus {
  let context: ServerContext
  let pipeline: Pipeline
  let connections: Connections
  let reports: Reports
  let journalWatch: JournalWatch
  /// When the daemon was started.
  let startedAt: Instant

  /// Writes the answer.
  func answer(_ request: RequestContext, _ output: inout LineWriter) {
    let board = pipeline.board
    var rows = RowWriter(tag: request.tag, writer: output)
    rows.begin()
    rows.option("server", "rotad \(Version.text)")
    rows.option("instance", context.identity)
    rows.option("epoch", context.epoch.name)
    rows.writer.option("at", request.now)
    rows.option("uptime", request.now - startedAt)
    rows.option("state", board.isDraining ? "draining" : "serving")
    rows.option("calls", board.engine.liveCallCount)
    rows.option("connections", connections.count)
    let feeds = board.engine.attachedFeeds.compactMap { board.book.name(of: $0) }
    if !feeds.isEmpty { rows.option("feeds", feeds.joined(separator: ",")) }
    rows.option("time-zone", board.directory.timeZone)
    rows.option("clock-rate", context.options.clockRate)
    rows.option("journal", journalWatch.finding.rawValue)
    rows.option("committed", Int(clamping: pipeline.committed))
    rows.option("reported", Int(clamping: reports.reported))
    rows.end()
    rows.finish(at: board.seq)
    output = rows.writer
  }
}

extension Switchboard {
  /// One line for `systemctl status`.
  var statusText: String {
    let agents = engine.plan.agents.indices.count { engine.agent(AgentID($0)).isLoggedIn }
    let state = isDraining ? "Draining" : "Serving"
    return "\(state): \(engine.liveCallCount) calls, \(agents) reps logged in"
  }
}
