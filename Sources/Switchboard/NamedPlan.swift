public import Events
public import Routing

/// A plan with the names behind its numbers, and all that takes long to make of it.
public struct NamedPlan: Sendable {
  /// What the engine works with.
  public let plan: RoutingPlan
  /// The names behind its numbers.
  public let directory: Directory
  /// What the journal keeps of it, as its event says it.
  public let record: String
  /// Who the reps are, as ``Detail/Name/people`` says it.
  public let people: String?
  /// When its queues are open.
  public let calendar: OpeningCalendar
  /// The reps by name.
  let agentIDs: [String: AgentID]

  /// A plan to be put into force.
  public init(
    _ plan: RoutingPlan, _ directory: Directory, record: String, people: String?,
    calendar: OpeningCalendar
  ) {
    self.plan = plan
    self.directory = directory
    self.record = record
    self.people = people
    self.calendar = calendar
    agentIDs = directory.agentIDs
  }
}

extension Directory {
  /// The reps who are employed, by name.
  var agentIDs: [String: AgentID] {
    let known = agents.enumerated().filter { !$0.element.isRetired }
    return Dictionary(uniqueKeysWithValues: known.map { ($0.element.name, AgentID($0.offset)) })
  }
}
