import Stochastics
import Testing

@testable import Staffing

@Suite struct ShiftCoverTests {
  /// The cheapest cover by trying everything.
  private func bruteForce(
    _ required: [Int], _ patterns: [ShiftPattern], _ starts: [Int]
  ) -> Double? {
    let columns = patterns.flatMap { pattern in
      starts.filter { $0 + pattern.works.count <= required.count }.map { ($0, pattern) }
    }
    var best: Double?
    func extend(_ index: Int, _ staffed: [Int], _ cost: Double) {
      if let best, cost >= best { return }
      if zip(staffed, required).allSatisfy({ $0 >= $1 }) {
        best = cost
        return
      }
      guard index < columns.count else { return }
      var more = staffed
      let (start, pattern) = columns[index]
      for count in 0...(required.max() ?? 0) {
        extend(index + 1, more, cost + Double(count) * pattern.cost)
        for (offset, works) in pattern.works.enumerated() where works { more[start + offset] += 1 }
      }
    }
    extend(0, Array(repeating: 0, count: required.count), 0)
    return best
  }

  @Test("As cheap as the cheapest found by trying everything, and covering")
  func optimal() throws {
    var stream = RandomStream(seed: 7, purpose: .other, entity: 0)
    for _ in 0..<60 {
      let required = (0..<6).map { _ in Int(stream.uniform() * 4) }
      let patterns = [
        ShiftPattern("long", works: [true, true, false, true], cost: 4),
        ShiftPattern("short", works: [true, true], cost: 1 + (stream.uniform() * 3).rounded()),
      ]
      let starts = Array(0..<6)
      let cover = ShiftCover(required: required, patterns: patterns, starts: starts)
      let solution = try #require(cover.solve())
      #expect(zip(solution.staffed, required).allSatisfy { $0 >= $1 })
      #expect(solution.bound == solution.cost)
      #expect(solution.cost == bruteForce(required, patterns, starts), "\(required)")
      let counted = solution.assignments.reduce(0) {
        $0 + Double($1.count) * patterns[$1.pattern].cost
      }
      #expect(counted == solution.cost)
    }
  }

  @Test("A requirement that no shift reaches has no cover; no requirement costs nothing")
  func ends() throws {
    let long = ShiftPattern("long", works: [true, true, true], cost: 3)
    #expect(ShiftCover(required: [1, 0], patterns: [long], starts: [0, 1]).solve() == nil)
    let nothing = try #require(
      ShiftCover(required: [0, 0, 0], patterns: [long], starts: [0]).solve())
    #expect(nothing.cost == 0 && nothing.assignments.isEmpty)
  }

  @Test("Cut short, the best cover found comes with the bound that is proven")
  func bound() throws {
    let required = [3, 5, 2, 6, 4, 1, 5, 3, 6, 2]
    let patterns = [
      ShiftPattern("a", works: [true, false, true, true], cost: 3),
      ShiftPattern("b", works: [true, true, false, true, true], cost: 4),
      ShiftPattern("c", works: [true], cost: 1.7),
    ]
    let cover = ShiftCover(required: required, patterns: patterns, starts: Array(0..<10))
    let whole = try #require(cover.solve())
    let cut = try #require(cover.solve(nodeLimit: 1))
    #expect(cut.bound <= whole.cost && whole.cost <= cut.cost)
    #expect(whole.bound == whole.cost)
  }

  @Test("The linear relaxation: a small programme solved by hand, and one without a solution")
  func simplex() throws {
    // Minimise 2x + 3y subject to x + y >= 4, x + 3y >= 6: x = 3, y = 1.
    var program = DualSimplex(costs: [2, 3])
    program.require([(0, 1), (1, 1)], atLeast: 4)
    program.require([(0, 1), (1, 3)], atLeast: 6)
    let solution = try #require(program.solve())
    #expect(agree(solution[0], 3) && agree(solution[1], 1))
    program.require([(0, -1), (1, -1)], atLeast: -2)
    #expect(program.solve() == nil)
  }

  @Test("Beale's example, which the rule of the most negative turns in circles, ends")
  func circles() throws {
    // The dual of the programme in Beale, "Cycling in the dual simplex algorithm", Naval Research
    // Logistics Quarterly 2 (1955): six steps that leave the cost at 0 lead back to the first basis.
    var program = DualSimplex(costs: [0, 0, 1])
    program.require([(0, 0.25), (1, 0.5)], atLeast: 0.75)
    program.require([(0, -8), (1, -12)], atLeast: -20)
    program.require([(0, -1), (1, -0.5), (2, 1)], atLeast: 0.5)
    program.require([(0, 9), (1, 3)], atLeast: -6)
    let solution = try #require(program.solve())
    #expect(agree(solution[2], 1.25))
  }
}
