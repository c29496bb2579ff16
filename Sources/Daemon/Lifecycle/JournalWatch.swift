import Logging
import NIOCore

/// Notices that the journal's file is gone, or another: what is written goes on into the old one, which no start will
/// ever find. Calls are routed all the same; a backup saves what there is, and so the operator is told, again and again.
final class JournalWatch: @unchecked Sendable {
  /// What became of the journal's file.
  enum Finding: String, Equatable, Sendable {
    /// It is where it was.
    case present
    /// There is none.
    case gone
    /// There is another one.
    case replaced
  }

  private static let interval = TimeAmount.seconds(60)

  private let context: ServerContext
  private var original: FileIdentity?
  private(set) var finding = Finding.present
  private var isLooking = false

  init(_ context: ServerContext) { self.context = context }

  /// Begins to look.
  func begin() {
    look()
    context.loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) {
      [self] _ in look()
    }
  }

  private func look() {
    if isLooking { return }
    isLooking = true
    let (identify, path) = (context.surroundings.identify, context.options.journalPath)
    context.keeper.elsewhere({ identify(path) }) { [self] result in
      isLooking = false
      if case .success(let identity) = result { compare(identity) }
    }
  }

  private func compare(_ identity: FileIdentity?) {
    guard let original else {
      // The first look, right after the file was opened.
      self.original = identity
      return
    }
    finding = identity.map { $0 == original ? .present : .replaced } ?? .gone
    let text: Logger.Message
    switch finding {
    case .present: return
    case .gone: text = "the journal's file is gone"
    case .replaced: text = "the journal's file is another one"
    }
    context.logger.critical(
      text,
      metadata: [
        "message-id": LogMessage.journalLost, "file": "\(context.options.journalPath)",
        "do": "save what there is with rotactl admin backup, then put it back and restart",
      ])
  }
}
