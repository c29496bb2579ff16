import Base
import Events
import Routing
import YAMLTree
import Yams

// Queues that nobody serves, and callers who would wait in them for ever.

extension ConfigurationParser {
  mutating func adviseOnService(_ reading: PlanReading) {
    var lost: [QueueID: Bool] = [:]
    for queue in reading.queues where queue.service.isMissing {
      if isLost(queue, reading, &lost) {
        complain(place(of: queue, reading), complaint(queue, reading))
      } else {
        warn(
          queue.node,
          "queue \"\(queue.name)\": nobody serves it (\(reading.reason(queue))), so a caller is sent on and never answered there; give it members who have its skills, or take it out"
        )
      }
    }
    for queue in reading.queues {
      for overflow in queue.overflows {
        guard let target = reading.queue(overflow.to), target.service.isMissing else { continue }
        warn(
          overflow.node,
          "\(overflow.key): nobody serves queue \"\(target.name)\" (\(reading.reason(target))), so callers who are sent there are not answered; send them elsewhere"
        )
      }
    }
  }

  // MARK: Callers with nobody and nowhere

  /// Where a caller goes from a queue that nobody serves, without doing anything.
  private enum Exit {
    /// Nowhere; why, and what to do.
    case none(String)
    /// To voicemail, or a busy tone.
    case out
    case queue(QueueID, key: String)
  }

  private func exit(of queue: WrittenQueue) -> Exit {
    let plan = queue.plan
    // Nobody who could answer is ever there: the door is closed to callers, and sends them on.
    let isDoorClosed =
      plan.joinNeeds != .nobody || queue.service == .noMembers && plan.whenEmpty != .stay
    if isDoorClosed {
      if case .queue(let next) = plan.whenEmpty { return .queue(next, key: "when-empty") }
      return .out
    }
    if plan.maxWait == .zero {
      let door = queue.service == .noMembers ? ", or join-needs: logged-in" : ""
      return .none(
        "\"max-wait\" is not given; give it members who can take its calls, or max-wait\(door)")
    }
    switch plan.whenExhausted {
    case .stay:
      return .none("when-exhausted: stay keeps the caller; say voicemail, reject or queue:NAME")
    case .offerCallBack:
      return .none(
        "when-exhausted: call-back keeps the caller, and nobody is there to call back; say voicemail, reject or queue:NAME"
      )
    case .voicemail, .reject: return .out
    case .queue(let next): return .queue(next, key: "when-exhausted")
    }
  }

  /// Whether a caller in `queue` reaches neither a rep nor an end. `known` keeps what was found.
  private func isLost(
    _ queue: WrittenQueue, _ reading: PlanReading, _ known: inout [QueueID: Bool]
  ) -> Bool {
    var path: [QueueID] = []
    var current = queue
    var verdict = false
    while true {
      if let old = known[current.id] {
        verdict = old
        break
      }
      // Who comes here again has gone in a circle, and that ends in voicemail.
      known[current.id] = false
      path.append(current.id)
      guard case .queue(let next, _) = exit(of: current) else {
        if case .none = exit(of: current) { verdict = true }
        break
      }
      guard let target = reading.queue(next), target.service.isMissing else { break }
      current = target
    }
    for id in path { known[id] = verdict }
    return verdict
  }

  private func place(of queue: WrittenQueue, _ reading: PlanReading) -> Node {
    guard case .queue(_, let key) = exit(of: queue) else { return queue.node }
    return queue.keys[key]?.key ?? queue.node
  }

  private func complaint(_ queue: WrittenQueue, _ reading: PlanReading) -> String {
    let why: String
    switch exit(of: queue) {
    case .none(let text): why = text
    case .queue(let next, let key):
      why =
        "\(key) leads to \"\(directory.name(of: next))\", where nobody answers either; let it end in voicemail, reject or a queue that is served"
    case .out: why = ""
    }
    return
      "queue \"\(queue.name)\": nobody serves it (\(reading.reason(queue))) and a caller in it waits for ever: \(why)"
  }
}
