import Base

/// Something about the state that must never be so.
public struct Violation: Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, and with whom.
  public var description: String
}

extension RoutingEngine {
  /// Everything that must hold between two steps and does not. Empty, always; checked by tests after
  /// every command, by recovery, and by the daemon's watchdog.
  /// - Complexity: O(*reps* x *queues* + *calls* x *reps*)
  public func invariantViolations() -> [Violation] {
    var found = Findings()
    for agent in agents.indices { check(AgentID(agent), &found) }
    for call in liveCalls { check(call, &found) }
    for queue in queues.indices { check(QueueID(queue), &found) }
    checkRequests(&found)
    return found.violations
  }

  private struct Findings {
    var violations: [Violation] = []

    mutating func require(_ condition: Bool, _ text: @autoclosure () -> String) {
      if !condition { violations.append(Violation(description: text())) }
    }
  }

  private func check(_ agent: AgentID, _ found: inout Findings) {
    let row = agents[agent.index]
    let name = "agent \(agent.rawValue)"
    let hasDeadline = deadlines.deadline(.agentActivity, agent.index) != nil
    found.require(
      (row.activity == .offered) == (row.offer != nil), "\(name): offered without an offer")
    if let offer = row.offer {
      found.require(calls.contains(offer.call), "\(name): rings for a call that is over")
      found.require(hasDeadline, "\(name): rings without a time-out")
    }
    let holds =
      row.activity == .talking || row.activity == .outbound
      || row.activity == .consulting && row.consultHolder == nil
    found.require(holds == (row.call != nil), "\(name): \(row.activity) and call disagree")
    if let call = row.call {
      found.require(
        calls.contains(call) && calls[call].agent == agent, "\(name): holds a call not its own")
    }
    if row.activity == .wrapUp { found.require(hasDeadline, "\(name): wrap-up without an end") }
    if row.restUntil > .distantPast, row.activity == .idle, row.isLoggedIn {
      found.require(hasDeadline, "\(name): rest without an end")
    }
    if row.availability == .loggedOut {
      found.require(row.activity == .idle, "\(name): logged out and \(row.activity)")
    }
    checkSwitches(of: agent, &found)
    checkTransfer(of: agent, &found)
    for i in seating.indices(of: agent) {
      let seat = seating[i]
      let bit = queues[seat.queue.index].free[Int(seat.ordinal) >> 6] >> UInt64(seat.ordinal & 63)
      let isFree = row.isFree && !hasLeft(agent, seat.queue)
      found.require((bit & 1 == 1) == isFree, "\(name): free set of a queue is wrong")
    }
    checkPhone(of: agent, &found)
    found.require(
      !row.isFree || chooseCall(for: agent) == nil, "\(name): free though somebody is first for it")
    found.require(
      !plan.agents[agent.index].isRetired || row.activity != .idle || !row.isLoggedIn,
      "\(name): at work though no longer employed")
  }

  private func checkPhone(of agent: AgentID, _ found: inout Findings) {
    let row = agents[agent.index]
    let name = "agent \(agent.rawValue)"
    found.require(
      row.canRing == (row.phone == .up && isThere(row.feed)), "\(name): phone and feed disagree")
    let isRung = row.offer != nil || isRungToConsult(agent)
    found.require(!isRung || isThere(row.feed), "\(name): rings though the phones are lost")
    found.require(!isRung || row.phone != .down, "\(name): rings though the phone is down")
  }

  private func isRungToConsult(_ agent: AgentID) -> Bool {
    agents[agent.index].activity == .consulting
      && transfers.contains { $0.agent == agent && $0.state == .ringing }
  }

  private func checkSwitches(of agent: AgentID, _ found: inout Findings) {
    let row = agents[agent.index]
    let switches = notReadySwitches[agent.index]
    let name = "agent \(agent.rawValue)"
    let isKept = switches.contains { $0.queue == nil }
    found.require((row.availability == .notReady) == isKept, "\(name): not ready without a reason")
    found.require(row.isLoggedIn || switches.isEmpty, "\(name): away, and with reasons")
    found.require(
      row.isAwayFromQueues == switches.contains { $0.queue != nil },
      "\(name): has left a queue and has not")
    let next = switches.map(\.until).min() ?? .never
    found.require(
      (deadlines.deadline(.agentNotReady, agent.index) ?? .never) == next,
      "\(name): a reason that never ends, or ends untimely")
    for (index, entry) in switches.enumerated() {
      let isTwice = switches[..<index].contains {
        entry.queue == $0.queue && entry.reason == $0.reason
      }
      found.require(!isTwice, "\(name): a reason is there twice")
    }
  }

  private func checkTransfer(of agent: AgentID, _ found: inout Findings) {
    let row = agents[agent.index]
    let transfer = transfers[agent.index]
    let isHolder = row.activity == .consulting && row.consultHolder == nil
    let name = "agent \(agent.rawValue)"
    found.require((transfer.state != .none) == isHolder, "\(name): holder without a transfer")
    if transfer.state != .none {
      found.require(transfer.call == row.call, "\(name): transfer of another call")
      if transfer.state == .ringing || transfer.state == .briefing {
        found.require(
          deadlines.deadline(.agentActivity, agent.index) != nil
            || plan.rules.confirmTimeout <= .zero || plan.rules.consultRingTimeout <= .zero,
          "\(name): consultation without a time-out")
      }
      if let target = transfer.agent {
        found.require(
          agents[target.index].consultHolder == agent, "\(name): target consults another")
      }
    }
    if let holder = row.consultHolder {
      found.require(transfers[holder.index].agent == agent, "\(name): consulted by nobody")
    }
  }

  private func check(_ call: CallID, _ found: inout Findings) {
    let row = calls[call]
    let name = "call \(call.slot)/\(call.generation)"
    let ringing = agents.count { $0.offer?.call == call }
    found.require(Int(row.liveOffers) == ringing, "\(name): \(ringing) phones ring, not counted so")
    found.require(
      (row.state == .offered) == (ringing > 0), "\(name): \(row.state), \(ringing) ring")
    found.require(
      row.isStranded == !isThere(row.feed), "\(name): stranded, or not, and its feed is otherwise")
    found.require(!row.isStranded || ringing == 0, "\(name): rings though its feed is lost")
    let holders = agents.count { $0.call == call }
    let isHeldByAgent = row.state == .connected || row.state == .dialling
    found.require(holders == (isHeldByAgent ? 1 : 0), "\(name): \(row.state) with \(holders) reps")
    if row.state == .waiting {
      let line = queues[row.queue.index].line
      let position = line.position(of: row.place)
      found.require(
        position >= 1 && position <= line.count && line[position - 1] == call,
        "\(name): waiting and not in line")
      found.require(
        chooseAgent(for: call) == nil, "\(name): waits though a suitable rep is free")
      found.require(
        !waitsForEmptyTier(call), "\(name): waits for a tier though nobody is ready before it")
      let waits = plan.queues[row.queue.index].tierAfter
      if Int(row.tier) + 1 < seating.tierCount(of: row.queue), Int(row.tier) < waits.count {
        found.require(
          deadlines.deadline(.callStep, call.index) != nil, "\(name): next tier never comes")
      }
    }
    checkRefusals(of: call, &found)
    if row.isHeld {
      found.require(row.state == .connected, "\(name): on hold and \(row.state)")
    }
  }

  private func checkRefusals(of call: CallID, _ found: inout Findings) {
    guard calls[call].state == .offered, calls[call].liveOffers == 1, let rung = calls[call].agent
    else { return }
    let isListed = queues[calls[call].queue.index].ringing.contains(call)
    found.require(
      isListed || calls.refusals(of: call, by: rung) == 0,
      "call \(call.slot)/\(call.generation): rings at a refuser, and nobody can take it over")
  }

  private func check(_ queue: QueueID, _ found: inout Findings) {
    let row = queues[queue.index]
    let name = "queue \(queue.rawValue)"
    for position in 0..<row.line.count {
      let call = row.line[position]
      found.require(
        calls.contains(call) && calls[call].state == .waiting && calls[call].queue == queue,
        "\(name): somebody in line who is not waiting")
    }
    for position in 1..<max(1, row.line.count) {
      found.require(
        calls[row.line[position - 1]].place < calls[row.line[position]].place,
        "\(name): out of order at \(position)")
    }
    let members = plan.queues[queue.index].members
    found.require(
      Int(row.loggedIn) == members.count { agents[$0.agent.index].isLoggedIn },
      "\(name): logged-in count is wrong")
    let ready = members.filter { isReady($0.agent, for: queue) }
    found.require(Int(row.ready) == ready.count, "\(name): ready count is wrong")
    for tier in row.readyByTier.indices {
      found.require(
        Int(row.readyByTier[tier])
          == ready.count { Int($0.tier) == tier && canAnswer($0.agent, for: queue) },
        "\(name): ready count of tier \(tier) is wrong")
    }
    let skilled = (0..<row.line.count).count { !calls[row.line[$0]].skills.isEmpty }
    found.require(Int(row.skilledWaiting) == skilled, "\(name): count of skilled callers is wrong")
    for call in row.ringing {
      found.require(
        calls.contains(call) && calls[call].state == .offered, "\(name): stale ringing call")
    }
  }

  private func checkRequests(_ found: inout Findings) {
    for request in requests {
      found.require(
        deadlines.deadline(.outboundRequest, request.agent.index) != nil,
        "request \(request.id.rawValue): never expires")
      found.require(
        !isGrantable(request), "request \(request.id.rawValue): waits though there is cover")
    }
    for (a, b) in zip(requests, requests.dropFirst()) {
      found.require(a.precedes(b), "requests out of order")
    }
  }
}
