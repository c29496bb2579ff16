@testable import TestSupport

/// One step of a simulated history. It names clients by position, so that it still means something after
/// earlier steps have been taken out by shrinking.
struct Step: CustomStringConvertible {
  enum Kind: String, CaseIterable {
    case connect, send, sendKeyed, repeatKeyed, sendHalf, sendRest, sendGarbage, disconnect
    case fallAsleep, wakeUp, subscribe, wait, wallClock, kill, powerCut, writeError, diskFull
    case diskFree, stop, loseReports, reload, users
  }

  var kind: Kind
  var client: Int
  var a: Int
  var b: Int

  var description: String { "\(kind.rawValue) client=\(client) a=\(a) b=\(b)" }

  /// Whether it is a whole request, which a call script can make too.
  var isRequest: Bool { [.send, .sendKeyed, .repeatKeyed, .sendRest, .subscribe].contains(kind) }

  /// What happens how often.
  private static let weights: [(Kind, Int)] = [
    (.connect, 8), (.send, 60), (.sendKeyed, 25), (.repeatKeyed, 8), (.sendHalf, 5), (.sendRest, 5),
    (.sendGarbage, 2), (.disconnect, 4), (.fallAsleep, 3), (.wakeUp, 4), (.subscribe, 4),
    (.wait, 25),
    (.wallClock, 2), (.kill, 2), (.powerCut, 2), (.writeError, 1), (.diskFull, 1), (.diskFree, 2),
    (.stop, 1), (.loseReports, 1), (.reload, 3), (.users, 3),
  ]

  static func random(_ random: inout TestRandom) -> Step {
    var luck = Int.random(in: 0..<weights.reduce(0) { $0 + $1.1 }, using: &random)
    var kind = Kind.wait
    for (candidate, weight) in weights {
      if luck < weight {
        kind = candidate
        break
      }
      luck -= weight
    }
    return Step(
      kind: kind, client: Int.random(in: 0..<6, using: &random),
      a: Int.random(in: 0..<1_000, using: &random), b: Int.random(in: 0..<1_000, using: &random))
  }

  /// A request; `number` makes names of calls that are new.
  func request(number: Int) -> String {
    let agent = ["alice", "bob", "carol"][a % 3]
    let other = ["alice", "bob", "carol"][b % 3]
    let queue = b.isMultiple(of: 4) ? "sales" : "support"
    // Mostly calls that are there; some that have gone, or never were.
    let call = "c-\(max(0, number - b % 12))"
    let templates = [
      "call.arrive c-\(number) queue=\(queue) from=+1312555\(number) name=\"Client \(number)\"",
      "call.arrive c-\(number) queue=\(queue) priority=\(b % 3)",
      "agent.login \(agent)", "agent.ready \(agent)", "agent.ready \(agent)",
      "call.accept \(call) agent=\(agent)", "call.accept \(call) agent=\(agent)",
      "call.accept \(call) agent=\(other)", "call.ignore \(call) agent=\(agent)",
      "call.hang-up \(call) by=caller", "call.hang-up \(call) by=caller cause=dropped",
      "call.ringing \(call) agent=\(agent)", "call.hold \(call) agent=\(agent)",
      "call.resume \(call) agent=\(agent)",
      "call.note \(call) agent=\(agent) category=billing disposition=resolved notes=\"n \(number)\"",
      "transfer.consult \(call) agent=\(agent) to=agent:\(other) who=\"Ann\" about=\"parcel\"",
      "transfer.answer t-\(1 + b % 4) agent=\(other)",
      "transfer.confirm t-\(1 + b % 4) agent=\(other)",
      "transfer.complete t-\(1 + b % 4) agent=\(agent)", "transfer.blind \(call) agent=\(agent)",
      "outbound.request agent=\(agent) to=+1312 purpose=call-back",
      "outbound.wait agent=\(agent) to=+1312 for=30", "agent.wrap-up \(agent) end",
      "agent.not-ready \(agent) reason=lunch for=\(b % 60)", "agent.dnd \(agent) on",
      "agent.logout \(agent)", "feed.sync calls=c-\(number)",
      "queue.list", "agent.list",
      "call.list",
      "call.why \(call)", "admin.status", "admin.verify",
      "admin.drain \(b.isMultiple(of: 5) ? "on" : "off")",
      "report.performance", "admin.reload", "ping", "help", "nonsense \(number)", "call.arrive",
      "feed.sync calls=c-\(number) more=\(b.isMultiple(of: 2) ? "yes" : "no")",
      "feed.attach f-\(b % 2)", "feed.attach f-\(client % 2) grace=\(1 + b % 9)",
      "agent.phone \(agent) up", "agent.phone \(agent) \(["up", "idle", "busy", "down"][b % 4])",
    ]
    return templates[(a / 3) % templates.count]
  }
}
