import Configuration
import Glibc
import Journal
import NIOCore
import NIOPosix
import Reporting
import Routing

/// Owns the journal and the read model, and the thread they are used on.
///
/// One job at a time. The event loop may use the journal itself while no job is under way: with a
/// single client that saves two thread hops, about half of its waiting time.
final class JournalKeeper: @unchecked Sendable {
  private let journal: Journal
  private let reports: ReportStore
  private let journalPool = NIOThreadPool(numberOfThreads: 1)
  private let reportPool = NIOThreadPool(numberOfThreads: 1)
  private let loop: any EventLoop
  private var jobs = 0

  init(journal: Journal, reports: ReportStore, loop: any EventLoop) {
    self.journal = journal
    self.reports = reports
    self.loop = loop
    journalPool.start()
    reportPool.start()
    // Reports may wait; calls may not. On Linux a nice value belongs to a thread.
    reportPool.submit { _ in setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15) }
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
    journalPool.submit { [self] _ in
      let result = Result { try work(journal) }
      loop.execute { [self] in
        jobs -= 1
        done(result)
      }
    }
  }

  /// Runs `work` on the reports' thread and `done` on the event loop.
  func report<T: Sendable>(
    _ work: @escaping @Sendable (ReportStore) throws -> T,
    _ done: @escaping @Sendable (Result<T, any Error>) -> Void
  ) {
    reportPool.submit { [self] _ in
      let result = Result { try work(reports) }
      loop.execute { done(result) }
    }
  }

  /// Ends both threads when their work is done.
  func shutdown() {
    try? journalPool.syncShutdownGracefully()
    try? reportPool.syncShutdownGracefully()
  }
}
