import Routing

/// Why a strategy chose the rep it chose, in its own words.
extension Strategy {
  /// - Parameter predecessor: The rep on whom the rotation pointer stood before.
  func reasonChosen(after predecessor: String?) -> String {
    switch self {
    case .rotating: predecessor.map { "next after \($0)" } ?? "first in rotation"
    case .nextAfterLastAnswer:
      predecessor.map { "next after \($0), who answered last" } ?? "first in order"
    case .longestIdle: "idle longest"
    case .simultaneous: "all free reps of the tier ring together"
    case .fixedOrder: "first free rep in the queue's order"
    case .fewestCalls: "fewest calls today"
    case .leastTalkTime: "least talk time today"
    case .random: "drawn at random"
    case .weightedRandom: "drawn at random, by weight"
    }
  }

  /// Why a free rep was not the one.
  var reasonAnotherChosen: String {
    switch self {
    case .rotating, .nextAfterLastAnswer: "another was next in rotation"
    case .longestIdle: "another has been idle longer"
    case .simultaneous: "the phones of another tier ring"
    case .fixedOrder: "another comes before in the queue's order"
    case .fewestCalls: "another has had fewer calls today"
    case .leastTalkTime: "another has talked less today"
    case .random, .weightedRandom: "another was drawn"
    }
  }
}
