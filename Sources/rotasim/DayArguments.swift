import ArgumentParser
import Base
import Planning

/// Weekdays on the command line: `mon-fri`, or a list such as `sat,sun`.
struct Weekdays: ExpressibleByArgument {
  var days: Set<Weekday> = []

  init(_ range: ClosedRange<Weekday>) { days = Set(Weekday.allCases.filter(range.contains)) }

  init?(argument: String) {
    for part in argument.split(separator: ",") {
      guard let days = Weekday.days(text: part) else { return nil }
      self.days.formUnion(days)
    }
    if days.isEmpty { return nil }
  }

  var defaultValueDescription: String { "mon-fri" }
}

/// Days of a log on the command line.
enum LogDays: ExpressibleByArgument {
  case all
  case weekdays(Weekdays)
  case date(String)

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if CivilDate(text: argument) != nil {
      self = .date(argument)
    } else if let weekdays = Weekdays(argument: argument) {
      self = .weekdays(weekdays)
    } else {
      return nil
    }
  }

  /// The days of the week that may occur.
  var weekdays: Set<Weekday> {
    if case .weekdays(let weekdays) = self { return weekdays.days }
    return Set(Weekday.allCases)
  }

  var defaultValueDescription: String { "all" }
}

/// A time of day on the command line, in minutes.
struct TimeOfDay: ExpressibleByArgument {
  var minute: Int

  init(_ minute: Int) { self.minute = minute }

  init?(argument: String) {
    guard let time = ClockTime(text: argument) else { return nil }
    minute = time.minute
  }

  var defaultValueDescription: String { "\(minute / 60):00" }
}

/// The waiting credit of callers of a priority on the command line: `2=90s`.
struct Credit: ExpressibleByArgument {
  var priority: Int
  var seconds: Double

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let priority = Int(parts[0]), let length = Seconds(argument: parts[1]),
      length.value <= 86_400
    else { return nil }
    self.priority = priority
    seconds = length.value
  }
}
