/// SipHash-2-4 with a 64-bit result (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012).
///
/// It chains the journal's frames: each hash takes in the one before, so that a frame changed, lost
/// or moved is found. It guards against damage, not against somebody who can compute it too. Under a salt it stands
/// for words that may be forgotten.
public enum SipHash {
  /// The hash of `bytes` under the 128-bit key (`k0`, `k1`).
  /// - Complexity: O(*bytes*).
  public static func hash(_ bytes: ArraySlice<UInt8>, k0: UInt64, k1: UInt64) -> UInt64 {
    unsafe bytes.withUnsafeBytes { unsafe hash($0, k0, k1) }
  }

  /// The hash of the eight bytes of `word`, the least significant first.
  static func hash(word: UInt64, k0: UInt64, k1: UInt64) -> UInt64 {
    unsafe withUnsafeBytes(of: word.littleEndian) { unsafe hash($0, k0, k1) }
  }

  private struct State {
    var v0: UInt64
    var v1: UInt64
    var v2: UInt64
    var v3: UInt64

    @inline(__always)
    mutating func round() {
      v0 &+= v1
      v2 &+= v3
      v1 = rotate(v1, 13) ^ v0
      v3 = rotate(v3, 16) ^ v2
      v0 = rotate(v0, 32)
      v2 &+= v1
      v0 &+= v3
      v1 = rotate(v1, 17) ^ v2
      v3 = rotate(v3, 21) ^ v0
      v2 = rotate(v2, 32)
    }

    @inline(__always)
    private func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 { x << n | x >> (64 - n) }

    @inline(__always)
    mutating func compress(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }
  }

  private static func hash(
    _ raw: UnsafeRawBufferPointer, _ k0: UInt64, _ k1: UInt64
  ) -> UInt64 {
    var state = State(
      v0: k0 ^ 0x736f_6d65_7073_6575, v1: k1 ^ 0x646f_7261_6e64_6f6d,
      v2: k0 ^ 0x6c79_6765_6e65_7261, v3: k1 ^ 0x7465_6462_7974_6573)
    var position = 0
    while position + 8 <= raw.count {
      let word = unsafe raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      state.compress(UInt64(littleEndian: word))
      position += 8
    }
    var last = UInt64(raw.count & 0xFF) << 56
    var shift: UInt64 = 0
    while position < raw.count {
      last |= unsafe UInt64(raw[position]) << shift
      shift += 8
      position += 1
    }
    state.compress(last)
    state.v2 ^= 0xFF
    for _ in 0..<4 { state.round() }
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
  }
}
