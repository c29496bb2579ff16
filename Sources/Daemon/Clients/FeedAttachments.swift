import Base
import Routing

/// Which connection speaks for which telephony side, and which of these sides have not been heard of for too long: as a
/// machine without I/O.
struct FeedAttachments {
  /// How long a telephony side that is connected may be silent.
  static let longestSilence: TimeSpan = .seconds(10)
  /// How long it may be gone, unless it says otherwise.
  static let grace: TimeSpan = .seconds(3)

  private enum Presence {
    /// Connected, and last heard of then.
    case here(connection: Int, heardAt: Instant)
    /// Not connected since then.
    case gone(since: Instant)
    /// Connected, and silent for so long that it counts as lost.
    case silent(connection: Int)
  }

  private struct Attachment {
    var presence: Presence
    var grace: TimeSpan
  }

  private var attachments: [FeedID: Attachment] = [:]
  /// How many times faster than time the daemon's clock goes: sides live in time.
  private let rate: Int64

  init(clockRate: Int) { rate = Int64(clockRate) }

  /// The connection that speaks for `feed` and has been heard of.
  func holder(of feed: FeedID) -> Int? {
    switch attachments[feed]?.presence {
    case .here(let connection, _): connection
    case .gone, .silent, nil: nil
    }
  }

  /// The connection that speaks for `feed` and has been silent for too long.
  func silentHolder(of feed: FeedID) -> Int? {
    switch attachments[feed]?.presence {
    case .silent(let connection): connection
    case .here, .gone, nil: nil
    }
  }

  /// `connection` speaks for `feed` from now on.
  mutating func attach(_ feed: FeedID, _ connection: Int, grace: TimeSpan?, at now: Instant) {
    attachments[feed] = Attachment(
      presence: .here(connection: connection, heardAt: now), grace: grace ?? Self.grace)
  }

  /// `connection` speaks for `feed`, which counts as lost until it is heard.
  mutating func hold(_ feed: FeedID, _ connection: Int, grace: TimeSpan?) {
    attachments[feed] = Attachment(
      presence: .silent(connection: connection), grace: grace ?? Self.grace)
  }

  /// `feed` was attached before this process began, and may come back.
  mutating func expect(_ feed: FeedID, at now: Instant) {
    attachments[feed] = Attachment(presence: .gone(since: now), grace: Self.grace)
  }

  /// The telephony side `feed` has sent something.
  /// - Returns: whether it counted as lost.
  mutating func hear(_ feed: FeedID, _ connection: Int, at now: Instant) -> Bool {
    switch attachments[feed]?.presence {
    case .here(connection, _):
      attachments[feed]?.presence = .here(connection: connection, heardAt: now)
      return false
    case .silent(connection):
      attachments[feed]?.presence = .here(connection: connection, heardAt: now)
      return true
    case .here, .silent, .gone, nil: return false
    }
  }

  /// The connection is gone.
  mutating func leave(_ feed: FeedID, _ connection: Int, at now: Instant) {
    switch attachments[feed]?.presence {
    case .here(connection, _): attachments[feed]?.presence = .gone(since: now)
    case .silent(connection): attachments[feed] = nil
    case .here, .silent, .gone, nil: break
    }
  }

  /// When one of them may be lost next.
  var nextDeadline: Instant? {
    attachments.values.compactMap { deadline($0) }.min()
  }

  private func deadline(_ attachment: Attachment) -> Instant? {
    switch attachment.presence {
    case .here(_, let heardAt): heardAt + Self.longestSilence * rate
    case .gone(let since): since + attachment.grace * rate
    case .silent: nil
    }
  }

  /// Those that are lost at `now`, in the order of their numbers; each is told once.
  mutating func takeLost(at now: Instant) -> [FeedID] {
    let lost = attachments.filter { deadline($0.value).map { $0 <= now } ?? false }.keys.sorted()
    for feed in lost {
      switch attachments[feed]?.presence {
      case .here(let connection, _): attachments[feed]?.presence = .silent(connection: connection)
      case .gone, .silent, nil: attachments[feed] = nil
      }
    }
    return lost
  }
}
