import Base
import Routing
import Stochastics

@testable import Simulation

/// Queueing models with known answers, as scenarios for the production engine.
enum Models {
  /// One queue of `agents` who answer at once.
  static func queue(
    perHour: Double, agents: Int, talk: Distribution, patience: Distribution = .never,
    threshold: Double = 20, calls: Int, adjust: (inout QueuePlan) -> Void = { _ in }
  ) -> Scenario {
    var queue = QueuePlan(members: (0..<agents).map { Member(AgentID($0)) })
    queue.ringTimeout = .minutes(1_000_000)
    adjust(&queue)
    var plan = RoutingPlan(
      agents: Array(repeating: AgentPlan(), count: agents), queues: [queue])
    plan.rules = quiet
    var calling = CallClass(
      "callers", queue: QueueID(0), arrivals: .rate(perHour / 3_600), talk: talk)
    calling.patience = patience
    var scenario = Scenario(
      plan: plan, classes: [calling],
      span: .steady(warmUp: max(calls / 10, 10 * agents), calls: calls, batches: 16))
    scenario.serviceThresholds = [TimeSpan(seconds: threshold)]
    scenario.outbound.isDone = false
    return scenario
  }

  /// No watchdogs: models know none.
  static var quiet: TeamRules {
    var rules = TeamRules()
    rules.staleAfter = .zero
    rules.holdReminder = .zero
    rules.maxWrapUpExtension = .minutes(1_000_000)
    return rules
  }

  /// A day of one-hour periods with these rates, after which the line is served.
  static func day(
    perHour: [Double], agents: Int, talk: Distribution, patience: Distribution,
    threshold: Double = 20
  ) -> Scenario {
    var scenario = queue(
      perHour: 1, agents: agents, talk: talk, patience: patience, threshold: threshold, calls: 1)
    scenario.classes[0].arrivals = .profile(ArrivalProcess(interval: 3_600, counts: perHour))
    scenario.span = .day(
      closes: .seconds(3_600 * Int64(perHour.count)), interval: .seconds(3_600))
    return scenario
  }

  /// Two classes with queues of their own.
  static func twoClasses(
    _ scenario: Scenario, rates: (Double, Double), _ patience: (Double, Double)
  )
    -> Scenario
  {
    var scenario = scenario
    var second = scenario.classes[0]
    second.arrivals = .rate(rates.1 / 3_600)
    second.patience = patience.1 > 0 ? .exponential(mean: patience.1) : .never
    scenario.classes[0].arrivals = .rate(rates.0 / 3_600)
    scenario.classes[0].patience = patience.0 > 0 ? .exponential(mean: patience.0) : .never
    scenario.classes.append(second)
    return scenario
  }
}
