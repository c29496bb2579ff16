import Frames
import Events
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
  var isBehind = true
  /// Whether the read model is being opened or written.
  var isProjecting = false
  /// Whether the last attempt to open or to write it failed, so that nobody is kept waiting for the next one.
  var isFailing = false
  /// Seconds until the next attempt to open it.
  var pause: Int64 = 1
  var isPumpScheduled = false
  /// The last record on disk when the read model last took something in.
  var committedBefore: UInt64 = 0
  /// What waits for the read model to have a record; told whether it has.
  var waiting: [(seq: UInt64, body: (Bool) -> Void)] = []
}

extension Refusal {
  /// The read model does not have what happened last: what it says would be old.
  static let readModelBehind = Refusal(
    .busy, "the read model is behind, or being built anew; calls are not affected",
    [Field("retry-after", "5")])
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

  /// Runs `body` when the read model has record `seq`, or cannot be brought that far now: it is told which.
  func whenReported(_ seq: UInt64, _ body: @escaping (_ isCurrent: Bool) -> Void) {
    if reportFeed.projected >= seq { return body(true) }
    reportFeed.waiting.append((seq, body))
    // Not at once: the request that asks is still being taken in.
    if reportFeed.isFailing { return loop.execute { [self] in refuseWaiting() } }
    // What the report is about may still be on its way to the disk; it comes with the next batch.
    pumpReports()
  }

  /// Opens the read model and brings it up to the journal. Whatever is wrong with it, calls go on: it is tried
  /// again, and again.
  func openReports(anew: Bool) {
    reportFeed.isProjecting = true
    reportFeed.backlog.removeAll()
    reportFeed.isBehind = true
    reportFeed.projected = 0
    keeper.openReports(anew: anew) { [self] result in
      reportFeed.isProjecting = false
      switch result {
      case .success(let seq):
        reportFeed.pause = 1
        reportFeed.projected = seq
        reportFeed.isBehind = seq < committed
        reportFeed.isFailing = false
        tellWaiting()
        pumpReports()
      case .failure(let error):
        reportsFailed("the read model cannot be opened", error)
        let pause = reportFeed.pause
        reportFeed.pause = min(60, pause * 2)
        reportFeed.isProjecting = true
        loop.scheduleTask(in: .seconds(pause)) { [self] in
          openReports(anew: (error as? DatabaseError)?.isDamage ?? false)
        }
      }
    }
  }

  /// What to answer when the read model was asked and failed. One that is damaged is built anew.
  func refusal(ofReports error: any Error) -> any Error {
    if error is ReportsAccess.IsClosed { return Refusal.readModelBehind }
    guard let error = error as? DatabaseError else { return error }
    if error.isInterruption {
      return isStopping
        ? Refusal.readModelBehind
        : Refusal(.limit, "the report takes too long; ask for a shorter span, or one rep or queue")
    }
    if error.isDamage, !reportFeed.isProjecting {
      reportsFailed("the read model is damaged; it is built anew", error)
      openReports(anew: true)
    }
    return Refusal.readModelBehind
  }

  private func reportsFailed(_ text: Logger.Message, _ error: any Error) {
    logger.error(
      text, metadata: ["message-id": LogMessage.reportsFailed, "error": "\(error)"])
    reportFeed.isFailing = true
    // Everything after what it has is read from the disk again, later.
    reportFeed.backlog.removeAll()
    reportFeed.isBehind = true
    refuseWaiting()
  }

  private func refuseWaiting() {
    let waiting = reportFeed.waiting
    reportFeed.waiting.removeAll()
    for wait in waiting { wait.body(false) }
  }

  private func tellWaiting() {
    let seq = reportFeed.projected
    let ready = reportFeed.waiting.filter { $0.seq <= seq }
    reportFeed.waiting.removeAll { $0.seq <= seq }
    for wait in ready { wait.body(true) }
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
      try journal.read(from: from) { entry, step in
        records.append(try Record(entry, at: step.at))
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
        reportFeed.isFailing = false
        tellWaiting()
        pumpOrPause()
      case .failure(let error as DatabaseError) where error.isDamage:
        reportsFailed("the read model is damaged; it is built anew", error)
        openReports(anew: true)
      case .failure(let error):
        reportsFailed("the read model could not be written", error)
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
}
