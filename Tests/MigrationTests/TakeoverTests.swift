import Base
import Configuration
import Events
import Foundation
import Frames
import Journal
import Planning
import Routing
import Simulation
import TestSupport
import Testing

@testable import Migration

/// Everything that a journal says, as text: two that say the same have the same.
func story(_ journal: Journal) throws -> [String] {
  var lines: [String] = []
  _ = try journal.replay(after: 0, chain: 0) { entry, step in
    let record = try Record(entry, at: step.at)
    let asked = Command.list(from: step.command).map { "\($0)" } ?? "?"
    lines.append("\(record.seq) \(record.at) \(step.cause) \(asked) \(record.content)")
  }
  return lines
}

/// Journals of schema 1 and 2 are taken over whole.
@Suite struct TakeoverTests {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  static let plan: PlanRecord = {
    let yaml = """
      agents:
        alice: { name: Alice Adams, user: alice }
        bob: { name: Bob Baker }
        carol:
      queues: { support: { members: [alice, bob, carol] } }
      """
    // swift-format-ignore
    return PlanRecord(try! Configuration(yaml: yaml, file: "f"))
  }()
  static let call = CallID(slot: 0, generation: 1)
  static let (alice, bob, support) = (AgentID(0), AgentID(1), QueueID(0))

  private func open(_ takeover: SchemaTakeover = SchemaTakeover()) throws -> Journal {
    try Journal(
      .init(path: scratch.path(), vocabulary: Record.vocabulary, takeover: takeover)
    ) { "new" }
  }

  private func details(_ journal: Journal) throws -> [(Event?, Detail)] {
    var result: [(Event?, Detail)] = []
    try journal.read(from: 1) { entry, step in
      switch try Record(entry, at: step.at).content {
      case .event(let event, let detail): result.append((event, detail))
      case .shell(_, let detail): result.append((nil, detail))
      case .companion: Issue.record("a companion's record")
      }
      return true
    }
    return result
  }

  private func at(_ seconds: Double) -> Instant {
    Instant(seconds: 1_800_000_000) + TimeSpan(seconds: seconds)
  }

  // MARK: Options

  /// Every option that version 0.1.0 wrote, by the event it wrote it with. (Of its `Switchboard.options(for:_:)` and
  /// its notes.)
  private static let written: [(Event, String, Detail)] = {
    let named = Detail(call: "c-1")
    let (id, request) = (TransferID(1), RequestID(1))
    return [
      (
        .call(.arrived(call, queue: support, priority: 0, credit: .zero, skills: [])),
        " call=c-1 from=\"+1 312\" to=\"+1 500\" name=\"Zed \\\"Z\\\" M\\u{fc}ller\"",
        named.with(.from, "+1 312").with(.to, "+1 500").with(.name, "Zed \"Z\" Müller")
      ),
      (
        .call(
          .offered(
            OfferID(1), call: call, agent: alice, queue: support, ringTimeout: .seconds(18),
            round: 0)), " call=c-1 from=+1312 name=Acme",
        named.with(.from, "+1312").with(.name, "Acme")
      ),
      (.call(.ringing(OfferID(1), call: call, agent: alice)), " call=c-1", named),
      (
        .call(.answered(OfferID(1), call: call, agent: alice)), " call=c-1 by=lena",
        named.with(.by, "lena")
      ),
      (
        .call(.writtenUp(call, agent: alice, fields: [.client, .notes])),
        " call=c-1 client=\"A = B\" order=12 call-back=+1 category=billing disposition=done notes=\"a\\nb\\t\\\\c\"",
        named.with(.client, "A = B").with(.order, "12").with(.callBack, "+1")
          .with(.category, "billing").with(.disposition, "done").with(.notes, "a\nb\t\\c")
      ),
      (
        .transfer(.consultStarted(id, call: call, holder: alice, target: .agent(bob))),
        " call=c-1 to=agent:bob who=Acme about=\"an order\"",
        named.with(.to, "agent:bob").with(.who, "Acme").with(.about, "an order")
      ),
      (
        .transfer(.consultOffered(id, holder: alice, agent: bob)),
        " from=alice call=c-1 who=Acme about=\"an order\"",
        named.with(.who, "Acme").with(.about, "an order")
      ),
      (.transfer(.consultAnswered(id, holder: alice, agent: bob)), " agent=bob", Detail()),
      (.transfer(.consultConfirmed(id, holder: alice, agent: bob)), " agent=bob", Detail()),
      (
        .transfer(.ended(id, call: call, holder: alice, outcome: .declined, agent: bob)),
        " call=c-1 agent=bob", named
      ),
      (
        .outbound(.requested(request, agent: alice, purpose: .other, expires: .never)),
        " to=+1555", Detail().with(.to, "+1555")
      ),
      (
        .outbound(.granted(request, agent: alice, purpose: .other, call: call)),
        " call=out-1 to=+1555", Detail(call: "out-1").with(.to, "+1555")
      ),
      (.agent(.wrapUpStarted(alice, call: call, until: .never)), " call=c-1", named),
    ]
  }()

  @Test("Every option that 0.1.0 wrote has its place; none is lost, and none is left over")
  func options() {
    for (event, text, detail) in Self.written {
      var unplaced = 0
      #expect(OldDetail.of(event, text, &unplaced) == detail, "\(event)")
      #expect(unplaced == 0, "\(event)")
    }
    var unplaced = 0
    #expect(
      OldDetail.ofAmendment(" call=c-1 notes=late documented=yes", &unplaced)
        == Detail(call: "c-1").with(.notes, "late"))
    #expect(unplaced == 0)
  }

  @Test(
    "What nobody can place is kept as it stood, and counted",
    arguments: [
      " colour=red", " call=c-1 colour=\"dark red\"", " call", "call=\"open", " a=\"b\"c",
    ])
  func unplaced(_ text: String) {
    var unplaced = 0
    let event = Event.call(.ringing(OfferID(1), call: Self.call, agent: Self.alice))
    #expect(OldDetail.of(event, text, &unplaced)[.other] == text)
    #expect(unplaced == 1)
  }

  // MARK: Journals

  /// A morning as an old version wrote it down: three frames, with a note and an amendment.
  private func write(schema: Int = 2, rules: Int? = nil) throws {
    var old = try OldJournal(path: scratch.path(), schema: schema)
    var plan = Self.plan
    plan.rules = rules
    old.add(plan: plan, at(0))
    for (index, agent) in [Self.alice, Self.bob].enumerated() {
      old.add(.agent(.loggedIn(agent)), at(1 + Double(index)))
      old.add(.agent(.becameReady(agent)), at(3 + Double(index)))
    }
    try old.commit()
    let id = TransferID(1)
    old.add(
      .call(.arrived(Self.call, queue: Self.support, priority: 0, credit: .zero, skills: [])),
      at(10), " call=c-1 from=+1312 name=Acme")
    old.add(
      .call(
        .offered(
          OfferID(1), call: Self.call, agent: Self.alice, queue: Self.support,
          ringTimeout: .seconds(18), round: 0)), at(10), " call=c-1 from=+1312 name=Acme")
    old.add(.call(.answered(OfferID(1), call: Self.call, agent: Self.alice)), at(12), " call=c-1")
    old.add(.call(.held(Self.call, agent: nil)), at(20), " call=c-1")
    old.add(
      .transfer(
        .consultStarted(id, call: Self.call, holder: Self.alice, target: .agent(Self.bob))), at(20),
      " call=c-1 to=agent:bob who=Acme about=order")
    old.add(
      .transfer(.consultOffered(id, holder: Self.alice, agent: Self.bob)), at(20),
      " from=alice call=c-1 who=Acme about=order")
    old.add(.transfer(.consultAnswered(id, holder: Self.alice, agent: nil)), at(22), " agent=bob")
    try old.commit()
    old.add(note: "daemon.draining", " switch=on", at(30))
    old.add(note: "call.amended", " call=c-0 notes=late documented=yes", at(31))
    old.add(note: "some.thing", " colour=red", at(32))
    try old.commit()
    try old.reply("7 pbx:1", 11, "+ 201 created", at(10))
    try old.reply("bare", 12, "+ 200 ok", at(11))
  }

  @Test(
    "All of it is there afterwards: records, words, notes, keys, name and chain", arguments: [1, 2])
  func whole(_ schema: Int) throws {
    try write(schema: schema)
    let takeover = SchemaTakeover()
    let journal = try open(takeover)
    #expect(journal.formerSchema == Int64(schema) && journal.lastSeq == 15)
    #expect(journal.identity == "old-1" && journal.epoch == "new")
    #expect(takeover.unplaced == 1)
    let details = try details(journal)
    #expect(details[5].1 == Detail(call: "c-1").with(.from, "+1312").with(.name, "Acme"))
    #expect(details[13].1 == Detail(call: "c-0").with(.notes, "late"))
    #expect(details[14].1 == Detail().with(.other, " colour=red"))
    // What was not written in it then is there now: who held, and who was consulted.
    #expect(details[8].0 == .call(.held(Self.call, agent: Self.alice)))
    #expect(
      details[11].0
        == .transfer(.consultAnswered(TransferID(1), holder: Self.alice, agent: Self.bob)))
    #expect(
      try journal.replies(now: at(60), after: at(60)) == [
        KeyedReply(user: 7, key: "pbx:1", command: 11, reply: "+ 201 created", at: at(10)),
        KeyedReply(user: nil, key: "bare", command: 12, reply: "+ 200 ok", at: at(11)),
      ])
    #expect(try journal.newestSnapshot { _ in true } == nil)
    #expect(try story(journal).count == 15)
  }

  @Test("What was taken over is not taken over again; the old chain's end is kept")
  func once() throws {
    try write()
    let before = try story(try open())
    let again = try open()
    #expect(again.formerSchema == nil && again.identity == "old-1")
    #expect(try story(again) == before)
  }

  @Test("Commands are told from what happened, and marked so; the plan's reps lie apart")
  func commands() throws {
    try write()
    let journal = try open()
    var steps: [(Step, Entry)] = []
    try journal.read(from: 1) { entry, step in
      if step.seq == entry.seq { steps.append((step, entry)) }
      return true
    }
    #expect(steps.allSatisfy { $0.0.cause == .inferred })
    let asked = steps.map { Command.list(from: $0.0.command) ?? [] }
    #expect(asked[1] == [.logIn(Self.alice)])
    #expect(asked[5] == [.arrive(queue: Self.support, priority: 0, credit: .zero, skills: [])])
    #expect(asked[6] == [.answer(Self.call, agent: Self.alice, offer: OfferID(1))])
    #expect(
      asked[7]
        == [.consult(Self.call, agent: Self.alice, target: .agent(Self.bob), briefing: .complete)])
    #expect(String(decoding: steps[0].1.payload, as: UTF8.self).contains("alice"))
    #expect(!String(decoding: steps[0].1.payload, as: UTF8.self).contains("Alice Adams"))
    guard
      case .shell(.planAdopted(let plan), let detail) = try Record(
        steps[0].1, at: steps[0].0.at
      ).content
    else { return #expect(Bool(false)) }
    let parts = PlanRecord.Parts(plan: plan, people: detail[.people])
    #expect(try PlanRecord(parts).directory == Self.plan.directory)
    #expect(
      try PlanRecord(.init(plan: plan, people: nil)).directory.agents.map(\.fullName)
        == ["alice", "bob", "carol"])
  }

  @Test("A plan with a new queue, and what was not written then, in one frame")
  func growingPlan() throws {
    try {
      var old = try OldJournal(path: scratch.path())
      old.add(plan: Self.plan, at(0))
      for agent in [Self.alice, Self.bob] {
        old.add(.agent(.loggedIn(agent)), at(1))
        old.add(.agent(.becameReady(agent)), at(1))
      }
      let call = Self.call
      old.add(
        .call(.arrived(call, queue: Self.support, priority: 0, credit: .zero, skills: [])), at(2))
      old.add(
        .call(
          .offered(
            OfferID(1), call: call, agent: Self.alice, queue: Self.support,
            ringTimeout: .seconds(18), round: 0)), at(2))
      old.add(.call(.answered(OfferID(1), call: call, agent: Self.alice)), at(3))
      try old.commit()
      let yaml = """
        agents: { alice: , bob: , carol: }
        queues: { support: { members: [alice, bob, carol] }, sales: { members: [bob] } }
        """
      let larger = try Configuration(yaml: yaml, file: "f", keeping: Self.plan.directory)
      old.add(plan: PlanRecord(larger), at(4))
      old.add(
        .calendar(.officeHoursSet(QueueID(1), opens: .distantPast, closes: .never)), at(4))
      old.add(.call(.held(call, agent: nil)), at(5), " call=c-1")
      try old.commit()
    }()
    let details = try details(try open())
    #expect(details.last?.0 == .call(.held(Self.call, agent: Self.alice)))
  }

  @Test("A simulated day, written as then, replays without a difference")
  func replays() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = try ScenarioFile(path: "Simulations/fast/monday-peak.yaml") {
      try String(contentsOf: root.appending(path: $0), encoding: .utf8)
    }
    let history = Replication.history(file.scenario, seed: 1)
    try {
      var old = try OldJournal(path: scratch.path())
      old.add(plan: PlanRecord(file.configuration), Instant(seconds: 0))
      try old.commit()
      var instants = 0
      for (index, entry) in history.enumerated() {
        old.add(entry.event, entry.at)
        // Frames end between instants, after three or so.
        let isLast = index + 1 == history.count || history[index + 1].at > entry.at
        instants += isLast ? 1 : 0
        if isLast, instants % 3 == 0 || index + 1 == history.count { try old.commit() }
      }
    }()
    _ = try open()
    let replay = try #require(try JournalHistory(path: scratch.path()).replay())
    #expect(replay.folded == 0 && replay.steps > 2_000)
    #expect(replay.differences.isEmpty, "\(replay.differences.prefix(3))")
  }
}
