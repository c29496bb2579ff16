import Base

// The whole state as bytes, and back.

extension RoutingEngine {
  /// The version of the bytes that ``snapshot()`` makes.
  public static let snapshotVersion: UInt64 = 3

  /// The state as bytes. Equal states give equal bytes, on every machine.
  ///
  /// The plan is not part of it: whoever keeps the snapshot keeps the plan beside it.
  /// - Complexity: O(*reps* + *live calls*)
  public func snapshot() -> [UInt8] {
    var writer = StateWriter()
    var version = Self.snapshotVersion
    writer.unsigned(&version)
    var copy = self
    copy.archive(&writer)
    return writer.bytes
  }

  /// The engine whose ``snapshot()`` gave `bytes`, under the plan it had.
  /// - Returns: `nil` if the bytes are damaged, of another version, or do not fit the plan.
  public init?(plan: RoutingPlan, seed: UInt64, snapshot bytes: [UInt8]) {
    self.init(plan, seed: seed)
    var reader = StateReader(bytes[...])
    var version: UInt64 = 0
    reader.unsigned(&version)
    guard version == Self.snapshotVersion else { return nil }
    archive(&reader)
    guard reader.isValid, reader.isAtEnd, agents.count == plan.agents.count,
      notReadySwitches.count == plan.agents.count, queues.count == plan.queues.count,
      transfers.count == plan.agents.count, namesExist
    else { return nil }
    rebuildDerivedState()
    guard invariantViolations().isEmpty else { return nil }
  }

  /// The state as bytes, as if the last step had been at `instant`: for comparison with a replay,
  /// which knows of the instants of events only.
  public func snapshot(at instant: Instant) -> [UInt8] {
    var copy = self
    copy.now = instant
    return copy.snapshot()
  }

  private mutating func archive(_ archive: inout some StateArchive) {
    archive.instant(&now)
    archive.integer(&seed)
    archive.integer(&lastOffer.rawValue)
    archive.integer(&lastTransfer.rawValue)
    archive.integer(&lastRequest.rawValue)
    archive.integer(&lastArrival)
    archive.array(&agents, of: AgentRow()) { row, archive in row.archive(&archive) }
    let noSwitch = NotReadySwitch(reason: .justLoggedIn, queue: nil, until: .never, setBy: .agent)
    archive.array(&notReadySwitches, of: []) { list, archive in
      archive.array(&list, of: noSwitch) { entry, archive in entry.archive(&archive) }
    }
    archive.array(&transfers, of: TransferRow()) { row, archive in row.archive(&archive) }
    archive.array(&queues, of: QueueRow(expectedHandleTime: .zero)) { row, archive in
      row.archive(&archive)
    }
    calls.archive(&archive)
    let blank = RequestRow(
      id: RequestID(0), agent: AgentID(0), purpose: .other, expires: .never)
    archive.array(&requests, of: blank) { row, archive in row.archive(&archive) }
    archive.array(&feedsThere, of: false) { isThere, archive in archive.boolean(&isThere) }
    archiveDeadlines(&archive)
  }

  private mutating func archiveDeadlines(_ archive: inout some StateArchive) {
    var flat = deadlines.sorted.flatMap { [$0.at.microseconds, Int64($0.key)] }
    archive.array(&flat, of: 0) { value, archive in archive.integer(&value) }
    if archive.isReading {
      deadlines = DeadlineHeap()
      for i in stride(from: 0, to: flat.count - 1, by: 2) {
        deadlines.restore(
          key: UInt32(truncatingIfNeeded: flat[i + 1]), at: Instant(microseconds: flat[i]),
          below: mostRows)
      }
    }
  }

  /// Lines, free sets and presence follow from the rows.
  private mutating func rebuildDerivedState() {
    let pointers = queues.map(\.pointers)
    deriveFeeds()
    seat()
    for q in queues.indices where pointers[q].count == queues[q].pointers.count {
      queues[q].pointers = pointers[q]
    }
    for slot in calls.rows.indices {
      guard let call = calls.call(inSlot: slot), calls[call].state == .waiting else { continue }
      guard calls[call].queue.index < queues.count else { continue }
      insertInLine(call)
    }
    unsettled.removeAll()
  }
}

extension QueueRow {
  fileprivate mutating func archive(_ archive: inout some StateArchive) {
    archive.array(&ringing, of: CallID(rawValue: 0)) { call, archive in archive.call(&call) }
    archive.array(&pointers, of: 0) { pointer, archive in archive.integer(&pointer) }
    archive.span(&handleTime)
    archive.instant(&opensAt)
    archive.instant(&closesAt)
    archive.boolean(&isOpen)
  }
}

extension NotReadySwitch {
  fileprivate mutating func archive(_ archive: inout some StateArchive) {
    archive.integer(&reason.rawValue)
    archive.optional(&queue, QueueID(0)) { queue, archive in archive.integer(&queue.rawValue) }
    archive.instant(&until)
    archive.code(&setBy)
  }
}

extension AgentRow {
  fileprivate mutating func archive(_ archive: inout some StateArchive) {
    archive.code(&availability)
    archive.integer(&reason.rawValue)
    archive.instant(&notReadyUntil)
    archive.boolean(&isAwayFromQueues)
    archive.code(&activity)
    let blank = Offer(
      id: OfferID(0), call: CallID(rawValue: 0), queue: QueueID(0), offeredAt: .distantPast,
      ringTimeout: .zero, expiresAt: .never)
    archive.optional(&offer, blank) { offer, archive in offer.archive(&archive) }
    archive.optional(&call, CallID(rawValue: 0)) { call, archive in archive.call(&call) }
    archive.optional(&consultHolder, AgentID(0)) { agent, archive in
      archive.integer(&agent.rawValue)
    }
    archive.instant(&restUntil)
    archive.instant(&idleSince)
    archive.instant(&availabilitySince)
    archive.instant(&activitySince)
    archive.integer(&consecutiveRefusals)
    archive.integer(&callsToday)
    archive.span(&talkToday)
    archive.optional(&wrapUpCall, CallID(rawValue: 0)) { call, archive in archive.call(&call) }
    archive.integer(&wrapUpFields.rawValue)
    archive.boolean(&owesWriteUp)
    archive.instant(&wrapUpUntil)
    archive.span(&wrapUpExtended)
    archive.code(&phone)
    archive.integer(&feed.rawValue)
  }
}

extension Offer {
  fileprivate mutating func archive(_ archive: inout some StateArchive) {
    archive.integer(&id.rawValue)
    archive.call(&call)
    archive.integer(&queue.rawValue)
    archive.instant(&offeredAt)
    archive.span(&ringTimeout)
    archive.instant(&expiresAt)
    archive.boolean(&isRinging)
    archive.boolean(&isCutShort)
    archive.optional(&chosenAfter, AgentID(0)) { agent, archive in archive.integer(&agent.rawValue)
    }
  }
}

extension TransferRow {
  fileprivate mutating func archive(_ archive: inout some StateArchive) {
    archive.integer(&id.rawValue)
    archive.code(&state)
    archive.call(&call)
    target.archive(&archive)
    archive.optional(&agent, AgentID(0)) { agent, archive in archive.integer(&agent.rawValue) }
    archive.integer(&attempts)
  }
}

extension TransferTarget {
  fileprivate mutating func archive(_ archive: inout some StateArchive) {
    var kind: UInt8 = 0
    var index: UInt16 = 0
    switch self {
    case .outside: break
    case .agent(let agent): (kind, index) = (1, agent.rawValue)
    case .queue(let queue): (kind, index) = (2, queue.rawValue)
    }
    archive.integer(&kind)
    archive.integer(&index)
    self =
      switch kind {
      case 1: .agent(AgentID(Int(index)))
      case 2: .queue(QueueID(Int(index)))
      default: .outside  // foreign: UInt8
      }
  }
}

extension RequestRow {
  fileprivate mutating func archive(_ archive: inout some StateArchive) {
    archive.integer(&id.rawValue)
    archive.integer(&agent.rawValue)
    archive.code(&purpose)
    archive.instant(&expires)
  }
}

extension CallRow {
  mutating func archive(_ archive: inout some StateArchive) {
    archive.integer(&generation)
    archive.code(&state)
    if state == .unused {
      let tombstone = generation
      self = CallRow()
      generation = tombstone
      return
    }
    archive.code(&direction)
    archive.integer(&queue.rawValue)
    archive.boolean(&hasQueue)
    archive.optional(&agent, AgentID(0)) { agent, archive in archive.integer(&agent.rawValue) }
    archive.integer(&priority)
    archive.integer(&skills.rawValue)
    archive.instant(&arrivedAt)
    archive.instant(&enteredAt)
    archive.instant(&rankedAt)
    archive.integer(&arrival)
    archive.boolean(&isAtHead)
    archive.integer(&liveOffers)
    archive.integer(&offersMade)
    archive.integer(&round)
    archive.boolean(&isRefused)
    archive.span(&ringTimeUsed)
    archive.instant(&ringingSince)
    archive.instant(&rangUntil)
    archive.boolean(&doesRingCount)
    archive.integer(&tier)
    archive.boolean(&isCallBackOffered)
    archive.boolean(&isLimitPassed)
    archive.boolean(&isHeld)
    archive.instant(&heldSince)
    archive.span(&holdUsed)
    archive.integer(&holdReminders)
    archive.instant(&connectedAt)
    archive.instant(&heldBySince)
    archive.integer(&writeUp.rawValue)
    archive.code(&purpose)
    archive.integer(&feed.rawValue)
  }
}

extension StateArchive {
  mutating func call(_ value: inout CallID) {
    var raw = value.rawValue
    integer(&raw)
    value = CallID(rawValue: raw)
  }
}
