import Base
import Events
import Frames
import Routing
import Switchboard
import Vocabulary

// What a request asks for, of a switchboard that knows nothing of requests.

extension Switchboard {
  /// Carries out an order.
  /// - Throws: ``Refusal`` of the engine, explained; what that records, such as an attempt, is recorded all the same.
  mutating func perform(_ order: Order, at now: Instant, _ batch: inout Batch) throws -> Outcome {
    let outcome = step(order, at: now, &batch)
    if case .refused(let rule, let queue) = outcome {
      throw Refusal(rule, queue: queue.map { directory.name(of: $0) })
    }
    return outcome
  }
}

extension Deputy {
  /// The client of `session`, if it may act for others. The telephony side only reports what reps do.
  init?(_ session: Session) {
    switch session.role {
    case .lead, .admin: self.init(user: session.user, own: session.agent)
    case .agent, .feed, .phones, .monitor: return nil
    }
  }
}
