/// A small generator for tests (SplitMix64, Steele, Lea, Flood 2014), so that a seed is a whole test case.
package struct TestRandom: RandomNumberGenerator, Sendable {
  package var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Delta debugging (Zeller, Hildebrandt: "Simplifying and Isolating Failure-Inducing Input", 2002),
/// greedy: take out ever smaller pieces as long as the failure stays.
package enum Shrinker {
  /// A short part of `items` that still fails.
  package static func shrink<T>(_ items: [T], stillFails: ([T]) -> Bool) -> [T] {
    var items = items
    var piece = max(1, items.count / 2)
    while true {
      var start = 0
      var hasShrunk = false
      while start < items.count {
        var candidate = items
        candidate.removeSubrange(start..<min(start + piece, items.count))
        if !candidate.isEmpty, stillFails(candidate) {
          items = candidate
          hasShrunk = true
        } else {
          start += piece
        }
      }
      if piece == 1, !hasShrunk { return items }
      piece = max(1, piece / 2)
    }
  }
}
