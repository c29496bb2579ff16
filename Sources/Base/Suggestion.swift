/// "Did you mean ...?"
public enum Suggestion {
  /// The cells of tables of distances that one search may fill: some milliseconds' worth.
  private static let budget = 1_000_000
  /// Bytes of a word that may have been meant for another; nobody mistypes longer ones.
  private static let longest = 64

  /// The candidate nearest to `word`, if one is near enough to have been meant.
  ///
  /// Near enough: at most a third of the longer word's letters differ, and at least one is allowed. The cost is
  /// bounded whatever there is to look through: of very many candidates the last ones are not looked at.
  /// - Complexity: O(*candidates* x *length*²), at most a million steps.
  public static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().utf8.prefix(longest + 1))
    if letters.count > longest { return nil }
    var best: (distance: Int, candidate: String)?
    var left = budget
    for candidate in candidates {
      let count = candidate.utf8.count
      let limit = max(1, max(letters.count, count) / 3)
      left -= 1
      if count > longest || abs(letters.count - count) > limit { continue }
      left -= letters.count * count
      if left < 0 { break }
      let most = min(limit, best.map { $0.distance - 1 } ?? limit)
      let other = Array(candidate.lowercased().utf8)
      guard let distance = distance(letters, other, upTo: most) else { continue }
      best = (distance, candidate)
      if distance == 0 { break }
    }
    return best?.candidate
  }

  /// `; did you mean "..."?`, or nothing.
  public static func hint(for word: String, in candidates: some Sequence<String>) -> String {
    nearest(to: word, in: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// Letters to insert, delete, replace or swap with a neighbour (optimal string alignment:
  /// Damerau, CACM 7(3), 1964; Wagner and Fischer, JACM 21(1), 1974).
  /// - Returns: `nil` if there are more than `most`.
  static func distance(_ a: [UInt8], _ b: [UInt8], upTo most: Int) -> Int? {
    if most < 0 { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      var least = i + 1
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        least = min(least, cost)
        row.append(cost)
      }
      // A swap may still come back from the row before: one letter of grace.
      if least > most + 1 { return nil }
      beforeLast = last
      last = row
    }
    return last[b.count] <= most ? last[b.count] : nil
  }
}
