/// "Did you mean ...?"
public enum Suggestion {
  /// The candidate nearest to `word`, if one is near enough to have been meant.
  ///
  /// Near enough: at most a third of the longer word's letters differ, and at least one is allowed.
  /// - Complexity: O(*candidates* x *length*²)
  public static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
      let limit = max(1, max(word.count, candidate.count) / 3)
      if abs(word.count - candidate.count) > limit { continue }
      let distance = editDistance(word, candidate)
      if distance <= limit, best.map({ distance < $0.distance }) ?? true {
        best = (distance, candidate)
      }
    }
    return best?.candidate
  }

  /// `; did you mean "..."?`, or nothing.
  public static func hint(for word: String, in candidates: some Sequence<String>) -> String {
    nearest(to: word, in: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// Letters to insert, delete, replace or swap with a neighbour (optimal string alignment:
  /// Damerau, CACM 7(3), 1964; Wagner and Fischer, JACM 21(1), 1974).
  static func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
