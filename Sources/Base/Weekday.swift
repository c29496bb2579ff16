/// A day of the week, Monday first (ISO 8601).
public enum Weekday: Int, CaseIterable, Comparable, Sendable, BitwiseCopyable {
  /// 1.
  case monday = 1
  /// 2.
  case tuesday
  /// 3.
  case wednesday
  /// 4.
  case thursday
  /// 5.
  case friday
  /// 6.
  case saturday
  /// 7.
  case sunday

  /// The word in configurations, scenarios and on the command line: `mon`.
  public var word: String {
    switch self {
    case .monday: "mon"
    case .tuesday: "tue"
    case .wednesday: "wed"
    case .thursday: "thu"
    case .friday: "fri"
    case .saturday: "sat"
    case .sunday: "sun"
    }
  }

  /// The day after.
  public var next: Weekday { Weekday(rawValue: rawValue % 7 + 1) ?? .monday }

  /// Reads ``word``.
  public init?(word: some StringProtocol) {
    guard let day = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = day
  }

  /// Reads one day, `mon`, or a span of days in their order, `mon-fri`; `sat-mon` goes over the end of the week.
  public static func days(text: some StringProtocol) -> [Weekday]? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
      Weekday(word: $0)
    }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else {
      return nil
    }
    let length = (last.rawValue - first.rawValue + 7) % 7
    return (0...length).map { Self.allCases[(first.rawValue - 1 + $0) % 7] }
  }

  /// Orders Monday first.
  public static func < (a: Weekday, b: Weekday) -> Bool { a.rawValue < b.rawValue }
}
