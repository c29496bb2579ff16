import Frames
import Journal
import NIOCore
import Reporting

/// Owns the journal and the read model, and the threads they are used on.
///
/// One job at a time. The event loop may use the journal itself while no job is under way: with a
/// single client that saves two thread hops, about half of its waiting time.
final class JournalKeeper: @unchecked Sendable {
  private let journal: Journal
  private let reports: ReportsAccess
  private let workers: Workers
  private let loop: any EventLoop
  private var jobs = 0

  init(
    journal: Journal, openReports: @escaping ReportsAccess.Opening, loop: any EventLoop,
    workers: Workers
  ) {
    self.journal = journal
    reports = ReportsAccess(open: openReports)
    self.loop = loop
    self.workers = workers
  }

  /// Whether the event loop may call ``commitHere(_:)``.
  var isIdle: Bool { jobs == 0 }

  /// Writes a batch on the calling thread, the event loop.
  func commitHere(_ batch: Batch) throws {
    loop.preconditionInEventLoop()
    try journal.append(batch)
  }

  /// Writes a batch on the journal's thread; `done` is called on the event loop.
  func commit(_ batch: Batch, _ done: @escaping @Sendable ((any Error)?) -> Void) {
    run({ try $0.append(batch) }) { result in
      if case .failure(let error) = result { done(error) } else { done(nil) }
    }
  }

  /// Runs `work` on the journal's thread and `done` on the event loop.
  func run<T: Sendable>(
    _ work: @escaping @Sendable (Journal) throws -> T,
    _ done: @escaping @Sendable (Result<T, any Error>) -> Void
  ) {
    loop.preconditionInEventLoop()
    jobs += 1
    workers.journal { [self] in
      let result = Result { try work(journal) }
      loop.execute { [self] in
        jobs -= 1
        done(result)
      }
    }
  }

  /// Runs `work` on the reports' thread and `done` on the event loop. While the read model is not open, it fails.
  func report<T: Sendable>(
    _ work: @escaping @Sendable (ReportStore) throws -> T,
    _ done: @escaping @Sendable (Result<T, any Error>) -> Void
  ) {
    workers.reports { [self] in
      let result = Result { try work(try reports.store()) }
      loop.execute { done(result) }
    }
  }

  /// Runs `work` on the thread of those who read reports, and `done` on the event loop.
  func read<T: Sendable>(
    _ work: @escaping @Sendable (ReportReader) throws -> T,
    _ done: @escaping @Sendable (Result<T, any Error>) -> Void
  ) {
    workers.reading { [self] in
      let result = Result { try work(try reports.reader()) }
      loop.execute { done(result) }
    }
  }

  /// Whether reports may still be made; once not, those under way are given up.
  var mayRead: Bool {
    get { reports.mayRead }
    set { reports.mayRead = newValue }
  }

  /// Runs `work` on a thread of its own kind, beside journal and reports, and `done` on the event loop.
  func elsewhere<T: Sendable>(
    _ work: @escaping @Sendable () throws -> T,
    _ done: @escaping @Sendable (Result<T, any Error>) -> Void
  ) {
    workers.others { [self] in
      let result = Result { try work() }
      loop.execute { done(result) }
    }
  }

  /// Opens the read model on the reports' thread.
  /// - Parameters:
  ///   - anew: Throws away what there is; it is built anew then.
  ///   - done: Is called on the event loop, with the last record that the read model has.
  func openReports(
    anew: Bool, _ done: @escaping @Sendable (Result<UInt64, any Error>) -> Void
  ) {
    workers.reports { [self] in
      let result = Result { try reports.open(anew: anew) }
      loop.execute { done(result) }
    }
  }

}
