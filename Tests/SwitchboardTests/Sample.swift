import Base
import Configuration
import Events
import Switchboard

/// Plans for tests.
enum Sample {
  static func named(
    _ yaml: String, from instant: Instant = Instant(seconds: 1_795_442_400)
  ) throws -> NamedPlan {
    let configuration = try Configuration(yaml: yaml, file: "f")
    let parts = PlanRecord(configuration).parts
    return NamedPlan(
      configuration.plan, configuration.directory, record: parts.plan, people: parts.people,
      calendar: configuration.calendar(from: instant))
  }
}
