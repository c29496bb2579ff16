import Base
public import Events
public import Routing
import Vocabulary
import YAMLTree

/// A configuration file, read and found sound.
public struct Configuration: Sendable {
  /// Who may do what without being a rep.
  public struct Access: Equatable, Sendable {
    /// Unix users with the role.
    public var users: Set<String> = []
    /// Unix groups whose members have the role.
    public var groups: Set<String> = []
  }

  /// What the engine must know.
  public internal(set) var plan: RoutingPlan
  /// The names behind its integers.
  public internal(set) var directory: Directory
  /// The hours of queues that say nothing of their own; where the team's days begin.
  public internal(set) var teamHours: OfficeHours
  /// Office hours by queue.
  public internal(set) var officeHours: [OfficeHours]
  /// Roles by user and group.
  public internal(set) var access: [Role: Access]
  /// What anybody else may do; `nil`: nothing.
  public internal(set) var everyone: Role?
  /// How long callers' names and numbers and what was written about them are kept; `nil`: for ever.
  public internal(set) var wordsKept: TimeSpan?
  /// For how long what happened stays in the journal, before it goes to archive files; `nil`: for ever.
  public internal(set) var historyKept: TimeSpan?
  /// What the file says and is probably not meant, in the order of the file.
  public internal(set) var warnings: [Problem] = []

  /// Reads a configuration file.
  ///
  /// - Parameters:
  ///   - yaml: The text of the file.
  ///   - file: Its name, for messages.
  ///   - previous: The directory in force; its ids are kept, and names that are gone are retired.
  ///   - settings: Values that replace those of the file.
  /// - Throws: ``Problems``: all of them at once, each with line and column.
  public init(
    yaml: String, file: String, keeping previous: Directory = Directory(),
    setting settings: [Setting] = []
  ) throws(Problems) {
    self = try Self.read(yaml, ConfigurationParser(file: file, previous: previous), settings)
  }

  /// Reads a configuration file as the daemon of a journal would at its next start, and warns of what would vanish.
  ///
  /// - Parameters:
  ///   - yaml: The text of the file.
  ///   - file: Its name, for messages.
  ///   - occupancy: Who is in the queues of that journal.
  /// - Throws: ``Problems``: all of them at once, each with line and column.
  public init(yaml: String, file: String, against occupancy: Occupancy) throws(Problems) {
    var parser = ConfigurationParser(file: file, previous: occupancy.directory)
    parser.occupancy = occupancy
    self = try Self.read(yaml, parser, [])
  }

  private static func read(
    _ yaml: String, _ parser: ConfigurationParser, _ settings: [Setting]
  ) throws(Problems) -> Configuration {
    var parser = parser
    let configuration = parser.parse(yaml, settings)
    let found = Problems(
      problems: parser.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    guard found.errors.isEmpty, var configuration else { throw found }
    configuration.warnings = found.problems
    return configuration
  }

  init(
    plan: RoutingPlan, directory: Directory, teamHours: OfficeHours, officeHours: [OfficeHours],
    access: [Role: Access], everyone: Role?
  ) {
    self.teamHours = teamHours
    self.plan = plan
    self.directory = directory
    self.officeHours = officeHours
    self.access = access
    self.everyone = everyone
  }

  /// Adds reps with the skills of `model`, as members of the same queues: what a planner wants to try.
  public mutating func addAgents(_ count: Int, like model: AgentID) {
    guard model.index < plan.agents.count else { return }
    for _ in 0..<count {
      let agent = AgentID(plan.agents.count)
      let name = "more-\(agent.index)"
      plan.agents.append(plan.agents[model.index])
      directory.agents.append(Directory.Agent(name: name, fullName: name))
      for queue in plan.queues.indices {
        guard var member = plan.queues[queue].members.first(where: { $0.agent == model }) else {
          continue
        }
        member.agent = agent
        // Members are in order of tier.
        let members = plan.queues[queue].members
        let place = members.firstIndex { $0.tier > member.tier } ?? members.count
        plan.queues[queue].members.insert(member, at: place)
      }
    }
  }

  /// The role of a Unix user: by user or group, or as a rep, the first in ``Role/byPrecedence``; else ``everyone``'s.
  public func role(user: String, groups: [String]) -> Role? {
    func has(_ role: Role) -> Bool {
      guard let access = access[role] else { return false }
      return access.users.contains(user) || !access.groups.isDisjoint(with: groups)
    }
    return Role.byPrecedence.first { role in
      role == .agent ? directory.agent(ofUser: user) != nil : has(role)
    } ?? everyone
  }
}

/// Rings by country: the length of one cycle, tone and pause.
///
/// ITU-T Recommendation E.180, Supplement 2, "Various tones used in national networks".
public enum RingCadence: String, CaseIterable, Sendable {
  /// United States, Canada: 2 s on, 4 s off.
  case us
  /// United Kingdom, Ireland, Australia, New Zealand: 0.4 on, 0.2 off, 0.4 on, 2.0 off.
  case uk
  /// Most of Europe, after ETSI: 1 s on, 4 s off.
  case etsi
  /// France: 1.5 s on, 3.5 s off.
  case france
  /// Poland: 1 s on, 4 s off.
  case poland
  /// Japan: 1 s on, 2 s off.
  case japan

  /// One tone and its pause.
  public var cycle: TimeSpan {
    switch self {
    case .us: .seconds(6)
    case .uk, .japan: .seconds(3)
    case .etsi, .france, .poland: .seconds(5)
    }
  }
}
