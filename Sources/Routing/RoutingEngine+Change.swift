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
    case .agentLoggedIn, .agentLoggedOut, .agentBecameReady, .agentBecameNotReady, .agentRested,
      .wrapUpStarted, .wrapUpExtended, .wrapUpEnded:
      changeAgent(event)
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
    agents[agent.index].stateSince = now
    refreshFreedom(agent)
  }

  /// Replaces whether a rep takes queue calls and keeps presence and free sets in step.
  mutating func setAvailability(_ availability: Availability, of agent: AgentID) {
    let old = agents[agent.index].availability
    agents[agent.index].availability = availability
    agents[agent.index].stateSince = now
    let loggedIn = (availability == .loggedOut ? 0 : 1) - (old == .loggedOut ? 0 : 1)
    let ready = (availability == .ready ? 1 : 0) - (old == .ready ? 1 : 0)
    for i in seating.indices(of: agent) {
      queues[seating[i].queue.index].loggedIn += Int32(loggedIn)
      queues[seating[i].queue.index].ready += Int32(ready)
    }
    refreshFreedom(agent)
  }

  // MARK: Conversation

  private mutating func changeConversation(_ event: Event) {
    switch event {
    case .callHeld(let call):
      calls[call].isHeld = true
      calls[call].holdReminders = 0
      setHoldReminder(call)
    case .callResumed(let call):
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
    deadlines.set(.callStep, call.index, at: period > 0 ? now + period : .never)
  }

  mutating func setStaleWatch(_ call: CallID) {
    let period = plan.rules.staleAfter
    deadlines.set(.callLimit, call.index, at: period > 0 ? now + period : .never)
  }

  // MARK: Agents

  private mutating func changeAgent(_ event: Event) {
    switch event {
    case .agentLoggedIn(let agent):
      agents[agent.index].reason = .justLoggedIn
      agents[agent.index].notReadyUntil = .never
      agents[agent.index].idleSince = now
      agents[agent.index].consecutiveRefusals = 0
      setAvailability(.notReady, of: agent)
    case .agentLoggedOut(let agent):
      deadlines.cancel(.agentNotReady, agent.index)
      deadlines.cancel(.agentActivity, agent.index)
      agents[agent.index].restUntil = .distantPast
      setAvailability(.loggedOut, of: agent)
    case .agentBecameReady(let agent):
      deadlines.cancel(.agentNotReady, agent.index)
      agents[agent.index].consecutiveRefusals = 0
      setAvailability(.ready, of: agent)
    case .agentBecameNotReady(let agent, let reason, let until):
      agents[agent.index].reason = reason
      agents[agent.index].notReadyUntil = until
      deadlines.set(.agentNotReady, agent.index, at: until)
      setAvailability(.notReady, of: agent)
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
      agents[agent.index].wrapUpExtended = 0
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
        agents[agent].talkToday = 0
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
