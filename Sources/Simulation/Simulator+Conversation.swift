import Base
import Engines
import Routing
import Stochastics

// Conversations: talk, hold, lost lines, warm transfers, wrap-up.

extension Simulator {
  /// Draws how the conversation will go.
  @inline(__always)
  mutating func beginConversation(_ row: Int, _ agent: AgentID) {
    let index = Int(callers[row].kind)
    let call = callers[row].call
    if let talk = callers[row].tracedHandleTime {
      agenda.add(.talkEnds, call.rawValue, at: now + talk)
      return
    }
    var stream = stream(.service, callers[row].entity)
    let talk = scenario.classes[index].talk.sample(&stream) * agents[agent.index].pace
    if features.hasConversations {
      interrupt(row, index, talk, &stream)
    } else {
      agenda.add(.talkEnds, call.rawValue, at: now + TimeSpan(seconds: talk))
    }
  }

  /// A conversation with at most one interruption: a lost line, a transfer, or a hold.
  private mutating func interrupt(
    _ row: Int, _ index: Int, _ talk: Double, _ stream: inout RandomStream
  ) {
    let call = callers[row].call.rawValue
    let (kindDraw, place) = (stream.uniform(), stream.uniform())
    let drop = scenario.classes[index].drop
    let transfer = drop + scenario.classes[index].transfer.share
    let hold = transfer + scenario.classes[index].hold.share
    let kind: FutureEventList.Kind =
      kindDraw < drop
      ? .drop : kindDraw < transfer ? .consultStarts : kindDraw < hold ? .holdStarts : .talkEnds
    let first = kind == .talkEnds ? talk : talk * place
    callers[row].talkLeft = TimeSpan(seconds: talk - first)
    agenda.add(kind, call, at: now + TimeSpan(seconds: first))
  }

  /// Goes on with a conversation, if it is still one: `act` is given the caller's row and the rep.
  @inline(__always)
  mutating func ifTalking(_ call: CallID, _ act: (inout Simulator, Int, AgentID) -> Void) {
    guard let row = row(of: call), callers[row].phase == .connected else { return }
    act(&self, row, callers[row].agent)
  }

  mutating func startHold(_ row: Int, _ call: CallID, _ agent: AgentID) {
    command(.hold(call, agent: agent))
    var stream = stream(.hold, callers[row].entity)
    let length = scenario.classes[Int(callers[row].kind)].hold.length.sample(&stream)
    agenda.add(.holdEnds, call.rawValue, at: now + TimeSpan(seconds: length))
  }

  mutating func endHold(_ row: Int, _ call: CallID, _ agent: AgentID) {
    command(.resume(call, agent: agent))
    agenda.add(.talkEnds, call.rawValue, at: now + callers[row].talkLeft)
  }

  // MARK: Transfers

  mutating func startConsult(_ row: Int, _ call: CallID, _ holder: AgentID) {
    let target = scenario.classes[Int(callers[row].kind)].transfer.target
    let outcome = command(
      .consult(call, agent: holder, target: .queue(target), briefing: .complete))
    if case .consulting = outcome { return }
    // Nobody there to take it: the rep deals with it.
    agenda.add(.talkEnds, call.rawValue, at: now + callers[row].talkLeft)
  }

  mutating func react(to event: TransferEvent) {
    switch event {
    case .consultOffered(let id, let holder, let agent):
      set(agent, .talking)
      planConsultAnswer(id, holder, agent)
    case .consultRefused(_, _, let agent, _): release(agent)
    case .consultAnswered(let id, let holder, _):
      guard let row = heldRow(holder) else { return }
      var stream = stream(.transfer, callers[row].entity)
      let transfer = scenario.classes[Int(callers[row].kind)].transfer
      agenda.add(
        .consultEnds, id.rawValue, at: now + TimeSpan(seconds: transfer.consult.sample(&stream)))
    case .completed(_, let call, _, let target):
      guard let row = row(of: call), let target else { return }
      takeOver(row, target)
    case .ended(_, let call, _, _, let agent):
      if let agent { release(agent) }
      goOnAlone(call)
    case .consultStarted, .consultConfirmed, .blindPrevented: break
    }
  }

  /// The row of the call that a rep holds.
  private func heldRow(_ holder: AgentID) -> Int? {
    engines.routing.agent(holder).call.flatMap { row(of: $0) }
  }

  private mutating func planConsultAnswer(_ id: TransferID, _ holder: AgentID, _ agent: AgentID) {
    guard let row = heldRow(holder) else { return }
    var stream = stream(.consultReaction, callers[row].entity, part: agent.rawValue)
    let behaviour = scenario.agents[agent.index]
    if stream.happens(behaviour.noAnswer + behaviour.ignore.share) { return }
    let delay = TimeSpan(seconds: behaviour.answerDelay.sample(&stream))
    agenda.add(.consultAnswer, id.rawValue, at: now + delay)
  }

  /// A consulted rep picks up.
  mutating func answerConsult(_ id: TransferID) {
    guard let agent = engines.routing.transfer(id)?.row.agent else { return }
    command(.answerConsult(id, agent: agent))
  }

  /// A consulted rep says yes or no.
  mutating func endConsult(_ id: TransferID) {
    guard let (transfer, holder) = engines.routing.transfer(id), let agent = transfer.agent,
      let row = heldRow(holder)
    else { return }
    var stream = stream(.transfer, callers[row].entity, part: 1)
    if stream.happens(scenario.classes[Int(callers[row].kind)].transfer.decline) {
      command(.declineTransfer(id, agent: agent))
    } else {
      command(.confirmTransfer(id, agent: agent))
      command(.completeTransfer(id, agent: holder))
    }
  }

  private mutating func takeOver(_ row: Int, _ target: AgentID) {
    let caller = callers[row]
    callers[row].agent = target
    tally.queues[caller.queue.index][Int(caller.interval)].transfers += 1
    set(target, .talking)
    var stream = stream(.transfer, caller.entity, part: 2)
    let talk = scenario.classes[Int(caller.kind)].transfer.talk.sample(&stream)
    let length = TimeSpan(seconds: talk * agents[target.index].pace)
    agenda.add(.talkEnds, caller.call.rawValue, at: now + length)
  }

  private mutating func goOnAlone(_ call: CallID) {
    guard let row = row(of: call), callers[row].phase == .connected else { return }
    let caller = callers[row]
    agenda.add(.talkEnds, call.rawValue, at: now + caller.talkLeft)
  }

  // MARK: Wrap-up

  mutating func beginWrapUp(_ agent: AgentID, _ call: CallID, _ until: Instant) {
    set(agent, .wrapUp)
    guard let row = row(of: call), !callers[row].isOutbound else { return }
    let length: TimeSpan
    if let traced = callers[row].tracedWrapUp {
      length = traced
    } else {
      guard let law = scenario.classes[Int(callers[row].kind)].wrapUp else { return }
      var stream = stream(.wrapUp, callers[row].entity, part: agent.rawValue)
      length = TimeSpan(seconds: law.sample(&stream) * agents[agent.index].pace)
    }
    agents[agent.index].wrapUps &+= 1
    if now + length < until {
      let subject = UInt64(agents[agent.index].wrapUps) << 16 | UInt64(agent.rawValue)
      agenda.add(.wrapUpEnds, subject, at: now + length)
    } else if now + length > until {
      // No longer than the team's rules allow.
      let most = scenario.plan.rules.maxWrapUpExtension
      command(.extendWrapUp(agent, by: min(now + length - until, most)))
    }
  }
}
