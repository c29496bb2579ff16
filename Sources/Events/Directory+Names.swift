public import Routing

// Names that are in the configuration. Those that are gone keep their positions, and are neither taken nor suggested.

extension Directory {
  /// Positions of names that are no longer in the configuration.
  public struct Retired: Codable, Equatable, Sendable {
    /// In ``Directory/skills``.
    public var skills: [Int] = []
    /// In ``Directory/reasons``.
    public var reasons: [Int] = []

    /// These positions.
    public init(skills: [Int] = [], reasons: [Int] = []) {
      self.skills = skills
      self.reasons = reasons
    }
  }

  /// The names of the reps who are in the configuration.
  public var agentNames: [String] { agents.filter { !$0.isRetired }.map(\.name) }

  /// The names of the queues that are in the configuration.
  public var queueNames: [String] { queues.filter { !$0.isRetired }.map(\.name) }

  /// The skills that a rep can be asked for.
  public var skillNames: [String] {
    skills.indices.filter { isSkill($0) }.map { skills[$0] }
  }

  /// The reasons that a rep can give.
  public var reasonNames: [String] {
    reasons.indices.filter { isReason($0) }.map { reasons[$0] }
  }

  /// A journal of 0.1.0 may know more skills than a set can hold.
  private func isSkill(_ position: Int) -> Bool {
    position < Self.skillLimit && !(retired?.skills.contains(position) ?? false)
  }

  private func isReason(_ position: Int) -> Bool {
    position < Self.reasonLimit && !(retired?.reasons.contains(position) ?? false)
  }

  /// The not-ready reason called `name`.
  public func reason(named name: String) -> NotReadyReason? {
    if name == Self.fixedReasons[0] { return .dontAcceptQueueCalls }
    guard let position = reasons.firstIndex(of: name), isReason(position) else { return nil }
    return NotReadyReason(NotReadyReason.firstConfigurable + UInt16(position))
  }

  /// The names of the skills in `set`.
  public func names(of set: SkillSet) -> [String] {
    skills.indices.prefix(Self.skillLimit)
      .filter { set.rawValue & (1 << UInt64($0)) != 0 }.map { skills[$0] }
  }

  /// The set of the skills called `names`; `nil` if one is unknown, or no longer in the configuration.
  public func skills(named names: some Sequence<String>) -> SkillSet? {
    var set = SkillSet()
    for name in names {
      guard let bit = skills.firstIndex(of: name), isSkill(bit) else { return nil }
      set.insert(SkillSet(rawValue: 1 << UInt64(bit)))
    }
    return set
  }
}
