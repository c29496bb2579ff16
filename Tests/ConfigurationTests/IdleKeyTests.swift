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
      ("when-empty: reject, stay-needs: ready", nil),
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
    ] as [(String, String?)])
  func ofAQueue(keys: String, start: String?) {
    let all = found(team("  x: {members: [a, b], \(keys)}\n"))
    #expect(all.count == (start == nil ? 0 : 1), "\(all)")
    if let start { #expect(all.first?.hasPrefix("4:\(start)") == true, "\(all)") }
  }

  @Test("The weight of a queue counts for a rep who serves two")
  func weightOfAQueue() {
    #expect(found(team("  x: {members: [a, b], weight: 5}\n  y: {members: [a]}\n")) == [])
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
      queues: {x: {members: [a, b], number: "1"}, y: {members: [a], number: "1"}}
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
      ("team: {holidays: [2026-12-25]}", "1:8: warning: holidays has no effect"),
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
      "\(line)\nagents: {a: {user: alice}}\nqueues: {x: {members: [a]}}")
    #expect(all.count == (start == nil ? 0 : 1), "\(all)")
    if let start { #expect(all.first?.hasPrefix(start) == true, "\(all)") }
  }

  @Test("Hours of the team that every queue has replaced")
  func hoursOfTheTeam() {
    let all = found(
      """
      team: {office-hours: {mon: 08:00-12:00}}
      agents: {a: {}}
      queues: {x: {members: [a], office-hours: always}}
      """)
    #expect(
      all.count == 1 && all[0].hasPrefix("1:8: warning: office-hours of the team has no effect"))
  }
}
