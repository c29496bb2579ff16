import Base
import Events
import Routing
import YAMLTree
import Yams

/// How much a plan can hold. Positions are kept for ever, so these hold over the life of a journal:
/// a name taken out of the file keeps its place.
enum Limits {
  /// Skills: the bits of a ``SkillSet``.
  static let skills = Directory.skillLimit
  /// Not-ready reasons: the codes from ``NotReadyReason/firstConfigurable`` on.
  static let reasons = Directory.reasonLimit
  /// Not-ready reasons of one file.
  static let reasonsInForce = 1_000
  /// Queues; a ``QueueID`` could tell more apart.
  static let queues = 10_000
  /// Reps; an ``AgentID`` could tell more apart.
  static let agents = 60_000
  /// Tiers of one queue.
  static let tiers = 8
}

/// What a list of names is about.
enum NameKind {
  case skills, reasons, queues, agents

  /// How many there can be over the life of a journal.
  var limit: Int {
    switch self {
    case .skills: Limits.skills
    case .reasons: Limits.reasons
    case .queues: Limits.queues
    case .agents: Limits.agents
    }
  }

  /// Several of them.
  var plural: String {
    switch self {
    case .skills: "skills"
    case .reasons: "not-ready-reasons"
    case .queues: "queues"
    case .agents: "reps"
    }
  }

  /// One of them.
  var singular: String {
    switch self {
    case .skills: "skill"
    case .reasons: "reason"
    case .queues: "queue"
    case .agents: "rep"
    }
  }
}

/// Names of the file and the positions that they have in the directory.
struct NameTable {
  /// In the order of the file.
  private(set) var names: [String] = []
  private(set) var positions: [String: Int] = [:]

  mutating func add(_ name: String, at position: Int) {
    if positions.updateValue(position, forKey: name) == nil { names.append(name) }
  }
}

extension ConfigurationParser {
  /// The position of the name that `node` says; anything else is a dangling reference.
  mutating func position(_ node: Node, _ what: String, in table: NameTable) -> Int? {
    let name = text(node, what)
    if let position = table.positions[name] { return position }
    if !name.isEmpty {
      let hint = Suggestion.hint(for: name, in: table.names)
      complain(node, "\(what) \"\(name)\" is not defined\(hint)")
    }
    return nil
  }

  /// Refuses what has no place any more: names from `node` on.
  mutating func complainOfLimit(_ node: Node, _ kind: NameKind, known: Int, new: Int) {
    let news = new == 0 ? "" : ", and \(new) more are in this file"
    complain(
      node,
      "at most \(kind.limit) \(kind.plural) over the life of a journal; \(known) are known (those taken out of the file keep their places)\(news)"
    )
  }
}
