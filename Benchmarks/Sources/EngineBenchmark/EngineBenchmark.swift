import Base
import Glibc
import Routing

/// What an event costs in the engine, in CPU time and, under `valgrind --tool=callgrind`, in
/// instructions. The driver keeps the team at nine tenths of its capacity: calls arrive, one in ten
/// offers is ignored, calls are answered, held, written up and hung up; wrap-up runs out by itself.
@main
struct EngineBenchmark {
  static func main() {
    let arguments = CommandLine.arguments
    if arguments.count == 4, let agents = Int(arguments[1]), let queues = Int(arguments[2]),
      let events = Int(arguments[3])
    {
      // One run of a fixed length, for callgrind.
      var workload = Workload(agents: agents, queues: queues)
      print(workload.run(events: events))
      return
    }
    print("| engine | ns per event | events per second |")
    print("|---|---:|---:|")
    for (agents, queues) in [(8, 1), (8, 8), (200, 1), (200, 8)] {
      var best = Double.infinity
      for _ in 0..<5 {
        var workload = Workload(agents: agents, queues: queues)
        _ = workload.run(events: 100_000)
        let start = cpuSeconds()
        let count = workload.run(events: 1_000_000)
        best = min(best, (cpuSeconds() - start) / Double(count))
      }
      let rate = Int(1 / best)
      print("| \(agents) reps, \(queues) queues | \(Int((best * 1e9).rounded())) | \(rate) |")
    }
  }

  static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// A team under load, driven without a heap of its own so that the engine is what is measured.
struct Workload {
  private var engine: RoutingEngine
  private var events = EventBuffer()
  private var now = Instant(seconds: 1_000)
  private var talking: [(call: CallID, agent: AgentID)] = []
  private var head = 0
  private let queues: Int
  private let capacity: Int
  private var random: UInt64 = 1

  init(agents: Int, queues: Int) {
    self.queues = queues
    capacity = max(1, agents * 9 / 10)
    var plan = RoutingPlan(
      agents: Array(repeating: AgentPlan(), count: agents),
      queues: (0..<queues).map { queue in
        // Each rep serves the first queue and every other one.
        let members = (0..<agents).filter { queue == 0 || ($0 + queue) % 2 == 0 }
        var plan = QueuePlan(members: members.map { Member(AgentID($0)) })
        plan.wrapUp = .seconds(1)
        return plan
      })
    plan.rules.holdReminder = .seconds(60)
    engine = RoutingEngine(plan, seed: 1)
    for agent in 0..<agents {
      _ = engine.handle(.logIn(AgentID(agent)), at: now, into: &events)
      _ = engine.handle(.makeReady(AgentID(agent)), at: now, into: &events)
    }
  }

  private mutating func draw(_ limit: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((random >> 33) % UInt64(limit))
  }

  /// Runs until `limit` events have happened.
  /// - Returns: how many did.
  mutating func run(events limit: Int) -> Int {
    var count = 0
    while count < limit {
      now = now + .microseconds(200_000)
      events.removeAll()
      let arrival = Command.arrive(
        queue: QueueID(draw(queues)), priority: 0, credit: .zero, skills: [])
      _ = engine.handle(arrival, at: now, into: &events)
      answerOffers()
      if talking.count - head >= capacity { hangUpOldest() }
      count += events.events.count
    }
    return count
  }

  /// Reps react to the offers made in this step.
  private mutating func answerOffers() {
    var index = 0
    while index < events.events.count {
      if case .call(.offered(_, let call, let agent, _, _, _)) = events.events[index].event {
        if draw(10) == 0 {
          _ = engine.handle(.ignore(call, agent: agent, offer: nil), at: now, into: &events)
        } else if engine.handle(.answer(call, agent: agent, offer: nil), at: now, into: &events)
          == .done
        {
          talking.append((call, agent))
        }
      }
      index += 1
    }
  }

  private mutating func hangUpOldest() {
    let (call, agent) = talking[head]
    head += 1
    if head > 4_096 {
      talking.removeFirst(head)
      head = 0
    }
    _ = engine.handle(.hold(call, agent: agent), at: now, into: &events)
    _ = engine.handle(.resume(call, agent: agent), at: now, into: &events)
    let fields: WriteUpFields = [.category, .disposition]
    _ = engine.handle(.writeUp(call, agent: agent, fields: fields), at: now, into: &events)
    _ = engine.handle(.hangUp(call, by: .caller, cause: .normal), at: now, into: &events)
  }
}
