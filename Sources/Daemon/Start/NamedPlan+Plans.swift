import Base
import Configuration
import Journal
import Routing
import Switchboard

extension NamedPlan {
  /// The plan of a record.
  init(_ record: PlanRecord, calendar: OpeningCalendar) {
    let parts = record.parts
    self.init(
      record.plan, record.directory, record: parts.plan, people: parts.people, calendar: calendar)
  }

  /// The plan of a configuration, from `instant` on. For thousands of reps that takes long.
  init(_ configuration: Configuration, from instant: Instant) {
    self.init(PlanRecord(configuration), calendar: configuration.calendar(from: instant))
  }
}

extension Switchboard {
  /// The state with the plan in force, to be saved.
  func snapshotWithPlan() -> Snapshot {
    Snapshot(
      at: engine.now, plan: PlanRecord(engine.plan, directory, rules: rules).json,
      state: snapshot())
  }
}
