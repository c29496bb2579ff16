import Foundation
import Routing
import Testing

@testable import Configuration

@Suite struct AdviceTests {
  /// Two queues in which both reps are, so that nothing else is to be said.
  private let all = "  all: {members: [a, b]}\n"

  @Test("Files that are shipped have no warnings")
  func shipped() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let files =
      ["systemd/rota.yaml"]
      + ["centre", "two-skills"].map {
        "Simulations/configurations/\($0).yaml"
      }
    for file in files {
      let yaml = try String(contentsOf: root.appending(path: file), encoding: .utf8)
      #expect(found(yaml) == [], "\(file)")
    }
  }

  // MARK: Circles

  @Test("A circle of overflow is named whole, at the key that closes it")
  func circle() {
    let warnings = found(
      team(
        """
          x: {members: [a, b], max-wait: 9, when-exhausted: "queue:y"}
          y: {members: [a, b], max-length: 1, when-full: "queue:z"}
          z:
            members: [a, b]
            join-needs: ready
            when-empty: queue:x
        """))
    #expect(
      warnings == [
        "9:5: warning: when-empty: \"x\" -> \"y\" -> \"z\" -> \"x\" is a circle: a caller who would go round in it goes to voicemail; let one of its queues end in voicemail, call-back or reject"
      ])
  }

  @Test("A queue that overflows into itself is a circle; several circles are each named")
  func circles() {
    let warnings = found(
      team(
        """
          x: {members: [a, b], max-wait: 9, when-exhausted: "queue:x"}
          y: {members: [a, b], max-wait: 9, when-exhausted: "queue:z"}
          z: {members: [a, b], max-wait: 9, when-exhausted: "queue:y", max-length: 1, when-full: "queue:x"}
        """))
    #expect(warnings.map { $0.prefix(6) } == ["4:37: ", "6:37: "])
    #expect(warnings[0].contains("\"x\" -> \"x\" is a circle"))
    #expect(warnings[1].contains("\"y\" -> \"z\" -> \"y\" is a circle"))
  }

  @Test("Queues that lead to one place, or whose keys have no effect, are no circle")
  func noCircle() {
    #expect(
      found(
        team(
          """
            x: {members: [a, b], max-wait: 9, when-exhausted: "queue:z", max-length: 1, when-full: "queue:y"}
            y: {members: [a, b], max-wait: 9, when-exhausted: "queue:z"}
            z: {members: [a, b], join-needs: ready, when-empty: voicemail}
          """)) == [])
    let idle = found(
      team(
        """
          x: {members: [a, b], max-wait: 9, when-exhausted: "queue:y"}
          y: {members: [a, b], when-exhausted: "queue:x"}
        """))
    #expect(idle.count == 1 && idle[0].contains("when-exhausted has no effect"))
  }

  /// The warnings of a circle of so many queues.
  private func circle(of count: Int) -> [String] {
    let queues = (0..<count).map {
      "  q\($0): {members: [a, b], max-wait: 9, when-exhausted: \"queue:q\(($0 + 1) % count)\"}\n"
    }
    return found(team(queues.joined()))
  }

  @Test("A chain of many queues, and a circle through all of them, are walked")
  func longCircle() {
    let warnings = circle(of: 2_000)
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("2003:41: ") == true)
    #expect(warnings.first?.contains("\"q1998\" -> \"q1999\" -> \"q0\" is a circle") == true)
  }

  @Test(
    "At most eight queues of a circle are named",
    arguments: [
      (8, "\"q3\" -> \"q4\" -> \"q5\" -> \"q6\" -> \"q7\" -> \"q0\" is a circle"),
      (9, "\"q4\" -> ... 1 more ... -> \"q6\" -> \"q7\" -> \"q8\" -> \"q0\" is a circle"),
      (256, "\"q4\" -> ... 248 more ... -> \"q253\" -> \"q254\" -> \"q255\" -> \"q0\" is a circle"),
    ])
  func namesOfACircle(count: Int, end: String) {
    let warnings = circle(of: count)
    let start = "when-exhausted: \"q0\" -> \"q1\" -> \"q2\" -> "
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains(start) == true, "\(warnings)")
    #expect(warnings.first?.contains(end) == true, "\(warnings)")
  }

  // MARK: Tiers

  @Test(
    "Tiers nobody can reach",
    arguments: [
      (
        "members: [a, {agent: b, tier: 3}], tier-after: [5, 9]",
        "4:31: warning: tier 3: nobody is in tier 2"
      ),
      (
        "members: [{agent: a, tier: 2}, {agent: b, tier: 2}], tier-after: [5]",
        "4:28: warning: tier 2: nobody is in tier 1"
      ),
      (
        "members: [a, {agent: b, tier: 2}]",
        "4:31: warning: tier 2: \"tier-after\" has no wait for it"
      ),
      (
        "members: [a, {agent: b, tier: 2}], tier-after: [5, 9]",
        "4:58: warning: tier-after: 2 waits for 2 tiers"
      ),
      ("members: [a, b], tier-after: [5]", "4:24: warning: tier-after: all members are in tier 1"),
      (
        "members: [a, {agent: b, tier: 2}], tier-after: [60], max-wait: 60",
        "4:55: warning: tier-after: callers leave after max-wait (60 s)"
      ),
      (
        "members: [b, {agent: a, tier: 2}], tier-after: [5], skills: [spanish]",
        "4:31: warning: tier 2: none of its members has the skills of queue \"x\" (spanish)"
      ),
      ("members: [a, {agent: b, tier: 2}], tier-after: [60], max-wait: 61", nil),
      (
        "members: [a, {agent: b, tier: 2}], tier-after: [60], max-wait: 60, when-exhausted: call-back",
        nil
      ),
      ("members: [{agent: a, tier: 1}, b]", nil),
    ] as [(String, String?)])
  func tiers(keys: String, start: String?) {
    expect(found(team("  x: {\(keys)}\n")), start)
  }

  // MARK: Skills and service

  @Test("Skills nobody has, in the list and in a queue")
  func skills() {
    let warnings = found(
      """
      skills: [spanish, french, welsh]
      agents: {a: {skills: [spanish]}}
      queues: {x: {members: [a], minimum-cover: 0}, y: {members: [a], skills: [welsh], max-wait: 9, minimum-cover: 0}}
      """)
    #expect(
      warnings.map { $0.components(separatedBy: "; ")[0] } == [
        "1:19: warning: skills: no rep has \"french\", so a caller who asks for it waits for nobody",
        "1:27: warning: skills: no rep has \"welsh\", so a caller who asks for it waits for nobody",
        "3:47: warning: queue \"y\": nobody serves it (none of its members has its skills: welsh), so a caller is sent on and never answered there",
        "3:74: warning: skills: no rep has \"welsh\", so nobody can serve queue \"y\"",
      ])
  }

  @Test("Queues nobody serves, and overflow into them")
  func unserved() {
    let warnings = found(
      team(
        """
          x: {members: [], max-wait: 9}
          y: {members: [a], skills: [spanish], max-wait: 9, minimum-cover: 0}
          z: {members: [a, b], max-length: 1, when-full: "queue:x"}
        """))
    #expect(
      warnings.map { $0.components(separatedBy: "; ")[0] } == [
        "4:3: warning: queue \"x\": nobody serves it (it has no members), so a caller is sent on and never answered there",
        "5:3: warning: queue \"y\": nobody serves it (none of its members has its skills: spanish), so a caller is sent on and never answered there",
        "6:39: warning: when-full: nobody serves queue \"x\" (it has no members), so callers who are sent there are not answered",
      ])
  }

  @Test("Reps who serve no queue")
  func idleReps() {
    expect(
      found("agents: {a: {}, b: {}}\nqueues: {x: {members: [a], minimum-cover: 0}}"),
      "1:17: warning: rep \"b\" is in no queue")
  }

  // MARK: What is not judged

  @Test("Errors and warnings together, in the order of the file")
  func together() {
    let all = found(
      """
      dispositions: [good, good]
      agents: {a: {}}
      queues:
        x: {members: [a], weight: many}
        y: {members: [a], when-full: reject, minimum-cover: 0}
      """)
    #expect(
      all.map { $0.prefix(19) }
        == [
          "1:22: warning: disp", "4:29: weight: expecte", "5:21: warning: when",
        ].map { $0.prefix(19) })
  }

  @Test("What a wrong value was replaced by is not judged")
  func doubtful() {
    let all = found(
      """
      skills: [spanish]
      agents: {a: {skills: [spansh]}, b: {}}
      queues: {x: {members: [a, c], skills: [spanish], when-full: queue:y}}
      """)
    #expect(all.count == 3 && all.allSatisfy { !$0.contains("warning") }, "\(all)")
  }

  private func expect(_ all: [String], _ start: String?) {
    #expect(all.count == (start == nil ? 0 : 1), "\(all)")
    if let start { #expect(all.first?.hasPrefix(start) == true, "\(all)") }
  }
}
