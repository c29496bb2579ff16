import Base
import Events
import Foundation
import Routing
import Testing

@testable import Configuration

/// No table of the plan overflows silently: the last place is given, the next one is refused.
@Suite struct LimitTests {
  private func names(_ count: Int, from first: Int = 0) -> [String] {
    (first..<first + count).map { "n\($0)" }
  }

  /// A journal that knows so many of each.
  private func known(
    skills: Int = 0, reasons: Int = 0, queues: Int = 0, agents: Int = 0
  ) -> Directory {
    var directory = Directory()
    directory.skills = names(skills)
    directory.reasons = names(reasons)
    directory.queues = names(queues).map {
      var queue = Directory.Queue(
        name: $0, ringCycle: .microseconds(1), targetRings: 1,
        serviceLevelThreshold: .microseconds(1), serviceLevelTarget: 1,
        shortAbandon: .microseconds(1))
      queue.isRetired = true
      return queue
    }
    directory.agents = names(agents).map {
      Directory.Agent(name: $0, fullName: $0, isRetired: true)
    }
    return directory
  }

  private func errors(_ yaml: String, _ previous: Directory = Directory()) -> [String] {
    found(yaml, keeping: previous).filter { !$0.contains("warning: ") }
  }

  private let queues = "\nqueues: {q: {members: [a]}}"

  @Test("Skills: 64 over the life of a journal, then the reload is refused, at the first too many")
  func skills() throws {
    let agents = "\nagents: {a: {skills: [new]}}"
    #expect(errors("skills: [new]\(agents)\(queues)", known(skills: 63)) == [])
    #expect(
      errors("skills: [n1, new, other]\(agents)\(queues)", known(skills: 63)) == [
        "1:19: at most 64 skills over the life of a journal; 63 are known (those taken out of the file keep their places), and 2 more are in this file"
      ])
    let configuration = try Configuration(
      yaml: "skills: [new]\(agents)\(queues)", file: "f", keeping: known(skills: 63))
    #expect(configuration.plan.agents[0].skills.rawValue == 1 << 63)
    #expect(configuration.directory.names(of: configuration.plan.agents[0].skills) == ["new"])
    let file = "skills: [\(names(65).joined(separator: ", "))]\nagents: {a: {}}\(queues)"
    #expect(errors(file).count == 1)
  }

  @Test("Sixty skills, a reload with ten others: no call rings a rep without the skill")
  func tooManyOverTime() throws {
    let previous = known(skills: 60)
    let file = "skills: [\(names(10, from: 60).joined(separator: ", "))]"
    let all = errors("\(file)\nagents: {a: {}}\(queues)", previous)
    #expect(all.count == 1 && all[0].contains("60 are known"), "\(all)")
  }

  @Test("Skills that a journal of 0.1.0 holds beyond the 64th are left alone, and cannot be used")
  func oldJournal() throws {
    let previous = known(skills: 70)
    #expect(previous.skills(named: ["n63"])?.rawValue == 1 << 63)
    #expect(previous.skills(named: ["n64"]) == nil)
    #expect(previous.names(of: SkillSet(rawValue: .max)).count == 64)
    #expect(!previous.skillNames.contains("n64"))
    let team = "\nagents: {a: {skills: [n3]}}\(queues)"
    #expect(errors("skills: [n3]\(team)", previous) == [])
    let refused = errors("skills: [n3, n64]\(team)", previous)
    #expect(
      refused == [
        "1:14: at most 64 skills over the life of a journal; 70 are known (those taken out of the file keep their places)"
      ])
  }

  @Test("Not-ready reasons: as many as there are codes")
  func reasons() throws {
    let file = "not-ready-reasons: [new]\nagents: {a: {}}\(queues)"
    let last = known(reasons: Limits.reasons - 1)
    #expect(errors(file, last) == [])
    let configuration = try Configuration(yaml: file, file: "f", keeping: last)
    #expect(configuration.directory.reason(named: "new")?.rawValue == .max)
    let full = known(reasons: Limits.reasons)
    #expect(errors(file, full).first?.hasPrefix("1:21: at most 65520 not-ready-reasons") == true)
    #expect(known(reasons: Limits.reasons + 1).reason(named: "n\(Limits.reasons)") == nil)
    let many = names(1_001)
    for (count, isRefused) in [(1_000, false), (1_001, true)] {
      let list = many.prefix(count).joined(separator: ", ")
      let yaml = "not-ready-reasons: [\(list)]\nagents: {a: {}}\(queues)"
      #expect(errors(yaml).isEmpty != isRefused)
    }
  }

  @Test("Queues: 10,000 over the life of a journal")
  func queuesOverTime() throws {
    let previous = known(queues: 9_999)
    let file = "agents: {a: {}}\nqueues:\n  x: {members: [a]}\n"
    #expect(errors(file, previous) == [])
    #expect(
      try Configuration(yaml: file, file: "f", keeping: previous).directory.queue(named: "x")
        == QueueID(9_999))
    #expect(
      errors(file + "  y: {members: [a]}\n  z: {members: [a]}\n", previous) == [
        "4:3: at most 10000 queues over the life of a journal; 9999 are known (those taken out of the file keep their places), and 3 more are in this file"
      ])
    #expect(errors(file + "  n5: {members: [a]}\n", previous) == [], "an old name has its place")
  }

  @Test("Reps: 60,000 over the life of a journal, those who are gone included")
  func agentsOverTime() throws {
    let previous = known(agents: 59_999)
    let queues = "\nqueues: {q: {members: [x]}}"
    #expect(errors("agents: {x: {}}\(queues)", previous) == [])
    #expect(
      errors("agents: {x: {}, y: {}}\(queues)", previous).first?.hasPrefix(
        "1:17: at most 60000 reps over the life of a journal; 59999 are known") == true)
  }

  @Test(
    "Tiers, waits and weights",
    arguments: [
      ("{members: [{agent: a, tier: 8}], tier-after: [1, 2, 3, 4, 5, 6, 7]}", nil),
      ("{members: [{agent: a, tier: 9}]}", "tier: expected a whole number from 1 to 8"),
      ("{members: [a], tier-after: [1, 2, 3, 4, 5, 6, 7, 8]}", "tier-after: at most 7 waits"),
      ("{strategy: weighted-random, members: [{agent: a, weight: 1000}]}", nil),
      ("{members: [{agent: a, weight: 1001}]}", "weight: expected a whole number from 1 to 1000"),
      ("{members: [{agent: a, weight: 0}]}", "weight: expected a whole number from 1 to 1000"),
      ("{members: [a], weight: 1000}", nil),
      ("{members: [a], weight: 1001}", "weight: expected a whole number from 0 to 1000"),
      ("{members: [a], minimum-cover: 1000}", nil),
      ("{members: [a], minimum-cover: 1001}", "minimum-cover: expected a whole number"),
      ("{members: [a], max-offers: 10001}", "max-offers: expected a whole number from 0 to 10000"),
      ("{members: [a], max-length: 1000001}", "max-length: expected a whole number"),
    ] as [(String, String?)])
  func numbers(queue: String, message: String?) {
    let all = errors("agents: {a: {}}\nqueues: {q: \(queue)}")
    #expect(all.count == (message == nil ? 0 : 1), "\(all)")
    if let message { #expect(all.first?.contains(message) == true, "\(all)") }
  }

  @Test("A queue can have every rep as a member")
  func members() throws {
    let agents = names(3_000)
    let yaml =
      "agents: {\(agents.map { "\($0): {}" }.joined(separator: ", "))}\n"
      + "queues: {q: {members: [\(agents.joined(separator: ", "))]}}"
    let plan = try Configuration(yaml: yaml, file: "f").plan
    #expect(plan.queues[0].members.map(\.agent.index) == Array(0..<3_000))
    let engine = RoutingEngine(plan, seed: 1)
    #expect(engine.invariantViolations().isEmpty)
  }
}
