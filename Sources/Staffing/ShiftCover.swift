/// A kind of shift: which intervals, from its start on, are worked.
public struct ShiftPattern: Equatable, Sendable {
  /// What it is called in the answer.
  public var name: String
  /// Whether each interval after the start is worked; breaks are not.
  public var works: [Bool]
  /// What one costs.
  public var cost: Double

  /// A shift that works where `works` says so.
  public init(_ name: String, works: [Bool], cost: Double) {
    self.name = name
    self.works = works
    self.cost = cost
  }
}

/// The cheapest shifts that cover a requirement, with proof.
///
/// Set covering with general integers: minimise the cost of x subject to A x >= required. Source: Dantzig,
/// "A comment on Edie's 'Traffic delays at toll booths'", Operations Research 2 (1954). Solved by branch
/// and bound over linear relaxations; each relaxation by the dual simplex method.
public struct ShiftCover: Sendable {
  /// One kind of shift at one start, and how many of it.
  public struct Assignment: Equatable, Sendable {
    /// Its number among the patterns.
    public var pattern: Int
    /// The interval in which it starts.
    public var start: Int
    /// How many reps work it.
    public var count: Int
  }

  /// What to schedule.
  public struct Solution: Equatable, Sendable {
    /// Who works when.
    public var assignments: [Assignment]
    /// What it costs.
    public var cost: Double
    /// No cover costs less than this; equal to ``cost`` when optimality is proven.
    public var bound: Double
    /// Reps at work in each interval.
    public var staffed: [Int]
  }

  private let required: [Int]
  private let columns: [(pattern: Int, start: Int, rows: [Int], cost: Double)]

  /// - Parameters:
  ///   - required: Reps needed in each interval.
  ///   - starts: Intervals in which shifts may start.
  public init(required: [Int], patterns: [ShiftPattern], starts: [Int]) {
    self.required = required
    columns = patterns.indices.flatMap { index in
      starts.compactMap { start in
        let pattern = patterns[index]
        // A shift ends with the day.
        guard start + pattern.works.count <= required.count else { return nil }
        let rows = pattern.works.indices.filter { pattern.works[$0] }.map { start + $0 }
        return (index, start, rows, pattern.cost)
      }
    }
  }

  /// The cheapest cover; `nil` when the shifts cannot cover the requirement.
  /// - Parameter nodeLimit: Relaxations solved at most; then the best cover found so far is returned with
  ///   the bound proven so far.
  public func solve(nodeLimit: Int = 20_000) -> Solution? {
    let reachable = Set(columns.flatMap(\.rows))
    for (row, need) in required.enumerated() where need > 0 && !reachable.contains(row) {
      return nil
    }
    var best: (cost: Double, counts: [Int])?
    // Nodes: lower and upper limits of the counts, and a bound inherited from the parent.
    var open = [Node(lower: Array(repeating: 0, count: columns.count), upper: [:], bound: 0)]
    var nodes = 0
    while let index = open.indices.min(by: { open[$0].bound < open[$1].bound }) {
      let node = open.remove(at: index)
      if let best, node.bound >= best.cost - 1e-9 { continue }
      if nodes >= nodeLimit {
        return best.map { solution($0, bound: node.bound) }
      }
      nodes += 1
      guard let relaxed = relax(node) else { continue }
      if let best, relaxed.cost >= best.cost - 1e-9 { continue }
      let rounded = roundUp(relaxed.counts)
      if let rounded, rounded.cost < (best?.cost ?? .infinity) - 1e-9 { best = rounded }
      guard let split = mostFractional(relaxed.counts) else { continue }
      let value = relaxed.counts[split]
      var down = node
      down.upper[split] = Int(value.rounded(.down))
      down.bound = relaxed.cost
      var up = node
      up.lower[split] = Int(value.rounded(.up))
      up.bound = relaxed.cost
      open += [down, up]
    }
    return best.map { solution($0, bound: $0.cost) }
  }

  private struct Node {
    var lower: [Int]
    var upper: [Int: Int]
    var bound: Double
  }

  private func mostFractional(_ counts: [Double]) -> Int? {
    let distances = counts.map { abs($0 - $0.rounded()) }
    guard let index = distances.indices.max(by: { distances[$0] < distances[$1] }),
      distances[index] > 1e-6
    else { return nil }
    return index
  }

  private func relax(_ node: Node) -> (cost: Double, counts: [Double])? {
    // x = lower + y: what the lower limits cover is taken off the requirement.
    var need = required.map(Double.init)
    var fixed = 0.0
    for (index, count) in node.lower.enumerated() where count > 0 {
      fixed += Double(count) * columns[index].cost
      for row in columns[index].rows { need[row] -= Double(count) }
    }
    var program = DualSimplex(costs: columns.map(\.cost))
    for row in required.indices {
      let members = columns.indices.filter { columns[$0].rows.contains(row) }
      program.require(members.map { ($0, 1) }, atLeast: need[row])
    }
    for (index, limit) in node.upper.sorted(by: { $0.key < $1.key }) {
      program.require([(index, -1)], atLeast: Double(node.lower[index] - limit))
    }
    guard let extra = program.solve() else { return nil }
    let counts = zip(node.lower, extra).map { Double($0) + $1 }
    return (fixed + zip(extra, columns).reduce(0) { $0 + $1.0 * $1.1.cost }, counts)
  }

  /// A cover by rounding up, less what is then too much.
  private func roundUp(_ counts: [Double]) -> (cost: Double, counts: [Int])? {
    var whole = counts.map { Int(($0 - 1e-6).rounded(.up)) }
    var spare = zip(staffed(whole), required).map { $0 - $1 }
    if spare.contains(where: { $0 < 0 }) { return nil }
    for index in columns.indices.sorted(by: { columns[$0].cost > columns[$1].cost }) {
      while whole[index] > 0, columns[index].rows.allSatisfy({ spare[$0] > 0 }) {
        whole[index] -= 1
        for row in columns[index].rows { spare[row] -= 1 }
      }
    }
    return (zip(whole, columns).reduce(0) { $0 + Double($1.0) * $1.1.cost }, whole)
  }

  private func staffed(_ counts: [Int]) -> [Int] {
    var result = Array(repeating: 0, count: required.count)
    for (index, count) in counts.enumerated() {
      for row in columns[index].rows { result[row] += count }
    }
    return result
  }

  private func solution(_ best: (cost: Double, counts: [Int]), bound: Double) -> Solution {
    let assignments = best.counts.indices.filter { best.counts[$0] > 0 }.map {
      Assignment(pattern: columns[$0].pattern, start: columns[$0].start, count: best.counts[$0])
    }
    return Solution(
      assignments: assignments, cost: best.cost, bound: min(bound, best.cost),
      staffed: staffed(best.counts))
  }
}
