import Base
import Events
import LineProtocol
import Routing
import TestSupport
import Testing

/// Each case of each family is described once; the list of cases is the source's.
@Suite struct EventDescriptionTests {
  private struct Names: Naming {
    func phoneExtension(of agent: AgentID) -> String? { nil }
    func name(of agent: AgentID) -> String { "agent-\(agent.rawValue)" }
    func name(of queue: QueueID) -> String { "queue-\(queue.rawValue)" }
    func name(of reason: NotReadyReason) -> String { "reason-\(reason.rawValue)" }
    func names(of skills: SkillSet) -> [String] { ["skills-\(skills.rawValue)"] }
  }

  private func text(_ event: Event) -> String {
    var writer = LineWriter()
    event.writeOptions(Names(), to: &writer)
    return String(decoding: writer.bytes.dropFirst(), as: UTF8.self)
  }

  @Test("Every case that the source declares is coded, read again and printed")
  func everyCase() throws {
    let declared = try EventDeclarations.all()
    let samples = EventDeclarations.samples()
    #expect(declared.count > 40)
    #expect(Set(samples.map(\.name)) == Set(declared.map(\.name)))
    for (name, event) in samples {
      var bytes: [UInt8] = []
      event.code.write(to: &bytes)
      var position = 0
      let code = try #require(EventCode.read(from: bytes[...], at: &position))
      #expect(position == bytes.count && Event(code) == event, "\(name): \(event)")
      let line = "! 1 \(event.type) \(text(event))"
      guard case .event(1, event.type, _) = try LineParser.serverLine(Array(line.utf8)[...]) else {
        Issue.record("\(event) is printed as \(line)")
        continue
      }
    }
  }

  @Test(
    "Fields are read in the order in which they are described: different values stay where they are"
  )
  func order() {
    // The second is for those whose early fields are words of which there are few.
    let patterns: [[Int64]] = [[7, 5, 3, 1, 2, 6], [7, 4, 1, 3, 2, 6]]
    var kinds = 0
    for kind in UInt8.min...UInt8.max {
      func decodes(_ fields: [Int64]) -> Bool { Event(EventCode(kind, fields: fields)) != nil }
      let lengths = (1...EventCode.capacity).reversed()
      guard let count = lengths.first(where: { decodes(Array(repeating: 1, count: $0)) }) else {
        continue
      }
      kinds += 1
      #expect(patterns.contains { decodes(Array($0.prefix(count))) }, "kind \(kind)")
    }
    #expect(kinds > 40)
  }

  @Test("A word stands for one kind, and a kind has one word")
  func words() throws {
    let words =
      CallEvent.Kind.allCases.map(\.word) + AgentEvent.Kind.allCases.map(\.word)
      + TransferEvent.Kind.allCases.map(\.word) + OutboundEvent.Kind.allCases.map(\.word)
      + CalendarEvent.Kind.allCases.map(\.word) + FeedEvent.Kind.allCases.map(\.word)
    #expect(Set(words).count == words.count)
    #expect(words.count == (try EventDeclarations.all()).count)
    #expect(words.allSatisfy { $0.wholeMatch(of: /[a-z]+\.[a-z-]+/) != nil })
  }

  @Test(
    "Whom an event is about comes first, then its fields in their order; what is usual is left out")
  func texts() {
    let (call, alice, bob) = (CallID(slot: 1, generation: 1), AgentID(0), AgentID(1))
    let texts: [(Event, String)] = [
      (
        .call(
          .arrived(call, queue: QueueID(2), priority: 3, credit: .seconds(90), skills: [])),
        "queue=queue-2 priority=3 credit=90.000"
      ),
      (
        .call(
          .offered(
            OfferID(7), call: call, agent: bob, queue: QueueID(2), ringTimeout: .seconds(18),
            round: 0)),
        "agent=agent-1 queue=queue-2 offer=o-7 expires-in=18.000"
      ),
      (
        .call(
          .offerEnded(OfferID(7), call: call, agent: bob, outcome: .noAnswer, restUntil: .never)),
        "agent=agent-1 offer=o-7 outcome=no-answer refused=yes"
      ),
      (.call(.tierEscalated(call, tier: 1)), "tier=2"),
      (
        .call(.diverted(call, queue: QueueID(0), reason: .maxWait, to: .queue(QueueID(1)))),
        "queue=queue-0 reason=max-wait to=queue:queue-1"
      ),
      (
        .agent(
          .becameNotReady(
            alice, reason: NotReadyReason(16), until: .never, by: .lead,
            shown: NotReadyReason(0))),
        "agent=agent-0 reason=reason-16 set-by=lead shown=reason-0"
      ),
      (
        .transfer(
          .ended(TransferID(4), call: call, holder: alice, outcome: .declined, agent: bob)),
        "agent=agent-1 holder=agent-0 transfer=t-4 outcome=declined"
      ),
      (
        .transfer(.completed(TransferID(4), call: call, holder: alice, target: nil)),
        "holder=agent-0 transfer=t-4"
      ),
      (
        .calendar(.officeHoursSet(QueueID(1), opens: Instant(seconds: 0), closes: .never)),
        "queue=queue-1 opens=1970-01-01T00:00:00.000000Z closes=never"
      ),
    ]
    for (event, expected) in texts { #expect(text(event) == expected, "\(event)") }
  }

  @Test("Both reps of a transfer are parties of every event that names them")
  func parties() {
    let (alice, bob, id) = (AgentID(0), AgentID(1), TransferID(1))
    let events: [TransferEvent] = [
      .consultStarted(
        id, call: CallID(slot: 1, generation: 1), holder: alice, target: .agent(bob)),
      .consultOffered(id, holder: alice, agent: bob),
      .consultRefused(id, holder: alice, agent: bob, outcome: .ignored),
      .consultAnswered(id, holder: alice, agent: bob),
      .consultConfirmed(id, holder: alice, agent: bob),
      .completed(id, call: CallID(slot: 1, generation: 1), holder: alice, target: bob),
      .ended(
        id, call: CallID(slot: 1, generation: 1), holder: alice, outcome: .timedOut, agent: bob),
    ]
    for event in events {
      #expect(Parties(of: .transfer(event)).agents == [bob, alice], "\(event)")
    }
    // As version 0.1.0 recorded it.
    #expect(
      Parties(of: .transfer(.consultAnswered(id, holder: alice, agent: nil))).agents == [alice])
  }

  @Test("Records of version 0.1.0 are read: fields that nobody had written are nobody")
  func older() {
    let call = CallID(rawValue: 5)
    #expect(Event(EventCode(8, fields: [5])) == .call(.held(call, agent: nil)))
    #expect(Event(EventCode(8, fields: [5, 1])) == .call(.held(call, agent: AgentID(0))))
    #expect(
      Event(EventCode(43, fields: [1, 2]))
        == .transfer(.consultAnswered(TransferID(1), holder: AgentID(2), agent: nil)))
    #expect(
      Event(EventCode(46, fields: [1, 5, 2, 3]))
        == .transfer(
          .ended(TransferID(1), call: call, holder: AgentID(2), outcome: .callerLeft, agent: nil)))
  }
}

/// Numbers that no field can have are no event.
@Suite struct ImpossibleEventTests {
  private static let codes: [(UInt8, [Int64])] = [
    (20, [65_536]), (1, [0, 0, 256]), (7, [0, -1]), (11, [0, .min]), (2, [0, 0, 0, 65_552]),
    (20, [0, 1]), (63, [1]), (0, []), (12, [0, 0, 512]), (40, [0, 0, 0, 4]), (8, [0, 65_538]),
  ]

  @Test("Fields that fit no type are refused, not cut to fit", arguments: codes.indices)
  func refused(_ index: Int) {
    let (kind, fields) = Self.codes[index]
    #expect(Event(EventCode(kind, fields: fields)) == nil)
  }
}
