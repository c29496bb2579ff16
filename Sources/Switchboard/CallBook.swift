public import Events
import Frames
public import Routing

/// The text that belongs to what the engine knows by number: names of calls, numbers of callers,
/// briefings of transfers, and when each thing last changed.
///
/// Like the engine, it is the fold of the journal: ``apply(_:_:seq:)`` is the only way in.
public struct CallBook: Equatable, Sendable {
  /// What is known about one call.
  public struct Entry: Equatable, Sendable {
    /// Its name, chosen by whoever reported it.
    public internal(set) var name: String
    /// The number of the caller.
    public internal(set) var from: String?
    /// The number called.
    public internal(set) var to: String?
    /// The name of the caller.
    public internal(set) var callerName: String?
    /// What reps have written up about it.
    public internal(set) var writeUp = Detail()
    /// The number of the last record about it.
    public internal(set) var changedAt: UInt64 = 0
    var hasEnded = false
  }

  /// What is known about one transfer.
  public struct Briefing: Equatable, Sendable {
    /// Whom it is with: a rep, a queue, a number.
    public internal(set) var to: String
    /// Who is on the line.
    public internal(set) var who: String
    /// What it is about.
    public internal(set) var about: String
    /// The call that is to be handed over.
    public internal(set) var call: UInt64
    /// The rep rung or picked up, if it is a rep.
    public internal(set) var agent: UInt16?
    /// The number of the last record about it.
    public internal(set) var changedAt: UInt64
  }

  var entries: [UInt64: Entry] = [:]
  var calls: [String: UInt64] = [:]
  /// What is known about transfers, by number.
  public internal(set) var briefings: [UInt64: Briefing] = [:]
  /// The numbers to be called by requests that wait, by number of the request.
  public internal(set) var numbers: [UInt64: String] = [:]
  /// The names of telephony sides, by ``FeedID``; that of the unnamed one is empty.
  public internal(set) var feedNames = [""]
  var wrapUps: [UInt16: UInt64] = [:]
  var agentsChangedAt: [UInt16: UInt64] = [:]

  /// Nothing is known.
  init() {}

  /// The call named `name`, live or in wrap-up.
  public func call(named name: String) -> CallID? { calls[name].map { CallID(rawValue: $0) } }

  /// What is known about `call`.
  public subscript(call: CallID) -> Entry? { entries[call.rawValue] }

  /// The name of `call`.
  public func name(of call: CallID) -> String {
    entries[call.rawValue]?.name ?? "call-\(call.rawValue)"
  }

  /// The name of a telephony side; `nil` for the unnamed one.
  public func name(of feed: FeedID) -> String? {
    feed == .unnamed || feed.index >= feedNames.count ? nil : feedNames[feed.index]
  }

  /// The telephony side called `name`, if it has ever attached; else the number that a new one gets.
  public func feed(named name: String) -> (feed: FeedID, isKnown: Bool) {
    let index = feedNames.dropFirst().firstIndex(of: name)
    return (FeedID(index ?? feedNames.count), index != nil)
  }

  /// The number of the last record about the rep.
  public func changedAt(_ agent: AgentID) -> UInt64 { agentsChangedAt[agent.rawValue] ?? 0 }

  /// Takes in one record.
  mutating func apply(_ event: Event, _ detail: Detail, seq: UInt64) {
    switch event {
    case .call(let event): apply(event, detail)
    case .agent(.wrapUpEnded(let agent)): endWrapUp(agent)
    case .agent, .calendar: break
    case .feed(.attached(let feed)): name(feed, detail[.feed])
    case .feed(.lost): break
    case .transfer(let event): apply(event, detail, seq)
    case .outbound(let event): apply(event, detail)
    }
    mark(event, seq)
  }

  private mutating func apply(_ event: CallEvent, _ detail: Detail) {
    switch event {
    case .arrived(let call, _, _, _, _, _):
      open(
        call, detail[.call], from: detail[.from], to: detail[.to], detail[.name])
    case .writtenUp(let call, _, _):
      detail.forEach { name, text in
        if name.isOfWriteUp { entries[call.rawValue]?.writeUp[name] = text }
      }
    case .returnedToQueue(let call, _, let agent, _): wrapUps[agent.rawValue] = call.rawValue
    case .ended(let call, let agent, _): end(call, agent)
    case .diverted, .offered, .ringing, .offerEnded, .answered, .tierEscalated, .held, .resumed,
      .holdReminded, .leftUndocumented, .foundStale:
      break
    }
  }

  private mutating func apply(_ event: TransferEvent, _ detail: Detail, _ seq: UInt64) {
    switch event {
    case .consultStarted(let id, let call, _, _):
      briefings[id.rawValue] = Briefing(
        to: detail[.to] ?? "", who: detail[.who] ?? "", about: detail[.about] ?? "",
        call: call.rawValue, changedAt: seq)
    case .consultOffered(let id, _, let agent):
      briefings[id.rawValue]?.agent = agent.rawValue
      briefings[id.rawValue]?.changedAt = seq
    case .consultAnswered(let id, _, _), .consultConfirmed(let id, _, _),
      .consultRefused(let id, _, _, _):
      briefings[id.rawValue]?.changedAt = seq
    case .completed(let id, let call, let holder, _):
      briefings[id.rawValue] = nil
      wrapUps[holder.rawValue] = call.rawValue
    case .ended(let id, _, _, _, _): briefings[id.rawValue] = nil
    case .blindPrevented: break
    }
  }

  private mutating func apply(_ event: OutboundEvent, _ detail: Detail) {
    switch event {
    case .granted(let id, _, _, let call):
      open(call, detail[.call], from: nil, to: detail[.to], nil)
      numbers[id.rawValue] = nil
    case .requested(let id, _, _, _): numbers[id.rawValue] = detail[.to]
    case .requestEnded(let id, _, _): numbers[id.rawValue] = nil
    case .refused, .connected: break
    }
  }

  private mutating func name(_ feed: FeedID, _ name: String?) {
    while feedNames.count <= feed.index { feedNames.append("") }
    feedNames[feed.index] = name ?? feedNames[feed.index]
  }

  private mutating func open(
    _ call: CallID, _ name: String?, from: String?, to: String?, _ callerName: String?
  ) {
    let name = name ?? "call-\(call.rawValue)"
    entries[call.rawValue] = Entry(name: name, from: from, to: to, callerName: callerName)
    calls[name] = call.rawValue
  }

  private mutating func end(_ call: CallID, _ agent: AgentID?) {
    guard let agent else { return forget(call.rawValue) }
    entries[call.rawValue]?.hasEnded = true
    wrapUps[agent.rawValue] = call.rawValue
  }

  private mutating func endWrapUp(_ agent: AgentID) {
    guard let call = wrapUps.removeValue(forKey: agent.rawValue) else { return }
    // Two reps may be in wrap-up after one transferred call.
    if entries[call]?.hasEnded ?? false, !wrapUps.values.contains(call) { forget(call) }
  }

  private mutating func forget(_ call: UInt64) {
    guard let entry = entries.removeValue(forKey: call) else { return }
    if calls[entry.name] == call { calls[entry.name] = nil }
  }

  private mutating func mark(_ event: Event, _ seq: UInt64) {
    let parties = Parties(of: event)
    for agent in parties.agents { agentsChangedAt[agent.rawValue] = seq }
    if let call = parties.call { entries[call.rawValue]?.changedAt = seq }
  }
}
