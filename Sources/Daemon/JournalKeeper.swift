import Frames
import Configuration
import Glibc
import Journal
import NIOCore
import NIOPosix
import Reporting
import Routing
import Synchronization

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

  /// Ends both threads when their work is done.
  func shutdown() { workers.shutdown() }
}

/// The read model, which may have to be opened again. Used on the reports' thread, but for what is said otherwise.
final class ReportsAccess: @unchecked Sendable {
  /// Opens the read model, and throws away what there is if that is wanted.
  typealias Opening = @Sendable (_ anew: Bool) throws -> ReportStore

  /// It is not open, or not yet.
  struct IsClosed: Error, CustomStringConvertible {
    let description = "the read model is not open"
  }

  private let opening: Opening
  private var opened: ReportStore?
  /// For the thread of those who read.
  private struct Shared {
    var reader: ReportReader?
    var mayRead = true
  }

  private let shared = Mutex(Shared())

  init(open opening: @escaping Opening) { self.opening = opening }

  func store() throws(IsClosed) -> ReportStore {
    guard let opened else { throw IsClosed() }
    return opened
  }

  func open(anew: Bool) throws -> UInt64 {
    // Its files are closed first.
    opened = nil
    shared.withLock { $0.reader = nil }
    let store = try opening(anew)
    opened = store
    let reader = try store.reader()
    shared.withLock { $0.reader = reader }
    return store.seq
  }

  /// Who makes reports; for the thread of those who read.
  func reader() throws(IsClosed) -> ReportReader {
    guard let reader = shared.withLock({ $0.reader }) else { throw IsClosed() }
    return reader
  }

  /// Whether reports may still be made; for any thread.
  var mayRead: Bool {
    get { shared.withLock { $0.mayRead } }
    set { shared.withLock { $0.mayRead = newValue } }
  }
}

/// Who does the work of ``JournalKeeper``, one job of each kind at a time, in order.
struct Workers: Sendable {
  typealias Job = @Sendable () -> Void
  /// Takes a job for the journal.
  var journal: @Sendable (@escaping Job) -> Void
  /// Takes a job for the read model.
  var reports: @Sendable (@escaping Job) -> Void
  /// Takes a job that makes reports from it.
  var reading: @Sendable (@escaping Job) -> Void
  /// Takes a job that is about neither.
  var others: @Sendable (@escaping Job) -> Void
  /// Returns when all jobs are done.
  var shutdown: Job

  /// A thread for each.
  static func threads() -> Workers {
    let journal = NIOThreadPool(numberOfThreads: 1)
    let reports = NIOThreadPool(numberOfThreads: 1)
    let reading = NIOThreadPool(numberOfThreads: 1)
    let others = NIOThreadPool(numberOfThreads: 1)
    journal.start()
    reports.start()
    reading.start()
    others.start()
    // Reports may wait; calls may not. On Linux a nice value belongs to a thread.
    for pool in [reports, reading] {
      pool.submit { _ in setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15) }
    }
    return Workers(
      journal: { job in journal.submit { _ in job() } },
      reports: { job in reports.submit { _ in job() } },
      reading: { job in reading.submit { _ in job() } },
      others: { job in others.submit { _ in job() } },
      shutdown: {
        try? journal.syncShutdownGracefully()
        try? reports.syncShutdownGracefully()
        try? reading.syncShutdownGracefully()
        // Not waited for: a file that cannot be read would hold the end.
        others.shutdownGracefully { _ in }
      })
  }
}
