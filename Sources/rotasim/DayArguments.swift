import ArgumentParser
import Planning

/// Weekdays on the command line: `mon-fri`, or a list such as `sat,sun`.
struct Weekdays: ExpressibleByArgument {
  var numbers: Set<Int> = []

  init(_ range: ClosedRange<Int>) { numbers = Set(range) }

  init?(argument: String) {
    for part in argument.split(separator: ",") {
      let ends = part.split(separator: "-").map { Weekday.names.firstIndex(of: String($0)) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1]
      else { return nil }
      // Where the week begins on Sunday, sun-thu is a range too.
      for step in 0...(last - first + 7) % 7 { numbers.insert((first + step) % 7 + 1) }
    }
    if numbers.isEmpty { return nil }
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
    } else if Weekday.number(argument) != nil {
      self = .date(argument)
    } else if let weekdays = Weekdays(argument: argument) {
      self = .weekdays(weekdays)
    } else {
      return nil
    }
  }

  /// The days of the week that may occur.
  var weekdays: Set<Int> {
    if case .weekdays(let weekdays) = self { return weekdays.numbers }
    return Set(1...7)
  }

  var defaultValueDescription: String { "all" }
}

/// A time of day on the command line, in minutes.
struct TimeOfDay: ExpressibleByArgument {
  var minute: Int

  init(_ minute: Int) { self.minute = minute }

  init?(argument: String) {
    let parts = argument.split(separator: ":").map { Int($0) }
    guard parts.count == 2, let hours = parts[0], let minutes = parts[1], (0...24).contains(hours),
      (0...59).contains(minutes), hours * 60 + minutes <= 1_440
    else { return nil }
    minute = hours * 60 + minutes
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
