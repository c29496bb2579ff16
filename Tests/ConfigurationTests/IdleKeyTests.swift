import Testing

@testable import Configuration

/// Keys and values that are accepted and have no effect.
@Suite struct IdleKeyTests {
  @Test(
    "Keys of a queue without effect, each at its key",
    arguments: [
      ("max-offers: 3, when-exhausted: stay", "24: warning: max-offers has no effect"),
      ("max-wait: 3, when-exhausted: stay", "24: warning: max-wait has no effect"),
      ("max-ring-time: 3, when-exhausted: stay", "24: warning: max-ring-time has no effect"),
      ("max-offers: 3", nil),
      ("when-exhausted: reject", "24: warning: when-exhausted has no effect"),
      ("when-exhausted: reject, max-wait: 0", "24: warning: when-exhausted has no effect"),
      ("when-exhausted: reject, max-ring-time: 60", nil),
      ("when-full: reject", "24: warning: when-full has no effect"),
      ("when-full: reject, max-length: 5", nil),
      ("when-closed: reject", "24: warning: when-closed has no effect"),
      ("when-closed: reject, office-hours: {mon: 08:00-12:00}", nil),
      ("when-empty: reject", "24: warning: when-empty has no effect"),
      ("when-empty: reject, join-needs: ready", nil),
      ("when-empty: reject, join-needs: ready, stay-needs: ready", nil),
      ("when-empty: stay, stay-needs: ready", "42: warning: stay-needs has no effect"),
      (
        "when-empty: stay, join-needs: ready",
        "42: warning: join-needs: with when-empty: stay there is no line to stay in"
      ),
      ("rings: 2, target-rings: 3", "34: warning: target-rings has no effect"),
      ("rings: 2, target-rings: 2", nil),
      ("target-rings: 4", "24: warning: target-rings has no effect"),
      ("ring-cycle: 6", "24: warning: ring-cycle has no effect"),
      ("ring-cycle: 5", nil),
      ("ring-cycle: 0.5", "24: warning: ring-cycle: less than 1 s counts as 1 s"),
      ("ring-cycle: 1", nil),
      ("weight: 5", "24: warning: weight has no effect"),
      ("weight: 0", nil),
      ("strategy: weighted-random", "24: warning: strategy has no effect: all weights are alike"),
      ("minimum-cover: 2", "24: warning: minimum-cover has no effect"),
      ("minimum-cover: 1", nil),
      ("at-closing: voicemail", "24: warning: at-closing has no effect"),
      ("at-closing: voicemail, office-hours: {mon: 08:00-12:00}", nil),
      ("tier-waits-for-empty: yes", "24: warning: tier-waits-for-empty has no effect"),
    ] as [(String, String?)])
  func ofAQueue(keys: String, start: String?) { expect(keys, start) }

  @Test(
    "Keys of a queue that do something else than they say, each at its key",
    arguments: [
      ("rest-after: {ignored: 0}", "37: warning: rest-after: ignored: less than 1 s counts as 1 s"),
      ("rest-after: {no-answer: 0}", "37: warning: rest-after: no-answer: less than 1 s"),
      ("rest-after: {unreachable: 0.5}", "37: warning: rest-after: unreachable: less than 1 s"),
      ("rest-after: {ignored: 1, no-answer: 1, unreachable: 1}", nil),
      (
        "when-full: stay, max-length: 5",
        "24: warning: when-full: with stay there is no line to stay in, so the caller is turned away"
      ),
      ("when-full: stay", "24: warning: when-full has no effect"),
      (
        "when-closed: stay, office-hours: {mon: 08:00-12:00}",
        "24: warning: when-closed: with stay there is no line to stay in"
      ),
      ("when-closed: stay", "24: warning: when-closed has no effect"),
      ("stay-needs: ready", nil),
      (
        "when-empty: reject, stay-needs: ready, join-needs: logged-in",
        "63: warning: join-needs has no effect: stay-needs: ready asks for more"
      ),
      ("stay-needs: logged-in", nil),
      ("stay-needs: logged-in, join-needs: ready", nil),
      ("stay-needs: ready, join-needs: ready", nil),
      ("max-ring-time: 17", "24: warning: max-ring-time: less than one ring (3 rings, 18 s)"),
      ("max-ring-time: 18", nil),
      ("max-ring-time: 12, rings: 2", nil),
    ] as [(String, String?)])
  func otherwise(keys: String, start: String?) { expect(keys, start) }

  @Test(
    "What counts as idle matters where idleness decides or breaks ties",
    arguments: [
      ("rotating", false), ("longest-idle", true), ("next-after-last-answer", false),
      ("simultaneous", false), ("fixed-order", false), ("fewest-calls", true),
      ("least-talk-time", true), ("random", false),
    ])
  func idleness(strategy: String, matters: Bool) {
    expect(
      "idle-counts: since-last-call, strategy: \(strategy)",
      matters ? nil : "24: warning: idle-counts has no effect")
  }

  /// Expects one warning that starts so, or none.
  private func expect(_ keys: String, _ start: String?) {
    let all = found(team("  x: {members: [a, b], \(keys)}\n"))
    #expect(all.count == (start == nil ? 0 : 1), "\(all)")
    if let start { #expect(all.first?.hasPrefix("4:\(start)") == true, "\(all)") }
  }

  @Test("Empty tiers before the first member are waited for, or not")
  func emptyTiers() {
    let all = found(
      team(
        "  x: {members: [{agent: a, tier: 2}, {agent: b, tier: 2}], tier-after: [9], tier-waits-for-empty: yes}\n"
      ))
    #expect(all.count == 1 && all[0].contains("nobody is in tier 1"), "\(all)")
  }

  @Test("Draws by weight do not heed idleness")
  func idlenessInDraws() {
    let all = found(
      team(
        "  x: {members: [a, {agent: b, weight: 3}], strategy: weighted-random, idle-counts: ready}\n"
      ))
    #expect(
      all.count == 1 && all[0].hasPrefix("4:71: warning: idle-counts has no effect"), "\(all)")
  }

  @Test("A limit on ringing is not held against reps who ring in a time of their own")
  func ringTimesOfReps() {
    func warnings(_ other: String) -> [String] {
      found(
        "agents: {a: {ring-time: 9}, b: {\(other)}}\nqueues: {x: {members: [a, b], max-ring-time: 10}}"
      )
    }
    #expect(warnings("ring-time: 8") == [])
    #expect(warnings("").count == 1)
  }

  @Test("Cover that one rep alone cannot give, where the file says nothing of it")
  func loneRep() {
    let all = found(team("  x: {members: [b]}\n  all: {members: [a, b]}\n"))
    let start =
      "4:3: warning: queue \"x\": \"b\" is its only member, and minimum-cover is 1 unless given"
    #expect(all.count == 1 && all[0].hasPrefix(start), "\(all)")
    #expect(found(team("  x: {members: [b], minimum-cover: 0}\n  all: {members: [a, b]}\n")) == [])
    let written = found(team("  x: {members: [b], minimum-cover: 1}\n  all: {members: [a, b]}\n"))
    #expect(
      written.count == 1 && written[0].hasPrefix("4:21: warning: minimum-cover has no effect"),
      "\(written)")
  }

  @Test(
    "A wrap-up after outbound calls that no rep has",
    arguments: [
      ("outbound-wrap-up: 9", "x: {members: [a, b]}", "every rep serves one queue"),
      ("outbound-wrap-up: 9", "x: {members: [a, b]}, y: {members: [a, b]}", nil),
      (
        "outbound-wrap-up: 9, wrap-up-after: []", "x: {members: [a, b]}, y: {members: [a, b]}",
        "wrap-up-after is empty"
      ),
      (
        "outbound-wrap-up: 9, wrap-up-after: [unanswered]",
        "x: {members: [a, b]}, y: {members: [a, b]}", nil
      ),
    ] as [(String, String, String?)])
  func outboundWrapUp(rules: String, queues: String, why: String?) {
    let all = found("rules: {\(rules)}\nagents: {a: {}, b: {}}\nqueues: {\(queues)}")
    #expect(all.count == (why == nil ? 0 : 1), "\(all)")
    if let why {
      #expect(
        all.first?.hasPrefix("1:9: warning: outbound-wrap-up has no effect: \(why)") == true,
        "\(all)")
    }
  }

  @Test("A rep in no queue, and one who is gone: the first has the team's wrap-up, the second none")
  func outboundWrapUpOfOthers() throws {
    let rules = "rules: {outbound-wrap-up: 9}\n"
    let queues = "\nqueues: {x: {members: [a, b]}}"
    let all = found("\(rules)agents: {a: {}, b: {}, c: {}}\(queues)")
    #expect(all.count == 1 && all[0].contains("\"c\" is in no queue"), "\(all)")
    let before = try Configuration(yaml: "agents: {a: {}, b: {}, c: {}}\(queues)", file: "f")
    let later = found("\(rules)agents: {a: {}, b: {}}\(queues)", keeping: before.directory)
    #expect(later.contains { $0.contains("outbound-wrap-up has no effect") }, "\(later)")
  }

  @Test("The weight of a queue counts for a rep who serves two")
  func weightOfAQueue() {
    #expect(
      found(team("  x: {members: [a, b], weight: 5}\n  y: {members: [a], minimum-cover: 0}\n"))
        == [])
  }

  @Test("The weight of a member counts in a weighted-random queue only")
  func weightOfAMember() {
    let keys = "members: [a, {agent: b, weight: 3}]"
    #expect(found(team("  x: {\(keys), strategy: weighted-random}\n")) == [])
    let all = found(team("  x: {\(keys)}\n"))
    #expect(all.count == 1 && all[0].hasPrefix("4:31: warning: weight of a member has no effect"))
  }

  @Test("One number for two queues, one phone for two reps")
  func numbers() {
    let all = found(
      """
      agents: {a: {extension: 7}, b: {extension: 7}}
      queues: {x: {members: [a, b], number: "1"}, y: {members: [a], number: "1", minimum-cover: 0}}
      """)
    #expect(
      all.map { $0.prefix(33) }
        == [
          "1:33: warning: extension: \"7\" is \"a", "2:63: warning: number: \"1\" is the nu",
        ].map { $0.prefix(33) })
  }

  @Test(
    "Lists, hours, rules and rights without effect",
    arguments: [
      ("dispositions: [good, good]", "1:22: warning: dispositions: \"good\" is given twice"),
      ("categories: [x, y, x]", "1:20: warning: categories: \"x\" is given twice"),
      (
        "rules: {required-write-up: [notes, notes]}",
        "1:36: warning: required-write-up: \"notes\" is given twice"
      ),
      ("rules: {confirm-time: 0}", "1:9: warning: confirm-time: less than 1 s counts as 1 s"),
      (
        "not-ready-reasons: [lunch, missed-calls]",
        "1:28: warning: not-ready-reasons: \"missed-calls\" is there without being named"
      ),
      ("team: {holidays: [2026-12-25]}", "1:8: warning: holidays of the team has no effect"),
      (
        "team: {office-hours: {mon: 08:00-12:00}, holidays: [2026-12-25, 2026-12-25]}",
        "1:65: warning: holidays: \"2026-12-25\" is given twice"
      ),
      ("access: {lead: {users: []}}", "1:10: warning: lead has no effect: it names no user"),
      (
        "access: {lead: {users: [u]}, monitor: {users: [u]}}",
        "1:48: warning: user \"u\" of monitor has no effect: the user is lead already"
      ),
      (
        "access: {monitor: {users: [alice]}}",
        "1:28: warning: user \"alice\" of monitor has no effect: the user is a rep already"
      ),
      (
        "access: {monitor: {users: [u]}, everyone: monitor}", "1:10: warning: monitor has no effect"
      ),
      ("access: {lead: {users: [alice], groups: [g]}, everyone: monitor}", nil),
    ] as [(String, String?)])
  func elsewhere(line: String, start: String?) {
    let all = found(
      "\(line)\nagents: {a: {user: alice}}\nqueues: {x: {members: [a], minimum-cover: 0}}")
    #expect(all.count == (start == nil ? 0 : 1), "\(all)")
    if let start { #expect(all.first?.hasPrefix(start) == true, "\(all)") }
  }

  @Test("Hours of the team that every queue has replaced")
  func hoursOfTheTeam() {
    let all = found(
      """
      team: {office-hours: {mon: 08:00-12:00}}
      agents: {a: {}}
      queues: {x: {members: [a], office-hours: always, minimum-cover: 0}}
      """)
    #expect(
      all.count == 1 && all[0].hasPrefix("1:8: warning: office-hours of the team has no effect"))
  }
}
