import Base
import Routing
import Testing

@testable import Engines

/// Two engines stepped together, and one alone.
@Suite struct EnginesTests {
  private static let plan: RoutingPlan = {
    var queue = QueuePlan(members: [0, 1].map { Member(AgentID($0)) })
    queue.ringTimeout = .seconds(18)
    queue.wrapUp = .seconds(10)
    return RoutingPlan(agents: Array(repeating: AgentPlan(), count: 2), queues: [queue])
  }()
  private static let start = Instant(seconds: 1_000)

  private static func at(_ seconds: Int64) -> Instant { start + .seconds(seconds) }

  private func engines(_ companion: (any CompanionEngine)? = Counter()) -> Engines {
    Engines(Self.plan, seed: 1, companion: companion)
  }

  private func arrival(_ number: UInt8 = 0) -> Command {
    .arrive(queue: QueueID(0), priority: number, credit: .zero, skills: [])
  }

  /// Both reps come to work.
  private func begin(_ engines: inout Engines, _ buffer: inout StepBuffer) {
    for agent in 0..<2 {
      _ = engines.handle(.logIn(AgentID(agent)), at: Self.at(0), into: &buffer)
      _ = engines.handle(.makeReady(AgentID(agent)), at: Self.at(0), into: &buffer)
    }
    buffer.removeAll()
  }

  /// What has happened, in order, as text.
  private func story(_ buffer: StepBuffer) -> [String] {
    var lines: [String] = []
    buffer.forEach { entry in
      if case .call(let event) = entry.event {
        lines.append(
          "\(entry.at.microseconds / 1_000_000 - 1_000) \("\(event)".prefix { $0 != "(" })")
      }
    } companion: { entry in
      lines.append(
        "\(entry.at.microseconds / 1_000_000 - 1_000) companion \(entry.event.kind) \(entry.event.payload)"
      )
    }
    return lines
  }

  @Test("The companion is shown each event, and its own event and wish are of the same step")
  func sameStep() {
    var engines = engines()
    var buffer = StepBuffer()
    _ = engines.handle(arrival(), at: Self.at(1), into: &buffer)
    // The second caller is one too many for this companion: it wishes voicemail for him.
    _ = engines.handle(arrival(), at: Self.at(2), into: &buffer)
    #expect(
      story(buffer) == [
        "1 arrived", "1 companion 1 [1]", "2 arrived", "2 companion 1 [2]", "2 diverted",
      ])
    #expect((engines.companion as? Counter)?.arrived == 2)
  }

  /// It notes each event that it is shown.
  private struct Witness: CompanionEngine {
    let nextDeadline: Instant? = nil
    func decide(
      after event: Event, at instant: Instant, _ routing: RoutingEngine
    ) -> [CompanionDecision] { [.event(CompanionEvent(kind: 9, payload: []))] }
    func decideWhatIsDue(at instant: Instant, _ routing: RoutingEngine) -> [CompanionDecision] {
      []
    }
    mutating func apply(_ event: CompanionEvent, at instant: Instant) {}
    let snapshot: [UInt8] = []
  }

  @Test("It is shown every event once, whatever has caused it")
  func everyEvent() {
    var engines = engines(Witness())
    var buffer = StepBuffer()
    _ = engines.handle(.logIn(AgentID(0)), at: Self.at(0), into: &buffer)
    _ = engines.handle(.makeReady(AgentID(0)), at: Self.at(0), into: &buffer)
    _ = engines.handle(arrival(), at: Self.at(1), into: &buffer)
    _ = engines.handle([arrival(), arrival()], at: Self.at(30), into: &buffer)
    engines.advance(to: Self.at(60), into: &buffer)
    engines.resume(at: Self.at(900), into: &buffer)
    engines.adopt(Self.plan, at: Self.at(901), into: &buffer)
    #expect(buffer.routing.events.count > 12)
    #expect(buffer.companion.count == buffer.routing.events.count)
    #expect(buffer.companion.map(\.at) == buffer.routing.events.map(\.at))
  }

  @Test("What the two decide at different instants happens in the order of time")
  func deadlines() {
    var engines = engines()
    var buffer = StepBuffer()
    begin(&engines, &buffer)
    _ = engines.handle(arrival(), at: Self.at(1), into: &buffer)
    // The companion looks at the clock 30 s after the first caller, Routing each 18 s.
    #expect(engines.nextDeadline == Self.at(19))
    engines.advance(to: Self.at(40), into: &buffer)
    let lines = story(buffer)
    #expect(lines.contains("31 companion 2 []"))
    let instants = lines.compactMap { Int($0.prefix { $0 != " " }) }
    #expect(instants == instants.sorted())
    #expect(instants.contains(19) && instants.contains(37))
    // A command finds all of that done.
    var other = self.engines()
    var all = StepBuffer()
    begin(&other, &all)
    _ = other.handle(arrival(), at: Self.at(1), into: &all)
    _ = other.handle(.startDay, at: Self.at(40), into: &all)
    #expect(story(all) == lines)
  }

  @Test("Folding the events of both gives both states, and decides nothing")
  func fold() {
    var live = engines()
    var folded = engines()
    var buffer = StepBuffer()
    for number in 0..<20 as Range<UInt8> {
      _ = live.handle(arrival(number), at: Self.at(Int64(number) * 7), into: &buffer)
    }
    live.advance(to: Self.at(500), into: &buffer)
    buffer.forEach {
      folded.apply($0.event, at: $0.at)
    } companion: {
      folded.apply($0.event, at: $0.at)
    }
    #expect(!buffer.companion.isEmpty)
    #expect(folded.companion?.snapshot == live.companion?.snapshot)
    #expect(folded.routing.snapshot(at: live.routing.now) == live.routing.snapshot())
    #expect(folded.nextDeadline == live.nextDeadline)
  }

  @Test("Without a companion it is Routing, event by event")
  func alone() {
    var engines = engines(nil)
    var routing = RoutingEngine(Self.plan, seed: 1)
    var (buffer, expected) = (StepBuffer(), EventBuffer())
    func ask(_ command: Command, _ second: Int64) {
      let outcome = engines.handle(command, at: Self.at(second), into: &buffer)
      #expect(outcome == routing.handle(command, at: Self.at(second), into: &expected))
      #expect(engines.nextDeadline == routing.nextDeadline)
    }
    ask(.logIn(AgentID(0)), 0)
    ask(.makeReady(AgentID(0)), 1)
    ask(arrival(), 2)
    ask(arrival(), 30)
    engines.advance(to: Self.at(90), into: &buffer)
    routing.advance(to: Self.at(90), into: &expected)
    engines.resume(at: Self.at(900), into: &buffer)
    routing.resume(at: Self.at(900), into: &expected)
    engines.adopt(Self.plan, at: Self.at(901), into: &buffer)
    routing.adopt(Self.plan, at: Self.at(901), into: &expected)
    #expect(buffer.routing.events == expected.events && buffer.companion.isEmpty)
    #expect(expected.events.count > 8)
  }
}

/// A small second engine: it counts callers, wishes voicemail for every second one, and looks at the clock half a
/// minute after a caller has come.
struct Counter: CompanionEngine {
  private(set) var arrived: UInt8 = 0
  private(set) var looks: UInt8 = 0
  private var deadline: Instant?

  var nextDeadline: Instant? { deadline }

  func decide(
    after event: Event, at instant: Instant, _ routing: RoutingEngine
  ) -> [CompanionDecision] {
    guard case .call(.arrived(let call, _, _, _, _, _)) = event else { return [] }
    let counted = CompanionDecision.event(CompanionEvent(kind: 1, payload: [arrived &+ 1]))
    return arrived % 2 == 1 ? [counted, .wish(.leaveForVoicemail(call))] : [counted]
  }

  func decideWhatIsDue(at instant: Instant, _ routing: RoutingEngine) -> [CompanionDecision] {
    [.event(CompanionEvent(kind: 2, payload: []))]
  }

  mutating func apply(_ event: CompanionEvent, at instant: Instant) {
    if event.kind == 1 {
      arrived = event.payload[0]
      deadline = deadline ?? instant + .seconds(30)
    } else {
      looks &+= 1
      deadline = nil
    }
  }

  var snapshot: [UInt8] {
    var writer = StateWriter()
    var (arrived, looks, deadline) = (arrived, looks, deadline ?? .never)
    writer.integer(&arrived)
    writer.integer(&looks)
    writer.instant(&deadline)
    return writer.bytes
  }

  init() {}

  init?(snapshot bytes: [UInt8]) {
    var reader = StateReader(bytes[...])
    var (arrived, looks, deadline): (UInt8, UInt8, Instant) = (0, 0, .never)
    reader.integer(&arrived)
    reader.integer(&looks)
    reader.instant(&deadline)
    guard reader.isValid, reader.isAtEnd else { return nil }
    (self.arrived, self.looks) = (arrived, looks)
    self.deadline = deadline == .never ? nil : deadline
  }
}
