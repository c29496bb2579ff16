/// Minimises c x subject to A x >= b and x >= 0, for c >= 0.
///
/// Source: Lemke, "The dual method of solving the linear programming problem", Naval Research Logistics
/// Quarterly 1 (1954). With c >= 0 the slack basis is dual feasible from the start. The most negative variable
/// leaves, which takes few steps but may go in circles while the cost stands still; so from the first step that
/// does not raise the cost, until one does, the least numbered one leaves: under Bland's rule ("New finite
/// pivoting rules for the simplex method", Mathematics of Operations Research 2, 1977) no basis comes again.
struct DualSimplex {
  private let costs: [Double]
  private var rows: [[Double]] = []
  private var limits: [Double] = []

  init(costs: [Double]) { self.costs = costs }

  /// Adds a row: the sum of coefficients times variables is at least `limit`.
  mutating func require(_ terms: [(variable: Int, coefficient: Double)], atLeast limit: Double) {
    var row = Array(repeating: 0.0, count: costs.count)
    for term in terms { row[term.variable] += term.coefficient }
    rows.append(row)
    limits.append(limit)
  }

  /// The cheapest x; `nil` when no x satisfies all rows.
  func solve() -> [Double]? {
    let (variables, count) = (costs.count, rows.count)
    // Row form: slack_i = A_i x - b_i, so the tableau holds -A and -b with the slack as basis.
    var tableau = rows.indices.map { i in rows[i].map { -$0 } + slack(i, count) + [-limits[i]] }
    var reduced = costs + Array(repeating: 0, count: count + 1)
    var basis = Array(variables..<variables + count)
    let last = variables + count
    var isStalled = false
    while true {
      let negative = tableau.indices.filter { tableau[$0][last] < -1e-9 }
      let leaves =
        isStalled
        ? negative.min { basis[$0] < basis[$1] }
        : negative.min { tableau[$0][last] < tableau[$1][last] }
      guard let leaving = leaves else { break }
      guard let entering = entering(tableau[leaving], reduced, last) else { return nil }
      isStalled = entering.ratio < 1e-12
      pivot(&tableau, &reduced, leaving, entering.column)
      basis[leaving] = entering.column
    }
    var result = Array(repeating: 0.0, count: variables)
    for (row, variable) in basis.enumerated() where variable < variables {
      result[variable] = max(0, tableau[row][last])
    }
    return result
  }

  private func slack(_ index: Int, _ count: Int) -> [Double] {
    (0..<count).map { $0 == index ? 1 : 0 }
  }

  /// The least ratio of reduced cost to coefficient among negative coefficients, the first of equals.
  private func entering(
    _ row: [Double], _ reduced: [Double], _ last: Int
  ) -> (ratio: Double, column: Int)? {
    var best: (ratio: Double, column: Int)?
    for column in 0..<last where row[column] < -1e-9 {
      let ratio = reduced[column] / -row[column]
      if ratio < (best?.ratio ?? .infinity) - 1e-12 { best = (ratio, column) }
    }
    return best
  }

  private func pivot(
    _ tableau: inout [[Double]], _ reduced: inout [Double], _ row: Int, _ column: Int
  ) {
    let divisor = tableau[row][column]
    for j in tableau[row].indices { tableau[row][j] /= divisor }
    let source = tableau[row]
    for i in tableau.indices where i != row && tableau[i][column] != 0 {
      let factor = tableau[i][column]
      for j in source.indices { tableau[i][j] -= factor * source[j] }
    }
    let factor = reduced[column]
    if factor != 0 { for j in source.indices { reduced[j] -= factor * source[j] } }
  }
}
