public import Base
public import Routing

/// The names behind the engine's integers. Positions are ids: entries are added and changed, never
/// removed or moved, so that an old journal keeps its meaning.
public struct Directory: Codable, Equatable, Sendable, Naming {
  /// A rep.
  public struct Agent: Codable, Equatable, Sendable {
    /// The name in the configuration and on the wire.
    public var name: String
    /// The name for people.
    public var fullName: String
    /// The Unix user who acts as this rep.
    public var user: String?
    /// The telephone extension.
    public var phoneExtension: String?
    /// The telephony side whose phone it is, until another one says that it is up there.
    public var feed: String?
    /// No longer in the configuration.
    public var isRetired = false

    /// A rep.
    public init(
      name: String, fullName: String, user: String? = nil, phoneExtension: String? = nil,
      feed: String? = nil, isRetired: Bool = false
    ) {
      self.name = name
      self.fullName = fullName
      self.user = user
      self.phoneExtension = phoneExtension
      self.feed = feed
      self.isRetired = isRetired
    }
  }

  /// A queue.
  public struct Queue: Codable, Equatable, Sendable {
    /// The name in the configuration and on the wire.
    public var name: String
    /// The number that callers dial, for reports.
    public var number: String?
    /// One ring: tone and pause together. "Answered within N rings" counts in these.
    public var ringCycle: TimeSpan
    /// How many rings the team means to answer within.
    public var targetRings: Int
    /// The T of the service level "X % within T".
    public var serviceLevelThreshold: TimeSpan
    /// The X of the service level, from 0 to 1.
    public var serviceLevelTarget: Double
    /// Callers who give up sooner count as neither offered nor abandoned.
    public var shortAbandon: TimeSpan
    /// No longer in the configuration.
    public var isRetired = false

    /// A queue that is in the configuration.
    public init(
      name: String, number: String? = nil, ringCycle: TimeSpan, targetRings: Int,
      serviceLevelThreshold: TimeSpan, serviceLevelTarget: Double, shortAbandon: TimeSpan
    ) {
      self.name = name
      self.number = number
      self.ringCycle = ringCycle
      self.targetRings = targetRings
      self.serviceLevelThreshold = serviceLevelThreshold
      self.serviceLevelTarget = serviceLevelTarget
      self.shortAbandon = shortAbandon
    }
  }

  /// By ``AgentID``.
  public var agents: [Agent] = []
  /// By ``QueueID``.
  public var queues: [Queue] = []
  /// By bit of a ``SkillSet``.
  public var skills: [String] = []
  /// Configured not-ready reasons, by code less ``NotReadyReason/firstConfigurable``.
  public var reasons: [String] = []
  /// Categories of calls.
  public var categories: [String] = []
  /// Dispositions of calls; empty: any text.
  public var dispositions: [String] = []
  /// The time zone of office hours and of "today".
  public var timeZone = "UTC"
  /// Skills and reasons that are no longer in the configuration; `nil`: none.
  public var retired: Retired?

  /// How many skills there can be: the bits of a ``SkillSet``.
  public static let skillLimit = 64
  /// How many not-ready reasons: the codes from ``NotReadyReason/firstConfigurable`` on.
  public static let reasonLimit = Int(UInt16.max - NotReadyReason.firstConfigurable) + 1

  /// An empty directory.
  public init() {}

  /// The rep called `name`.
  public func agent(named name: String) -> AgentID? {
    agents.firstIndex { $0.name == name && !$0.isRetired }.map { AgentID($0) }
  }

  /// The queue called `name`.
  public func queue(named name: String) -> QueueID? {
    queues.firstIndex { $0.name == name && !$0.isRetired }.map { QueueID($0) }
  }

  /// The rep as whom Unix user `user` acts.
  public func agent(ofUser user: String) -> AgentID? {
    agents.firstIndex { $0.user == user && !$0.isRetired }.map { AgentID($0) }
  }

  /// The name of a rep.
  public func name(of agent: AgentID) -> String {
    agent.index < agents.count ? agents[agent.index].name : "agent-\(agent.rawValue)"
  }

  /// The extension at which a rep's phone rings, if the configuration knows it.
  public func phoneExtension(of agent: AgentID) -> String? {
    agent.index < agents.count ? agents[agent.index].phoneExtension : nil
  }

  /// The name of a queue.
  public func name(of queue: QueueID) -> String {
    queue.index < queues.count ? queues[queue.index].name : "queue-\(queue.rawValue)"
  }

  /// The fixed not-ready reasons, by code.
  public static let fixedReasons = ["dont-accept-queue-calls", "missed-calls", "just-logged-in"]

  /// The fixed not-ready reason called `name`.
  public func fixedReason(named name: String) -> NotReadyReason? {
    Self.fixedReasons.firstIndex(of: name).map { NotReadyReason(UInt16($0)) }
  }

  /// The name of a not-ready reason.
  public func name(of reason: NotReadyReason) -> String {
    let code = Int(reason.rawValue)
    if code < Self.fixedReasons.count { return Self.fixedReasons[code] }
    let index = code - Int(NotReadyReason.firstConfigurable)
    return reasons.indices.contains(index) ? reasons[index] : "reason-\(code)"
  }
}
