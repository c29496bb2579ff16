import Base

/// An event as small integers: what the journal stores.
///
/// A kind and up to six fields, written as LEB128 (signed fields zigzag-coded). Kinds are never
/// given a new meaning; a new event gets a new kind. The journal's schema version covers the rest.
public struct EventCode: Equatable, Sendable, BitwiseCopyable {
  /// Which event.
  public var kind: UInt8
  /// Its fields, unused ones 0.
  public var fields: (Int64, Int64, Int64, Int64, Int64, Int64)

  init(
    _ kind: UInt8, _ f0: Int64 = 0, _ f1: Int64 = 0, _ f2: Int64 = 0, _ f3: Int64 = 0,
    _ f4: Int64 = 0, _ f5: Int64 = 0
  ) {
    self.kind = kind
    fields = (f0, f1, f2, f3, f4, f5)
  }

  /// The field at `index`, 0 to 5.
  public subscript(index: Int) -> Int64 {
    switch index {
    case 0: fields.0
    case 1: fields.1
    case 2: fields.2
    case 3: fields.3
    case 4: fields.4
    default: fields.5
    }
  }

  /// Whether kind and all fields are the same.
  public static func == (a: EventCode, b: EventCode) -> Bool {
    a.kind == b.kind && a.fields == b.fields
  }
}

extension CallID { fileprivate var i64: Int64 { Int64(bitPattern: rawValue) } }
extension AgentID { fileprivate var i64: Int64 { Int64(rawValue) } }
extension QueueID { fileprivate var i64: Int64 { Int64(rawValue) } }
extension OfferID { fileprivate var i64: Int64 { Int64(bitPattern: rawValue) } }
extension TransferID { fileprivate var i64: Int64 { Int64(bitPattern: rawValue) } }
extension RequestID { fileprivate var i64: Int64 { Int64(bitPattern: rawValue) } }
extension Optional<AgentID> { fileprivate var i64: Int64 { map { $0.i64 + 1 } ?? 0 } }
extension RawRepresentable where RawValue == UInt8 {
  fileprivate var i64: Int64 { Int64(rawValue) }
}

extension Event {
  /// The event as integers.
  public var code: EventCode {
    switch self {
    case .callArrived(let c, let q, let priority, let credit, let skills):
      EventCode(
        1, c.i64, q.i64, Int64(priority), credit.microseconds, Int64(bitPattern: skills.rawValue))
    case .callDiverted(let c, let q, let reason, let to):
      EventCode(2, c.i64, q.i64, reason.i64, to.i64)
    case .callOffered(let o, let c, let a, let q, let ring, let round):
      EventCode(3, o.i64, c.i64, a.i64, q.i64, ring.microseconds, Int64(round))
    case .offerRinging(let o, let c, let a): EventCode(4, o.i64, c.i64, a.i64)
    case .offerEnded(let o, let c, let a, let outcome, let rest):
      EventCode(5, o.i64, c.i64, a.i64, outcome.i64, rest.microseconds)
    case .callAnswered(let o, let c, let a): EventCode(6, o.i64, c.i64, a.i64)
    case .tierEscalated(let c, let tier): EventCode(7, c.i64, Int64(tier))
    case .callHeld(let c): EventCode(8, c.i64)
    case .callResumed(let c): EventCode(9, c.i64)
    case .holdReminded(let c, let a, let n): EventCode(10, c.i64, a.i64, Int64(n))
    case .callEnded(let c, let a, let reason): EventCode(11, c.i64, a.i64, reason.i64)
    case .callWrittenUp(let c, let a, let f): EventCode(12, c.i64, a.i64, f.i64)
    case .callLeftUndocumented(let c, let a): EventCode(13, c.i64, a.i64)
    case .callReturnedToQueue(let c, let q, let a): EventCode(14, c.i64, q.i64, a.i64)
    case .callFoundStale(let c, let a): EventCode(15, c.i64, a.i64)
    default: teamCode
    }
  }

  private var teamCode: EventCode {
    switch self {
    case .agentLoggedIn(let a): EventCode(20, a.i64)
    case .agentLoggedOut(let a): EventCode(21, a.i64)
    case .agentBecameReady(let a): EventCode(22, a.i64)
    case .agentBecameNotReady(let a, let reason, let until, let by, let shown):
      // 0 where both are the same, as in the records of versions that knew one reason only.
      EventCode(
        23, a.i64, Int64(reason.rawValue), until.microseconds, by.i64,
        shown == reason ? 0 : Int64(shown.rawValue) + 1)
    case .agentReasonEnded(let a, let reason, let shown):
      EventCode(28, a.i64, Int64(reason.rawValue), Int64(shown.rawValue))
    case .agentLeftQueue(let a, let q, let reason, let until, let by):
      EventCode(29, a.i64, q.i64, Int64(reason.rawValue), until.microseconds, by.i64)
    case .agentRejoinedQueue(let a, let q, let reason):
      EventCode(30, a.i64, q.i64, Int64(reason.rawValue))
    case .agentSpared(let a, let q, let refusals): EventCode(31, a.i64, q.i64, Int64(refusals))
    case .agentRested(let a): EventCode(24, a.i64)
    case .wrapUpStarted(let a, let c, let until):
      EventCode(25, a.i64, c.i64, until.microseconds)
    case .wrapUpExtended(let a, let until): EventCode(26, a.i64, until.microseconds)
    case .wrapUpEnded(let a): EventCode(27, a.i64)
    case .outboundRequested(let r, let a, let p, let expires):
      EventCode(50, r.i64, a.i64, p.i64, expires.microseconds)
    case .outboundGranted(let r, let a, let p, let c): EventCode(51, r.i64, a.i64, p.i64, c.i64)
    case .outboundRefused(let a, let p, let rule, let q):
      EventCode(52, a.i64, p.i64, rule.i64, q.i64)
    case .outboundRequestEnded(let r, let a, let o): EventCode(53, r.i64, a.i64, o.i64)
    case .outboundConnected(let c, let a): EventCode(54, c.i64, a.i64)
    case .officeHoursSet(let q, let opens, let closes):
      EventCode(60, q.i64, opens.microseconds, closes.microseconds)
    case .queueOpened(let q): EventCode(61, q.i64)
    case .queueClosed(let q): EventCode(62, q.i64)
    case .dayStarted: EventCode(63)
    default: transferCode
    }
  }

  private var transferCode: EventCode {
    switch self {
    case .consultStarted(let t, let c, let h, let target):
      EventCode(40, t.i64, c.i64, h.i64, target.i64)
    case .consultOffered(let t, let h, let a): EventCode(41, t.i64, h.i64, a.i64)
    case .consultRefused(let t, let h, let a, let o): EventCode(42, t.i64, h.i64, a.i64, o.i64)
    case .consultAnswered(let t, let h): EventCode(43, t.i64, h.i64)
    case .consultConfirmed(let t, let h): EventCode(44, t.i64, h.i64)
    case .transferCompleted(let t, let c, let h, let target):
      EventCode(45, t.i64, c.i64, h.i64, target.i64)
    case .transferEnded(let t, let c, let h, let o): EventCode(46, t.i64, c.i64, h.i64, o.i64)
    case .blindTransferPrevented(let c, let a, let cause):
      EventCode(47, c.i64, a.i64, cause.i64)
    default: EventCode(0)
    }
  }

  /// The event that `code` stands for; `nil` for an unknown kind or an impossible field.
  public init?(_ code: EventCode) {
    let event: Event? =
      switch code.kind {
      case 1...15: Event(ofCall: Fields(code))
      case 20...31: Event(ofAgent: Fields(code))
      case 40...47: Event(ofTransfer: Fields(code))
      case 50...63: Event(ofRequestOrCalendar: Fields(code))
      default: nil
      }
    // A field that does not fit its type would come out as another one.
    guard let event, event.code == code else { return nil }
    self = event
  }
}

/// Reads the fields of a code as what they are.
private struct Fields {
  private let code: EventCode

  init(_ code: EventCode) { self.code = code }

  var kind: UInt8 { code.kind }
  func int(_ i: Int) -> Int64 { code[i] }
  func call(_ i: Int) -> CallID { CallID(rawValue: UInt64(bitPattern: int(i))) }
  func agent(_ i: Int) -> AgentID { AgentID(Int(truncatingIfNeeded: int(i))) }
  func agentOrNone(_ i: Int) -> AgentID? {
    int(i) == 0 ? nil : AgentID(Int(truncatingIfNeeded: int(i) &- 1))
  }
  func queue(_ i: Int) -> QueueID { QueueID(Int(truncatingIfNeeded: int(i))) }
  func reason(_ i: Int) -> NotReadyReason {
    NotReadyReason(UInt16(truncatingIfNeeded: int(i)))
  }
  func offer(_ i: Int) -> OfferID { OfferID(UInt64(bitPattern: int(i))) }
  func transfer(_ i: Int) -> TransferID { TransferID(UInt64(bitPattern: int(i))) }
  func request(_ i: Int) -> RequestID { RequestID(UInt64(bitPattern: int(i))) }
  func instant(_ i: Int) -> Instant { Instant(microseconds: int(i)) }
  func span(_ i: Int) -> TimeSpan { TimeSpan(microseconds: int(i)) }
  func code<T: RawRepresentable>(_ i: Int) -> T? where T.RawValue == UInt8 {
    UInt8(exactly: int(i)).flatMap { T(rawValue: $0) }
  }
}

extension Event {
  fileprivate init?(ofCall f: Fields) {
    switch f.kind {
    case 1:
      self = .callArrived(
        f.call(0), queue: f.queue(1), priority: UInt8(truncatingIfNeeded: f.int(2)),
        credit: f.span(3), skills: SkillSet(rawValue: UInt64(bitPattern: f.int(4))))
    case 2:
      guard let reason: DivertReason = f.code(2), let to = Overflow(i64: f.int(3)) else {
        return nil
      }
      self = .callDiverted(f.call(0), queue: f.queue(1), reason: reason, to: to)
    case 3:
      self = .callOffered(
        f.offer(0), call: f.call(1), agent: f.agent(2), queue: f.queue(3), ringTimeout: f.span(4),
        round: UInt32(truncatingIfNeeded: f.int(5)))
    case 4: self = .offerRinging(f.offer(0), call: f.call(1), agent: f.agent(2))
    case 5:
      guard let outcome: OfferOutcome = f.code(3) else { return nil }
      self = .offerEnded(
        f.offer(0), call: f.call(1), agent: f.agent(2), outcome: outcome, restUntil: f.instant(4))
    case 6: self = .callAnswered(f.offer(0), call: f.call(1), agent: f.agent(2))
    case 7: self = .tierEscalated(f.call(0), tier: UInt8(truncatingIfNeeded: f.int(1)))
    case 8: self = .callHeld(f.call(0))
    case 9: self = .callResumed(f.call(0))
    case 10:
      self = .holdReminded(
        f.call(0), agent: f.agent(1), count: UInt32(truncatingIfNeeded: f.int(2)))
    case 11:
      guard let reason: EndReason = f.code(2) else { return nil }
      self = .callEnded(f.call(0), agent: f.agentOrNone(1), reason: reason)
    case 12:
      let fields = WriteUpFields(rawValue: UInt8(truncatingIfNeeded: f.int(2)))
      self = .callWrittenUp(f.call(0), agent: f.agent(1), fields: fields)
    case 13: self = .callLeftUndocumented(f.call(0), agent: f.agent(1))
    case 14: self = .callReturnedToQueue(f.call(0), queue: f.queue(1), agent: f.agent(2))
    default: self = .callFoundStale(f.call(0), agent: f.agentOrNone(1))
    }
  }

  fileprivate init?(ofAgent f: Fields) {
    switch f.kind {
    case 20: self = .agentLoggedIn(f.agent(0))
    case 21: self = .agentLoggedOut(f.agent(0))
    case 22: self = .agentBecameReady(f.agent(0))
    case 23:
      guard let by: Initiator = f.code(3) else { return nil }
      self = .agentBecameNotReady(
        f.agent(0), reason: f.reason(1), until: f.instant(2), by: by,
        shown: f.int(4) == 0 ? f.reason(1) : NotReadyReason(f.reason(4).rawValue &- 1))
    case 24: self = .agentRested(f.agent(0))
    case 25: self = .wrapUpStarted(f.agent(0), call: f.call(1), until: f.instant(2))
    case 26: self = .wrapUpExtended(f.agent(0), until: f.instant(1))
    case 27: self = .wrapUpEnded(f.agent(0))
    case 28: self = .agentReasonEnded(f.agent(0), reason: f.reason(1), shown: f.reason(2))
    case 29:
      guard let by: Initiator = f.code(4) else { return nil }
      self = .agentLeftQueue(
        f.agent(0), queue: f.queue(1), reason: f.reason(2), until: f.instant(3), by: by)
    case 30: self = .agentRejoinedQueue(f.agent(0), queue: f.queue(1), reason: f.reason(2))
    default:
      self = .agentSpared(
        f.agent(0), queue: f.queue(1), refusals: UInt32(truncatingIfNeeded: f.int(2)))
    }
  }

  fileprivate init?(ofTransfer f: Fields) {
    switch f.kind {
    case 40:
      guard let target = TransferTarget(i64: f.int(3)) else { return nil }
      self = .consultStarted(f.transfer(0), call: f.call(1), holder: f.agent(2), target: target)
    case 41: self = .consultOffered(f.transfer(0), holder: f.agent(1), agent: f.agent(2))
    case 42:
      guard let outcome: OfferOutcome = f.code(3) else { return nil }
      self = .consultRefused(
        f.transfer(0), holder: f.agent(1), agent: f.agent(2), outcome: outcome)
    case 43: self = .consultAnswered(f.transfer(0), holder: f.agent(1))
    case 44: self = .consultConfirmed(f.transfer(0), holder: f.agent(1))
    case 45:
      self = .transferCompleted(
        f.transfer(0), call: f.call(1), holder: f.agent(2), target: f.agentOrNone(3))
    case 46:
      guard let outcome: TransferOutcome = f.code(3) else { return nil }
      self = .transferEnded(f.transfer(0), call: f.call(1), holder: f.agent(2), outcome: outcome)
    default:
      guard let cause: BlindTransferCause = f.code(2) else { return nil }
      self = .blindTransferPrevented(f.call(0), agent: f.agent(1), cause: cause)
    }
  }

  fileprivate init?(ofRequestOrCalendar f: Fields) {
    switch f.kind {
    case 50:
      guard let purpose: OutboundPurpose = f.code(2) else { return nil }
      self = .outboundRequested(
        f.request(0), agent: f.agent(1), purpose: purpose, expires: f.instant(3))
    case 51:
      guard let purpose: OutboundPurpose = f.code(2) else { return nil }
      self = .outboundGranted(f.request(0), agent: f.agent(1), purpose: purpose, call: f.call(3))
    case 52:
      guard let purpose: OutboundPurpose = f.code(1), let rule: Rule = f.code(2) else {
        return nil
      }
      self = .outboundRefused(f.agent(0), purpose: purpose, rule: rule, queue: f.queue(3))
    case 53:
      guard let outcome: RequestOutcome = f.code(2) else { return nil }
      self = .outboundRequestEnded(f.request(0), agent: f.agent(1), outcome: outcome)
    case 54: self = .outboundConnected(f.call(0), agent: f.agent(1))
    case 60: self = .officeHoursSet(f.queue(0), opens: f.instant(1), closes: f.instant(2))
    case 61: self = .queueOpened(f.queue(0))
    case 62: self = .queueClosed(f.queue(0))
    case 63: self = .dayStarted
    default: return nil
    }
  }
}

extension Overflow {
  fileprivate var i64: Int64 {
    switch self {
    case .stay: 0
    case .voicemail: 1
    case .offerCallBack: 2
    case .reject: 3
    case .queue(let queue): 16 + queue.i64
    }
  }

  fileprivate init?(i64: Int64) {
    switch i64 {
    case 0: self = .stay
    case 1: self = .voicemail
    case 2: self = .offerCallBack
    case 3: self = .reject
    case 16...: self = .queue(QueueID(Int(i64 - 16)))
    default: return nil
    }
  }
}

extension TransferTarget {
  fileprivate var i64: Int64 {
    switch self {
    case .outside: 0
    case .agent(let agent): agent.i64 << 2 | 1
    case .queue(let queue): queue.i64 << 2 | 2
    }
  }

  fileprivate init?(i64: Int64) {
    switch i64 & 3 {
    case 0: self = .outside
    case 1: self = .agent(AgentID(Int(i64 >> 2)))
    case 2: self = .queue(QueueID(Int(i64 >> 2)))
    default: return nil
    }
  }
}

extension EventCode {
  /// Appends the code to `bytes`: kind, number of fields used, fields.
  public func write(to bytes: inout [UInt8]) {
    var used = 6
    while used > 0, self[used - 1] == 0 { used -= 1 }
    bytes.append(kind)
    bytes.append(UInt8(used))
    for i in 0..<used { VariableInteger.write(self[i], to: &bytes) }
  }

  /// Reads one code from `bytes` at `position`, which moves behind it.
  /// - Returns: `nil` if the bytes end early or are malformed.
  public static func read(from bytes: ArraySlice<UInt8>, at position: inout Int) -> EventCode? {
    guard position + 2 <= bytes.endIndex, bytes[position + 1] <= 6 else { return nil }
    var code = EventCode(bytes[position])
    let used = bytes[position + 1]
    position += 2
    if used > 0 { code.fields.0 = VariableInteger.read(from: bytes, at: &position) ?? .min }
    if used > 1 { code.fields.1 = VariableInteger.read(from: bytes, at: &position) ?? .min }
    if used > 2 { code.fields.2 = VariableInteger.read(from: bytes, at: &position) ?? .min }
    if used > 3 { code.fields.3 = VariableInteger.read(from: bytes, at: &position) ?? .min }
    if used > 4 { code.fields.4 = VariableInteger.read(from: bytes, at: &position) ?? .min }
    if used > 5 { code.fields.5 = VariableInteger.read(from: bytes, at: &position) ?? .min }
    return position > bytes.endIndex ? nil : code
  }
}
