import Base

// Applying the events of reps. See Change.swift.

extension RoutingEngine {
  mutating func change(_ event: AgentEvent) {
    switch event {
    case .loggedIn(let agent): applyLogin(agent)
    case .loggedOut(let agent): applyLogout(agent)
    case .becameReady(let agent):
      agents[agent.index].consecutiveRefusals = 0
      changeSwitches(of: agent) { switches in switches.removeAll { $0.queue == nil } }
      setAvailability(.ready, of: agent)
    case .becameNotReady(let agent, let reason, let until, let initiator, let shown):
      // Shown, though another lasts longer: the first edition of the rules, where one took the other's place.
      if shown == reason {
        changeSwitches(of: agent) { list in list.removeAll { $0.queue == nil && $0.until > until } }
      }
      set(
        NotReadySwitch(reason: reason, queue: nil, until: until, setBy: initiator), of: agent)
      setAvailability(.notReady, of: agent)
    case .reasonEnded(let agent, let reason, _):
      changeSwitches(of: agent) { switches in
        switches.removeAll { $0.queue == nil && $0.reason == reason }
      }
    case .leftQueue(let agent, let queue, let reason, let until, let initiator):
      set(
        NotReadySwitch(reason: reason, queue: queue, until: until, setBy: initiator), of: agent)
    case .rejoinedQueue(let agent, let queue, let reason):
      changeSwitches(of: agent) { switches in
        switches.removeAll { $0.queue == queue && $0.reason == reason }
      }
    // Of it the lead is told.
    case .spared: break
    case .rested(let agent): applyRest(agent)
    case .wrapUpStarted(let agent, let call, let until): applyWrapUp(agent, call, until: until)
    case .wrapUpExtended(let agent, let until): applyExtension(agent, until: until)
    case .wrapUpEnded(let agent): applyEndOfWrapUp(agent)
    case .phoneUp(let agent, let feed): setPhone(.up, feed, of: agent)
    case .phoneBusy(let agent, let feed): setPhone(.busy, feed, of: agent)
    case .phoneDown(let agent, let feed): setPhone(.down, feed, of: agent)
    }
  }

  private mutating func applyLogin(_ agent: AgentID) {
    agents[agent.index].idleSince = now
    goOnResting(agent)
    agents[agent.index].consecutiveRefusals = 0
    changeSwitches(of: agent) { switches in
      switches = [NotReadySwitch(reason: .justLoggedIn, queue: nil, until: .never, setBy: .agent)]
    }
    setAvailability(.notReady, of: agent)
  }

  private mutating func applyLogout(_ agent: AgentID) {
    deadlines.cancel(.agentActivity, agent.index)
    // The phone is the same one: a moment of the rest stays, whoever logs the rep out and in.
    if agents[agent.index].restUntil > .distantPast {
      agents[agent.index].restUntil = min(
        agents[agent.index].restUntil, now + RestAfterOffer.least)
    }
    setAvailability(.loggedOut, of: agent)
    changeSwitches(of: agent) { $0 = [] }
  }

  private mutating func set(_ entry: NotReadySwitch, of agent: AgentID) {
    changeSwitches(of: agent) { switches in
      switches.removeAll { $0.isAbout(entry) }
      switches.append(entry)
    }
  }

  /// Changes the rep's reasons and what follows from them: the one that is shown, the next one to end, the
  /// queues that count on the rep.
  private mutating func changeSwitches(
    of agent: AgentID, _ body: (inout [NotReadySwitch]) -> Void
  ) {
    changePresence(of: agent) { engine in
      body(&engine.notReadySwitches[agent.index])
      engine.deriveReason(agent)
    }
  }

  private mutating func deriveReason(_ agent: AgentID) {
    let switches = notReadySwitches[agent.index]
    agents[agent.index].isAwayFromQueues = switches.contains { $0.queue != nil }
    if let shown = NotReadySwitch.shown(of: switches) {
      agents[agent.index].reason = shown.reason
      agents[agent.index].notReadyUntil = shown.until
    }
    let next = switches.map(\.until).min() ?? .never
    deadlines.set(.agentNotReady, agent.index, at: next)
  }

  /// Replaces whether a rep takes queue calls and keeps presence and free sets in step.
  private mutating func setAvailability(_ availability: Availability, of agent: AgentID) {
    if agents[agent.index].availability == availability { return }
    changePresence(of: agent) { engine in
      engine.agents[agent.index].availability = availability
      engine.agents[agent.index].availabilitySince = engine.now
    }
  }
}
