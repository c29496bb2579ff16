import Base
public import Routing
public import Stochastics

/// What is simulated: the team's routing plan, who calls it, how its reps behave, and for how long.
///
/// Times of day are seconds after the start of the simulated day.
public struct Scenario: Sendable {
  /// The plan the engine runs.
  public var plan: RoutingPlan
  /// Who calls.
  public var classes: [CallClass]
  /// How each rep of the plan behaves.
  public var agents: [AgentBehaviour]
  /// When reps are at work.
  public var staffing: Presence = .always
  /// What reps do on their own when inbound calls leave them time.
  public var outbound = OutboundWork()
  /// How long, and what is counted.
  public var span: Span
  /// When the doors of each queue are open, in the order of the plan; empty: always.
  public var officeHours: [OpeningHours] = []
  /// T of the service levels of each queue, in the order of the plan; the last one serves for those after it.
  public var serviceThresholds: [TimeSpan]
  /// Up to which wait those who give up count neither as offered nor as abandoned, for each queue in the order of
  /// the plan; zero: there are no short abandons.
  public var shortAbandons: [TimeSpan]
  /// The coefficient of variation of the factor by which whole days are busier or quieter; 0: none.
  public var dayFactorCV = 0.0

  /// How many intervals are reported; 1 in equilibrium.
  public var intervalCount: Int {
    guard case .day(let closes, let interval) = span else { return 1 }
    return max(1, closes.count(of: interval))
  }

  /// The numbers of the reps who serve any queue, ascending: those whom ``Staffing/levels(_:interval:)`` counts.
  public var servingAgents: [Int] {
    let members = Set(plan.queues.flatMap { $0.members.map(\.agent.index) })
    return agents.indices.filter(members.contains)
  }

  /// A scenario in which every rep answers at once and is always at work.
  public init(plan: RoutingPlan, classes: [CallClass], span: Span) {
    self.plan = plan
    self.classes = classes
    self.span = span
    agents = Array(repeating: AgentBehaviour(), count: plan.agents.count)
    serviceThresholds = Array(repeating: .seconds(20), count: plan.queues.count)
    shortAbandons = Array(repeating: .zero, count: plan.queues.count)
  }
}

/// Opening hours of a day.
public struct OpeningHours: Equatable, Sendable {
  /// When callers are let in.
  public var opens: TimeSpan
  /// When no more are.
  public var closes: TimeSpan

  /// From `opens` to `closes`.
  public init(opens: TimeSpan, closes: TimeSpan) {
    self.opens = opens
    self.closes = closes
  }
}

/// How long is simulated.
public enum Span: Equatable, Sendable {
  /// A day that starts empty; after `closes` nobody is let in and the rest is served. Figures are
  /// reported by `interval`.
  case day(closes: TimeSpan, interval: TimeSpan)
  /// One endless day in equilibrium: `warmUp` calls are not counted, then `calls` are, in `batches` whose
  /// means are nearly independent, where single calls are not.
  ///
  /// Source: batch means, Law, "Simulation Modeling and Analysis" (5th ed. 2015), section 9.5.3.
  case steady(warmUp: Int, calls: Int, batches: Int)
}

/// Callers who are alike.
public struct CallClass: Sendable {
  /// What they are called in reports.
  public var name: String
  /// The queue they ask for.
  public var queue: QueueID
  /// When they call.
  public var arrivals: Arrivals
  /// Their priority in line.
  public var priority: UInt8 = 0
  /// The waiting credit they enter with.
  public var credit: TimeSpan = .zero
  /// What the rep must be able to do.
  public var skills: SkillSet = []
  /// How long they are willing to wait, from their arrival on.
  public var patience: Distribution = .never
  /// How long they listen to a phone that rings, each time; `nil`: ``patience`` runs on.
  public var ringPatience: Distribution?
  /// The share who hang up at once when they are not rung for at once.
  public var balking = 0.0
  /// Calling again after giving up.
  public var redial = Redial()
  /// The share who accept a call-back when it is offered.
  public var callBackAcceptance = 0.0
  /// The share of those sent to voicemail who leave a message, and how long that takes.
  public var voicemail = (share: 0.8, length: Distribution.constant(30))
  /// How long a rep of mean speed talks with them, hold not included.
  public var talk: Distribution
  /// After-call work of a rep of mean speed; `nil`: as long as the queue's wrap-up lasts.
  public var wrapUp: Distribution?
  /// Being put on hold: the share of calls, and how long.
  public var hold = (share: 0.0, length: Distribution.constant(45))
  /// The share of calls whose line is lost in the middle.
  public var drop = 0.0
  /// Being handed on.
  public var transfer = Transfer()

  /// Callers of `queue` who wait for ever.
  public init(_ name: String, queue: QueueID, arrivals: Arrivals, talk: Distribution) {
    self.name = name
    self.queue = queue
    self.arrivals = arrivals
    self.talk = talk
  }
}

/// When callers call.
public enum Arrivals: Sendable {
  /// Poisson, constant within intervals, up to the end of the last.
  case profile(ArrivalProcess)
  /// Poisson with so many a second, for ever.
  case rate(Double)
  /// As recorded.
  case trace([TracedCall])
}

/// A call of the past.
public struct TracedCall: Equatable, Sendable {
  /// When it came.
  public var at: TimeSpan
  /// How long the rep talked; `nil`: drawn.
  public var handleTime: TimeSpan?
  /// How long the rep was busy with it after its end; `nil`: drawn.
  public var wrapUp: TimeSpan?
  /// What is known of the caller's patience.
  public var patience: KnownPatience

  /// A call at `at`.
  public init(
    at: TimeSpan, handleTime: TimeSpan? = nil, wrapUp: TimeSpan? = nil,
    patience: KnownPatience = .atLeast(.zero)
  ) {
    self.at = at
    self.handleTime = handleTime
    self.wrapUp = wrapUp
    self.patience = patience
  }
}

/// What a log says of a caller's patience.
public enum KnownPatience: Equatable, Sendable {
  /// The caller gave up after this time.
  case exactly(TimeSpan)
  /// The caller was served, or sent elsewhere, after this time, and would have waited longer: the rest
  /// is drawn from the patience of those who wait so long.
  case atLeast(TimeSpan)
}

/// Calling again after giving up.
public struct Redial: Equatable, Sendable {
  /// The share who do, each time.
  public var share = 0.0
  /// How long they let pass first.
  public var delay = Distribution.constant(300)
  /// Calls of one caller at most.
  public var attempts = 5

  /// Nobody does.
  public init() {}
}

/// Being handed on with a warm transfer.
public struct Transfer: Equatable, Sendable {
  /// The share of calls.
  public var share = 0.0
  /// Any free rep of this queue.
  public var target = QueueID(0)
  /// How long the reps talk before the target says yes or no.
  public var consult = Distribution.constant(30)
  /// The share of consultations that are declined.
  public var decline = 0.0
  /// How long the target talks with the caller.
  public var talk = Distribution.constant(120)

  /// Nobody is.
  public init() {}
}

/// How a rep behaves. Shares that do not add up to 1 leave the rest of the calls answered.
public struct AgentBehaviour: Sendable {
  /// How long the phone rings before it is picked up.
  public var answerDelay = Distribution.constant(0)
  /// The share of offers that ring until the time is over.
  public var noAnswer = 0.0
  /// The share of offers that are ignored with the button, and after how long.
  public var ignore = (share: 0.0, delay: Distribution.constant(3))
  /// The share of offers to which the rep reacts by going not ready, after how long, and for how long.
  public var goNotReady = (
    share: 0.0, delay: Distribution.constant(6), length: Distribution.constant(120)
  )
  /// The rep's talk and wrap-up times are the mean ones times this.
  public var pace = 1.0

  /// A rep who answers everything at once.
  public init() {}

  /// Whether every offer is answered the instant it is made.
  var isInstant: Bool {
    answerDelay == .constant(0) && noAnswer + ignore.share + goNotReady.share == 0
  }
}

/// When reps are at work.
public enum Presence: Sendable {
  /// All of them, all the time.
  case always
  /// Each rep's shifts, in the order of the plan.
  case shifts([[Shift]])
  /// So many reps in each interval, whoever they are: the first of the plan who serve a queue. Who leaves
  /// first is who is not on a call.
  case levels([Int], interval: TimeSpan)
}

/// A spell of work.
public struct Shift: Equatable, Sendable {
  /// When it begins.
  public var start: TimeSpan
  /// When it ends; a call in progress is finished.
  public var end: TimeSpan
  /// Breaks: when each begins, and its length.
  public var breaks: [(start: TimeSpan, length: TimeSpan)] = []
  /// How late the rep comes.
  public var lateness = Distribution.constant(0)
  /// The share of days on which the rep is not there at all.
  public var absence = 0.0

  /// From `start` to `end`.
  public init(start: TimeSpan, end: TimeSpan) {
    self.start = start
    self.end = end
  }

  /// Whether both are the same.
  public static func == (a: Shift, b: Shift) -> Bool {
    a.start == b.start && a.end == b.end && a.lateness == b.lateness && a.absence == b.absence
      && a.breaks.elementsEqual(b.breaks) { $0 == $1 }
  }
}

/// Calls out: promised call-backs, messages to be returned, lost calls, and whatever else there is.
public struct OutboundWork: Sendable {
  /// Messages found at the start of the day, dealt evenly.
  public var pile = 0
  /// Other calls to be made, per hour of the day, for the whole team.
  public var perHour = 0.0
  /// How long it takes until somebody answers or it is given up.
  public var dial = Distribution.constant(20)
  /// The share of calls answered.
  public var answered = 0.7
  /// How long the talk is.
  public var talk = Distribution.exponential(mean: 150)
  /// How long a rep waits for cover before giving the request up; it is made again a minute later.
  public var patience = TimeSpan.minutes(30)
  /// Whether call-backs, messages and dropped calls are called back at all.
  public var isDone = true

  /// Whatever the calls of the day give rise to, and nothing else.
  public init() {}
}
