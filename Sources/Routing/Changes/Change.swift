import Base

// Applying events: the only code that changes state, used by live handling and recovery alike.
// Nothing here decides anything.

extension RoutingEngine {
  /// Changes state as `event` says.
  mutating func change(_ event: Event) {
    switch event {
    case .call(let event): change(event)
    case .agent(let event): change(event)
    case .transfer(let event): change(event)
    case .outbound(let event): change(event)
    case .calendar(let event): change(event)
    case .feed(let event): change(event)
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

  mutating func applyHold(_ call: CallID) {
    calls[call].isHeld = true
    calls[call].heldSince = now
    calls[call].holdReminders = 0
    setHoldReminder(call)
  }

  mutating func applyResumption(_ call: CallID) {
    calls[call].holdUsed = calls[call].holdTime(at: now)
    calls[call].isHeld = false
    deadlines.cancel(.callStep, call.index)
  }

  mutating func applyReminder(_ call: CallID, _ count: UInt32) {
    calls[call].holdReminders = count
    setHoldReminder(call)
  }

  mutating func applyWriteUp(_ call: CallID, _ agent: AgentID, _ fields: WriteUpFields) {
    if calls.contains(call) { calls[call].writeUp.formUnion(fields) }
    if agents[agent.index].wrapUpCall == call {
      agents[agent.index].wrapUpFields.formUnion(fields)
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

  // MARK: Wrap-up

  mutating func applyRest(_ agent: AgentID) {
    agents[agent.index].restUntil = .distantPast
    deadlines.cancel(.agentActivity, agent.index)
    refreshFreedom(agent)
  }

  mutating func applyWrapUp(_ agent: AgentID, _ call: CallID, until: Instant) {
    agents[agent.index].wrapUpCall = call
    agents[agent.index].wrapUpUntil = until
    agents[agent.index].wrapUpExtended = .zero
    deadlines.set(.agentActivity, agent.index, at: until)
    setActivity(.wrapUp, of: agent)
  }

  mutating func applyExtension(_ agent: AgentID, until: Instant) {
    agents[agent.index].wrapUpExtended += until - agents[agent.index].wrapUpUntil
    agents[agent.index].wrapUpUntil = until
    deadlines.set(.agentActivity, agent.index, at: until)
  }

  mutating func applyEndOfWrapUp(_ agent: AgentID) {
    agents[agent.index].wrapUpCall = nil
    agents[agent.index].wrapUpFields = []
    agents[agent.index].idleSince = now
    deadlines.cancel(.agentActivity, agent.index)
    setActivity(.idle, of: agent)
  }

  // MARK: Calendar

  private mutating func change(_ event: CalendarEvent) {
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
    }
  }

  private mutating func setOfficeHoursDeadline(_ queue: QueueID) {
    let row = queues[queue.index]
    let next = row.isOpen ? row.closesAt : (row.closesAt > now ? row.opensAt : .never)
    deadlines.set(.officeHours, queue.index, at: next)
  }
}
