import Base

/// Where a call is.
public enum CallState: UInt8, Sendable, BitwiseCopyable {
  /// The row has no tenant.
  case unused
  /// In line.
  case waiting
  /// At least one phone rings for it.
  case offered
  /// With a rep.
  case connected
  /// Leaving a message.
  case voicemail
  /// Outbound, not answered yet.
  case dialling
}

/// Which way a call goes.
public enum Direction: UInt8, Sendable, BitwiseCopyable {
  /// Somebody called the team.
  case inbound
  /// A rep called somebody.
  case outbound
}

/// The hot state of one call.
public struct CallRow: Equatable, Sendable, BitwiseCopyable {
  /// Tells the tenants of the row apart.
  public internal(set) var generation: UInt32 = 0
  /// Where the call is.
  public internal(set) var state = CallState.unused
  /// Which way it goes.
  public internal(set) var direction = Direction.inbound
  /// The queue it waits in or came from, if ``hasQueue``.
  public internal(set) var queue = QueueID(0)
  /// Whether it belongs to a queue: all do but the outbound calls of reps who serve none.
  public internal(set) var hasQueue = true
  /// The rep who holds it; while phones ring, the one whose phone was asked last.
  public internal(set) var agent: AgentID?
  /// Higher goes first.
  public internal(set) var priority: UInt8 = 0
  /// A rep needs all of these to be offered the call.
  public internal(set) var skills: SkillSet = []
  /// When the call entered the system.
  public internal(set) var arrivedAt = Instant.distantPast
  /// When it entered its present queue: limits and tiers count from here.
  public internal(set) var enteredAt = Instant.distantPast
  /// ``enteredAt`` less the waiting credit: the order in line counts from here.
  public internal(set) var rankedAt = Instant.distantPast
  /// Order of arrival; breaks ties in line.
  public internal(set) var arrival: UInt64 = 0
  /// Whether the call was put at the head of the line, before all priorities.
  public internal(set) var isAtHead = false
  /// Phones ringing for it now.
  public internal(set) var liveOffers: UInt16 = 0
  /// Rings in the present queue: phones that ring together are one, and one that was withdrawn is none.
  public internal(set) var offersMade: UInt32 = 0
  /// How often the rep whose phone was asked last had refused the caller before, in the present queue.
  public internal(set) var round: UInt32 = 0
  /// Whether somebody has refused the caller in the present queue.
  public internal(set) var isRefused = false
  /// Ring time in the present queue up to the last ring's end: see ``ringTime(at:)``.
  public internal(set) var ringTimeUsed: TimeSpan = .zero
  /// When the present ring began, of whichever phone.
  public internal(set) var ringingSince = Instant.distantPast
  /// When the last ring in the present queue ended.
  public internal(set) var rangUntil = Instant.distantPast
  /// Whether the present ring counts: some phone of it was not withdrawn.
  public internal(set) var doesRingCount = false
  /// Reps up to this tier may be tried.
  public internal(set) var tier: UInt8 = 0
  /// Whether the caller has been offered a call-back.
  public internal(set) var isCallBackOffered = false
  /// Whether the caller has waited as long as the queue allows, and stayed.
  public internal(set) var isLimitPassed = false
  /// Whether the caller is on (customer) hold.
  public internal(set) var isHeld = false
  /// When the present hold began.
  public internal(set) var heldSince = Instant.distantPast
  /// Time on hold, ended holds only.
  public internal(set) var holdUsed: TimeSpan = .zero
  /// Reminders sent in the present hold.
  public internal(set) var holdReminders: UInt32 = 0
  /// When a rep answered, or the called party did.
  public internal(set) var connectedAt = Instant.distantPast
  /// When the present holder got the call.
  public internal(set) var heldBySince = Instant.distantPast
  /// What the write-up has so far.
  public internal(set) var writeUp: WriteUpFields = []
  /// Why it was placed (outbound).
  public internal(set) var purpose = OutboundPurpose.other
  /// The telephony side that carries it.
  public internal(set) var feed = FeedID.unnamed
  /// Whether that side is gone: the caller keeps the place in line, and no phone rings.
  public internal(set) var isStranded = false

  /// How long phones have rung for the caller in the present queue, if one rings or begins to at `now`.
  ///
  /// The caller's clock: the time does not depend on how many phones ring, and the pause after which the
  /// same phone may ring again belongs to it.
  func ringTime(at now: Instant) -> TimeSpan {
    if liveOffers > 0 { return ringTimeUsed + (now - ringingSince) }
    let pause = now - rangUntil
    return ringTimeUsed + (pause <= RestAfterOffer.least ? pause : .zero)
  }

  /// How long the caller has been on hold, all holds together.
  public func holdTime(at now: Instant) -> TimeSpan {
    holdUsed + (isHeld ? now - heldSince : .zero)
  }

  /// How long the caller has talked since somebody answered, holds left out; 0 if nobody has.
  public func talkTime(at now: Instant) -> TimeSpan {
    connectedAt == .distantPast ? .zero : max(.zero, now - connectedAt - holdTime(at: now))
  }

  /// Since when the caller has waited, the credit included. Who was at the head of a line, having been with a rep, has
  /// no such instant but that of the arrival.
  var waitedSince: Instant { rankedAt == .distantPast ? arrivedAt : rankedAt }

  /// The call's place in line.
  var place: WaitingLine.Place {
    WaitingLine.Place(
      priority: isAtHead ? .max : priority, since: isAtHead ? .distantPast : rankedAt,
      arrival: arrival)
  }
}

/// How often a rep has refused a caller in the caller's present queue.
struct RefusalCount: Equatable, Sendable, BitwiseCopyable {
  var agent: AgentID
  /// Stops at the largest number it can show.
  var count: UInt16
}

/// A queue that has passed a caller on to another one, and why.
struct TurnAway: Equatable, Sendable, BitwiseCopyable {
  var queue: QueueID
  var reason: DivertReason
}

/// The live calls: a table whose rows are used again, lowest cost per call and no hashing.
struct CallTable: Equatable, Sendable {
  private(set) var rows: [CallRow] = []
  /// Rows without a tenant; the last one is used next.
  private(set) var vacant: [UInt32] = []
  /// Per row, who has refused the call, by rep. Few calls are refused, so few of these have elements.
  private(set) var refusals: [[RefusalCount]] = []
  /// Per row, the queues that have passed the call on, in the order in which they did.
  private(set) var turnAways: [[TurnAway]] = []

  /// How many calls are live.
  var count: Int { rows.count - vacant.count }

  /// The id the next call will have.
  var nextID: CallID {
    guard let slot = vacant.last else { return CallID(slot: UInt32(rows.count), generation: 1) }
    // After 4,000 million tenants of one row nobody knows the first of them any more.
    return CallID(slot: slot, generation: rows[Int(slot)].generation &+ 1)
  }

  /// Whether `call` is live.
  func contains(_ call: CallID) -> Bool {
    call.index < rows.count && rows[call.index].generation == call.generation
      && rows[call.index].state != .unused
  }

  subscript(call: CallID) -> CallRow {
    get { rows[call.index] }
    _modify { yield &rows[call.index] }
  }

  /// The call in row `slot`, if it has one.
  func call(inSlot slot: Int) -> CallID? {
    guard slot < rows.count, rows[slot].state != .unused else { return nil }
    return CallID(slot: UInt32(slot), generation: rows[slot].generation)
  }

  /// Moves a new tenant in. `call` must be ``nextID``.
  mutating func open(_ call: CallID) {
    invariant(call == nextID, "a new call takes the next row")
    if vacant.isEmpty {
      rows.append(CallRow())
      refusals.append([])
      turnAways.append([])
    } else {
      vacant.removeLast()
    }
    rows[call.index] = CallRow()
    rows[call.index].generation = call.generation
  }

  /// Moves the tenant out.
  mutating func close(_ call: CallID) {
    rows[call.index].state = .unused
    forgetRefusals(of: call)
    forgetTurnAways(of: call)
    vacant.append(call.slot)
  }

  // MARK: Refusals

  /// How often `agent` has refused `call` in its present queue.
  @inline(__always)
  func refusals(of call: CallID, by agent: AgentID) -> UInt16 {
    if !rows[call.index].isRefused { return 0 }
    let (index, isThere) = place(of: agent, call)
    return isThere ? refusals[call.index][index].count : 0
  }

  /// Counts one more refusal.
  mutating func countRefusal(of call: CallID, by agent: AgentID) {
    rows[call.index].isRefused = true
    let (index, isThere) = place(of: agent, call)
    if !isThere {
      refusals[call.index].insert(RefusalCount(agent: agent, count: 1), at: index)
    } else if refusals[call.index][index].count < .max {
      refusals[call.index][index].count += 1
    }
  }

  /// Everybody may be asked as if for the first time.
  mutating func forgetRefusals(of call: CallID) {
    if !rows[call.index].isRefused { return }
    rows[call.index].isRefused = false
    refusals[call.index].removeAll()
  }

  /// Where `agent` is, or belongs, among those who have refused `call`.
  /// - Complexity: O(log *reps who refused*)
  private func place(of agent: AgentID, _ call: CallID) -> (index: Int, isThere: Bool) {
    var low = 0
    var high = refusals[call.index].count
    while low < high {
      let middle = (low + high) / 2
      if refusals[call.index][middle].agent < agent { low = middle + 1 } else { high = middle }
    }
    let isThere = low < refusals[call.index].count && refusals[call.index][low].agent == agent
    return (low, isThere)
  }

  // MARK: Overflow

  /// Remembers that a queue has passed the call on.
  mutating func remember(_ turnAway: TurnAway, of call: CallID) {
    if turnAways[call.index].contains(turnAway) { return }
    turnAways[call.index].append(turnAway)
  }

  /// The caller begins anew: every queue may be asked.
  mutating func forgetTurnAways(of call: CallID) {
    if !turnAways[call.index].isEmpty { turnAways[call.index].removeAll() }
  }

  // MARK: Snapshots

  /// Whether the table is one: lists for each row, and each vacant row vacant, once.
  var isWhole: Bool {
    refusals.count == rows.count && turnAways.count == rows.count
      && vacant.allSatisfy { Int($0) < rows.count && rows[Int($0)].state == .unused }
      && Set(vacant).count == vacant.count
      && vacant.count == rows.count(where: { $0.state == .unused })
      && zip(rows, refusals).allSatisfy { $0.isRefused == !$1.isEmpty }
      && refusals.allSatisfy { list in
        zip(list, list.dropFirst()).allSatisfy { $0.agent < $1.agent }
      }
  }

  /// Takes part in a snapshot.
  mutating func archive(_ archive: inout some StateArchive) {
    archive.array(&rows, of: CallRow()) { row, archive in row.archive(&archive) }
    archive.array(&vacant, of: 0) { slot, archive in archive.integer(&slot) }
    archive.array(&refusals, of: []) { list, archive in
      archive.array(&list, of: RefusalCount(agent: AgentID(0), count: 0)) { entry, archive in
        archive.integer(&entry.agent.rawValue)
        archive.integer(&entry.count)
      }
    }
    archive.array(&turnAways, of: []) { list, archive in
      archive.array(&list, of: TurnAway(queue: QueueID(0), reason: .full)) { entry, archive in
        archive.integer(&entry.queue.rawValue)
        archive.code(&entry.reason)
      }
    }
  }
}
