import Base

// Applying events: the only code that changes state, used by live handling and recovery alike.
// Nothing here decides anything.

extension RoutingEngine {
  /// Changes state as `event` says.
  mutating func change(_ event: Event) {
    switch event {
    case .callArrived, .callDiverted, .callOffered, .offerRinging, .offerEnded, .callAnswered,
      .tierEscalated, .callEnded, .callReturnedToQueue:
      changeQueueing(event)
    case .callHeld, .callResumed, .holdReminded, .callWrittenUp, .callLeftUndocumented,
      .callFoundStale, .outboundConnected:
      changeConversation(event)
    case .agentLoggedIn, .agentLoggedOut, .agentBecameReady, .agentBecameNotReady,
      .agentReasonEnded, .agentLeftQueue, .agentRejoinedQueue:
      changeAvailability(event)
    case .agentRested, .wrapUpStarted, .wrapUpExtended, .wrapUpEnded, .agentSpared:
      changeActivity(event)
    case .consultStarted, .consultOffered, .consultRefused, .consultAnswered, .consultConfirmed,
      .transferCompleted, .transferEnded, .blindTransferPrevented:
      changeTransfer(event)
    case .outboundRequested, .outboundGranted, .outboundRefused, .outboundRequestEnded:
      changeRequest(event)
    case .officeHoursSet, .queueOpened, .queueClosed, .dayStarted:
      changeCalendar(event)
    }
  }

  /// Replaces what a rep is doing and keeps the free sets in step.
  mutating func setActivity(_ activity: Activity, of agent: AgentID) {
    agents[agent.index].activity = activity
    agents[agent.index].activitySince = now
    // What came between, such as a consultation, does not make a rest shorter.
    if activity == .idle, agents[agent.index].restUntil > .distantPast { goOnResting(agent) }
    refreshFreedom(agent)
  }

  mutating func goOnResting(_ agent: AgentID) {
    let until = agents[agent.index].restUntil
    if until > now {
      deadlines.set(.agentActivity, agent.index, at: until)
    } else {
      agents[agent.index].restUntil = .distantPast
    }
  }

  // MARK: Conversation

  private mutating func changeConversation(_ event: Event) {
    switch event {
    case .callHeld(let call):
      calls[call].isHeld = true
      calls[call].heldSince = now
      calls[call].holdReminders = 0
      setHoldReminder(call)
    case .callResumed(let call):
      calls[call].holdUsed = calls[call].holdTime(at: now)
      calls[call].isHeld = false
      deadlines.cancel(.callStep, call.index)
    case .holdReminded(let call, _, let count):
      calls[call].holdReminders = count
      setHoldReminder(call)
    case .callWrittenUp(let call, let agent, let fields):
      if calls.contains(call) { calls[call].writeUp.formUnion(fields) }
      if agents[agent.index].wrapUpCall == call {
        agents[agent.index].wrapUpFields.formUnion(fields)
      }
    case .callFoundStale(let call, _):
      setStaleWatch(call)
    case .outboundConnected(let call, _):
      calls[call].state = .connected
      calls[call].connectedAt = now
      setStaleWatch(call)
    default: break
    }
  }

  private mutating func setHoldReminder(_ call: CallID) {
    let period = plan.rules.holdReminder
    deadlines.set(.callStep, call.index, at: period > .zero ? now + period : .never)
  }

  mutating func setStaleWatch(_ call: CallID) {
    let period = plan.rules.staleAfter
    deadlines.set(.callLimit, call.index, at: period > .zero ? now + period : .never)
  }

  // MARK: Agents

  private mutating func changeActivity(_ event: Event) {
    switch event {
    case .agentRested(let agent):
      agents[agent.index].restUntil = .distantPast
      deadlines.cancel(.agentActivity, agent.index)
      refreshFreedom(agent)
    default: changeWrapUp(event)
    }
  }

  private mutating func changeWrapUp(_ event: Event) {
    switch event {
    case .wrapUpStarted(let agent, let call, let until):
      agents[agent.index].wrapUpCall = call
      agents[agent.index].wrapUpUntil = until
      agents[agent.index].wrapUpExtended = .zero
      deadlines.set(.agentActivity, agent.index, at: until)
      setActivity(.wrapUp, of: agent)
    case .wrapUpExtended(let agent, let until):
      agents[agent.index].wrapUpExtended += until - agents[agent.index].wrapUpUntil
      agents[agent.index].wrapUpUntil = until
      deadlines.set(.agentActivity, agent.index, at: until)
    case .wrapUpEnded(let agent):
      agents[agent.index].wrapUpCall = nil
      agents[agent.index].wrapUpFields = []
      agents[agent.index].idleSince = now
      deadlines.cancel(.agentActivity, agent.index)
      setActivity(.idle, of: agent)
    default: break
    }
  }

  // MARK: Calendar

  private mutating func changeCalendar(_ event: Event) {
    switch event {
    case .officeHoursSet(let queue, let opens, let closes):
      queues[queue.index].opensAt = opens
      queues[queue.index].closesAt = closes
      setOfficeHoursDeadline(queue)
    case .queueOpened(let queue):
      queues[queue.index].isOpen = true
      setOfficeHoursDeadline(queue)
    case .queueClosed(let queue):
      queues[queue.index].isOpen = false
      setOfficeHoursDeadline(queue)
    case .dayStarted:
      for agent in agents.indices {
        agents[agent].callsToday = 0
        agents[agent].talkToday = .zero
      }
    default: break
    }
  }

  private mutating func setOfficeHoursDeadline(_ queue: QueueID) {
    let row = queues[queue.index]
    let next = row.isOpen ? row.closesAt : (row.closesAt > now ? row.opensAt : .never)
    deadlines.set(.officeHours, queue.index, at: next)
  }
}
