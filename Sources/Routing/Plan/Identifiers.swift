// Integer names of the things the engine routes. They index pre-allocated tables; names and
// numbers that people use live in the room Switchboard.

/// A rep ("agent" is the field's word): the index of a row in the plan's agent table.
public struct AgentID: Hashable, Comparable, Sendable, BitwiseCopyable, Codable {
  /// The position in ``RoutingPlan/agents``.
  public var rawValue: UInt16
  /// The agent at `index` of the plan.
  public init(_ index: Int) { rawValue = UInt16(truncatingIfNeeded: index) }
  /// The same position, for indexing arrays.
  public var index: Int { Int(rawValue) }
  /// Orders by value.
  public static func < (a: AgentID, b: AgentID) -> Bool { a.rawValue < b.rawValue }
}

/// A call queue: the index of a row in the plan's queue table.
public struct QueueID: Hashable, Comparable, Sendable, BitwiseCopyable, Codable {
  /// The position in ``RoutingPlan/queues``.
  public var rawValue: UInt16
  /// The queue at `index` of the plan.
  public init(_ index: Int) { rawValue = UInt16(truncatingIfNeeded: index) }
  /// The same position, for indexing arrays.
  public var index: Int { Int(rawValue) }
  /// Orders by value.
  public static func < (a: QueueID, b: QueueID) -> Bool { a.rawValue < b.rawValue }
}

/// A telephony side: a switch, or a program, that rings phones and reports what they do.
public struct FeedID: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Numbers in the order in which feeds first attached.
  public var rawValue: UInt16
  /// The feed numbered `index`.
  public init(_ index: Int) { rawValue = UInt16(truncatingIfNeeded: index) }
  /// Everybody who reports without having attached: scripts, adapters of one switch.
  public static let unnamed = FeedID(0)
  /// The same number, for indexing arrays.
  public var index: Int { Int(rawValue) }
  /// Orders by value.
  public static func < (a: FeedID, b: FeedID) -> Bool { a.rawValue < b.rawValue }
}

/// A live call: a row of the call table and the generation that tells its tenants apart.
///
/// A slot is used again after its call has ended; the generation then differs, so a command for
/// the old call finds nothing instead of hitting the new one.
public struct CallID: Hashable, Sendable, BitwiseCopyable {
  /// The row of the call table.
  public var slot: UInt32
  /// How many calls had used the row before.
  public var generation: UInt32
  /// The call that is the `generation`th tenant of row `slot`.
  public init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }
  /// The row, for indexing arrays.
  public var index: Int { Int(slot) }
  /// Both parts in one integer, unique over the life of a journal.
  public var rawValue: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
  /// The call whose ``rawValue`` is `rawValue`.
  public init(rawValue: UInt64) {
    slot = UInt32(truncatingIfNeeded: rawValue)
    generation = UInt32(truncatingIfNeeded: rawValue >> 32)
  }
}

/// One ring attempt: numbered from 1 over the life of a journal.
public struct OfferID: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The number.
  public var rawValue: UInt64
  /// The offer numbered `rawValue`.
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }
  /// Orders by value.
  public static func < (a: OfferID, b: OfferID) -> Bool { a.rawValue < b.rawValue }
}

/// One consultation that may end in a warm transfer: numbered from 1 over the life of a journal.
public struct TransferID: Hashable, Sendable, BitwiseCopyable {
  /// The number.
  public var rawValue: UInt64
  /// The transfer numbered `rawValue`.
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// One request to place an outbound call: numbered from 1 over the life of a journal.
public struct RequestID: Hashable, Sendable, BitwiseCopyable {
  /// The number.
  public var rawValue: UInt64
  /// The request numbered `rawValue`.
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A set of at most 64 skills, one bit each; which bit means what is the configuration's affair.
public struct SkillSet: OptionSet, Hashable, Sendable, BitwiseCopyable, Codable {
  /// The bits.
  public var rawValue: UInt64
  /// The skills whose bits are set in `rawValue`.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Why a rep is not ready: a code whose name the configuration knows.
public struct NotReadyReason: Hashable, Sendable, BitwiseCopyable {
  /// The code; those below ``firstConfigurable`` have fixed meanings.
  public var rawValue: UInt16
  /// The reason with this code.
  public init(_ rawValue: UInt16) { self.rawValue = rawValue }
  /// *Don't Accept Queue Calls*: at work, but not for the queue.
  public static let dontAcceptQueueCalls = NotReadyReason(0)
  /// Set by the engine after too many refused offers in a row.
  public static let missedCalls = NotReadyReason(1)
  /// Logged in and not yet ready.
  public static let justLoggedIn = NotReadyReason(2)
  /// Whether going ready takes it away whoever set it: the engine sets these two to be taken away so.
  var isClearedByReady: Bool { self == .missedCalls || self == .justLoggedIn }
  /// The first code that a configuration may name.
  public static let firstConfigurable: UInt16 = 16
}
