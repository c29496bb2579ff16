import Base
import Configuration
import Routing
import YAMLTree

@testable import Daemon

/// Configuration files.
enum ConfigurationTarget {
  static func run(_ input: [UInt8]) {
    let yaml = String(decoding: input, as: UTF8.self)
    do {
      let configuration = try Configuration(yaml: yaml, file: "f")
      checkAgain(yaml, configuration)
      checkHours(configuration)
      checkPlan(configuration)
    } catch {
      check(error, yaml)
    }
  }

  /// Every problem says where, and the place is in the file.
  private static func check(_ error: Problems, _ yaml: String) {
    require(!error.problems.isEmpty, "refused without a reason")
    // YAML has more kinds of line ends than LF.
    let lines = yaml.unicodeScalars.count {
      "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0)
    }
    for problem in error.problems {
      require((1...lines + 1).contains(problem.line), "no such line: \(problem)")
      require((1...yaml.utf8.count + 1).contains(problem.column), "no such column: \(problem)")
      require(!problem.message.isEmpty, "no message: \(problem)")
    }
  }

  /// The same file again changes nothing: names keep their numbers.
  private static func checkAgain(_ yaml: String, _ configuration: Configuration) {
    let again = try? Configuration(yaml: yaml, file: "f", keeping: configuration.directory)
    require(again?.plan == configuration.plan, "the plan of the same file is another")
    require(again?.directory == configuration.directory, "the names of the same file are others")
  }

  private static func checkHours(_ configuration: Configuration) {
    let now = Instant(seconds: 1_795_442_400)
    for hours in configuration.officeHours {
      guard let span = hours.span(at: now) else { continue }
      require(span.opens <= span.closes && span.closes > now, "office hours end before they begin")
    }
  }

  /// The journal keeps plans as text, and an engine starts with any that is sound.
  private static func checkPlan(_ configuration: Configuration) {
    let record = PlanRecord(configuration)
    let again = try? PlanRecord(json: record.json)
    require(again?.plan == record.plan && again?.directory == record.directory, "plan is not kept")
    var engine = RoutingEngine(configuration.plan, seed: 1)
    var events = EventBuffer()
    let now = Instant(seconds: 1_795_442_400)
    for agent in configuration.plan.agents.indices.prefix(4) {
      _ = engine.handle(.logIn(AgentID(agent)), at: now, into: &events)
      _ = engine.handle(.makeReady(AgentID(agent)), at: now, into: &events)
    }
    for queue in configuration.plan.queues.indices.prefix(4) {
      let call = Command.arrive(queue: QueueID(queue), priority: 0, credit: .zero, skills: [])
      _ = engine.handle(call, at: now, into: &events)
    }
    engine.advance(to: now + .seconds(600), into: &events)
    let violations = engine.invariantViolations()
    require(violations.isEmpty, "\(violations)")
  }
}
