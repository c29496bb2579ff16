import Base
// Calls simulated per CPU second by the production engine, in the form in which the peers print.
//
//   SimulationBenchmark reference CALLS SEED    M/M/n+M: 950 calls an hour, 180 s, 50 reps, 120 s
//   SimulationBenchmark day DAYS SEED           a support team's day: 1,240 calls, rings, refusals,
//                                               transfers, holds, wrap-up
//   SimulationBenchmark common DAYS SEED        what common random numbers are worth: the variance of
//                                               SL(n + 1) - SL(n) with independent ones over that
import Glibc
import Routing
import Simulation
import Stochastics

func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func residentMegabytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss / 1_024
}

func reference(calls: Int) -> Scenario {
  let members = (0..<50).map { Member(AgentID($0)) }
  var plan = RoutingPlan(
    agents: Array(repeating: AgentPlan(), count: 50), queues: [QueuePlan(members: members)])
  plan.rules.staleAfter = .zero
  var callers = CallClass(
    "callers", queue: QueueID(0), arrivals: .rate(950.0 / 3_600), talk: .exponential(mean: 180))
  callers.patience = .exponential(mean: 120)
  var scenario = Scenario(
    plan: plan, classes: [callers],
    span: .steady(warmUp: calls / 10, calls: calls - calls / 10, batches: 30))
  scenario.outbound.isDone = false
  return scenario
}

func supportDay() -> Scenario {
  var queue = QueuePlan(members: (0..<16).map { Member(AgentID($0)) })
  queue.ringTimeout = .seconds(18)
  queue.wrapUp = .seconds(60)
  let plan = RoutingPlan(
    agents: Array(repeating: AgentPlan(), count: 16), queues: [queue])
  let rates: [Double] = [60, 120, 200, 260, 240, 180, 120, 60]
  var callers = CallClass(
    "callers", queue: QueueID(0),
    arrivals: .profile(ArrivalProcess(interval: 3_600, counts: rates)),
    talk: .lognormal(mean: 150, cv: 1.1))
  callers.patience = .exponential(mean: 120)
  callers.wrapUp = .lognormal(mean: 25, cv: 0.8)
  callers.hold = (0.15, .exponential(mean: 45))
  callers.drop = 0.01
  callers.transfer.share = 0.06
  var scenario = Scenario(
    plan: plan, classes: [callers],
    span: .day(closes: .seconds(8 * 3_600), interval: .seconds(1_800)))
  for index in scenario.agents.indices {
    scenario.agents[index].answerDelay = .lognormal(mean: 6, cv: 0.5)
    scenario.agents[index].noAnswer = 0.06
    scenario.agents[index].ignore.share = 0.03
    scenario.agents[index].goNotReady.share = 0.01
  }
  return scenario
}

/// Eight hours of the reference model's callers.
func referenceDay(agents: Int) -> Scenario {
  var scenario = reference(calls: 1)
  scenario.plan.agents = Array(repeating: AgentPlan(), count: agents)
  scenario.plan.queues[0].members = (0..<agents).map { Member(AgentID($0)) }
  scenario.agents = Array(repeating: AgentBehaviour(), count: agents)
  scenario.span = .day(closes: .seconds(8 * 3_600), interval: .seconds(1_800))
  scenario.classes[0].arrivals = .profile(
    ArrivalProcess(interval: 3_600, counts: Array(repeating: 950, count: 8)))
  return scenario
}

/// The support team's day with another rep.
func supportDay(agents: Int) -> Scenario {
  var scenario = supportDay()
  while scenario.agents.count < agents {
    scenario.plan.queues[0].members.append(Member(AgentID(scenario.agents.count)))
    scenario.plan.agents.append(AgentPlan())
    scenario.agents.append(scenario.agents[0])
  }
  return scenario
}

func serviceLevel(_ scenario: Scenario, seed: UInt64, day: Int) -> Double {
  var (answered, offered) = (0.0, 0.0)
  for tally in Replication.run(scenario, seed: seed, number: UInt32(day)) {
    for part in tally.queues[0] {
      answered += Double(part.answeredInTime)
      offered += Double(part.offered)
    }
  }
  return answered / offered
}

/// Prints the variance of the difference that one rep more makes, with independent and with common numbers.
func common(_ name: String, days: Int, seed: UInt64, _ fewer: Scenario, _ more: Scenario) {
  var (paired, independent) = (Moments(), Moments())
  for day in 0..<days {
    let level = serviceLevel(fewer, seed: seed, day: day)
    paired.add(serviceLevel(more, seed: seed, day: day) - level)
    independent.add(serviceLevel(more, seed: seed &+ 1_000_003, day: day) - level)
  }
  print(
    """
    {"model":"\(name)","days":\(days),"difference":\(paired.mean),"variance_common":\(paired.variance),\
    "variance_independent":\(independent.variance),"factor":\(independent.variance / paired.variance)}
    """)
}

let arguments = CommandLine.arguments
if arguments.count > 1, arguments[1] == "common" {
  let days = arguments.count > 2 ? Int(arguments[2]) ?? 200 : 200
  let seed = arguments.count > 3 ? UInt64(arguments[3]) ?? 1 : 1
  common(
    "reference", days: days, seed: seed, referenceDay(agents: 50), referenceDay(agents: 51))
  common("day", days: days, seed: seed, supportDay(agents: 16), supportDay(agents: 17))
  exit(0)
}
let model = arguments.count > 1 ? arguments[1] : "reference"
let size = arguments.count > 2 ? Int(arguments[2]) ?? 0 : (model == "day" ? 1_000 : 2_000_000)
let seed = arguments.count > 3 ? UInt64(arguments[3]) ?? 1 : 1

let scenario = model == "day" ? supportDay() : reference(calls: size)
let began = cpuSeconds()
let summary = Replication.summary(scenario, seed: seed, count: model == "day" ? size : 1)
let spent = cpuSeconds() - began
let calls = model == "day" ? summary.calls : Double(size)
let total = summary.total
print(
  """
  {"impl":"rota-\(model)","calls":\(Int(calls)),"sec":\(spent),"cpu":\(spent),\
  "calls_per_s":\(calls / spent),"events_per_s":\(2 * calls / spent),\
  "pw":\(total.estimate(.probabilityOfWait).value),"pab":\(total.estimate(.abandonment).value),\
  "ew":\(total.estimate(.meanWait).value),"sl_offered":\(total.estimate(.negativeAbandon).value),\
  "refused":\(total.estimate(.refusedOffers).value),"max_rss_mb":\(residentMegabytes())}
  """)
