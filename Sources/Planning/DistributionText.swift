public import Stochastics

extension Distribution {
  /// Reads a distribution: `120` or `2m` (exponential with that mean), `never`, or a name of
  /// ``Stochastics/Distribution/parameters`` and its values, such as `lognormal:180:1.3`.
  public init?(text: String) {
    let parts = text.split(separator: ":").map(String.init)
    guard let first = parts.first else { return nil }
    if text == "never" {
      self = .never
    } else if parts.count == 1 {
      guard let mean = Self.seconds(first), mean > 0 else { return nil }
      self = .exponential(mean: mean)
    } else {
      let values = parts.dropFirst().compactMap { Self.seconds($0) }
      guard values.count == parts.count - 1 else { return nil }
      self.init(name: first, values)
    }
  }

  /// A number of seconds, or one with a unit: 90, 1.5, 90s, 3m, 2h.
  public static func seconds(_ text: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600]
    let unit = text.last.flatMap { units[$0] }
    guard let value = Double(unit == nil ? text : String(text.dropLast())), value.isFinite,
      value >= 0
    else { return nil }
    return value * (unit ?? 1)
  }

  /// What ``init(text:)`` reads, to three decimals; an empirical distribution is written as its mean.
  public var text: String {
    let (name, values): (String, [Double]) =
      switch self {
      case .never: ("never", [])
      case .constant(let value): ("constant", [value])
      case .exponential(let mean): ("exponential", [mean])
      case .erlang(let shape, let mean): ("erlang", [Double(shape), mean])
      case .gamma(let shape, let scale): ("gamma", [shape * scale, 1 / shape.squareRoot()])
      case .lognormal(_, let sigma):
        ("lognormal", [mean, Elementary.expMinusOne(sigma * sigma).squareRoot()])
      case .weibull(let shape, let scale): ("weibull", [shape, scale])
      case .hyperexponential(let p, let mean, let other): ("hyperexponential", [p, mean, other])
      case .uniform(let low, let high): ("uniform", [low, high])
      case .triangular(let low, let mode, let high): ("triangular", [low, mode, high])
      case .empirical: ("exponential", [mean])
      }
    return ([name] + values.map { CallLog.number($0) }).joined(separator: ":")
  }
}
