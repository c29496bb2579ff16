package import Base

/// A seed is a whole test case.
package typealias TestRandom = SplitMix64

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
