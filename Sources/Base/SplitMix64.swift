/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014): for choices
/// that must come out alike whenever they are made again from the same seed.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  /// What the next number follows from.
  public var state: UInt64

  /// The generator of a seed.
  public init(state: UInt64) { self.state = state }

  /// By how much the state grows: 2^64 over the golden ratio, made odd.
  public static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= Self.gamma
    return Self.mix(state)
  }

  /// The number that belongs to a state.
  public static func mix(_ state: UInt64) -> UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
