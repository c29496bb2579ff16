import Reporting
import Synchronization

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
