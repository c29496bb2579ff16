import Glibc
import NIOPosix

/// Who does the work of ``JournalKeeper``, one job of each kind at a time, in order, and who looks users up, several at
/// a time.
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
  /// Takes a job that asks the user database; these are done side by side.
  var users: @Sendable (@escaping Job) -> Void
  /// Returns when all jobs are done.
  var shutdown: Job

  /// A thread for each, and a few for the users.
  static func threads() -> Workers {
    let journal = NIOThreadPool(numberOfThreads: 1)
    let reports = NIOThreadPool(numberOfThreads: 1)
    let reading = NIOThreadPool(numberOfThreads: 1)
    let others = NIOThreadPool(numberOfThreads: 1)
    let users = NIOThreadPool(numberOfThreads: 4)
    journal.start()
    reports.start()
    reading.start()
    others.start()
    users.start()
    // Reports may wait; calls may not. On Linux a nice value belongs to a thread.
    for pool in [reports, reading] {
      pool.submit { _ in setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15) }
    }
    return Workers(
      journal: { job in journal.submit { _ in job() } },
      reports: { job in reports.submit { _ in job() } },
      reading: { job in reading.submit { _ in job() } },
      others: { job in others.submit { _ in job() } },
      users: { job in users.submit { _ in job() } },
      shutdown: {
        try? journal.syncShutdownGracefully()
        try? reports.syncShutdownGracefully()
        try? reading.syncShutdownGracefully()
        // Not waited for: a file that cannot be read, or a user database that does not answer, would hold the end.
        others.shutdownGracefully { _ in }
        users.shutdownGracefully { _ in }
      })
  }
}
