import Base
import Histogram
import Routing
import Stochastics

// What the engine says, and how reps react to phones that ring.

extension Simulator {
  /// Acts on one event.
  @inline(__always)
  mutating func react(to event: Event) {
    switch event {
    case .call(let event): react(to: event)
    case .agent(let event): react(to: event)
    case .transfer(let event): react(to: event)
    case .outbound(let event): react(to: event)
    // Office hours are the engine's affair; its telephony is always there.
    case .calendar, .feed: break
    }
  }

  private mutating func react(to event: CallEvent) {
    switch event {
    case .offered(let offer, let call, let agent, _, _, _): ring(offer, call, agent)
    case .answered(_, let call, let agent): connect(call, agent)
    case .ended(let call, let agent, let reason): finish(call, agent, reason)
    case .offerEnded(_, let call, let agent, let outcome, _): endOffer(call, agent, outcome)
    case .diverted(let call, let queue, let reason, let overflow):
      divert(call, queue, reason, overflow)
    // What the simulator did itself, or what changes nothing for callers and reps.
    case .arrived, .ringing, .tierEscalated, .held, .resumed, .holdReminded, .writtenUp,
      .leftUndocumented, .returnedToQueue, .foundStale:
      break
    }
  }

  private mutating func react(to event: AgentEvent) {
    switch event {
    case .wrapUpEnded(let agent): release(agent)
    case .wrapUpStarted(let agent, let call, let until): beginWrapUp(agent, call, until)
    case .loggedIn(let agent): set(agent, .notReady)
    case .loggedOut(let agent):
      agents[agent.index].isReady = false
      agents[agent.index].pause = nil
      set(agent, .away)
      returnItems(of: agent)
    case .becameReady(let agent):
      setReady(agent, true)
      request(agent)
    case .becameNotReady(let agent, let reason, let until, _, _):
      setReady(agent, false)
      withdrawRequest(of: agent)
      if reason == .missedCalls, until == .never { comeBack(agent) }
    // Reps here have one reason at a time, for all queues.
    case .reasonEnded, .leftQueue, .rejoinedQueue, .spared, .rested, .wrapUpExtended, .phoneUp,
      .phoneBusy, .phoneDown:
      break
    }
  }

  private mutating func setReady(_ agent: AgentID, _ isReady: Bool) {
    agents[agent.index].isReady = isReady
    let activity = agents[agent.index].activity
    if activity == .idle || activity == .notReady { setFree(agent) }
  }

  /// A rep whom the engine has made not ready for refusing too often comes back after a while.
  private mutating func comeBack(_ agent: AgentID) {
    var stream = stream(
      .recovery, UInt64(agent.rawValue) << 32 | UInt64(agents[agent.index].offerCount))
    let length = scenario.agents[agent.index].goNotReady.length.sample(&stream)
    command(
      .makeNotReady(
        agent, reason: .missedCalls, until: now + TimeSpan(seconds: length), by: .system))
  }

  /// The rep's hands are free: time to go home, or for a break that had to wait.
  mutating func release(_ agent: AgentID) {
    setFree(agent)
    if agents[agent.index].isLeaving { return leave(agent) }
    guard let pause = agents[agent.index].pause else { return }
    agents[agent.index].pause = nil
    command(.makeNotReady(agent, reason: Self.onBreak, until: now + pause))
  }

  // MARK: Offers

  @inline(__always)
  private mutating func ring(_ offer: OfferID, _ call: CallID, _ agent: AgentID) {
    guard let row = row(of: call) else { return }
    set(agent, .ringing)
    tally.agents[agent.index].offers += 1
    let queue = callers[row].queue.index
    let interval = Int(callers[row].interval)
    tally.queues[queue][interval].offers += 1
    callers[row].liveOffers += 1
    callers[row].offers += 1
    callers[row].offeredAt = now
    if features.hasRingPatience { listenToRinging(row) }
    if agents[agent.index].answersInstantly {
      command(.answer(call, agent: agent, offer: offer))
    } else {
      planReaction(row, agent)
    }
  }

  /// Draws what the rep will do. The numbers belong to the caller and the attempt, not to the rep:
  /// under common random numbers the same caller meets the same luck.
  private mutating func planReaction(_ row: Int, _ agent: AgentID) {
    let call = callers[row].call
    var stream = stream(
      .reaction, callers[row].entity, part: UInt16(truncatingIfNeeded: callers[row].offers))
    let u = stream.uniform()
    let behaviour = scenario.agents[agent.index]
    // An offer is named by its rep and call; another one of the same pair is later than any of these.
    agents[agent.index].offerOf = call
    agents[agent.index].offerCount &+= 1
    let subject = UInt64(agents[agent.index].offerCount) << 16 | UInt64(agent.rawValue)
    let ignores = behaviour.noAnswer + behaviour.ignore.share
    if u < behaviour.noAnswer {
      return
    } else if u < ignores {
      let delay = TimeSpan(seconds: behaviour.ignore.delay.sample(&stream))
      agenda.add(.ignore, subject, at: now + delay)
    } else if u < ignores + behaviour.goNotReady.share {
      let delay = TimeSpan(seconds: behaviour.goNotReady.delay.sample(&stream))
      agenda.add(.goNotReady, subject, at: now + delay)
    } else {
      let delay = TimeSpan(seconds: behaviour.answerDelay.sample(&stream))
      agenda.add(.answer, subject, at: now + delay)
    }
  }

  /// The rep does what was drawn, if the phone still rings for the same offer.
  @inline(__always)
  mutating func ifRinging(
    _ entry: FutureEventList.Entry, _ act: (inout Simulator, SimulatedAgent, AgentID) -> Void
  ) {
    let agent = agent(of: entry)
    let state = agents[agent.index]
    guard state.activity == .ringing, UInt64(state.offerCount) == entry.subject >> 16 else {
      return
    }
    act(&self, state, agent)
  }

  /// The rep whom an entry is about, if its subject has the rep in the lowest bits.
  @inline(__always)
  func agent(of entry: FutureEventList.Entry) -> AgentID { AgentID(Int(entry.subject & 0xffff)) }

  /// Turns Don't Accept Queue Calls on instead of answering.
  mutating func goNotReady(_ agent: AgentID, _ state: SimulatedAgent) {
    var stream = stream(
      .recovery, UInt64(agent.rawValue) << 32 | UInt64(state.offerCount), part: 1)
    let length = scenario.agents[agent.index].goNotReady.length.sample(&stream)
    let reason = NotReadyReason.dontAcceptQueueCalls
    command(.makeNotReady(agent, reason: reason, until: now + TimeSpan(seconds: length)))
  }

  private mutating func listenToRinging(_ row: Int) {
    let index = Int(callers[row].kind)
    guard scenario.classes[index].ringPatience != nil, callers[row].liveOffers == 1 else { return }
    var stream = stream(
      .ringPatience, callers[row].entity, part: UInt16(truncatingIfNeeded: callers[row].offers))
    let patience = scenario.classes[index].ringPatience?.sample(&stream) ?? .infinity
    let end = now + TimeSpan(seconds: patience)
    callers[row].losesRingPatienceAt = end
    agenda.add(.ringPatience, callers[row].call.rawValue, at: end)
  }

  private mutating func endOffer(_ call: CallID, _ agent: AgentID, _ outcome: OfferOutcome) {
    release(agent)
    if outcome.isRefused { tally.agents[agent.index].refused += 1 }
    guard let row = row(of: call) else { return }
    callers[row].liveOffers -= 1
    if outcome.isRefused { countRefusal(row) }
    if features.hasRingPatience, callers[row].liveOffers == 0,
      callers[row].losesPatienceAt <= now, callers[row].phase == .waiting
    {
      agenda.add(.patience, call.rawValue, at: now)
    }
  }

  private mutating func countRefusal(_ row: Int) {
    let queue = callers[row].queue.index
    let interval = Int(callers[row].interval)
    tally.queues[queue][interval].refusedOffers += 1
    tally.queues[queue][interval].refusedRing += now - callers[row].offeredAt
    if !callers[row].isRefused { tally.queues[queue][interval].refusedCalls += 1 }
    callers[row].isRefused = true
  }

  @inline(__always)
  private mutating func connect(_ call: CallID, _ agent: AgentID) {
    set(agent, .talking)
    tally.agents[agent.index].answered += 1
    if agents[agent.index].isLeaving || agents[agent.index].pause != nil {
      command(.makeNotReady(agent, reason: Self.onBreak, until: .never))
    }
    guard let row = row(of: call) else { return }
    let wait = now - callers[row].arrivedAt
    let queue = callers[row].queue.index
    let interval = Int(callers[row].interval)
    callers[row].liveOffers -= 1
    callers[row].phase = .connected
    callers[row].agent = agent
    callers[row].answeredAt = now
    tally.queues[queue][interval].answered += 1
    tally.queues[queue][interval].wait += wait
    tally.queues[queue][interval].waitAnswered += wait
    if wait <= scenario.serviceThresholds[queue] {
      tally.queues[queue][interval].answeredInTime += 1
    }
    tally.waits.record(UInt64(max(.zero, wait).microseconds) / 1_000)
    beginConversation(row, agent)
  }
}
