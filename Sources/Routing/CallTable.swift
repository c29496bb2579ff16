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
  /// The queue it waits in or came from.
  public internal(set) var queue = QueueID(0)
  /// The rep who holds it.
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
  /// Offers made in the present queue.
  public internal(set) var offersMade: UInt32 = 0
  /// Rounds of the refusal memory: 0 until every free rep has refused once.
  public internal(set) var round: UInt32 = 0
  /// Ring time used in the present queue, ended offers only.
  public internal(set) var ringTimeUsed: Microseconds = 0
  /// Reps up to this tier may be tried.
  public internal(set) var tier: UInt8 = 0
  /// Queues that have passed the call on.
  public internal(set) var diversions: UInt8 = 0
  /// Whether the caller has been offered a call-back.
  public internal(set) var isCallBackOffered = false
  /// Whether the caller has waited as long as the queue allows, and stayed.
  public internal(set) var isLimitPassed = false
  /// Whether the caller is on (customer) hold.
  public internal(set) var isHeld = false
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

  /// The call's place in line.
  var place: WaitingLine.Place {
    WaitingLine.Place(
      priority: isAtHead ? .max : priority, since: isAtHead ? .distantPast : rankedAt,
      arrival: arrival)
  }
}

/// The live calls: a table whose rows are used again, lowest cost per call and no hashing.
struct CallTable: Equatable, Sendable {
  private(set) var rows: [CallRow] = []
  /// Rows without a tenant; the last one is used next.
  private(set) var vacant: [UInt32] = []
  /// Per call, the reps who refused it in the present round: `wordsPerCall` words a row.
  private(set) var refusedBy: [UInt64] = []
  private var wordsPerCall: Int

  /// A table for a plan with `agentCount` reps.
  init(agentCount: Int) { wordsPerCall = (agentCount + 63) / 64 }

  /// How many calls are live.
  var count: Int { rows.count - vacant.count }

  /// The id the next call will have.
  var nextID: CallID {
    guard let slot = vacant.last else { return CallID(slot: UInt32(rows.count), generation: 1) }
    return CallID(slot: slot, generation: rows[Int(slot)].generation + 1)
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
      for _ in 0..<wordsPerCall { refusedBy.append(0) }
    } else {
      vacant.removeLast()
    }
    rows[call.index] = CallRow()
    rows[call.index].generation = call.generation
    forgetRefusals(of: call)
  }

  /// Moves the tenant out.
  mutating func close(_ call: CallID) {
    rows[call.index].state = .unused
    vacant.append(call.slot)
  }

  /// Whether `agent` has refused `call` in the present round.
  func hasRefused(_ agent: AgentID, _ call: CallID) -> Bool {
    let word = refusedBy[call.index * wordsPerCall + agent.index >> 6]
    return word & (1 << UInt64(agent.index & 63)) != 0
  }

  /// Remembers that `agent` refused `call`.
  mutating func rememberRefusal(of call: CallID, by agent: AgentID) {
    refusedBy[call.index * wordsPerCall + agent.index >> 6] |= 1 << UInt64(agent.index & 63)
  }

  /// Starts a new round: everybody may be tried again.
  mutating func forgetRefusals(of call: CallID) {
    let start = call.index * wordsPerCall
    for word in start..<start + wordsPerCall { refusedBy[word] = 0 }
  }

  /// Makes room for a plan with more reps.
  /// - Complexity: O(*calls* x *reps*)
  mutating func grow(toAgentCount agentCount: Int) {
    let words = (agentCount + 63) / 64
    if words <= wordsPerCall { return }
    var wider: [UInt64] = []
    wider.reserveCapacity(rows.count * words)
    for slot in rows.indices {
      wider += refusedBy[slot * wordsPerCall..<(slot + 1) * wordsPerCall]
      wider += [UInt64](repeating: 0, count: words - wordsPerCall)
    }
    refusedBy = wider
    wordsPerCall = words
  }

  /// Whether the table is one: as many words as it needs, and each vacant row vacant, once.
  func isWhole(agentCount: Int) -> Bool {
    wordsPerCall == (agentCount + 63) / 64 && refusedBy.count == rows.count * wordsPerCall
      && vacant.allSatisfy { Int($0) < rows.count && rows[Int($0)].state == .unused }
      && Set(vacant).count == vacant.count
      && vacant.count == rows.count(where: { $0.state == .unused })
      && rows.allSatisfy { $0.generation < .max }
  }

  /// Takes part in a snapshot.
  mutating func archive(_ archive: inout some StateArchive) {
    archive.integer(&wordsPerCall)
    archive.array(&rows, of: CallRow()) { row, archive in row.archive(&archive) }
    archive.array(&vacant, of: 0) { slot, archive in archive.integer(&slot) }
    archive.array(&refusedBy, of: 0) { word, archive in archive.integer(&word) }
  }
}
