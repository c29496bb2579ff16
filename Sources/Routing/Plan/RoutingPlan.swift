import Base

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

  /// The same plan, each queue's members in order of their tiers.
  var inOrderOfTiers: RoutingPlan {
    var plan = self
    for queue in queues.indices {
      let members = queues[queue].members
      if zip(members, members.dropFirst()).allSatisfy({ $0.tier <= $1.tier }) { continue }
      // Stable: the order within a tier is the order of rotation.
      let sorted = members.enumerated().sorted {
        ($0.element.tier, $0.offset) < ($1.element.tier, $1.offset)
      }
      plan.queues[queue].members = sorted.map(\.element)
    }
    return plan
  }
}

/// What a plan says of one rep.
public struct AgentPlan: Equatable, Sendable, Codable {
  /// What the rep can do; a call is offered only to reps who have all the skills it needs.
  public var skills: SkillSet
  /// Rings this long before the offer counts as not answered; `nil`: the queue's time.
  public var ringTimeout: TimeSpan?
  /// No longer employed: logged out as soon as the hands are free, and may not log in.
  public var isRetired: Bool

  /// A rep with these skills.
  public init(skills: SkillSet = [], ringTimeout: TimeSpan? = nil, isRetired: Bool = false) {
    self.skills = skills
    self.ringTimeout = ringTimeout
    self.isRetired = isRetired
  }
}

/// How a queue chooses among free reps. Within each, lower tiers come first.
public enum Strategy: UInt8, CaseIterable, Sendable, BitwiseCopyable, Codable {
  /// The next free rep after the pointer, in member order; the pointer moves when a rep is chosen.
  case rotating
  /// The rep idle longest, as ``QueuePlan/idleCounts`` counts it. Tie: member order.
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
  /// Joins another queue, with the time already waited or at its end: see ``QueuePlan/waitsAnew``.
  case queue(QueueID)
  /// Is sent to voicemail.
  case voicemail
  /// Is offered a call-back, and stays in line until it is accepted.
  case offerCallBack
  /// Hears busy and is cut off.
  case reject
}

/// The occasions on which a queue does not keep a caller.
public struct OverflowSet: OptionSet, Hashable, Sendable, BitwiseCopyable, Codable {
  /// The bits.
  public var rawValue: UInt8
  /// The occasions whose bits are set in `rawValue`.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// ``QueuePlan/whenFull``.
  public static let full = OverflowSet(rawValue: 1)
  /// ``QueuePlan/whenClosed``.
  public static let closed = OverflowSet(rawValue: 2)
  /// ``QueuePlan/whenEmpty``.
  public static let empty = OverflowSet(rawValue: 4)
  /// ``QueuePlan/whenExhausted``.
  public static let exhausted = OverflowSet(rawValue: 8)
  /// All of them.
  public static let all: OverflowSet = [.full, .closed, .empty, .exhausted]

  /// The occasion on which a caller leaves for `reason`; none for the caller's own wish.
  init(_ reason: DivertReason) {
    self =
      switch reason {
      case .full: .full
      case .closed: .closed
      case .empty: .empty
      case .maxWait, .maxOffers, .maxRingTime: .exhausted
      case .callerRequest: []
      }
  }
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

/// What counts as idle under ``Strategy/longestIdle``, and where ties are broken by idleness.
public enum IdleCounting: UInt8, CaseIterable, Sendable, BitwiseCopyable, Codable {
  /// Time ready and idle: a rep back from lunch goes to the end.
  case ready
  /// All time since the last call, offer or login, lunch included.
  case sinceLastCall
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

/// How long a rep is left in peace after an offer that was not answered: at least ``least``, whatever is
/// set. A phone that refuses by itself would otherwise be rung hundreds of times a second.
public struct RestAfterOffer: Equatable, Sendable, BitwiseCopyable, Codable {
  /// No phone rings again for a caller sooner than this after a ring that was not answered.
  public static let least: TimeSpan = .seconds(1)

  /// After not answering in the ring time.
  public var noAnswer: TimeSpan = .zero
  /// After ignoring with the button.
  public var ignored: TimeSpan = .seconds(5)
  /// After the phone could not be reached or was busy.
  public var unreachable: TimeSpan = .seconds(5)

  /// The least rest after a ring that was not heard, five seconds after the button and after an unreachable
  /// phone.
  public init() {}

  /// The rest after an offer that ended so; 0: none.
  func span(after outcome: OfferOutcome) -> TimeSpan {
    switch outcome {
    case .noAnswer: max(noAnswer, Self.least)
    case .ignored: max(ignored, Self.least)
    case .unreachable: max(unreachable, Self.least)
    case .answered, .wentNotReady, .lostRace, .callerAbandoned, .withdrawn: .zero
    }
  }
}

/// What a plan says of one queue.
public struct QueuePlan: Equatable, Sendable, Codable {
  /// How free reps are chosen.
  public var strategy: Strategy = .rotating
  /// The reps, in rotation order within each tier. Kept sorted by tier.
  public var members: [Member]
  /// Ring time of one offer: number of rings times the ring cycle.
  public var ringTimeout: TimeSpan = .seconds(18)
  /// Every call of the queue needs these skills.
  public var skills: SkillSet = []
  /// A rep who serves several queues takes from the heaviest first.
  public var weight: Int32 = 0
  /// Callers in line at most; 0: no limit.
  public var maxLength: Int32 = 0
  /// Wait at most; 0: no limit.
  public var maxWait: TimeSpan = .zero
  /// Rings at most for one call; phones that ring together count once. 0: no limit.
  public var maxOffers: UInt32 = 0
  /// How long phones ring for one caller at most, on the caller's clock; 0: no limit. A rest of a second or
  /// less is not rung.
  public var maxRingTime: TimeSpan = .zero
  /// A caller's wait after which tier `n + 1` is tried as well.
  public var tierAfter: [TimeSpan] = []
  /// Whether a caller waits for ``tierAfter`` although nobody in the tiers reached is ready.
  public var tierWaitsForEmpty = false
  /// What counts as idle where idleness decides.
  public var idleCounts: IdleCounting = .ready
  /// Who must be there for a caller to be let in.
  public var joinNeeds: Presence = .nobody
  /// Who must be there for a caller to stay in line.
  public var stayNeeds: Presence = .nobody
  /// Where a caller goes when the line is full.
  public var whenFull: Overflow = .voicemail
  /// Where a caller goes out of office hours.
  public var whenClosed: Overflow = .voicemail
  /// Where those go who are in line when office hours end.
  public var atClosing: Overflow = .stay
  /// Where a caller goes when nobody is there (``joinNeeds``, ``stayNeeds``).
  public var whenEmpty: Overflow = .voicemail
  /// Where a caller goes who has waited ``maxWait``, or used up ``maxOffers`` or ``maxRingTime``.
  public var whenExhausted: Overflow = .voicemail
  /// The occasions on which a caller who goes to another queue joins its end, behind those who have just called.
  /// On the others the time already waited counts there as well.
  public var waitsAnew: OverflowSet = []
  /// The rest a rep has after an unanswered offer.
  public var rest = RestAfterOffer()
  /// Wrap-up time after a call; 0: none.
  public var wrapUp: TimeSpan = .zero
  /// *Other* reps that must be free for a member to place an outbound call.
  public var minimumCover: UInt16 = 1
  /// The handle time assumed for estimated waits until calls have been observed.
  public var expectedHandleTime: TimeSpan = .minutes(4)

  /// A rotating queue served by `members`.
  public init(members: [Member]) { self.members = members }
}

extension QueuePlan {
  /// Reads a queue. One that was recorded before a key existed behaves as queues did then.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(members: try values.decode([Member].self, forKey: .members))
    strategy = try values.decode(Strategy.self, forKey: .strategy)
    ringTimeout = try values.decode(TimeSpan.self, forKey: .ringTimeout)
    skills = try values.decode(SkillSet.self, forKey: .skills)
    weight = try values.decode(Int32.self, forKey: .weight)
    maxLength = try values.decode(Int32.self, forKey: .maxLength)
    maxWait = try values.decode(TimeSpan.self, forKey: .maxWait)
    maxOffers = try values.decode(UInt32.self, forKey: .maxOffers)
    maxRingTime = try values.decode(TimeSpan.self, forKey: .maxRingTime)
    tierAfter = try values.decode([TimeSpan].self, forKey: .tierAfter)
    tierWaitsForEmpty = try values.decodeIfPresent(Bool.self, forKey: .tierWaitsForEmpty) ?? true
    idleCounts =
      try values.decodeIfPresent(IdleCounting.self, forKey: .idleCounts) ?? .sinceLastCall
    joinNeeds = try values.decode(Presence.self, forKey: .joinNeeds)
    stayNeeds = try values.decode(Presence.self, forKey: .stayNeeds)
    whenFull = try values.decode(Overflow.self, forKey: .whenFull)
    whenClosed = try values.decode(Overflow.self, forKey: .whenClosed)
    atClosing = try values.decodeIfPresent(Overflow.self, forKey: .atClosing) ?? .stay
    whenEmpty = try values.decode(Overflow.self, forKey: .whenEmpty)
    whenExhausted = try values.decode(Overflow.self, forKey: .whenExhausted)
    waitsAnew = try values.decodeIfPresent(OverflowSet.self, forKey: .waitsAnew) ?? .all
    rest = try values.decode(RestAfterOffer.self, forKey: .rest)
    wrapUp = try values.decode(TimeSpan.self, forKey: .wrapUp)
    minimumCover = try values.decode(UInt16.self, forKey: .minimumCover)
    expectedHandleTime = try values.decode(TimeSpan.self, forKey: .expectedHandleTime)
  }
}

/// The outbound calls that are followed by a wrap-up.
public struct WrapUpAfter: OptionSet, Hashable, Sendable, BitwiseCopyable, Codable {
  /// The bits.
  public var rawValue: UInt8
  /// The calls whose bits are set in `rawValue`.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Those that were answered.
  public static let answered = WrapUpAfter(rawValue: 1)
  /// Those that nobody answered: that has to be written down too.
  public static let unanswered = WrapUpAfter(rawValue: 2)
}

/// What holds for phones and callers of those who report without having attached, while nobody has.
public enum Unattached: UInt8, CaseIterable, Sendable, BitwiseCopyable, Codable {
  /// Their phones ring.
  case offer
  /// Nothing is offered until a telephony side attaches.
  case hold
}

/// What becomes of a caller whose rep's line is lost.
public enum LostLine: UInt8, CaseIterable, Sendable, BitwiseCopyable, Codable {
  /// The caller goes to the head of the line.
  case returnCaller
  /// The call is over, as one that was dropped.
  case endCall
}

/// The rules of the whole team.
public struct TeamRules: Equatable, Sendable, BitwiseCopyable, Codable {
  /// Refused offers in a row after which a rep is made not ready; 0: never. The last rep ready in a queue is
  /// spared.
  public var notReadyAfterRefusals: UInt32 = 3
  /// Customer hold after which the holder is reminded, and again after each such time; 0: never.
  public var holdReminder: TimeSpan = .seconds(60)
  /// A rep rung for a consultation has this long to pick up.
  public var consultRingTimeout: TimeSpan = .seconds(20)
  /// After picking up, the target has this long to confirm.
  public var confirmTimeout: TimeSpan = .minutes(3)
  /// An outbound call that nobody has reported on for this long is ended as lost; 0: never.
  public var dialTimeout: TimeSpan = .minutes(3)
  /// A connected call older than this is reported by the watchdog; 0: never.
  public var staleAfter: TimeSpan = .minutes(120)
  /// All extensions of one wrap-up together at most.
  public var maxWrapUpExtension: TimeSpan = .minutes(15)
  /// The outbound calls after which there is a wrap-up.
  public var wrapUpAfter: WrapUpAfter = [.answered, .unanswered]
  /// The wrap-up after an outbound call of a rep who serves several queues, or none; `nil`: that of the
  /// rep's first queue, if there is one.
  public var outboundWrapUp: TimeSpan?
  /// What holds while no telephony side has attached.
  public var unattached = Unattached.offer
  /// What becomes of an inbound caller whose rep's line is lost.
  public var lostLine = LostLine.returnCaller
  /// A call whose write-up lacks one of these is undocumented.
  public var requiredWriteUp: WriteUpFields = [.category, .disposition]

  /// The defaults above.
  public init() {}

  /// Reads rules. Those that were recorded before a key existed are as they were then.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    notReadyAfterRefusals = try values.decode(UInt32.self, forKey: .notReadyAfterRefusals)
    holdReminder = try values.decode(TimeSpan.self, forKey: .holdReminder)
    consultRingTimeout = try values.decode(TimeSpan.self, forKey: .consultRingTimeout)
    confirmTimeout = try values.decode(TimeSpan.self, forKey: .confirmTimeout)
    dialTimeout = try values.decodeIfPresent(TimeSpan.self, forKey: .dialTimeout) ?? .zero
    staleAfter = try values.decode(TimeSpan.self, forKey: .staleAfter)
    maxWrapUpExtension = try values.decode(TimeSpan.self, forKey: .maxWrapUpExtension)
    requiredWriteUp = try values.decode(WriteUpFields.self, forKey: .requiredWriteUp)
    wrapUpAfter =
      try values.decodeIfPresent(WrapUpAfter.self, forKey: .wrapUpAfter) ?? .answered
    outboundWrapUp = try values.decodeIfPresent(TimeSpan.self, forKey: .outboundWrapUp)
    unattached = try values.decodeIfPresent(Unattached.self, forKey: .unattached) ?? .offer
    lostLine = try values.decodeIfPresent(LostLine.self, forKey: .lostLine) ?? .endCall
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
