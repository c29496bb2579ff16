import Base
import Events
import Foundation
import Routing
import Testing
import YAMLTree

@testable import Configuration

/// Names that are gone, and names that were others.
@Suite struct NameTests {
  private func load(
    _ queues: String, _ agents: String = "a: {}", _ previous: Directory = Directory(),
    _ rest: String = ""
  ) throws -> Configuration {
    try Configuration(
      yaml: "\(rest)\nagents: {\(agents)}\nqueues: {\(queues)}", file: "f", keeping: previous)
  }

  private func problems(
    _ queues: String, _ agents: String = "a: {}", _ previous: Directory = Directory()
  ) -> [String] {
    found("\nagents: {\(agents)}\nqueues: {\(queues)}", keeping: previous)
  }

  // MARK: was

  @Test("A queue and a rep that are renamed keep their numbers")
  func rename() throws {
    let first = try load("x: {members: [a]}, y: {members: [a]}", "a: {}, b: {}")
    let second = try load(
      "y: {members: [c]}, z: {members: [c], was: x}", "b: {}, c: {was: a}", first.directory)
    #expect(second.directory.queues.map(\.name) == ["z", "y"])
    #expect(second.directory.queues.allSatisfy { !$0.isRetired })
    #expect(second.directory.agents.map(\.name) == ["c", "b"])
    #expect(second.plan.queues[0].members == [Member(AgentID(0))])
    #expect(second.warnings.map(\.message).allSatisfy { !$0.hasPrefix("was") })
    #expect(second.directory.queue(named: "x") == nil)
  }

  @Test("A renamed queue keeps its line and whose turn it is")
  func turn() throws {
    let first = try load("x: {members: [a, b]}", "a: {}, b: {}")
    var engine = RoutingEngine(first.plan, seed: 1)
    var events = EventBuffer()
    let now = Instant(seconds: 1_795_442_400)
    _ = engine.handle(.logIn(AgentID(0)), at: now, into: &events)
    _ = engine.handle(.makeReady(AgentID(0)), at: now, into: &events)
    for _ in 0..<3 {
      let call = Command.arrive(queue: QueueID(0), priority: 0, credit: .zero, skills: [])
      _ = engine.handle(call, at: now, into: &events)
    }
    let second = try load(
      "y: {members: [a]}, z: {members: [b, a], was: x}", "a: {}, b: {}", first.directory)
    engine.adopt(second.plan, at: now, into: &events)
    let renamed = try #require(second.directory.queue(named: "z"))
    #expect(engine.line(of: renamed).count == 2)
    #expect(engine.pointer(of: renamed) == AgentID(0))
  }

  @Test("The same file again: \"was\" has done its work, and nothing is said")
  func again() throws {
    let first = try load("x: {members: [a]}").directory
    let file = "z: {members: [a], was: x, minimum-cover: 0}"
    let second = try load(file, "a: {}", first)
    let third = try load(file, "a: {}", second.directory)
    #expect(third.directory == second.directory && third.plan == second.plan)
    #expect(second.warnings == [] && third.warnings == [])
    #expect(try load(file).warnings == [], "nor with a new journal")
  }

  @Test("A name may come back to what it was")
  func back() throws {
    let first = try load("x: {members: [a]}").directory
    let second = try load("z: {members: [a], was: x}", "a: {}", first).directory
    let third = try load("x: {members: [a], was: z}", "a: {}", second).directory
    #expect(third.queues.map(\.name) == ["x"])
  }

  @Test("What is renamed cannot still be there, and can be one only")
  func wrong() throws {
    let first = try load("x: {members: [a]}").directory
    #expect(
      problems(
        "x: {members: [a], minimum-cover: 0}, z: {members: [a], was: x, minimum-cover: 0}", "a: {}",
        first) == [
          "3:70: was: \"x\" is still a queue of this file; a queue has one name at a time"
        ])
    #expect(
      problems(
        "y: {members: [a], was: x, minimum-cover: 0}, z: {members: [a], was: x, minimum-cover: 0}",
        "a: {}", first) == [
          "3:78: was: \"x\" is said to be \"y\" now already; it can be one only"
        ])
    #expect(
      problems("x: {members: [a], was: x, minimum-cover: 0}", "a: {}", first).first?.contains(
        "is the name it has") == true)
    #expect(
      problems("x: {members: [a, b]}", "a: {}, b: {was: a}").first?.hasPrefix(
        "2:26: was: \"a\" is still a rep of this file") == true)
  }

  @Test("A \"was\" that does nothing is said to")
  func idle() throws {
    let first = try load("sales: {members: [a]}, y: {members: [a]}").directory
    #expect(
      problems(
        "y: {members: [a], minimum-cover: 0}, z: {members: [a], was: sale, minimum-cover: 0}",
        "a: {}", first) == [
          "3:70: warning: was: no queue \"sale\" is known, so \"z\" begins as a new one; did you mean \"sales\"?"
        ])
    #expect(
      problems("y: {members: [a], was: sales, minimum-cover: 0}", "a: {}", first).first?.contains(
        "\"y\" has a place of its own from before") == true)
  }

  // MARK: Names that are gone

  @Test("Skills and reasons taken out are neither taken nor suggested, and keep their places")
  func gone() throws {
    let queue = "x: {members: [a], minimum-cover: 0}"
    let first = try load(
      queue, "a: {}", Directory(), "skills: [spanish, french]\nnot-ready-reasons: [lunch, break]")
    let second = try load(
      queue, "a: {}", first.directory, "skills: [french]\nnot-ready-reasons: [break]"
    ).directory
    #expect(second.skills(named: ["spanish"]) == nil && second.skillNames == ["french"])
    #expect(second.skills(named: ["french"])?.rawValue == 2)
    #expect(second.reason(named: "lunch") == nil && second.reasonNames == ["break"])
    #expect(second.name(of: NotReadyReason(16)) == "lunch")
    let all = found(
      "skills: [french]\nagents: {a: {skills: [spanis]}}\nqueues: {\(queue)}", keeping: second)
    #expect(all == ["2:23: skill \"spanis\" is not defined"])
    let third = try load(queue, "a: {}", second, "skills: [spanish]").directory
    #expect(third.skills(named: ["spanish"])?.rawValue == 1)
  }

  @Test("A directory without names that are gone is written as before")
  func format() throws {
    let directory = try load("x: {members: [a]}", "a: {}", Directory(), "skills: [s]").directory
    let text = String(decoding: try JSONEncoder().encode(directory), as: UTF8.self)
    #expect(!text.contains("retired\":{"))
    let again = try JSONDecoder().decode(Directory.self, from: Data(text.utf8))
    #expect(again == directory)
    let without = try load("x: {members: [a]}", "a: {}", directory).directory
    let json = try JSONEncoder().encode(without)
    #expect(try JSONDecoder().decode(Directory.self, from: json) == without)
  }

  @Test("Names in force are those that are suggested")
  func inForce() throws {
    let first = try load("x: {members: [a]}, y: {members: [a]}", "a: {}, b: {}").directory
    let second = try load("y: {members: [a]}", "a: {}", first).directory
    #expect(second.agentNames == ["a"] && second.queueNames == ["y"])
  }

  // MARK: Against a journal

  @Test("Queues and reps that would vanish are named, with who is there")
  func vanishing() throws {
    let first = try load("x: {members: [a]}, y: {members: [a]}", "a: {}, b: {}, c: {}").directory
    var occupancy = Occupancy(directory: first)
    occupancy.callers[QueueID(0)] = 3
    occupancy.loggedIn = [AgentID(1), AgentID(0)]
    let configuration = try Configuration(
      yaml: "agents: {a: {}}\nqueues: {y: {members: [a], minimum-cover: 0}}", file: "f",
      against: occupancy)
    #expect(
      configuration.warnings.map(\.description) == [
        "f:1:1: warning: rep \"b\" of the journal is not in this file and would vanish, being logged in; renamed? say \"was: b\" in the rep that it is now",
        "f:1:1: warning: rep \"c\" of the journal is not in this file and would vanish; renamed? say \"was: c\" in the rep that it is now",
        "f:2:1: warning: queue \"x\" of the journal is not in this file and would vanish; callers in line there, who would be sent away: 3; renamed? say \"was: x\" in the queue that it is now",
      ])
    let renamed = try Configuration(
      yaml:
        "agents: {a: {}, d: {was: b}, c: {}}\nqueues: {y: {members: [a, c, d]}, z: {members: [a, d], was: x}}",
      file: "f", against: occupancy)
    #expect(renamed.warnings == [])
    let later = try Configuration(
      yaml: "agents: {a: {}}\nqueues: {y: {members: [a], minimum-cover: 0}}", file: "f",
      against: Occupancy(directory: configuration.directory))
    #expect(later.warnings == [], "what was gone before does not vanish")
  }
}
