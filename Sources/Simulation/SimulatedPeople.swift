import Base
import Routing
import Stochastics

// What the simulated world remembers of callers, reps and sources of calls.

/// A caller in the system, in the row of the engine's call table.
struct Caller: Sendable, BitwiseCopyable {
  /// Where the caller is.
  enum Phase: UInt8, Sendable {
    case gone, waiting, connected, message
  }

  var call = CallID(slot: 0, generation: 0)
  var phase = Phase.gone
  var isOutbound = false
  /// The class; of an outbound call, the number of the item.
  var kind: UInt32 = 0
  /// Which attempt of the caller this is, from 0.
  var attempt: UInt8 = 0
  /// Which caller of the class this is, from 0.
  var ordinal: UInt64 = 0
  /// Phones ringing.
  var liveOffers: UInt16 = 0
  var offers: UInt32 = 0
  var isRefused = false
  /// Came while the queue was closed.
  var isOutOfHours = false
  var agent = AgentID(0)
  var queue = QueueID(0)
  var interval: Int32 = 0
  var arrivedAt = Instant.distantPast
  var offeredAt = Instant.distantPast
  var answeredAt = Instant.distantPast
  var losesPatienceAt = Instant.never
  var losesRingPatienceAt = Instant.never
  /// Talk still to come when the present interruption is over.
  var talkLeft: TimeSpan = .zero
  /// What a trace says of the handle time; `nil`: nothing.
  var tracedHandleTime: TimeSpan?
  /// See ``tracedHandleTime``.
  var tracedWrapUp: TimeSpan?

  /// The name of the caller's random streams.
  var entity: UInt64 { UInt64(kind) << 48 | UInt64(attempt) << 40 | ordinal }
}

/// What a rep is doing, as time is accounted.
enum Occupation: UInt8, Sendable {
  case away, notReady, idle, ringing, talking, outbound, wrapUp

  /// Whether a day cannot end yet.
  var isAtWorkOnCall: Bool {
    self == .ringing || self == .talking || self == .outbound || self == .wrapUp
  }
}

/// A rep.
struct SimulatedAgent: Sendable {
  var activity = Occupation.away
  var since: Instant
  var isReady = false
  /// Going home as soon as the hands are free.
  var isLeaving = false
  /// A break that begins when the hands are free, and its length.
  var pause: TimeSpan?
  /// How many wrap-ups have begun: tells them apart.
  var wrapUps: UInt32 = 0
  /// The call the phone rings for, and how many offers there were: tells them apart.
  var offerOf = CallID(slot: 0, generation: 0)
  var offerCount: UInt32 = 0
  /// Copies of the behaviour's hot parts.
  let answersInstantly: Bool
  let pace: Double

  init(_ behaviour: AgentBehaviour, since: Instant) {
    self.since = since
    answersInstantly = behaviour.isInstant
    pace = behaviour.pace
  }
}

/// Where calls of a class come from.
struct Source: Sendable {
  var stream: RandomStream
  var walk = ArrivalProcess.Walk()
  /// Callers so far.
  var count: UInt64 = 0
  /// Time of the last arrival, in seconds.
  var time = 0.0

  init(stream: RandomStream) { self.stream = stream }

  /// The time of the next arrival of a profile, in seconds.
  mutating func next(of process: ArrivalProcess, factor: Double) -> Double? {
    walk.next(of: process, factor: factor, &stream)
  }
}

extension Simulator {
  /// The row of `call`, if its caller is still here.
  @inline(__always)
  func row(of call: CallID) -> Int? {
    let row = call.index
    return row < callers.count && callers[row].call == call ? row : nil
  }

  /// Accounts for the rep's time so far and begins something else.
  @inline(__always)
  mutating func set(_ agent: AgentID, _ activity: Occupation) {
    account(agent.index)
    agents[agent.index].activity = activity
  }

  /// Free hands: idle, or not ready.
  @inline(__always)
  mutating func setFree(_ agent: AgentID) {
    set(agent, agents[agent.index].isReady ? .idle : .notReady)
  }

  @inline(__always)
  private mutating func account(_ index: Int) {
    let since = agents[index].since
    let span = now - since
    agents[index].since = now
    if span == .zero { return }
    let activity = agents[index].activity
    switch activity {
    case .away: return
    case .notReady:
      tally.agents[index].notReady += span
      return
    case .idle: tally.agents[index].idle += span
    case .ringing: tally.agents[index].ringing += span
    case .talking: tally.agents[index].talking += span
    case .outbound: tally.agents[index].outbound += span
    case .wrapUp: tally.agents[index].wrapUp += span
    }
    let isBusy = activity == .talking || activity == .outbound || activity == .wrapUp
    if features.closes == .max {
      tally.team[0].staffed += span
      if isBusy { tally.team[0].busy += span }
    } else {
      spread(from: since, isBusy)
    }
  }

  /// Shares a span that ends now out among the intervals it covers; what is after closing is overtime.
  private mutating func spread(from since: Instant, _ isBusy: Bool) {
    var from = since
    let closes = start + features.closes
    while from < now {
      if from >= closes {
        tally.overtime += now - from
        return
      }
      let index = interval(of: from)
      let end = min(now, closes, start + features.interval * (index + 1))
      tally.team[index].staffed += end - from
      if isBusy { tally.team[index].busy += end - from }
      from = end
    }
  }

  /// Accounts for everybody's time up to now.
  mutating func settleAgents() {
    for index in agents.indices { account(index) }
  }
}
