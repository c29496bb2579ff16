import Configuration
import Journal
import LineProtocol
import Reporting
import Routing

/// A client's cursor on the journal: which records it wants and how far it has got.
struct Subscription: Sendable {
  /// What the client calls it.
  var name: String
  /// Types wanted, such as `call.offered` or `call.*`; empty: all.
  var types: [String] = []
  /// Reps wanted; empty: all.
  var agents: Set<AgentID> = []
  /// Queues wanted; empty: all.
  var queues: Set<QueueID> = []
  /// The next record to look at.
  var next: UInt64
  /// Whether records come from the disk, because the client asked for old ones or is slow.
  var isCatchingUp: Bool
  /// Whether the reply to its request has left; nothing is sent before.
  var isActive = false
  /// Whether the disk is being read for it.
  var isReading = false

  /// Whether the client wants to hear of `record`.
  func wants(_ record: Record) -> Bool {
    var type = ""
    var parties: (agent: AgentID?, queue: QueueID?, call: CallID?) = (nil, nil, nil)
    switch record.content {
    case .event(let event, _):
      type = EventText.type(of: event)
      parties = EventText.parties(of: event)
    case .plan: type = "config.changed"
    case .note(let name, _): type = name
    }
    if !types.isEmpty, !types.contains(where: { matches(type, $0) }) { return false }
    if !agents.isEmpty, !(parties.agent.map { agents.contains($0) } ?? false) { return false }
    if !queues.isEmpty, !(parties.queue.map { queues.contains($0) } ?? false) { return false }
    return true
  }

  private func matches(_ type: String, _ pattern: String) -> Bool {
    pattern.hasSuffix("*") ? type.hasPrefix(pattern.dropLast()) : type == pattern
  }
}
