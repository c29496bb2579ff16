/// Salts under which words are hashed: 16 bytes for each record, never the same twice, and not to be guessed from
/// what is on disk. Without one, a forgotten telephone number could be found by trying all numbers.
///
/// A counter under SipHash-2-4 with a random key, drawn anew for every process.
public struct Salts: Sendable {
  private let k0: UInt64
  private let k1: UInt64
  private var count: UInt64 = 0

  /// Salts that nobody else will draw.
  public init(using random: inout some RandomNumberGenerator) {
    k0 = random.next()
    k1 = random.next()
  }

  /// Salts of the machine's randomness.
  public init() {
    var random = SystemRandomNumberGenerator()
    self.init(using: &random)
  }

  mutating func next() -> (UInt64, UInt64) {
    defer { count += 2 }
    return (
      SipHash.hash(word: count, k0: k0, k1: k1), SipHash.hash(word: count + 1, k0: k0, k1: k1)
    )
  }
}
