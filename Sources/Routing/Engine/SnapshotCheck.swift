// Bytes that are no state must be refused, not indexed with.

extension RoutingEngine {
  /// Whether each rep, queue and call that a row of a snapshot names is there.
  var namesExist: Bool {
    calls.isWhole && agents.allSatisfy { exists($0) } && listedExist
      && transfers.allSatisfy { exists($0) } && queues.indices.allSatisfy { exists(QueueID($0)) }
      && liveCalls.allSatisfy { exists(calls[$0]) } && requests.allSatisfy { exists($0.agent) }
  }

  /// Whether those on the lists beside the rows are there.
  private var listedExist: Bool {
    calls.refusals.allSatisfy { list in list.allSatisfy { $0.agent.index < agents.count } }
      && calls.turnAways.allSatisfy { list in list.allSatisfy { $0.queue.index < queues.count } }
      && notReadySwitches.allSatisfy { list in
        list.allSatisfy { $0.queue.map { $0.index < queues.count } ?? true }
      }
  }

  /// How many reps, queues and rows of calls there are at most: no deadline is about another one.
  var mostRows: Int { max(agents.count, queues.count, calls.rows.count) }

  private func exists(_ agent: AgentID?) -> Bool { agent.map { $0.index < agents.count } ?? true }

  private func exists(_ call: CallID?) -> Bool { call.map { calls.contains($0) } ?? true }

  private func exists(_ row: AgentRow) -> Bool {
    let isOffered = row.offer.map {
      exists($0.call) && $0.queue.index < queues.count && exists($0.chosenAfter)
    }
    return (isOffered ?? true) && exists(row.call) && exists(row.consultHolder)
  }

  private func exists(_ row: TransferRow) -> Bool {
    let isTarget =
      switch row.target {
      case .outside: true
      case .agent(let agent): exists(agent)
      case .queue(let queue): queue.index < queues.count
      }
    return isTarget && exists(row.agent) && (row.state == .none || calls.contains(row.call))
  }

  private func exists(_ queue: QueueID) -> Bool {
    let row = queues[queue.index]
    return row.ringing.allSatisfy { calls.contains($0) }
      && row.pointers.allSatisfy { (-1..<plan.queues[queue.index].members.count).contains(Int($0)) }
  }

  private func exists(_ row: CallRow) -> Bool {
    (row.queue.index < queues.count
      || !row.hasQueue && row.state != .waiting && row.state != .offered)
      && exists(row.agent)
  }
}
