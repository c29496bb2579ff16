import Base
import Routing
import Stochastics

// Callers: how they come, wait, give up and come again.

extension Simulator {
  /// Does what was planned for this instant.
  mutating func act(_ entry: FutureEventList.Entry) {
    let call = CallID(rawValue: entry.subject)
    switch entry.kind {
    case .arrival: arrive(Int(entry.subject))
    case .answer:
      ifRinging(entry) { $0.command(.answer($1.offerOf, agent: $2, offer: nil)) }
    case .ignore:
      ifRinging(entry) { $0.command(.ignore($1.offerOf, agent: $2, offer: nil)) }
    case .goNotReady: ifRinging(entry) { $0.goNotReady($2, $1) }
    case .talkEnds:
      ifTalking(call) { simulator, _, _ in
        simulator.command(.hangUp(call, by: .caller, cause: .normal))
      }
    case .drop:
      ifTalking(call) { simulator, _, _ in
        simulator.command(.hangUp(call, by: .caller, cause: .dropped))
      }
    case .holdStarts: ifTalking(call) { $0.startHold($1, call, $2) }
    case .holdEnds: ifTalking(call) { $0.endHold($1, call, $2) }
    case .consultStarts: ifTalking(call) { $0.startConsult($1, call, $2) }
    case .patience, .ringPatience: losePatience(entry.kind, call)
    case .messageEnds:
      if row(of: call) != nil { command(.hangUp(call, by: .caller, cause: .normal)) }
    case .callBackAccepted:
      if row(of: call) != nil { command(.acceptCallBack(call)) }
    case .redial: callAgain(entry.subject)
    case .consultAnswer: answerConsult(TransferID(entry.subject))
    case .consultEnds: endConsult(TransferID(entry.subject))
    case .wrapUpEnds: endWrapUp(entry)
    case .shiftStarts: come(agent(of: entry))
    case .shiftEnds: goHome(agent(of: entry))
    case .breakStarts: startBreak(entry)
    case .level: setLevel(Int(entry.subject))
    case .dialEnds: endDialling(call)
    case .outboundTalkEnds:
      if row(of: call) != nil { command(.hangUp(call, by: .agent, cause: .normal)) }
    case .outboundArises: followUp()
    case .outboundRetry: askAgain(AgentID(Int(entry.subject)))
    }
  }

  // MARK: Arrival

  /// Plans the next arrival of a class.
  @inline(__always)
  mutating func planArrival(of index: Int) {
    switch scenario.classes[index].arrivals {
    case .rate(let rate):
      sources[index].time += sources[index].stream.exponential() / rate
      agenda.add(.arrival, UInt64(index), at: start + TimeSpan(seconds: sources[index].time))
    case .profile(let process):
      let time = sources[index].next(of: process, factor: dayFactor)
      if let time { agenda.add(.arrival, UInt64(index), at: start + TimeSpan(seconds: time)) }
    case .trace(let calls):
      let position = Int(sources[index].count)
      if position < calls.count {
        agenda.add(.arrival, UInt64(index), at: start + calls[position].at)
      }
    }
  }

  private mutating func arrive(_ index: Int) {
    let ordinal = sources[index].count
    var caller = Caller()
    caller.kind = UInt32(index)
    caller.ordinal = ordinal
    var patience: KnownPatience?
    if case .trace(let calls) = scenario.classes[index].arrivals {
      let call = calls[Int(ordinal)]
      caller.tracedHandleTime = call.handleTime
      caller.tracedWrapUp = call.wrapUp
      patience = call.patience
    }
    sources[index].count += 1
    planArrival(of: index)
    countArrival()
    enter(caller, patience)
  }

  /// A caller who gave up comes again. The subject names class, attempt and ordinal.
  private mutating func callAgain(_ subject: UInt64) {
    var caller = Caller()
    caller.kind = UInt32(subject >> 48)
    caller.attempt = UInt8(truncatingIfNeeded: subject >> 40)
    caller.ordinal = subject & 0xff_ffff_ffff
    enter(caller, nil)
  }

  private mutating func enter(_ new: Caller, _ known: KnownPatience?) {
    let index = Int(new.kind)
    let queue = scenario.classes[index].queue
    let outcome = command(
      .arrive(
        queue: queue, priority: scenario.classes[index].priority,
        credit: scenario.classes[index].credit, skills: scenario.classes[index].skills))
    guard case .entered(let call) = outcome else { return }
    while callers.count <= call.index { callers.append(Caller()) }
    let row = call.index
    callers[row] = new
    callers[row].call = call
    callers[row].phase = .waiting
    callers[row].queue = queue
    callers[row].arrivedAt = now
    let interval = interval(of: now)
    callers[row].interval = Int32(interval)
    tally.queues[queue.index][interval].offered += 1
    react()
    guard callers[row].call == call, callers[row].phase == .waiting else { return }
    tally.queues[queue.index][interval].delayed += 1
    beginToWait(row, known)
  }

  private mutating func beginToWait(_ row: Int, _ known: KnownPatience?) {
    let index = Int(callers[row].kind)
    let call = callers[row].call
    var stream = stream(.caller, callers[row].entity)
    let patience: TimeSpan
    switch known {
    case nil: patience = TimeSpan(seconds: scenario.classes[index].patience.sample(&stream))
    case .exactly(let time): patience = time
    case .atLeast(let time):
      let least = time.seconds
      patience = TimeSpan(
        seconds:
          scenario.classes[index].patience.sample(beyond: least, &stream))
    }
    let balking = scenario.classes[index].balking
    if balking > 0, known == nil, callers[row].liveOffers == 0, stream.happens(balking) {
      agenda.add(.patience, call.rawValue, at: now)
      return
    }
    callers[row].losesPatienceAt = now + patience
    agenda.add(.patience, call.rawValue, at: now + patience)
  }

  // MARK: Leaving

  private mutating func losePatience(_ kind: FutureEventList.Kind, _ call: CallID) {
    guard let row = row(of: call), callers[row].phase == .waiting else { return }
    if features.hasRingPatience {
      let isRinging = callers[row].liveOffers > 0
      let hasOwn = scenario.classes[Int(callers[row].kind)].ringPatience != nil
      // While a phone rings, only the patience with ringing counts; a new ring begins anew.
      if kind == .patience, isRinging, hasOwn { return }
      if kind == .ringPatience, !isRinging || now < callers[row].losesRingPatienceAt { return }
    }
    command(.hangUp(call, by: .caller, cause: .normal))
  }

  /// The engine says that a call is over.
  @inline(__always)
  mutating func finish(_ call: CallID, _ agent: AgentID?, _ reason: EndReason) {
    guard let row = row(of: call) else { return }
    if callers[row].isOutbound { return finishOutbound(row, agent, reason) }
    callers[row].phase = .gone
    if reason == .callerHungUp {
      tally.queues[callers[row].queue.index][Int(callers[row].interval)].talk +=
        now - callers[row].answeredAt
    } else {
      finish(callers[row], agent, reason)
    }
  }

  private mutating func finish(_ caller: Caller, _ agent: AgentID?, _ reason: EndReason) {
    let (queue, interval) = (caller.queue.index, Int(caller.interval))
    switch reason {
    case .abandoned:
      countWait(caller)
      countAbandonment(caller)
      planRedial(caller)
    case .rejected: countRejection(caller)
    case .voicemail: leaveMessage(caller)
    case .callBackAgreed:
      countWait(caller)
      tally.queues[queue][interval].callBacks += 1
      arise(.callBack, from: caller)
    case .dropped:
      tally.queues[queue][interval].talk += now - caller.answeredAt
      tally.queues[queue][interval].dropped += 1
      arise(.droppedCall, from: caller, for: agent)
    case .callerHungUp, .agentHungUp, .transferredOut, .noAnswer, .busy, .failed, .lost,
      .endedByLead:
      tally.queues[queue][interval].talk += now - caller.answeredAt
    }
  }

  private mutating func countAbandonment(_ caller: Caller) {
    let (queue, interval) = (caller.queue.index, Int(caller.interval))
    let (waited, short) = (now - caller.arrivedAt, scenario.shortAbandons[queue])
    if short > .zero, waited <= short {
      tally.queues[queue][interval].shortAbandoned += 1
      return
    }
    tally.queues[queue][interval].abandoned += 1
    if waited <= scenario.serviceThresholds[queue] {
      tally.queues[queue][interval].abandonedInTime += 1
    }
  }

  private mutating func countRejection(_ caller: Caller) {
    let (queue, interval) = (caller.queue.index, Int(caller.interval))
    if caller.isOutOfHours { return }
    if now > caller.arrivedAt {
      countWait(caller)
      tally.queues[queue][interval].sentAway += 1
    } else {
      tally.queues[queue][interval].blocked += 1
    }
  }

  private mutating func countWait(_ caller: Caller) {
    tally.queues[caller.queue.index][Int(caller.interval)].wait += now - caller.arrivedAt
  }

  private mutating func planRedial(_ caller: Caller) {
    let redial = scenario.classes[Int(caller.kind)].redial
    guard redial.share > 0, Int(caller.attempt) + 1 < redial.attempts else { return }
    var stream = stream(.redial, caller.entity)
    guard stream.happens(redial.share) else { return }
    var next = caller
    next.attempt += 1
    agenda.add(.redial, next.entity, at: now + TimeSpan(seconds: redial.delay.sample(&stream)))
  }

  private mutating func leaveMessage(_ caller: Caller) {
    var stream = stream(.message, caller.entity)
    let voicemail = scenario.classes[Int(caller.kind)].voicemail
    if stream.happens(voicemail.share) { arise(.voicemail, from: caller) }
  }

  /// The queue could not keep the caller.
  mutating func divert(
    _ call: CallID, _ queue: QueueID, _ reason: DivertReason, _ overflow: Overflow
  ) {
    guard let row = row(of: call) else { return }
    let endsHere = overflow == .voicemail || overflow == .reject
    if reason == .closed, endsHere, queue == callers[row].queue, now == callers[row].arrivedAt {
      callers[row].isOutOfHours = true
      tally.queues[queue.index][Int(callers[row].interval)].offered -= 1
      tally.queues[queue.index][Int(callers[row].interval)].outOfHours += 1
    }
    let caller = callers[row]
    let index = Int(caller.kind)
    var stream = stream(.message, caller.entity)
    switch overflow {
    case .voicemail:
      callers[row].phase = .message
      if !caller.isOutOfHours {
        countWait(caller)
        tally.queues[caller.queue.index][Int(caller.interval)].voicemail += 1
      }
      let leaves = stream.happens(scenario.classes[index].voicemail.share)
      let length = leaves ? scenario.classes[index].voicemail.length.sample(&stream) : 0
      agenda.add(.messageEnds, call.rawValue, at: now + TimeSpan(seconds: length))
    case .offerCallBack:
      var choice = self.stream(.callBack, caller.entity)
      if choice.happens(scenario.classes[index].callBackAcceptance) {
        agenda.add(.callBackAccepted, call.rawValue, at: now + .seconds(5))
      }
    case .queue, .stay, .reject: break
    }
  }
}
