extension Distribution {
  /// The names by which distributions are known in scenarios and on the command line, with the
  /// parameters each takes, in order. Times are seconds.
  public static let parameters: [(name: String, parameters: [String])] = [
    ("constant", ["value"]), ("exponential", ["mean"]), ("erlang", ["shape", "mean"]),
    ("gamma", ["mean", "cv"]), ("lognormal", ["mean", "cv"]), ("weibull", ["shape", "scale"]),
    ("hyperexponential", ["p", "mean", "other-mean"]), ("uniform", ["low", "high"]),
    ("triangular", ["low", "mode", "high"]),
  ]

  /// The distribution `name` with `values` for its ``parameters``; `nil` for an unknown name, a wrong
  /// number of values, or values that no such distribution has.
  public init?(name: String, _ values: [Double]) {
    guard let entry = Self.parameters.first(where: { $0.name == name }),
      values.count == entry.parameters.count, values.allSatisfy({ $0.isFinite && $0 >= 0 })
    else { return nil }
    // Beyond these a draw is a constant, or has no mean that could be observed.
    func isSpread(_ cv: Double) -> Bool { (0.001...100).contains(cv) }
    func positive(_ indices: Int...) -> Bool { indices.allSatisfy { values[$0] > 0 } }
    switch name {
    case "constant": self = .constant(values[0])
    case "exponential" where positive(0): self = .exponential(mean: values[0])
    case "erlang"
    where positive(1) && (1...100).contains(values[0]) && values[0] == values[0].rounded():
      self = .erlang(shape: Int(values[0]), mean: values[1])
    case "gamma" where positive(0) && isSpread(values[1]):
      self = .gamma(mean: values[0], cv: values[1])
    case "lognormal" where positive(0) && isSpread(values[1]):
      self = .lognormal(mean: values[0], cv: values[1])
    case "weibull" where positive(1) && (0.05...100).contains(values[0]):
      self = .weibull(shape: values[0], scale: values[1])
    case "hyperexponential" where positive(1, 2) && values[0] <= 1:
      self = .hyperexponential(p: values[0], mean: values[1], otherMean: values[2])
    case "uniform" where values[0] < values[1]: self = .uniform(low: values[0], high: values[1])
    case "triangular"
    where values[0] < values[2] && values[0] <= values[1] && values[1] <= values[2]:
      self = .triangular(low: values[0], mode: values[1], high: values[2])
    default: return nil  // foreign: String
    }
  }
}
