import Base
import Events
import Routing
import YAMLTree
import Yams

/// A key and its value as they stand in the file.
struct WrittenKey {
  var key: Node
  var value: Node

  /// The keys of `node`, if it is a mapping.
  static func keys(of node: Node?) -> [String: WrittenKey] {
    guard let mapping = node?.mapping else { return [:] }
    let pairs = mapping.compactMap { key, value in
      key.string.map { ($0, WrittenKey(key: key, value: value)) }
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}

/// A member as written.
struct WrittenMember {
  var member: Member
  var node: Node
  var keys: [String: WrittenKey]
}

/// A queue as written, and what was made of it.
struct WrittenQueue {
  var name: String
  var id: QueueID
  var node: Node
  var keys: [String: WrittenKey]
  var plan: QueuePlan
  var hours: OfficeHours
  var members: [WrittenMember]
  /// Whether anybody can take a call of the queue.
  var service: Service

  func has(_ key: String) -> Bool { keys[key] != nil }
}

/// Whether anybody can take a call of a queue.
enum Service: Equatable {
  case served
  /// It has no members.
  case noMembers
  /// It has members, and none has the skills that it needs.
  case noSkills
  /// Something is wrong with what it says; no judgment.
  case unknown

  /// Whether it is certain that nobody can.
  var isMissing: Bool {
    switch self {
    case .noMembers, .noSkills: true
    case .served, .unknown: false
    }
  }
}

/// A file as written beside the plan that was made of it: what the advice is made from.
struct PlanReading {
  let root: Node
  let top: [String: WrittenKey]
  let plan: RoutingPlan
  let directory: Directory
  /// In the order of the file, without those of which something is wrong.
  private(set) var queues: [WrittenQueue] = []
  private var places: [QueueID: Int] = [:]

  init(_ root: Node, _ configuration: Configuration, _ parser: ConfigurationParser) {
    self.root = root
    top = WrittenKey.keys(of: root)
    plan = configuration.plan
    directory = configuration.directory
    for (key, value) in top["queues"]?.value.mapping.map({ Array($0) }) ?? [] {
      guard let name = key.string, let index = parser.queueNames.positions[name],
        !parser.doubtfulQueues.contains(index), index < Limits.queues
      else { continue }
      let plan = plan.queues[index]
      let keys = WrittenKey.keys(of: value)
      places[QueueID(index)] = queues.count
      queues.append(
        WrittenQueue(
          name: name, id: QueueID(index), node: key, keys: keys, plan: plan,
          hours: configuration.officeHours[index],
          members: Self.members(keys["members"]?.value, plan, parser.agentNames),
          service: parser.areNamesDoubtful ? .unknown : service(plan)))
    }
  }

  /// The queue with the number `id`, if it is sound.
  func queue(_ id: QueueID) -> WrittenQueue? { places[id].map { queues[$0] } }

  private static func members(
    _ node: Node?, _ plan: QueuePlan, _ names: NameTable
  ) -> [WrittenMember] {
    let members = Dictionary(
      plan.members.map { ($0.agent, $0) }, uniquingKeysWith: { first, _ in first })
    return (node?.sequence.map { Array($0) } ?? []).compactMap { item in
      let keys = WrittenKey.keys(of: item)
      let name = keys["agent"]?.value.string ?? item.string ?? ""
      guard let member = names.positions[name].flatMap({ members[AgentID($0)] }) else { return nil }
      return WrittenMember(member: member, node: item, keys: keys)
    }
  }

  private func service(_ queue: QueuePlan) -> Service {
    if queue.members.isEmpty { return .noMembers }
    return queue.members.contains { canServe($0, queue) } ? .served : .noSkills
  }

  /// Whether the member has the skills of the queue.
  func canServe(_ member: Member, _ queue: QueuePlan) -> Bool {
    queue.skills.isSubset(of: plan.agents[member.agent.index].skills)
  }

  /// Why nobody serves the queue, in words.
  func reason(_ queue: WrittenQueue) -> String {
    switch queue.service {
    case .noMembers: "it has no members"
    case .noSkills:
      "none of its members has its skills: \(directory.names(of: queue.plan.skills).joined(separator: ", "))"
    case .served, .unknown: ""
    }
  }
}

extension WrittenQueue {
  /// The keys that send callers to other queues, where they can have an effect, in the order of the list below.
  var overflows: [(key: String, node: Node, to: QueueID)] {
    let all: [(String, Overflow, Bool)] = [
      ("when-full", plan.whenFull, plan.maxLength > 0),
      ("when-closed", plan.whenClosed, !hours.isAlwaysOpen),
      ("when-empty", plan.whenEmpty, needsSomebody || plan.members.isEmpty),
      ("when-exhausted", plan.whenExhausted, hasLimits),
    ]
    return all.compactMap { key, overflow, hasEffect in
      guard hasEffect, case .queue(let target) = overflow, let written = keys[key] else {
        return nil
      }
      return (key, written.key, target)
    }
  }

  /// Whether a caller's offers, ring time or wait are limited.
  var hasLimits: Bool { plan.maxWait > .zero || plan.maxOffers > 0 || plan.maxRingTime > .zero }

  /// Whether somebody must be there to join or to stay.
  var needsSomebody: Bool { plan.joinNeeds != .nobody || plan.stayNeeds != .nobody }
}
