public import Events
import Foundation
public import Routing

/// A plan as the journal keeps it: what the engine works with, the names behind its numbers, and by which rules the
/// steps after it were decided.
public struct PlanRecord: Codable, Sendable {
  /// What the engine works with.
  public var plan: RoutingPlan
  /// The names behind its numbers.
  public var directory: Directory
  /// By which edition of the engine's rules the steps after it were decided; absent in records of the first.
  public var rules: Int?

  /// The plan of a configuration that is put into force by this program.
  public init(_ configuration: Configuration) {
    rules = RoutingEngine.rules
    plan = configuration.plan
    directory = configuration.directory
  }

  /// A plan with names and rules.
  public init(_ plan: RoutingPlan, _ directory: Directory, rules: Int?) {
    self.plan = plan
    self.directory = directory
    self.rules = rules
  }

  /// Reads what ``json`` wrote.
  public init(json: String) throws {
    self = try JSONDecoder().decode(PlanRecord.self, from: Data(json.utf8))
  }

  /// The same plan always gives the same text.
  public var json: String { Self.text(of: self) }

  // MARK: Who the reps are, apart

  /// What of a rep may have to be forgotten one day.
  private struct Person: Codable {
    var fullName: String
    var user: String?
  }

  /// A plan without who its reps are, and that. Both together are the plan.
  public struct Parts: Equatable, Sendable {
    /// The plan, as JSON.
    public var plan: String
    /// Names for people and Unix users by number of the rep, as JSON; `nil`: forgotten.
    public var people: String?

    /// These parts.
    public init(plan: String, people: String?) {
      self.plan = plan
      self.people = people
    }
  }

  /// The plan in two parts.
  public var parts: Parts {
    var plain = self
    let people = directory.agents.map { Person(fullName: $0.fullName, user: $0.user) }
    for index in plain.directory.agents.indices {
      plain.directory.agents[index].fullName = ""
      plain.directory.agents[index].user = nil
    }
    return Parts(plan: plain.json, people: Self.text(of: people))
  }

  /// Puts the parts together. Reps of whom nothing is known any more are called by their ids.
  public init(_ parts: Parts) throws {
    try self.init(json: parts.plan)
    let people = try parts.people.map {
      try JSONDecoder().decode([Person].self, from: Data($0.utf8))
    }
    for index in directory.agents.indices where directory.agents[index].fullName.isEmpty {
      let person = people.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      directory.agents[index].fullName = person?.fullName ?? directory.agents[index].name
      directory.agents[index].user = person?.user
    }
  }

  private static func text(of value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
