import Base
import Configuration
public import Events
import Foundation
public import Routing

/// The days of a daemon's journal, as they can be lived again.
///
/// Handle times are what callers experienced, from answer to end, by whoever: a warm transfer is one
/// long call of the rep who answered. Outbound calls take the rep away from the line, and so are
/// absences here. A rep whom the engine made not ready for refusing is there: the simulated engine
/// will decide that again.
public struct JournalDays {
  private let directory: Directory
  private let calendar: Calendar
  private var days: [String: RecordedDay] = [:]
  private var calls: [CallID: OpenCall] = [:]
  private var reps: [AgentID: Rep] = [:]
  /// Where calls that are over were put, until they are written up.
  private var ended: [CallID: (day: String, index: Int)] = [:]
  private var now = Instant.distantPast

  /// A call that is not over.
  private struct OpenCall {
    var arrived: Instant
    var kind: RecordedDay.Kind
    var answered: Instant?
    var agent: AgentID?
    var isClosed = false
  }

  private struct Rep {
    var isLoggedIn = false
    var isReady = false
    /// The call out the rep is on.
    var outbound: CallID?
    var since: Instant?
    var ringingSince: Instant?
    var wrapUp: (since: Instant, call: CallID)?

    var isThere: Bool { isLoggedIn && isReady && outbound == nil }
  }

  /// Reads `events`, with the names of `directory`; days are those of its time zone.
  public init(_ events: [TimedEvent], _ directory: Directory) {
    self.directory = directory
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: directory.timeZone) ?? .gmt
    self.calendar = calendar
    for entry in events {
      now = entry.at
      take(entry.event)
    }
    for agent in reps.keys { change(agent) { $0.isLoggedIn = false } }
    for call in calls.values {
      leaveOut("not over when the journal ends", call.arrived)
    }
  }

  /// The days with calls, in order.
  public var names: [String] {
    days.filter { !$0.value.log.calls.isEmpty }.keys.sorted()
  }

  /// A day; `nil` if no call came on it.
  public func day(_ name: String) -> RecordedDay? {
    guard var day = days[name], !day.log.calls.isEmpty else { return nil }
    day.log.sort()
    // The day of the scenario holds the hours of every queue, and every call.
    let spans = day.hoursByQueue.values
    let minutes = day.log.calls.map { Int($0.at / 60) }
    let opens = min(spans.map(\.opens).min() ?? 1_440, minutes.min() ?? 0)
    let closes = max(spans.map(\.closes).max() ?? 0, (minutes.max() ?? 0) + 1)
    day.hours = (opens, min(1_440, closes))
    day.hoursByQueue = day.hoursByQueue.filter { $1 != day.hours }
    return day
  }

  // MARK: Time

  /// The day of `instant`, and the seconds since its midnight.
  private func place(_ instant: Instant) -> (day: String, second: Double) {
    let date = Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6)
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    func two(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : "\(value ?? 0)" }
    let day = "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
    // Clock time, as scenarios have it, also on days on which clocks change.
    let whole = (parts.hour ?? 0) * 3_600 + (parts.minute ?? 0) * 60 + (parts.second ?? 0)
    let fraction = instant.microseconds % 1_000_000
    return (day, Double(whole) + Double(fraction) / 1e6)
  }

  private mutating func edit(_ day: String, _ change: (inout RecordedDay) -> Void) {
    change(&days[day, default: RecordedDay(day: day)])
  }

  private mutating func leaveOut(_ reason: String, _ instant: Instant) {
    edit(place(instant).day) { $0.leftOut[reason, default: 0] += 1 }
  }

  // MARK: Events

  private mutating func take(_ event: Event) {
    switch event {
    case .call(let event): take(event)
    case .agent(let event): take(event)
    case .outbound(.granted(_, let agent, _, let call)): change(agent) { $0.outbound = call }
    case .calendar(.officeHoursSet(let queue, let opens, let closes)):
      setHours(queue, opens, closes)
    // A warm transfer is one long call of the rep who answered.
    case .transfer: break
    case .outbound(.requested), .outbound(.refused), .outbound(.requestEnded),
      .outbound(.connected), .calendar(.queueOpened), .calendar(.queueClosed),
      .calendar(.dayStarted), .feed:
      break
    }
  }

  private mutating func take(_ event: CallEvent) {
    switch event {
    case .arrived(let id, let queue, let priority, let credit, let skills, _):
      var kind = RecordedDay.Kind(queue: directory.name(of: queue))
      kind.priority = Int(priority)
      kind.credit = credit.seconds
      kind.skills = directory.names(of: skills)
      calls[id] = OpenCall(arrived: now, kind: kind)
    case .diverted(let id, _, let reason, _): if reason == .closed { calls[id]?.isClosed = true }
    case .answered(_, let id, let agent): answer(id, agent)
    case .ended(let id, _, let reason): end(id, reason)
    case .offered(_, _, let agent, _, _, _): reps[agent, default: Rep()].ringingSince = now
    case .offerEnded(_, _, let agent, let outcome, _): refuse(agent, outcome)
    case .ringing, .tierEscalated, .held, .resumed, .holdReminded, .writtenUp,
      .leftUndocumented, .returnedToQueue, .foundStale:
      break
    }
  }

  private mutating func take(_ event: AgentEvent) {
    switch event {
    case .loggedIn(let agent): change(agent) { $0.isLoggedIn = true }
    case .loggedOut(let agent):
      change(agent) {
        $0.isLoggedIn = false
        $0.isReady = false
      }
    case .becameReady(let agent): change(agent) { $0.isReady = true }
    case .becameNotReady(let agent, let reason, _, _, _):
      if reason != .missedCalls { change(agent) { $0.isReady = false } }
    case .wrapUpStarted(let agent, let call, _): reps[agent]?.wrapUp = (now, call)
    case .wrapUpEnded(let agent): endWrapUp(agent)
    case .reasonEnded, .leftQueue, .rejoinedQueue, .spared, .rested, .wrapUpExtended, .phoneUp,
      .phoneBusy, .phoneDown:
      break
    }
  }

  private mutating func answer(_ id: CallID, _ agent: AgentID) {
    if let since = reps[agent]?.ringingSince {
      let name = directory.name(of: agent)
      let delay = (now - since).seconds
      edit(place(now).day) { $0.reactions[name, default: .init()].answerDelays.append(delay) }
    }
    if calls[id]?.answered == nil {
      calls[id]?.answered = now
      calls[id]?.agent = agent
    }
  }

  private mutating func refuse(_ agent: AgentID, _ outcome: OfferOutcome) {
    guard let since = reps[agent]?.ringingSince else { return }
    let name = directory.name(of: agent)
    let delay = (now - since).seconds
    edit(place(now).day) { day in
      switch outcome {
      case .noAnswer: day.reactions[name, default: .init()].unanswered += 1
      case .ignored: day.reactions[name, default: .init()].ignoreDelays.append(delay)
      case .answered, .wentNotReady, .unreachable, .lostRace, .callerAbandoned, .withdrawn: break
      }
    }
  }

  private mutating func endWrapUp(_ agent: AgentID) {
    guard let wrapUp = reps[agent]?.wrapUp else { return }
    reps[agent]?.wrapUp = nil
    let length = (now - wrapUp.since).seconds
    guard let (day, index) = ended.removeValue(forKey: wrapUp.call) else { return }
    edit(day) { $0.log.calls[index].wrapUp = length }
  }

  /// From the first opening to the last closing of a day; breaks in between are not kept.
  private mutating func setHours(_ queue: QueueID, _ opens: Instant, _ closes: Instant) {
    guard opens > .distantPast, closes < .never else { return }
    let (first, last) = (place(opens), place(closes - .microseconds(1)))
    guard first.day == last.day else { return }
    let span = (opens: Int(first.second) / 60, closes: Int(last.second) / 60 + 1)
    let name = directory.name(of: queue)
    edit(first.day) { day in
      let known = day.hoursByQueue[name] ?? span
      day.hoursByQueue[name] = (min(known.opens, span.opens), max(known.closes, span.closes))
    }
  }

  private mutating func end(_ id: CallID, _ reason: EndReason) {
    for agent in reps.keys where reps[agent]?.outbound == id { change(agent) { $0.outbound = nil } }
    guard let call = calls.removeValue(forKey: id) else { return }
    if call.isClosed, call.answered == nil {
      return leaveOut("outside office hours", call.arrived)
    }
    let (day, second) = place(call.arrived)
    let end = call.answered ?? now
    let outcome: LoggedCall.Outcome =
      call.answered != nil ? .answered : reason == .abandoned ? .abandoned : .diverted
    let name = name(of: call.kind, on: day)
    let logged = LoggedCall(
      day: day, at: second, kind: name, priority: call.kind.priority,
      wait: (end - call.arrived).seconds, outcome: outcome,
      handleTime: outcome == .answered ? max(0.001, (now - end).seconds) : 0,
      agent: call.agent.map { directory.name(of: $0) } ?? "")
    edit(day) { day in
      day.kinds[name] = call.kind
      day.log.calls.append(logged)
      day.log.rows += 1
    }
    ended[id] = (day, (days[day]?.log.calls.count ?? 1) - 1)
  }

  /// A name for callers of `kind` that no other kind of the day has.
  private func name(of kind: RecordedDay.Kind, on day: String) -> String {
    let known = days[day]?.kinds ?? [:]
    if let name = known.first(where: { $0.value == kind })?.key { return name }
    let plain = ([kind.queue] + kind.skills).joined(separator: "-")
    var name = plain
    var number = 1
    while known[name] != nil {
      number += 1
      name = "\(plain)-\(number)"
    }
    return name
  }

  /// Changes a rep, and begins or ends a spell of being there.
  private mutating func change(_ agent: AgentID, _ change: (inout Rep) -> Void) {
    var rep = reps[agent] ?? Rep()
    let wasThere = rep.isThere
    change(&rep)
    if !wasThere, rep.isThere { rep.since = now }
    if wasThere, !rep.isThere, let since = rep.since { addSpell(agent, from: since) }
    reps[agent] = rep
  }

  /// A spell that goes through midnight is one on each day.
  private mutating func addSpell(_ agent: AgentID, from since: Instant) {
    let rep = directory.name(of: agent)
    var from = since
    while from < now {
      let (day, start) = place(from)
      let rest = TimeSpan(seconds: 86_400 - start)
      let isLast = place(now).day == day
      let end = isLast ? place(now).second : 86_400
      edit(day) {
        $0.attendance.days[day, default: []].append(
          Attendance.Spell(rep: rep, start: start, end: end))
      }
      // To midnight, or to a moment after it where clocks change.
      from = isLast ? now : from + max(rest, .microseconds(1))
    }
  }
}
