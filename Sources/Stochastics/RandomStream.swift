/// What a random number is for. Streams of different purposes never share a number, so that a change
/// in one part of a scenario leaves all others as they were (common random numbers).
public enum Purpose: UInt8, CaseIterable, Sendable {
  /// Gaps between arrivals. Entity: the queue.
  case arrival
  /// The factor by which a day is busier than others. Entity: 0.
  case dayFactor
  /// What a caller brings along: class, category, patience, retries. Entity: the caller.
  case caller
  /// How long a call takes and how it goes. Entity: the caller.
  case service
  /// How a rep reacts to an offer. Entity: the caller; part: the offer.
  case reaction
  /// A rep's day: lateness, breaks, absence. Entity: the rep.
  case shift
  /// Work that reps do on their own, such as calls out. Entity: the item.
  case outbound
  /// Consultations and transfers. Entity: the caller.
  case transfer
  /// Calling again after giving up. Entity: the caller.
  case redial
  /// Whether a message is left, and how long it is. Entity: the caller.
  case message
  /// Whether a call-back is accepted. Entity: the caller.
  case callBack
  /// How long a hold is. Entity: the caller.
  case hold
  /// After-call work. Entity: the caller; part: the rep.
  case wrapUp
  /// How a rep reacts to a consultation. Entity: the caller; part: the rep.
  case consultReaction
  /// How long a caller listens to ringing. Entity: the caller; part: the offer.
  case ringPatience
  /// How long a rep stays away after refusals. Entity: the rep.
  case recovery
  /// Tests and everything else.
  case other
}

/// A stream of random numbers named by (seed, replication, purpose, entity).
///
/// Counter-based: the n-th number is a function of the name and n, so streams need no storage, are
/// disjoint by construction, and can be made in any order on any thread.
///
/// Source: Philox2x64-10, Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
/// SC11 (2011). The key is the seed; the counter is the entity and purpose (8 bits), replication (24), part and
/// draw number (32).
@frozen
public struct RandomStream: Sendable {
  @usableFromInline let key: UInt64
  @usableFromInline let entity: UInt64
  @usableFromInline var position: UInt64
  @usableFromInline var spare: UInt64 = 0
  @usableFromInline var hasSpare = false

  /// The stream with this name.
  /// - Parameters:
  ///   - replication: Below 2^24.
  ///   - part: One of several independent parts of the stream, each of 2^16 blocks.
  @inlinable
  public init(
    seed: UInt64, replication: UInt32 = 0, purpose: Purpose, entity: UInt64, part: UInt16 = 0
  ) {
    self.init(
      key: seed,
      position: UInt64(purpose.rawValue) << 56 | UInt64(replication) << 32 | UInt64(part) << 16,
      entity: entity)
  }

  @inlinable
  init(key: UInt64, position: UInt64, entity: UInt64) {
    self.key = key
    self.position = position
    self.entity = entity
  }

  /// 64 random bits.
  @inlinable @inline(__always)
  public mutating func next() -> UInt64 {
    if hasSpare {
      hasSpare = false
      return spare
    }
    let block = Philox.block(position, entity, key: key)
    position &+= 1
    spare = block.1
    hasSpare = true
    return block.0
  }

  /// A number strictly between 0 and 1, a multiple of 2^-53.
  @inlinable @inline(__always)
  public mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }

  /// Whether an event of probability `p` happens. Uses one number whatever `p` is.
  @inlinable @inline(__always)
  public mutating func happens(_ p: Double) -> Bool { uniform() < p }

  /// An exponential variate of mean 1, by inversion.
  @inlinable @inline(__always)
  public mutating func exponential() -> Double { -Elementary.log(uniform()) }

  /// A standard normal variate, by inversion.
  public mutating func normal() -> Double { Special.normalQuantile(uniform()) }
}

/// The block function of Philox2x64-10.
public enum Philox {
  /// The block with counter (`c0`, `c1`) under `key`.
  @inlinable @inline(__always)
  public static func block(_ c0: UInt64, _ c1: UInt64, key: UInt64) -> (UInt64, UInt64) {
    var (a, b, k) = (c0, c1, key)
    for _ in 0..<10 {
      let product = a.multipliedFullWidth(by: 0xD2B7_4407_B1CE_6E93)
      a = product.high ^ k ^ b
      b = product.low
      k &+= 0x9E37_79B9_7F4A_7C15
    }
    return (a, b)
  }
}
