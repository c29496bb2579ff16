import Base
import Routing
import Stochastics
import TestSupport

@testable import Simulation

/// Turns an oracle's case into a scenario.
enum OracleScenario {
  /// The scenario and how many replications of it; `nil` for what is not simulated.
  static func make(_ item: Oracle.Case, calls: Int) -> (Scenario, Int)? {
    let talk = Distribution.exponential(mean: item.number("aht_s"))
    let agents = Int(item.number("n"))
    func queue(_ law: Distribution, _ patience: Distribution) -> Scenario {
      Models.queue(
        perHour: item.number("calls_per_hour"), agents: agents, talk: law, patience: patience,
        threshold: item.params["T_s"]?.number ?? 20, calls: calls)
    }
    switch item.id.prefix(while: { $0 != "-" }) {
    case "ErlangB":
      // Nobody waits: who finds no rep free is gone.
      var scenario = Models.queue(
        perHour: item.number("a_erl") * 36, agents: agents, talk: .exponential(mean: 100),
        calls: calls)
      scenario.classes[0].balking = 1
      return (scenario, 1)
    case "ErlangC": return (queue(talk, .never), 1)
    case "ErlangA": return (queue(talk, .exponential(mean: item.number("patience_mean_s"))), 1)
    case "MMnG": return (queue(talk, patience(item)), 1)
    case "MMnKM":
      var scenario = queue(talk, .exponential(mean: item.number("patience_mean_s")))
      scenario.plan.queues[0].maxLength = Int32(item.number("K")) - Int32(agents)
      scenario.plan.queues[0].whenFull = .reject
      return (scenario, 1)
    case "MPHn":
      let isErlang = item.number("scv") < 1
      let law: Distribution =
        isErlang
        ? .erlang(shape: 2, mean: item.number("aht_s"))
        : .hyperexponential(mean: item.number("aht_s"), squaredCV: item.number("scv"))
      return (queue(law, .never), 1)
    case "MDn": return (queue(.constant(item.number("aht_s")), .never), 1)
    default: return makeOther(item, calls, talk)
    }
  }

  private static func makeOther(
    _ item: Oracle.Case, _ calls: Int, _ talk: Distribution
  ) -> (Scenario, Int)? {
    switch item.id.prefix(while: { $0 != "-" }) {
    case "Prio2", "Prio2Ab":
      let base = Models.queue(perHour: 1, agents: Int(item.number("n")), talk: talk, calls: calls)
      var scenario = Models.twoClasses(
        base, rates: (item.number("high_per_hour"), item.number("low_per_hour")),
        (item.number("patience_high_s"), item.number("patience_low_s")))
      // Two queues that everybody serves, so that the classes are counted apart.
      scenario.plan.queues.append(scenario.plan.queues[0])
      scenario.classes[1].queue = QueueID(1)
      scenario.classes[0].priority = 1
      return (scenario, 1)
    case "NDesign": return (nDesign(item, calls, talk), 1)
    case "RNA": return (ringNoAnswer(item, calls, talk), 1)
    case "Retrial":
      var scenario = Models.queue(
        perHour: item.number("fresh_per_hour"), agents: Int(item.number("n")), talk: talk,
        patience: .exponential(mean: item.number("patience_s")), calls: calls)
      scenario.classes[0].redial.share = item.number("p_redial")
      scenario.classes[0].redial.delay = .exponential(mean: item.number("redial_delay_s"))
      scenario.classes[0].redial.attempts = 200
      return (scenario, 1)
    case "Day", "Shift": return (day(item, talk), max(10, calls / 1_240))
    default: return nil
    }
  }

  private static func patience(_ item: Oracle.Case) -> Distribution {
    let values = item.list("patience_args")
    return switch item.params["patience"]?.text {
    case "det": .constant(values[0])
    case "hyp": .hyperexponential(p: values[0], mean: values[1], otherMean: values[2])
    case "erl2": .erlang(shape: 2, mean: values[0])
    case "logn": .lognormal(mean: values[0], cv: values[1])
    default: .uniform(low: 0, high: values[0])
    }
  }

  private static func nDesign(
    _ item: Oracle.Case, _ calls: Int, _ talk: Distribution
  ) -> Scenario {
    let (a, b) = (Int(item.number("nA")), Int(item.number("nB")))
    let base = Models.queue(perHour: 1, agents: a + b, talk: talk, calls: calls)
    var scenario = Models.twoClasses(
      base, rates: (item.number("type1_per_hour"), item.number("type2_per_hour")),
      (item.number("patience1_s"), item.number("patience2_s")))
    // Type 1 tries group A, then B: a fixed order. B takes type 2 first: the heavier queue.
    scenario.plan.queues[0].strategy = .fixedOrder
    var second = scenario.plan.queues[0]
    second.members = (a..<a + b).map { Member(AgentID($0)) }
    second.weight = 1
    scenario.plan.queues.append(second)
    scenario.classes[1].queue = QueueID(1)
    return scenario
  }

  private static func ringNoAnswer(
    _ item: Oracle.Case, _ calls: Int, _ talk: Distribution
  ) -> Scenario {
    var scenario = Models.queue(
      perHour: item.number("calls_per_hour"), agents: Int(item.number("n")), talk: talk,
      patience: .exponential(mean: item.number("patience_s")), calls: calls)
    let ring = Distribution.exponential(mean: item.number("ring_mean_s"))
    for index in scenario.agents.indices {
      scenario.agents[index].answerDelay = ring
      scenario.agents[index].goNotReady = (
        item.number("p_no_answer"), ring, .exponential(mean: item.number("penalty_s"))
      )
    }
    return scenario
  }

  private static func day(_ item: Oracle.Case, _ talk: Distribution) -> Scenario {
    let levels = item.list("staff").map { Int($0) }
    var scenario = Models.day(
      perHour: item.list("rates_per_hour"), agents: levels.max() ?? Int(item.number("n")),
      talk: talk,
      patience: .exponential(mean: item.number("patience_s")))
    if !levels.isEmpty { scenario.staffing = .levels(levels, interval: .seconds(3_600)) }
    return scenario
  }
}

extension Oracle.Case {
  /// A parameter that is a number; 0 where there is none.
  func number(_ name: String) -> Double { self[name] ?? 0 }

  /// A parameter that is a list; empty where there is none.
  func list(_ name: String) -> [Double] { params[name]?.list ?? [] }
}
