import Events
import LineProtocol
import Routing
import Vocabulary

/// A client's cursor on the journal: which records it wants and how far it has got.
struct Subscription: Sendable {
  /// What the client calls it.
  var name: String
  /// Types wanted, such as `call.offered` or `call.*`; empty: all.
  var types: [String] = []
  /// Reps wanted, in whatever part; empty: all.
  var agents: Set<AgentID> = []
  /// Queues wanted; empty: all.
  var queues: Set<QueueID> = []
  /// What the client asked for: types, reps, queues.
  var filters: [Request.Argument] = []
  /// The next record to look at.
  var next: UInt64
  /// Whether records come from the disk, because the client asked for old ones or is slow.
  var isCatchingUp: Bool
  /// Where the reply to its request is; nothing is sent before that has left.
  var announcement = Announcement.inBatch
  /// Whether the disk is being read for it.
  var isReading = false

  /// Where the reply that announces a subscription is on its way to the client.
  enum Announcement: Sendable {
    /// In the batch that is being filled.
    case inBatch
    /// In the batch that is being written.
    case sealed
    /// With the client.
    case sent
  }

  /// Whether the client may be sent events.
  var isActive: Bool { announcement == .sent }

  /// The request that goes on with this subscription where it is, in the same history.
  func continuation(_ epoch: Epoch) -> String {
    Request(
      verb: SessionVerb.subscribe.rawValue,
      arguments: [.word(name)] + filters + [
        .option(name: "from", value: "\(next)"), .option(name: "epoch", value: epoch.name),
      ]
    ).line
  }

  /// Whether the client wants to hear of `record`.
  func wants(_ record: Record) -> Bool {
    let type = record.type
    let parties =
      switch record.content {
      case .event(let event, _): Parties(of: event)
      case .companion, .shell: Parties()
      }
    if !types.isEmpty, !types.contains(where: { matches(type, $0) }) { return false }
    if !agents.isEmpty, !parties.agents.contains(where: agents.contains) {
      return false
    }
    if !queues.isEmpty, !(parties.queue.map { queues.contains($0) } ?? false) { return false }
    return true
  }

  private func matches(_ type: String, _ pattern: String) -> Bool {
    pattern.hasSuffix("*") ? type.hasPrefix(pattern.dropLast()) : type == pattern
  }
}
