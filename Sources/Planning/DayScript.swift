import Base
public import Events
public import Routing
import Vocabulary

/// Makes a call script of a simulated day, so that a live daemon can be taken through it.
///
/// The script does what callers and reps of the history did: callers come at their times; the first
/// phone that rings for a caller is treated as the first was in the history, and so on; reps come, go
/// and take breaks at their times. What the daemon decides is its own: if it rings somebody else, that
/// rep does what the first would have done.
public struct DayScript {
  private let directory: Directory
  private let start: Instant
  private var now = Instant.distantPast
  private var calls: [Int: Call] = [:]
  private var numbers: [CallID: Int] = [:]
  private var order: [Int] = []
  private var steps: [String] = []
  private var holders: [AgentID: Int] = [:]
  private var rings: [AgentID: Instant] = [:]
  private var outbound = Outbound()
  /// Reasons that end by themselves, and when.
  private var ends: [AgentID: [NotReadyReason: Instant]] = [:]
  /// Who has gone home.
  private var left: Set<AgentID> = []

  /// What a caller does, and what is done for the caller.
  private struct Call {
    var reactions: [(delay: TimeSpan, action: String)] = []
    var answered: Instant?
    var diverted: Instant?
    var wrapUpSince: Instant?
    var transferred: Instant?
    var rules: [String] = []
  }

  /// Calls out: how long dialling and talking took.
  private struct Outbound {
    /// Reps who wait for cover.
    var waiting: Set<AgentID> = []
    var granted: [CallID: Instant] = [:]
    var connected: [CallID: Instant] = [:]
    var grants = 0
    var dialTimes: [TimeSpan] = []
    var talkTimes: [TimeSpan] = []
  }

  private init(_ directory: Directory, start: Instant) {
    self.directory = directory
    self.start = start
  }

  /// The script of `history`, which began at `start`.
  public static func text(
    _ history: [TimedEvent], _ directory: Directory, start: Instant
  ) -> String {
    var script = DayScript(directory, start: start)
    for entry in history {
      script.now = entry.at
      script.take(entry.event)
    }
    script.seeOff()
    return script.text(end: max(.zero, script.now - start) + .minutes(1))
  }

  private func text(end: TimeSpan) -> String {
    var lines = ["actor feed role feed", "actor lead role lead"] + steps
    for number in order { lines += rulesOf(number) }
    lines += outboundRules
    if let category = directory.categories.first {
      let disposition = directory.dispositions.first ?? "resolved"
      lines.append(
        "also when call.answered after 2..4 $agent call.note $call category=\"\(category)\" "
          + "disposition=\"\(disposition)\"")
    }
    lines += [
      "when transfer.offered after 4..8 $agent transfer.answer $transfer",
      "also when transfer.answered after 20..40 lead transfer.confirm $transfer",
      "also when transfer.confirmed after 2..4 $holder transfer.complete $transfer",
      "end \(seconds(end))",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func rulesOf(_ number: Int) -> [String] {
    guard let call = calls[number] else { return [] }
    let name = "d-\(number)"
    // Several rules answer the same offer in turn: the first that has not been used.
    var lines = call.reactions.map { reaction in
      "when call.offered call=\(name) times 1 after \(span(reaction.delay)) \(reaction.action)"
    }
    let usual = call.reactions.last { $0.action.contains("call.accept") }?.delay ?? .seconds(4)
    lines.append(
      "when call.offered call=\(name) after \(span(usual)) $agent call.accept $call offer=$offer")
    return lines + call.rules
  }

  /// Who is called answers as often, and after as long, as in the history.
  private var outboundRules: [String] {
    func mean(_ times: [TimeSpan], _ usual: TimeSpan) -> TimeSpan {
      times.isEmpty ? usual : times.reduce(.zero, +) / times.count
    }
    let dial = span(mean(outbound.dialTimes, .seconds(15)))
    let share = Double(outbound.dialTimes.count) / Double(max(1, outbound.grants))
    return [
      "when outbound.granted chance \(Int((share * 100).rounded()))% after \(dial) "
        + "feed call.answered $call",
      "when outbound.granted after \(dial) feed call.hang-up $call cause=no-answer",
      "also when outbound.connected after \(span(mean(outbound.talkTimes, .seconds(120)))) "
        + "feed call.hang-up $call by=caller",
    ]
  }

  // MARK: Times

  private func seconds(_ span: TimeSpan) -> String {
    let thousandths = (span.microseconds + 500) / 1_000
    let rest = String(thousandths % 1_000)
    return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  private func span(_ delay: TimeSpan) -> String {
    "\(seconds(max(.zero, delay)))..\(seconds(max(.zero, delay)))"
  }

  private mutating func step(_ actor: String, _ request: String) {
    steps.append("at \(seconds(max(.zero, now - start))) \(actor) \(request)")
  }

  private mutating func rule(_ number: Int, _ event: String, _ since: Instant, _ action: String) {
    let line = "also when \(event) call=d-\(number) times 1 after \(span(now - since)) \(action)"
    calls[number]?.rules.append(line)
  }

  // MARK: Events

  private mutating func take(_ event: Event) {
    switch event {
    case .call(let event): take(event)
    case .agent(let event): take(event)
    case .transfer(.consultStarted(_, let id, _, let target)): consult(id, target)
    case .transfer(.completed(_, let id, _, _)):
      if let number = numbers[id] { calls[number]?.transferred = now }
    case .outbound(let event): take(event)
    // What follows from the script's own lines, and what the daemon decides.
    case .transfer(.consultOffered), .transfer(.consultRefused), .transfer(.consultAnswered),
      .transfer(.consultConfirmed), .transfer(.ended), .transfer(.blindPrevented), .calendar, .feed:
      break
    }
  }

  private mutating func take(_ event: CallEvent) {
    switch event {
    case .arrived(let id, let queue, let priority, let credit, let skills, _):
      arrive(id, queue, priority, credit, skills)
    case .offered(_, _, let agent, _, _, _): rings[agent] = now
    case .answered(_, let id, let agent): answer(id, agent)
    case .offerEnded(_, let id, let agent, let outcome, _): refuse(id, agent, outcome)
    case .diverted(let id, _, _, _):
      if let number = numbers[id] { calls[number]?.diverted = now }
    case .held(let id, _): inCall(id, "$agent call.hold $call")
    case .resumed(let id, _): inCall(id, "$agent call.resume $call")
    case .ended(let id, _, let reason): end(id, reason)
    case .ringing, .tierEscalated, .holdReminded, .writtenUp, .leftUndocumented,
      .returnedToQueue, .foundStale:
      break
    }
  }

  private mutating func arrive(
    _ id: CallID, _ queue: QueueID, _ priority: UInt8, _ credit: TimeSpan, _ skills: SkillSet
  ) {
    let number = order.count + 1
    order.append(number)
    numbers[id] = number
    calls[number] = Call()
    var request = "call.arrive d-\(number) queue=\(directory.name(of: queue))"
    if priority > 0 { request += " priority=\(priority)" }
    if credit > .zero { request += " credit=\(seconds(credit))" }
    if !skills.isEmpty {
      request += " skills=\(directory.names(of: skills).joined(separator: ","))"
    }
    step("feed", request)
  }

  private mutating func answer(_ id: CallID, _ agent: AgentID) {
    guard let number = numbers[id] else { return }
    let delay = now - (rings[agent] ?? now)
    calls[number]?.reactions.append((delay, "$agent call.accept $call offer=$offer"))
    calls[number]?.answered = now
  }

  private mutating func refuse(_ id: CallID, _ agent: AgentID, _ outcome: OfferOutcome) {
    guard let number = numbers[id], outcome.isRefused else { return }
    let isIgnored = outcome == .ignored
    calls[number]?.reactions.append(
      (
        isIgnored ? now - (rings[agent] ?? now) : .zero,
        isIgnored ? "$agent call.ignore $call offer=$offer" : "feed nothing"
      ))
  }

  private mutating func inCall(_ id: CallID, _ action: String) {
    guard let number = numbers[id], let answered = calls[number]?.answered else { return }
    rule(number, "call.answered", answered, action)
  }

  private mutating func consult(_ id: CallID, _ target: TransferTarget) {
    guard case .queue(let queue) = target else { return }
    inCall(
      id,
      "$agent transfer.consult $call to=queue:\(directory.name(of: queue)) "
        + "who=\"the caller on $call\" about=\"a question for a colleague\"")
  }

  private mutating func end(_ id: CallID, _ reason: EndReason) {
    if outbound.granted.removeValue(forKey: id) != nil {
      if let connected = outbound.connected.removeValue(forKey: id) {
        outbound.talkTimes.append(now - connected)
      }
      return
    }
    guard let number = numbers[id], let call = calls[number] else { return }
    let hangUp = "feed call.hang-up d-\(number) by=caller"
    switch reason {
    case .abandoned: step("feed", "call.hang-up d-\(number) by=caller")
    case .callBackAgreed:
      if let diverted = call.diverted {
        rule(number, "call.diverted", diverted, "feed call.call-back d-\(number)")
      }
    case .voicemail:
      if let diverted = call.diverted { rule(number, "call.diverted", diverted, hangUp) }
    case .callerHungUp, .agentHungUp, .dropped, .transferredOut, .rejected, .noAnswer, .busy,
      .failed, .lost, .endedByLead:
      let cause = reason == .dropped ? " cause=dropped" : ""
      if let transferred = call.transferred {
        rule(number, "transfer.completed", transferred, hangUp)
      }
      if let answered = call.answered {
        rule(number, "call.answered", answered, hangUp + cause)
      }
    }
  }

  // MARK: Reps

  /// A rep who is still on a call when the history's has ended may not leave then, and tries again.
  private mutating func seeOff() {
    for _ in 0..<5 {
      now = now + .minutes(2)
      for agent in left.sorted(by: { $0.index < $1.index }) { ofRep(agent, "agent.logout") }
    }
  }

  private mutating func take(_ event: AgentEvent) {
    switch event {
    case .loggedIn(let agent):
      ofRep(agent, "agent.login")
      left.remove(agent)
    case .loggedOut(let agent):
      ofRep(agent, "agent.logout")
      left.insert(agent)
    case .becameReady(let agent):
      // Who is away for a set time comes back by the daemon's own clock.
      let ends = ends.removeValue(forKey: agent) ?? [:]
      if !ends.values.contains(where: { $0 <= now }) { ofRep(agent, "agent.ready") }
    case .becameNotReady(let agent, let reason, let until, _, _): leave(agent, reason, until)
    case .reasonEnded(let agent, let reason, _):
      let end = ends[agent]?.removeValue(forKey: reason)
      if end.map({ $0 > now }) ?? true { takeAway(reason, from: agent) }
    case .wrapUpStarted(let agent, let id, _):
      holders[agent] = numbers[id]
      if let number = numbers[id] { calls[number]?.wrapUpSince = now }
    case .wrapUpEnded(let agent):
      if let number = holders.removeValue(forKey: agent), let since = calls[number]?.wrapUpSince {
        rule(number, "agent.wrap-up", since, "$agent agent.wrap-up $agent end")
      }
    case .leftQueue, .rejoinedQueue, .spared, .rested, .wrapUpExtended, .phoneUp, .phoneBusy,
      .phoneDown:
      break
    }
  }

  private mutating func take(_ event: OutboundEvent) {
    switch event {
    case .requested(_, let agent, let purpose, _):
      outbound.waiting.insert(agent)
      step(agent, purpose)
    case .granted(_, let agent, let purpose, let call):
      if outbound.waiting.remove(agent) == nil { step(agent, purpose) }
      outbound.granted[call] = now
      outbound.grants += 1
    case .requestEnded(_, let agent, _): outbound.waiting.remove(agent)
    case .connected(let call, _):
      outbound.connected[call] = now
      if let granted = outbound.granted[call] { outbound.dialTimes.append(now - granted) }
    case .refused: break
    }
  }

  private mutating func ofRep(_ agent: AgentID, _ verb: String) {
    let name = directory.name(of: agent)
    step(name, "\(verb) \(name)")
  }

  private mutating func leave(_ agent: AgentID, _ reason: NotReadyReason, _ until: Instant) {
    // The daemon decides this itself.
    if reason == .missedCalls { return }
    let name = directory.name(of: agent)
    let isTimed = until < .never
    // Less than a second is none: the rep is ready.
    if isTimed, until - now < .seconds(1) { return ofRep(agent, "agent.ready") }
    ends[agent, default: [:]][reason] = isTimed ? until : nil
    // A reason that the configuration does not name is Don't Accept Queue Calls.
    let isKnown = directory.reason(named: directory.name(of: reason)) != nil
    var request =
      isKnown
      ? "agent.not-ready \(name) reason=\(directory.name(of: reason))" : "agent.dnd \(name) on"
    if isTimed { request += " for=\(seconds(until - now))" }
    step(name, request)
  }

  /// One of several reasons ends before its time.
  private mutating func takeAway(_ reason: NotReadyReason, from agent: AgentID) {
    let name = directory.name(of: agent)
    let isKnown = directory.reason(named: directory.name(of: reason)) != nil
    let word = isKnown ? directory.name(of: reason) : "dont-accept-queue-calls"
    step(name, "agent.ready \(name) reason=\(word)")
  }

  private mutating func step(_ agent: AgentID, _ purpose: OutboundPurpose) {
    let word = VerbDeclaration.purposes[Int(purpose.rawValue)]
    step(directory.name(of: agent), "outbound.wait to=\"+13125550000\" purpose=\(word) for=1800")
  }
}
