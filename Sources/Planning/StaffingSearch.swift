import Base
import Routing
public import Simulation
import Staffing
import Stochastics

/// Finds the least number of reps in each interval of a day that meets a target in every interval.
///
/// Erlang A gives a first guess. Then the day is simulated, with callers carried over from interval to
/// interval and reps who finish their call before they leave; a rep is added where the target is
/// missed, and taken away wherever it is still met without. Every step sees the same callers (common
/// random numbers), so the search does not run after noise. The result is minimal: no single rep can be
/// taken away in any interval.
public struct StaffingSearch: Sendable {
  /// Answered within the scenario's threshold of all offered, at least this share, in every interval.
  public var target: Double
  /// Share who give up at most, in every interval; `nil`: any.
  public var maxAbandonment: Double?
  /// Runs the simulations.
  public var runner: Runner

  /// A search for `target`.
  public init(target: Double, maxAbandonment: Double? = nil, runner: Runner) {
    self.target = target
    self.maxAbandonment = maxAbandonment
    self.runner = runner
  }

  /// What the search came to.
  public struct Result: Sendable {
    /// What Erlang A says of each interval by itself.
    public var erlang: [Int]
    /// Reps by interval.
    public var levels: [Int]
    /// The day with these reps.
    public var summary: Summary
    /// Simulations run.
    public var steps: Int
  }

  /// Why there is no answer.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Only days have intervals.
    case notADay
    /// Reps who serve different queues are not interchangeable.
    case severalTeams
    /// So many reps are not enough.
    case tooFewReps(Int)

    /// What is wrong and what to do.
    public var description: String {
      switch self {
      case .notADay: "staff: the scenario must be a day (day:), not an equilibrium (steady:)"
      case .severalTeams:
        "staff: all reps must serve the same queues; staff each team in a scenario of its own"
      case .tooFewReps(let count):
        "staff: even \(count) reps do not meet the target in every interval"
      }
    }
  }

  /// Searches with up to `limit` reps of the scenario's usual kind.
  /// - Parameter progress: Told the number of simulations run.
  public func run(
    _ scenario: Scenario, limit: Int, progress: (Int) -> Void = { _ in }
  ) throws(Failure) -> Result {
    guard case .day(let closes, let interval) = scenario.span else { throw .notADay }
    let teams = scenario.plan.queues.map { Set($0.members.map(\.agent.rawValue)) }
    guard Set(teams).count == 1 else { throw .severalTeams }
    var scenario = Self.enlarge(scenario, to: limit)
    let count = closes.count(of: interval)
    let erlang = (0..<count).map { guess(scenario, $0, interval.seconds, limit) }
    var levels = erlang
    var steps = 0
    func simulate(_ levels: [Int]) -> Summary {
      scenario.staffing = .levels(levels, interval: interval)
      steps += 1
      progress(steps)
      return runner.run(scenario)
    }
    var summary = simulate(levels)
    while case let short = missed(summary), !short.isEmpty {
      for index in short { levels[index] += 1 }
      if short.contains(where: { levels[$0] > limit }) { throw .tooFewReps(limit) }
      summary = simulate(levels)
    }
    reduce(&levels, &summary, simulate)
    return Result(erlang: erlang, levels: levels, summary: summary, steps: steps)
  }

  /// Takes reps away, one at a time, until none can be spared anywhere.
  private func reduce(
    _ levels: inout [Int], _ summary: inout Summary, _ simulate: ([Int]) -> Summary
  ) {
    var index = 0
    var keptInARow = 0
    while keptInARow < levels.count {
      if levels[index] > 0 {
        var fewer = levels
        fewer[index] -= 1
        let trial = simulate(fewer)
        if missed(trial).isEmpty {
          (levels, summary, keptInARow) = (fewer, trial, 0)
          continue
        }
      }
      keptInARow += 1
      index = (index + 1) % levels.count
    }
  }

  /// Intervals in which the target is missed.
  private func missed(_ summary: Summary) -> [Int] {
    summary.intervals.indices.filter { index in
      let figures = summary.intervals[index]
      let level = figures.estimate(.negativeAbandon).value
      let abandoned = figures.estimate(.abandonment).value
      return level < target || maxAbandonment.map { abandoned > $0 } ?? false
    }
  }

  /// What Erlang A asks for in one interval.
  private func guess(_ scenario: Scenario, _ index: Int, _ interval: Double, _ limit: Int) -> Int {
    var calls = 0.0
    var work = 0.0
    for calling in scenario.classes {
      guard case .profile(let process) = calling.arrivals else { continue }
      let count =
        process.meanCount(upTo: Double(index + 1) * interval)
        - process.meanCount(upTo: Double(index) * interval)
      calls += count
      work += count * (calling.talk.mean + (calling.wrapUp?.mean ?? 0))
    }
    guard calls > 0, let first = scenario.classes.first else { return 0 }
    var wanted = StaffingTarget()
    wanted.serviceLevel = (target, scenario.serviceThresholds[0].seconds)
    wanted.abandonment = maxAbandonment
    let load = Workload(arrivalsPerHour: calls * 3_600 / interval, handleTime: work / calls)
    let agents = try? RequiredAgents.agents(for: load, patience: first.patience, target: wanted)
    return min(limit, agents ?? limit)
  }

  /// The scenario with `count` reps who serve its queues, those beyond the plan like the first of them.
  private static func enlarge(_ scenario: Scenario, to count: Int) -> Scenario {
    var result = scenario
    let first = scenario.servingAgents.first ?? 0
    for _ in scenario.servingAgents.count..<max(count, scenario.servingAgents.count) {
      let agent = AgentID(result.plan.agents.count)
      result.plan.agents.append(result.plan.agents[first])
      result.agents.append(result.agents[first])
      for queue in result.plan.queues.indices {
        result.plan.queues[queue].members.append(Member(agent))
      }
    }
    for queue in result.plan.queues.indices {
      // One tier: the numbers of the search are reps who share the work.
      for index in result.plan.queues[queue].members.indices {
        result.plan.queues[queue].members[index].tier = 0
      }
      result.plan.queues[queue].tierAfter = []
    }
    return result
  }
}
