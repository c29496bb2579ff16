import Base
import YAMLTree
import Yams

extension ConfigurationParser {
  /// How long words and history are kept, if not for ever.
  mutating func parseKeep(_ node: Node?) -> (words: TimeSpan?, history: TimeSpan?) {
    guard let node else { return (nil, nil) }
    let keys = section(node, "keep", keys: ["words", "history"])
    let words = keys["words"].flatMap { length($0, "words") }
    guard let place = keys["history"] else { return (words, nil) }
    let history = length(place, "history")
    if keys["words"] == nil {
      complain(
        place,
        "history: needs words as well, no longer than it: names and numbers in archive files would be kept for ever"
      )
    } else if let words, let history, history < words {
      complain(
        place, "history: not shorter than words: what is in archive files cannot be forgotten")
    }
    return (words, history)
  }

  /// The least that may be kept: what is being worked on must not lose its names.
  private static let shortest: TimeSpan = .hours(7 * 24)

  /// A length of time in days, months or years. Of the Gregorian calendar's 146,097 days in 400 years a month has
  /// 30.436875, a year 365.2425.
  private mutating func length(_ node: Node, _ what: String) -> TimeSpan? {
    let words = text(node, what).split(separator: " ")
    let units: [String: TimeSpan] = [
      "day": .hours(24), "month": .seconds(2_629_746), "year": .seconds(31_556_952),
    ]
    let unit = words.last.map { $0.hasSuffix("s") ? String($0.dropLast()) : String($0) } ?? ""
    guard words.count == 2, let count = Int64(words[0]), (1...10_000).contains(count),
      let unit = units[unit]
    else {
      complain(node, "\(what): expected a number of days, months or years, such as 24 months")
      return nil
    }
    let span = unit * count
    if span < Self.shortest {
      complain(node, "\(what): at least 7 days: what is being worked on needs its names")
      return nil
    }
    return span
  }
}
