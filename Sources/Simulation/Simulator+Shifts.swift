import Base
import Routing
import Stochastics

// When reps are at work.

extension Simulator {
  mutating func openShifts() {
    switch scenario.staffing {
    case .always:
      for index in agents.indices { come(AgentID(index)) }
    case .shifts(let shifts):
      for (index, ofAgent) in shifts.enumerated() {
        for (number, shift) in ofAgent.enumerated() { plan(shift, number, of: index) }
      }
    case .levels(let levels, let interval):
      for number in levels.indices {
        agenda.add(.level, UInt64(number), at: start + interval * number)
      }
    }
  }

  private mutating func plan(_ shift: Shift, _ number: Int, of agent: Int) {
    var stream = stream(.shift, UInt64(agent) << 16 | UInt64(number))
    if stream.happens(shift.absence) { return }
    let subject = UInt64(number) << 16 | UInt64(agent)
    let late = TimeSpan(seconds: shift.lateness.sample(&stream))
    if shift.start + late >= shift.end { return }
    agenda.add(.shiftStarts, subject, at: start + shift.start + late)
    agenda.add(.shiftEnds, subject, at: start + shift.end)
    for (index, pause) in shift.breaks.enumerated() {
      agenda.add(.breakStarts, UInt64(index) << 32 | subject, at: start + pause.start)
    }
  }

  /// A wrap-up is as long as was drawn, if it is still the same one.
  mutating func endWrapUp(_ entry: FutureEventList.Entry) {
    let agent = agent(of: entry)
    if UInt64(agents[agent.index].wrapUps) == entry.subject >> 16,
      agents[agent.index].activity == .wrapUp
    {
      command(.endWrapUp(agent))
    }
  }

  mutating func startBreak(_ entry: FutureEventList.Entry) {
    guard case .shifts(let shifts) = scenario.staffing else { return }
    let agent = agent(of: entry)
    let shift = shifts[agent.index][Int(entry.subject >> 16 & 0xffff)]
    takeBreak(agent, shift.breaks[Int(entry.subject >> 32)].length)
  }

  /// A break of full length, begun when the hands are free; no further call until then.
  mutating func takeBreak(_ agent: AgentID, _ length: TimeSpan) {
    switch agents[agent.index].activity {
    case .away: return
    case .idle, .notReady: command(.makeNotReady(agent, reason: Self.onBreak, until: now + length))
    case .ringing: agents[agent.index].pause = length
    case .talking, .outbound, .wrapUp:
      agents[agent.index].pause = length
      command(.makeNotReady(agent, reason: Self.onBreak, until: .never))
    }
  }

  static let onBreak = NotReadyReason(NotReadyReason.firstConfigurable)

  mutating func come(_ agent: AgentID) {
    agents[agent.index].isLeaving = false
    command(.logIn(agent))
    command(.makeReady(agent))
  }

  /// A rep with free hands goes; one on a call takes no other and goes after it.
  mutating func goHome(_ agent: AgentID) {
    switch agents[agent.index].activity {
    case .away: return
    case .idle, .notReady: command(.logOut(agent))
    case .ringing: agents[agent.index].isLeaving = true
    case .talking, .outbound, .wrapUp:
      agents[agent.index].isLeaving = true
      command(.makeNotReady(agent, reason: Self.onBreak, until: .never))
    }
  }

  /// A leaving rep's hands are free.
  mutating func leave(_ agent: AgentID) {
    if case .levels = scenario.staffing { return leaveLevel(agent) }
    command(.logOut(agent))
  }

  // MARK: Levels

  /// So many reps from now on. Idle ones go at once; then whoever is done first.
  mutating func setLevel(_ number: Int) {
    guard case .levels(let levels, _) = scenario.staffing else { return }
    let present = agents.count { $0.activity != .away }
    var surplus = present - levels[number]
    for index in agents.indices where surplus > 0 {
      let activity = agents[index].activity
      guard activity == .idle || activity == .notReady, !agents[index].isLeaving else { continue }
      command(.logOut(AgentID(index)))
      surplus -= 1
    }
    setSurplus(surplus)
    for index in serving where surplus < 0 && agents[index].activity == .away {
      come(AgentID(index))
      // Time is accounted when the engine's words are read; until then the rep must not come twice.
      react()
      surplus += 1
    }
  }

  /// While there are more reps on calls than wanted, nobody takes another call; who is done goes.
  private mutating func setSurplus(_ count: Int) {
    surplus = max(0, count)
    for index in agents.indices where agents[index].activity != .away {
      if surplus > 0, !agents[index].isLeaving {
        goHome(AgentID(index))
      } else if surplus == 0, agents[index].isLeaving {
        stay(AgentID(index))
      }
    }
  }

  private mutating func leaveLevel(_ agent: AgentID) {
    if surplus > 0 {
      command(.logOut(agent))
      agents[agent.index].isLeaving = false
      setSurplus(surplus - 1)
    } else {
      stay(agent)
    }
  }

  /// A rep who was to leave is needed after all. Going ready would end a wrap-up: that ends by itself.
  private mutating func stay(_ agent: AgentID) {
    agents[agent.index].isLeaving = false
    if agents[agent.index].activity == .wrapUp {
      command(.makeNotReady(agent, reason: Self.onBreak, until: now + .microseconds(1)))
    } else {
      command(.makeReady(agent))
    }
  }
}
