import Base
import Events
import Journal
import LineProtocol
import Logging
import NIOCore
import Reporting
import Switchboard

extension Refusal {
  /// The read model does not have what happened last: what it says would be old.
  static let readModelBehind = Refusal(
    .busy, "the read model is behind, or being built anew; calls are not affected",
    [Field("retry-after", "5")])

  /// A report was asked for of a part of a day of which only the whole is kept.
  fileprivate init(_ part: PartOfClosedDay) {
    self.init(
      .notFound,
      "the records of that time are in archive files, and only the figures of whole days are kept: begin, end and cut at the midnights of the team",
      [
        Field("rule", "archived"), Field("day-from", Timestamp.text(part.from)),
        Field("day-to", Timestamp.text(part.to)),
      ])
  }
}

/// The read model: follows the journal, and is asked for reports when it has what happened last.
///
/// Records come from memory while it keeps up, from the disk when not, so that a busy hour costs no memory. Whatever is
/// wrong with it, calls go on: it is tried again, and built anew if it is damaged.
final class Reports: CatchUp.Reader, @unchecked Sendable {
  /// Records kept in memory at most.
  private static let mostKept = 20_000
  /// Records of one read from the disk.
  private static let readRecords = 2_000

  private enum State {
    /// It is being opened, or will be after a pause.
    case opening
    /// It can take something.
    case ready
    /// It is taking something in, or the disk is being read for it.
    case busy
  }

  /// Who waits for the read model to have record `seq`, and is told whether it has.
  private struct Wait {
    var seq: UInt64
    var body: (_ isCurrent: Bool) -> Void
  }

  private let context: ServerContext
  private let pipeline: Pipeline
  private let catchUp: CatchUp
  private var state = State.opening
  private var follower = Follower(from: 1, committed: .max)
  /// The last record that the read model has.
  private(set) var reported: UInt64 = 0
  /// Records that follow it; those after them come from where the follower says.
  private var backlog: [Record] = []
  /// Whether the last attempt to open or to write it failed, so that nobody is kept waiting for the next one.
  private var isFailing = false
  /// Whether the daemon is stopping.
  private var isClosed = false
  /// Seconds until the next attempt to open it.
  private var pause: Int64 = 1
  private var isPumpScheduled = false
  /// The last record on disk when the read model last took something in.
  private var committedBefore: UInt64 = 0
  private var waiting: [Wait] = []

  init(_ context: ServerContext, _ pipeline: Pipeline, _ catchUp: CatchUp) {
    self.context = context
    self.pipeline = pipeline
    self.catchUp = catchUp
  }

  // MARK: Being asked

  /// Asks the read model as soon as it has what happened last, and tells on the loop what it says.
  func query<T: Sendable>(
    _ question: @escaping @Sendable (ReportStore) throws -> T,
    _ done: @escaping @Sendable (Result<T, any Error>) -> Void
  ) {
    whenCurrent(done) { [self] in
      context.keeper.report(question) { [self] in done($0.mapError(failed)) }
    }
  }

  /// Has a report made as soon as the read model has what happened last, and tells on the loop what it says.
  func report<T: Sendable>(
    _ question: @escaping @Sendable (ReportReader) throws -> T,
    _ done: @escaping @Sendable (Result<T, any Error>) -> Void
  ) {
    whenCurrent(done) { [self] in
      context.keeper.read(question) { [self] in done($0.mapError(failed)) }
    }
  }

  /// Old figures are never given as new ones, and a call that has just ended is never taken for one that never was.
  private func whenCurrent<T>(
    _ done: @escaping (Result<T, any Error>) -> Void, _ body: @escaping () -> Void
  ) {
    let seq = pipeline.board.seq
    if reported >= seq { return body() }
    waiting.append(
      Wait(seq: seq) { isCurrent in
        isCurrent ? body() : done(.failure(Refusal.readModelBehind))
      })
    // Not at once: the request that asks is still being taken in.
    if isFailing { return context.loop.execute { [self] in refuseWaiting() } }
    // What the report is about may still be on its way to the disk; it comes with the next batch.
    pump()
  }

  /// The read model was asked and failed. One that is damaged is built anew.
  /// - Returns: what to answer.
  func failed(_ error: any Error) -> any Error {
    if error is ReportsAccess.IsClosed { return Refusal.readModelBehind }
    if let error = error as? PartOfClosedDay { return Refusal(error) }
    guard let error = error as? DatabaseError else { return error }
    if error.isInterruption {
      return isClosed
        ? Refusal.readModelBehind
        : Refusal(.limit, "the report takes too long; ask for a shorter span, or one rep or queue")
    }
    if error.isDamage, state == .ready {
      fail("the read model is damaged; it is built anew", error)
      open(anew: true)
    }
    return Refusal.readModelBehind
  }

  /// Gives up the reports that are being made: the daemon is stopping.
  func close() {
    isClosed = true
    context.keeper.mayRead = false
  }

  // MARK: Opening

  /// Opens the read model and brings it up to the journal.
  func open(anew: Bool) {
    state = .opening
    // Until it is known what it has, nothing is kept for it.
    backlog.removeAll()
    reported = 0
    follower = Follower(from: 1, committed: .max)
    context.keeper.openReports(anew: anew) { [self] result in
      switch result {
      case .success(let seq): seq < pipeline.archived ? beginAfterArchives() : opened(seq)
      case .failure(let error): tryLater(error)
      }
    }
  }

  private func opened(_ seq: UInt64) {
    pause = 1
    state = .ready
    goBack(to: seq)
    isFailing = false
    tellWaiting()
    pump()
  }

  private func tryLater(_ error: any Error) {
    fail("the read model cannot be opened", error)
    context.loop.scheduleTask(in: .seconds(pause)) { [self] in
      open(anew: (error as? DatabaseError)?.isDamage ?? false)
    }
    pause = min(60, pause * 2)
  }

  /// The journal has no longer what the read model would begin with: it has what that is to begin with instead.
  private func beginAfterArchives() {
    state = .opening
    context.keeper.run({ journal in
      (try? journal.beginning(hasDays: true), try journal.archivePlace())
    }) { [self] result in
      context.keeper.report({ store in
        let (beginning, place) = try result.get()
        try store.begin(with: beginning, orFilesOf: place)
        return store.seq
      }) { [self] (result: Result<UInt64, any Error>) in
        switch result {
        case .success(let seq): opened(seq)
        case .failure(let error): tryLater(error)
        }
      }
    }
  }

  /// The read model has the records up to `seq` and no others.
  private func goBack(to seq: UInt64) {
    reported = seq
    follower = Follower(from: seq + 1, committed: pipeline.committed)
  }

  private func fail(_ text: Logger.Message, _ error: any Error) {
    context.logger.error(
      text, metadata: ["message-id": LogMessage.reportsFailed, "error": "\(error)"])
    isFailing = true
    // Everything after what it has is read from the disk again, later.
    backlog.removeAll()
    if state != .opening { goBack(to: reported) }
    refuseWaiting()
  }

  private func refuseWaiting() {
    let waits = waiting
    waiting.removeAll()
    for wait in waits { wait.body(false) }
  }

  private func tellWaiting() {
    let ready = waiting.filter { $0.seq <= reported }
    waiting.removeAll { $0.seq <= reported }
    for wait in ready { wait.body(true) }
  }

  // MARK: Following

  /// Passes on what was committed.
  func follow(_ records: [Record]) {
    if backlog.count + records.count > Self.mostKept { follower.fallBehind() }
    if follower.keepsUp, let last = records.last {
      backlog += records
      follower.take(before: last.seq + 1)
    }
    if isPumpScheduled { return }
    // Larger transactions cost less, and reports can wait; unless somebody does.
    isPumpScheduled = true
    context.loop.scheduleTask(in: .milliseconds(100)) { [self] in
      isPumpScheduled = false
      pump()
    }
  }

  private func pump() {
    if state != .ready { return }
    if !backlog.isEmpty {
      let records = backlog
      backlog.removeAll(keepingCapacity: true)
      project(records)
    } else if follower.wantsRead {
      catchUp.ask(self)
    }
  }

  /// Late write-ups and reports wait for it.
  var isUrgent: Bool { !waiting.isEmpty }

  func beginRead(_ over: @escaping @Sendable () -> Void) -> Bool {
    guard state == .ready, backlog.isEmpty, follower.wantsRead else { return false }
    state = .busy
    follower.beginRead()
    context.keeper.run({ [from = follower.next] journal in
      var records: [Record] = []
      let next = try journal.follow(from: from) { record in
        records.append(record)
        return records.count < Self.readRecords
      }
      return (records, next)
    }) { [self] (result: Result<([Record], UInt64), any Error>) in
      state = .ready
      // Where a read has failed, it is tried again with the next batch.
      let read = try? result.get()
      follower.endRead(at: read?.1, committed: pipeline.committed)
      if let records = read?.0, !records.isEmpty { project(records) }
      // History may have been closed since it began to follow.
      if case .failure(JournalError.archived) = result { beginAfterArchives() }
      over()
    }
    return true
  }

  private func project(_ records: [Record]) {
    state = .busy
    context.keeper.report({ store in
      try store.project(records)
      return store.seq
    }) { [self] (result: Result<UInt64, any Error>) in
      state = .ready
      switch result {
      case .success(let seq):
        reported = seq
        isFailing = false
        tellWaiting()
        pumpOrPause()
      case .failure(let error as DatabaseError) where error.isDamage:
        fail("the read model is damaged; it is built anew", error)
        open(anew: true)
      case .failure(let error):
        fail("the read model could not be written", error)
        context.loop.scheduleTask(in: .seconds(1)) { [self] in pump() }
      }
    }
  }

  /// Goes on at once if somebody waits or nothing is happening; in a busy time reading the disk for
  /// reports would hold up commits, so there it pauses.
  private func pumpOrPause() {
    let isBusy = pipeline.committed != committedBefore
    committedBefore = pipeline.committed
    guard follower.wantsRead, isBusy, waiting.isEmpty else { return pump() }
    context.loop.scheduleTask(in: .milliseconds(50)) { [self] in pump() }
  }
}
