import Base
import Engines
import Routing
import Stochastics

/// The world around the engine: callers who come, wait and give up, reps who pick up, talk and write
/// up. It commands the engine as the telephony feed and the reps of a real team do, and acts on the
/// events it gets back; every offer, refusal, transfer and grant is the engine's own decision.
struct Simulator {
  let scenario: Scenario
  let seed: UInt64
  let replication: UInt32
  let features: Features
  let start: Instant

  var engines: Engines
  var agenda = FutureEventList()
  var buffer = StepBuffer()
  var cursor = 0
  var now: Instant
  var tally: Tally
  var batches: [Tally] = []

  /// The callers in the system, by row of the engine's call table.
  var callers: [Caller] = []
  var agents: [SimulatedAgent]
  var sources: [Source]
  var outbound: OutboundPool
  /// By how much busier than the mean day this one is.
  let dayFactor: Double
  /// The numbers of the reps who serve any queue.
  let serving: [Int]
  /// Reps on calls beyond the number wanted, under ``Staffing/levels(_:interval:)``.
  var surplus = 0
  /// Arrivals until the warm-up or the batch ends.
  private var untilBatch = Int.max
  private var isCounting = false
  /// Everything that happened, if it is kept.
  var isRecording = false
  private(set) var history: [TimedEvent] = []
  private var batchStart: Instant

  /// What the scenario makes use of: what it does not costs nothing.
  struct Features {
    var hasConversations = false
    var hasRingPatience = false
    var closes = TimeSpan.max
    var interval = TimeSpan.max
    var intervals = 1
    var batchSize = Int.max
    var batchCount = 1
  }

  init(
    _ scenario: Scenario, seed: UInt64, replication: UInt32,
    start: Instant = Instant(seconds: 86_400)
  ) {
    var scenario = scenario
    while scenario.serviceThresholds.count < scenario.plan.queues.count {
      scenario.serviceThresholds.append(scenario.serviceThresholds.last ?? .seconds(20))
    }
    while scenario.shortAbandons.count < scenario.plan.queues.count {
      scenario.shortAbandons.append(scenario.shortAbandons.last ?? .zero)
    }
    self.scenario = scenario
    self.seed = seed
    self.replication = replication
    features = Self.features(of: scenario)
    self.start = start
    now = start
    batchStart = start
    engines = Engines(
      scenario.plan, seed: Replication.engineSeed(seed, number: replication))
    tally = Tally(
      queues: scenario.plan.queues.count, agents: scenario.plan.agents.count,
      intervals: features.intervals)
    agents = scenario.agents.map { SimulatedAgent($0, since: start) }
    var day = RandomStream(
      seed: seed, replication: replication, purpose: .dayFactor, entity: 0)
    dayFactor =
      scenario.dayFactorCV > 0
      ? Distribution.gamma(mean: 1, cv: scenario.dayFactorCV).sample(&day) : 1
    sources = scenario.classes.indices.map { index in
      Source(
        stream: RandomStream(
          seed: seed, replication: replication, purpose: .arrival, entity: UInt64(index)))
    }
    outbound = OutboundPool(agents: scenario.plan.agents.count)
    serving = scenario.servingAgents
  }

  private static func features(of scenario: Scenario) -> Features {
    var features = Features()
    features.hasConversations = scenario.classes.contains {
      $0.hold.share + $0.drop + $0.transfer.share > 0
    }
    features.hasRingPatience = scenario.classes.contains { $0.ringPatience != nil }
    switch scenario.span {
    case .day(let closes, let interval):
      features.closes = closes
      features.interval = interval
      features.intervals = max(1, closes.count(of: interval))
    case .steady(_, let calls, let batches):
      features.batchCount = max(1, batches)
      features.batchSize = max(1, calls / features.batchCount)
    }
    return features
  }

  /// The stream for `purpose` of `entity`.
  @inline(__always)
  func stream(_ purpose: Purpose, _ entity: UInt64, part: UInt16 = 0) -> RandomStream {
    RandomStream(
      seed: seed, replication: replication, purpose: purpose, entity: entity, part: part)
  }

  /// The interval that `instant` lies in; what comes after the last belongs to the last.
  @inline(__always)
  func interval(of instant: Instant) -> Int {
    features.intervals == 1
      ? 0 : max(0, min(features.intervals - 1, Int((instant - start) / features.interval)))
  }

  // MARK: Running

  /// Runs to the end.
  /// - Returns: the tally of the day, or of each batch.
  mutating func run() -> [Tally] {
    openDay()
    while !hasEnded {
      let planned = agenda.next ?? .never
      let deadline = engines.nextDeadline ?? .never
      if min(planned, deadline) > horizon { break }
      if deadline <= planned {
        now = deadline
        engines.advance(to: deadline, into: &buffer)
      } else if let entry = agenda.removeFirst() {
        now = entry.at
        act(entry)
      }
      react()
    }
    if batches.count < features.batchCount { closeBatch() }
    return batches
  }

  /// A day whose last callers are served by nobody ends a day later; a long run when nothing is planned.
  private var horizon: Instant {
    features.closes < .max
      ? start + features.closes + .seconds(86_400) : Instant(microseconds: .max - 1)
  }

  /// A day ends when the doors are closed and the last caller has been served; a long run when it has
  /// its batches.
  @inline(__always)
  private var hasEnded: Bool {
    if now - start < features.closes { return batches.count == features.batchCount }
    return engines.routing.liveCallCount == 0 && !agents.contains { $0.activity.isAtWorkOnCall }
  }

  private mutating func openDay() {
    if case .steady(let warmUp, _, _) = scenario.span, warmUp > 0 {
      untilBatch = warmUp
    } else {
      startBatch()
    }
    command(.startDay)
    for (queue, hours) in scenario.officeHours.enumerated() {
      command(
        .setOfficeHours(QueueID(queue), opens: start + hours.opens, closes: start + hours.closes))
    }
    for index in scenario.classes.indices { planArrival(of: index) }
    openShifts()
    openOutbound()
    react()
  }

  /// Commands the engine now.
  @inline(__always)
  @discardableResult
  mutating func command(_ command: Command) -> Outcome {
    engines.handle(command, at: now, into: &buffer)
  }

  /// Acts on everything the engine has said, and on what it says to that.
  @inline(__always)
  mutating func react() {
    while cursor < buffer.routing.events.count {
      let event = buffer.routing.events[cursor].event
      cursor += 1
      react(to: event)
    }
    if isRecording { history += buffer.routing.events }
    buffer.removeAll()
    cursor = 0
  }

  // MARK: Batches

  /// Counts an arrival; after so many, a long run's warm-up or batch ends.
  @inline(__always)
  mutating func countArrival() {
    untilBatch -= 1
    if untilBatch > 0 { return }
    if isCounting { closeBatch() }
    startBatch()
  }

  private mutating func startBatch() {
    settleAgents()
    isCounting = true
    batchStart = now
    untilBatch = features.batchSize
    tally = Tally(
      queues: scenario.plan.queues.count, agents: scenario.plan.agents.count,
      intervals: features.intervals)
  }

  private mutating func closeBatch() {
    settleAgents()
    tally.duration = now - batchStart
    batches.append(tally)
  }
}
