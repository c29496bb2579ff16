/// Everything the engine must know before the first call: who serves which queue, and by what rules.
///
/// A plan is data. It is adopted whole (``RoutingEngine/adopt(_:)``), never edited in place.
public struct RoutingPlan: Equatable, Sendable, Codable {
  /// The reps, indexed by ``AgentID``. Rows are never removed, only retired.
  public var agents: [AgentPlan]
  /// The queues, indexed by ``QueueID``. Rows are never removed.
  public var queues: [QueuePlan]
  /// The rules that hold for the whole team.
  public var rules: TeamRules

  /// A plan for `agents` serving `queues` under `rules`.
  public init(agents: [AgentPlan], queues: [QueuePlan], rules: TeamRules = TeamRules()) {
    self.agents = agents
    self.queues = queues
    self.rules = rules
  }
}

/// What a plan says of one rep.
public struct AgentPlan: Equatable, Sendable, Codable {
  /// What the rep can do; a call is offered only to reps who have all the skills it needs.
  public var skills: SkillSet
  /// Rings this long before the offer counts as not answered; `nil`: the queue's time.
  public var ringTimeout: Microseconds?
  /// No longer employed: may not log in.
  public var isRetired: Bool

  /// A rep with these skills.
  public init(skills: SkillSet = [], ringTimeout: Microseconds? = nil, isRetired: Bool = false) {
    self.skills = skills
    self.ringTimeout = ringTimeout
    self.isRetired = isRetired
  }
}

/// How a queue chooses among free reps. Within each, lower tiers come first.
public enum Strategy: UInt8, CaseIterable, Sendable, BitwiseCopyable, Codable {
  /// The next free rep after the pointer, in member order; the pointer moves when a rep is chosen.
  case rotating
  /// The rep idle longest since login, the end of the last wrap-up or the last offer. Tie: member order.
  case longestIdle
  /// The next free rep after the one who answered last; refusing does not move the pointer.
  case nextAfterLastAnswer
  /// All free reps of the lowest tier that has one, at once; the first to answer wins.
  case simultaneous
  /// The first free rep in member order, always.
  case fixedOrder
  /// The rep who answered the fewest queue calls today. Tie: longest idle, then member order.
  case fewestCalls
  /// The rep with the least talk time on queue calls today. Tie: longest idle, then member order.
  case leastTalkTime
  /// Each free rep with the same probability.
  case random
  /// Each free rep with probability proportional to the member's weight.
  case weightedRandom
}

/// Where a caller goes whom a queue cannot keep.
public enum Overflow: Equatable, Sendable, BitwiseCopyable, Codable {
  /// Stays in line (at the door, where there is no line to stay in: the call is rejected).
  case stay
  /// Joins the end of another queue, keeping the time already waited for reports.
  case queue(QueueID)
  /// Is sent to voicemail.
  case voicemail
  /// Is offered a call-back, and stays in line until it is accepted.
  case offerCallBack
  /// Hears busy and is cut off.
  case reject
}

/// How many of a queue's reps must be there for a caller to join it, or to stay in it.
public enum Presence: UInt8, Sendable, BitwiseCopyable, Codable {
  /// None.
  case nobody
  /// At least one is logged in.
  case loggedIn
  /// At least one is logged in and takes queue calls (free or busy).
  case ready
}

/// A rep's place in a queue.
public struct Member: Equatable, Sendable, BitwiseCopyable, Codable {
  /// The rep.
  public var agent: AgentID
  /// 0 is tried first; higher tiers once the caller has waited ``QueuePlan/tierAfter``.
  public var tier: UInt8
  /// The share under ``Strategy/weightedRandom``; at least 1.
  public var weight: UInt16

  /// A member of tier `tier`.
  public init(_ agent: AgentID, tier: UInt8 = 0, weight: UInt16 = 1) {
    self.agent = agent
    self.tier = tier
    self.weight = weight
  }
}

/// How long a rep is left in peace by the queue after an offer that was not answered.
public struct RestAfterOffer: Equatable, Sendable, BitwiseCopyable, Codable {
  /// After not answering in the ring time.
  public var noAnswer: Microseconds = 0
  /// After ignoring with the button.
  public var ignored: Microseconds = 0
  /// After the phone could not be reached or was busy.
  public var unreachable: Microseconds = .seconds(5)

  /// No rest after refusals, five seconds after an unreachable phone.
  public init() {}
}

/// What a plan says of one queue.
public struct QueuePlan: Equatable, Sendable, Codable {
  /// How free reps are chosen.
  public var strategy: Strategy = .rotating
  /// The reps, in rotation order within each tier. Kept sorted by tier.
  public var members: [Member]
  /// Ring time of one offer: number of rings times the ring cycle.
  public var ringTimeout: Microseconds = .seconds(18)
  /// Every call of the queue needs these skills.
  public var skills: SkillSet = []
  /// A rep who serves several queues takes from the heaviest first.
  public var weight: Int32 = 0
  /// Callers in line at most; 0: no limit.
  public var maxLength: Int32 = 0
  /// Wait at most; 0: no limit.
  public var maxWait: Microseconds = 0
  /// Offers made to one call at most; 0: no limit.
  public var maxOffers: UInt32 = 0
  /// Ring time of one call over all its offers at most; 0: no limit.
  public var maxRingTime: Microseconds = 0
  /// A caller's wait after which tier `n + 1` is tried as well.
  public var tierAfter: [Microseconds] = []
  /// Who must be there for a caller to be let in.
  public var joinNeeds: Presence = .nobody
  /// Who must be there for a caller to stay in line.
  public var stayNeeds: Presence = .nobody
  /// Where a caller goes when the line is full.
  public var whenFull: Overflow = .voicemail
  /// Where a caller goes out of office hours.
  public var whenClosed: Overflow = .voicemail
  /// Where a caller goes when nobody is there (``joinNeeds``, ``stayNeeds``).
  public var whenEmpty: Overflow = .voicemail
  /// Where a caller goes who has waited ``maxWait``, or used up ``maxOffers`` or ``maxRingTime``.
  public var whenExhausted: Overflow = .voicemail
  /// The rest a rep has after an unanswered offer.
  public var rest = RestAfterOffer()
  /// Wrap-up time after a call; 0: none.
  public var wrapUp: Microseconds = 0
  /// *Other* reps that must be free for a member to place an outbound call.
  public var minimumCover: UInt16 = 1
  /// The handle time assumed for estimated waits until calls have been observed.
  public var expectedHandleTime: Microseconds = .minutes(4)

  /// A rotating queue served by `members`.
  public init(members: [Member]) { self.members = members }
}

/// The rules of the whole team.
public struct TeamRules: Equatable, Sendable, BitwiseCopyable, Codable {
  /// Refused offers in a row after which a rep is made not ready; 0: never.
  public var notReadyAfterRefusals: UInt32 = 0
  /// Customer hold after which the holder is reminded, and again after each such time; 0: never.
  public var holdReminder: Microseconds = .seconds(60)
  /// A rep rung for a consultation has this long to pick up.
  public var consultRingTimeout: Microseconds = .seconds(20)
  /// After picking up, the target has this long to confirm.
  public var confirmTimeout: Microseconds = .minutes(3)
  /// An outbound call that nobody has reported on for this long is ended as lost; 0: never.
  public var dialTimeout: Microseconds = .minutes(3)
  /// A connected call older than this is reported by the watchdog; 0: never.
  public var staleAfter: Microseconds = .minutes(120)
  /// All extensions of one wrap-up together at most.
  public var maxWrapUpExtension: Microseconds = .minutes(15)
  /// A call whose write-up lacks one of these is undocumented.
  public var requiredWriteUp: WriteUpFields = [.category, .disposition]

  /// The defaults above.
  public init() {}

  /// Reads rules; those recorded before ``dialTimeout`` existed had none.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    notReadyAfterRefusals = try values.decode(UInt32.self, forKey: .notReadyAfterRefusals)
    holdReminder = try values.decode(Microseconds.self, forKey: .holdReminder)
    consultRingTimeout = try values.decode(Microseconds.self, forKey: .consultRingTimeout)
    confirmTimeout = try values.decode(Microseconds.self, forKey: .confirmTimeout)
    dialTimeout = try values.decodeIfPresent(Microseconds.self, forKey: .dialTimeout) ?? 0
    staleAfter = try values.decode(Microseconds.self, forKey: .staleAfter)
    maxWrapUpExtension = try values.decode(Microseconds.self, forKey: .maxWrapUpExtension)
    requiredWriteUp = try values.decode(WriteUpFields.self, forKey: .requiredWriteUp)
  }
}

/// The parts of a call's write-up.
public struct WriteUpFields: OptionSet, Hashable, Sendable, BitwiseCopyable, Codable {
  /// The bits.
  public var rawValue: UInt8
  /// The parts whose bits are set in `rawValue`.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The caller's name or company.
  public static let client = WriteUpFields(rawValue: 1)
  /// The order the call was about.
  public static let orderNumber = WriteUpFields(rawValue: 2)
  /// The best number to call back.
  public static let callBackNumber = WriteUpFields(rawValue: 4)
  /// What kind of call it was.
  public static let category = WriteUpFields(rawValue: 8)
  /// How it ended.
  public static let disposition = WriteUpFields(rawValue: 16)
  /// Anything else.
  public static let notes = WriteUpFields(rawValue: 32)
}
