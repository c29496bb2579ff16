import Base
import Events
import Foundation
import LineProtocol
import Routing
import Testing
import Vocabulary
import YAMLTree

@testable import Configuration

private let sampleFile =
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "systemd/rota.yaml")

private func problems(_ yaml: String) -> [String] {
  do {
    _ = try Configuration(yaml: yaml, file: "f.yaml")
    return []
  } catch {
    return error.problems.map(\.description)
  }
}

@Suite struct SampleTests {
  @Test("The sample models the team of the mission")
  func sample() throws {
    let yaml = try String(contentsOf: sampleFile, encoding: .utf8)
    let configuration = try Configuration(yaml: yaml, file: "rota.yaml")
    #expect(configuration.directory.agents.count == 8)
    #expect(configuration.directory.timeZone == "America/Chicago")
    let support = try #require(configuration.directory.queue(named: "support"))
    let plan = configuration.plan.queues[support.index]
    #expect(plan.strategy == .rotating)
    #expect(plan.ringTimeout == .seconds(18), "three US rings of six seconds")
    #expect(plan.members.map(\.tier) == [0, 0, 0, 0, 0, 0, 0, 1])
    #expect(plan.whenExhausted == .offerCallBack)
    #expect(configuration.role(user: "alice", groups: []) == .agent)
    #expect(configuration.role(user: "lena", groups: []) == .lead)
    #expect(configuration.role(user: "x", groups: ["rota-feed"]) == .feed)
    #expect(configuration.role(user: "x", groups: ["rota-feed", "rota-phones"]) == .phones)
    #expect(configuration.role(user: "x", groups: ["rota-lead", "rota-phones"]) == .lead)
    #expect(configuration.role(user: "x", groups: []) == nil)
  }
}

@Suite struct ProblemTests {
  @Test("Everything wrong is reported at once, with line, column and the nearest name")
  func allAtOnce() {
    let found = problems(
      """
      team:
        time-zone: America/Chicgo
        office-hours: { mon-fri: 17:00-17:00 }
        holidays: [2026-02-30]
      rules:
        hold-reminders: 60
      skills: [spanish]
      agents:
        alice: { skills: [spansh] }
        bob: { user: b }
        bert: { user: b }
      queues:
        support:
          stratgy: rotating
          strategy: rotaing
          members: [alise, { agent: bob, tier: 9 }]
          rings: three
          when-full: queue:suport
          max-wait: soon
          when-closed: call-back
        sales:
          members: []
          tier-after: [60, 30]
      """)
    #expect(
      found == [
        "f.yaml:2:14: time-zone: \"America/Chicgo\" is not a time zone such as America/Chicago; did you mean \"America/Chicago\"?",
        "f.yaml:3:28: office-hours: expected hours such as 08:00-17:00, or 22:00-06:00 over midnight, not \"17:00-17:00\"",
        "f.yaml:4:14: holiday: expected a date such as 2026-12-25, or one with its hours, such as { 2026-12-24: 08:00-12:00 }, not \"2026-02-30\"",
        "f.yaml:6:3: unknown key \"hold-reminders\" in rules; did you mean \"hold-reminder\"?",
        "f.yaml:9:21: skill \"spansh\" is not defined; did you mean \"spanish\"?",
        "f.yaml:11:9: agent \"bert\": user \"b\" is \"bob\" already",
        "f.yaml:14:5: unknown key \"stratgy\" in queue \"support\"; did you mean \"strategy\"?",
        "f.yaml:15:15: strategy: expected one of rotating, longest-idle, next-after-last-answer, simultaneous, fixed-order, fewest-calls, least-talk-time, random, weighted-random, not \"rotaing\"; did you mean \"rotating\"?",
        "f.yaml:16:15: agent \"alise\" is not defined; did you mean \"alice\"?",
        "f.yaml:16:42: tier: expected a whole number from 1 to 8, not \"9\"",
        "f.yaml:17:12: rings: expected a whole number from 1 to 20, not \"three\"",
        "f.yaml:18:16: when-full: queue \"suport\" is not defined; did you mean \"support\"?",
        "f.yaml:19:15: max-wait: expected a time such as 90, 90s, 3m or 2h, at most 86400 s, not \"soon\"",
        "f.yaml:20:18: when-closed: nobody is there to call back; expected voicemail, reject or queue:NAME",
        "f.yaml:23:17: tier-after: each wait must be longer than the one before",
      ])
  }

  @Test(
    "Syntax errors, missing parts and wrong kinds",
    arguments: [
      ("", "f.yaml:1:1: the file is empty"),
      ("agents: [", "f.yaml:1:10: did not find expected node content"),
      ("a: 1\na: 2", "f.yaml:1:1: given twice: a"),
      ("agents: {a: {}}", "f.yaml:1:1: \"queues\" is missing"),
      (
        "agents: {a: {}}\nqueues: 5",
        "f.yaml:2:9: queues: expected a mapping (name: value), not \"5\""
      ),
      (
        "agents: {a b: {}}\nqueues: {q: {members: []}}",
        "f.yaml:1:10: agent \"a b\": expected 1 to 64 letters, digits, - . : _"
      ),
      ("agents: {a: {}}\nqueues: {q: {members: [{agent: a, tier: 2}]}}", nil),
      (
        "agents: {a: {}}\nqueues: {q: {members: [a, a]}}",
        "f.yaml:2:27: members: \"a\" is given twice"
      ),
      (
        "team: {office-hours: {sat: []}}\nagents: {a: {}}\nqueues: {q: {members: [a]}}",
        "f.yaml:1:22: office-hours: the office never opens; leave them out to be always open"
      ),
      ("agents: {a: {}}\nqueues: {q: {}}", "f.yaml:2:13: queue \"q\": \"members\" is missing"),
    ] as [(String, String?)])
  func single(yaml: String, message: String?) {
    #expect(problems(yaml).first == message)
  }

  @Test("Members of a higher tier need a wait after which they are tried")
  func tierWithoutWait() {
    let found = problems(
      """
      agents: {a: {}, b: {}}
      queues: {q: {members: [a, {agent: b, tier: 2}], tier-after: []}}
      """)
    #expect(
      found == ["f.yaml:2:61: tier-after: members have 2 tiers, so 1 waits are needed"])
  }
}

@Suite struct DirectoryTests {
  @Test("Ids are kept over reloads; who is gone is retired, who comes back has the old id")
  func stableIds() throws {
    func load(_ agents: String, _ previous: Directory) throws -> Configuration {
      try Configuration(
        yaml: "agents: {\(agents)}\nqueues: {q: {members: [], max-wait: 60}}", file: "f",
        keeping: previous)
    }
    let first = try load("a: {}, b: {}, c: {}", Directory())
    let second = try load("c: {}, d: {}, a: {}", first.directory)
    #expect(second.directory.agents.map(\.name) == ["a", "b", "c", "d"])
    #expect(second.directory.agents.map(\.isRetired) == [false, true, false, false])
    #expect(second.plan.agents[1].isRetired)
    #expect(second.directory.agent(named: "b") == nil)
    let third = try load("b: {}", second.directory)
    #expect(third.directory.agent(named: "b") == AgentID(1))
  }
}

@Suite struct OfficeHoursTests {
  private func hours(_ extra: String = "") throws -> OfficeHours {
    let configuration = try Configuration(
      yaml: """
        team:
          time-zone: America/Chicago
          office-hours: { mon-fri: 08:00-17:00, sat: [09:00-12:00, 13:00-15:00] }
          holidays: [2026-11-26]
        agents: {a: {}}
        queues: {q: {members: [a]}}
        """, file: "f")
    return try #require(configuration.officeHours.first)
  }

  private func at(_ text: String) throws -> Instant {
    let formatter = ISO8601DateFormatter()
    return Instant(try #require(formatter.date(from: text)))
  }

  @Test(
    "The span in force, or the next one: weekends, holidays, lunch, changes of the clock",
    arguments: [
      ("2026-11-23T15:00:00Z", "2026-11-23T14:00:00Z", "2026-11-23T23:00:00Z"),
      ("2026-11-25T23:00:00Z", "2026-11-27T14:00:00Z", "2026-11-27T23:00:00Z"),
      ("2026-11-28T18:30:00Z", "2026-11-28T19:00:00Z", "2026-11-28T21:00:00Z"),
      ("2026-11-29T12:00:00Z", "2026-11-30T14:00:00Z", "2026-11-30T23:00:00Z"),
      // Clocks went forward on 2026-03-08 and back on 2026-11-01 (America/Chicago).
      ("2026-03-06T12:00:00Z", "2026-03-06T14:00:00Z", "2026-03-06T23:00:00Z"),
      ("2026-03-09T12:00:00Z", "2026-03-09T13:00:00Z", "2026-03-09T22:00:00Z"),
      ("2026-10-31T22:00:00Z", "2026-11-02T14:00:00Z", "2026-11-02T23:00:00Z"),
    ])
  func spans(now: String, opens: String, closes: String) throws {
    let span = try #require(try hours().span(at: try at(now)))
    #expect(span.opens == (try at(opens)))
    #expect(span.closes == (try at(closes)))
  }

  @Test(
    "Hours that begin in the hour that is left out, or comes twice",
    arguments: [
      // 02:30 does not exist on 2026-03-08: the next time that does is 03:00 daylight time.
      ("2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z"),
      // 01:30 comes twice on 2026-11-01: the first one counts.
      ("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"),
    ])
  func changingHours(now: String, opens: String) throws {
    let configuration = try Configuration(
      yaml: """
        team: { time-zone: America/Chicago, office-hours: { mon-sat: 08:00-17:00, sun: 01:30-05:00 } }
        agents: {a: {}}
        queues: {q: {members: [a]}}
        """.replacing("01:30", with: now.hasPrefix("2026-03") ? "02:30" : "01:30"), file: "f")
    let span = try #require(configuration.officeHours[0].span(at: at(now)))
    #expect(span.opens == (try at(opens)))
  }

  @Test func midnights() throws {
    let hours = try hours()
    // The day the clocks go forward has 23 hours.
    #expect(try hours.nextMidnight(after: at("2026-03-08T06:00:00Z")) == at("2026-03-09T05:00:00Z"))
    #expect(try hours.midnight(before: at("2026-03-09T04:59:59Z")) == at("2026-03-08T06:00:00Z"))
  }

  @Test(
    "What is missing at the end is missed inside the file",
    arguments: ["---", "[[", "[[\n", "a: [b\r\n"])
  func missingAtTheEnd(yaml: String) {
    let problems = #expect(throws: Problems.self) { try Configuration(yaml: yaml, file: "f") }
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).count
    for problem in problems?.problems ?? [] {
      #expect(problem.line <= (yaml.contains("\r\n") ? 2 : lines), "\(problem)")
    }
  }

  @Test("Days that touch at midnight are one span")
  func touching() throws {
    let configuration = try Configuration(
      yaml: """
        team: { office-hours: { mon-tue: 00:00-24:00 } }
        agents: {a: {}}
        queues: {q: {members: [a]}}
        """, file: "f")
    let span = try #require(configuration.officeHours[0].span(at: at("2026-11-23T12:00:00Z")))
    #expect(try span.opens == at("2026-11-23T00:00:00Z"))
    #expect(try span.closes == at("2026-11-25T00:00:00Z"))
  }

  @Test func alwaysOpen() throws {
    let configuration = try Configuration(
      yaml: "agents: {a: {}}\nqueues: {q: {members: [a]}}", file: "f")
    let span = try #require(configuration.officeHours[0].span(at: Instant(seconds: 5)))
    #expect(span.opens == .distantPast && span.closes == .never)
  }

  @Test(
    "Days that two keys speak of are an error that names both",
    arguments: [
      (
        "fri: 08:00-12:00, mon-fri: 08:00-17:00",
        "f.yaml:1:41: office-hours: \"mon-fri\" and \"fri\" both say when fri is open; name each day once"
      ),
      (
        "mon-fri: 08:00-17:00, fri: 08:00-12:00",
        "f.yaml:1:45: office-hours: \"fri\" and \"mon-fri\" both say when fri is open; name each day once"
      ),
      (
        "fri-mon: 08:00-17:00, sun: []",
        "f.yaml:1:45: office-hours: \"sun\" and \"fri-mon\" both say when sun is open; name each day once"
      ),
      ("mon-thu: 08:00-17:00, fri: 08:00-12:00", nil),
    ] as [(String, String?)])
  func overlappingDays(hours: String, message: String?) {
    let all = problems(
      "team: {office-hours: {\(hours)}}\nagents: {a: {}}\nqueues: {x: {members: [a], minimum-cover: 0}}"
    )
    #expect(all == (message.map { [$0] } ?? []))
  }
}

/// How long words are kept.
@Suite struct KeepTests {
  private static let rest = "\nagents: { a: {}, b: {} }\nqueues: { q: { members: [a, b] } }"

  @Test(
    "Days, months and years of the calendar's average, at least a week",
    arguments: [
      ("7 days", 604_800), ("1 month", 2_629_746), ("24 months", 63_113_904),
      ("1 year", 31_556_952),
    ] as [(String, Int64)])
  func kept(_ text: String, _ seconds: Int64) throws {
    let configuration = try Configuration(
      yaml: "keep: { words: \(text) }" + Self.rest, file: "f.yaml")
    #expect(configuration.wordsKept == .seconds(seconds))
  }

  @Test(
    "What is no such length, too short, or unknown is an error with its place",
    arguments: [
      ("words: 6 days", "at least 7 days"), ("words: 24", "such as 24 months"),
      ("words: 2 weeks", "such as 24 months"), ("words: 0 days", "such as 24 months"),
      ("words: 99999 years", "such as 24 months"),
      ("history: 1 year", "history: needs words as well"),
      ("words: 2 years, history: 1 year", "history: not shorter than words"),
      ("words: 7 days, history: 6 days", "at least 7 days"),
    ])
  func wrong(_ text: String, _ complaint: String) {
    let found = problems("keep: { \(text) }" + Self.rest)
    #expect(found.count == 1 && found[0].contains(complaint), "\(found)")
    #expect(found[0].hasPrefix("f.yaml:1:"))
  }

  @Test("History is kept as long as words, or longer")
  func history() throws {
    for text in ["1 year", "12 months"] {
      let configuration = try Configuration(
        yaml: "keep: { words: 1 year, history: \(text) }" + Self.rest, file: "f.yaml")
      #expect(configuration.historyKept == .seconds(31_556_952))
    }
  }

  @Test("Nothing said: for ever")
  func forEver() throws {
    #expect(try Configuration(yaml: Self.rest, file: "f.yaml").historyKept == nil)
    #expect(try Configuration(yaml: Self.rest, file: "f.yaml").wordsKept == nil)
  }
}

/// `keeps-wait` of an overflow, `unattached`, `feed`: field cases A9 and A19.
@Suite struct OverflowKeyTests {
  private func queue(_ keys: String) -> String {
    "agents: { a: {}, b: { feed: sip } }\nqueues:\n  q: { members: [a, b], max-wait: 60, \(keys) }\n  r: { members: [a, b] }"
  }

  @Test("An overflow is a word, or a section that says whether the wait is kept")
  func keepsWait() throws {
    func anew(_ keys: String) throws -> OverflowSet {
      try Configuration(yaml: queue(keys), file: "f.yaml").plan.queues[0].waitsAnew
    }
    #expect(try anew("when-exhausted: \"queue:r\"") == [])
    #expect(try anew("when-exhausted: { to: \"queue:r\" }") == [])
    #expect(try anew("when-exhausted: { to: \"queue:r\", keeps-wait: yes }") == [])
    #expect(try anew("when-exhausted: { to: \"queue:r\", keeps-wait: no }") == .exhausted)
    #expect(
      try anew("max-length: 3, when-full: { to: \"queue:r\", keeps-wait: no }") == .full)
  }

  @Test(
    "What is wrong with a section is told",
    arguments: [
      ("when-exhausted: { keeps-wait: no }", "\"to\" is missing"),
      ("when-exhausted: { to: voicemail, keeps-wait: no }", "only for callers who go to a queue"),
      ("when-exhausted: { to: \"queue:x\" }", "\"x\" is not defined"),
      ("join-needs: ready, when-empty: { to: call-back }", "nobody is there to call back"),
    ])
  func wrong(_ keys: String, _ complaint: String) {
    let found = problems(queue(keys))
    #expect(found.contains { $0.contains(complaint) }, "\(found)")
  }

  @Test("Whose the phone is, and what holds while nobody has attached")
  func feeds() throws {
    let configuration = try Configuration(
      yaml: "rules: { unattached: hold }\n" + queue("weight: 1"), file: "f.yaml")
    #expect(configuration.plan.rules.unattached == .hold)
    #expect(configuration.directory.agents.map(\.feed) == [nil, "sip"])
    #expect(try Configuration(yaml: queue("weight: 1"), file: "f").plan.rules.unattached == .offer)
  }
}
