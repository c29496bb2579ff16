import Configuration
import Journal
import LineProtocol
import Logging
import NIOCore
import Reporting
import Routing

/// Records on their way to the read model: from memory when it keeps up, from the disk when not, so
/// that a busy hour costs no memory.
struct ReportFeed {
  /// Records kept in memory at most.
  static let limit = 20_000

  /// The last record that the read model has.
  var projected: UInt64 = 0
  /// Records that follow it.
  var backlog: [Record] = []
  /// Whether records were left to be read from the disk.
  var isBehind = false
  var isProjecting = false
  var isPumpScheduled = false
  /// The last record on disk when the read model last took something in.
  var committedBefore: UInt64 = 0
  /// What waits for the read model to have a record.
  var waiting: [(seq: UInt64, body: () -> Void)] = []
}

extension Server {
  /// Passes on what was committed.
  func feedReports(_ records: [Record]) {
    if !records.isEmpty {
      if reportFeed.isBehind || reportFeed.backlog.count + records.count > ReportFeed.limit {
        reportFeed.isBehind = true
      } else {
        reportFeed.backlog += records
      }
    }
    if reportFeed.isPumpScheduled { return }
    // Larger transactions cost less, and reports can wait; unless somebody does.
    reportFeed.isPumpScheduled = true
    loop.scheduleTask(in: .milliseconds(100)) { [self] in
      reportFeed.isPumpScheduled = false
      pumpReports()
    }
  }

  /// Runs `body` when the read model has record `seq`.
  func whenReported(_ seq: UInt64, _ body: @escaping () -> Void) {
    if reportFeed.projected >= seq { return body() }
    reportFeed.waiting.append((seq, body))
    // What the report is about may still be on its way to the disk; it comes with the next batch.
    pumpReports()
  }

  private func pumpReports() {
    if reportFeed.isProjecting { return }
    if !reportFeed.backlog.isEmpty {
      let records = reportFeed.backlog
      reportFeed.backlog.removeAll(keepingCapacity: true)
      project(records)
    } else if reportFeed.isBehind {
      readBehind()
    }
  }

  private func readBehind() {
    reportFeed.isProjecting = true
    let from = reportFeed.projected + 1
    keeper.run({ journal in
      var records: [Record] = []
      try journal.read(from: from) { record in
        records.append(record)
        return records.count < 2_000
      }
      return records
    }) { [self] (result: Result<[Record], any Error>) in
      reportFeed.isProjecting = false
      guard case .success(let records) = result else { return }
      reportFeed.isBehind = (records.last?.seq ?? committed) < committed
      if !records.isEmpty { project(records) }
    }
  }

  private func project(_ records: [Record]) {
    reportFeed.isProjecting = true
    keeper.report({ store in
      try store.project(records)
      return store.seq
    }) { [self] (result: Result<UInt64, any Error>) in
      reportFeed.isProjecting = false
      switch result {
      case .success(let seq):
        reportFeed.projected = seq
        let ready = reportFeed.waiting.filter { $0.seq <= seq }
        reportFeed.waiting.removeAll { $0.seq <= seq }
        for wait in ready { wait.body() }
        pumpOrPause()
      case .failure(let error):
        logger.error("the read model could not be written", metadata: ["error": "\(error)"])
        // Everything after what it has is read from the disk again, a little later.
        reportFeed.backlog.removeAll()
        reportFeed.isBehind = true
        let waiting = reportFeed.waiting
        reportFeed.waiting.removeAll()
        for wait in waiting { wait.body() }
        loop.scheduleTask(in: .seconds(1)) { [self] in pumpReports() }
      }
    }
  }

  /// Goes on at once if somebody waits or nothing is happening; in a busy time reading the disk for
  /// reports would hold up commits, so there it pauses.
  private func pumpOrPause() {
    let isBusy = committed != reportFeed.committedBefore
    reportFeed.committedBefore = committed
    guard reportFeed.isBehind, isBusy, reportFeed.waiting.isEmpty else { return pumpReports() }
    loop.scheduleTask(in: .milliseconds(50)) { [self] in pumpReports() }
  }

  /// Brings the read model up to the journal after a start.
  func startReports(at seq: UInt64) {
    reportFeed.projected = seq
    reportFeed.isBehind = seq < committed
    pumpReports()
  }
}
