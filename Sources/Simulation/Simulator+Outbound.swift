import Base
import Routing
import Stochastics

// Calls out: messages and call-backs are dealt to reps, who ask the engine for cover.

/// Calls to be made.
struct OutboundPool: Sendable {
  /// One call to be made.
  struct Item: Sendable {
    var purpose: OutboundPurpose
    /// The name of its random streams: that of the caller, or a number of its own.
    var entity: UInt64
    var arisenAt: Instant
    var attempts: UInt16 = 0
  }

  /// All items, by number; the numbers of done ones are given again.
  var items: [Item] = []
  /// The numbers of items that are done.
  private var done: [Int] = []
  /// How many calls out have arisen by themselves.
  var followUps: UInt64 = 0
  /// The numbers of items that nobody has taken, the oldest first.
  var pool: [Int] = []
  /// The numbers of each rep's items, the next first.
  var ofAgent: [[Int]]
  /// Whether the rep waits for cover, or to ask for it again.
  var isWaiting: [Bool]
  /// What the rep has asked the engine for.
  var requests: [RequestID?]

  init(agents: Int) {
    ofAgent = Array(repeating: [], count: agents)
    isWaiting = Array(repeating: false, count: agents)
    requests = Array(repeating: nil, count: agents)
  }

  /// Takes an item in.
  /// - Returns: its number.
  mutating func add(_ item: Item) -> Int {
    if let number = done.popLast() {
      items[number] = item
      return number
    }
    items.append(item)
    return items.count - 1
  }

  /// An item is done.
  mutating func finish(_ number: Int) { done.append(number) }

  // No class of callers has these numbers: see Caller.entity.
  static let pileEntity: UInt64 = 0xffff << 48
  static let followUpEntity: UInt64 = 0xfffe << 48
  static let gapEntity: UInt64 = 0xfffd << 48
}

extension Simulator {
  mutating func openOutbound() {
    for number in 0..<UInt64(scenario.outbound.pile) {
      arise(.voicemail, OutboundPool.pileEntity | number)
    }
    planOutbound()
  }

  /// Plans the next call out that arises by itself.
  private mutating func planOutbound() {
    guard scenario.outbound.perHour > 0 else { return }
    var stream = stream(.outbound, OutboundPool.gapEntity | outbound.followUps)
    let gap = stream.exponential() * 3_600 / scenario.outbound.perHour
    let time = now + TimeSpan(seconds: gap)
    if time - start < features.closes { agenda.add(.outboundArises, 0, at: time) }
  }

  /// A caller is to be called: by `agent`, or by whoever asks next.
  mutating func arise(_ purpose: OutboundPurpose, from caller: Caller, for agent: AgentID? = nil) {
    arise(purpose, caller.entity, for: agent)
  }

  private mutating func arise(
    _ purpose: OutboundPurpose, _ entity: UInt64, for agent: AgentID? = nil
  ) {
    guard scenario.outbound.isDone, !agents.isEmpty else { return }
    tally.outbound.arisen += 1
    let item = OutboundPool.Item(purpose: purpose, entity: entity, arisenAt: now)
    give(outbound.add(item), to: agent)
  }

  private mutating func give(_ number: Int, to agent: AgentID?) {
    if let agent, agents[agent.index].activity != .away {
      outbound.ofAgent[agent.index].insert(number, at: 0)
      return request(agent)
    }
    outbound.pool.append(number)
    for index in agents.indices where agents[index].activity != .away {
      request(AgentID(index))
      if outbound.pool.isEmpty { return }
    }
  }

  /// What a rep who goes home has not done is anybody's.
  mutating func returnItems(of agent: AgentID) {
    outbound.pool += outbound.ofAgent[agent.index]
    outbound.ofAgent[agent.index] = []
  }

  /// Asks for cover, if there is something to do and nothing asked already. Who has a break, or goes home
  /// after the call, does not ask.
  mutating func request(_ agent: AgentID) {
    let state = agents[agent.index]
    guard !outbound.isWaiting[agent.index], state.activity != .away, state.isReady,
      !state.isLeaving, state.pause == nil
    else { return }
    if outbound.ofAgent[agent.index].isEmpty, !outbound.pool.isEmpty {
      // One at a time to whoever is there: that is dealing evenly.
      outbound.ofAgent[agent.index].append(outbound.pool.removeFirst())
    }
    guard let number = outbound.ofAgent[agent.index].first else { return }
    outbound.isWaiting[agent.index] = true
    let outcome = command(
      .requestOutbound(
        agent, purpose: outbound.items[number].purpose, patience: scenario.outbound.patience))
    switch outcome {
    case .granted: break
    case .waiting(let id):
      outbound.requests[agent.index] = id
      tally.outbound.waited += 1
    case .refused, .done, .unchanged, .entered, .consulting:
      agenda.add(.outboundRetry, UInt64(agent.rawValue), at: now + .minutes(1))
    }
  }

  /// A rep who is not ready any more takes the request for a call out back.
  mutating func withdrawRequest(of agent: AgentID) {
    if let id = outbound.requests[agent.index] { command(.cancelOutbound(id)) }
  }

  mutating func react(to event: OutboundEvent) {
    switch event {
    case .granted(_, let agent, _, let call): dial(call, agent)
    case .requestEnded(_, let agent, let outcome):
      outbound.requests[agent.index] = nil
      if outcome == .cancelled {
        outbound.isWaiting[agent.index] = false
      } else {
        if outcome == .expired { tally.outbound.expired += 1 }
        agenda.add(.outboundRetry, UInt64(agent.rawValue), at: now + .minutes(1))
      }
    // The request and its refusal are in the command's outcome; the call out is connected by the simulator.
    case .requested, .refused, .connected: break
    }
  }

  private mutating func dial(_ call: CallID, _ agent: AgentID) {
    outbound.isWaiting[agent.index] = false
    outbound.requests[agent.index] = nil
    set(agent, .outbound)
    while callers.count <= call.index { callers.append(Caller()) }
    let number =
      outbound.ofAgent[agent.index].isEmpty ? 0 : outbound.ofAgent[agent.index].removeFirst()
    var caller = Caller()
    caller.call = call
    caller.isOutbound = true
    caller.phase = .connected
    caller.kind = UInt32(number)
    caller.agent = agent
    callers[call.index] = caller
    tally.outbound.placed += 1
    outbound.items[number].attempts += 1
    var stream = outboundStream(number)
    let length = scenario.outbound.dial.sample(&stream)
    agenda.add(.dialEnds, call.rawValue, at: now + TimeSpan(seconds: length))
  }

  private func outboundStream(_ number: Int) -> RandomStream {
    stream(.outbound, outbound.items[number].entity, part: outbound.items[number].attempts)
  }

  /// A call out has arisen by itself, and the next one is planned.
  mutating func followUp() {
    arise(.followUp, OutboundPool.followUpEntity | outbound.followUps)
    outbound.followUps += 1
    planOutbound()
  }

  /// Asks for cover once more, unless the request still waits.
  mutating func askAgain(_ agent: AgentID) {
    if outbound.requests[agent.index] != nil { return }
    outbound.isWaiting[agent.index] = false
    request(agent)
  }

  mutating func endDialling(_ call: CallID) {
    guard let row = row(of: call) else { return }
    let number = Int(callers[row].kind)
    var stream = outboundStream(number)
    _ = scenario.outbound.dial.sample(&stream)
    guard stream.happens(scenario.outbound.answered) else {
      command(.hangUp(call, by: .caller, cause: .noAnswer))
      return
    }
    command(.reportOutboundAnswered(call))
    let talk = scenario.outbound.talk.sample(&stream) * agents[callers[row].agent.index].pace
    agenda.add(.outboundTalkEnds, call.rawValue, at: now + TimeSpan(seconds: talk))
  }

  /// A call out is over: done, or to be tried again later, three times in all.
  mutating func finishOutbound(_ row: Int, _ agent: AgentID?, _ reason: EndReason) {
    let number = Int(callers[row].kind)
    callers[row].phase = .gone
    guard let agent else { return }
    let isDone = reason == .agentHungUp || outbound.items[number].attempts >= 3
    if isDone {
      tally.outbound.done += 1
      tally.outbound.age += now - outbound.items[number].arisenAt
      outbound.finish(number)
    } else {
      outbound.pool.append(number)
    }
    let hasMore = !outbound.ofAgent[agent.index].isEmpty || !outbound.pool.isEmpty
    if hasMore, !outbound.isWaiting[agent.index] {
      outbound.isWaiting[agent.index] = true
      let pause: TimeSpan = isDone ? .seconds(1) : .minutes(10)
      agenda.add(.outboundRetry, UInt64(agent.rawValue), at: now + pause)
    }
  }
}
