import Events
import LineProtocol
import Routing
import Vocabulary

/// Which records a client wants, and how far it has got.
struct Subscription: Sendable {
  /// What the client calls it.
  let name: String
  /// Types wanted, such as `call.offered` or `call.*`; empty: all.
  let types: [String]
  /// Reps wanted, in whatever part; empty: all.
  let agents: Set<AgentID>
  /// Queues wanted; empty: all.
  let queues: Set<QueueID>
  /// What the client asked for: types, reps, queues.
  let filters: [Request.Argument]
  /// How far it has got.
  var follower: Follower
  /// Where the reply to its request is; nothing is sent before that has left.
  private var announcement = Announcement.inBatch

  /// Where the reply that announces a subscription is on its way to the client.
  private enum Announcement {
    /// In the batch that is being filled.
    case inBatch
    /// In the batch that is being written.
    case sealed
    /// With the client.
    case sent
  }

  init(
    name: String, types: [String], agents: Set<AgentID>, queues: Set<QueueID>,
    filters: [Request.Argument], follower: Follower
  ) {
    self.name = name
    self.types = types
    self.agents = agents
    self.queues = queues
    self.filters = filters
    self.follower = follower
  }

  /// Whether the client may be sent events.
  var isActive: Bool { announcement == .sent }

  /// The reply that announces it belongs to a batch that is complete.
  mutating func seal() { if announcement == .inBatch { announcement = .sealed } }

  /// The reply of the complete batch has left: what was committed while it waited is read from the disk.
  mutating func activate(committed: UInt64) {
    guard announcement == .sealed else { return }
    announcement = .sent
    follower = Follower(from: follower.next, committed: committed)
  }

  /// The request that goes on with this subscription where it is, in the same history.
  func continuation(_ epoch: Epoch) -> String {
    Request(
      verb: SessionVerb.subscribe.rawValue,
      arguments: [.word(name)] + filters + [
        .option(name: "from", value: "\(follower.next)"),
        .option(name: "epoch", value: epoch.name),
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
